//! The raw transcript: what a dialect read from Genesys, before redaction.
//!
//! None of these types is `Debug`, `Display` or `Serialize`: raw text can be neither logged nor published by accident.

/// A conversation as it was read, its messages ordered.
pub struct RawTranscript {
    /// The id that the document carries, if any. Records carry the id that was asked for.
    pub id: Option<String>,
    /// Such as `webmessaging`.
    pub kind: Option<String>,
    /// RFC 3339.
    pub start_timestamp: Option<String>,
    /// RFC 3339; `None` while the conversation is open.
    pub end_timestamp: Option<String>,
    /// Well-formed messages, ordered by (sequence id, timestamp, text).
    pub messages: Vec<RawMessage>,
    /// Sequence ids of the messages that were not well-formed, `None` where even that could not be read.
    pub malformed: Vec<Option<i64>>,
}

/// One message as it was read.
pub struct RawMessage {
    /// Position in the conversation.
    pub sequence_id: i64,
    /// The API's own id of the message, where it has one.
    pub message_id: Option<String>,
    /// Who wrote it: a role or a name.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// What was written; empty where there was no text.
    pub text: String,
    /// RFC 3339.
    pub timestamp: Option<String>,
}

impl RawTranscript {
    /// Orders the messages by sequence id, and those that share one by (timestamp, text): never by arrival. The other
    /// fields come last, so that only equal messages are interchangeable.
    pub fn sort(&mut self) {
        if self
            .messages
            .is_sorted_by(|a, b| a.sequence_id < b.sequence_id)
        {
            return;
        }
        fn key(message: &RawMessage) -> impl Ord {
            (
                message.sequence_id,
                &message.timestamp,
                &message.text,
                &message.from,
                &message.to,
                &message.message_id,
            )
        }
        self.messages.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    }
}
