//! What the replicas of one OAuth client tell each other: that they exist, and that Genesys asked one of them to wait.
//!
//! The members queue never holds a message; each replica has one consumer on it, and the broker counts those. It is a
//! classic queue, because the count of a quorum queue also has whoever fetched from it. The control exchange carries a
//! Retry-After from one to all.

use std::time::Duration;

use futures::StreamExt;
use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, Consumer};
use serde::{Deserialize, Serialize};

use super::declare::{look, short};
use super::session::{DEADLINE, Session, SessionError, within};
use super::topology::Shared;

/// This replica among the others, for as long as the value lives.
pub struct Replicas {
    channel: Channel,
    /// On the connection that publishes.
    announcements: Channel,
    members: String,
    control: String,
    _membership: Consumer,
}

/// What the replicas tell each other.
pub struct Notices {
    consumer: Consumer,
    control: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    retry_after_ms: u64,
}

impl Replicas {
    /// Joins the others.
    ///
    /// # Errors
    /// [`SessionError`] where the broker refuses.
    pub async fn join(
        session: &Session,
        shared: &Shared,
        worker: &str,
    ) -> Result<(Self, Notices), SessionError> {
        Self::on(&session.consume, &session.publish, shared, worker).await
    }

    /// Joins the others over these connections, which may be the same.
    pub(super) async fn on(
        consume_on: &Connection,
        publish_on: &Connection,
        shared: &Shared,
        worker: &str,
    ) -> Result<(Self, Notices), SessionError> {
        let publish = publish_on.create_channel();
        let announcements = within(DEADLINE, "open a channel", publish).await?;
        let channel = within(DEADLINE, "open a channel", consume_on.create_channel()).await?;
        let membership = consume(&channel, &shared.members, false).await?;

        // A connection that the broker does not know to be lost yet still owns the exclusive queue of the last session.
        let session_id = fastrand::u16(..);
        let queue = format!("{}.{worker}.{session_id:04x}", shared.control);
        let exclusive = QueueDeclareOptions {
            exclusive: true,
            auto_delete: true,
            ..QueueDeclareOptions::default()
        };
        let declared = channel.queue_declare(short(&queue), exclusive, FieldTable::default());
        within(DEADLINE, "declare a queue", declared).await?;
        let bound = channel.queue_bind(
            short(&queue),
            short(&shared.control),
            short(""),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        within(DEADLINE, "bind a queue", bound).await?;
        let notices = Notices {
            consumer: consume(&channel, &queue, true).await?,
            control: shared.control.clone(),
        };
        let replicas = Self {
            channel,
            announcements,
            members: shared.members.clone(),
            control: shared.control.clone(),
            _membership: membership,
        };
        Ok((replicas, notices))
    }

    /// How many replicas there are, this one included; `None` where the broker does not tell.
    pub async fn count(&self) -> Option<u32> {
        let queue = look(&self.channel, &self.members, "count the replicas").await;
        Some(queue.ok()?.consumer_count())
    }

    /// Leaves the others, who find the budget larger at their next count.
    pub async fn leave(self) {
        for channel in [&self.channel, &self.announcements] {
            let closed = channel.close(200, short("bye"));
            let _ = within(DEADLINE, "close a channel", closed).await;
        }
    }

    /// Tells all replicas to wait.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost.
    pub async fn tell(&self, retry_after: Duration) -> Result<(), SessionError> {
        let notice = Notice {
            retry_after_ms: u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX),
        };
        let body = serde_json::to_vec(&notice).unwrap_or_default();
        // Neither confirmed nor persistent: who does not hear of it is told by Genesys itself.
        let published = self.announcements.basic_publish(
            short(&self.control),
            short(""),
            BasicPublishOptions::default(),
            &body,
            BasicProperties::default(),
        );
        within(DEADLINE, "tell the replicas", published)
            .await
            .map(drop)
    }
}

impl Notices {
    /// The next Retry-After that a replica tells all, itself included.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost.
    pub async fn heard(&mut self) -> Result<Duration, SessionError> {
        loop {
            match self.consumer.next().await {
                Some(Ok(delivery)) => {
                    // Whoever publishes something else there is not one of us.
                    if let Ok(notice) = serde_json::from_slice::<Notice>(&delivery.data) {
                        return Ok(Duration::from_millis(notice.retry_after_ms));
                    }
                }
                Some(Err(cause)) => {
                    return Err(SessionError::Amqp {
                        action: "consume",
                        cause,
                    });
                }
                None => return Err(SessionError::ConsumerCancelled(self.control.clone())),
            }
        }
    }
}

async fn consume(channel: &Channel, queue: &str, no_ack: bool) -> Result<Consumer, SessionError> {
    let options = BasicConsumeOptions {
        no_ack,
        ..BasicConsumeOptions::default()
    };
    let consuming = channel.basic_consume(short(queue), short(""), options, FieldTable::default());
    within(DEADLINE, "consume", consuming).await
}
