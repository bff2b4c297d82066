//! The audit record: what became of a job, in counts and codes, never in text from a conversation or a remote body.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Payload, Transcript, digest32, to_json};
use crate::redaction::Kind;
use crate::transcript::SkipCounts;

/// How a job ended, this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A sanitized transcript was published.
    Success,
    /// The job waits for a later attempt.
    Retrying,
    /// The job was dead-lettered.
    Failed,
    /// The job concerns another medium.
    Ignored,
}

impl Status {
    /// As in the record and the routing key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Retrying => "retrying",
            Self::Failed => "failed",
            Self::Ignored => "ignored",
        }
    }

    /// Routing key and AMQP type of the record.
    pub const fn routing_key(self) -> &'static str {
        match self {
            Self::Success => "audit.success",
            Self::Retrying => "audit.retrying",
            Self::Failed => "audit.failed",
            Self::Ignored => "audit.ignored",
        }
    }
}

/// The audit record. Fields are only ever added.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "AuditRecord")]
pub struct AuditRecord<'a> {
    /// Version of this schema.
    #[schemars(range(min = 1, max = 1))]
    pub schema_version: u8,
    /// Always `transcript:intercepted`.
    pub event: &'static str,
    /// When the record was made: RFC 3339, UTC.
    pub timestamp: String,
    /// Lower-case UUID; null where the job named none.
    pub conversation_id: Option<&'a str>,
    /// The `message_id` of the job.
    pub job_id: Option<&'a str>,
    /// How the job ended, this time.
    pub status: Status,
    /// Milliseconds from the receipt of the job to its sanitized transcript, or to its failure.
    pub latency_ms: u64,
    /// Number of published messages.
    pub message_count: u64,
    /// Number of replacements.
    pub redaction_count: u64,
    /// The same by kind.
    pub redactions_by_type: &'a BTreeMap<Kind, u64>,
    /// As in the transcript's metrics.
    #[schemars(range(min = 0, max = 1))]
    pub redaction_accuracy_rate: f64,
    /// Number of skipped messages by reason.
    pub messages_skipped: SkipCounts,
    /// Digest of the rules in force.
    pub policy_version: &'a str,
    /// What was wrong, from a fixed list of texts; null where nothing was.
    pub error: Option<&'a str>,
    /// The same as a code.
    pub error_code: Option<&'static str>,
    /// The HTTP status that Genesys answered with, where what it answered was wrong.
    pub http_status: Option<u16>,
    /// The correlation id that Genesys answered with, for its support; null on success.
    pub genesys_correlation_id: Option<&'a str>,
    /// Which attempt this was, from 1.
    pub attempt: u32,
    /// The worker's name.
    pub worker: &'a str,
    /// Version of this program.
    pub software_version: &'static str,
    /// `message_id` of the published transcript.
    pub transcript_message_id: Option<&'a str>,
    /// W3C trace id of the job's trace.
    pub trace_id: Option<&'a str>,
}

/// What the id of an audit record is made of, beside its status: equal for two copies of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The conversation's id, or SHA-256 of the job's body where it named none.
    pub subject: String,
    /// The `message_id` of the job.
    pub job_id: Option<String>,
    /// The job's attempt header as received.
    pub attempt: u32,
    /// The job's redrive header as received.
    pub redrives: u32,
}

/// An audit record, serialized once for the exchange and for the log.
pub struct Audit {
    /// How the job ended.
    pub status: Status,
    /// What is published.
    pub payload: Payload,
}

impl Audit {
    /// Serializes `record`.
    pub fn new(record: &AuditRecord<'_>, identity: &Identity) -> Self {
        let parts = [
            record.status.as_str(),
            record.error_code.unwrap_or_default(),
            &identity.subject,
            identity.job_id.as_deref().unwrap_or_default(),
            &identity.attempt.to_string(),
            &identity.redrives.to_string(),
            record.transcript_message_id.unwrap_or_default(),
        ];
        Self {
            status: record.status,
            payload: Payload {
                body: to_json(record),
                message_id: digest32(parts.join("\n").as_bytes()),
            },
        }
    }

    /// The record as a line of the log: one flat JSON object whose `message` is `AUDIT_LOG`.
    pub fn log_line(&self) -> Vec<u8> {
        let level = match self.status {
            Status::Failed => "error",
            Status::Retrying => "warn",
            Status::Success | Status::Ignored => "info",
        };
        let mut line = format!("{{\"level\":\"{level}\",\"message\":\"AUDIT_LOG\",").into_bytes();
        line.extend_from_slice(self.payload.body.strip_prefix(b"{").unwrap_or_default());
        line.push(b'\n');
        line
    }
}

static NO_REDACTIONS: BTreeMap<Kind, u64> = BTreeMap::new();

impl<'a> AuditRecord<'a> {
    /// A record of now about a first attempt, with nothing counted.
    pub fn new(
        status: Status,
        conversation_id: Option<&'a str>,
        policy_version: &'a str,
        worker: &'a str,
        latency: Duration,
    ) -> Self {
        Self {
            schema_version: 1,
            event: "transcript:intercepted",
            timestamp: format!("{:.3}", Timestamp::now()),
            conversation_id,
            job_id: None,
            status,
            latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
            message_count: 0,
            redaction_count: 0,
            redactions_by_type: &NO_REDACTIONS,
            redaction_accuracy_rate: 0.0,
            messages_skipped: SkipCounts::default(),
            policy_version,
            error: None,
            error_code: None,
            http_status: None,
            genesys_correlation_id: None,
            attempt: 1,
            worker,
            software_version: env!("CARGO_PKG_VERSION"),
            transcript_message_id: None,
            trace_id: None,
        }
    }

    /// Takes over the counts of a published transcript.
    pub fn with_transcript(mut self, transcript: &'a Transcript) -> Self {
        self.message_count = transcript.message_count;
        self.redaction_count = transcript.metrics.redaction_count;
        self.redactions_by_type = &transcript.metrics.redactions_by_type;
        self.redaction_accuracy_rate = transcript.metrics.redaction_accuracy_rate;
        self.messages_skipped = transcript.metrics.messages_skipped;
        self.transcript_message_id = Some(&transcript.payload.message_id);
        self
    }
}
