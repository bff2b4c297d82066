//! The sanitized transcript as a message.

use super::{Payload, digest32, to_json};
use crate::transcript::{Metrics, Sanitized};

/// A sanitized transcript, serialized once.
pub struct Transcript {
    /// What is published. The id is a digest of these bytes, never of raw text, which could be guessed back from it.
    pub payload: Payload,
    /// Number of published messages.
    pub message_count: u64,
    /// Counts for the audit.
    pub metrics: Metrics,
    /// Number of values for which a message was withheld.
    pub residual: u64,
}

impl Transcript {
    /// Serializes `sanitized`.
    pub fn new(sanitized: &Sanitized<'_>) -> Self {
        let body = to_json(sanitized);
        let message_id = digest32(&body);
        Self {
            payload: Payload { body, message_id },
            message_count: sanitized.message_count(),
            metrics: sanitized.metrics().clone(),
            residual: sanitized.residual(),
        }
    }
}
