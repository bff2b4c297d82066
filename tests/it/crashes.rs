//! Crashes: a job that kills its worker takes no other with it, and a worker that dies at any point of a job loses nothing.
//!
//! The points at which a worker is made to wait or to crash are named in `src/failpoint.rs`.

use serde_json::{Value, json};

use crate::support::proxy::{Mode, Proxy};
use crate::support::{PLATFORM, Process, Record, Stand, until};

const FAILPOINT: &str = "INTERCEPTOR_FAILPOINT";

/// A supervisor: starts a worker again when it has crashed, `crashes` times; the last one.
async fn supervised(stand: &Stand, changes: &[(&str, &str)], crashes: usize) -> Process {
    for crash in 0..crashes {
        let finished = stand.worker(changes).finish().await;
        assert_eq!(finished.code, None, "crash {crash}: {}", finished.stdout);
    }
    stand.worker(changes)
}

fn audits<'a>(records: &'a [Record], id: &str, status: &str) -> Vec<&'a Value> {
    records
        .iter()
        .filter(|record| record.key == format!("audit.{status}") && record.conversation_id() == id)
        .map(|record| &record.body)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_crashes_its_worker_is_dead_lettered_alone() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.send_conversations(21).await;
    let (poison, innocent) = ids.split_first().unwrap();
    let failpoint = format!("fetched {poison}=abort");
    // Once among the others, then three times alone.
    let worker = supervised(&stand, &[(FAILPOINT, &failpoint)], 4).await;
    let records = stand.records.until_audits("failed", 1).await;
    let failed = audits(&records, poison, "failed");
    assert_eq!(failed[0]["errorCode"], "worker_crash");
    stand
        .records
        .until("the innocent", |records| {
            innocent
                .iter()
                .all(|id| !audits(records, id, "success").is_empty())
        })
        .await;
    stand.until_depth("conversations", 0).await;
    stand.until_depth("conversations.suspects", 0).await;
    let [letter]: [_; 1] = stand.dead_letters().await.try_into().ok().unwrap();
    assert_eq!(letter.body, poison.as_bytes());
    assert_eq!(letter.headers["interceptor-reason"], "worker_crash");
    worker.signal("TERM");
    assert_eq!(worker.finish().await.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_dead_letter_and_the_pool_keeps_its_size() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.send_conversations(6).await;
    let panics: Vec<_> = ids[..4]
        .iter()
        .map(|id| format!("fetched {id}=panic"))
        .collect();
    // More panics than workers.
    let changes = [
        (FAILPOINT, panics.join(";")),
        ("INTERCEPTOR_CONCURRENCY", "2".to_owned()),
    ];
    let _worker = stand.worker(
        &changes
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
    );
    let records = stand.records.until_audits("failed", 4).await;
    for id in &ids[..4] {
        assert_eq!(audits(&records, id, "failed")[0]["errorCode"], "panic");
    }
    stand.records.until_audits("success", 2).await;
    stand.until_depth("conversations.dead", 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_let_go_of_its_thread_is_aborted_and_comes_back_alone() {
    let stand = Stand::speaking(PLATFORM).await;
    let id = stand.send_conversations(1).await.remove(0);
    let worker = stand.worker(&[(FAILPOINT, &format!("fetched {id}=spin"))]);
    let finished = worker.finish().await;
    assert_eq!(finished.code, None);
    assert!(finished.stdout.contains("job.stuck"), "{}", finished.stdout);
    let worker = stand.worker(&[]);
    worker.stdout_line("job.suspect").await;
    stand.records.until_audits("success", 1).await;
}

/// A worker that waits at `point` of its only job.
struct Stopped {
    stand: Stand,
    id: String,
    link: Proxy,
    worker: Process,
    stop: tempfile::TempDir,
}

impl Stopped {
    async fn at(point: &str) -> Self {
        let stopped = Self::before(point, Stand::speaking(PLATFORM).await).await;
        stopped.reached().await;
        stopped
    }

    /// On its way there.
    async fn before(point: &str, stand: Stand) -> Self {
        let id = stand.send_conversations(1).await.remove(0);
        let point = point.replace("ID", &id);
        let (_, place) = stand.amqp_url.rsplit_once(':').unwrap();
        let (port, _) = place.split_once('/').unwrap();
        let link = Proxy::before(port.parse().unwrap()).await;
        let url = stand
            .amqp_url
            .replace(&format!(":{port}/"), &format!(":{}/", link.port()));
        let stop = tempfile::TempDir::new().unwrap();
        let failpoint = format!("{point}=wait:{}", stop.path().display());
        let worker = stand.worker(&[(FAILPOINT, &failpoint), ("AMQP_URL", &url)]);
        Self {
            stand,
            id,
            link,
            worker,
            stop,
        }
    }

    async fn reached(&self) {
        let mark = self.stop.path().join("reached");
        until("the point", async || mark.exists()).await;
    }

    /// Lets the worker go on.
    fn go_on(&self) {
        std::fs::write(self.stop.path().join("go"), "").unwrap();
    }

    /// Awaits the end of the job; every copy of a record is the same.
    async fn until_done(&self) -> Vec<Record> {
        self.stand.records.until_transcripts(1).await;
        self.stand.records.until_audits("success", 1).await;
        self.stand.until_depth("conversations", 0).await;
        self.stand.until_depth("conversations.suspects", 0).await;
        let records = self.stand.records.all();
        exactly_the_same(&records, &self.id);
        records
    }
}

async fn killed_at(point: &str) {
    let stopped = Stopped::at(point).await;
    stopped.worker.signal("KILL");
    let _second = stopped.stand.worker(&[]);
    stopped.until_done().await;
}

async fn reset_at(point: &str) {
    let stopped = Stopped::at(point).await;
    stopped.link.reset();
    stopped.go_on();
    stopped.worker.stdout_line("broker.lost").await;
    stopped.until_done().await;
}

/// The message is stored, and its confirm never comes.
async fn confirm_lost_after(point: &str) {
    let stopped = Stopped::at(point).await;
    stopped.link.set(Mode::HangDown);
    let sent = stopped.link.sent_up();
    stopped.go_on();
    // More than a heartbeat, less than a record.
    stopped.link.until_sent_up(sent + 300).await;
    stopped.link.cut();
    stopped.link.set(Mode::Pass);
    stopped.worker.stdout_line("broker.lost").await;
    stopped.until_done().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_acknowledgement_is_made_up_for_without_another_call() {
    let stopped = Stopped::at("done job").await;
    let calls = stopped.stand.get("/simulator/stats").await["requests"].clone();
    stopped.link.reset();
    stopped.go_on();
    stopped.worker.stdout_line("job.acknowledged_late").await;
    let records = stopped.until_done().await;
    assert_eq!(records.len(), 2, "one transcript and one audit");
    let stats = stopped.stand.get("/simulator/stats").await;
    assert_eq!(stats["requests"], calls);
    assert_eq!(stopped.worker.stdout_count("AUDIT_LOG"), 1);
}

/// Being put off for want of budget is no attempt: the copy that waits has the number of the try before it, which is done.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_put_off_is_not_taken_for_the_try_that_is_done() {
    let stand = Stand::speaking(PLATFORM).await;
    let limited = json!({"status429": 1, "retryAfterSeconds": 1});
    stand.faults(limited).await;
    let stopped = Stopped::before("fetched ID", stand).await;
    let Stopped { stand, link, .. } = &stopped;
    stand.records.until_audits("retrying", 1).await;
    stand.faults(json!({})).await;
    stopped.reached().await;
    link.reset();
    stopped.go_on();
    stopped.worker.stdout_line("broker.lost").await;
    stand.records.until_transcripts(1).await;
    stand.records.until_audits("success", 1).await;
}

/// Every transcript of the conversation is the same bytes under the same id, and every audit of success is one record.
fn exactly_the_same(records: &[Record], id: &str) {
    let transcripts: Vec<_> = records.iter().filter(|r| r.is_transcript()).collect();
    let first = transcripts.first().unwrap();
    for copy in &transcripts {
        assert_eq!(copy.conversation_id(), id);
        assert_eq!(
            (&copy.message_id, &copy.bytes),
            (&first.message_id, &first.bytes)
        );
    }
    let audits: Vec<_> = records.iter().filter(|r| !r.is_transcript()).collect();
    for copy in &audits {
        assert_eq!(copy.key, "audit.success");
        assert_eq!(copy.message_id, audits[0].message_id);
    }
}

macro_rules! at_each_point {
    ($case:ident: $($name:ident: $point:literal),+ $(,)?) => {
        mod $case {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$case($point).await;
                }
            )+
        }
    };
}

at_each_point!(
    killed_at: fetched: "fetched ID",
    transcript_sent: "sent transcript.sanitized",
    transcript_confirmed: "confirmed transcript.sanitized",
    audit_sent: "sent audit.success",
    audit_confirmed: "confirmed audit.success",
    acknowledgement_written: "acknowledged job",
);
at_each_point!(
    reset_at: fetched: "fetched ID",
    transcript_sent: "sent transcript.sanitized",
    transcript_confirmed: "confirmed transcript.sanitized",
    audit_sent: "sent audit.success",
    audit_confirmed: "confirmed audit.success",
    acknowledgement_written: "acknowledged job",
);
// The next publish goes out and its confirm is withheld.
at_each_point!(
    confirm_lost_after: of_the_transcript: "fetched ID",
    of_the_audit: "confirmed transcript.sanitized",
);
