//! The life of one session: an intake that feeds a pool of workers.
//!
//! The intake takes budget before it takes a delivery, so that no job waits for budget in hand, and it takes nothing while
//! the gate is closed or the broker has no room: then the consumer is stopped and what had been delivered is given back.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::gate::State;
use crate::genesys::{LONGEST_WAIT, Permit};
use crate::outcome::Outcome;
use crate::queue::{
    Delivered, Intake, Notices, Obstacles, Outbox, Replicas, Session, SessionError, give_back,
    settle,
};
use crate::telemetry::audit_line;

/// Kept of the time to stop for saying goodbye to the broker.
const GOODBYE: Duration = Duration::from_millis(1500);
/// Kept of the time to stop for giving back what cannot be finished.
const HURRY: Duration = Duration::from_secs(3);
/// How long workers may finish on a session that is broken in one part only.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A job for a worker, with the budget for its first call.
struct Assignment {
    delivered: Delivered,
    permit: Permit,
    in_hand: InHand,
}

/// Counts an assignment for as long as it exists.
struct InHand(watch::Sender<usize>);

impl InHand {
    fn new(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count.clone())
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// What the workers of a session share.
struct Pool {
    app: Arc<App>,
    /// Broken by the first error; what follows from it is of no interest.
    broken: CancellationToken,
    failure: Mutex<Option<String>>,
    /// Says that what is not finished yet is to be given back.
    hurry: CancellationToken,
}

/// What feeds the workers.
struct Feeder<'a> {
    app: &'a App,
    stop: &'a CancellationToken,
    intake: Intake,
    outbox: Outbox,
    assignments: async_channel::Sender<Assignment>,
    in_hand: watch::Sender<usize>,
    gate: watch::Receiver<State>,
    obstacles: watch::Receiver<Obstacles>,
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
        let pool = Arc::new(Pool {
            app: Arc::clone(&self),
            broken: session.broken.clone(),
            failure: Mutex::new(None),
            hurry: CancellationToken::new(),
        });
        // No more is in hand than there are workers, so sending never waits.
        let (assignments, jobs) = async_channel::bounded(self.concurrency.into());
        let mut workers = JoinSet::new();
        let opened = async {
            for _ in 0..self.concurrency {
                let outbox = Outbox::open(&session).await?;
                workers.spawn(Arc::clone(&pool).work(jobs.clone(), outbox));
            }
            Ok::<_, SessionError>(Feeder {
                app: &self,
                stop,
                intake: Intake::open(&session, &self.names.jobs).await?,
                outbox: Outbox::open(&session).await?,
                assignments,
                in_hand: watch::Sender::new(0),
                gate: self.worker.gate.watch(),
                obstacles: session.obstacles.subscribe(),
            })
        };
        let mut feeder = opened.await.map_err(|error| error.to_string())?;
        drop(jobs);
        // Kept to the end: a replica that still makes calls must be counted.
        let mut replicas = match &self.names.shared {
            Some(shared) => {
                let joined = Replicas::join(&session, shared, &self.worker.name).await;
                let (replicas, notices) = joined.map_err(|error| error.to_string())?;
                self.pace.join(replicas.count().await.unwrap_or(1));
                Some((replicas, notices))
            }
            None => None,
        };

        let fed = tokio::select! {
            fed = feeder.feed() => fed.map_err(|error| error.to_string()),
            error = self.share_budget(replicas.as_mut()) => Err(error.to_string()),
            () = session.broken.cancelled() => Err("the connection was lost".to_owned()),
        };
        self.status.set_consuming(false);
        if let Err(error) = fed {
            feeder.assignments.close();
            if session.is_connected() {
                // Only a part broke, such as the queue or one channel: what others have nearly done need not be lost.
                let finished = async { while workers.join_next().await.is_some() {} };
                let _ = tokio::time::timeout(LAST_WORDS, finished).await;
            }
            // Dropping the workers drops what they have in hand: the broker delivers it again.
            workers.abort_all();
            session.close().await;
            return Err(pool.failure().take().unwrap_or(error));
        }
        self.drain(&mut feeder, &pool, &mut workers).await;
        session.close().await;
        Ok(())
    }

    /// Shares the rate limit with the other replicas, until that fails.
    async fn share_budget(&self, replicas: Option<&mut (Replicas, Notices)>) -> SessionError {
        let Some((replicas, notices)) = replicas else {
            return std::future::pending().await;
        };
        let replicas = &*replicas;
        let pace = &self.pace;
        let told = async {
            let mut retry_afters = pace.retry_afters();
            while retry_afters.changed().await.is_ok() {
                let retry_after = *retry_afters.borrow_and_update();
                if let Err(error) = replicas.tell(retry_after).await {
                    tracing::debug!(event = "budget.not_told", %error);
                }
            }
        };
        let heard = async {
            loop {
                match notices.heard().await {
                    Ok(retry_after) if retry_after > LONGEST_WAIT => {
                        self.worker.gate.hold(retry_after)
                    }
                    Ok(retry_after) => pace.hold(retry_after),
                    Err(error) => return error,
                }
            }
        };
        tokio::select! {
            error = heard => error,
            () = told => SessionError::ConnectionLost,
            () = pace.follow(|| replicas.count()) => SessionError::ConnectionLost,
        }
    }

    /// Stops in order: no new deliveries, back with what was not begun, then wait for what was.
    async fn drain(&self, feeder: &mut Feeder<'_>, pool: &Pool, workers: &mut JoinSet<()>) {
        let time = self.shutdown.saturating_sub(GOODBYE);
        let deadline = Instant::now() + time;
        let hurry_at = deadline - HURRY.min(time / 2);
        let drained = async {
            if let Err(error) = feeder.pause().await {
                tracing::warn!(event = "drain.intake_failed", %error, "what was not begun is left to the broker");
            }
            feeder.assignments.close();
            while workers.join_next().await.is_some() {}
        };
        let hurry = async {
            tokio::time::sleep_until(hurry_at).await;
            pool.hurry.cancel();
            tokio::time::sleep_until(deadline).await;
        };
        tokio::select! {
            () = drained => match pool.failure().as_ref() {
                None => tracing::info!(event = "drain.finished", "everything in hand is finished"),
                Some(error) => tracing::warn!(event = "drain.broken", error, "the broker will deliver again what was in hand"),
            },
            () = hurry => {
                tracing::warn!(event = "drain.deadline", "not everything in hand was finished in time: the broker will deliver it again");
            }
        }
        workers.abort_all();
    }
}

impl Feeder<'_> {
    /// Feeds the workers until it is time to stop.
    async fn feed(&mut self) -> Result<(), SessionError> {
        let stop = self.stop;
        while !stop.is_cancelled() {
            // Marked before it is looked at: a change in between is seen by whoever waits next.
            self.gate.mark_unchanged();
            self.obstacles.mark_unchanged();
            if self.is_closed() {
                let reopened = async {
                    self.pause().await?;
                    self.until_open().await;
                    Ok(())
                };
                tokio::select! {
                    reopened = reopened => reopened?,
                    () = stop.cancelled() => {}
                }
                continue;
            }
            let prefetch = self.app.pace.in_hand(self.app.concurrency);
            if self.intake.differs(prefetch) {
                // The share of the budget has changed, and with it what may be in hand.
                let stopped = async {
                    self.pause().await?;
                    until_idle(&self.in_hand).await;
                    Ok(())
                };
                tokio::select! {
                    stopped = stopped => stopped?,
                    () = stop.cancelled() => continue,
                }
            }
            self.intake.start(prefetch).await?;
            self.app.status.set_consuming(true);
            if let State::Probing { .. } = self.app.worker.gate.state() {
                // One job at a time shows whether the fault is over.
                tokio::select! {
                    () = until_idle(&self.in_hand) => {}
                    () = stop.cancelled() => continue,
                    _ = self.gate.changed() => continue,
                }
            }
            self.feed_one().await?;
        }
        Ok(())
    }

    async fn feed_one(&mut self) -> Result<(), SessionError> {
        let permit = tokio::select! {
            permit = self.app.pace.take() => permit,
            () = self.stop.cancelled() => return Ok(()),
            _ = self.gate.changed() => return Ok(()),
            _ = self.obstacles.changed() => return Ok(()),
        };
        let delivered = tokio::select! {
            delivered = self.intake.next() => delivered?,
            () = self.stop.cancelled() => return Ok(()),
            _ = self.gate.changed() => return Ok(()),
            _ = self.obstacles.changed() => return Ok(()),
        };
        if !delivered.is_live() {
            return Err(SessionError::ConnectionLost);
        }
        let in_hand = InHand::new(&self.in_hand);
        let assignment = Assignment {
            delivered,
            permit,
            in_hand,
        };
        // Fails only where the workers are gone, and then the session is broken already.
        let _ = self.assignments.send(assignment).await;
        Ok(())
    }

    fn is_closed(&self) -> bool {
        self.obstacles.borrow().problem().is_some()
            || matches!(self.app.worker.gate.state(), State::Paused { .. })
    }

    /// Stops to consume and gives back what was delivered and not begun. May be dropped and called again.
    async fn pause(&mut self) -> Result<(), SessionError> {
        self.app.status.set_consuming(false);
        self.app
            .status
            .set_obstacle(self.obstacles.borrow().problem());
        self.intake.stop().await?;
        while let Some(delivered) = self.intake.leftovers.last() {
            give_back(
                delivered,
                &self.outbox,
                &self.app.names,
                &self.app.worker.name,
            )
            .await?;
            self.intake.leftovers.pop();
        }
        Ok(())
    }

    /// Waits until there is no obstacle and the gate is not closed; a pause that is over becomes a probe.
    async fn until_open(&mut self) {
        loop {
            let problem = self.obstacles.borrow_and_update().problem();
            self.app.status.set_obstacle(problem);
            let state = *self.gate.borrow_and_update();
            let probe_at = match (problem, state) {
                (Some(_), _) => None,
                (None, State::Paused { until, .. }) => Some(until),
                // The prefetch is counted by consumer: the next one starts when nothing of the last is in hand.
                (None, State::Open | State::Probing { .. }) => {
                    return until_idle(&self.in_hand).await;
                }
            };
            tokio::select! {
                _ = self.obstacles.changed() => {}
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

/// Waits until no job is in hand.
async fn until_idle(in_hand: &watch::Sender<usize>) {
    let _ = in_hand.subscribe().wait_for(|count| *count == 0).await;
}

async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

impl Pool {
    /// One worker: job after job, each settled before the next.
    async fn work(self: Arc<Self>, jobs: async_channel::Receiver<Assignment>, outbox: Outbox) {
        while let Ok(assignment) = jobs.recv().await {
            if let Err(error) = self.job(assignment, &outbox).await {
                self.failure().get_or_insert(error);
                self.broken.cancel();
                return;
            }
        }
    }

    async fn job(&self, assignment: Assignment, outbox: &Outbox) -> Result<(), String> {
        let Assignment {
            delivered,
            permit,
            in_hand,
        } = assignment;
        let App { worker, names, .. } = self.app.as_ref();
        let processing = AssertUnwindSafe(worker.process(&delivered.job, permit)).catch_unwind();
        let settlement = tokio::select! {
            processed = processing => processed.unwrap_or_else(|_| {
                // The panic's own message may hold text of the conversation.
                tracing::error!(event = "job.panicked", "a job panicked; it is dead-lettered and the worker goes on");
                worker.panicked(&delivered.job)
            }),
            () = self.hurry.cancelled() => {
                let given_back = give_back(&delivered, outbox, names, &worker.name).await;
                return given_back.map_err(|error| error.to_string());
            }
        };
        settle(&delivered, &settlement, outbox, names, &worker.name)
            .await
            .map_err(|error| error.to_string())?;
        drop(in_hand);
        worker.totals.settled(
            settlement.audit.status,
            settlement.latency,
            settlement.transcript.as_ref(),
        );
        audit_line(&settlement.audit);
        if let Outcome::Reject(reason) = settlement.outcome {
            tracing::warn!(
                event = "job.dead_lettered",
                conversation_id = settlement.conversation_id,
                reason = reason.as_str()
            );
        }
        Ok(())
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
