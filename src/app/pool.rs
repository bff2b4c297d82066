//! The life of one session: a pool of workers, and what feeds them.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::feeder::{Assignment, Feeder};
use super::{App, MOST_CRASHES, budget};
use crate::failpoint;
use crate::outcome::Outcome;
use crate::queue::{
    Depths, Notices, Obstacles, Origin, Outbox, Replicas, Session, SessionError, Settlement,
    acknowledge, give_back, settle,
};
use crate::telemetry::spans::JobSpan;
use crate::telemetry::{Step, audit_line, metrics, outcome};

/// Kept of the time to stop for saying goodbye to the broker.
const GOODBYE: Duration = Duration::from_millis(1500);
/// Kept of the time to stop for giving back what cannot be finished.
const HURRY: Duration = Duration::from_secs(3);
/// How long the broker may keep what feeds the workers from hearing that it is time to stop.
const HEARING: Duration = Duration::from_secs(2);
/// How often the queues are counted while somebody looks.
const COUNT_QUEUES: Duration = Duration::from_secs(2);
/// How long workers may finish on a session that is broken in one part only.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What the workers of a session share.
struct Pool {
    app: Arc<App>,
    /// Broken by the first error; what follows from it is of no interest.
    broken: CancellationToken,
    failure: Mutex<Option<String>>,
    /// Says that what is not finished yet is to be given back.
    hurry: CancellationToken,
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
        let failed = |error: SessionError| error.to_string();
        let opening = async {
            for worker in 0..self.concurrency {
                let outbox = Outbox::open(&session).await.map_err(failed)?;
                workers.spawn(Arc::clone(&pool).work(worker, jobs.clone(), outbox));
            }
            let feeder = Feeder::open(&self, stop, &session, assignments)
                .await
                .map_err(failed)?;
            // Kept to the end: a replica that still makes calls must be counted.
            let replicas = match &self.names.shared {
                Some(shared) => {
                    let joined = Replicas::join(&session, shared, &self.worker.name).await;
                    let (replicas, notices) = joined.map_err(failed)?;
                    let counted = replicas.count().await;
                    self.pace.join(
                        counted
                            .ok_or("the replicas that share the rate limit cannot be counted")?,
                    );
                    Some((replicas, notices))
                }
                None => None,
            };
            Ok::<_, String>((feeder, replicas))
        };
        let opened = tokio::select! {
            opened = opening => opened.map(Some),
            () = stop.cancelled() => Ok(None),
        };
        let (mut feeder, mut replicas) = match opened {
            Ok(Some(opened)) => opened,
            other => {
                workers.abort_all();
                session.close().await;
                return other.map(|_| ());
            }
        };
        drop(jobs);
        self.returns.session_began();
        self.status.set_budget_known();

        let told = OnceLock::new();
        let told_to_stop = async {
            stop.cancelled().await;
            let at = *told.get_or_init(Instant::now);
            tokio::time::sleep_until(at + HEARING.min(self.shutdown / 4)).await;
        };
        let fed = tokio::select! {
            fed = feeder.feed() => fed.map_err(|error| error.to_string()),
            () = told_to_stop => Ok(()),
            error = self.share_budget(replicas.as_mut()) => Err(error.to_string()),
            fault = session.end() => Err(fault),
            never = self.count_queues() => match never {},
            never = self.show_obstacles(session.obstacles.subscribe()) => match never {},
        };
        self.status.set_consuming(false);
        if let Err(error) = fed {
            feeder.close();
            if session.is_connected() {
                // Only a part broke, such as the queue or one channel: what others have nearly done need not be lost.
                let finished = async { while workers.join_next().await.is_some() {} };
                let patience = LAST_WORDS.min(self.shutdown / 2);
                let _ = tokio::time::timeout(patience, finished).await;
            }
            // Dropping the workers drops what they have in hand: the broker delivers it again.
            workers.abort_all();
            while workers.join_next().await.is_some() {}
            self.returns.session_broke();
            session.close().await;
            return Err(pool.failure().take().unwrap_or(error));
        }
        let told = *told.get_or_init(Instant::now);
        self.drain(&mut feeder, &pool, &mut workers, told).await;
        session.close().await;
        Ok(())
    }

    /// Shows what keeps messages from going out, whatever is waited for meanwhile.
    async fn show_obstacles(&self, mut obstacles: watch::Receiver<Obstacles>) -> Infallible {
        loop {
            let problem = obstacles.borrow_and_update().problem();
            self.status.set_obstacle(problem);
            if obstacles.changed().await.is_err() {
                // The session has ended, and whoever waits for that takes over.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Counts what waits in the queues for as long as somebody looks at it.
    async fn count_queues(&self) -> Infallible {
        loop {
            self.status.until_looked_at().await;
            if let Err(error) = self.counted().await {
                tracing::debug!(event = "queues.not_counted", %error);
                self.status.set_depths(Vec::new());
            }
            tokio::time::sleep(COUNT_QUEUES).await;
        }
    }

    async fn counted(&self) -> Result<(), SessionError> {
        let depths = Depths::open(&self.address, &self.names).await?;
        while self.status.is_looked_at() {
            self.status.set_depths(depths.count().await?);
            tokio::time::sleep(COUNT_QUEUES).await;
        }
        depths.close().await;
        Ok(())
    }

    /// Shares the rate limit with the other replicas, where there may be any, until that fails.
    async fn share_budget(&self, replicas: Option<&mut (Replicas, Notices)>) -> SessionError {
        let Some((replicas, notices)) = replicas else {
            return std::future::pending().await;
        };
        let gate = &self.worker.gate;
        budget::share(&self.pace, replicas, notices, |wait| gate.hold(wait)).await
    }

    /// Stops in order: no new deliveries, back with what was not begun, then wait for what was; in the time to stop, which
    /// has run since it was `told`.
    async fn drain(
        &self,
        feeder: &mut Feeder<'_>,
        pool: &Pool,
        workers: &mut JoinSet<()>,
        told: Instant,
    ) {
        let time = self.shutdown - GOODBYE.min(self.shutdown / 2);
        let deadline = told + time;
        let hurry_at = deadline - HURRY.min(time / 2);
        let drained = async {
            if let Err(error) = feeder.pause().await {
                tracing::warn!(event = "drain.intake_failed", %error, "what was not begun is left to the broker");
            }
            feeder.close();
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

impl Pool {
    /// One worker: job after job, each settled before the next.
    async fn work(
        self: Arc<Self>,
        number: u16,
        jobs: async_channel::Receiver<Assignment>,
        outbox: Outbox,
    ) {
        while let Ok(assignment) = jobs.recv().await {
            let ticket = assignment.ticket;
            let done = AssertUnwindSafe(self.job(number, assignment, &outbox)).catch_unwind();
            let done = done.await.unwrap_or_else(|_| {
                // Outside of what is done for the conversation: the job is suspected when it comes back.
                tracing::error!(
                    event = "worker.panicked",
                    "a worker panicked; its session ends"
                );
                self.app.returns.crashed(ticket);
                Err("a worker panicked".to_owned())
            });
            if let Err(error) = done {
                self.failure().get_or_insert(error);
                self.broken.cancel();
                return;
            }
        }
    }

    async fn job(
        &self,
        number: u16,
        assignment: Assignment,
        outbox: &Outbox,
    ) -> Result<(), String> {
        let delivered = &assignment.delivered;
        let job = &delivered.job;
        let span = JobSpan::new(
            self.app.names.of(delivered.origin),
            job.job_id.as_deref(),
            job.attempts.saturating_add(1),
            job.trace.as_ref(),
            job.previous.as_ref(),
        );
        let done = span
            .within(self.job_within(&span, number, assignment, outbox))
            .await;
        if done.is_err() {
            span.ended("unsettled", Some("session_lost"));
        }
        done
    }

    async fn job_within(
        &self,
        span: &JobSpan,
        number: u16,
        assignment: Assignment,
        outbox: &Outbox,
    ) -> Result<(), String> {
        let Assignment {
            delivered,
            permit,
            ticket,
            in_hand,
        } = assignment;
        let App {
            worker,
            names,
            returns,
            watchdog,
            ..
        } = self.app.as_ref();
        let job = &delivered.job;
        let crashed = delivered.origin == Origin::Suspects && delivered.returns >= MOST_CRASHES;
        let settlement = if crashed {
            worker.crashed(job)
        } else {
            let processing =
                pin!(AssertUnwindSafe(worker.process(job, permit, span)).catch_unwind());
            tokio::select! {
                processed = watchdog.watch(number, processing) => processed.unwrap_or_else(|_| {
                    // The panic's own message may hold text of the conversation.
                    tracing::error!(event = "job.panicked", "a job panicked; it is dead-lettered and the worker goes on");
                    worker.panicked(job)
                }),
                () = self.hurry.cancelled() => {
                    let given_back = give_back(&delivered, outbox, names, &worker.name).await;
                    returns.acknowledged(ticket);
                    span.ended("given_back", None);
                    return given_back.map_err(|error| error.to_string());
                }
            }
        };
        let began = Instant::now();
        let settled = async {
            settle(&delivered, &settlement, outbox, names, &worker.name).await?;
            // The copy of a job that was put off without an attempt has the same identity, and is not done.
            let put_off = matches!(
                settlement.outcome,
                Outcome::RetryLater { counts: false, .. }
            );
            if !put_off {
                returns.done(ticket);
            }
            // Before the acknowledgement: where that is lost, the job that comes back is only acknowledged.
            self.tell(&settlement);
            failpoint::reached("done", "job").await;
            acknowledge(&delivered, names).await
        };
        settled.await.map_err(|error| error.to_string())?;
        returns.acknowledged(ticket);
        failpoint::reached("acknowledged", "job").await;
        drop(in_hand);
        metrics().step(Step::Settle, began.elapsed());
        let problem = settlement.problem.as_ref().map(|(code, _)| *code);
        span.ended(outcome(settlement.audit.status), problem);
        Ok(())
    }

    /// Counts what a job became, and writes its line.
    fn tell(&self, settlement: &Settlement) {
        let Settlement {
            audit,
            latency,
            transcript,
            conversation_id,
            ..
        } = settlement;
        let reason = match settlement.outcome {
            Outcome::Reject(reason) => Some(reason.as_str()),
            _ => None,
        };
        metrics().settled(audit, reason, *latency, transcript.as_ref());
        let totals = &self.app.worker.totals;
        totals.settled(audit.status, *latency, transcript.as_ref());
        audit_line(audit, conversation_id.as_deref(), *latency);
        if let Some(reason) = reason {
            tracing::warn!(event = "job.dead_lettered", conversation_id, reason);
        }
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
