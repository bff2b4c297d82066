//! Feeds the workers: takes budget before it takes a delivery, so that no job waits for budget in hand, and takes nothing
//! while the gate is closed or the broker has no room: then the consumers are stopped and what had been delivered is given
//! back.
//!
//! What comes back from the broker has been in hand before: in a worker that crashed over it, in one that crashed over the
//! job beside it, or in one that only lost its connection. It goes to the queue of suspects, and what comes from there runs
//! alone: a crash then is that job's own, and takes no other with it.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout_at};
use tokio_util::sync::CancellationToken;

use super::returns::Known;
use super::{App, MOST_CRASHES};
use crate::gate::State;
use crate::genesys::Permit;
use crate::job::{self, Job};
use crate::queue::{
    Delivered, Intake, Obstacles, Origin, Outbox, Session, SessionError, Suspects, acknowledge,
    give_back,
};
use crate::telemetry::metrics;

/// How often it is looked whether a suspect waits.
const LOOK_FOR_SUSPECTS: Duration = Duration::from_secs(2);
/// How long it is waited for what the broker delivers, to choose a job for a probe.
const GATHERING: Duration = Duration::from_millis(200);

/// A job for a worker, with the budget for its first call.
pub(super) struct Assignment {
    pub(super) delivered: Delivered,
    pub(super) permit: Permit,
    /// What `Returns` knows the delivery by.
    pub(super) ticket: u64,
    pub(super) in_hand: InHand,
}

/// Counts an assignment for as long as it exists.
pub(super) struct InHand(watch::Sender<usize>);

impl InHand {
    fn new(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        metrics().jobs_in_flight(1);
        Self(count.clone())
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
        metrics().jobs_in_flight(-1);
    }
}

/// What feeds the workers of a session.
pub(super) struct Feeder<'a> {
    app: &'a App,
    stop: &'a CancellationToken,
    jobs: Intake,
    suspects: Suspects,
    look_for_suspects: Interval,
    outbox: Outbox,
    assignments: async_channel::Sender<Assignment>,
    in_hand: watch::Sender<usize>,
    gate: watch::Receiver<State>,
    obstacles: watch::Receiver<Obstacles>,
}

impl<'a> Feeder<'a> {
    /// Opens the channels; `assignments` never has less room than there are workers.
    pub(super) async fn open(
        app: &'a App,
        stop: &'a CancellationToken,
        session: &Session,
        assignments: async_channel::Sender<Assignment>,
    ) -> Result<Self, SessionError> {
        let mut look_for_suspects = interval(LOOK_FOR_SUSPECTS);
        look_for_suspects.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            app,
            stop,
            jobs: Intake::open(session, &app.names).await?,
            suspects: Suspects::open(session, &app.names).await?,
            look_for_suspects,
            outbox: Outbox::open(session).await?,
            assignments,
            in_hand: watch::Sender::new(0),
            gate: app.worker.gate.watch(),
            obstacles: session.obstacles.subscribe(),
        })
    }

    /// No more assignments: the workers end when they have done what is in hand.
    pub(super) fn close(&self) {
        self.assignments.close();
    }

    /// Feeds the workers until it is time to stop, which it does not hear while the broker owes it an answer: what is half
    /// given back would be given back again. Whoever drops it for want of that answer accepts this.
    pub(super) async fn feed(&mut self) -> Result<(), SessionError> {
        let stop = self.stop;
        while !stop.is_cancelled() {
            // Marked before it is looked at: a change in between is seen by whoever waits next.
            self.gate.mark_unchanged();
            self.obstacles.mark_unchanged();
            if self.is_closed() {
                self.pause().await?;
                tokio::select! {
                    () = self.until_open() => {}
                    () = stop.cancelled() => {}
                }
                continue;
            }
            if !self.app.worker.genesys.has_token() {
                // Refused credentials should not be found out with jobs in hand.
                tokio::select! {
                    () = self.authenticate() => {}
                    () = stop.cancelled() => {}
                }
                continue;
            }
            let prefetch = self.app.pace.in_hand(self.app.concurrency);
            if self.jobs.differs(prefetch) {
                // The share of the budget has changed, and with it what may be in hand.
                self.pause().await?;
                tokio::select! {
                    () = self.until_idle() => {}
                    () = stop.cancelled() => continue,
                }
            }
            self.jobs.start(prefetch).await?;
            self.app.status.set_consuming(true);
            if let State::Probing { .. } = self.app.worker.gate.state() {
                // One job at a time shows whether the fault is over.
                let idle = until_idle(self.in_hand.subscribe());
                tokio::select! {
                    () = idle => {}
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
        loop {
            let delivered = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(()),
                _ = self.gate.changed() => return Ok(()),
                _ = self.obstacles.changed() => return Ok(()),
                _ = self.look_for_suspects.tick() => {
                    if self.suspects.wait().await? {
                        return self.run_alone(permit).await;
                    }
                    continue;
                }
                delivered = self.jobs.next() => delivered?,
            };
            if !delivered.is_live() {
                return Err(SessionError::ConnectionLost);
            }
            if let Some(mut delivered) = self.examined(delivered).await? {
                if let State::Probing { .. } = self.app.worker.gate.state() {
                    delivered = self.probing_job(delivered).await?;
                }
                self.assign(delivered, permit).await;
                return Ok(());
            }
        }
    }

    /// A job for a probe: of what the broker has delivered, `first` and all behind it, one whose conversation has not failed,
    /// where there is one, and any of these: those at the head may have caused the pause. The others go back.
    async fn probing_job(&mut self, first: Delivered) -> Result<Delivered, SessionError> {
        let until = Instant::now() + GATHERING;
        self.jobs.leftovers.push(first);
        while let Ok(delivered) = timeout_at(until, self.jobs.next()).await {
            self.jobs.leftovers.push(delivered?);
        }
        let gate = &self.app.worker.gate;
        let is_fresh = |delivered: &Delivered| {
            let conversation = match job::decode(&delivered.job.body) {
                Ok(Job::Intercept(conversation)) => conversation,
                // Says nothing of the service.
                Ok(Job::OtherMedium(_)) | Err(_) => return false,
            };
            !delivered.redelivered && !gate.has_failed(&conversation)
        };
        let leftovers = self.jobs.leftovers.iter().enumerate();
        let fresh: Vec<usize> = leftovers
            .filter(|(_, delivered)| is_fresh(delivered))
            .map(|(at, _)| at)
            .collect();
        // The first has been examined.
        let chosen = fastrand::choice(fresh).unwrap_or(0);
        let delivered = self.jobs.leftovers.swap_remove(chosen);
        self.give_back().await?;
        Ok(delivered)
    }

    /// Sorts out what came back: `None` where a delivery is not to be worked on here and now.
    async fn examined(&mut self, delivered: Delivered) -> Result<Option<Delivered>, SessionError> {
        if !delivered.redelivered && delivered.origin == Origin::Jobs {
            return Ok(Some(delivered));
        }
        match self.app.returns.recall(&delivered.job.identity(None)) {
            Some(Known::Done) => {
                tracing::info!(
                    event = "job.acknowledged_late",
                    "a job came back whose acknowledgement was lost: it is done"
                );
                acknowledge(&delivered, &self.app.names).await?;
                Ok(None)
            }
            Some(Known::Unharmed) if delivered.origin == Origin::Jobs => Ok(Some(delivered)),
            // One that another replica had in hand when the broker failed us all has crashed nobody.
            None if delivered.origin == Origin::Suspects
                && !(delivered.redelivered
                    && delivered.returns < MOST_CRASHES
                    && self.app.returns.broke_lately()) =>
            {
                Ok(Some(delivered))
            }
            // Among the suspects it is counted anew.
            Some(Known::Unharmed) | None => {
                self.look_for_suspects.reset_immediately();
                self.jobs.leftovers.push(delivered);
                self.give_back().await?;
                Ok(None)
            }
        }
    }

    /// Runs a suspect while nothing else is in hand.
    async fn run_alone(&mut self, permit: Permit) -> Result<(), SessionError> {
        tokio::select! {
            () = until_idle(self.in_hand.subscribe()) => {}
            () = self.stop.cancelled() => return Ok(()),
            _ = self.gate.changed() => return Ok(()),
            _ = self.obstacles.changed() => return Ok(()),
        }
        // Another replica may have been quicker.
        let Some(delivered) = self.suspects.take().await? else {
            return Ok(());
        };
        // Another may wait.
        self.look_for_suspects.reset_immediately();
        let Some(delivered) = self.examined(delivered).await? else {
            return Ok(());
        };
        tracing::info!(
            event = "job.suspect",
            returns = delivered.returns,
            "running a job alone that came back unsettled"
        );
        self.assign(delivered, permit).await;
        tokio::select! {
            () = until_idle(self.in_hand.subscribe()) => {}
            () = self.stop.cancelled() => {}
        }
        Ok(())
    }

    async fn assign(&self, delivered: Delivered, permit: Permit) {
        let assignment = Assignment {
            ticket: self.app.returns.take(delivered.job.identity(None)),
            delivered,
            permit,
            in_hand: InHand::new(&self.in_hand),
        };
        // Fails only where the workers are gone, and then the session is broken already.
        let _ = self.assignments.send(assignment).await;
    }

    fn is_closed(&self) -> bool {
        self.obstacles.borrow().problem().is_some()
            || matches!(self.app.worker.gate.state(), State::Paused { .. })
    }

    /// Stops to consume and gives back what was delivered and not begun. May be dropped and called again.
    pub(super) async fn pause(&mut self) -> Result<(), SessionError> {
        self.app.status.set_consuming(false);
        self.jobs.stop().await?;
        self.give_back().await
    }

    /// Gives back what was delivered and is not to be begun.
    async fn give_back(&mut self) -> Result<(), SessionError> {
        let App { names, worker, .. } = self.app;
        while let Some(delivered) = self.jobs.leftovers.last() {
            give_back(delivered, &self.outbox, names, &worker.name).await?;
            self.jobs.leftovers.pop();
        }
        Ok(())
    }

    /// Waits until there is no obstacle and the gate is not closed; a pause that is over becomes a probe.
    async fn until_open(&mut self) {
        loop {
            let problem = self.obstacles.borrow_and_update().problem();
            let state = *self.gate.borrow_and_update();
            let probe_at = match (problem, state) {
                (Some(_), _) => None,
                (None, State::Paused { until, .. }) => Some(until),
                // The prefetch is counted by consumer: the next one starts when nothing of the last is in hand.
                (None, State::Open | State::Probing { .. }) => return self.until_idle().await,
            };
            tokio::select! {
                _ = self.obstacles.changed() => {}
                _ = self.gate.changed() => {}
                () = sleep_until(probe_at) => {
                    // What is still in hand must not be taken for the probe.
                    self.until_idle().await;
                    self.probe().await;
                }
            }
        }
    }

    /// Gets a token, or pauses intake.
    async fn authenticate(&self) {
        let worker = &self.app.worker;
        if let Err(error) = worker.genesys.authenticate().await {
            worker.gate.unauthenticated(&error);
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

    async fn until_idle(&self) {
        until_idle(self.in_hand.subscribe()).await;
    }
}

/// Waits until no job is in hand.
async fn until_idle(mut in_hand: watch::Receiver<usize>) {
    let _ = in_hand.wait_for(|count| *count == 0).await;
}

async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
