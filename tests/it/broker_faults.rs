//! Faults of the broker: the session is rebuilt, nothing is lost. Tests that break the node have one of their own.

use serde_json::json;

use crate::support::{PrivateBroker, Record, Stand, WEB_DETAILS, free_port};

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_queue_is_declared_again() {
    let stand = Stand::new().await;
    let worker = stand.worker(&[]);
    stand.send_conversations(3).await;
    stand.records.until_transcripts(3).await;
    stand
        .channel
        .queue_delete(stand.name("conversations").into(), Default::default())
        .await
        .unwrap();
    worker.stdout_line("broker.lost").await;
    stand.until_depth("conversations", 0).await;
    stand.send_conversations(6).await;
    stand.records.until_transcripts(9).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_and_cut_connections_lose_nothing() {
    let broker = PrivateBroker::start().await;
    let stand = Stand::with(WEB_DETAILS, &broker.url, &[]).await;
    stand.archive().await;
    stand.faults(json!({"latencyMs": 200})).await;
    let ids = stand.send_conversations(60).await;
    let worker = stand.worker(&[("INTERCEPTOR_CONCURRENCY", "4")]);
    worker.stdout_line("\"status\":\"success\"").await;
    broker.ctl(&["close_all_connections", "test"]).await;
    worker.stdout_line("broker.lost").await;
    broker.kill().await;
    worker.stdout_line("broker.unavailable").await;
    broker.restart().await;

    let archive = stand.read_archive().await;
    let complete = |records: &[Record]| {
        ids.iter().all(|id| {
            let has = |key: &str| {
                records
                    .iter()
                    .any(|r| r.conversation_id() == id && r.key == key)
            };
            has("transcript.sanitized") && has("audit.success")
        })
    };
    let records = archive.until("all conversations", complete).await;
    let first = |id: &str| {
        records
            .iter()
            .find(|r| r.is_transcript() && r.conversation_id() == id)
            .unwrap()
    };
    for copy in records.iter().filter(|record| record.is_transcript()) {
        let first = first(copy.conversation_id());
        assert_eq!(
            (&copy.message_id, &copy.bytes),
            (&first.message_id, &first.bytes)
        );
    }
    assert!(records.iter().all(|record| record.key != "audit.failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_away_at_start_is_awaited() {
    let stand = Stand::new().await;
    let port = free_port();
    let url = format!("amqp://guest:guest@127.0.0.1:{port}/%2f");
    let mut worker = stand.worker(&[("AMQP_URL", &url)]);
    let line = worker.stdout_line("broker.unavailable").await;
    assert!(!line.contains("guest:guest"));
    assert!(worker.is_running());
    worker.signal("TERM");
    assert_eq!(worker.finish().await.code, Some(0));
}
