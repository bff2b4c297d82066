//! What bad input gets: a row of the table each. Nothing is lost, nothing is retried in vain.

use lapin::BasicProperties;
use serde_json::{Value, json};

use crate::support::raw::{long, send_raw};
use crate::support::{
    Stand, WEB_DETAILS, conversation, in_both_dialects, shared_broker, transcripts_file,
};

in_both_dialects!(
    a_missing_conversation_is_awaited_and_then_dead_lettered,
    broken_json_is_dead_lettered,
    a_refused_request_is_dead_lettered,
    malformed_messages_are_skipped_and_the_rest_goes_out,
    what_has_nothing_to_publish_is_published_with_its_counts,
);

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_job_is_dead_lettered_byte_for_byte() {
    let stand = Stand::new().await;
    let bodies: [&[u8]; 6] = [
        b"",
        b"not a job",
        b"550e8400-e29b-41d4-a716-44665544000g",
        b"{550e8400-e29b-41d4-a716-446655440000}",
        b"{\"conversationId\":7}",
        b"\xff\xfe\x00",
    ];
    let _worker = stand.worker(&[]);
    for (index, body) in bodies.iter().enumerate() {
        let id = format!("job-{index}");
        stand
            .send(body, BasicProperties::default().with_message_id(id.into()))
            .await;
    }
    let audits = stand.records.until_audits("failed", bodies.len()).await;
    for audit in &audits {
        assert_eq!(audit.body["conversationId"], Value::Null);
        assert_eq!(audit.body["errorCode"], "malformed_job");
        assert!(audit.body["jobId"].as_str().unwrap().starts_with("job-"));
    }
    stand
        .until_depth("conversations.dead", bodies.len() as u32)
        .await;
    let letters = stand.dead_letters().await;
    for (index, body) in bodies.iter().enumerate() {
        let id = format!("job-{index}");
        let letter = letters
            .iter()
            .find(|letter| letter.message_id.as_ref() == Some(&id))
            .unwrap();
        assert_eq!(&letter.body, body);
        assert_eq!(letter.headers["interceptor-reason"], "malformed_job");
        assert_eq!(letter.headers["interceptor-attempt"], 1);
        assert_eq!(letter.headers["interceptor-redrives"], 0);
        for header in [
            "interceptor-first-seen",
            "interceptor-error",
            "interceptor-worker",
        ] {
            assert!(letter.headers[header].is_string(), "{header}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_that_no_client_can_read_hold_up_nothing() {
    /// Of the properties: headers and `message_id`.
    const FLAGS: [u8; 2] = [0x20, 0x80];
    let stand = Stand::new().await;
    let ids = stand.conversations(3).await;
    stand.faults(json!({"notFound": [ids[1]]})).await;
    let _worker = stand.worker(&[("INTERCEPTOR_NOT_FOUND_SECONDS", "1")]);
    let mut deep = Vec::new();
    for _ in 0..2000 {
        deep = [b"\x03\xe9\xe9kF", &*long(&deep)].concat();
    }
    for id in &ids[..2] {
        let properties = [&FLAGS, &*long(&deep), b"\x04caf\xe9"].concat();
        let queue = stand.name("conversations");
        send_raw(&shared_broker(), &queue, &properties, id.as_bytes()).await;
    }
    stand
        .send(ids[2].as_bytes(), BasicProperties::default())
        .await;

    let transcripts = stand.records.until_transcripts(2).await;
    for id in [&ids[0], &ids[2]] {
        assert!(
            transcripts
                .iter()
                .any(|record| record.conversation_id() == id)
        );
    }
    // Passed on in between, properties and all.
    let audit = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(audit.body["errorCode"], "conversation_not_found");
    assert_eq!(audit.body["jobId"], "caf?");
    stand.until_depth("conversations.dead", 1).await;
}

async fn a_missing_conversation_is_awaited_and_then_dead_lettered(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let ids = stand.conversations(2).await;
    stand.faults(json!({"notFound": ids})).await;
    let _worker = stand.worker(&[("INTERCEPTOR_NOT_FOUND_SECONDS", "6")]);
    stand
        .send(ids[0].as_bytes(), BasicProperties::default())
        .await;
    stand
        .send(ids[1].as_bytes(), BasicProperties::default())
        .await;
    stand.records.until_audits("retrying", 2).await;
    // The second one turns up while it is awaited.
    stand.faults(json!({"notFound": [ids[0]]})).await;
    let transcript = stand.records.until_transcripts(1).await.remove(0);
    assert_eq!(transcript.conversation_id(), ids[1]);
    let found = stand.records.until_audits("success", 1).await.remove(0);
    assert_eq!(found.body["attempt"], json!(2));

    let lost = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(lost.conversation_id(), ids[0]);
    assert_eq!(lost.body["errorCode"], "conversation_not_found");
    assert_eq!(lost.body["httpStatus"], json!(404));
    assert!(lost.body["attempt"].as_u64().unwrap() > 1);
    assert!(lost.body["genesysCorrelationId"].is_string());
    let letter = stand.dead_letters().await.remove(0);
    assert_eq!(letter.body, ids[0].as_bytes());
    assert_eq!(
        letter.headers["interceptor-reason"],
        "conversation_not_found"
    );
    assert_eq!(letter.headers["interceptor-attempt"], lost.body["attempt"]);
}

async fn dead_letters_with(api: &'static str, faults: Value, reason: &str, error: &str) {
    let stand = Stand::speaking(api).await;
    stand.faults(faults).await;
    let ids = stand.send_conversations(2).await;
    let _worker = stand.worker(&[]);
    let audits = stand.records.until_audits("failed", 2).await;
    for audit in &audits {
        assert_eq!(audit.body["errorCode"], reason);
        assert_eq!(audit.body["error"], error);
        assert_eq!(audit.body["attempt"], json!(1));
    }
    stand.until_depth("conversations.dead", 2).await;
    for letter in stand.dead_letters().await {
        assert!(ids.iter().any(|id| id.as_bytes() == letter.body));
        assert_eq!(letter.headers["interceptor-reason"], reason);
        assert_eq!(letter.headers["interceptor-error"], error);
    }
    assert_eq!(stand.records.count("transcript.sanitized"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_over_the_limit_is_dead_lettered() {
    let error = "Transcript exceeds maximum length limit: 2097152 bytes";
    dead_letters_with(
        WEB_DETAILS,
        json!({"oversize": true}),
        "transcript_too_large",
        error,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_over_the_limit_that_does_not_say_so_is_dead_lettered() {
    let error = "Transcript exceeds maximum length limit: 2097152 bytes";
    dead_letters_with(
        WEB_DETAILS,
        json!({"oversizeUndeclared": true}),
        "transcript_too_large",
        error,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_without_messages_is_dead_lettered() {
    let error = "Invalid transcript schema: messages array missing";
    dead_letters_with(
        WEB_DETAILS,
        json!({"missingMessages": true}),
        "invalid_schema",
        error,
    )
    .await;
}

async fn broken_json_is_dead_lettered(api: &'static str) {
    let error = "The transcript is not valid JSON";
    dead_letters_with(api, json!({"truncatedJson": true}), "invalid_json", error).await;
}

async fn a_refused_request_is_dead_lettered(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let ids = stand.conversations(1).await;
    stand.faults(json!({"badRequest": ids})).await;
    let _worker = stand.worker(&[]);
    stand
        .send(ids[0].as_bytes(), BasicProperties::default())
        .await;
    let audit = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(audit.body["errorCode"], "bad_request");
    assert_eq!(audit.body["httpStatus"], json!(400));
    stand.until_depth("conversations.dead", 1).await;
}

async fn malformed_messages_are_skipped_and_the_rest_goes_out(api: &'static str) {
    let texts = [
        "hello, I have a question about my order",
        "thank you very much",
        "good bye then",
    ];
    let file = transcripts_file(&[conversation("chat", &texts)]);
    let stand = Stand::with(
        api,
        &shared_broker(),
        &["--transcripts", file.path().to_str().unwrap()],
    )
    .await;
    let worker = stand.worker(&[]);
    for (index, fault) in ["invalidUtf8", "loneSurrogate"].iter().enumerate() {
        stand.faults(json!({*fault: true})).await;
        stand.send_conversations(1).await;
        let transcript = stand
            .records
            .until_transcripts(index + 1)
            .await
            .remove(index);
        let metrics = &transcript.body["metrics"];
        assert_eq!(metrics["messagesSkipped"]["malformed"], json!(1), "{fault}");
        assert_eq!(metrics["messagesReceived"], json!(3), "{fault}");
        assert_eq!(
            transcript.body["messages"].as_array().unwrap().len(),
            2,
            "{fault}"
        );
        assert_eq!(
            transcript.body["skipped"][0]["reason"], "malformed",
            "{fault}"
        );
    }
    worker.stdout_line("message.malformed").await;
    assert!(stand.dead_letters().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_shapes_are_published_as_far_as_they_are_messages() {
    let stand = Stand::new().await;
    stand
        .faults(json!({"shapeChaos": true, "shuffle": true, "duplicateSequenceIds": true}))
        .await;
    let ids = stand.send_conversations(20).await;
    let _worker = stand.worker(&[]);
    let transcripts = stand.records.until_transcripts(ids.len()).await;
    let order = |transcript: &Value| -> Vec<i64> {
        let messages = transcript["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|message| message["sequenceId"].as_i64().unwrap())
            .collect()
    };
    assert!(
        transcripts
            .iter()
            .all(|transcript| order(&transcript.body).is_sorted())
    );
    let malformed = |transcript: &Value| {
        transcript["metrics"]["messagesSkipped"]["malformed"]
            .as_u64()
            .unwrap()
    };
    assert!(
        transcripts
            .iter()
            .any(|transcript| malformed(&transcript.body) > 0)
    );
}

async fn what_has_nothing_to_publish_is_published_with_its_counts(api: &'static str) {
    let file = transcripts_file(&[
        json!({"id": "empty", "messages": []}),
        conversation("undetermined", &["84729183", "0 0 7"]),
        conversation("blank", &["", "   "]),
    ]);
    let stand = Stand::with(
        api,
        &shared_broker(),
        &["--transcripts", file.path().to_str().unwrap()],
    )
    .await;
    let ids = stand.send_conversations(3).await;
    let _worker = stand.worker(&[]);
    let transcripts = stand.records.until_transcripts(3).await;
    let of = |id: &str| {
        transcripts
            .iter()
            .find(|t| t.conversation_id() == id)
            .unwrap()
            .body
            .clone()
    };
    for id in &ids {
        assert_eq!(of(id)["messages"], json!([]));
    }
    assert_eq!(of(&ids[0])["metrics"]["messagesReceived"], json!(0));
    assert_eq!(
        of(&ids[1])["metrics"]["messagesSkipped"]["undeterminedLanguage"],
        json!(2)
    );
    assert_eq!(of(&ids[2])["metrics"]["messagesSkipped"]["empty"], json!(2));
    stand.records.until_audits("success", 3).await;
}
