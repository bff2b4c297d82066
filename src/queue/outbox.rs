//! Confirmed publishes. One channel per outbox, one confirm outstanding on it.

use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use tokio::sync::watch;

use super::declare::short;
use super::session::{DEADLINE, Session, SessionError, within};

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

/// Publishes with confirms.
pub struct Outbox {
    channel: Channel,
    blocked: watch::Receiver<bool>,
}

impl Outbox {
    /// Opens a channel of its own on the publishing connection of `session`.
    ///
    /// # Errors
    /// [`SessionError`] where the broker does not open it.
    pub async fn open(session: &Session) -> Result<Self, SessionError> {
        Self::on(&session.publish, session.blocked.clone()).await
    }

    pub(super) async fn on(
        connection: &Connection,
        blocked: watch::Receiver<bool>,
    ) -> Result<Self, SessionError> {
        let channel = within(DEADLINE, "open a channel", connection.create_channel()).await?;
        let confirms = channel.confirm_select(ConfirmSelectOptions::default());
        within(DEADLINE, "turn on confirms", confirms).await?;
        Ok(Self { channel, blocked })
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
            self.channel
                .basic_publish(short(exchange), short(key), options, body, properties)
                .await?
                .await
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

    async fn while_not_blocked(
        &self,
        confirmed: impl Future<Output = lapin::Result<Confirmation>>,
    ) -> Result<Confirmation, SessionError> {
        const ACTION: &str = "have a message confirmed";
        tokio::pin!(confirmed);
        loop {
            match tokio::time::timeout(DEADLINE, &mut confirmed).await {
                Ok(Ok(confirmation)) => return Ok(confirmation),
                Ok(Err(source)) => {
                    return Err(SessionError::Amqp {
                        action: ACTION,
                        source,
                    });
                }
                Err(_) if *self.blocked.borrow() => {}
                Err(_) => {
                    return Err(SessionError::Deadline {
                        action: ACTION,
                        deadline: DEADLINE,
                    });
                }
            }
        }
    }
}

/// Between two tries to publish what a full queue refused.
pub(super) const FULL_QUEUE_PAUSE: Duration = Duration::from_secs(2);
