//! Window, language, redaction, verification, fingerprint: a raw transcript becomes a sanitized one.
//!
//! The result is a pure function of the transcript and the policy: a redelivered job yields the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use tracing::info_span;

use super::sanitized::{Message, Metadata, Redaction, Skipped};
use super::{
    HashKey, LanguagePolicy, Metrics, RawMessage, RawTranscript, Sanitized, SkipCounts, SkipReason,
    fingerprint, language, window,
};
use crate::redaction::{
    Conversation, ENGINE_VERSION, Engine, Keyed, Redacted, Replacement, Rules, Side, Turn, Verdict,
};

/// The rules a transcript is sanitized under.
pub struct Policy {
    engine: Engine,
    window: usize,
    language: LanguagePolicy,
    hash_key: Option<HashKey>,
    version: String,
}

impl Policy {
    /// Compiles the rules: `window` is the number of last messages to publish, 0 for all.
    pub fn new(
        replacement: Replacement,
        window: usize,
        language: LanguagePolicy,
        hash_key: Option<HashKey>,
        rules: Rules,
    ) -> Self {
        let key_id = hash_key.as_ref().map(HashKey::id);
        let all = format!(
            "{ENGINE_VERSION} {replacement:?} {window} {language:?} {key_id:?} {}",
            rules.text()
        );
        let mut version = hex::encode(Sha256::digest(all));
        let keyed = hash_key
            .clone()
            .map(|key| -> Keyed { Box::new(move |value| key.token(value)) });
        version.truncate(16);
        Self {
            engine: Engine::with_rules(replacement, rules, keyed),
            window,
            language,
            hash_key,
            version,
        }
    }

    /// The redaction engine that these rules make.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Sixteen hex digits that change with every rule.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// Sanitizes a conversation; `conversation_id` is what the record carries.
pub fn scrub(transcript: RawTranscript, conversation_id: &str, policy: &Policy) -> Sanitized {
    let RawTranscript {
        kind,
        start_timestamp,
        end_timestamp,
        messages: raw,
        malformed,
        ..
    } = transcript;
    let first = window::start(raw.len(), policy.window);
    let verdicts = info_span!("redact").in_scope(|| redact(&raw, first, policy));
    let languages = info_span!("language")
        .in_scope(|| language::detect(&raw, first, policy.language.confidence, &policy.engine));

    let names = participants(&raw)
        .into_iter()
        .map(|name| (name, policy.engine.redact_label(name)))
        .collect();

    let mut sink = Sink::new(raw.len() + malformed.len(), raw.len() - first);
    for message in &raw[..first] {
        sink.skip(Some(message.sequence_id), SkipReason::OutsideWindow);
    }
    for ((message, verdict), language) in raw[first..].iter().zip(verdicts).zip(languages) {
        if message.text.trim().is_empty() {
            sink.skip(Some(message.sequence_id), SkipReason::Empty);
            continue;
        }
        let redacted = match verdict {
            Verdict::Redacted(redacted) => redacted,
            Verdict::Withheld { residual } => {
                sink.residual += residual as u64;
                sink.skip(Some(message.sequence_id), SkipReason::Withheld);
                continue;
            }
        };
        let (language, confidence) = match language {
            Some(detected) => (detected.code, detected.confidence),
            None if policy.language.keep_undetermined => ("und", 0.0),
            None => {
                sink.skip(Some(message.sequence_id), SkipReason::UndeterminedLanguage);
                continue;
            }
        };
        let fingerprint = fingerprint::fingerprint(
            policy.hash_key.as_ref(),
            conversation_id,
            message.message_id.as_deref(),
            message.sequence_id,
        );
        sink.publish(
            (&policy.engine, &names),
            message,
            redacted,
            (language, confidence),
            fingerprint,
        );
    }
    for sequence_id in malformed {
        sink.skip(sequence_id, SkipReason::Malformed);
    }

    let residual = sink.residual;
    let (messages, skipped, metrics) = sink.finish();
    Sanitized {
        schema_version: 1,
        conversation_id: conversation_id.to_owned(),
        kind: kind.and_then(|kind| policy.engine.redact_label(&kind)),
        start_timestamp: timestamp(start_timestamp),
        end_timestamp: timestamp(end_timestamp),
        policy_version: policy.version.clone(),
        messages,
        skipped,
        metrics,
        residual,
    }
}

/// Collects messages and counts so that the record's equations hold by construction.
struct Sink {
    messages: Vec<Message>,
    skipped: Vec<Skipped>,
    residual: u64,
    by_type: BTreeMap<crate::redaction::Kind, u64>,
    counts: SkipCounts,
    received: usize,
    window: usize,
}

impl Sink {
    fn new(received: usize, window: usize) -> Self {
        Self {
            messages: Vec::with_capacity(window),
            skipped: Vec::with_capacity(received - window),
            residual: 0,
            by_type: BTreeMap::new(),
            counts: SkipCounts::default(),
            received,
            window,
        }
    }

    fn skip(&mut self, sequence_id: Option<i64>, reason: SkipReason) {
        self.counts.add(reason);
        self.skipped.push(Skipped {
            sequence_id,
            reason,
        });
    }

    fn publish(
        &mut self,
        (engine, names): (&Engine, &BTreeMap<&str, Option<String>>),
        message: &RawMessage,
        redacted: Redacted<'_>,
        (language, language_confidence): (&'static str, f64),
        fingerprint: String,
    ) {
        let name = |name: &Option<String>| names.get(name.as_deref()?).cloned().flatten();
        for finding in &redacted.findings {
            *self.by_type.entry(finding.kind).or_default() += 1;
        }
        self.messages.push(Message {
            sequence_id: message.sequence_id,
            message_id: message
                .message_id
                .as_deref()
                .and_then(|id| engine.redact_label(id)),
            from: name(&message.from),
            to: name(&message.to),
            text: redacted.text.into_owned(),
            timestamp: timestamp(message.timestamp.clone()),
            metadata: Metadata {
                language,
                language_confidence,
                redaction_applied: true,
                redactions: redacted
                    .findings
                    .into_iter()
                    .map(|finding| Redaction {
                        kind: finding.kind,
                        rule: finding.rule,
                        start: finding.start,
                        end: finding.end,
                    })
                    .collect(),
                fingerprint,
            },
        });
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of values in one conversation"
    )]
    fn finish(mut self) -> (Vec<Message>, Vec<Skipped>, Metrics) {
        // Malformed messages whose position is unknown stand last.
        self.skipped
            .sort_by_key(|skipped| (skipped.sequence_id.is_none(), skipped.sequence_id));
        let redacted: u64 = self.by_type.values().sum();
        let metrics = Metrics {
            redaction_count: redacted,
            redactions_by_type: self.by_type,
            redaction_accuracy_rate: match redacted {
                0 => 0.0,
                redacted => redacted as f64 / (redacted + self.residual) as f64,
            },
            context_window_size: self.window as u64,
            messages_received: self.received as u64,
            messages_skipped: self.counts,
        };
        (self.messages, self.skipped, metrics)
    }
}

/// Redacts the messages from the `first` on; those before it are read for context.
pub fn redact<'a>(messages: &'a [RawMessage], first: usize, policy: &Policy) -> Vec<Verdict<'a>> {
    let turns: Vec<Turn<'_>> = messages
        .iter()
        .map(|message| Turn {
            side: Side::of_sender(message.from.as_deref()),
            text: &message.text,
        })
        .collect();
    let participants: Vec<&str> = participants(messages).into_iter().collect();
    policy.engine.redact(&Conversation {
        turns: &turns,
        redact_from: first,
        participants: &participants,
    })
}

/// Who takes part, as senders and receivers name themselves.
fn participants(messages: &[RawMessage]) -> BTreeSet<&str> {
    messages
        .iter()
        .flat_map(|message| [message.from.as_deref(), message.to.as_deref()])
        .flatten()
        .collect()
}

/// A string that is a point in time passes as it is; what is none could be anything, and is not published.
fn timestamp(text: Option<String>) -> Option<String> {
    text.filter(|text| {
        // The parser would also take a time zone's name in brackets, and so any text.
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:.+TtZz ".contains(&byte));
        plain
            && (text.parse::<jiff::Timestamp>().is_ok()
                || text.parse::<jiff::civil::DateTime>().is_ok())
    })
}
