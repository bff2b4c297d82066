//! One job, from top to bottom. Decides; `queue::settle` carries out.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tracing::{Instrument, info_span};

use crate::failpoint;
use crate::gate::Gate;
use crate::genesys::{self, Errand, ErrorKind, Genesys, Permit};
use crate::job::{self, Job};
use crate::memory::{Memory, Room};
use crate::outcome::{self, Outcome, Reason, RetryPolicy, Standing};
use crate::queue::{JobMessage, Settlement};
use crate::record::{Audit, AuditRecord, Status, Transcript};
use crate::telemetry::spans::JobSpan;
use crate::telemetry::{Step, Totals, TraceContext, metrics};
use crate::transcript::{Policy, RawTranscript, scrub};

/// The longest message that RabbitMQ 4 takes unless it is told otherwise; a longer record would end the session, again and again.
const MOST_RECORD_BYTES: usize = 16 * 1024 * 1024;
/// What each message takes of the record, published or not.
const LEAST_OF_MESSAGE: usize = 32;

/// Everything that a job may touch.
pub struct Worker {
    /// Fetches transcripts.
    pub genesys: Genesys,
    /// Hears of the service's faults.
    pub gate: Arc<Gate>,
    /// Bounds what conversations in hand may use.
    pub memory: Memory,
    /// The rules of redaction.
    pub policy: Policy,
    /// How often a job is tried.
    pub retry: RetryPolicy,
    /// The counts of this run.
    pub totals: Arc<Totals>,
    /// This process's name in audit records.
    pub name: String,
}

/// What came of a job, before it is put into records.
struct Ending {
    outcome: Outcome,
    transcript: Option<(Transcript, Room)>,
    error: Option<Problem>,
}

/// What was wrong: a code, a text from a fixed list, and what Genesys said.
struct Problem {
    code: &'static str,
    text: String,
    http_status: Option<u16>,
    correlation_id: Option<String>,
}

impl Worker {
    /// Does a job: decode, fetch, validate, scrub, and say what is to be done about it. `permit` pays for the first call;
    /// `span` is told which conversation it is.
    pub async fn process(
        &self,
        message: &JobMessage,
        permit: Permit,
        span: &JobSpan,
    ) -> Settlement {
        let received = Instant::now();
        let job = job::decode(&message.body);
        if let Ok(Job::Intercept(id) | Job::OtherMedium(id)) = &job {
            span.conversation(id);
        }
        let (conversation_id, ending) = match job {
            Ok(Job::Intercept(id)) => match self.intercept(&id, permit).await {
                Ok((transcript, room)) => (Some(id), Ending::published(transcript, room)),
                Err(error) => {
                    let ending = self.failed(&id, &error, message);
                    (Some(id), ending)
                }
            },
            Ok(Job::OtherMedium(id)) => (Some(id), Ending::ignored()),
            Err(malformed) => (
                None,
                Ending::rejected(Reason::MalformedJob, malformed.to_string()),
            ),
        };
        self.settlement(message, conversation_id, ending, received)
    }

    /// The settlement of a job over which the program panicked.
    pub fn panicked(&self, message: &JobMessage) -> Settlement {
        self.unprocessed(
            message,
            Reason::Panic,
            "The program panicked over this conversation",
        )
    }

    /// The settlement of a job that crashed its worker each time it ran alone.
    pub fn crashed(&self, message: &JobMessage) -> Settlement {
        self.unprocessed(
            message,
            Reason::WorkerCrash,
            "The program crashed over this conversation each time it ran alone",
        )
    }

    fn unprocessed(&self, message: &JobMessage, reason: Reason, text: &str) -> Settlement {
        let conversation_id = match job::decode(&message.body) {
            Ok(Job::Intercept(id) | Job::OtherMedium(id)) => Some(id),
            Err(job::Malformed) => None,
        };
        let ending = Ending::rejected(reason, text.to_owned());
        self.settlement(message, conversation_id, ending, Instant::now())
    }

    async fn intercept(
        &self,
        conversation_id: &str,
        permit: Permit,
    ) -> Result<(Transcript, Room), genesys::Error> {
        let began = Instant::now();
        let mut errand = Errand::new(permit, self.memory.room());
        let fetched = self
            .genesys
            .fetch(conversation_id, &mut errand)
            .instrument(info_span!("fetch"))
            .await;
        metrics().step(Step::Fetch, began.elapsed());
        metrics().calls_of_conversation(errand.calls());
        let fetched = fetched?;
        failpoint::reached("fetched", conversation_id).await;
        let began = Instant::now();
        let transcript = fetched.read(|raw| {
            self.gate.served();
            // A million malformed messages are told before they take the memory of their record.
            let least = LEAST_OF_MESSAGE * (raw.messages.len() + raw.malformed.len());
            let fits = |bytes: usize| bytes <= MOST_RECORD_BYTES;
            let transcript = fits(least).then(|| self.sanitize(raw, conversation_id));
            transcript.filter(|transcript| fits(transcript.payload.body.len()))
        })?;
        let transcript = transcript.ok_or(ErrorKind::RecordTooLarge)?;
        metrics().step(Step::Scrub, began.elapsed());
        Ok((transcript, errand.room))
    }

    fn sanitize(&self, raw: &RawTranscript<'_>, conversation_id: &str) -> Transcript {
        let sanitized = info_span!("scrub").in_scope(|| scrub(raw, conversation_id, &self.policy));
        let malformed = sanitized.metrics().messages_skipped.malformed;
        if malformed > 0 {
            tracing::warn!(
                event = "message.malformed",
                conversation_id,
                count = malformed,
                "skipped messages that are not well-formed"
            );
        }
        info_span!("serialize").in_scope(|| Transcript::new(&sanitized))
    }

    fn failed(
        &self,
        conversation_id: &str,
        error: &genesys::Error,
        message: &JobMessage,
    ) -> Ending {
        let service_fault = self.gate.failed(conversation_id, error);
        let standing = Standing::new(message.attempts, message.first_seen, Timestamp::now());
        let outcome = outcome::of_error(error, service_fault, standing, &self.retry);
        let code = match outcome {
            Outcome::Reject(reason) => reason.as_str(),
            _ => error.kind.code(),
        };
        Ending {
            outcome,
            transcript: None,
            error: Some(Problem {
                code,
                text: error.to_string(),
                http_status: error.status,
                correlation_id: error.correlation_id.clone(),
            }),
        }
    }

    fn settlement(
        &self,
        message: &JobMessage,
        conversation_id: Option<String>,
        ending: Ending,
        received: Instant,
    ) -> Settlement {
        let Ending {
            outcome,
            transcript,
            error,
        } = ending;
        let trace = TraceContext::current().or_else(|| message.trace.clone());
        let (transcript, room) = transcript.unzip();
        let latency = received.elapsed();
        let status = match outcome {
            Outcome::Published => Status::Success,
            Outcome::RetryLater { .. } => Status::Retrying,
            Outcome::Reject(_) => Status::Failed,
            Outcome::Ignored => Status::Ignored,
        };
        let mut record = AuditRecord {
            job_id: message.job_id.as_deref(),
            error: error.as_ref().map(|error| error.text.as_str()),
            error_code: error.as_ref().map(|error| error.code),
            http_status: error.as_ref().and_then(|error| error.http_status),
            genesys_correlation_id: error.as_ref().and_then(|e| e.correlation_id.as_deref()),
            attempt: message.attempts.saturating_add(1),
            trace_id: trace.as_ref().map(TraceContext::trace_id),
            ..AuditRecord::new(
                status,
                conversation_id.as_deref(),
                self.policy.version(),
                &self.name,
                latency,
            )
        };
        if let Some(transcript) = &transcript {
            record = record.with_transcript(transcript);
        }
        let audit = Audit::new(&record, &message.identity(conversation_id.as_deref()));
        Settlement {
            outcome,
            problem: error.map(|error| (error.code, error.text)),
            transcript,
            room,
            audit,
            conversation_id,
            trace,
            latency,
        }
    }
}

impl Ending {
    fn published(transcript: Transcript, room: Room) -> Self {
        Self {
            outcome: Outcome::Published,
            transcript: Some((transcript, room)),
            error: None,
        }
    }

    fn ignored() -> Self {
        Self {
            outcome: Outcome::Ignored,
            transcript: None,
            error: None,
        }
    }

    fn rejected(reason: Reason, text: String) -> Self {
        Self {
            outcome: Outcome::Reject(reason),
            transcript: None,
            error: Some(Problem {
                code: reason.as_str(),
                text,
                http_status: None,
                correlation_id: None,
            }),
        }
    }
}
