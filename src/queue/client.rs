//! What the command line needs of the broker: a producer of jobs and a reader of records.

use futures::StreamExt;
use lapin::options::{BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, Consumer};
use tokio::sync::watch;

use super::declare::{NOT_FOUND, code, look, short, table};
use super::message::job_properties;
use super::session::{DEADLINE, SessionError, say_goodbye, within};
use super::settle::acknowledge_on;
use super::topology::quorum_arguments;
use super::{Address, Names, Notices, Outbox, PublishError, Replicas, Shared};

/// Sends jobs.
pub struct Producer {
    outbox: Outbox,
    queue: String,
    connection: Connection,
}

impl Producer {
    /// Connects.
    ///
    /// # Errors
    /// [`SessionError`] where the broker cannot be reached.
    pub async fn open(address: &Address, names: &Names) -> Result<Self, SessionError> {
        let connection = address.connect("enqueue").await?;
        let outbox = Outbox::on(&connection, watch::Sender::default()).await?;
        Ok(Self {
            outbox,
            queue: names.jobs.clone(),
            connection,
        })
    }

    /// Sends a job and awaits the broker's confirm. `message_id` comes back as `jobId` in the job's audit records.
    ///
    /// # Errors
    /// [`PublishError::Returned`] where the job queue does not exist yet.
    pub async fn send(&self, conversation_id: &str, message_id: &str) -> Result<(), PublishError> {
        let body = conversation_id.as_bytes();
        self.outbox
            .publish("", &self.queue, body, job_properties(message_id))
            .await
    }

    /// Joins the replicas that share a rate limit, for as long as Genesys is asked.
    ///
    /// # Errors
    /// [`SessionError`] where the broker refuses, such as before any worker has run.
    pub async fn join(&self, shared: &Shared) -> Result<(Replicas, Notices), SessionError> {
        Replicas::on(&self.connection, &self.connection, shared, "enqueue").await
    }

    /// How many jobs wait in the job queue; `None` where it does not exist.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost.
    pub async fn depth(&self) -> Result<Option<u32>, SessionError> {
        // One of its own: the broker closes a channel that asks for what does not exist.
        let opened = self.connection.create_channel();
        let channel = within(DEADLINE, "open a channel", opened).await?;
        match look(&channel, &self.queue, "look at the job queue").await {
            Ok(queue) => {
                let closed = channel.close(200, short("bye"));
                within(DEADLINE, "close a channel", closed).await?;
                Ok(Some(queue.message_count()))
            }
            Err(error) if code(&error) == Some(NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Disconnects. What was confirmed is safe.
    pub async fn close(&self) {
        let _ = say_goodbye(&self.connection).await;
    }
}

/// Reads records from both exchanges.
pub struct Tail {
    channel: Channel,
    consumer: Consumer,
    /// Of the last record, to be acknowledged.
    delivered: Option<u64>,
    connection: Connection,
}

impl Tail {
    /// Subscribes to both exchanges: with a queue of its own that ends with it, or with the durable queue `queue`, which
    /// is created and bound where it does not exist and keeps what arrives meanwhile.
    ///
    /// # Errors
    /// [`SessionError`] where the broker refuses, such as before the exchanges exist.
    pub async fn open(
        address: &Address,
        names: &Names,
        queue: Option<&str>,
    ) -> Result<Self, SessionError> {
        /// How many records are under way at once.
        const PREFETCH: u16 = 256;
        let connection = address.connect("tail").await?;
        let channel = within(DEADLINE, "open a channel", connection.create_channel()).await?;
        let qos = channel.basic_qos(PREFETCH, BasicQosOptions::default());
        within(DEADLINE, "set the prefetch", qos).await?;

        let mut arguments = FieldTable::default();
        let options = QueueDeclareOptions {
            durable: queue.is_some(),
            exclusive: queue.is_none(),
            auto_delete: queue.is_none(),
            ..QueueDeclareOptions::default()
        };
        if queue.is_some() {
            arguments = table(&quorum_arguments());
        }
        let declared = channel.queue_declare(short(queue.unwrap_or_default()), options, arguments);
        let queue = within(DEADLINE, "declare a queue", declared).await?;
        for exchange in [&names.transcripts, &names.audit] {
            let bound = channel.queue_bind(
                queue.name().clone(),
                short(exchange),
                short("#"),
                QueueBindOptions::default(),
                FieldTable::default(),
            );
            within(DEADLINE, "bind a queue", bound).await?;
        }
        let consuming = channel.basic_consume(
            queue.name().clone(),
            short(""),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let consumer = within(DEADLINE, "consume", consuming).await?;
        Ok(Self {
            channel,
            consumer,
            delivered: None,
            connection,
        })
    }

    /// The next record's body.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost.
    pub async fn next(&mut self) -> Result<Vec<u8>, SessionError> {
        match self.consumer.next().await {
            Some(Ok(delivery)) => {
                self.delivered = Some(delivery.delivery_tag);
                Ok(delivery.data)
            }
            Some(Err(cause)) => Err(SessionError::Amqp {
                action: "consume",
                cause,
            }),
            None => Err(SessionError::ConnectionLost),
        }
    }

    /// Ends the subscription. What was acknowledged is so for good.
    pub async fn close(self) {
        let _ = say_goodbye(&self.connection).await;
    }

    /// Acknowledges the last record, once what was made of it is safe.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost.
    pub async fn done(&mut self) -> Result<(), SessionError> {
        if let Some(tag) = self.delivered.take() {
            acknowledge_on(&self.channel, tag).await?;
        }
        Ok(())
    }
}
