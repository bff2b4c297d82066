//! Deliveries in: a consumer whose prefetch is the bound on what is in hand.

use std::time::Duration;

use futures::StreamExt;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Consumer};

use super::declare::short;
use super::message::Delivered;
use super::session::{DEADLINE, Session, SessionError, within};

/// Takes deliveries from the job queue.
pub struct Intake {
    channel: Channel,
    queue: String,
    consumer: Option<Consumer>,
    /// What had been delivered and not been taken when it stopped to consume, to be given back.
    pub leftovers: Vec<Delivered>,
}

impl Intake {
    /// Opens a channel that holds at most `prefetch` deliveries which are not settled.
    ///
    /// # Errors
    /// [`SessionError`] where the broker does not open it.
    pub async fn open(session: &Session, queue: &str, prefetch: u16) -> Result<Self, SessionError> {
        let channel = within(DEADLINE, "open a channel", session.consume.create_channel()).await?;
        let qos = channel.basic_qos(prefetch, BasicQosOptions::default());
        within(DEADLINE, "set the prefetch", qos).await?;
        Ok(Self {
            channel,
            queue: queue.to_owned(),
            consumer: None,
            leftovers: Vec::new(),
        })
    }

    /// Starts to consume, unless it does already.
    ///
    /// # Errors
    /// [`SessionError`] where the broker refuses.
    pub async fn start(&mut self) -> Result<(), SessionError> {
        if self.consumer.is_none() {
            let consuming = self.channel.basic_consume(
                short(&self.queue),
                short(""),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            );
            self.consumer = Some(within(DEADLINE, "consume", consuming).await?);
        }
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
            Some(Ok(delivery)) => Ok(Delivered::new(delivery)),
            Some(Err(source)) => Err(SessionError::Amqp {
                action: "consume",
                source,
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
            self.leftovers.push(Delivered::new(delivery));
        }
        self.consumer = None;
        Ok(())
    }
}
