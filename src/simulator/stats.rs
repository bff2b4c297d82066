//! Counters of what the simulator was asked and what it answered.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::lock;

/// Counters since the start.
#[derive(Default)]
pub(super) struct Stats(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    requests: u64,
    tokens: u64,
    conversations: HashSet<Uuid>,
    by_status: BTreeMap<u16, u64>,
    resets: u64,
    hangs: u64,
}

impl Stats {
    /// An API request came in.
    pub(super) fn request(&self) {
        lock(&self.0).requests += 1;
    }

    /// A token request was answered.
    pub(super) fn token_answer(&self, status: StatusCode) {
        let mut counts = lock(&self.0);
        counts.tokens += u64::from(status == StatusCode::OK);
        *counts.by_status.entry(status.as_u16()).or_default() += 1;
    }

    /// An API request was answered.
    pub(super) fn api_answer(&self, status: StatusCode) {
        *lock(&self.0).by_status.entry(status.as_u16()).or_default() += 1;
    }

    /// A conversation was served with 200.
    pub(super) fn conversation(&self, id: Uuid) {
        lock(&self.0).conversations.insert(id);
    }

    /// The connection of an API request was reset.
    pub(super) fn reset(&self) {
        lock(&self.0).resets += 1;
    }

    /// An API request is left without answer.
    pub(super) fn hang(&self) {
        lock(&self.0).hangs += 1;
    }

    /// The counters as `/simulator/stats` shows them.
    pub(super) fn to_json(&self) -> Value {
        let counts = lock(&self.0);
        let mut by_status: Map<String, Value> = counts
            .by_status
            .iter()
            .map(|(status, count)| (status.to_string(), Value::from(*count)))
            .collect();
        for (name, count) in [("reset", counts.resets), ("hang", counts.hangs)] {
            if count > 0 {
                by_status.insert(name.to_owned(), count.into());
            }
        }
        json!({
            "requests": counts.requests,
            "tokens": counts.tokens,
            "conversations": counts.conversations.len(),
            "byStatus": by_status,
        })
    }
}
