//! The main job: conversation ids in, one transcript and one audit record out for each.

use lapin::BasicProperties;
use lapin::options::{BasicGetOptions, QueueBindOptions};
use lapin::types::{AMQPValue, FieldTable};
use serde_json::{Value, json};

use crate::support::{
    Record, Stand, conversation, in_both_dialects, shared_broker, transcripts_file,
};

in_both_dialects!(
    every_job_becomes_one_transcript_and_one_audit,
    the_same_conversation_is_the_same_bytes_under_the_same_id,
    the_window_publishes_the_last_messages_in_order,
    a_killed_worker_loses_nothing,
);

fn audits_of(records: &[Record], id: &str) -> Vec<Record> {
    let of = |record: &&Record| !record.is_transcript() && record.conversation_id() == id;
    records.iter().filter(of).cloned().collect()
}

async fn every_job_becomes_one_transcript_and_one_audit(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let ids = stand.conversations(30).await;
    for (index, id) in ids.iter().enumerate() {
        let body = match index % 3 {
            0 => id.to_uppercase(),
            1 => json!({"conversationId": id, "note": "unknown fields are ignored"}).to_string(),
            _ => json!({"detail": {"eventBody": {"conversationId": id, "mediaType": "MESSAGE"}}})
                .to_string(),
        };
        let properties = BasicProperties::default().with_message_id(format!("job-{index}").into());
        stand.send(body.as_bytes(), properties).await;
    }
    let worker = stand.worker(&[]);
    stand.records.until_transcripts(30).await;
    stand.records.until_audits("success", 30).await;
    stand.until_depth("conversations", 0).await;

    worker.signal("TERM");
    let finished = worker.finish().await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);

    let records = stand.records.all();
    assert_eq!(records.len(), 60);
    for (index, id) in ids.iter().enumerate() {
        let of_id = |record: &&Record| record.conversation_id() == id;
        let [transcript]: [Record; 1] = records
            .iter()
            .filter(of_id)
            .filter(|record| record.is_transcript())
            .cloned()
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let [audit]: [Record; 1] = audits_of(&records, id).try_into().unwrap();
        assert_eq!(audit.body["jobId"], json!(format!("job-{index}")));
        assert_eq!(
            audit.body["transcriptMessageId"],
            json!(transcript.message_id)
        );
        assert_eq!(audit.body["attempt"], json!(1));
        assert_eq!(
            audit.body["redactionCount"],
            transcript.body["metrics"]["redactionCount"]
        );
        assert_eq!(
            audit.body["messageCount"],
            json!(transcript.body["messages"].as_array().unwrap().len())
        );
        // The same record as a flat line of the log.
        let line = finished
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(|line| line["message"] == "AUDIT_LOG" && line["conversationId"] == json!(id))
            .unwrap();
        for (name, value) in audit.body.as_object().unwrap() {
            assert_eq!(&line[name], value, "{name}");
        }
    }
    assert_eq!(
        stand.get("/simulator/stats").await["tokens"],
        json!(1),
        "all workers share one token"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_ends_with_the_tutorials_final_metrics() {
    let stand = Stand::new().await;
    stand.send_conversations(5).await;
    stand.send(b"no job", BasicProperties::default()).await;
    let worker = stand.worker(&[("RUST_LOG", "info")]);
    stand.records.until_audits("success", 5).await;
    stand.records.until_audits("failed", 1).await;
    stand.until_depth("conversations", 0).await;
    worker.signal("INT");
    let finished = worker.finish().await;
    assert_eq!(finished.code, Some(0));
    let line = finished
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["message"] == "FINAL METRICS")
        .unwrap();
    assert_eq!(line["requestsProcessed"], json!(5));
    assert_eq!(line["published"], json!(5));
    assert_eq!(line["deadLettered"], json!(1));
    assert!(line["totalLatencyMs"].is_u64() && line["redactionAccuracyRate"].is_f64());
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_lines_are_written_whatever_the_log_level() {
    let stand = Stand::new().await;
    stand.send_conversations(1).await;
    let worker = stand.worker(&[("RUST_LOG", "off")]);
    let line = worker.stdout_line("AUDIT_LOG").await;
    assert_eq!(
        serde_json::from_str::<Value>(&line).unwrap()["status"],
        "success"
    );
}

async fn the_same_conversation_is_the_same_bytes_under_the_same_id(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let id = stand.conversations(1).await.remove(0);
    let _worker = stand.worker(&[]);
    stand.send(id.as_bytes(), BasicProperties::default()).await;
    stand.records.until_transcripts(1).await;
    stand.faults(json!({"shuffle": true})).await;
    stand.send(id.as_bytes(), BasicProperties::default()).await;
    let transcripts = stand.records.until_transcripts(2).await;
    assert_eq!(transcripts[0].message_id, transcripts[1].message_id);
    assert_eq!(transcripts[0].bytes, transcripts[1].bytes);
    let audits = stand.records.until_audits("success", 2).await;
    assert_eq!(audits[0].message_id, audits[1].message_id);
}

async fn the_window_publishes_the_last_messages_in_order(api: &'static str) {
    let texts: Vec<String> = (1..=60)
        .map(|n| format!("this is message number {n} of the conversation"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let file = transcripts_file(&[conversation("long", &texts)]);
    let stand = Stand::with(
        api,
        &shared_broker(),
        &["--transcripts", file.path().to_str().unwrap()],
    )
    .await;
    let _worker = stand.worker(&[]);
    stand.send_conversations(1).await;
    let transcript = stand.records.until_transcripts(1).await.remove(0);
    assert_eq!(transcript.texts(), texts[10..]);
    assert_eq!(transcript.body["metrics"]["contextWindowSize"], json!(50));
    assert_eq!(transcript.body["metrics"]["messagesReceived"], json!(60));
    assert_eq!(
        transcript.body["metrics"]["messagesSkipped"]["outsideWindow"],
        json!(10)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callers_trace_goes_through_to_the_records() {
    let stand = Stand::new().await;
    let id = stand.conversations(1).await.remove(0);
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut headers = FieldTable::default();
    headers.insert("traceparent".into(), AMQPValue::LongString(parent.into()));
    let _worker = stand.worker(&[]);
    stand
        .send(
            id.as_bytes(),
            BasicProperties::default().with_headers(headers),
        )
        .await;
    let audit = stand.records.until_audits("success", 1).await.remove(0);
    assert_eq!(
        audit.body["traceId"],
        json!("4bf92f3577b34da6a3ce929d0e0e4736")
    );
    let transcript = stand.records.until_transcripts(1).await.remove(0);
    for record in [audit, transcript] {
        assert!(
            record.headers["traceparent"]
                .as_str()
                .unwrap()
                .contains("4bf92f3577b34da6a3ce929d0e0e4736")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_other_media_are_ignored() {
    let stand = Stand::new().await;
    let id = "2f7bf00a-0fc2-4d6a-9b56-92238191433e";
    let event = json!({"detail": {"eventBody": {"conversationId": id, "mediaType": "CHAT"}}});
    let _worker = stand.worker(&[]);
    stand
        .send(event.to_string().as_bytes(), BasicProperties::default())
        .await;
    let audit = stand.records.until_audits("ignored", 1).await.remove(0);
    assert_eq!(audit.conversation_id(), id);
    stand.until_depth("conversations", 0).await;
    assert!(stand.dead_letters().await.is_empty());
    assert_eq!(stand.get("/simulator/stats").await["requests"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_wait_for_a_consumer_that_is_not_bound_yet() {
    let stand = Stand::new().await;
    // Exchanges that nobody has bound a queue to.
    let (transcripts, audit) = (
        stand.name("first-day.transcripts"),
        stand.name("first-day.audit"),
    );
    let _worker = stand.worker(&[
        ("AMQP_TRANSCRIPTS_EXCHANGE", transcripts.as_str()),
        ("AMQP_AUDIT_EXCHANGE", audit.as_str()),
    ]);
    stand.send_conversations(3).await;
    stand.until_depth("conversations", 0).await;
    stand.until_depth("first-day.transcripts.unrouted", 3).await;
    stand.until_depth("first-day.audit.unrouted", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_finishes_what_is_in_hand_and_leaves_the_rest() {
    let stand = Stand::new().await;
    stand.faults(json!({"latencyMs": 1500})).await;
    let ids = stand.send_conversations(40).await;
    let worker = stand.worker(&[("INTERCEPTOR_CONCURRENCY", "8")]);
    crate::support::until("the first calls", async || {
        stand.get("/simulator/stats").await["requests"]
            .as_u64()
            .unwrap()
            >= 8
    })
    .await;
    worker.signal("TERM");
    let finished = worker.finish().await;
    assert_eq!(finished.code, Some(0), "{}", finished.stdout);
    // What was in hand is published; what was not begun went back to the queue.
    let published = || stand.records.count("transcript.sanitized");
    crate::support::until("all jobs published or queued", async || {
        stand
            .depth("conversations")
            .await
            .map(|depth| depth as usize + published())
            == Some(ids.len())
    })
    .await;
    assert!((8..40).contains(&published()), "{}", published());

    stand.faults(json!({})).await;
    let _next = stand.worker(&[]);
    let transcripts = stand.records.until_transcripts(ids.len()).await;
    let mut published: Vec<_> = transcripts
        .iter()
        .map(|t| t.conversation_id().to_owned())
        .collect();
    published.sort();
    let mut sent = ids;
    sent.sort();
    assert_eq!(published, sent, "each exactly once");
    stand.until_depth("conversations", 0).await;
}

async fn a_killed_worker_loses_nothing(api: &'static str) {
    let stand = Stand::speaking(api).await;
    stand.faults(json!({"latencyMs": 100})).await;
    let ids = stand.send_conversations(60).await;
    let worker = stand.worker(&[("INTERCEPTOR_CONCURRENCY", "8")]);
    stand.records.until_transcripts(10).await;
    worker.signal("KILL");
    drop(worker);
    let _next = stand.worker(&[]);
    let all = |records: &[Record]| {
        ids.iter().all(|id| {
            let of_id = |record: &&Record| record.conversation_id() == id;
            records.iter().filter(of_id).any(Record::is_transcript)
                && records
                    .iter()
                    .filter(of_id)
                    .any(|record| record.key == "audit.success")
        })
    };
    let records = stand.records.until("all conversations", all).await;
    for id in &ids {
        let mut copies: Vec<_> = records
            .iter()
            .filter(|record| record.is_transcript() && record.conversation_id() == id)
            .map(|record| (&record.message_id, &record.bytes))
            .collect();
        copies.dedup();
        assert_eq!(
            copies.len(),
            1,
            "duplicates are the same bytes under the same id"
        );
    }
    stand.until_depth("conversations", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_declared_queues_are_bound_for_our_own_publishes() {
    let stand = Stand::new().await;
    stand.send_via_lanes("dead", b"kept").await;
    stand.until_depth("conversations.dead", 1).await;
    stand.send_via_lanes("retry.1s", b"returns").await;
    stand.until_depth("conversations", 1).await;
    let returned = stand
        .channel
        .basic_get(
            stand.name("conversations").into(),
            BasicGetOptions { no_ack: true },
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(returned.data, b"returns");
    // The binding is there already: binding again is no error.
    stand
        .channel
        .queue_bind(
            stand.name("conversations.suspects").into(),
            stand.name("conversations.lanes").into(),
            "suspects".into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
        .unwrap();
}
