//! Whether this replica is ready, and why not.

use std::sync::{Arc, Mutex, PoisonError};

use crate::gate::{Gate, State};

/// What readiness is made of.
pub struct Status {
    gate: Arc<Gate>,
    broker: Mutex<Broker>,
}

#[derive(Default)]
struct Broker {
    problem: Option<String>,
    blocked: bool,
    consuming: bool,
}

impl Status {
    /// Not ready before there is a session.
    pub(super) fn new(gate: Arc<Gate>) -> Self {
        let broker = Broker {
            problem: Some("not connected to the broker yet".to_owned()),
            ..Broker::default()
        };
        Self {
            gate,
            broker: Mutex::new(broker),
        }
    }

    pub(super) fn set_broker(&self, problem: Option<String>) {
        let mut broker = self.broker();
        broker.consuming = false;
        broker.blocked = false;
        broker.problem = problem;
    }

    pub(super) fn set_blocked(&self, blocked: bool) {
        self.broker().blocked = blocked;
    }

    pub(super) fn set_consuming(&self, consuming: bool) {
        self.broker().consuming = consuming;
    }

    /// Why no jobs are taken; empty where they are.
    pub fn not_ready(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if let State::Paused { cause, .. } | State::Probing { cause } = self.gate.state() {
            reasons.push(cause.as_str().to_owned());
        }
        let broker = self.broker();
        if let Some(problem) = &broker.problem {
            reasons.push(problem.clone());
        } else if broker.blocked {
            reasons.push("the broker takes no messages: it is short of memory or disk".to_owned());
        } else if !broker.consuming && reasons.is_empty() {
            reasons.push("not consuming".to_owned());
        }
        reasons
    }

    fn broker(&self) -> std::sync::MutexGuard<'_, Broker> {
        self.broker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
