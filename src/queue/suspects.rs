//! The queue of suspects: they are taken one at a time, and only when nothing else is in hand.
//!
//! A consumer would be sent the next one while the worker is still busy, and whatever ended the worker or its connection then
//! would count as that job's crash.

use std::sync::Arc;

use lapin::Channel;
use lapin::options::BasicGetOptions;

use super::declare::{look, short};
use super::message::{Delivered, Origin};
use super::session::{DEADLINE, Session, SessionError, within};
use super::topology::Names;

/// Takes suspects.
pub struct Suspects {
    channel: Arc<Channel>,
    queue: String,
}

impl Suspects {
    /// Opens a channel.
    ///
    /// # Errors
    /// [`SessionError`] where the broker does not open it.
    pub async fn open(session: &Session, names: &Names) -> Result<Self, SessionError> {
        let channel = within(DEADLINE, "open a channel", session.consume.create_channel()).await?;
        Ok(Self {
            channel: Arc::new(channel),
            queue: names.suspects.clone(),
        })
    }

    /// Whether one waits.
    ///
    /// # Errors
    /// [`SessionError`] where the queue is gone.
    pub async fn wait(&self) -> Result<bool, SessionError> {
        let queue = look(&self.channel, &self.queue, "look for suspects").await?;
        Ok(queue.message_count() > 0)
    }

    /// The next one, if there is one.
    ///
    /// # Errors
    /// [`SessionError`] where the broker refuses.
    pub async fn take(&self) -> Result<Option<Delivered>, SessionError> {
        let got = self
            .channel
            .basic_get(short(&self.queue), BasicGetOptions::default());
        let got = within(DEADLINE, "take a suspect", got).await?;
        Ok(got.map(|message| Delivered::new(message.delivery, Origin::Suspects, &self.channel)))
    }
}
