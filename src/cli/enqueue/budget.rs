//! The rate limit that workers and searches share: whoever asks Genesys is counted while it asks.

use std::sync::Arc;

use crate::app::budget;
use crate::genesys::Pace;
use crate::queue::{Notices, Replicas};

use super::Sink;

/// The part of the budget that a search has.
pub(super) struct Budget {
    pace: Arc<Pace>,
    share: bool,
    joined: Option<(Replicas, Notices)>,
}

impl Budget {
    /// A part in the budget of `pace`, which only `share` makes one of several.
    pub(super) const fn new(pace: Arc<Pace>, share: bool) -> Self {
        Self {
            pace,
            share,
            joined: None,
        }
    }

    /// Awaits what asks Genesys, as one of those who share the budget; alone where that cannot be.
    pub(super) async fn spend<T>(&mut self, sink: &Sink, asking: impl Future<Output = T>) -> T {
        if self.share && self.joined.is_none() {
            self.joined = sink.join_replicas().await;
            match &self.joined {
                Some((replicas, _)) => self.pace.join(replicas.count().await.unwrap_or(1)),
                None => self.share = false,
            }
        }
        let Some((replicas, notices)) = &mut self.joined else {
            return asking.await;
        };
        let pace = &self.pace;
        let mut asking = std::pin::pin!(asking);
        tokio::select! {
            answer = &mut asking => answer,
            error = budget::share(pace, replicas, notices, |wait| pace.hold(wait)) => {
                tracing::debug!(event = "budget.not_shared", %error);
                asking.await
            }
        }
    }

    /// Leaves the budget to the others, for as long as nothing is asked.
    pub(super) async fn leave(&mut self) {
        if let Some((replicas, _)) = self.joined.take() {
            replicas.leave().await;
            self.pace.leave();
        }
    }
}
