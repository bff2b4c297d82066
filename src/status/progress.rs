//! Whether the process makes progress: the event loop turns, and no job holds on to its thread.
//!
//! Time is counted in ticks of the watchdog's own thread, which stand still with the process when that is frozen. What a job
//! waits for has deadlines of its own, and broker and Genesys may be away for long, so only the time is counted in which a
//! job computes.

use std::sync::atomic::{AtomicU64, Ordering};

/// Of a job that does not compute.
const IDLE: u64 = 0;
/// Half of what the watchdog takes for a job that never ends.
const SLOW: u64 = Progress::LONGEST / 2;

/// The progress of one process, in seconds.
pub struct Progress {
    now: AtomicU64,
    turned: AtomicU64,
    since: Box<[AtomicU64]>,
}

impl Progress {
    /// Seconds for which a job may compute: sanitizing the largest conversation takes a small part of this. Tests are less
    /// patient.
    pub const LONGEST: u64 = if cfg!(feature = "failpoints") { 5 } else { 30 };

    /// Of `workers` workers.
    pub fn new(workers: u16) -> Self {
        Self {
            now: AtomicU64::new(IDLE + 1),
            turned: AtomicU64::new(IDLE + 1),
            since: (0..workers).map(|_| AtomicU64::new(IDLE)).collect(),
        }
    }

    /// A second is over.
    pub fn tick(&self) {
        self.now.fetch_add(1, Ordering::Relaxed);
    }

    /// The event loop has come round.
    pub fn turned(&self) {
        self.turned.store(self.now(), Ordering::Relaxed);
    }

    /// The job of a worker begins to compute.
    pub fn begin(&self, worker: u16) {
        self.since[usize::from(worker)].store(self.now(), Ordering::Relaxed);
    }

    /// The job of a worker waits again.
    pub fn pause(&self, worker: u16) {
        self.since[usize::from(worker)].store(IDLE, Ordering::Relaxed);
    }

    /// Seconds for which a job has been computing.
    pub fn longest(&self) -> u64 {
        let now = self.now();
        let since = self.since.iter().map(|since| since.load(Ordering::Relaxed));
        let computing = since.filter(|since| *since != IDLE);
        computing
            .map(|since| now.saturating_sub(since))
            .max()
            .unwrap_or_default()
    }

    /// For people: why the process is stuck, where it is.
    pub fn problem(&self) -> Option<String> {
        let longest = self.longest();
        if longest > SLOW {
            return Some(format!(
                "a job has not let go of its thread for {longest} s; after {} s the process aborts and the job runs alone",
                Self::LONGEST
            ));
        }
        let turned = self.turned.load(Ordering::Relaxed);
        let still = self.now().saturating_sub(turned);
        (still > SLOW).then(|| format!("the event loop has not turned for {still} s"))
    }

    fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_progress_and_computing_without_end_is_none() {
        let progress = Progress::new(2);
        let pass = |seconds: u64, turning: bool| {
            for _ in 0..seconds {
                progress.tick();
                if turning {
                    progress.turned();
                }
            }
        };
        pass(1000, true);
        assert_eq!(progress.problem(), None);
        progress.begin(1);
        pass(SLOW, true);
        assert_eq!(progress.problem(), None);
        pass(1, true);
        assert!(progress.problem().unwrap().contains("let go of its thread"));
        progress.pause(1);
        assert_eq!(progress.problem(), None);
        pass(SLOW + 1, false);
        assert!(progress.problem().unwrap().contains("event loop"));
        progress.turned();
        assert_eq!(progress.problem(), None);
    }
}
