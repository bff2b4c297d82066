//! From the last fault to the verdict: all jobs end, the workers leave, and everything that is left is read.

use std::collections::HashSet;
use std::time::Duration;

use super::canaries::Canaries;
use super::checker::{Evidence, Verdict, check, ended};
use super::jobs::Job;
use super::records::END;
use super::{Process, Records, Stand};

/// The queues in which a job may wait.
const WAITING: [&str; 5] = [
    "conversations",
    "conversations.suspects",
    "conversations.retry.1s",
    "conversations.retry.2s",
    "conversations.retry.3s",
];

impl Stand {
    /// Awaits that every job has an audit of its end, and that no second copy of one is left.
    ///
    /// # Errors
    /// Nothing ended for as long as `patience`: how many jobs are left, and where jobs wait. One that waits is not lost.
    pub(crate) async fn all_end(
        &self,
        archive: &Records,
        jobs: &[Job],
        patience: Duration,
    ) -> Result<(), String> {
        let mut left: HashSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
        let mut read = 0;
        while !left.is_empty() {
            let before = left.len();
            let progress = archive.wait_for(patience, |records| {
                for record in &records[read..] {
                    if let Some(job) = ended(record) {
                        left.remove(job);
                    }
                }
                read = records.len();
                left.len() < before
            });
            if !progress.await {
                return Err(self.waiting(left.len(), patience).await);
            }
        }
        let mut empty = false;
        let looking = async {
            while !empty {
                tokio::time::sleep(super::LOOK_AGAIN).await;
                empty = self
                    .depths()
                    .await
                    .iter()
                    .all(|(_, depth)| *depth == Some(0));
            }
        };
        match tokio::time::timeout(patience, looking).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.waiting(0, patience).await),
        }
    }

    async fn waiting(&self, left: usize, patience: Duration) -> String {
        let (seconds, depths) = (patience.as_secs(), self.depths().await);
        format!(
            "{left} jobs have not ended and none did for {seconds} s; ready in the queues: {depths:?}"
        )
    }

    async fn depths(&self) -> Vec<(&'static str, Option<u32>)> {
        let mut depths = Vec::new();
        for queue in WAITING {
            depths.push((queue, self.depth(queue).await));
        }
        depths
    }

    /// What came of `jobs`, once no worker runs any more. `written` is what the workers wrote, by place.
    pub(crate) async fn judge(
        &self,
        archive: &Records,
        jobs: &[Job],
        written: &[(String, String)],
    ) -> Verdict {
        self.mark_archive_end().await;
        let is_end = |key: &str| key == END;
        let mut records = archive
            .until("the end of the archive", |records| {
                records.last().is_some_and(|record| is_end(&record.key))
            })
            .await;
        records.retain(|record| !is_end(&record.key));
        let conversations = jobs.iter().filter_map(|job| job.conversation.as_deref());
        check(&Evidence {
            jobs,
            records: &records,
            dead: &self.dead_letters().await,
            canaries: &Canaries::of(self, conversations).await,
            written,
        })
    }
}

/// Ends workers in order: everything that they wrote. A worker that fails at that is a problem of its own.
pub(crate) async fn dismiss(workers: Vec<Process>) -> Vec<(String, String)> {
    for worker in &workers {
        worker.signal("TERM");
    }
    let mut written = Vec::new();
    for (number, worker) in workers.into_iter().enumerate() {
        let finished = worker.finish().await;
        assert_eq!(
            finished.code,
            Some(0),
            "worker {number}: {}",
            finished.stderr
        );
        written.push((format!("the log of worker {number}"), finished.stdout));
        written.push((format!("stderr of worker {number}"), finished.stderr));
    }
    written
}
