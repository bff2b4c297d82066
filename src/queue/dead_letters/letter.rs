//! A letter as it lies in its queue.
//!
//! The body of one that is no job may hold anything, also personal data, so a letter has no `Debug`, and is known by a digest
//! where its body names no conversation.

use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::types::FieldTable;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Place;
use super::json;
use crate::job::{self, Job};
use crate::queue::message::{
    ATTEMPT, ERROR, FIRST_SEEN, REASON, REDRIVES, WORKER, header_number, header_text,
};

/// A dead letter, a job that waits, or a record that nobody has bound a queue for.
pub struct Letter {
    pub(super) delivery: Delivery,
    queue: String,
    place: Place,
    conversation_id: Option<String>,
}

/// What removing a letter needs.
pub struct Receipt(pub(super) u64);

impl Letter {
    pub(super) fn new(delivery: Delivery, queue: String, place: Place) -> Self {
        let conversation_id = match place {
            Place::Dead | Place::Waiting => match job::decode(&delivery.data) {
                Ok(Job::Intercept(id) | Job::OtherMedium(id)) => Some(id),
                Err(job::Malformed) => None,
            },
            Place::Unrouted => delivery
                .properties
                .correlation_id()
                .as_ref()
                .map(ToString::to_string),
        };
        Self {
            delivery,
            queue,
            place,
            conversation_id,
        }
    }

    /// The conversation's id; where the letter has none, `sha256:` and twelve hex digits of the body's digest.
    pub fn id(&self) -> String {
        const DIGITS: usize = 12;
        self.conversation_id.clone().unwrap_or_else(|| {
            let digest = hex::encode(Sha256::digest(&self.delivery.data));
            format!("sha256:{}", &digest[..DIGITS])
        })
    }

    /// The conversation that it is about.
    pub fn conversation_id(&self) -> Option<&str> {
        self.conversation_id.as_deref()
    }

    /// The sender's `message_id`.
    pub fn message_id(&self) -> Option<&str> {
        let id = self.delivery.properties.message_id().as_ref();
        id.map(|id| id.as_str())
    }

    /// Why it is where it is, as a code.
    pub fn reason(&self) -> Option<String> {
        self.text(REASON)
    }

    /// The same in words.
    pub fn error(&self) -> Option<String> {
        self.text(ERROR)
    }

    /// The replica that put it there.
    pub fn worker(&self) -> Option<String> {
        self.text(WORKER)
    }

    /// How often it was tried.
    pub fn attempts(&self) -> u32 {
        self.number(ATTEMPT)
    }

    /// How often it was redriven.
    pub fn redrives(&self) -> u32 {
        self.number(REDRIVES)
    }

    /// When a worker first saw the job, or when the record was published.
    pub fn since(&self) -> Option<Timestamp> {
        let first_seen = self.text(FIRST_SEEN).and_then(|text| text.parse().ok());
        first_seen.or_else(|| {
            let seconds = (*self.delivery.properties.timestamp())?;
            Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
        })
    }

    /// Where it lies.
    pub fn queue(&self) -> &str {
        &self.queue
    }

    /// The exchange to which it was published.
    pub fn exchange(&self) -> &str {
        self.delivery.exchange.as_str()
    }

    /// The key with which it was published.
    pub fn routing_key(&self) -> &str {
        self.delivery.routing_key.as_str()
    }

    /// Byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.delivery.data
    }

    /// Whether the body is a job or a sanitized record, and not just anything that somebody sent.
    pub fn has_known_body(&self) -> bool {
        self.place == Place::Unrouted || self.conversation_id.is_some()
    }

    /// All headers.
    pub fn headers(&self) -> Map<String, Value> {
        self.table().map(json::table).unwrap_or_default()
    }

    /// The AMQP properties that are set, but for the headers.
    pub fn properties(&self) -> Map<String, Value> {
        json::properties(&self.delivery.properties)
    }

    /// What removing it needs.
    pub fn receipt(&self) -> Receipt {
        Receipt(self.delivery.delivery_tag)
    }

    fn table(&self) -> Option<&FieldTable> {
        self.delivery.properties.headers().as_ref()
    }

    fn text(&self, header: &str) -> Option<String> {
        header_text(self.table()?, header)
    }

    fn number(&self, header: &str) -> u32 {
        self.table().map_or(0, |table| header_number(table, header))
    }
}
