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
        // A connection that is gone is not unblocked, and a new one begins without.
        metrics().blocked(false);
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

    /// What waits in the queues, as it was counted last; empty where that is not known. Whoever asks looks: it is counted again.
    pub fn look_at_depths(&self) -> Vec<Depth> {
        self.looked.send_replace(Some(Instant::now()));
        self.broker().depths.clone()
    }

    /// Whether somebody looks at the queues.
    pub fn is_looked_at(&self) -> bool {
        let recent = |at: Instant| at.elapsed() < ATTENTION;
        self.looked.borrow().is_some_and(recent)
    }

    /// Waits until somebody looks at the queues. What was counted before nobody did is forgotten.
    pub async fn until_looked_at(&self) {
        let mut looked = self.looked.subscribe();
        while !self.is_looked_at() {
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
        let broker = self.broker();
        // First: without it nobody asks for a token.
        reasons.extend(broker.problem.clone());
        if !*self.token.borrow() {
            reasons.push("no access token from Genesys".to_owned());
        }
        if broker.problem.is_some() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_want_has_a_line_and_without_one_jobs_are_taken() {
        let token = watch::Sender::new(false);
        let progress = Arc::new(Progress::new(1));
        let status = Status::new(Arc::default(), token.subscribe(), progress);
        let has = |parts: &[&str]| {
            let reasons = status.not_ready();
            assert_eq!(reasons.len(), parts.len(), "{reasons:?}");
            for (reason, part) in reasons.iter().zip(parts) {
                assert!(reason.contains(part), "{reasons:?}");
            }
        };
        has(&["not connected", "token"]);
        status.set_broker(None);
        has(&["token", "not counted"]);
        token.send_replace(true);
        has(&["not counted"]);
        status.set_budget_known();
        has(&["not consuming"]);
        status.set_consuming(true);
        has(&[]);
        status.set_obstacle(Some("full"));
        has(&["full"]);
        // A new session knows nothing of the last one.
        status.set_broker(None);
        has(&["not counted"]);
    }

    #[tokio::test(start_paused = true)]
    async fn queues_are_counted_for_as_long_as_somebody_looks() {
        let depth = Depth {
            role: "jobs".to_owned(),
            queue: "jobs".to_owned(),
            ready: Some(1),
        };
        let token = watch::Sender::new(true);
        let progress = Arc::new(Progress::new(1));
        let status = Status::new(Arc::default(), token.subscribe(), progress);
        let looked_at = async || {
            let looked = tokio::time::timeout(Duration::from_millis(1), status.until_looked_at());
            looked.await.is_ok()
        };
        assert!(!looked_at().await);
        assert!(status.look_at_depths().is_empty());
        assert!(looked_at().await);
        status.set_depths(vec![depth]);
        assert_eq!(status.look_at_depths().len(), 1);
        tokio::time::advance(ATTENTION).await;
        assert!(!looked_at().await);
        assert!(status.look_at_depths().is_empty(), "old counts are none");
    }
}
