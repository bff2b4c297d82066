//! The outgoing records: versioned JSON and the JSON Schemas generated from the types.
//!
//! `transcript.rs`: the sanitized transcript as a message; `audit.rs`: the audit record; `schema.rs`: the schemas.

mod audit;
mod schema;
mod transcript;

pub use audit::{Audit, AuditRecord, Identity, Status};
pub use schema::{audit_schema, job_schema, transcript_schema};
pub use transcript::Transcript;

use sha2::{Digest, Sha256};

/// A record as it goes out.
pub struct Payload {
    /// JSON.
    pub body: Vec<u8>,
    /// Deterministic id for de-duplication: 32 hex digits.
    pub message_id: String,
}

/// Serializes a record. Records hold strings, numbers, and maps with string keys: JSON can hold them all.
fn to_json(record: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("JSON can hold every record")
}

/// The first 32 hex digits of the SHA-256 of `bytes`.
fn digest32(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}
