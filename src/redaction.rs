//! Finds personal data in the messages of a conversation and replaces it. Pure: no I/O, no clock, no logging.
//!
//! The engine is given the whole conversation in order, because much of what a customer discloses is personal only
//! through the question before it; it answers, for each message to be published, with the redacted text and a
//! machine-readable finding per replacement, or with the word that the message must be withheld.
//!
//! The way of a message: `fold` -> `lexer` -> `shapes` and the rules that read tokens -> `merge` -> `replace`, and all of it
//! once more over what came out (`engine`).
//!
//! | file | what |
//! |---|---|
//! | `engine.rs` | the passes over a conversation, top to bottom |
//! | `kind.rs` | the kinds of personal data, as they appear in records |
//! | `fold.rs` | disguises undone, with the way back to the original offsets |
//! | `lexer.rs`, `reading.rs` | text to tokens; a message as the rules see it |
//! | `words.rs`, `words/`, `data/` | what words mean: dictionary, names, cues of each language |
//! | `shapes.rs`, `numbers.rs`, `iban.rs`, `checksums.rs` | recognition by shape, whatever surrounds it |
//! | `values.rs` | what a value looks like in tokens: numbers and codes, dates |
//! | `names.rs`, `addresses.rs`, `mail.rs` | persons, postal addresses, disguised e-mail addresses |
//! | `cues.rs` | "my pin is 4471": cues beside a value |
//! | `asks.rs`, `answers.rs` | expectations: what a turn asks for; what answers it |
//! | `bare.rs` | messages that are a value and nothing else |
//! | `memory.rs` | what was once found is found everywhere |
//! | `pieces.rs` | values split over messages |
//! | `policy.rs` | the policy file: own patterns and cues, allow list, actions |
//! | `replace.rs` | spans and replacement policy -> redacted text with code point offsets |

mod addresses;
mod answers;
mod asks;
mod bare;
mod checksums;
mod cues;
mod engine;
mod fold;
mod iban;
mod kind;
mod lexer;
mod mail;
mod memory;
mod names;
mod numbers;
mod pieces;
mod policy;
mod reading;
mod replace;
mod shapes;
mod values;
mod words;

pub use engine::{Engine, Layers};
pub use kind::Kind;
pub use policy::{Action, PolicyError, Rules};
pub use replace::{Finding, Keyed, Redacted, Replacement};

/// The version of the recognition rules; part of the policy version of every record.
pub const ENGINE_VERSION: &str = "2";

/// Whose turn a message is. What a customer's bare answer means depends on the business's question before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// An agent, a bot, a workflow: whoever speaks for the business.
    Business,
    /// Everybody else.
    Customer,
}

impl Side {
    /// A sender whose name says that it speaks for the business; everybody else is the customer.
    pub fn of_sender(from: Option<&str>) -> Self {
        const BUSINESS: [&str; 5] = ["agent", "bot", "system", "workflow", "acd"];
        let from = from.unwrap_or_default().to_ascii_lowercase();
        if BUSINESS.iter().any(|word| from.contains(word)) {
            Self::Business
        } else {
            Self::Customer
        }
    }
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
    /// Names of the participants as the conversation's metadata have them.
    pub participants: &'a [&'a str],
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

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(text: &str) -> String {
        let turns = [Turn {
            side: Side::Customer,
            text,
        }];
        let verdicts = Engine::new(Replacement::Typed).redact(&Conversation {
            turns: &turns,
            redact_from: 0,
            participants: &[],
        });
        match verdicts.into_iter().next() {
            Some(Verdict::Redacted(redacted)) => redacted.text,
            _ => "withheld".to_owned(),
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
            ("card 4111 1111 1111 1111 123", "card [CREDIT_CARD]"),
            ("4111-1111-1111-1111", "[CREDIT_CARD]"),
            ("4111111111111111", "[CREDIT_CARD]"),
            ("378282246310005 amex", "[CREDIT_CARD] amex"),
            (
                "iban GB82 WEST 1234 5698 7654 32 please",
                "iban [IBAN] please",
            ),
            ("de89370400440532013000", "[IBAN]"),
            ("call 555-010-4477x123", "call [PHONE]"),
            ("0044 20 7946 0958", "[PHONE]"),
            ("00442079460958", "[PHONE]"),
            ("011 44 20 7946 0958", "[PHONE]"),
            ("0151 12345678", "[PHONE]"),
            ("01 23 45 67 89", "[PHONE]"),
            ("+4915112345678", "[PHONE]"),
            ("4111.1111.1111.1111", "[CREDIT_CARD]"),
            ("visa4111111111111111", "[CREDIT_CARD]"),
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
            "version 10.4 build 300",
            "on 05.03.2024 14:00 Uhr",
            "03/04/2024 10:30",
            "Due 01/02/2024 250 EUR",
            "am 05.03.24 14.30",
            "between $100-1500",
            "we sold 123456 units in 2024",
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
}
