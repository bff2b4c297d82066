//! The sanitized transcript: the published form of a conversation.
//!
//! Its fields are private to this room, and only `scrub` fills them: what is `Serialize` here has been redacted. The
//! doc comments are the descriptions in the published JSON Schema. Fields are only ever added.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::fingerprint::Fingerprint;
use crate::redaction::Kind;

/// A conversation with personal data redacted.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "SanitizedTranscript")]
pub struct Sanitized<'a> {
    /// Version of this schema.
    #[schemars(range(min = 1, max = 1))]
    pub(super) schema_version: u8,
    /// The conversation's id: a lower-case UUID.
    pub(super) conversation_id: &'a str,
    /// Such as `webmessaging`.
    #[serde(rename = "type")]
    pub(super) kind: Option<Cow<'a, str>>,
    /// As the source has it: RFC 3339, without a zone where it names none.
    pub(super) start_timestamp: Option<&'a str>,
    /// As the source has it: RFC 3339, without a zone where it names none; null while the conversation is open.
    pub(super) end_timestamp: Option<&'a str>,
    /// Digest of the rules this was redacted under: engine version, policy, window, language settings, key id.
    pub(super) policy_version: &'a str,
    /// The published messages, in order.
    pub(super) messages: Vec<Message<'a>>,
    /// The messages that are not published, in order, and why.
    pub(super) skipped: Vec<Skipped>,
    /// Counts over the conversation.
    pub(super) metrics: Metrics,
    #[serde(skip)]
    pub(super) residual: u64,
}

/// A published message.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message<'a> {
    /// Position in the conversation.
    pub(super) sequence_id: i64,
    /// The API's own id of the message, where it has one; redacted like the text where it is no UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message_id: Option<Cow<'a, str>>,
    /// Who wrote it, redacted like the text.
    pub(super) from: Option<Cow<'a, str>>,
    /// To whom, redacted like the text.
    pub(super) to: Option<Cow<'a, str>>,
    /// The redacted text.
    pub(super) text: Cow<'a, str>,
    /// As the source has it: RFC 3339, without a zone where it names none.
    pub(super) timestamp: Option<&'a str>,
    /// What the program found out about the message.
    pub(super) metadata: Metadata,
}

/// What the program found out about a message.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    /// ISO 639-3; `und` where undetermined.
    pub(super) language: &'static str,
    /// 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub(super) language_confidence: f64,
    /// Always true: the redaction engine ran over the message.
    pub(super) redaction_applied: bool,
    /// The replacements in the text, in order.
    pub(super) redactions: Vec<Redaction>,
    /// 64 hex digits: with the operator's key HMAC-SHA256 over the conversation's id, a line feed, and the message's id before
    /// redaction, or its sequence id where it has none; without a key SHA-256 of the sequence id.
    pub(super) fingerprint: Fingerprint,
}

/// One replacement in a text.
#[derive(Serialize, JsonSchema)]
pub(super) struct Redaction {
    /// The kind of personal data.
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    /// The rule that found it.
    pub(super) rule: &'static str,
    /// Offset of the replacement in the published text, in Unicode code points.
    pub(super) start: usize,
    /// Offset behind the replacement, in Unicode code points.
    pub(super) end: usize,
}

/// A message that is not published.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Skipped {
    /// Position in the conversation; null where the message was too malformed to tell.
    pub(super) sequence_id: Option<i64>,
    /// Why it is not published.
    pub(super) reason: SkipReason,
}

/// Why a message is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SkipReason {
    /// It lies before the context window.
    OutsideWindow,
    /// No language was found in the whole conversation.
    UndeterminedLanguage,
    /// It is not a message as the schema has it: wrong type, invalid text.
    Malformed,
    /// It has no text.
    Empty,
    /// The check after redaction still found personal data in it.
    Withheld,
}

/// Counts over a conversation.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metrics {
    /// Number of replacements in the published messages.
    pub redaction_count: u64,
    /// The same by kind; kinds that did not occur are absent.
    pub redactions_by_type: BTreeMap<Kind, u64>,
    /// Redacted values / (redacted values + values for which a message was withheld); 0 where nothing was found.
    /// This is what the program's own second scan recognises, not recall.
    #[schemars(range(min = 0, max = 1))]
    pub redaction_accuracy_rate: f64,
    /// Number of messages in the context window.
    pub context_window_size: u64,
    /// Number of messages that the API returned: the published and the skipped.
    pub messages_received: u64,
    /// Number of skipped messages by reason.
    pub messages_skipped: SkipCounts,
}

/// Number of skipped messages by reason.
#[derive(Clone, Copy, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SkipCounts {
    /// Before the context window.
    pub outside_window: u64,
    /// In a conversation without a language.
    pub undetermined_language: u64,
    /// Not a message.
    pub malformed: u64,
    /// Without text.
    pub empty: u64,
    /// Withheld by the check after redaction.
    pub withheld: u64,
}

impl SkipCounts {
    /// The counts with their reasons as metrics name them.
    pub const fn by_reason(&self) -> [(&'static str, u64); 5] {
        [
            ("outside_window", self.outside_window),
            ("undetermined_language", self.undetermined_language),
            ("malformed", self.malformed),
            ("empty", self.empty),
            ("withheld", self.withheld),
        ]
    }

    pub(super) fn add(&mut self, reason: SkipReason) {
        *match reason {
            SkipReason::OutsideWindow => &mut self.outside_window,
            SkipReason::UndeterminedLanguage => &mut self.undetermined_language,
            SkipReason::Malformed => &mut self.malformed,
            SkipReason::Empty => &mut self.empty,
            SkipReason::Withheld => &mut self.withheld,
        } += 1;
    }
}

impl Sanitized<'_> {
    /// Number of published messages.
    pub fn message_count(&self) -> u64 {
        self.messages.len() as u64
    }

    /// Number of values for which a message was withheld.
    pub const fn residual(&self) -> u64 {
        self.residual
    }

    /// Counts over the conversation.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}
