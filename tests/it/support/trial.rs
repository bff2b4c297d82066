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
    /// Awaits that every job has an audit of its end, and that no second copy of one is left: whether that came true.
    pub(crate) async fn all_end(
        &self,
        archive: &Records,
        jobs: &[Job],
        patience: Duration,
    ) -> bool {
        let mut left: HashSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
        let mut read = 0;
        let all_ended = archive.wait_for(patience, |records| {
            for record in &records[read..] {
                if let Some(job) = ended(record) {
                    left.remove(job);
                }
            }
            read = records.len();
            left.is_empty()
        });
        all_ended.await && self.lanes_empty(patience).await
    }

    async fn lanes_empty(&self, patience: Duration) -> bool {
        let empty = async {
            for queue in WAITING {
                while self.depth(queue).await != Some(0) {
                    tokio::time::sleep(super::LOOK_AGAIN).await;
                }
            }
        };
        tokio::time::timeout(patience, empty).await.is_ok()
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
