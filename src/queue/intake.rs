//! Deliveries in: a consumer whose prefetch is the bound on what is in hand.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Consumer};

use super::declare::short;
use super::message::{Delivered, Origin};
use super::session::{DEADLINE, Session, SessionError, within};
use super::topology::Names;

/// Takes deliveries from the job queue.
pub struct Intake {
    channel: Arc<Channel>,
    queue: String,
    consumer: Option<Consumer>,
    prefetch: u16,
    /// What had been delivered and not been taken when it stopped to consume, to be given back.
    pub leftovers: Vec<Delivered>,
}

impl Intake {
    /// Opens a channel.
    ///
    /// # Errors
    /// [`SessionError`] where the broker does not open it.
    pub async fn open(session: &Session, names: &Names) -> Result<Self, SessionError> {
        let channel = within(DEADLINE, "open a channel", session.consume.create_channel()).await?;
        Ok(Self {
            channel: Arc::new(channel),
            queue: names.jobs.clone(),
            consumer: None,
            prefetch: 0,
            leftovers: Vec::new(),
        })
    }

    /// Whether it consumes with another bound than `prefetch`.
    pub fn differs(&self, prefetch: u16) -> bool {
        self.consumer.is_some() && self.prefetch != prefetch
    }

    /// Starts to consume, unless it does already, with at most `prefetch` deliveries that are not settled.
    ///
    /// # Errors
    /// [`SessionError`] where the broker refuses.
    pub async fn start(&mut self, prefetch: u16) -> Result<(), SessionError> {
        if self.consumer.is_some() {
            return Ok(());
        }
        let qos = self.channel.basic_qos(prefetch, BasicQosOptions::default());
        within(DEADLINE, "set the prefetch", qos).await?;
        let consuming = self.channel.basic_consume(
            short(&self.queue),
            short(""),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        self.consumer = Some(within(DEADLINE, "consume", consuming).await?);
        self.prefetch = prefetch;
        Ok(())
    }

    /// The next delivery. Pending forever while stopped.
    ///
    /// # Errors
    /// [`SessionError`] where the consumer has ended.
    pub async fn next(&mut self) -> Result<Delivered, SessionError> {
        let Some(consumer) = &mut self.consumer else {
            return std::future::pending().await;
        };
        match consumer.next().await {
            Some(Ok(delivery)) => Ok(Delivered::new(delivery, Origin::Jobs, &self.channel)),
            Some(Err(cause)) => Err(SessionError::Amqp {
                action: "consume",
                cause,
            }),
            // After the first None lapin's stream never ends: the consumer is over.
            None => Err(SessionError::ConsumerCancelled(self.queue.clone())),
        }
    }

    /// Stops to consume; what had been delivered and not been taken is in `leftovers` then. May be dropped and called
    /// again.
    ///
    /// # Errors
    /// [`SessionError`] where the broker does not answer.
    pub async fn stop(&mut self) -> Result<(), SessionError> {
        /// The stream ends by itself once the broker has answered; this is for the case that it does not.
        const LAST_DELIVERY: Duration = Duration::from_secs(1);
        let Some(consumer) = &mut self.consumer else {
            return Ok(());
        };
        let cancelled = self
            .channel
            .basic_cancel(consumer.tag(), BasicCancelOptions::default());
        within(DEADLINE, "stop to consume", cancelled).await?;
        while let Ok(Some(Ok(delivery))) =
            tokio::time::timeout(LAST_DELIVERY, consumer.next()).await
        {
            let delivered = Delivered::new(delivery, Origin::Jobs, &self.channel);
            self.leftovers.push(delivered);
        }
        self.consumer = None;
        Ok(())
    }
}
