//! Aborts the process when a job holds on to its thread: nothing else can stop it, and the other jobs and the heartbeats
//! would wait with it. The job comes back as a suspect, like one that crashes its worker.
//!
//! What a job waits for has deadlines of its own, so only the time is counted in which it computes. It is counted in ticks
//! of the watchdog's own thread, which stand still with the process when that is frozen.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

const TICK: Duration = Duration::from_secs(1);
/// Sanitizing the largest conversation takes a small part of this. Tests are less patient.
const LONGEST: u64 = if cfg!(feature = "failpoints") { 5 } else { 30 };
/// Of a job that does not compute.
const IDLE: u64 = 0;

/// Watches the jobs of one process.
pub(super) struct Watchdog {
    now: Arc<AtomicU64>,
    since: Arc<[AtomicU64]>,
}

impl Watchdog {
    /// Watches `workers` workers from a thread of its own.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(super) fn start(workers: u16) -> std::io::Result<Self> {
        let now = Arc::new(AtomicU64::new(IDLE + 1));
        let since: Arc<[AtomicU64]> = (0..workers).map(|_| AtomicU64::new(IDLE)).collect();
        let watchdog = Self {
            now: Arc::clone(&now),
            since: Arc::clone(&since),
        };
        std::thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || {
                loop {
                    std::thread::sleep(TICK);
                    let now = now.fetch_add(1, Ordering::Relaxed) + 1;
                    let stuck = since
                        .iter()
                        .map(|since| since.load(Ordering::Relaxed))
                        .any(|since| since != IDLE && now > since + LONGEST);
                    if stuck {
                        tracing::error!(
                            event = "job.stuck",
                            seconds = LONGEST,
                            "a job does not let go of its thread: aborting; it runs alone when it comes back"
                        );
                        std::process::abort();
                    }
                }
            })?;
        Ok(watchdog)
    }

    /// `job`, watched as that of a worker.
    pub(super) fn watch<F: Future + Unpin>(&self, worker: u16, job: F) -> Watched<'_, F> {
        Watched {
            job,
            now: &self.now,
            since: &self.since[usize::from(worker)],
        }
    }
}

/// A job that is watched.
pub(super) struct Watched<'a, F> {
    job: F,
    now: &'a AtomicU64,
    since: &'a AtomicU64,
}

impl<F: Future + Unpin> Future for Watched<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let now = self.now.load(Ordering::Relaxed);
        self.since.store(now, Ordering::Relaxed);
        let polled = Pin::new(&mut self.job).poll(context);
        self.since.store(IDLE, Ordering::Relaxed);
        polled
    }
}
