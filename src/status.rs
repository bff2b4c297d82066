//! Whether this replica is ready, and why not.

use std::sync::{Arc, Mutex, PoisonError};

use crate::gate::{Gate, State};
use crate::telemetry::metrics;

/// What readiness is made of.
pub struct Status {
    gate: Arc<Gate>,
    broker: Mutex<Broker>,
}

#[derive(Default)]
struct Broker {
    problem: Option<String>,
    obstacle: Option<&'static str>,
    consuming: bool,
}

impl Status {
    /// Not ready before there is a session.
    pub fn new(gate: Arc<Gate>) -> Self {
        let broker = Broker {
            problem: Some("not connected to the broker yet".to_owned()),
            ..Broker::default()
        };
        Self {
            gate,
            broker: Mutex::new(broker),
        }
    }

    /// There is a session with the broker, or why not.
    pub fn set_broker(&self, problem: Option<String>) {
        metrics().connected(problem.is_none());
        *self.broker() = Broker {
            problem,
            ..Broker::default()
        };
    }

    /// What keeps messages from going out, if anything does.
    pub fn set_obstacle(&self, obstacle: Option<&'static str>) {
        self.broker().obstacle = obstacle;
    }

    /// Whether jobs are taken.
    pub fn set_consuming(&self, consuming: bool) {
        self.broker().consuming = consuming;
    }

    /// Why no jobs are taken; empty where they are.
    pub fn not_ready(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if let State::Paused { cause, .. } = self.gate.state() {
            reasons.push(cause.as_str().to_owned());
        }
        let broker = self.broker();
        if let Some(problem) = &broker.problem {
            reasons.push(problem.clone());
        } else if let Some(obstacle) = broker.obstacle {
            reasons.push(obstacle.to_owned());
        } else if !broker.consuming && reasons.is_empty() {
            reasons.push("not consuming".to_owned());
        }
        reasons
    }

    fn broker(&self) -> std::sync::MutexGuard<'_, Broker> {
        self.broker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
