//! What the status page shows, as JSON: counts and states, no text and no identifier of a conversation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::{Json, response::IntoResponse};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::About;
use super::history::{History, INTERVAL, Point};
use super::numbers::Numbers;
use crate::status::Status;

/// What reports are made from.
pub(super) struct Desk {
    status: Arc<Status>,
    about: About,
    began: Instant,
    history: Mutex<History>,
}

/// `after` leaves out the points of the history up to then.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    after: i64,
}

type Counts = BTreeMap<String, f64>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Milliseconds since 1970.
    at: i64,
    version: &'static str,
    worker: String,
    policy_version: String,
    genesys_api: &'static str,
    uptime_seconds: u64,
    ready: bool,
    /// Why not ready.
    not_ready: Vec<String>,
    /// Why no progress is made, where none is.
    not_live: Option<String>,
    conversations: Counts,
    dead_letters: Counts,
    retries: Counts,
    redactions: Counts,
    skipped: Counts,
    genesys_calls: Counts,
    budget: Budget,
    in_flight: InFlight,
    broker: Broker,
    /// Empty where nobody has counted yet.
    queues: Vec<Queue>,
    history: Vec<Point>,
}

/// In calls a minute.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Budget {
    /// Of all replicas; 0 is no limit.
    limit: f64,
    /// Of this replica; 0 is no limit.
    share: f64,
    /// Replicas that share the limit.
    members: f64,
    /// Since the start.
    waited_seconds: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InFlight {
    jobs: f64,
    workers: u16,
    bytes: f64,
    bytes_bound: usize,
}

#[derive(Serialize)]
struct Broker {
    address: String,
    connected: bool,
    blocked: bool,
    reconnects: f64,
}

#[derive(Serialize)]
struct Queue {
    role: String,
    queue: String,
    ready: Option<u32>,
}

impl Desk {
    pub(super) fn new(status: Arc<Status>, about: About) -> Self {
        Self {
            status,
            about,
            began: Instant::now(),
            history: Mutex::default(),
        }
    }

    /// Adds to the history for as long as it is polled.
    pub(super) async fn keep_history(&self) {
        let mut interval = interval(INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.history().take(&Numbers::now());
        }
    }

    fn report(&self, after: i64) -> Report {
        let numbers = Numbers::now();
        let is = |name: &str| numbers.sum(name) > 0.0;
        let not_ready = self.status.not_ready();
        let About {
            worker,
            policy_version,
            genesys,
            broker,
            concurrency,
            memory,
        } = &self.about;
        let depths = self.status.look_at_depths().into_iter();
        Report {
            at: Timestamp::now().as_millisecond(),
            version: env!("CARGO_PKG_VERSION"),
            worker: worker.clone(),
            policy_version: policy_version.clone(),
            genesys_api: genesys,
            uptime_seconds: self.began.elapsed().as_secs(),
            ready: not_ready.is_empty(),
            not_ready,
            not_live: self.status.not_live(),
            conversations: numbers.by("interceptor_conversations_total", "outcome"),
            dead_letters: numbers.by("interceptor_dead_letters_total", "reason"),
            retries: numbers.by("interceptor_retries_total", "tier"),
            redactions: numbers.by("interceptor_redactions_total", "type"),
            skipped: numbers.by("interceptor_messages_skipped_total", "reason"),
            genesys_calls: numbers.by("interceptor_genesys_calls_total", "status"),
            budget: Budget {
                limit: numbers.sum("interceptor_budget_limit"),
                share: numbers.sum("interceptor_budget_share"),
                members: numbers.sum("interceptor_budget_members"),
                waited_seconds: numbers.sum("interceptor_budget_wait_seconds_total"),
            },
            in_flight: InFlight {
                jobs: numbers.sum("interceptor_jobs_in_flight"),
                workers: *concurrency,
                bytes: numbers.sum("interceptor_in_flight_bytes"),
                bytes_bound: *memory,
            },
            broker: Broker {
                address: broker.clone(),
                connected: is("interceptor_broker_connected"),
                blocked: is("interceptor_broker_blocked"),
                reconnects: numbers.sum("interceptor_broker_reconnects_total"),
            },
            queues: depths
                .map(|depth| Queue {
                    role: depth.role,
                    queue: depth.queue,
                    ready: depth.ready,
                })
                .collect(),
            history: self.history().after(after),
        }
    }

    fn history(&self) -> std::sync::MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn report(
    State(desk): State<Arc<Desk>>,
    Query(Wanted { after }): Query<Wanted>,
) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(desk.report(after)))
}
