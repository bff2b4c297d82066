//! A job as it was delivered, and what it becomes when it is passed on.
//!
//! State travels in headers of our own: RabbitMQ 4 ignores `x-*` headers that a client sends.

use std::sync::Arc;

use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel};
use sha2::{Digest, Sha256};

use super::declare::short;
use crate::record::Identity;
use crate::telemetry::TraceContext;

pub(super) const ATTEMPT: &str = "interceptor-attempt";
pub(super) const REDRIVES: &str = "interceptor-redrives";
pub(super) const FIRST_SEEN: &str = "interceptor-first-seen";
pub(super) const REASON: &str = "interceptor-reason";
pub(super) const ERROR: &str = "interceptor-error";
pub(super) const WORKER: &str = "interceptor-worker";
/// Of the span of the attempt before, in the form of a `traceparent`: the header of that name stays the producer's.
pub(super) const PREVIOUS: &str = "interceptor-traceparent";
/// Set where headers of the sender's were left out, for all of them would not go into one frame with ours.
const LEFT_OUT: &str = "interceptor-headers-left-out";
/// Most bytes of a sender's headers that are passed on: half of a frame of the broker's.
const MOST_HEADERS: usize = 64 * 1024;
const SMALL_HEADER: usize = 1024;
/// The broker's own count on a delivery from a quorum queue.
const RETURNS: &str = "x-delivery-count";
const PERSISTENT: u8 = 2;

/// What a worker may know of a delivered job. No AMQP types.
pub struct JobMessage {
    /// As sent.
    pub body: Vec<u8>,
    /// The producer's `message_id`.
    pub job_id: Option<String>,
    /// Attempts that were made before this one.
    pub attempts: u32,
    /// How often the job was taken from the dead letters.
    pub redrives: u32,
    /// When the job was first delivered to a worker.
    pub first_seen: Timestamp,
    /// The producer's trace.
    pub trace: Option<TraceContext>,
    /// The span of the attempt before this one.
    pub previous: Option<TraceContext>,
}

impl JobMessage {
    /// What the id of the job's audit record is made of.
    pub fn identity(&self, conversation_id: Option<&str>) -> Identity {
        Identity {
            subject: conversation_id
                .map_or_else(|| hex::encode(Sha256::digest(&self.body)), str::to_owned),
            job_id: self.job_id.clone(),
            attempt: self.attempts,
            redrives: self.redrives,
        }
    }
}

/// From which queue a job was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The job queue.
    Jobs,
    /// The queue of the jobs that run alone.
    Suspects,
}

/// A delivery: the job, and what settling it needs.
pub struct Delivered {
    /// The job.
    pub job: JobMessage,
    /// From which queue it came.
    pub origin: Origin,
    /// Whether it was delivered before and came back unsettled: a worker crashed over it, or only lost its connection.
    pub redelivered: bool,
    /// How often it came back to its queue unsettled. Of a suspect, which runs alone, this is how often it crashed its
    /// worker.
    pub returns: u32,
    /// The channel that it came on, and its tag there.
    pub(super) channel: Arc<Channel>,
    pub(super) tag: u64,
    properties: BasicProperties,
}

/// Why a job is passed on: goes into its headers.
pub(super) struct Note<'a> {
    pub(super) attempts: u32,
    pub(super) reason: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    pub(super) worker: &'a str,
    /// Of the attempt that ends so, where it was traced.
    pub(super) span: Option<TraceContext>,
}

impl Delivered {
    pub(super) fn new(delivery: Delivery, origin: Origin, channel: &Arc<Channel>) -> Self {
        let properties = delivery.properties;
        let headers = properties.headers().as_ref();
        let text = |name: &str| headers.and_then(|headers| header_text(headers, name));
        let number = |name: &str| headers.map_or(0, |headers| header_number(headers, name));
        let job = JobMessage {
            body: delivery.data,
            job_id: properties.message_id().as_ref().map(ToString::to_string),
            attempts: number(ATTEMPT),
            redrives: number(REDRIVES),
            first_seen: text(FIRST_SEEN)
                .and_then(|text| text.parse().ok())
                .unwrap_or_else(Timestamp::now),
            trace: text("traceparent")
                .and_then(|parent| TraceContext::parse(&parent, text("tracestate"))),
            previous: text(PREVIOUS).and_then(|parent| TraceContext::parse(&parent, None)),
        };
        Self {
            job,
            origin,
            redelivered: delivery.redelivered,
            returns: number(RETURNS),
            channel: Arc::clone(channel),
            tag: delivery.delivery_tag,
            properties,
        }
    }

    /// Whether the delivery can still be settled: the broker delivers it again where not.
    pub fn is_live(&self) -> bool {
        self.channel.status().connected()
    }

    /// Whether it must run alone.
    pub(super) fn is_suspect(&self) -> bool {
        self.origin == Origin::Suspects || self.redelivered
    }

    /// The properties of the job when it is passed on: the producer's, with our headers, and persistent.
    pub(super) fn passed_on(&self, note: &Note<'_>, expiration_ms: Option<u64>) -> BasicProperties {
        let mut headers = senders_headers(&self.properties, &[REASON, ERROR]);
        let mut set = |name: &str, value: AMQPValue| {
            headers.insert(short(name), value);
        };
        set(ATTEMPT, AMQPValue::LongLongInt(note.attempts.into()));
        set(REDRIVES, AMQPValue::LongLongInt(self.job.redrives.into()));
        set(FIRST_SEEN, long(&self.job.first_seen.to_string()));
        set(WORKER, long(note.worker));
        if let Some(reason) = note.reason {
            set(REASON, long(reason));
        }
        if let Some(error) = note.error {
            set(ERROR, long(error));
        }
        if let Some(span) = &note.span {
            set(PREVIOUS, long(span.traceparent()));
        }
        let properties = published_anew(&self.properties, headers);
        match expiration_ms {
            Some(milliseconds) => properties.with_expiration(milliseconds.to_string().into()),
            None => properties,
        }
    }
}

/// The properties of a dead letter that is a job again: as if it had never been tried, but for the count of its redrives.
/// When it was first seen is forgotten too, so that a conversation that was not found may be missing for a while again.
pub(super) fn redriven(original: &BasicProperties) -> BasicProperties {
    let mut headers = senders_headers(original, &[ATTEMPT, FIRST_SEEN, REASON, ERROR, WORKER]);
    let earlier = original
        .headers()
        .as_ref()
        .map(|headers| header_number(headers, REDRIVES));
    let redrives = earlier.unwrap_or_default().saturating_add(1);
    headers.insert(short(REDRIVES), AMQPValue::LongLongInt(redrives.into()));
    published_anew(original, headers)
}

/// The properties of a message that is sent on its way again as it was.
pub(super) fn resent(original: &BasicProperties) -> BasicProperties {
    published_anew(original, senders_headers(original, &[]))
}

/// The headers without `left_out` and without the broker's own notes.
fn senders_headers(original: &BasicProperties, left_out: &[&str]) -> FieldTable {
    let mut headers = FieldTable::default();
    let mut room = MOST_HEADERS;
    for (name, value) in original.headers().iter().flat_map(FieldTable::inner) {
        if is_brokers(name.as_str()) || left_out.contains(&name.as_str()) {
            continue;
        }
        let size = name.as_str().len() + size(value);
        // Ours, and the trace, are small, and go along whatever else there is.
        let ours = name.as_str().starts_with("interceptor-") || name.as_str().starts_with("trace");
        if ours && size <= SMALL_HEADER {
            headers.insert(name.clone(), value.clone());
            continue;
        }
        match room.checked_sub(size) {
            Some(rest) => {
                room = rest;
                headers.insert(name.clone(), value.clone());
            }
            None => {
                headers.insert(short(LEFT_OUT), AMQPValue::Boolean(true));
            }
        }
    }
    headers
}

/// About how many bytes a header's value takes in a frame.
fn size(value: &AMQPValue) -> usize {
    const FIXED: usize = 16;
    FIXED
        + match value {
            AMQPValue::LongString(text) => text.as_bytes().len(),
            AMQPValue::ShortString(text) => text.as_str().len(),
            AMQPValue::ByteArray(bytes) => bytes.as_slice().len(),
            AMQPValue::FieldArray(values) => values.as_slice().iter().map(size).sum(),
            AMQPValue::FieldTable(table) => {
                let entries = table.inner().iter();
                entries
                    .map(|(name, value)| name.as_str().len() + size(value))
                    .sum()
            }
            _ => 0,
        }
}

/// The sender's properties with `headers`, persistent and without an expiration.
fn published_anew(original: &BasicProperties, headers: FieldTable) -> BasicProperties {
    let mut properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers);
    if let Some(value) = original.message_id() {
        properties = properties.with_message_id(value.clone());
    }
    if let Some(value) = original.correlation_id() {
        properties = properties.with_correlation_id(value.clone());
    }
    if let Some(value) = original.content_type() {
        properties = properties.with_content_type(value.clone());
    }
    if let Some(value) = original.content_encoding() {
        properties = properties.with_content_encoding(value.clone());
    }
    if let Some(value) = original.kind() {
        properties = properties.with_type(value.clone());
    }
    if let Some(value) = original.app_id() {
        properties = properties.with_app_id(value.clone());
    }
    if let Some(value) = original.reply_to() {
        properties = properties.with_reply_to(value.clone());
    }
    if let Some(value) = original.timestamp() {
        properties = properties.with_timestamp(*value);
    }
    if let Some(value) = original.priority() {
        properties = properties.with_priority(*value);
    }
    // user_id is left out: the broker refuses one that is not the publishing connection's.
    properties
}

/// The properties of a record.
pub(super) fn record_properties(
    kind: &str,
    message_id: &str,
    conversation_id: Option<&str>,
    trace: Option<&TraceContext>,
) -> BasicProperties {
    let now = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
    let mut properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/json".into())
        .with_type(short(kind))
        .with_message_id(short(message_id))
        .with_timestamp(now);
    if let Some(id) = conversation_id {
        properties = properties.with_correlation_id(short(id));
    }
    if let Some(trace) = trace {
        let mut headers = FieldTable::default();
        headers.insert(short("traceparent"), long(trace.traceparent()));
        if let Some(state) = trace.tracestate() {
            headers.insert(short("tracestate"), long(state));
        }
        properties = properties.with_headers(headers);
    }
    properties
}

/// The properties of a job as our own command line sends it.
pub(super) fn job_properties(message_id: &str) -> BasicProperties {
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("text/plain".into())
        .with_message_id(short(message_id))
}

/// What is the broker's: its own notes, which are void on a message that is published anew, and further routing keys, which
/// would send a copy of the job wherever they say.
fn is_brokers(name: &str) -> bool {
    matches!(name, "CC" | "BCC")
        || [
            "x-death",
            "x-first-death-",
            "x-last-death-",
            RETURNS,
            "x-opt-",
        ]
        .iter()
        .any(|note| name.starts_with(note))
}

fn long(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

pub(super) fn header_text(headers: &FieldTable, name: &str) -> Option<String> {
    match headers.inner().get(name)? {
        AMQPValue::LongString(text) => String::from_utf8(text.as_bytes().to_vec()).ok(),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Integers come in the width that the sender's client library likes.
pub(super) fn header_number(headers: &FieldTable, name: &str) -> u32 {
    let number = match headers.inner().get(name) {
        Some(AMQPValue::ShortShortInt(n)) => i64::from(*n),
        Some(AMQPValue::ShortShortUInt(n)) => i64::from(*n),
        Some(AMQPValue::ShortInt(n)) => i64::from(*n),
        Some(AMQPValue::ShortUInt(n)) => i64::from(*n),
        Some(AMQPValue::LongInt(n)) => i64::from(*n),
        Some(AMQPValue::LongUInt(n)) => i64::from(*n),
        Some(AMQPValue::LongLongInt(n)) => *n,
        _ => 0,
    };
    u32::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_is_passed_on_keeps_what_fits_and_nothing_that_routes_it() {
        let mut headers = FieldTable::default();
        headers.insert(short("CC"), long("jobs"));
        headers.insert(short("x-death"), long("mine"));
        headers.insert(short("tenant"), long("blue"));
        headers.insert(short(REDRIVES), AMQPValue::LongLongInt(3));
        headers.insert(short("ballast"), long(&"x".repeat(MOST_HEADERS)));
        let original = BasicProperties::default().with_headers(headers);

        let kept = senders_headers(&original, &[]);
        assert_eq!(header_text(&kept, "tenant").as_deref(), Some("blue"));
        let names: Vec<&str> = kept.inner().keys().map(|name| name.as_str()).collect();
        assert_eq!(names, [LEFT_OUT, REDRIVES, "tenant"]);
        let again = redriven(&original);
        let headers = again.headers().as_ref().unwrap();
        assert_eq!(header_number(headers, REDRIVES), 4);
    }
}
