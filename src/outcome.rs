//! What becomes of a job: the decision, as a value. Only `queue::settle` carries it out.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::config::Delay;
use crate::genesys::{Error, ErrorKind};

/// What becomes of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its sanitized transcript is published.
    Published,
    /// It is tried again.
    RetryLater {
        /// After about this, and where it was no attempt never sooner; zero puts it back at the end of the job queue.
        after: Duration,
        /// Whether this was an attempt of the job's, or only a fault of the service or a want of budget.
        counts: bool,
    },
    /// It is dead-lettered.
    Reject(Reason),
    /// It concerns another medium: nothing to do.
    Ignored,
}

/// Why a job is dead-lettered: stands in the dead letter's headers and in the audit record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The body is no job.
    MalformedJob,
    /// 404 for longer than a new conversation lags.
    ConversationNotFound,
    /// 403 for this conversation.
    ForbiddenConversation,
    /// 400.
    BadRequest,
    /// Longer than the limit.
    TranscriptTooLarge,
    /// No array of messages.
    InvalidSchema,
    /// Not JSON.
    InvalidJson,
    /// The conversation took place over other media.
    NoMessagesMedium,
    /// Messages were still missing at the last attempt.
    TranscriptIncomplete,
    /// Genesys failed for this job alone, attempt after attempt.
    GenesysError,
    /// The program crashed over this job each time it ran alone.
    WorkerCrash,
    /// The program panicked over this job.
    Panic,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::MalformedJob,
        Self::ConversationNotFound,
        Self::ForbiddenConversation,
        Self::BadRequest,
        Self::TranscriptTooLarge,
        Self::InvalidSchema,
        Self::InvalidJson,
        Self::NoMessagesMedium,
        Self::TranscriptIncomplete,
        Self::GenesysError,
        Self::WorkerCrash,
        Self::Panic,
    ];

    /// As in headers and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedJob => "malformed_job",
            Self::ConversationNotFound => "conversation_not_found",
            Self::ForbiddenConversation => "forbidden_conversation",
            Self::BadRequest => "bad_request",
            Self::TranscriptTooLarge => "transcript_too_large",
            Self::InvalidSchema => "invalid_schema",
            Self::InvalidJson => "invalid_json",
            Self::NoMessagesMedium => "no_messages_medium",
            Self::TranscriptIncomplete => "transcript_incomplete",
            Self::GenesysError => "genesys_error",
            Self::WorkerCrash => "worker_crash",
            Self::Panic => "panic",
        }
    }
}

/// How often and how long a job is tried.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The delays between attempts, ascending; the last one repeats.
    pub delays: Vec<Delay>,
    /// Attempts before a job is dead-lettered.
    pub max_attempts: u32,
    /// How long a conversation may be missing before it counts as not found.
    pub not_found_grace: Duration,
}

impl RetryPolicy {
    fn delay(&self, index: u32) -> Duration {
        let last = self.delays.len().saturating_sub(1);
        let index = usize::try_from(index).unwrap_or(last).min(last);
        self.delays
            .get(index)
            .map_or(Duration::ZERO, |delay| delay.duration)
    }
}

/// Where in its life a job is.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The attempt that just failed, from 1.
    pub attempt: u32,
    /// How long ago the job was first seen.
    pub age: Duration,
}

impl Standing {
    /// The standing of a job first seen at `first_seen` whose attempt header said that it had `earlier` attempts.
    pub fn new(earlier: u32, first_seen: Timestamp, now: Timestamp) -> Self {
        Self {
            attempt: earlier.saturating_add(1),
            age: Duration::try_from(now.duration_since(first_seen)).unwrap_or_default(),
        }
    }
}

/// The one match from error to outcome. `service_fault` says that the error was the service's and not this job's: then
/// the job goes back unharmed, and intake is paused by whoever found that out.
pub fn of_error(
    error: &Error,
    service_fault: bool,
    standing: Standing,
    policy: &RetryPolicy,
) -> Outcome {
    let Standing { attempt, age } = standing;
    let exhausted = attempt >= policy.max_attempts;
    let counted = |after| Outcome::RetryLater {
        after,
        counts: true,
    };
    let unharmed = |after| Outcome::RetryLater {
        after,
        counts: false,
    };
    match &error.kind {
        ErrorKind::RateLimited { retry_after } => unharmed((*retry_after).max(policy.delay(0))),
        _ if service_fault => unharmed(Duration::ZERO),
        ErrorKind::NoTokenEndpoint => unharmed(Duration::ZERO),
        // While others are served.
        ErrorKind::CredentialsRefused | ErrorKind::MissingPermission if exhausted => {
            Outcome::Reject(Reason::ForbiddenConversation)
        }
        ErrorKind::CredentialsRefused | ErrorKind::MissingPermission => {
            counted(policy.delay(attempt - 1))
        }
        ErrorKind::NotFound => {
            // A conversation that just ended may lag: the first delay would be wasted on it.
            let delay = policy.delay(attempt);
            let fits = age + delay <= policy.not_found_grace;
            // Once it is looked for again, however short the grace or long the delays are.
            if attempt == 1 && !fits && !exhausted && !policy.not_found_grace.is_zero() {
                counted(policy.delay(0))
            } else if exhausted || !fits {
                Outcome::Reject(Reason::ConversationNotFound)
            } else {
                counted(delay)
            }
        }
        // Rights may be on their way to a new conversation once, not longer.
        ErrorKind::Forbidden { .. } if attempt == 1 && !exhausted => counted(policy.delay(0)),
        ErrorKind::Forbidden { .. } => Outcome::Reject(Reason::ForbiddenConversation),
        ErrorKind::BadRequest => Outcome::Reject(Reason::BadRequest),
        ErrorKind::TooLarge { .. } | ErrorKind::RecordTooLarge | ErrorKind::AnswerTooLarge => {
            Outcome::Reject(Reason::TranscriptTooLarge)
        }
        ErrorKind::NoMessagesMedium => Outcome::Reject(Reason::NoMessagesMedium),
        ErrorKind::InvalidJson => Outcome::Reject(Reason::InvalidJson),
        ErrorKind::InvalidSchema => Outcome::Reject(Reason::InvalidSchema),
        ErrorKind::Incomplete if exhausted => Outcome::Reject(Reason::TranscriptIncomplete),
        ErrorKind::Server
        | ErrorKind::Timeout
        | ErrorKind::Unreachable(_)
        | ErrorKind::Tls(_)
        | ErrorKind::NotJson
            if exhausted =>
        {
            Outcome::Reject(Reason::GenesysError)
        }
        ErrorKind::Incomplete
        | ErrorKind::Server
        | ErrorKind::Timeout
        | ErrorKind::Unreachable(_)
        | ErrorKind::Tls(_)
        | ErrorKind::NotJson => counted(policy.delay(attempt - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> RetryPolicy {
        let delays = [5, 30, 120, 600, 3600, 21_600].map(|seconds| Delay {
            text: format!("{seconds}s"),
            duration: Duration::from_secs(seconds),
        });
        RetryPolicy {
            delays: delays.to_vec(),
            max_attempts: 8,
            not_found_grace: Duration::from_secs(900),
        }
    }

    /// The delays of a job that fails with `kind` every time, and the reason it ends with.
    fn life(kind: &ErrorKind) -> (Vec<u64>, Reason) {
        let (mut delays, mut age) = (Vec::new(), Duration::ZERO);
        for attempt in 1.. {
            let standing = Standing { attempt, age };
            match of_error(&kind.clone().into(), false, standing, &policy()) {
                Outcome::RetryLater {
                    after,
                    counts: true,
                } => {
                    delays.push(after.as_secs());
                    age += after;
                }
                Outcome::Reject(reason) => return (delays, reason),
                other => unreachable!("{other:?}"),
            }
        }
        unreachable!("every job ends")
    }

    #[test]
    fn every_job_ends() {
        assert_eq!(
            life(&ErrorKind::NotFound),
            (vec![30, 120, 600], Reason::ConversationNotFound)
        );
        assert_eq!(
            life(&ErrorKind::Server),
            (
                vec![5, 30, 120, 600, 3600, 21_600, 21_600],
                Reason::GenesysError
            )
        );
        let forbidden = ErrorKind::Forbidden {
            this_conversation: false,
        };
        assert_eq!(life(&forbidden), (vec![5], Reason::ForbiddenConversation));
        assert_eq!(
            life(&ErrorKind::CredentialsRefused),
            (
                vec![5, 30, 120, 600, 3600, 21_600, 21_600],
                Reason::ForbiddenConversation
            )
        );
        for (kind, reason) in [
            (ErrorKind::BadRequest, Reason::BadRequest),
            (ErrorKind::InvalidJson, Reason::InvalidJson),
            (ErrorKind::InvalidSchema, Reason::InvalidSchema),
            (ErrorKind::TooLarge { limit: 1 }, Reason::TranscriptTooLarge),
        ] {
            assert_eq!(life(&kind), (vec![], reason));
        }
    }

    #[test]
    fn what_is_not_found_is_looked_for_again_however_short_the_grace_is() {
        let brief = RetryPolicy {
            not_found_grace: Duration::from_secs(3),
            ..policy()
        };
        let at = |attempt, age| {
            let age = Duration::from_secs(age);
            let standing = Standing { attempt, age };
            of_error(&ErrorKind::NotFound.into(), false, standing, &brief)
        };
        let again = Outcome::RetryLater {
            after: Duration::from_secs(5),
            counts: true,
        };
        assert_eq!(at(1, 1), again);
        assert_eq!(at(2, 6), Outcome::Reject(Reason::ConversationNotFound));
    }

    #[test]
    fn a_fault_of_the_service_never_costs_the_job_an_attempt() {
        let last = Standing {
            attempt: 8,
            age: Duration::from_secs(1_000_000),
        };
        let outcome = |kind: ErrorKind, fault| of_error(&kind.into(), fault, last, &policy());
        for (kind, fault) in [
            (ErrorKind::CredentialsRefused, true),
            (ErrorKind::NoTokenEndpoint, false),
            (ErrorKind::Server, true),
            (
                ErrorKind::Forbidden {
                    this_conversation: false,
                },
                true,
            ),
            (
                ErrorKind::RateLimited {
                    retry_after: Duration::from_secs(300),
                },
                false,
            ),
        ] {
            assert!(
                matches!(
                    outcome(kind.clone(), fault),
                    Outcome::RetryLater { counts: false, .. }
                ),
                "{kind:?}"
            );
        }
    }
}
