//! Carries out an outcome: publishes what follows from it, each confirmed, and acknowledges last. The only place that
//! acknowledges: a job is gone from its queue only after everything that it became is safe on the broker.

use std::time::Duration;

use lapin::options::BasicAckOptions;

use super::message::{Delivered, Note, record_properties};
use super::outbox::FULL_QUEUE_PAUSE;
use super::session::{DEADLINE, SessionError, within};
use super::topology::{lane, milliseconds};
use super::{Names, Outbox, PublishError};
use crate::outcome::Outcome;
use crate::record::{Audit, Payload};
use crate::telemetry::TraceContext;

/// AMQP type and routing key of a sanitized transcript.
const TRANSCRIPT_TYPE: &str = "transcript.sanitized";

/// What is to be done about a job.
pub struct Settlement {
    /// The decision.
    pub outcome: Outcome,
    /// The conversation, where the job named one.
    pub conversation_id: Option<String>,
    /// The sanitized transcript, where there is one.
    pub transcript: Option<Payload>,
    /// The audit record.
    pub audit: Audit,
    /// What was wrong, as a code and as a fixed text, for the headers of a job that is passed on.
    pub problem: Option<(&'static str, String)>,
    /// The trace that the records continue.
    pub trace: Option<TraceContext>,
}

/// Why a job could not be settled: the broker will deliver it again.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// Something was not published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The acknowledgement did not go out.
    #[error(transparent)]
    Ack(#[from] SessionError),
    /// The channel of the delivery is gone: everything is published, and will be once more under the same ids.
    #[error("the acknowledgement came too late: the delivery's channel is closed")]
    Stale,
}

/// Publishes what follows from the decision, then acknowledges.
///
/// # Errors
/// [`SettleError`]: the delivery is then not acknowledged.
pub async fn settle(
    delivered: &Delivered,
    settlement: &Settlement,
    outbox: &Outbox,
    names: &Names,
    worker: &str,
) -> Result<(), SettleError> {
    let conversation_id = settlement.conversation_id.as_deref();
    let trace = settlement.trace.as_ref();
    match settlement.outcome {
        Outcome::Published => {
            if let Some(transcript) = &settlement.transcript {
                until_taken(|| {
                    let properties = record_properties(
                        TRANSCRIPT_TYPE,
                        &transcript.message_id,
                        conversation_id,
                        trace,
                    );
                    let body = &transcript.body;
                    outbox.publish(&names.transcripts, TRANSCRIPT_TYPE, body, properties)
                })
                .await?;
            }
        }
        Outcome::RetryLater { after, counts } => {
            let attempts = delivered.job.attempts + u32::from(counts);
            pass_on(
                delivered,
                settlement,
                attempts,
                retry_lane(names, after, counts),
                outbox,
                names,
                worker,
            )
            .await?;
        }
        Outcome::Reject(_) => {
            let to = (lane::DEAD.to_owned(), None);
            let attempts = delivered.job.attempts + 1;
            pass_on(delivered, settlement, attempts, to, outbox, names, worker).await?;
        }
        Outcome::Ignored => {}
    }
    let audit = &settlement.audit;
    until_taken(|| {
        let key = audit.status.routing_key();
        let properties = record_properties(key, &audit.payload.message_id, conversation_id, trace);
        outbox.publish(&names.audit, key, &audit.payload.body, properties)
    })
    .await?;
    acknowledge(delivered).await
}

/// Puts a job that was not begun back at the end of the job queue, then acknowledges it here.
///
/// # Errors
/// [`SettleError`]: the delivery is then not acknowledged.
pub(crate) async fn give_back(
    delivered: &Delivered,
    outbox: &Outbox,
    names: &Names,
    worker: &str,
) -> Result<(), SettleError> {
    let note = Note {
        attempts: delivered.job.attempts,
        reason: None,
        error: None,
        worker,
    };
    let properties = delivered.passed_on(&note, None);
    outbox
        .publish(&names.lanes, lane::JOBS, &delivered.job.body, properties)
        .await?;
    acknowledge(delivered).await
}

async fn pass_on(
    delivered: &Delivered,
    settlement: &Settlement,
    attempts: u32,
    (key, expiration_ms): (String, Option<u64>),
    outbox: &Outbox,
    names: &Names,
    worker: &str,
) -> Result<(), PublishError> {
    let note = Note {
        attempts,
        reason: settlement.problem.as_ref().map(|(code, _)| *code),
        error: settlement.problem.as_ref().map(|(_, text)| text.as_str()),
        worker,
    };
    until_taken(|| {
        let properties = delivered.passed_on(&note, expiration_ms);
        outbox.publish(&names.lanes, &key, &delivered.job.body, properties)
    })
    .await
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

/// Publishes, and again for as long as a full queue refuses: the job waits in hand, and intake with it.
async fn until_taken<F>(publish: impl Fn() -> F) -> Result<(), PublishError>
where
    F: Future<Output = Result<(), PublishError>>,
{
    let mut warned = false;
    loop {
        match publish().await {
            Err(error @ PublishError::Refused { .. }) => {
                if !warned {
                    tracing::error!(event = "output.refused", %error, "waiting until there is room; bind a consumer or empty the queue");
                    warned = true;
                }
                tokio::time::sleep(FULL_QUEUE_PAUSE).await;
            }
            result => return result,
        }
    }
}

async fn acknowledge(delivered: &Delivered) -> Result<(), SettleError> {
    let ack = delivered.acker.ack(BasicAckOptions::default());
    match within(DEADLINE, "acknowledge", ack).await? {
        true => Ok(()),
        false => Err(SettleError::Stale),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AmqpConfig, Source};

    #[test]
    fn delays_are_jittered_and_never_shorter_than_asked_for() {
        let names = Names::new(&AmqpConfig::read(&Source::from_pairs(&[])).unwrap());
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
