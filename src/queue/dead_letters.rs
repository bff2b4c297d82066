//! Letters: what lies on the broker until somebody, or the time, acts on it. Reads them without taking them, and takes them
//! where told to.
//!
//! To read a queue is to hold all of it: the broker delivers the next letter only while it counts the earlier ones as
//! delivered and not acknowledged. When the connection ends, however it ends, they are back. They are back in their old
//! order on these conditions, measured on RabbitMQ 3.10, which this file keeps to:
//! - they come back because the connection ends. What a client returns by `basic.nack` comes back shuffled, be it one by
//!   one or with `multiple`.
//! - one connection has at most 32 consumers on the queue: the broker keeps more in no order.
//! - all of the queue has been read. What comes back is put before what was never read, but behind what is itself back from
//!   an earlier look. So who ends early reads the rest first; only who is cut off (SIGKILL, a lost connection) can change the
//!   order, and nothing else.
//!
//! A consumer delivers as many letters as its prefetch says and stops: that is a page. Then the next consumer begins. So the
//! prefetch is the bound on what is in memory, and not on what can be read. At the end all are cancelled, so that what is
//! removed then makes no room for more; that returns nothing. A letter's time in a retry queue goes on meanwhile: what is due
//! leaves when it is back.

mod json;
mod letter;
mod redriver;

use std::collections::VecDeque;
use std::time::Duration;

use futures::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, Consumer};

pub use letter::{Letter, Receipt};
pub use redriver::Redriver;

use super::declare::{code, look, short};
use super::session::{DEADLINE, SessionError, say_goodbye, within};
use super::settle::acknowledge_on;
use super::topology::unrouted_queue;
use super::{Address, Names, TopologyError};

/// Consumers on a queue over which the broker keeps the order.
const MAX_PAGES: u32 = 32;
/// Letters in memory at least, unless there are fewer.
const MIN_PAGE: u32 = 500;
/// How long no letter may come before the broker is asked whether there are any more.
const QUIET: Duration = Duration::from_secs(1);

/// Where letters lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The dead letters.
    Dead,
    /// The retry queues: jobs that wait for their next attempt.
    Waiting,
    /// Records that no consumer has bound a queue for.
    Unrouted,
}

impl Place {
    /// Its queues.
    pub fn queues(self, names: &Names) -> Vec<String> {
        match self {
            Self::Dead => vec![names.dead.clone()],
            Self::Waiting => names.delays.iter().map(|d| names.retry(d)).collect(),
            Self::Unrouted => [&names.transcripts, &names.audit]
                .map(|output| unrouted_queue(output))
                .to_vec(),
        }
    }
}

/// Reads the letters of a place, oldest first, queue by queue. Nobody else sees what it has read until it ends.
pub struct Letters {
    place: Place,
    channel: Channel,
    backlogs: VecDeque<Backlog>,
    /// Of the queue that is read; the last one is not full.
    pages: Vec<Page>,
    connection: Connection,
}

/// What is still to be read of a queue. What comes in meanwhile is not: a letter that is redriven and dies again would be
/// read forever.
struct Backlog {
    queue: String,
    left: u32,
    page_size: u16,
}

/// A consumer, and the letters that it has delivered and that are still there.
struct Page {
    consumer: Consumer,
    held: u16,
}

impl Letters {
    /// Connects and counts the letters.
    ///
    /// # Errors
    /// [`TopologyError::Missing`] where a queue does not exist.
    pub async fn open(
        address: &Address,
        names: &Names,
        place: Place,
    ) -> Result<Self, TopologyError> {
        let connection = address.connect("dead-letters").await?;
        let channel = within(DEADLINE, "open a channel", connection.create_channel()).await?;
        let mut backlogs = VecDeque::new();
        for queue in place.queues(names) {
            let left = match ready(&channel, &queue).await {
                Ok(count) => count,
                Err(error) if code(&error) == Some(404) => {
                    return Err(TopologyError::Missing(vec![queue]));
                }
                Err(error) => return Err(error.into()),
            };
            let page_size = left.div_ceil(MAX_PAGES).max(MIN_PAGE);
            backlogs.push_back(Backlog {
                queue,
                left,
                page_size: u16::try_from(page_size).unwrap_or(u16::MAX),
            });
        }
        Ok(Self {
            place,
            channel,
            backlogs,
            pages: Vec::new(),
            connection,
        })
    }

    /// Number of letters that are still to be read.
    pub fn left(&self) -> u64 {
        self.backlogs.iter().map(|b| u64::from(b.left)).sum()
    }

    /// The next letter; `None` after the last of those that were there at the beginning.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost: all letters that were not removed are back in their queues then.
    pub async fn next(&mut self) -> Result<Option<Letter>, SessionError> {
        loop {
            let Some(backlog) = self.backlogs.front_mut() else {
                return Ok(None);
            };
            if backlog.left == 0 {
                for page in self.pages.drain(..) {
                    let tag = page.consumer.tag();
                    let cancelled = self
                        .channel
                        .basic_cancel(tag, BasicCancelOptions::default());
                    within(DEADLINE, "stop to consume", cancelled).await?;
                }
                self.backlogs.pop_front();
                continue;
            }
            let full = |page: &Page| page.held >= backlog.page_size;
            if self.pages.last().is_none_or(full) {
                let page = Page::begin(&self.channel, backlog, self.pages.len()).await?;
                self.pages.push(page);
            }
            let Some(page) = self.pages.last_mut() else {
                continue;
            };
            match page.next(&self.channel, &backlog.queue).await? {
                Some(delivery) => {
                    backlog.left -= 1;
                    page.held += 1;
                    let queue = backlog.queue.clone();
                    return Ok(Some(Letter::new(delivery, queue, self.place)));
                }
                // Somebody took them, or they were due.
                None => backlog.left = 0,
            }
        }
    }

    /// Removes a letter for good: the last one that was read, or any when all have been.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost: the letter is back in its queue then.
    pub async fn remove(&mut self, receipt: &Receipt) -> Result<(), SessionError> {
        acknowledge_on(&self.channel, receipt.0).await?;
        // A letter is removed before the next one is read, or when all have been.
        if let Some(page) = self.pages.last_mut() {
            page.held = page.held.saturating_sub(1);
        }
        Ok(())
    }

    /// Reads the rest, puts back what was not removed, and ends.
    ///
    /// # Errors
    /// [`SessionError`] where the broker does not answer; it puts everything back by itself then.
    pub async fn close(mut self) -> Result<(), SessionError> {
        while self.next().await?.is_some() {}
        say_goodbye(&self.connection).await
    }
}

impl Page {
    async fn begin(
        channel: &Channel,
        backlog: &Backlog,
        number: usize,
    ) -> Result<Self, SessionError> {
        let qos = channel.basic_qos(backlog.page_size, BasicQosOptions::default());
        within(DEADLINE, "set the prefetch", qos).await?;
        // The broker puts letters back by the order of their consumers' tags.
        let tag = format!("{}-{number:02}", backlog.queue);
        let consuming = channel.basic_consume(
            short(&backlog.queue),
            short(&tag),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let consumer = within(DEADLINE, "consume", consuming).await?;
        Ok(Self { consumer, held: 0 })
    }

    /// The next delivery; `None` where there are no more.
    async fn next(
        &mut self,
        channel: &Channel,
        queue: &str,
    ) -> Result<Option<Delivery>, SessionError> {
        let mut empty = false;
        loop {
            match tokio::time::timeout(QUIET, self.consumer.next()).await {
                Ok(Some(Ok(delivery))) => return Ok(Some(delivery)),
                Ok(Some(Err(cause))) => {
                    return Err(SessionError::Amqp {
                        action: "read letters",
                        cause,
                    });
                }
                Ok(None) => return Err(SessionError::ConsumerCancelled(queue.to_owned())),
                // What was delivered before the broker said that nothing is left may still be on its way.
                Err(_) if empty => return Ok(None),
                Err(_) => empty = ready(channel, queue).await? == 0,
            }
        }
    }
}

/// Number of messages in a queue that are delivered to nobody.
async fn ready(channel: &Channel, queue: &str) -> Result<u32, SessionError> {
    let queue = look(channel, queue, "count the letters").await?;
    Ok(queue.message_count())
}
