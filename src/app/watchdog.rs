//! Aborts the process when a job holds on to its thread: nothing else can stop it, and the other jobs and the heartbeats
//! would wait with it. The job comes back as a suspect, like one that crashes its worker.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::status::Progress;

const TICK: Duration = Duration::from_secs(1);

/// Watches the jobs of one process.
pub(super) struct Watchdog(Arc<Progress>);

impl Watchdog {
    /// Watches from a thread of its own, and has the event loop show that it turns.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(super) fn start(progress: Arc<Progress>) -> std::io::Result<Self> {
        let (watched, turning) = (Arc::clone(&progress), Arc::clone(&progress));
        std::thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || {
                loop {
                    std::thread::sleep(TICK);
                    watched.tick();
                    if watched.longest() > Progress::LONGEST {
                        tracing::error!(
                            event = "job.stuck",
                            seconds = Progress::LONGEST,
                            "a job does not let go of its thread: aborting; it runs alone when it comes back"
                        );
                        std::process::abort();
                    }
                }
            })?;
        tokio::spawn(async move {
            loop {
                turning.turned();
                tokio::time::sleep(TICK).await;
            }
        });
        Ok(Self(progress))
    }

    /// `job`, watched as that of a worker.
    pub(super) fn watch<F: Future + Unpin>(&self, worker: u16, job: F) -> Watched<'_, F> {
        Watched {
            job,
            progress: &self.0,
            worker,
        }
    }
}

/// A job that is watched.
pub(super) struct Watched<'a, F> {
    job: F,
    progress: &'a Progress,
    worker: u16,
}

impl<F: Future + Unpin> Future for Watched<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.progress.begin(self.worker);
        let polled = Pin::new(&mut self.job).poll(context);
        self.progress.pause(self.worker);
        polled
    }
}
