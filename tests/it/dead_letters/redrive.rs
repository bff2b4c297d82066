//! Redriving loses nothing.

use lapin::BasicProperties;
use lapin::options::{QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use serde_json::json;

use super::letters::{ID, bodies, id, letter, lines};
use crate::support::{Process, Stand, interceptor, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_redriven_letter_is_a_new_job_of_the_same_sender() {
    let stand = Stand::new().await;
    stand
        .bury(ID.as_bytes(), letter("job-1", "conversation_not_found", 5))
        .await;
    stand
        .bury(b"not a job", letter("job-2", "malformed_job", 5))
        .await;
    stand.until_depth("conversations.dead", 2).await;
    let redriven = stand
        .dead_letters_command(&["redrive", "--reason", "conversation_not_found"])
        .await;
    assert_eq!(redriven.code, Some(0), "{}", redriven.stderr);
    assert!(redriven.stderr.contains("1 of 2"), "{}", redriven.stderr);
    stand.until_depth("conversations.dead", 1).await;
    let jobs = stand.drain("conversations").await;
    assert_eq!(bodies(&jobs), [ID]);
    assert_eq!(jobs[0].message_id, "job-1");
    assert_eq!(
        jobs[0].headers,
        json!({"producer": "crm", "interceptor-redrives": 2})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_published_after_a_redrive() {
    let stand = Stand::new().await;
    stand.faults(json!({"truncatedJson": true})).await;
    let _worker = stand.worker(&[]);
    stand.send_conversations(5).await;
    stand.records.until_audits("failed", 5).await;
    stand.until_depth("conversations.dead", 5).await;
    stand.faults(json!({})).await;
    let redriven = stand.dead_letters_command(&["redrive"]).await;
    assert_eq!(redriven.code, Some(0), "{}", redriven.stderr);
    stand.records.until_transcripts(5).await;
    stand.until_depth("conversations.dead", 0).await;
}

/// Starts to redrive `count` letters that were looked at before, sends `signal` when some are done; what is in the job queue
/// and in the dead letters then, and the exit code.
async fn interrupted(
    stand: &Stand,
    count: usize,
    signal: &str,
) -> (Vec<String>, Vec<String>, Option<i32>) {
    stand.bury_many(count).await;
    let looked = stand.dead_letters_command(&["list"]).await;
    assert_eq!(looked.code, Some(0), "{}", looked.stderr);
    stand.until_depth("conversations.dead", count as u32).await;
    let arguments = ["dead-letters", "redrive", "--rate", "500/s"];
    let redrive = Process::start(interceptor(), &arguments, &stand.environment());
    until("300 jobs", async || {
        stand.depth("conversations").await >= Some(300)
    })
    .await;
    redrive.signal(signal);
    let code = redrive.finish().await.code;
    until("all letters", async || {
        let jobs = stand.depth("conversations").await.unwrap();
        jobs + stand.depth("conversations.dead").await.unwrap() >= count as u32
    })
    .await;
    let listed = lines(&stand.dead_letters_command(&["list", "--json"]).await);
    let dead: Vec<_> = listed
        .iter()
        .map(|line| line["id"].as_str().unwrap().to_owned())
        .collect();
    let jobs = bodies(&stand.drain("conversations").await);
    assert!(jobs.len() < count, "it was interrupted midway");
    (jobs, dead, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_that_is_killed_loses_nothing() {
    const COUNT: usize = 1_000;
    let stand = Stand::new().await;
    let (mut jobs, dead, code) = interrupted(&stand, COUNT, "KILL").await;
    assert_eq!(code, None);
    // At most the one in hand is in both.
    assert!((COUNT..=COUNT + 1).contains(&(jobs.len() + dead.len())));

    let rest = stand.dead_letters_command(&["redrive"]).await;
    assert_eq!(rest.code, Some(0), "{}", rest.stderr);
    assert_eq!(stand.depth("conversations.dead").await, Some(0));
    jobs.extend(bodies(&stand.drain("conversations").await));
    jobs.sort();
    jobs.dedup();
    assert_eq!(jobs, (0..COUNT).map(id).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_that_is_interrupted_keeps_the_order_of_the_rest() {
    const COUNT: usize = 1_000;
    let stand = Stand::new().await;
    let (jobs, dead, code) = interrupted(&stand, COUNT, "INT").await;
    assert_eq!(code, Some(130));
    let all: Vec<_> = jobs.into_iter().chain(dead).collect();
    assert_eq!(all, (0..COUNT).map(id).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_wait_are_found_and_run_now_with_their_attempts() {
    let stand = Stand::new().await;
    let delays = [("AMQP_RETRY_DELAYS", "2s,6h")];
    let applied = stand.interceptor(&["topology", "apply"], &delays).await;
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let lanes = stand.name("conversations.lanes");
    for number in 0..3 {
        let expiring = letter("job", "genesys_timeout", 1).with_expiration("20000000".into());
        stand
            .publish(&lanes, "retry.6h", id(number).as_bytes(), expiring)
            .await;
    }
    stand.until_depth("conversations.retry.6h", 3).await;

    let one = id(1);
    let arguments = ["dead-letters", "list", "--waiting", "--id", &one];
    let listed = stand.interceptor(&arguments, &delays).await;
    let rows: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(rows.len(), 2, "{}", listed.stdout);
    assert!(
        rows[1].contains("genesys_timeout") && rows[1].ends_with(".retry.6h"),
        "{}",
        rows[1]
    );
    stand.until_depth("conversations.retry.6h", 3).await;

    let arguments = ["dead-letters", "redrive", "--waiting", "--id", &one];
    let redriven = stand.interceptor(&arguments, &delays).await;
    assert_eq!(redriven.code, Some(0), "{}", redriven.stderr);
    stand.until_depth("conversations.retry.6h", 2).await;
    let jobs = stand.drain("conversations").await;
    assert_eq!(bodies(&jobs), [one]);
    assert_eq!(jobs[0].headers["interceptor-attempt"], 3);
    assert_eq!(jobs[0].headers["interceptor-redrives"], 1);
    assert!(jobs[0].headers["interceptor-first-seen"].is_string());

    // What was looked at is still tried in time.
    stand
        .publish(
            &lanes,
            "retry.2s",
            ID.as_bytes(),
            BasicProperties::default(),
        )
        .await;
    let listed = stand
        .interceptor(&["dead-letters", "list", "--waiting"], &delays)
        .await;
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    stand.until_depth("conversations", 1).await;
    assert_eq!(stand.depth("conversations.retry.6h").await, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn unrouted_records_go_where_they_were_published_to() {
    let stand = Stand::new().await;
    let [transcripts, audit] = ["late.transcripts", "late.audit"].map(|name| stand.name(name));
    let exchanges = [
        ("AMQP_TRANSCRIPTS_EXCHANGE", transcripts.as_str()),
        ("AMQP_AUDIT_EXCHANGE", audit.as_str()),
    ];
    let applied = stand.interceptor(&["topology", "apply"], &exchanges).await;
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let record = |id: &str| {
        BasicProperties::default()
            .with_message_id(id.into())
            .with_correlation_id(ID.into())
            .with_timestamp(1_700_000_000)
    };
    for (exchange, key, message_id) in [
        (&transcripts, "transcript.sanitized", "t-1"),
        (&audit, "audit.success", "a-1"),
        (&audit, "audit.failed", "a-2"),
    ] {
        stand
            .publish(exchange, key, b"{}", record(message_id))
            .await;
    }
    stand.until_depth("late.transcripts.unrouted", 1).await;
    stand.until_depth("late.audit.unrouted", 2).await;

    let redrive = ["dead-letters", "redrive", "--unrouted"];
    let listed = stand
        .interceptor(
            &["dead-letters", "list", "--unrouted", "--json"],
            &exchanges,
        )
        .await;
    let listed = lines(&listed);
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[0]["conversationId"], ID);
    assert_eq!(listed[0]["firstSeen"], "2023-11-14T22:13:20Z");
    stand.until_depth("late.audit.unrouted", 2).await;

    // Nobody has bound a queue: they come back, and it says so.
    let back = stand.interceptor(&redrive, &exchanges).await;
    assert_eq!(back.code, Some(0), "{}", back.stderr);
    assert!(back.stderr.contains("are back"), "{}", back.stderr);
    stand.until_depth("late.audit.unrouted", 2).await;
    stand.until_depth("late.transcripts.unrouted", 1).await;

    let consumer = stand.name("late.consumer");
    let options = QueueDeclareOptions::durable();
    let declared =
        stand
            .channel
            .queue_declare(consumer.as_str().into(), options, FieldTable::default());
    declared.await.unwrap();
    for exchange in [&transcripts, &audit] {
        let bound = stand.channel.queue_bind(
            consumer.as_str().into(),
            exchange.as_str().into(),
            "#".into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        bound.await.unwrap();
    }
    let arguments = ["dead-letters", "redrive", "--unrouted", "--id", "a-2"];
    let one = stand.interceptor(&arguments, &exchanges).await;
    assert_eq!(one.code, Some(0), "{}", one.stderr);
    stand.until_depth("late.consumer", 1).await;
    let all = stand.interceptor(&redrive, &exchanges).await;
    assert_eq!(all.code, Some(0), "{}", all.stderr);
    stand.until_depth("late.consumer", 3).await;
    let arrived = stand.drain("late.consumer").await;
    let arrived: Vec<_> = arrived
        .iter()
        .map(|m| (m.exchange.as_str(), m.key.as_str(), m.message_id.as_str()))
        .collect();
    let expected = [
        (audit.as_str(), "audit.failed", "a-2"),
        (transcripts.as_str(), "transcript.sanitized", "t-1"),
        (audit.as_str(), "audit.success", "a-1"),
    ];
    assert_eq!(arrived, expected);
    assert_eq!(stand.depth("late.transcripts.unrouted").await, Some(0));
    assert_eq!(stand.depth("late.audit.unrouted").await, Some(0));
}
