//! Window, language, redaction, verification, fingerprint: a raw transcript becomes a sanitized one.
//!
//! The result is a pure function of the transcript and the policy: a redelivered job yields the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tracing::info_span;

use super::participants::Participants;
use super::sanitized::{Message, Metadata, Redaction, Skipped};
use super::{
    HashKey, LanguagePolicy, Metrics, RawMessage, RawTranscript, Sanitized, SkipCounts, SkipReason,
    fingerprint, language, window,
};
use crate::redaction::{
    Conversation, ENGINE_VERSION, Engine, Keyed, RedactedConversation, Replacement, Rules, Side,
    Turn, Verdict,
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
pub fn scrub<'a>(
    transcript: &'a RawTranscript<'_>,
    conversation_id: &'a str,
    policy: &'a Policy,
) -> Sanitized<'a> {
    let raw = &transcript.messages;
    let malformed = &transcript.malformed;
    let first = window::start(raw.len(), policy.window);
    let participants = Participants::of(raw);
    let RedactedConversation {
        verdicts,
        participants: names,
    } = info_span!("redact")
        .in_scope(|| redact_between(raw, &participants, &transcript.names, first, policy));
    let languages = info_span!("language").in_scope(|| {
        let confidence = policy.language.confidence;
        language::detect(raw, &participants, first, confidence, &policy.engine)
    });
    let label = |label| policy.engine.redact_label(label);
    let name = |place: Option<usize>| names[place?].clone();

    let mut sink = Sink::new(raw.len() + malformed.len(), raw.len() - first);
    for message in &raw[..first] {
        sink.skip(Some(message.sequence_id), SkipReason::OutsideWindow);
    }
    for (place, (verdict, language)) in (first..).zip(verdicts.into_iter().zip(languages)) {
        let message = &raw[place];
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
        let (language, language_confidence) = match language {
            Some(detected) => (detected.code, detected.confidence),
            None if policy.language.keep_undetermined => ("und", 0.0),
            None => {
                sink.skip(Some(message.sequence_id), SkipReason::UndeterminedLanguage);
                continue;
            }
        };
        let ends = participants.messages[place];
        sink.publish(Message {
            sequence_id: message.sequence_id,
            message_id: message.message_id.as_deref().and_then(label),
            from: name(ends.from),
            to: name(ends.to),
            text: redacted.text,
            timestamp: timestamp(message.timestamp.as_deref()),
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
                fingerprint: fingerprint::fingerprint(
                    policy.hash_key.as_ref(),
                    conversation_id,
                    message.message_id.as_deref(),
                    message.sequence_id,
                ),
            },
        });
    }
    for sequence_id in malformed {
        sink.skip(*sequence_id, SkipReason::Malformed);
    }

    let residual = sink.residual;
    let (messages, skipped, metrics) = sink.finish();
    Sanitized {
        schema_version: 1,
        conversation_id,
        kind: transcript.kind.as_deref().and_then(label),
        start_timestamp: timestamp(transcript.start_timestamp.as_deref()),
        end_timestamp: timestamp(transcript.end_timestamp.as_deref()),
        policy_version: &policy.version,
        messages,
        skipped,
        metrics,
        residual,
    }
}

/// Collects messages and counts so that the record's equations hold by construction.
struct Sink<'a> {
    messages: Vec<Message<'a>>,
    skipped: Vec<Skipped>,
    residual: u64,
    by_type: BTreeMap<crate::redaction::Kind, u64>,
    counts: SkipCounts,
    received: usize,
    window: usize,
}

impl<'a> Sink<'a> {
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

    fn publish(&mut self, message: Message<'a>) {
        for redaction in &message.metadata.redactions {
            *self.by_type.entry(redaction.kind).or_default() += 1;
        }
        self.messages.push(message);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of values in one conversation"
    )]
    fn finish(mut self) -> (Vec<Message<'a>>, Vec<Skipped>, Metrics) {
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
pub fn redact<'a>(
    messages: &'a [RawMessage<'_>],
    first: usize,
    policy: &Policy,
) -> Vec<Verdict<'a>> {
    redact_between(messages, &Participants::of(messages), &[], first, policy).verdicts
}

fn redact_between<'a>(
    messages: &'a [RawMessage<'_>],
    participants: &Participants<'a>,
    further: &'a [Cow<'_, str>],
    first: usize,
    policy: &Policy,
) -> RedactedConversation<'a> {
    let names = &participants.names;
    let sides: Vec<Side> = names
        .iter()
        .map(|name| Side::of_sender(Some(name)))
        .collect();
    let turns: Vec<Turn<'_>> = messages
        .iter()
        .zip(&participants.messages)
        .map(|(message, ends)| Turn {
            side: ends.from.map_or(Side::Customer, |from| sides[from]),
            text: &message.text,
        })
        .collect();
    let further = further.iter().map(|name| &**name);
    let all: Vec<&str> = names.iter().copied().chain(further).collect();
    policy.engine.redact(&Conversation {
        turns: &turns,
        redact_from: first,
        participants: &all,
    })
}

/// A string that is a point in time passes as it is; what is none could be anything, and is not published.
fn timestamp(text: Option<&str>) -> Option<&str> {
    text.filter(|text| {
        is_rfc3339(text)
            && (text.parse::<jiff::Timestamp>().is_ok()
                || text.parse::<jiff::civil::DateTime>().is_ok())
    })
}

/// Whether a text has the form of RFC 3339, the zone aside, which it may lack. The parser would also take other forms of ISO
/// 8601, and a time zone's name in brackets, and so any text.
fn is_rfc3339(text: &str) -> bool {
    const DATE_AND_TIME: &[u8; 19] = b"0000-00-00T00:00:00";
    const ZONE: &[u8; 6] = b"+00:00";
    let fits = |text: &[u8], form: &[u8]| {
        text.len() == form.len()
            && text.iter().zip(form).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't' | b' '),
                b'+' => matches!(byte, b'+' | b'-'),
                form => byte == form,
            })
    };
    let Some((time, rest)) = text.as_bytes().split_first_chunk::<19>() else {
        return false;
    };
    let zone = rest.strip_prefix(b".").map_or(rest, |fraction| {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
        &fraction[digits.count()..]
    });
    let offset =
        fits(zone, ZONE) && &zone[1..3] < b"24".as_slice() && &zone[4..6] < b"60".as_slice();
    fits(time, DATE_AND_TIME) && (matches!(zone, b"" | b"Z" | b"z") || offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::decode;

    #[test]
    fn times_are_those_of_rfc_3339() {
        for time in [
            "2026-05-01T10:00:00Z",
            "2026-05-01t10:00:00.123456z",
            "2026-05-01 10:00:00+05:30",
            "2026-05-01T10:00:00.5",
        ] {
            assert_eq!(timestamp(Some(time)), Some(time));
        }
        for other in [
            "",
            "2026-05-01",
            "20260501T100000Z",
            "2026-05-01T10Z",
            "2026-05-01T10:00:00+05",
            "2026-05-01T10:00:00+05:30:15",
            "2026-05-01T10:00:00+25:00",
            "-000001-05-01T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-05-01T10:00:00Z[Europe/Paris]",
        ] {
            assert_eq!(timestamp(Some(other)), None, "{other}");
        }
    }

    #[test]
    fn names_of_participants_are_found_and_not_published() {
        let document = br#"{"messages": [{"sequenceId": 1, "text": "is zorvane still with you", "from": "customer"}]}"#;
        let mut raw = decode(document).ok().unwrap();
        raw.names = vec!["Zorvane Quell".into()];
        let language = LanguagePolicy {
            confidence: 0.8,
            keep_undetermined: true,
        };
        let rules = Rules::default();
        let policy = Policy::new(Replacement::Typed, 0, language, None, rules);
        let record = serde_json::to_string(&scrub(&raw, "id", &policy)).unwrap();
        assert!(record.contains("is [PERSON] still with you"), "{record}");
        assert!(!record.contains("Quell"), "{record}");
    }
}
