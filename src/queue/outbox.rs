//! Confirmed publishes. One channel per outbox, one confirm outstanding on it.

use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use tokio::sync::watch;

use super::declare::short;
use super::session::{DEADLINE, Obstacles, Session, SessionError, within};
use crate::failpoint;

/// Why a publish was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// No queue is bound for it, not even that of the unrouted.
    #[error(
        "the broker returned a message to exchange {exchange} with key {key}: no queue is bound for it"
    )]
    Returned {
        /// Where it was sent.
        exchange: String,
        /// With which key.
        key: String,
    },
    /// A queue refused it: it is full.
    #[error("a queue behind exchange {exchange} refused a message: it is full")]
    Refused {
        /// Where it was sent.
        exchange: String,
    },
    /// The session is no longer good.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// Between two tries to publish what was refused.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Publishes with confirms.
pub struct Outbox {
    channel: Channel,
    obstacles: watch::Sender<Obstacles>,
}

impl Outbox {
    /// Opens a channel of its own on the publishing connection of `session`.
    ///
    /// # Errors
    /// [`SessionError`] where the broker does not open it.
    pub async fn open(session: &Session) -> Result<Self, SessionError> {
        Self::on(&session.publish, session.obstacles.clone()).await
    }

    pub(super) async fn on(
        connection: &Connection,
        obstacles: watch::Sender<Obstacles>,
    ) -> Result<Self, SessionError> {
        let channel = within(DEADLINE, "open a channel", connection.create_channel()).await?;
        let confirms = channel.confirm_select(ConfirmSelectOptions::default());
        within(DEADLINE, "turn on confirms", confirms).await?;
        Ok(Self { channel, obstacles })
    }

    /// Publishes, and again for as long as it is refused: the job waits in hand, and intake with it.
    ///
    /// # Errors
    /// [`SessionError`] where the session is no longer good.
    pub(super) async fn publish_until_taken(
        &self,
        exchange: &str,
        key: &str,
        body: &[u8],
        properties: &BasicProperties,
    ) -> Result<(), SessionError> {
        let mut refused = None;
        let mut pause = FIRST_PAUSE;
        loop {
            match self.publish(exchange, key, body, properties.clone()).await {
                Ok(()) => return Ok(()),
                Err(PublishError::Session(error)) => return Err(error),
                Err(error) => {
                    refused.get_or_insert_with(|| {
                        tracing::error!(event = "output.refused", %error, "waiting until it is taken");
                        Refusal::new(&self.obstacles)
                    });
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Publishes and awaits the broker's confirm. While the broker has blocked the connection, this waits for as long.
    ///
    /// # Errors
    /// [`PublishError`]: anything but a plain confirm is none.
    pub(super) async fn publish(
        &self,
        exchange: &str,
        key: &str,
        body: &[u8],
        properties: BasicProperties,
    ) -> Result<(), PublishError> {
        let options = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        let confirmed = async {
            let sent = self
                .channel
                .basic_publish(short(exchange), short(key), options, body, properties)
                .await?;
            failpoint::reached("sent", key).await;
            sent.await
        };
        match self.while_not_blocked(confirmed).await? {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Ack(Some(_)) => Err(PublishError::Returned {
                exchange: exchange.to_owned(),
                key: key.to_owned(),
            }),
            // Without confirms nothing is known: no success.
            Confirmation::Nack(_) | Confirmation::NotRequested => Err(PublishError::Refused {
                exchange: exchange.to_owned(),
            }),
        }
    }

    /// The deadline counts the time in which the broker reads what we send.
    async fn while_not_blocked(
        &self,
        confirmed: impl Future<Output = lapin::Result<Confirmation>>,
    ) -> Result<Confirmation, SessionError> {
        const ACTION: &str = "have a message confirmed";
        let mut obstacles = self.obstacles.subscribe();
        let expired = async {
            loop {
                let _ = obstacles.wait_for(|obstacles| !obstacles.blocked).await;
                tokio::select! {
                    () = tokio::time::sleep(DEADLINE) => return,
                    _ = obstacles.wait_for(|obstacles| obstacles.blocked) => {}
                }
            }
        };
        tokio::select! {
            confirmed = confirmed => confirmed.map_err(|cause| SessionError::Amqp {
                action: ACTION,
                cause,
            }),
            () = expired => Err(SessionError::Deadline {
                action: ACTION,
                deadline: DEADLINE,
            }),
        }
    }
}

/// Counts a message that waits for as long as it does.
struct Refusal(watch::Sender<Obstacles>);

impl Refusal {
    fn new(obstacles: &watch::Sender<Obstacles>) -> Self {
        obstacles.send_modify(|obstacles| obstacles.refused += 1);
        Self(obstacles.clone())
    }
}

impl Drop for Refusal {
    fn drop(&mut self) {
        self.0.send_modify(|obstacles| obstacles.refused -= 1);
    }
}
