//! What this process knows of deliveries that come back after a session of its own broke.
//!
//! A job whose acknowledgement was lost is done: when it comes back it only needs to be acknowledged. One that was in hand
//! when the session broke has crashed nobody: it needs not run alone. Of what comes back after another process broke,
//! nothing is known here.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::record::Identity;

/// An acknowledgement may be lost with the connection for as long after it was sent: two heartbeats.
const UNCERTAIN: Duration = Duration::from_secs(20);
/// What does not come back for as long after the next session began was taken by another replica: longer than the broker
/// needs to miss three heartbeats.
const COMES_BACK: Duration = Duration::from_secs(60);
/// Of each kind.
const MOST: usize = 4096;

/// What is known of a delivery that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Everything that it became was confirmed.
    Done,
    /// It was in hand when the session broke, not when a process did.
    Unharmed,
}

/// Deliveries of the present session, and those of former sessions that may come back.
#[derive(Default)]
pub(super) struct Returns(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    next_ticket: u64,
    in_hand: Vec<Held>,
    acknowledged: VecDeque<(Identity, Instant)>,
    expected: VecDeque<(Identity, Known)>,
    /// Unset while there is no session.
    forget_at: Option<Instant>,
    broke_at: Option<Instant>,
    /// A worker panicked: the session breaks for a fault of ours.
    crashed: bool,
}

struct Held {
    ticket: u64,
    identity: Identity,
    known: Known,
}

impl Returns {
    /// A delivery is in hand; what the other methods know it by.
    pub(super) fn take(&self, identity: Identity) -> u64 {
        let mut inner = self.inner();
        let ticket = inner.next_ticket;
        inner.next_ticket += 1;
        let known = Known::Unharmed;
        inner.in_hand.push(Held {
            ticket,
            identity,
            known,
        });
        ticket
    }

    /// Everything that a job became is confirmed, and nothing of the same identity waits for another try.
    pub(super) fn done(&self, ticket: u64) {
        let mut inner = self.inner();
        if let Some(held) = inner.in_hand.iter_mut().find(|held| held.ticket == ticket) {
            held.known = Known::Done;
        }
    }

    /// Its acknowledgement was sent, or it was given back.
    pub(super) fn acknowledged(&self, ticket: u64) {
        let mut inner = self.inner();
        let Some(position) = inner.in_hand.iter().position(|held| held.ticket == ticket) else {
            return;
        };
        let held = inner.in_hand.swap_remove(position);
        let now = Instant::now();
        // The oldest stand last.
        inner.acknowledged.truncate(MOST - 1);
        let old = |at: Instant| now.duration_since(at) >= UNCERTAIN;
        while inner.acknowledged.back().is_some_and(|(_, at)| old(*at)) {
            inner.acknowledged.pop_back();
        }
        // Without an id of its own a later job for the same conversation cannot be told from it, and must be done.
        if held.known == Known::Done && held.identity.job_id.is_some() {
            inner.acknowledged.push_front((held.identity, now));
        }
    }

    /// A worker panicked over it: it may be what makes workers panic.
    pub(super) fn crashed(&self, ticket: u64) {
        let mut inner = self.inner();
        inner.crashed = true;
        inner
            .in_hand
            .retain(|held| held.ticket != ticket || held.known == Known::Done);
    }

    /// A session has begun.
    pub(super) fn session_began(&self) {
        self.inner().forget_at = Some(Instant::now() + COMES_BACK);
    }

    /// A session has broken, and what was in hand with it.
    pub(super) fn session_broke(&self) {
        let mut inner = self.inner();
        let now = Instant::now();
        inner.forget_expired(now);
        inner.forget_at = None;
        if !std::mem::take(&mut inner.crashed) {
            inner.broke_at = Some(now);
        }
        let held = std::mem::take(&mut inner.in_hand);
        let acknowledged = std::mem::take(&mut inner.acknowledged);
        let held = held.into_iter().map(|held| (held.identity, held.known));
        let uncertain = acknowledged
            .into_iter()
            .filter(|(_, at)| now.duration_since(*at) < UNCERTAIN)
            .map(|(identity, _)| (identity, Known::Done));
        // What was in hand stands first: where a later job has the same id, and only one of the two comes back, it is this one.
        for expected in uncertain.rev().chain(held) {
            inner.expected.push_front(expected);
        }
        inner.expected.truncate(MOST);
    }

    /// Whether a session of this process broke not long ago: then the fault was the broker's, for all replicas.
    pub(super) fn broke_lately(&self) -> bool {
        self.inner()
            .broke_at
            .is_some_and(|at| at.elapsed() < COMES_BACK)
    }

    /// What is known of a delivery that came back; only once.
    pub(super) fn recall(&self, identity: &Identity) -> Option<Known> {
        let mut inner = self.inner();
        inner.forget_expired(Instant::now());
        let position = inner.expected.iter().position(|(it, _)| it == identity)?;
        inner.expected.remove(position).map(|(_, known)| known)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget_expired(&mut self, now: Instant) {
        if self.forget_at.is_some_and(|at| at <= now) {
            self.expected.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(subject: &str) -> Identity {
        Identity {
            subject: subject.to_owned(),
            job_id: Some("id".to_owned()),
            ..Identity::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_job_without_an_id_is_not_taken_for_one_that_is_done() {
        let bare = || Identity {
            job_id: None,
            ..job("conversation")
        };
        let returns = Returns::default();
        returns.session_began();
        let first = returns.take(bare());
        returns.done(first);
        returns.acknowledged(first);
        returns.take(bare());
        returns.session_broke();
        returns.session_began();
        assert_eq!(returns.recall(&bare()), Some(Known::Unharmed));
        assert_eq!(
            returns.recall(&bare()),
            None,
            "it was delivered, and not in hand"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_worker_panicked_over_is_suspected_and_the_broker_is_not() {
        let returns = Returns::default();
        returns.session_began();
        let bad = returns.take(job("bad"));
        returns.take(job("good"));
        returns.crashed(bad);
        returns.session_broke();
        assert!(!returns.broke_lately());
        returns.session_began();
        assert_eq!(returns.recall(&job("bad")), None);
        assert_eq!(returns.recall(&job("good")), Some(Known::Unharmed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_job_under_the_same_id_is_worked_on() {
        let returns = Returns::default();
        returns.session_began();
        let first = returns.take(job("conversation"));
        returns.done(first);
        returns.acknowledged(first);
        returns.take(job("conversation"));
        returns.session_broke();
        returns.session_began();
        assert_eq!(returns.recall(&job("conversation")), Some(Known::Unharmed));
        assert_eq!(returns.recall(&job("conversation")), Some(Known::Done));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_done_and_what_was_in_hand_are_told_apart_once() {
        let returns = Returns::default();
        returns.session_began();
        returns.take(job("in hand"));
        let done = returns.take(job("done"));
        returns.done(done);
        let sent = returns.take(job("sent"));
        returns.done(sent);
        returns.acknowledged(sent);
        let given_back = returns.take(job("given back"));
        returns.acknowledged(given_back);
        assert_eq!(returns.recall(&job("done")), None, "the session holds");

        returns.session_broke();
        returns.session_began();
        assert_eq!(returns.recall(&job("in hand")), Some(Known::Unharmed));
        assert_eq!(returns.recall(&job("done")), Some(Known::Done));
        assert_eq!(returns.recall(&job("sent")), Some(Known::Done));
        for again in ["in hand", "done", "sent", "given back", "unknown"] {
            assert_eq!(returns.recall(&job(again)), None, "{again}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_acknowledged_long_before_or_does_not_come_back_is_forgotten() {
        let returns = Returns::default();
        returns.session_began();
        let sent = returns.take(job("sent"));
        returns.done(sent);
        returns.acknowledged(sent);
        tokio::time::sleep(UNCERTAIN).await;
        returns.take(job("in hand"));
        returns.session_broke();
        tokio::time::sleep(COMES_BACK * 10).await;
        returns.session_began();
        assert_eq!(returns.recall(&job("sent")), None);
        tokio::time::sleep(COMES_BACK).await;
        assert_eq!(returns.recall(&job("in hand")), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_session_is_remembered_for_as_long_as_jobs_may_come_back() {
        let returns = Returns::default();
        returns.session_began();
        assert!(!returns.broke_lately());
        returns.session_broke();
        assert!(returns.broke_lately());
        tokio::time::sleep(COMES_BACK).await;
        assert!(!returns.broke_lately());
    }

    #[test]
    fn memory_is_bounded() {
        let returns = Returns::default();
        for _ in 0..3 {
            for number in 0..MOST {
                let ticket = returns.take(job(&number.to_string()));
                returns.done(ticket);
                returns.acknowledged(ticket);
            }
            returns.session_broke();
        }
        assert_eq!(returns.inner().expected.len(), MOST);
    }
}
