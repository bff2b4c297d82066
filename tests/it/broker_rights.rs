//! A broker that refuses: a worker says in one line what to do, goes on trying with growing pauses, and works as soon as
//! somebody has done it.

use lapin::BasicProperties;
use lapin::options::{QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use serde_json::Value;

use crate::support::jobs::good_jobs;
use crate::support::trial::dismiss;
use crate::support::{PATIENCE, PrivateBroker, Stand, WEB_DETAILS};

const USER: &str = "worker";
const PASSWORD: &str = "secret-of-the-worker";

/// A broker with a user whose rights a test may change.
struct Rights {
    broker: PrivateBroker,
    stand: Stand,
    url: String,
}

impl Rights {
    async fn prepare() -> Self {
        let broker = PrivateBroker::start().await;
        let stand = Stand::with(WEB_DETAILS, &broker.url, &[]).await;
        stand.archive().await;
        broker.ctl(&["add_user", USER, PASSWORD]).await;
        let url = broker
            .url
            .replace("guest:guest", &format!("{USER}:{PASSWORD}"));
        Self { broker, stand, url }
    }

    async fn set(&self, configure: &str, write: &str, read: &str) {
        self.broker
            .ctl(&["set_permissions", USER, configure, write, read])
            .await;
    }

    /// The rights that the program says a user of this role needs.
    async fn set_printed(&self, role: &str, changes: &[(&str, &str)]) {
        let arguments = ["topology", "show", "--format", "kubernetes"];
        let shown = self.stand.interceptor(&arguments, changes).await;
        let permission = shown.stdout.split("---\n").find(|document| {
            document.contains("kind: \"Permission\"")
                && document.contains(&format!("name: \"interceptor-{role}\""))
        });
        let right = |kind: &str| -> String {
            let mut lines = permission.unwrap().lines().map(str::trim);
            let value = lines.find_map(|line| line.strip_prefix(kind)).unwrap();
            serde_json::from_str(value).unwrap()
        };
        let [configure, write, read] = ["configure: ", "write: ", "read: "].map(right);
        self.set(&configure, &write, &read).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_needs_no_more_rights_than_documented_and_names_the_one_that_is_missing() {
    let rights = Rights::prepare().await;
    let verifies = [
        ("AMQP_URL", rights.url.as_str()),
        ("AMQP_TOPOLOGY", "verify"),
    ];
    // Nothing but the queues it needs: no exchange may be written to.
    rights.set("control", "control", "").await;
    let worker = rights.stand.worker(&verifies);
    let line = worker.stdout_line("broker.lost").await;
    assert!(
        line.contains("refused for user") && line.contains("set_permissions"),
        "{line}"
    );
    assert!(!line.contains(PASSWORD), "{line}");

    rights.set_printed("worker", &[]).await;
    let jobs = good_jobs(20, &mut fastrand::Rng::with_seed(6));
    rights.stand.enqueue(&jobs).await;
    let archive = rights.stand.read_archive().await;
    let ended = rights.stand.all_end(&archive, &jobs, PATIENCE).await;
    assert_eq!(ended, Ok(()), "{}", worker.output());
    let refusals = worker.stdout_count("set_permissions");
    assert_eq!(refusals, 1, "{}", worker.output());
    let written = dismiss(vec![worker]).await;
    let verdict = rights.stand.judge(&archive, &jobs, &written).await;
    verdict.assert_good("least rights");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_needs_no_more_rights_than_printed() {
    let rights = Rights::prepare().await;
    rights.set_printed("discovery", &[]).await;
    // With a limit, so that it joins those who share it.
    let changes = [
        ("AMQP_URL", rights.url.as_str()),
        ("GENESYS_REQUESTS_PER_MINUTE", "6000"),
    ];
    let search = ["enqueue", "--since", "1h"];
    let found = rights.stand.interceptor(&search, &changes).await;
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    assert!(rights.stand.depth("conversations").await > Some(0));

    // It may not take the jobs that it sends.
    let worker = rights.stand.worker(&changes);
    worker.stdout_line("refused for user").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_needs_no_more_rights_than_printed() {
    let rights = Rights::prepare().await;
    let stand = &rights.stand;
    // Outputs that the stand does not read: a record waits for somebody to bind a queue.
    let outputs = [
        ("AMQP_TRANSCRIPTS_EXCHANGE", "op.transcripts"),
        ("AMQP_AUDIT_EXCHANGE", "op.audit"),
    ];
    let applied = stand.interceptor(&["topology", "apply"], &outputs).await;
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let job = good_jobs(1, &mut fastrand::Rng::with_seed(7)).remove(0);
    let record = BasicProperties::default();
    stand
        .publish("op.audit", "audit.success", b"{}", record)
        .await;
    stand.send_via_lanes("dead", b"no job").await;
    stand.send_via_lanes("retry.3s", job.body.as_bytes()).await;
    stand.until_depth("conversations.dead", 1).await;
    let queue = "op.consumer";
    let durable = QueueDeclareOptions::durable();
    let declared = stand
        .channel
        .queue_declare(queue.into(), durable, FieldTable::default());
    declared.await.unwrap();
    let bound = stand.channel.queue_bind(
        queue.into(),
        "op.audit".into(),
        "#".into(),
        QueueBindOptions::default(),
        FieldTable::default(),
    );
    bound.await.unwrap();

    rights.set_printed("operator", &outputs).await;
    let mut changes = outputs.to_vec();
    changes.extend([
        ("AMQP_URL", rights.url.as_str()),
        ("AMQP_TOPOLOGY", "verify"),
        // With a limit, so that it joins those who share it.
        ("GENESYS_REQUESTS_PER_MINUTE", "6000"),
    ]);
    for (command, said) in [
        ("check", "ok    topology"),
        ("dead-letters list --waiting", "1 of 1 letters"),
        ("dead-letters redrive", "1 of 1 letters"),
        ("dead-letters redrive --waiting", ""),
        ("dead-letters redrive --unrouted", "1 of 1 letters"),
        ("dead-letters purge --yes", ""),
        ("enqueue --since 1h", ""),
        ("enqueue 550e8400-e29b-41d4-a716-446655440000", ""),
    ] {
        let arguments: Vec<_> = command.split(' ').collect();
        let done = stand.interceptor(&arguments, &changes).await;
        let output = done.stdout + &done.stderr;
        assert_eq!(done.code, Some(0), "{command}: {output}");
        assert!(output.contains(said), "{command}: {output}");
    }
    // It may not take the jobs that it sends.
    let worker = stand.worker(&changes);
    worker.stdout_line("refused for user").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_one_line_that_says_what_to_do() {
    let rights = Rights::prepare().await;
    let wrong_password = rights.broker.url.replace("guest:guest", "guest:guess");
    let wrong_host = rights.broker.url.replace("%2f", "nowhere");
    // Reads and writes everything, and may create nothing.
    rights.set("^$", ".*", ".*").await;
    for (url, remedy) in [
        (wrong_password.as_str(), "AMQP_PASSWORD"),
        (&wrong_host, "virtual host"),
        (&rights.url, "AMQP_TOPOLOGY=verify"),
    ] {
        let changes = [("AMQP_URL", url), ("AMQP_QUEUE", "other.jobs")];
        let applied = rights
            .stand
            .interceptor(&["topology", "apply"], &changes)
            .await;
        assert_eq!(applied.code, Some(1), "{}", applied.stderr);
        assert_eq!(applied.stderr.lines().count(), 1, "{}", applied.stderr);
        assert!(applied.stderr.contains(remedy), "{}", applied.stderr);

        let mut worker = rights.stand.worker(&changes);
        let line = worker.stdout_line("broker.unavailable").await;
        assert!(line.contains(remedy), "{line}");
        assert!(worker.is_running());
    }

    // What the last of them lacked is done by somebody else: it works without being started again.
    let waiting = rights.stand.worker(&[
        ("AMQP_URL", &rights.url),
        ("AMQP_QUEUE", "other.jobs"),
        ("AMQP_TOPOLOGY", "verify"),
    ]);
    let line = waiting.stdout_line("broker.unavailable").await;
    assert!(
        line.contains("other.jobs") && line.contains("topology apply"),
        "{line}"
    );
    let applied = rights
        .stand
        .interceptor(&["topology", "apply"], &[("AMQP_QUEUE", "other.jobs")])
        .await;
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    waiting.stdout_line("broker.connected").await;
    // A worker that looks while the other is at it finds less missing, and says so; it says nothing twice.
    let line: Value = serde_json::from_str(&line).unwrap();
    let lines = waiting.stdout_count(line["error"].as_str().unwrap());
    assert_eq!(lines, 1, "{}", waiting.output());
}
