//! All replicas together stay within one budget, counted by the API.

use serde_json::json;

use crate::support::{
    PLATFORM, Process, Stand, WEB_DETAILS, interceptor, owned, shared_broker, until,
};

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_share_the_limit() {
    let stand = Stand::with(
        WEB_DETAILS,
        &shared_broker(),
        &["--requests-per-minute", "1200"],
    )
    .await;
    let limit = [("GENESYS_REQUESTS_PER_MINUTE", "1200")];
    let first = stand.worker(&limit);
    first.stdout_line("broker.connected").await;
    let second = stand.worker(&limit);
    for worker in [&first, &second] {
        worker.stdout_line("\"members\":2").await;
    }
    let ids = stand.send_conversations(200).await;
    stand.records.until_transcripts(ids.len()).await;
    let stats = stand.get("/simulator/stats").await;
    assert!(stats["byStatus"].get("429").is_none(), "{stats}");
    for worker in [&first, &second] {
        worker.stdout_line("AUDIT_LOG").await;
    }

    // One leaves: the other has the whole limit again.
    second.signal("TERM");
    assert_eq!(second.finish().await.code, Some(0));
    until("one member", async || {
        first.output().matches("\"members\":1").count() == 2
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_replicas_long_retry_after_stops_all() {
    let stand = Stand::new().await;
    let idle = stand.worker(&[]);
    idle.stdout_line("broker.connected").await;
    stand
        .faults(json!({"status429": 1.0, "retryAfterSeconds": 600}))
        .await;
    let other = stand.worker(&[]);
    other.stdout_line("\"members\":2").await;
    stand.send_conversations(1).await;
    for worker in [&idle, &other] {
        let line = worker.stdout_line("intake.paused").await;
        assert!(line.contains("rate_limited"), "{line}");
    }
    assert_eq!(stand.get("/simulator/stats").await["requests"], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_share_nothing_do_not_count_each_other() {
    let stand = Stand::new().await;
    let alone = [("GENESYS_RATE_SHARING", "none")];
    let (first, second) = (stand.worker(&alone), stand.worker(&alone));
    stand.send_conversations(40).await;
    stand.records.until_transcripts(40).await;
    for worker in [&first, &second] {
        worker.stdout_line("broker.connected").await;
        assert!(!worker.output().contains("budget.shared"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_counted_for_as_long_as_it_asks() {
    let options = ["--requests-per-minute", "240"];
    let stand = Stand::with(PLATFORM, &shared_broker(), &options).await;
    let limit = [("GENESYS_REQUESTS_PER_MINUTE", "240")];
    let worker = stand.worker(&limit);
    worker.stdout_line("\"members\":1").await;
    let mut environment = stand.environment();
    environment.extend(owned(&limit));
    let arguments = ["enqueue", "--since", "25h", "--max-depth", "20"];
    let search = Process::start(interceptor(), &arguments, &environment);
    worker.stdout_line("\"members\":2").await;
    // While it waits for the workers, they have the whole budget.
    search.stderr_line("waiting").await;
    until("one member", async || {
        worker.output().matches("\"members\":1").count() == 2
    })
    .await;
    let stats = stand.get("/simulator/stats").await;
    assert!(stats["byStatus"].get("429").is_none(), "{stats}");
}
