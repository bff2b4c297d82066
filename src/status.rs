//! Whether this replica is ready and whether it lives, and why not. Ready is who takes jobs; alive is who makes progress, be
//! it that there is nothing to do.

mod progress;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

pub use self::progress::Progress;
use crate::gate::{Gate, State};
use crate::queue::Depth;
use crate::telemetry::metrics;

/// Who has asked for the status within this time looks at it.
const ATTENTION: Duration = Duration::from_secs(10);

/// What readiness is made of.
pub struct Status {
    gate: Arc<Gate>,
    token: watch::Receiver<bool>,
    progress: Arc<Progress>,
    broker: Mutex<Broker>,
    looked: watch::Sender<Option<Instant>>,
}

#[derive(Default)]
struct Broker {
    problem: Option<String>,
    obstacle: Option<&'static str>,
    budget_known: bool,
    consuming: bool,
    depths: Vec<Depth>,
}

impl Status {
    /// Not ready before there is a session. `token` says whether there is an access token.
    pub fn new(gate: Arc<Gate>, token: watch::Receiver<bool>, progress: Arc<Progress>) -> Self {
        let broker = Broker {
            problem: Some("not connected to the broker yet".to_owned()),
            ..Broker::default()
        };
        Self {
            gate,
            token,
            progress,
            broker: Mutex::new(broker),
            looked: watch::Sender::default(),
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

    /// This replica's share of the rate limit is known.
    pub fn set_budget_known(&self) {
        self.broker().budget_known = true;
    }

    /// Whether jobs are taken.
    pub fn set_consuming(&self, consuming: bool) {
        self.broker().consuming = consuming;
    }

    /// What waits in the queues.
    pub fn set_depths(&self, depths: Vec<Depth>) {
        self.broker().depths = depths;
    }

    /// What waits in the queues; empty where nobody knows. Whoever asks looks at it: soon it is counted anew.
    pub fn look_at_depths(&self) -> Vec<Depth> {
        self.looked.send_replace(Some(Instant::now()));
        self.depths()
    }

    /// What waits in the queues, as it was counted last; empty where nobody looks.
    pub fn depths(&self) -> Vec<Depth> {
        self.broker().depths.clone()
    }

    /// Waits until somebody looks at the queues. What was counted before nobody did is forgotten.
    pub async fn until_looked_at(&self) {
        let mut looked = self.looked.subscribe();
        loop {
            let now = Instant::now();
            let recent = |at: Instant| now.duration_since(at) < ATTENTION;
            if looked.borrow_and_update().is_some_and(recent) {
                return;
            }
            self.set_depths(Vec::new());
            // The sender lives in `self`.
            let _ = looked.changed().await;
        }
    }

    /// Why no jobs are taken; empty where they are.
    pub fn not_ready(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if let State::Paused { cause, .. } = self.gate.state() {
            reasons.push(cause.as_str().to_owned());
        }
        if !*self.token.borrow() {
            reasons.push("no access token from Genesys".to_owned());
        }
        let broker = self.broker();
        if let Some(problem) = &broker.problem {
            reasons.push(problem.clone());
            return reasons;
        }
        if let Some(obstacle) = broker.obstacle {
            reasons.push(obstacle.to_owned());
        }
        if !broker.budget_known {
            reasons.push("the replicas that share the rate limit are not counted yet".to_owned());
        }
        if !broker.consuming && reasons.is_empty() {
            reasons.push("not consuming".to_owned());
        }
        reasons
    }

    /// Why the process makes no progress, where it makes none.
    pub fn not_live(&self) -> Option<String> {
        self.progress.problem()
    }

    fn broker(&self) -> std::sync::MutexGuard<'_, Broker> {
        self.broker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
