//! A conversation as Genesys gave it, to be read once.

use tracing::info_span;

use super::calls::Answer;
use super::{Error, ErrorKind};
use crate::transcript::{self, RawTranscript, SchemaError};

/// What was fetched of a conversation.
pub struct Fetched(pub(super) Form);

/// What a dialect fetches.
pub(super) enum Form {
    /// One answer, which is to be the transcript.
    Document(Answer),
    /// What was put together from several answers.
    Assembled(RawTranscript<'static>),
}

impl Fetched {
    /// Reads the transcript, whose strings are slices of what was fetched, `with` a function.
    ///
    /// # Errors
    /// [`Error`] where it is no transcript.
    pub fn read<T>(self, with: impl FnOnce(&RawTranscript<'_>) -> T) -> Result<T, Error> {
        match self.0 {
            Form::Document(answer) => {
                let decoded = info_span!("validate").in_scope(|| transcript::decode(&answer.body));
                let raw = decoded.map_err(|error| {
                    answer.error(match error {
                        SchemaError::InvalidJson => ErrorKind::InvalidJson,
                        SchemaError::MessagesMissing => ErrorKind::InvalidSchema,
                    })
                })?;
                Ok(with(&raw))
            }
            Form::Assembled(raw) => Ok(with(&raw)),
        }
    }
}
