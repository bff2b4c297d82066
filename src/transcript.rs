//! From a raw transcript to a sanitized one. Pure: no async, no I/O, no clock, no logging of text.
//!
//! | file | what |
//! |---|---|
//! | `model.rs` | the raw transcript; cannot be logged or serialized |
//! | `validate.rs` | the JSON of a transcript -> model: schema, malformed messages, order |
//! | `participants.rs` | who takes part |
//! | `window.rs` | which messages are published |
//! | `language.rs` | the language of each message |
//! | `fingerprint.rs` | the fingerprint of each message |
//! | `scrub.rs` | all of it in order; the only maker of a `Sanitized` |
//! | `sanitized.rs` | the published form |

mod fingerprint;
mod language;
mod model;
mod participants;
mod sanitized;
mod scrub;
mod validate;
mod window;

pub use fingerprint::HashKey;
pub use language::LanguagePolicy;
pub use model::{RawMessage, RawTranscript};
pub use sanitized::{Metrics, Sanitized, SkipCounts, SkipReason};
pub use scrub::{Policy, redact, scrub};
pub(crate) use validate::escape_invalid_utf8;
pub use validate::{SchemaError, decode};
