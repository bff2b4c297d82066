//! The conversation model, apart from the shape any API gives it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// One chat.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Conversation {
    pub(super) id: Uuid,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    /// In the order they are served, which need not be that of their sequence ids.
    pub(super) messages: Vec<Message>,
}

/// One message of a chat.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    pub(super) sequence_id: i64,
    /// `customer`, `agent` or `bot`; a transcripts file may name others.
    pub(super) from: Cow<'static, str>,
    pub(super) text: String,
    /// RFC 3339, as it is served.
    pub(super) timestamp: Option<String>,
}

/// RFC 3339 in UTC with milliseconds.
pub(super) fn rfc3339(timestamp: Timestamp) -> String {
    format!("{timestamp:.3}")
}

/// Parses a UUID in its hyphenated form, in either case.
pub(super) fn parse_uuid(text: &str) -> Option<Uuid> {
    // The other forms `Uuid` parses (braces, URN, no hyphens) are no ids in a path.
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

/// The UUID a name that need not be one stands for: its UUIDv5 in the URL namespace.
pub(super) fn uuid_of_name(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

/// A conversation id in JSON; a string that is no UUID becomes one by [`uuid_of_name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ConversationId(pub(super) Uuid);

impl Serialize for ConversationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ConversationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(
            parse_uuid(&text).unwrap_or_else(|| uuid_of_name(&text)),
        ))
    }
}
