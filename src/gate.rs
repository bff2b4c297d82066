//! Whether intake is open. A fault of the service pauses it, a fault of one job does not.
//!
//! A long Retry-After and a token endpoint that is none are the service's at once. A 403 without a code, a 5xx, a timeout may be
//! one conversation's own: they count as the service's after three different conversations failed with no success between;
//! refused credentials and a missing permission after one. Then another conversation is asked for at once and alone, none that
//! failed before, where there is one: this probe shows whose fault it is. Where it fails, too, intake is paused; a pause ends with
//! a probe, and where that fails, the next pause is longer. A conversation that is refused again and again while others are
//! served is refused for itself.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::genesys::{Error, ErrorKind, LONGEST_WAIT};

/// Different conversations that must fail in a row before the fault is the service's.
const CONVERSATIONS: usize = 3;
/// How often others must have been served after a conversation was refused before the refusal is its own.
const REFUSALS: u8 = 2;
/// Most conversations that are kept in mind.
const MOST_REMEMBERED: usize = 64;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Why intake is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Genesys refuses the credentials.
    Credentials,
    /// The token endpoint is none.
    TokenEndpoint,
    /// The OAuth client's role lacks a permission.
    Permission,
    /// Genesys fails for one conversation after the other.
    Service,
    /// Genesys asked for patience of over a minute.
    RateLimit,
}

impl Cause {
    /// As in metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::TokenEndpoint => "token_endpoint",
            Self::Permission => "permission",
            Self::Service => "service",
            Self::RateLimit => "rate_limit",
        }
    }

    /// For people: what is wrong and what to look at.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => {
                "Genesys refuses the credentials: check GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET, GENESYS_REGION and the client's state"
            }
            Self::TokenEndpoint => {
                "the token endpoint does not answer as the dialect has it: check GENESYS_API, which names the dialect, GENESYS_LOGIN_URL and GENESYS_REGION"
            }
            Self::Permission => {
                "the OAuth client lacks a permission: give its role conversation:message:view or conversation:webmessaging:view"
            }
            Self::Service => "Genesys fails for every conversation: waiting for it to recover",
            Self::RateLimit => "Genesys asked to wait, for longer than a job is kept in hand",
        }
    }
}

/// The state of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Jobs are taken.
    Open,
    /// No jobs are taken.
    Paused {
        /// Why.
        cause: Cause,
        /// When it will be probed.
        until: Instant,
    },
    /// One job at a time is taken to see whether the fault is over.
    Probing {
        /// What it was.
        cause: Cause,
    },
}

/// The gate.
pub struct Gate {
    state: watch::Sender<State>,
    record: Mutex<Record>,
    /// Whether there is nothing on record, so that successes need no lock.
    clean: AtomicBool,
}

#[derive(Default)]
struct Record {
    /// Conversations that failed since the last success.
    failed: Vec<String>,
    /// Those of them for which the credentials or a permission were refused.
    refused: Vec<String>,
    /// How often others were served after a conversation was refused.
    refusals: HashMap<String, u8>,
    /// Whether a conversation was asked for at once since the last success, to see whose fault it is.
    doubted: bool,
    /// Pauses since the last success.
    pauses: u32,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(State::Open),
            record: Mutex::default(),
            clean: AtomicBool::new(true),
        }
    }
}

impl Gate {
    /// The current state.
    pub fn state(&self) -> State {
        *self.state.borrow()
    }

    /// Notices of changes.
    pub fn watch(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Genesys answered for a conversation, be it that there is none: the service works. Ends a probe, but no pause: what
    /// was under way when it began says nothing of what caused it.
    pub fn served(&self) {
        if self.clean.load(Ordering::Acquire) {
            return;
        }
        let mut record = self.record();
        if let State::Paused { .. } = self.state() {
            return;
        }
        record.failed.clear();
        record.pardon();
        record.pauses = 0;
        record.doubted = false;
        self.clean.store(true, Ordering::Release);
        let was = self.state.send_replace(State::Open);
        drop(record);
        if was != State::Open {
            tracing::info!(
                event = "intake.resumed",
                "Genesys answers again: intake is open"
            );
        }
    }

    /// Judges a failed call: whether it is the service's fault. Then intake is paused.
    pub fn failed(&self, conversation_id: &str, error: &Error) -> bool {
        match &error.kind {
            ErrorKind::CredentialsRefused | ErrorKind::MissingPermission => {
                if !self.record().refuse(conversation_id) {
                    return false;
                }
                self.doubt(
                    match error.kind {
                        ErrorKind::CredentialsRefused => Cause::Credentials,
                        _ => Cause::Permission,
                    },
                    error,
                );
            }
            ErrorKind::NoTokenEndpoint => self.pause(Cause::TokenEndpoint, error),
            ErrorKind::RateLimited { retry_after } if *retry_after > LONGEST_WAIT => {
                self.pause(Cause::RateLimit, error);
            }
            // Within the patience of the pace: neither a success nor a failure of the service.
            ErrorKind::RateLimited { .. } => return false,
            ErrorKind::Server
            | ErrorKind::Timeout
            | ErrorKind::Unreachable(_)
            | ErrorKind::Tls(_)
            | ErrorKind::NotJson
            | ErrorKind::Forbidden {
                this_conversation: false,
            } => return self.suspect(conversation_id, error),
            ErrorKind::Forbidden {
                this_conversation: true,
            }
            | ErrorKind::NotFound
            | ErrorKind::NoMessagesMedium
            | ErrorKind::Incomplete
            | ErrorKind::AnswerTooLarge
            | ErrorKind::BadRequest
            | ErrorKind::TooLarge { .. }
            | ErrorKind::RecordTooLarge
            | ErrorKind::InvalidJson
            | ErrorKind::InvalidSchema => {
                self.served();
                return false;
            }
        }
        true
    }

    /// Another replica was asked for patience of over a minute.
    pub fn hold(&self, retry_after: Duration) {
        self.pause(
            Cause::RateLimit,
            &ErrorKind::RateLimited { retry_after }.into(),
        );
    }

    /// There was no token at the end of a pause: it goes on.
    pub fn unauthenticated(&self, error: &Error) {
        let cause = match error.kind {
            ErrorKind::CredentialsRefused => Cause::Credentials,
            ErrorKind::NoTokenEndpoint => Cause::TokenEndpoint,
            ErrorKind::RateLimited { .. } => Cause::RateLimit,
            _ => Cause::Service,
        };
        self.pause(cause, error);
    }

    /// The pause is over: the next job shows whether the fault is.
    pub fn probe(&self) {
        let now = Instant::now();
        self.state.send_if_modified(|state| match *state {
            State::Paused { cause, until } if until <= now => {
                *state = State::Probing { cause };
                true
            }
            // A longer pause may have come up meanwhile.
            State::Paused { .. } | State::Open | State::Probing { .. } => false,
        });
    }

    fn suspect(&self, conversation_id: &str, error: &Error) -> bool {
        let mut record = self.record();
        self.clean.store(false, Ordering::Release);
        remember(&mut record.failed, conversation_id);
        let enough = record.failed.len() >= CONVERSATIONS;
        // During a pause and its probe the fault stands until something succeeds.
        let fault = enough || self.state() != State::Open;
        drop(record);
        if fault {
            self.doubt(Cause::Service, error);
        }
        fault
    }

    /// Pauses for what a conversation was answered; the first time no longer than it takes to ask for another.
    fn doubt(&self, cause: Cause, error: &Error) {
        // What was in hand when intake was paused fails too, also after the pause, until the probe: that says nothing new.
        if let State::Paused { .. } = self.state() {
            return;
        }
        let mut record = self.record();
        if record.doubted {
            drop(record);
            return self.pause(cause, error);
        }
        record.doubted = true;
        self.clean.store(false, Ordering::Release);
        let until = Instant::now();
        self.state.send_replace(State::Paused { cause, until });
        drop(record);
        tracing::warn!(
            event = "intake.doubted",
            error_code = error.kind.code(),
            http_status = error.status,
            genesys_correlation_id = error.correlation_id.as_deref(),
            "asking for another conversation alone, to see whose fault it is"
        );
    }

    fn pause(&self, cause: Cause, error: &Error) {
        let mut record = self.record();
        self.clean.store(false, Ordering::Release);
        let now = Instant::now();
        let asked_for = match error.kind {
            ErrorKind::RateLimited { retry_after } => retry_after,
            _ => Duration::ZERO,
        };
        if let State::Paused { cause, until } = self.state()
            && until > now
        {
            // Jobs that were in hand when intake was paused fail too: that says nothing new, unless they were asked for
            // more patience.
            if now + asked_for > until {
                let until = now + asked_for;
                self.state.send_replace(State::Paused { cause, until });
            }
            return;
        }
        let growing = FIRST_PAUSE * 2_u32.saturating_pow(record.pauses.min(10));
        // Replicas must not probe in step.
        let jittered = growing
            .min(LONGEST_PAUSE)
            .mul_f64(0.8 + 0.2 * fastrand::f64());
        let duration = jittered.max(asked_for);
        record.pauses = record.pauses.saturating_add(1);
        let until = now + duration;
        self.state.send_replace(State::Paused { cause, until });
        drop(record);
        tracing::error!(
            event = "intake.paused",
            seconds = duration.as_secs(),
            error_code = error.kind.code(),
            http_status = error.status,
            genesys_correlation_id = error.correlation_id.as_deref(),
            "{}",
            cause.as_str()
        );
    }

    /// Whether a conversation failed since the last success: it would say nothing as a probe.
    pub fn has_failed(&self, conversation_id: &str) -> bool {
        let record = self.record();
        let mut failed = record.failed.iter();
        failed.any(|failed| failed == conversation_id)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    /// A conversation is refused: whether that is the service's fault.
    fn refuse(&mut self, conversation_id: &str) -> bool {
        let own = self.refusals.get(conversation_id);
        if own.is_some_and(|refusals| *refusals >= REFUSALS) {
            return false;
        }
        remember(&mut self.failed, conversation_id);
        remember(&mut self.refused, conversation_id);
        true
    }

    /// Others are served.
    fn pardon(&mut self) {
        for conversation_id in self.refused.drain(..) {
            if self.refusals.len() >= MOST_REMEMBERED {
                self.refusals.clear();
            }
            let refusals = self.refusals.entry(conversation_id).or_default();
            *refusals = refusals.saturating_add(1);
        }
    }
}

fn remember(conversations: &mut Vec<String>, conversation_id: &str) {
    let known = conversations.iter().any(|known| known == conversation_id);
    if !known && conversations.len() < MOST_REMEMBERED {
        conversations.push(conversation_id.to_owned());
    }
}

#[cfg(test)]
mod tests;
