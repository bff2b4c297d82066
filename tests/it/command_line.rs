//! The command line: what is printed where, and the exit codes.

use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use serde_json::Value;

use crate::support::{Process, Stand, free_port, interceptor, owned, run, run_unread};

const GOOD: &str = "550e8400-e29b-41d4-a716-446655440000";
const ALSO_GOOD: &str = "6BA7B810-9DAD-11D1-80B4-00C04FD430C8";

#[tokio::test(flavor = "multi_thread")]
async fn enqueue_sends_the_good_ids_and_names_the_others() {
    let stand = Stand::new().await;
    let sent = stand
        .interceptor(&["enqueue", GOOD, "half-an-id", ALSO_GOOD], &[])
        .await;
    assert_eq!(sent.code, Some(1));
    assert!(
        sent.stderr.contains("argument 2") && sent.stderr.contains("half-an-id"),
        "{}",
        sent.stderr
    );
    stand.until_depth("conversations", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enqueue_reads_files_and_stdin() {
    let stand = Stand::new().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{GOOD}\r\n\n{ALSO_GOOD}\n")).unwrap();
    let path = file.path().to_str().unwrap();
    let sent = stand.interceptor(&["enqueue", "--file", path], &[]).await;
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let input = format!("{GOOD}\nbad\n");
    let sent = run(
        interceptor(),
        &["enqueue", "-"],
        &stand.environment(),
        input.as_bytes(),
    )
    .await;
    assert_eq!(sent.code, Some(1));
    assert!(sent.stderr.contains("line 2"), "{}", sent.stderr);
    stand.until_depth("conversations", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enqueue_before_the_queue_exists_says_what_to_do() {
    let stand = Stand::new().await;
    let sent = stand
        .interceptor(&["enqueue", GOOD], &[("AMQP_QUEUE", "nowhere.jobs")])
        .await;
    assert_eq!(sent.code, Some(1));
    assert!(sent.stderr.contains("topology apply"), "{}", sent.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_prints_records_and_a_durable_queue_keeps_them() {
    let stand = Stand::new().await;
    let archive = stand.name("archive");
    let tail = |arguments: &[&str]| Process::start(interceptor(), arguments, &stand.environment());
    let first = tail(&["tail", "--queue", &archive]);
    first.stderr_line("waiting for records").await;
    let watching = tail(&["tail"]);
    watching.stderr_line("waiting for records").await;
    let _worker = stand.worker(&[]);
    let ids = stand.send_conversations(2).await;
    for id in &ids {
        first.stdout_line(id).await;
    }
    stand.records.until_audits("success", 2).await;
    first.signal("TERM");
    let first = first.finish().await;
    assert_eq!(first.code, Some(0));

    let more = stand.conversations(4).await;
    for id in &more[2..] {
        stand.send(id.as_bytes(), Default::default()).await;
    }
    stand.records.until_audits("success", 4).await;
    // What came while no tail ran is printed by the next one, and nothing twice.
    let second = tail(&["tail", "--queue", &archive]);
    for id in &more[2..] {
        second.stdout_line(id).await;
        watching.stdout_line(id).await;
    }
    stand.until_depth("archive", 0).await;
    second.signal("TERM");
    let printed = [first.stdout, second.finish().await.stdout].join("\n");
    assert_eq!(printed.lines().count(), 8);
    assert!(
        printed
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_of_each_part_whether_it_works() {
    let stand = Stand::new().await;
    let good = stand.interceptor(&["check"], &[]).await;
    assert_eq!(good.code, Some(0), "{}", good.stdout);
    let notes = |line: &&str| line.starts_with("note ");
    let lines = good.stdout.lines().filter(|line| !notes(line)).count();
    assert_eq!(lines, 8, "{}", good.stdout);
    let broker = good.stdout.lines().find(|line| line.contains("broker:"));
    assert!(broker.unwrap().contains("RabbitMQ "), "{}", good.stdout);
    let broker = format!("amqp://guest:hush@127.0.0.1:{}/%2f", free_port());
    let bad = stand
        .interceptor(
            &["check"],
            &[("AMQP_URL", &broker), ("GENESYS_CLIENT_SECRET", "wrong")],
        )
        .await;
    assert_eq!(bad.code, Some(1));
    assert!(
        bad.stdout.contains("FAIL  broker") && bad.stdout.contains("FAIL  token"),
        "{}",
        bad.stdout
    );
    assert!(!bad.stdout.contains("hush") && !bad.stderr.contains("hush"));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_live_asks_the_worker_beside_it_and_nobody_else() {
    let stand = Stand::new().await;
    let address = format!("0.0.0.0:{}", free_port());
    // Neither a broker nor a secret that can be used: they are not looked at.
    let environment = owned(&[
        ("INTERCEPTOR_ADMIN_ADDR", address.as_str()),
        ("AMQP_URL", "nowhere"),
        ("GENESYS_CLIENT_SECRET_FILE", "/nonexistent"),
        ("INTERCEPTOR_HASH_KEY_FILE", "/nonexistent"),
    ]);
    let live = async || run(interceptor(), &["check", "--live"], &environment, b"").await;
    let dead = live().await;
    assert_eq!(dead.code, Some(1), "{}", dead.stdout);
    assert_eq!(dead.stderr.lines().count(), 1, "{}", dead.stderr);
    assert!(
        dead.stderr.contains("INTERCEPTOR_ADMIN_ADDR"),
        "{}",
        dead.stderr
    );

    let worker = stand.worker(&[("INTERCEPTOR_ADMIN_ADDR", &address)]);
    worker.stdout_line("run.started").await;
    let alive = live().await;
    assert_eq!(alive.code, Some(0), "{}", alive.stderr);
    assert!(alive.stdout.starts_with("ok    live"), "{}", alive.stdout);

    // The simulator answers likewise, so that one health check does for both.
    let simulator = stand.simulator_url.trim_start_matches("http://");
    let environment = owned(&[("INTERCEPTOR_ADMIN_ADDR", simulator)]);
    let alive = run(interceptor(), &["check", "--live"], &environment, b"").await;
    assert_eq!(alive.code, Some(0), "{}", alive.stderr);

    let nothing = owned(&[("INTERCEPTOR_ADMIN_ADDR", "off")]);
    let off = run(interceptor(), &["check", "--live"], &nothing, b"").await;
    assert_eq!(off.code, Some(2), "{}", off.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_one_line_and_exit_code_2_before_any_connection() {
    let dead_end = format!("http://127.0.0.1:{}", free_port());
    let working = owned(&[
        ("GENESYS_API", "web-details"),
        ("GENESYS_API_URL", &dead_end),
        ("GENESYS_CLIENT_ID", "id"),
        ("GENESYS_CLIENT_SECRET", "secret"),
        ("INTERCEPTOR_ADMIN_ADDR", "off"),
    ]);
    for (variable, value) in [
        ("GENESYS_API", "soap"),
        ("GENESYS_CLIENT_ID", ""),
        ("GENESYS_CLIENT_SECRET_FILE", "/nonexistent"),
        ("GENESYS_CA_FILE", "/proc/self/status"),
        ("GENESYS_REQUESTS_PER_MINUTE", "-3"),
        ("AMQP_URL", "http://127.0.0.1"),
        ("AMQP_CA_FILE", "/proc/self/status"),
        ("AMQP_RETRY_DELAYS", "soon"),
        ("INTERCEPTOR_CONCURRENCY", "0"),
        ("INTERCEPTOR_ADMIN_ADDR", "everywhere"),
        ("INTERCEPTOR_POLICY_FILE", "policy.toml"),
        ("RUST_LOG", "=!"),
        ("RUST_LOG", "warning"),
        ("GENESYS_API_URL", "https://api.mypurecloud.com/api/v2"),
    ] {
        let mut environment = working.clone();
        environment.extend(owned(&[(variable, value)]));
        let failed = run(interceptor(), &["run"], &environment, b"").await;
        assert_eq!(failed.code, Some(2), "{variable}: {}", failed.stderr);
        assert_eq!(
            failed.stderr.lines().count(),
            1,
            "{variable}: {}",
            failed.stderr
        );
        assert!(
            failed.stderr.contains(variable),
            "{variable}: {}",
            failed.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn topology_apply_changes_nothing_where_something_differs() {
    let stand = Stand::new().await;
    let queue = format!("{}.other.jobs", stand.prefix);
    let dead = format!("{queue}.dead");
    let classic = QueueDeclareOptions::durable();
    stand
        .channel
        .queue_declare(dead.as_str().into(), classic, FieldTable::default())
        .await
        .unwrap();
    let applied = stand
        .interceptor(&["topology", "apply"], &[("AMQP_QUEUE", &queue)])
        .await;
    assert_eq!(applied.code, Some(3), "{}", applied.stderr);
    assert!(
        applied.stderr.contains(&dead) && applied.stderr.contains("x-queue-type"),
        "{}",
        applied.stderr
    );
    assert_eq!(applied.stderr.lines().count(), 1, "{}", applied.stderr);
    let lanes = ExchangeDeclareOptions {
        passive: true,
        ..ExchangeDeclareOptions::default()
    };
    let exists = stand
        .new_channel()
        .await
        .exchange_declare(
            format!("{queue}.lanes").into(),
            lapin::ExchangeKind::Direct,
            lanes,
            FieldTable::default(),
        )
        .await;
    assert!(exists.is_err(), "nothing was created");

    // So does a look at it, which creates nothing either.
    let checked = stand
        .interceptor(&["check"], &[("AMQP_QUEUE", &queue)])
        .await;
    assert_eq!(checked.code, Some(3), "{}", checked.stdout);
    let failed = checked.stdout.lines().find(|line| line.starts_with("FAIL"));
    assert!(
        failed.is_some_and(|line| line.contains(&dead) && line.contains("x-queue-type")),
        "{}",
        checked.stdout
    );
    assert_eq!(stand.depth("other.jobs").await, None);

    // A worker says so and waits for somebody to act.
    let mut worker = stand.worker(&[("AMQP_QUEUE", &queue)]);
    let line = worker.stdout_line("broker.unavailable").await;
    assert!(line.contains(&dead), "{line}");
    assert!(worker.is_running());
}

#[tokio::test(flavor = "multi_thread")]
async fn topology_verify_names_what_is_missing() {
    let stand = Stand::new().await;
    let good = stand.interceptor(&["topology", "verify"], &[]).await;
    assert_eq!(good.code, Some(0), "{}", good.stderr);
    let bad = stand
        .interceptor(&["topology", "verify"], &[("AMQP_RETRY_DELAYS", "7s")])
        .await;
    assert_eq!(bad.code, Some(3));
    assert!(
        bad.stderr.contains(&stand.name("conversations.retry.7s")),
        "{}",
        bad.stderr
    );
    let worker = stand.worker(&[("AMQP_RETRY_DELAYS", "7s"), ("AMQP_TOPOLOGY", "verify")]);
    worker.stdout_line("retry.7s").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn topology_needs_no_genesys_settings_and_show_no_broker() {
    let shown = run(interceptor(), &["topology", "show"], &[], b"").await;
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    let declarations: Vec<Value> = shown
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        declarations
            .iter()
            .any(|d| d["name"] == "genesys.conversations.retry.6h")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_are_json_schemas_and_jobs_match_theirs() {
    for record in ["transcript", "audit", "job"] {
        let printed = run(interceptor(), &["schema", record], &[], b"").await;
        assert_eq!(printed.code, Some(0));
        let schema: Value = serde_json::from_str(&printed.stdout).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{record}");
        let validator = jsonschema::validator_for(&schema).unwrap();
        let job = serde_json::json!({"conversationId": GOOD});
        assert_eq!(validator.is_valid(&job), record == "job");
    }
}

#[tokio::test]
async fn a_closed_stdout_ends_a_command_quietly() {
    let chat = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(chat.path(), r#"{"id":"1","messages":[]}"#).unwrap();
    let policy = tempfile::NamedTempFile::new().unwrap();
    let [chat, policy] = [&chat, &policy].map(|file| file.path().to_str().unwrap());
    // Of a check, the exit code still tells what was found: no settings for Genesys.
    for (arguments, code) in [
        (&["check"][..], 2),
        (&["check", "--settings"], 0),
        (&["check", "--print-config"], 0),
        (&["check", "--policy", policy], 0),
        (&["schema", "audit"], 0),
        (&["topology", "show"], 0),
        (&["topology", "show", "--format", "kubernetes"], 0),
        (&["redact", chat], 0),
        (&["redact", "--explain", chat], 0),
        (&["evaluate", "--json", "/dev/null"], 0),
        (&["evaluate", "/dev/null"], 0),
        (&["--help"], 0),
    ] {
        let environment = owned(&[("AMQP_URL", "amqp://127.0.0.1:1")]);
        let (ended, stderr) = run_unread(interceptor(), arguments, &environment).await;
        assert_eq!(ended, Some(code), "{arguments:?}: {stderr}");
        assert!(
            !stderr.contains("panic") && !stderr.contains("error:"),
            "{arguments:?}: {stderr}"
        );
    }
}
