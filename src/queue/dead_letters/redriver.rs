//! Sends letters on their way again: each is confirmed where it goes to before it is removed where it was, so whatever
//! happens in between, it is in one of the two, or for a moment in both.

use lapin::Connection;
use tokio::sync::watch;

use super::{Letter, Letters, Place};
use crate::queue::message::{redriven, resent};
use crate::queue::session::{SessionError, say_goodbye};
use crate::queue::topology::lane;
use crate::queue::{Address, Names, Outbox, PublishError};

/// Publishes on a connection of its own: the broker stops reading the one that publishes when it is short of memory.
pub struct Redriver {
    outbox: Outbox,
    lanes: String,
    connection: Connection,
}

impl Redriver {
    /// Connects.
    ///
    /// # Errors
    /// [`SessionError`] where the broker cannot be reached.
    pub async fn open(address: &Address, names: &Names) -> Result<Self, SessionError> {
        let connection = address.connect("redrive").await?;
        let outbox = Outbox::on(&connection, watch::Sender::default()).await?;
        Ok(Self {
            outbox,
            lanes: names.lanes.clone(),
            connection,
        })
    }

    /// Sends a letter of `letters` on its way, then removes it there. A dead letter is tried as a new job is, a job that
    /// waits has its next attempt now, and a record goes to the exchange and with the key that it was published with.
    ///
    /// # Errors
    /// [`PublishError`]: the letter is where it was.
    pub async fn redrive(
        &self,
        letters: &mut Letters,
        letter: &Letter,
    ) -> Result<(), PublishError> {
        let original = &letter.delivery.properties;
        let (exchange, key, properties) = match letters.place {
            Place::Dead => (self.lanes.as_str(), lane::JOBS, redriven(original)),
            Place::Waiting => (self.lanes.as_str(), lane::JOBS, resent(original)),
            Place::Unrouted => (letter.exchange(), letter.routing_key(), resent(original)),
        };
        self.outbox
            .publish(exchange, key, letter.body(), properties)
            .await?;
        Ok(letters.remove(&letter.receipt()).await?)
    }

    /// Disconnects.
    pub async fn close(self) {
        let _ = say_goodbye(&self.connection).await;
    }
}
