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
//! | `context.rs` | the rules that read tokens, in their order |
//! | `kind.rs` | the kinds of personal data, as they appear in records |
//! | `fold.rs` | disguises undone, with the way back to the original offsets |
//! | `lexer.rs`, `glance.rs`, `reading.rs` | text to tokens; their sum; a message as the rules see it |
//! | `hash.rs` | the hash by which a word is looked up |
//! | `class.rs`, `words.rs`, `words/`, `data/` | what words mean: dictionary, names, cues of each language |
//! | `shapes.rs`, `numbers.rs`, `phones.rs`, `iban.rs`, `checksums.rs` | recognition by shape, whatever surrounds it |
//! | `national.rs`, `secrets.rs` | national ids by their check digits; keys, tokens, web addresses with personal data |
//! | `values.rs`, `dates.rs`, `codes.rs` | what a value looks like in tokens: numbers; dates; codes |
//! | `names.rs`, `name_starts.rs`, `name_ends.rs` | whether a name is there; where it begins and ends |
//! | `persons.rs`, `small_names.rs`, `strangers.rs`, `spelled.rs`, `signatures.rs`, `lists.rs` | names that need no cue; in small letters; of no list; are spelled; sign; lists |
//! | `beside.rs` | births behind names, extensions behind telephone numbers, what else is told of a card |
//! | `addresses.rs`, `streets.rs`, `continental.rs`, `blocks.rs`, `places.rs`, `postcodes.rs` | streets behind their number, before it, and told by their postcode; in lines; what follows them; postcodes, and what is before them |
//! | `mail.rs`, `handles.rs` | disguised e-mail addresses; names of users |
//! | `cues.rs`, `cued.rs`, `passwords.rs` | "my pin is 4471": cues beside a value; passwords and login names |
//! | `told.rs` | "my name is river": words that are names because the message says so |
//! | `asks.rs`, `answers.rs`, `named.rs` | expectations: what a turn asks for; what answers it; names that do |
//! | `bare.rs` | messages that are a value and nothing else |
//! | `memory.rs` | what was once found is found everywhere |
//! | `pieces.rs` | values split over messages |
//! | `policy.rs` | the policy file: own patterns and cues, allow list, actions |
//! | `merge.rs`, `labels.rs` | what several rules found at one place; what a redactor left |
//! | `replace.rs` | spans and replacement policy -> redacted text with code point offsets |

use std::borrow::Cow;

mod addresses;
mod answers;
mod asks;
mod bare;
mod beside;
mod blocks;
mod checksums;
mod class;
mod codes;
mod context;
mod continental;
mod cued;
mod cues;
mod dates;
mod engine;
mod fold;
mod glance;
mod handles;
mod hash;
mod iban;
mod kind;
mod labels;
mod lexer;
mod lists;
mod mail;
mod memory;
mod merge;
mod name_ends;
mod name_starts;
mod named;
mod names;
mod national;
mod numbers;
mod passwords;
mod persons;
mod phones;
mod pieces;
mod places;
mod policy;
mod postcodes;
mod reading;
mod replace;
mod secrets;
mod shapes;
mod signatures;
mod small_names;
mod spelled;
mod strangers;
mod streets;
mod told;
mod values;
mod words;

pub use engine::Engine;
pub use kind::Kind;
pub use policy::{Action, PolicyError, Rules};
pub use replace::{Finding, Keyed, Redacted, Replacement};

/// The version of the recognition rules; part of the policy version of every record.
pub const ENGINE_VERSION: &str = "13";

/// Digits of a pseudonym that is the same in every conversation.
pub const TOKEN_DIGITS: usize = 12;

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
pub struct Conversation<'c, 'a> {
    /// All messages, oldest first.
    pub turns: &'c [Turn<'a>],
    /// Index of the first turn to redact; those before it are read for context only.
    pub redact_from: usize,
    /// Names of the participants as the conversation's metadata have them.
    pub participants: &'c [&'a str],
}

/// What became of a conversation.
pub struct RedactedConversation<'a> {
    /// One for each turn that was to be redacted, in order.
    pub verdicts: Vec<Verdict<'a>>,
    /// The participants' names; `None` where one must be withheld.
    pub participants: Vec<Option<Cow<'a, str>>>,
}

/// What became of one message.
pub enum Verdict<'a> {
    /// The redacted text, which the scan after redaction found clean.
    Redacted(Redacted<'a>),
    /// The scan after redaction still found this many values: the message must not be published.
    Withheld {
        /// Number of values that would have remained.
        residual: usize,
    },
}

impl Verdict<'_> {
    /// The same, apart from the raw text.
    pub fn into_owned(self) -> Verdict<'static> {
        match self {
            Self::Redacted(Redacted { text, findings }) => Verdict::Redacted(Redacted {
                text: text.into_owned().into(),
                findings,
            }),
            Self::Withheld { residual } => Verdict::Withheld { residual },
        }
    }
}

/// A span of a raw text that holds personal data; byte offsets, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    pub(crate) rule: &'static str,
}

impl Span {
    /// Whether a form alone spoke for the kind, so that a word about the value knows it better.
    fn is_guess(&self) -> bool {
        matches!(
            self.rule,
            phones::GROUPED | numbers::LONG | context::LONG_CODE
        )
    }
}

#[cfg(test)]
mod tests;
