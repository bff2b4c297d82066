//! Carries out an outcome: publishes what follows from it, each confirmed, and acknowledges last. The only place where
//! a worker acknowledges: a job is gone from its queue only after everything that it became is safe on the broker.
//!
//! The two are apart so that whoever settles can note, in between, that only the acknowledgement is left.

use std::time::Duration;

use lapin::Channel;
use lapin::options::BasicAckOptions;
use tracing::{Instrument, Span};

use super::message::{Delivered, JobMessage, Note, record_properties};
use super::session::{DEADLINE, SessionError, within};
use super::topology::{lane, milliseconds};
use super::{Names, Outbox};
use crate::failpoint;
use crate::memory::Room;
use crate::outcome::Outcome;
use crate::record::{Audit, Payload, Transcript};
use crate::telemetry::{TraceContext, metrics, spans};

/// AMQP type and routing key of a sanitized transcript.
const TRANSCRIPT_TYPE: &str = "transcript.sanitized";

/// What is to be done about a job.
pub struct Settlement {
    /// The decision.
    pub outcome: Outcome,
    /// The conversation, where the job named one.
    pub conversation_id: Option<String>,
    /// The sanitized transcript, where there is one.
    pub transcript: Option<Transcript>,
    /// The memory that the transcript uses until it is settled.
    pub room: Option<Room>,
    /// The audit record.
    pub audit: Audit,
    /// What was wrong, as a code and as a fixed text, for the headers of a job that is passed on.
    pub problem: Option<(&'static str, String)>,
    /// The trace that the records continue.
    pub trace: Option<TraceContext>,
    /// From receipt to decision.
    pub latency: Duration,
}

/// Publishes what follows from the decision. The job is to be acknowledged then.
///
/// # Errors
/// [`SessionError`]: the broker delivers the job again.
pub async fn settle(
    delivered: &Delivered,
    settlement: &Settlement,
    outbox: &Outbox,
    names: &Names,
    worker: &str,
) -> Result<(), SessionError> {
    let attempts = delivered.job.attempts;
    match settlement.outcome {
        Outcome::Published => {
            if let Some(transcript) = &settlement.transcript {
                let payload = &transcript.payload;
                publish_record(
                    outbox,
                    &names.transcripts,
                    TRANSCRIPT_TYPE,
                    payload,
                    settlement,
                )
                .await?;
            }
        }
        Outcome::RetryLater { after, counts } => {
            let (key, expiration) = retry_lane(names, after, counts);
            let attempts = attempts.saturating_add(u32::from(counts));
            let note = note(settlement, attempts, worker);
            pass_on(delivered, &note, (key.clone(), expiration), outbox, names).await?;
            metrics().put_off(&key);
        }
        Outcome::Reject(_) => {
            let lane = (lane::DEAD.to_owned(), None);
            pass_on(
                delivered,
                &note(settlement, attempts.saturating_add(1), worker),
                lane,
                outbox,
                names,
            )
            .await?;
        }
        Outcome::Ignored => {}
    }
    let audit = &settlement.audit;
    let key = audit.status.routing_key();
    publish_record(outbox, &names.audit, key, &audit.payload, settlement).await
}

/// Puts a job that was not begun back at the end of its queue, then acknowledges it here. One that must run alone goes to
/// the suspects.
///
/// # Errors
/// [`SessionError`]: the delivery is then not acknowledged.
pub(crate) async fn give_back(
    delivered: &Delivered,
    outbox: &Outbox,
    names: &Names,
    worker: &str,
) -> Result<(), SessionError> {
    let note = Note {
        attempts: delivered.job.attempts,
        reason: None,
        error: None,
        worker,
        span: None,
    };
    let lane = match delivered.is_suspect() {
        true => lane::SUSPECTS,
        false => lane::JOBS,
    };
    pass_on(delivered, &note, (lane.to_owned(), None), outbox, names).await?;
    acknowledge(delivered, names).await
}

fn note<'a>(settlement: &'a Settlement, attempts: u32, worker: &'a str) -> Note<'a> {
    let problem = settlement.problem.as_ref();
    Note {
        attempts,
        reason: problem.map(|(code, _)| *code),
        error: problem.map(|(_, text)| text.as_str()),
        worker,
        span: TraceContext::current(),
    }
}

async fn pass_on(
    delivered: &Delivered,
    note: &Note<'_>,
    (key, expiration_ms): (String, Option<u64>),
    outbox: &Outbox,
    names: &Names,
) -> Result<(), SessionError> {
    let properties = delivered.passed_on(note, expiration_ms);
    let JobMessage { body, job_id, .. } = &delivered.job;
    let span = spans::publish(&names.lanes, &key, job_id.as_deref(), None, body.len());
    let taken = outbox.publish_until_taken(&names.lanes, &key, body, &properties);
    ended(&span, taken.instrument(span.clone()).await)
}

/// Routing key and AMQP type of a record are the same.
async fn publish_record(
    outbox: &Outbox,
    exchange: &str,
    key: &str,
    payload: &Payload,
    settlement: &Settlement,
) -> Result<(), SessionError> {
    let Payload { body, message_id } = payload;
    let conversation_id = settlement.conversation_id.as_deref();
    let span = spans::publish(exchange, key, Some(message_id), conversation_id, body.len());
    // A consumer's trace goes on from this publish, or from the producer's context where spans are not exported.
    let own = TraceContext::of_span(&span);
    let trace = own.as_ref().or(settlement.trace.as_ref());
    let properties = record_properties(key, message_id, conversation_id, trace);
    let taken = outbox.publish_until_taken(exchange, key, body, &properties);
    ended(&span, taken.instrument(span.clone()).await)?;
    failpoint::reached("confirmed", key).await;
    Ok(())
}

/// The lane of a delay, and how long the message stays there: jittered, so that jobs that failed together do not return
/// together, and never sooner than was asked for.
fn retry_lane(names: &Names, after: Duration, counts: bool) -> (String, Option<u64>) {
    if after.is_zero() {
        return (lane::JOBS.to_owned(), None);
    }
    let fits = names.delays.iter().find(|delay| delay.duration >= after);
    let Some(delay) = fits.or(names.delays.last()) else {
        return (lane::JOBS.to_owned(), None);
    };
    let longest = u64::try_from(milliseconds(delay)).unwrap_or_default();
    let asked = u64::try_from(after.as_millis())
        .unwrap_or(longest)
        .min(longest);
    let shortest = longest * 4 / 5;
    let shortest = if counts {
        shortest
    } else {
        shortest.max(asked)
    };
    (lane::retry(delay), Some(fastrand::u64(shortest..=longest)))
}

/// Takes a job off its queue, after everything that it became is safe on the broker.
///
/// # Errors
/// [`SessionError`]: the broker delivers the job again.
pub async fn acknowledge(delivered: &Delivered, names: &Names) -> Result<(), SessionError> {
    let span = spans::acknowledge(names.of(delivered.origin));
    let acknowledged = acknowledge_on(&delivered.channel, delivered.tag);
    ended(&span, acknowledged.instrument(span.clone()).await)
}

/// Marks the span of what did not succeed.
fn ended(span: &Span, result: Result<(), SessionError>) -> Result<(), SessionError> {
    if result.is_err() {
        spans::failed(span, "session_lost");
    }
    result
}

/// Acknowledges a delivery by its tag on the channel that it came on; lapin's `Acker` would wake two tasks of lapin's for it
/// and its I/O thread twice.
///
/// # Errors
/// [`SessionError`]: the broker then delivers it again.
pub(super) async fn acknowledge_on(channel: &Channel, tag: u64) -> Result<(), SessionError> {
    let ack = channel.basic_ack(tag, BasicAckOptions::default());
    within(DEADLINE, "acknowledge", ack).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AmqpConfig, Source};

    #[test]
    fn delays_are_jittered_and_never_shorter_than_asked_for() {
        let names = Names::new(&AmqpConfig::read(&Source::from_pairs(&[])).unwrap(), None);
        for _ in 0..200 {
            let (key, expiration) = retry_lane(&names, Duration::from_secs(30), true);
            assert_eq!(key, "retry.30s");
            assert!((24_000..=30_000).contains(&expiration.unwrap()));
            let (key, expiration) = retry_lane(&names, Duration::from_secs(590), false);
            assert_eq!(key, "retry.10m");
            assert!((590_000..=600_000).contains(&expiration.unwrap()));
            let (key, expiration) = retry_lane(&names, Duration::from_secs(1_000_000), false);
            assert_eq!((key.as_str(), expiration), ("retry.6h", Some(21_600_000)));
        }
        assert_eq!(
            retry_lane(&names, Duration::ZERO, false),
            ("jobs".to_owned(), None)
        );
    }
}
