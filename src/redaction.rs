//! Finds personal data in the messages of a conversation and replaces it. Pure: no I/O, no clock, no logging.
//!
//! The engine is given the whole conversation in order, because much of what a customer discloses is personal only
//! through the question before it; it answers, for each message to be published, with the redacted text and a
//! machine-readable finding per replacement, or with the word that the message must be withheld.
//!
//! | file | what |
//! |---|---|
//! | `kind.rs` | the kinds of personal data, as they appear in records |
//! | `shapes.rs` | recognition by shape: addresses of mail and network, the tutorial's pattern |
//! | `numbers.rs` | recognition of digit runs: phones, cards, social security numbers |
//! | `checksums.rs` | Luhn, mod 97 |
//! | `replace.rs` | spans and replacement policy -> redacted text with code point offsets |

mod checksums;
mod iban;
mod kind;
mod numbers;
mod replace;
mod shapes;

pub use kind::Kind;
pub use replace::{Finding, Redacted, Replacement};

/// The version of the recognition rules; part of the policy version of every record.
pub const ENGINE_VERSION: &str = "1";

/// Whose turn a message is. What a customer's bare answer means depends on the business's question before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// An agent, a bot, a workflow: whoever speaks for the business.
    Business,
    /// Everybody else.
    Customer,
}

/// One message of a conversation, raw. Not `Debug` on purpose: raw text cannot be logged.
pub struct Turn<'a> {
    /// Who speaks.
    pub side: Side,
    /// What was written.
    pub text: &'a str,
}

/// What the engine is to read and what it is to redact.
pub struct Conversation<'a> {
    /// All messages, oldest first.
    pub turns: &'a [Turn<'a>],
    /// Index of the first turn to redact; those before it are read for context only.
    pub redact_from: usize,
}

/// What became of one message.
pub enum Verdict {
    /// The redacted text, which the scan after redaction found clean.
    Redacted(Redacted),
    /// The scan after redaction still found this many values: the message must not be published.
    Withheld {
        /// Number of values that would have remained.
        residual: usize,
    },
}

/// A span of a raw text that holds personal data; byte offsets, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    pub(crate) rule: &'static str,
}

/// The redaction engine: compiled once, shared by all workers.
pub struct Engine {
    replacement: Replacement,
    shapes: shapes::Shapes,
}

impl Engine {
    /// An engine that replaces what it finds as `replacement` says.
    pub fn new(replacement: Replacement) -> Self {
        Self {
            replacement,
            shapes: shapes::Shapes::new(),
        }
    }

    /// Redacts the turns of `conversation` from `redact_from` on: one verdict per turn, in order.
    pub fn redact(&self, conversation: &Conversation<'_>) -> Vec<Verdict> {
        conversation
            .turns
            .iter()
            .skip(conversation.redact_from)
            .map(|turn| self.redact_text(turn.text))
            .collect()
    }

    /// Redacts a short string that is published beside the messages, such as a sender's name.
    /// `None` where it must be withheld.
    pub fn redact_label(&self, label: &str) -> Option<String> {
        match self.redact_text(label) {
            Verdict::Redacted(redacted) => Some(redacted.text),
            Verdict::Withheld { .. } => None,
        }
    }

    fn redact_text(&self, text: &str) -> Verdict {
        let spans = merge(self.shapes.find(text));
        let redacted = replace::apply(text, &spans, self.replacement);
        self.verify(redacted)
    }

    /// The second scan: what is about to be published is searched again, and withheld if anything is left (fail closed).
    fn verify(&self, redacted: Redacted) -> Verdict {
        if redacted.findings.is_empty() {
            // The text is what the first scan read, and that found nothing.
            return Verdict::Redacted(redacted);
        }
        match merge(self.shapes.find(&redacted.text)).len() {
            0 => Verdict::Redacted(redacted),
            residual => Verdict::Withheld { residual },
        }
    }
}

/// Joins overlapping spans into one that covers them all, so that no rule can uncover what another found.
/// The longest of the joined spans gives the kind; at equal length the one found first.
fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    if spans.len() < 2 {
        return spans;
    }
    spans.sort_by_key(|span| span.start);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    let mut longest = 0;
    for span in spans {
        let length = span.end - span.start;
        match merged.last_mut() {
            Some(last) if span.start < last.end => {
                last.end = last.end.max(span.end);
                if length > longest {
                    longest = length;
                    last.kind = span.kind;
                    last.rule = span.rule;
                }
            }
            _ => {
                longest = length;
                merged.push(span);
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(text: &str) -> String {
        let engine = Engine::new(Replacement::Typed);
        match engine.redact_text(text) {
            Verdict::Redacted(redacted) => redacted.text,
            Verdict::Withheld { residual } => format!("withheld: {residual}"),
        }
    }

    #[test]
    fn shapes_are_replaced() {
        for (text, expected) in [
            ("call 555-010-4477 now", "call [PHONE] now"),
            ("5550104477", "[PHONE]"),
            ("call (555) 010-4477.", "call [PHONE]."),
            ("it is 555 010 4477", "it is [PHONE]"),
            ("+1 555 010 4477 ok", "[PHONE] ok"),
            ("+44 20 7946 0958", "[PHONE]"),
            ("020 7946 0958 please", "[PHONE] please"),
            ("mail jo.doe+x@example.com!", "mail [EMAIL]!"),
            ("JOSÉ@EXAMPLE.COM", "[EMAIL]"),
            ("card 4111 1111 1111 1111 123", "card [CREDIT_CARD] 123"),
            ("4111-1111-1111-1111", "[CREDIT_CARD]"),
            ("4111111111111111", "[CREDIT_CARD]"),
            ("378282246310005 amex", "[CREDIT_CARD] amex"),
            (
                "iban GB82 WEST 1234 5698 7654 32 please",
                "iban [IBAN] please",
            ),
            ("de89370400440532013000", "[IBAN]"),
            ("call 555-010-4477x123", "call [PHONE]x123"),
            ("0044 20 7946 0958", "[PHONE]"),
            ("00442079460958", "[PHONE]"),
            ("011 44 20 7946 0958", "[PHONE]"),
            ("0151 12345678", "[PHONE]"),
            ("01 23 45 67 89", "[PHONE]"),
            ("+4915112345678", "[PHONE]"),
            ("4111.1111.1111.1111", "[CREDIT_CARD]"),
            ("visa4111111111111111", "visa[CREDIT_CARD]"),
            (
                "DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00",
                "[IBAN]",
            ),
            ("IP:2001:db8::8a2e:370:7334: mine", "IP:[IP]: mine"),
            ("ssn 078-05-1120", "ssn [SSN]"),
            ("from 192.0.2.17, today", "from [IP], today"),
            ("2001:db8::8a2e:370:7334 is mine", "[IP] is mine"),
        ] {
            assert_eq!(redact(text), expected, "for {text:?}");
        }
    }

    #[test]
    fn what_is_not_personal_survives() {
        for text in [
            "see you at 12:30:45 on 2026-11-23",
            "that is $1,234.50 for 3 items",
            "4111 1111 1111 1112 is no card number",
            "version 10.4 build 300",
            "on 05.03.2024 14:00 Uhr",
            "03/04/2024 10:30",
            "Due 01/02/2024 250 EUR",
            "am 05.03.24 14.30",
            "between $100-1500",
            "order 123456 2024",
            "at 12:30:45:",
            "a :: b",
            "@ 5pm",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn plain_replacement_is_the_tutorials() {
        let engine = Engine::new(Replacement::Plain);
        assert_eq!(
            engine.redact_label("jo@example.com").as_deref(),
            Some("[REDACTED]")
        );
    }

    #[test]
    fn what_the_second_scan_finds_is_withheld() {
        let engine = Engine::new(Replacement::Plain);
        let leaky = Redacted {
            text: "left: jo@example.com and 555-010-4477".to_owned(),
            findings: vec![Finding {
                kind: Kind::Email,
                rule: "email",
                start: 0,
                end: 4,
            }],
        };
        assert!(matches!(
            engine.verify(leaky),
            Verdict::Withheld { residual: 2 }
        ));
    }

    #[test]
    fn overlapping_spans_become_one() {
        let span = |start, end, rule| Span {
            start,
            end,
            kind: Kind::Phone,
            rule,
        };
        let merged = merge(vec![
            span(5, 9, "short"),
            span(0, 6, "long"),
            span(9, 12, "apart"),
        ]);
        assert_eq!(merged, vec![span(0, 9, "long"), span(9, 12, "apart")]);
    }
}
