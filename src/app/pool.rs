//! The life of one session: an intake that feeds a pool of workers.
//!
//! The intake takes budget before it takes a delivery, so that no job waits for budget in hand, and it takes nothing while
//! the gate is closed or the broker is blocked: then the consumer is stopped and what had been delivered is given back.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::gate::State;
use crate::genesys::Permit;
use crate::outcome::Outcome;
use crate::queue::{Delivered, Intake, Outbox, Session, give_back, settle};
use crate::telemetry::audit_line;

/// Kept of the time to stop for saying goodbye to the broker.
const GOODBYE: Duration = Duration::from_millis(1500);

/// A job for a worker, with the budget for its first call.
struct Assignment {
    delivered: Delivered,
    permit: Permit,
}

/// What feeds the workers.
struct Feeder<'a> {
    app: &'a App,
    stop: &'a CancellationToken,
    intake: Intake,
    outbox: Outbox,
    assignments: async_channel::Sender<Assignment>,
    in_hand: watch::Receiver<usize>,
    gate: watch::Receiver<State>,
    blocked: watch::Receiver<bool>,
}

impl App {
    /// Serves until `stop` or until the session breaks.
    ///
    /// # Errors
    /// What broke the session.
    pub(super) async fn serve(
        self: Arc<Self>,
        session: Session,
        stop: &CancellationToken,
    ) -> Result<(), String> {
        let (assignments, jobs) = async_channel::bounded(1);
        let (in_hand_sender, in_hand) = watch::channel(0);
        let failure = Arc::new(Failure::new(session.broken.clone()));
        let mut workers = JoinSet::new();
        for _ in 0..self.concurrency {
            let outbox = Outbox::open(&session)
                .await
                .map_err(|error| error.to_string())?;
            workers.spawn(work(
                Arc::clone(&self),
                jobs.clone(),
                outbox,
                in_hand_sender.clone(),
                Arc::clone(&failure),
            ));
        }
        drop(jobs);
        let prefetch = self.pace.in_hand(self.concurrency);
        let opened = async {
            let intake = Intake::open(&session, &self.names.jobs, prefetch).await?;
            Ok::<_, crate::queue::SessionError>((intake, Outbox::open(&session).await?))
        };
        let (intake, outbox) = opened.await.map_err(|error| error.to_string())?;
        let mut feeder = Feeder {
            app: &self,
            stop,
            intake,
            outbox,
            assignments,
            in_hand,
            gate: self.worker.gate.watch(),
            blocked: session.blocked.clone(),
        };

        let fed = tokio::select! {
            fed = feeder.feed() => fed,
            () = session.broken.cancelled() => Err("the connection was lost".to_owned()),
        };
        self.status.set_consuming(false);
        if let Err(error) = fed {
            // Dropping the workers drops what they have in hand: the broker delivers it again.
            workers.abort_all();
            session.close().await;
            return Err(failure.take().unwrap_or(error));
        }
        self.drain(feeder, &mut workers, &session).await;
        session.close().await;
        Ok(())
    }

    /// Stops in order: no new deliveries, back with what was not begun, then wait for what was.
    async fn drain(&self, mut feeder: Feeder<'_>, workers: &mut JoinSet<()>, session: &Session) {
        let deadline = Instant::now() + self.shutdown.saturating_sub(GOODBYE);
        let drained = async {
            if let Err(error) = feeder.pause().await {
                tracing::warn!(
                    event = "drain.intake_failed",
                    error,
                    "what was not begun is left to the broker"
                );
            }
            drop(feeder);
            while workers.join_next().await.is_some() {}
        };
        tokio::select! {
            () = drained => tracing::info!(event = "drain.finished", "everything in hand is finished"),
            () = tokio::time::sleep_until(deadline) => {
                tracing::warn!(event = "drain.deadline", "not everything in hand was finished in time: the broker will deliver it again");
            }
            () = session.broken.cancelled() => {
                tracing::warn!(event = "drain.broken", "the broker was lost: it will deliver again what was in hand");
            }
        }
        workers.abort_all();
    }
}

impl Feeder<'_> {
    /// Feeds the workers until it is time to stop.
    async fn feed(&mut self) -> Result<(), String> {
        while !self.stop.is_cancelled() {
            if self.is_closed() {
                self.pause().await?;
                self.until_open().await;
                continue;
            }
            self.intake
                .start()
                .await
                .map_err(|error| error.to_string())?;
            self.app.status.set_consuming(true);
            if let State::Probing { .. } = self.app.worker.gate.state() {
                // One job at a time shows whether the fault is over.
                let idle = self.in_hand.wait_for(|count| *count == 0);
                tokio::select! {
                    _ = idle => {}
                    () = self.stop.cancelled() => continue,
                    _ = self.gate.changed() => continue,
                }
            }
            self.feed_one().await?;
        }
        Ok(())
    }

    async fn feed_one(&mut self) -> Result<(), String> {
        self.gate.mark_unchanged();
        self.blocked.mark_unchanged();
        let permit = tokio::select! {
            permit = self.app.pace.take() => permit,
            () = self.stop.cancelled() => return Ok(()),
            _ = self.gate.changed() => return Ok(()),
            _ = self.blocked.changed() => return Ok(()),
        };
        let delivered = tokio::select! {
            delivered = self.intake.next() => delivered.map_err(|error| error.to_string())?,
            () = self.stop.cancelled() => return Ok(()),
            _ = self.gate.changed() => return Ok(()),
            _ = self.blocked.changed() => return Ok(()),
        };
        if !delivered.is_live() {
            return Err("a delivery came on a channel that is closed".to_owned());
        }
        self.assignments
            .send(Assignment { delivered, permit })
            .await
            .map_err(|_| "no worker is left".to_owned())?;
        Ok(())
    }

    fn is_closed(&self) -> bool {
        *self.blocked.borrow() || matches!(self.app.worker.gate.state(), State::Paused { .. })
    }

    /// Stops to consume and gives back what was delivered and not begun.
    async fn pause(&mut self) -> Result<(), String> {
        self.app.status.set_consuming(false);
        let left = self
            .intake
            .stop()
            .await
            .map_err(|error| error.to_string())?;
        for delivered in left {
            give_back(
                &delivered,
                &self.outbox,
                &self.app.names,
                &self.app.worker.name,
            )
            .await
            .map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Waits until the broker takes messages and the gate is not closed; a pause that is over becomes a probe.
    async fn until_open(&mut self) {
        while !self.stop.is_cancelled() {
            let blocked = *self.blocked.borrow_and_update();
            self.app.status.set_blocked(blocked);
            let state = *self.gate.borrow_and_update();
            let probe_at = match (blocked, state) {
                (true, _) => None,
                (false, State::Paused { until, .. }) => Some(until),
                (false, State::Open | State::Probing { .. }) => return,
            };
            tokio::select! {
                () = self.stop.cancelled() => {}
                _ = self.blocked.changed() => {}
                _ = self.gate.changed() => {}
                () = sleep_until(probe_at) => self.probe().await,
            }
        }
    }

    /// A pause is over. Whether there is a token at all can be told without a job.
    async fn probe(&self) {
        let worker = &self.app.worker;
        match worker.genesys.authenticate().await {
            Ok(()) => worker.gate.probe(),
            Err(error) => worker.gate.unauthenticated(&error),
        }
    }
}

async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// The first error that broke a session; what follows from it is of no interest.
struct Failure {
    broken: CancellationToken,
    first: std::sync::Mutex<Option<String>>,
}

impl Failure {
    fn new(broken: CancellationToken) -> Self {
        Self {
            broken,
            first: std::sync::Mutex::new(None),
        }
    }

    fn report(&self, error: String) {
        let mut first = self
            .first
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        first.get_or_insert(error);
        self.broken.cancel();
    }

    fn take(&self) -> Option<String> {
        self.first
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }
}

/// One worker: job after job, each settled before the next.
async fn work(
    app: Arc<App>,
    jobs: async_channel::Receiver<Assignment>,
    outbox: Outbox,
    in_hand: watch::Sender<usize>,
    failure: Arc<Failure>,
) {
    while let Ok(Assignment { delivered, permit }) = jobs.recv().await {
        in_hand.send_modify(|count| *count += 1);
        let worker = &app.worker;
        let processed = AssertUnwindSafe(worker.process(&delivered.job, permit))
            .catch_unwind()
            .await;
        let settlement = processed.unwrap_or_else(|_| {
            // The panic's own message may hold text of the conversation.
            tracing::error!(
                event = "job.panicked",
                "a job panicked; it is dead-lettered and the worker goes on"
            );
            worker.panicked(&delivered.job)
        });
        let settled = settle(&delivered, &settlement, &outbox, &app.names, &worker.name).await;
        in_hand.send_modify(|count| *count -= 1);
        if let Err(error) = settled {
            failure.report(error.to_string());
            return;
        }
        worker.totals.settled(settlement.outcome);
        audit_line(&settlement.audit);
        if let Outcome::Reject(reason) = settlement.outcome {
            tracing::warn!(
                event = "job.dead_lettered",
                conversation_id = settlement.conversation_id,
                reason = reason.as_str()
            );
        }
    }
}
