//! The raw transcript: what a dialect read from Genesys, before redaction.
//!
//! Its strings are slices of what was read, where they can be. None of these types is `Debug`, `Display` or `Serialize`: raw text can be neither logged nor published by accident.

use std::borrow::Cow;

/// A conversation as it was read, its messages ordered.
pub struct RawTranscript<'a> {
    /// The id that the document carries, if any. Records carry the id that was asked for.
    pub id: Option<Cow<'a, str>>,
    /// Such as `webmessaging`.
    pub kind: Option<Cow<'a, str>>,
    /// RFC 3339.
    pub start_timestamp: Option<Cow<'a, str>>,
    /// RFC 3339; `None` while the conversation is open.
    pub end_timestamp: Option<Cow<'a, str>>,
    /// Names of persons who take part, where the API tells them; only to find them in texts, and never published.
    pub names: Vec<Cow<'a, str>>,
    /// Well-formed messages, ordered by (sequence id, timestamp, text).
    pub messages: Vec<RawMessage<'a>>,
    /// Sequence ids of the messages that were not well-formed, `None` where even that could not be read.
    pub malformed: Vec<Option<i64>>,
}

/// One message as it was read.
pub struct RawMessage<'a> {
    /// Position in the conversation.
    pub sequence_id: i64,
    /// The API's own id of the message, where it has one.
    pub message_id: Option<Cow<'a, str>>,
    /// Who wrote it: a role or a name.
    pub from: Option<Cow<'a, str>>,
    /// To whom.
    pub to: Option<Cow<'a, str>>,
    /// What was written; empty where there was no text.
    pub text: Cow<'a, str>,
    /// RFC 3339.
    pub timestamp: Option<Cow<'a, str>>,
}

impl RawTranscript<'_> {
    /// Orders the messages by sequence id, and those that share one by (timestamp, text): never by arrival. The other
    /// fields come last, so that only equal messages are interchangeable.
    pub fn sort(&mut self) {
        if self
            .messages
            .is_sorted_by(|a, b| a.sequence_id < b.sequence_id)
        {
            return;
        }
        fn key<'a>(message: &'a RawMessage<'_>) -> impl Ord + 'a {
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

    /// The same with strings of its own.
    pub fn into_owned(self) -> RawTranscript<'static> {
        let messages = self.messages.into_iter();
        RawTranscript {
            id: owned(self.id),
            kind: owned(self.kind),
            start_timestamp: owned(self.start_timestamp),
            end_timestamp: owned(self.end_timestamp),
            names: self
                .names
                .into_iter()
                .map(|name| name.into_owned().into())
                .collect(),
            messages: messages.map(RawMessage::into_owned).collect(),
            malformed: self.malformed,
        }
    }
}

impl RawMessage<'_> {
    fn into_owned(self) -> RawMessage<'static> {
        RawMessage {
            sequence_id: self.sequence_id,
            message_id: owned(self.message_id),
            from: owned(self.from),
            to: owned(self.to),
            text: Cow::Owned(self.text.into_owned()),
            timestamp: owned(self.timestamp),
        }
    }
}

fn owned(text: Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.map(|text| Cow::Owned(text.into_owned()))
}
