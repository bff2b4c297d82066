//! What only the dialect of the published API has.

use axum::http::StatusCode;
use axum::routing::{get, post};
use lapin::BasicProperties;
use serde_json::{Value, json};

use crate::support::{
    PLATFORM, Stand, conversation, interceptor, owned, run, serve, shared_broker, transcripts_file,
};

async fn send(stand: &Stand, id: &str) {
    stand.send(id.as_bytes(), BasicProperties::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_dialects_publish_the_same_texts() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.send_conversations(10).await;
    let worker = stand.worker(&[]);
    let platform = stand.records.until_transcripts(10).await;
    drop(worker);
    for id in &ids {
        send(&stand, id).await;
    }
    let _worker = stand.worker(&[("GENESYS_API", "web-details")]);
    let both = stand.records.until_transcripts(20).await;
    for transcript in &platform {
        let same = |other: &&crate::support::Record| {
            other.conversation_id() == transcript.conversation_id()
        };
        let web_details = both.iter().rfind(same).unwrap();
        assert_eq!(transcript.texts(), web_details.texts());
        for (position, message) in (1..).zip(transcript.body["messages"].as_array().unwrap()) {
            let outside = transcript.body["metrics"]["messagesSkipped"]["outsideWindow"]
                .as_i64()
                .unwrap();
            assert_eq!(message["sequenceId"], json!(position + outside));
            assert!(message["messageId"].is_string());
            assert!(["customer", "agent", "bot"].contains(&message["from"].as_str().unwrap()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_answer_is_never_published_half() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.conversations(2).await;
    stand.faults(json!({"incompleteBulk": true})).await;
    let _worker = stand.worker(&[("INTERCEPTOR_MAX_ATTEMPTS", "2")]);
    send(&stand, &ids[0]).await;
    let audit = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(audit.body["errorCode"], "transcript_incomplete");
    assert_eq!(stand.records.count("audit.retrying"), 1);
    assert_eq!(stand.records.count("transcript.sanitized"), 0);
    stand.faults(json!({})).await;
    send(&stand, &ids[1]).await;
    stand.records.until_transcripts(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_media_are_dead_lettered_and_an_open_conversation_is_published() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.conversations(2).await;
    stand
        .faults(json!({"otherMedia": [ids[0]], "openConversation": [ids[1]]}))
        .await;
    let _worker = stand.worker(&[]);
    send(&stand, &ids[0]).await;
    send(&stand, &ids[1]).await;
    let audit = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(
        (audit.conversation_id(), &audit.body["errorCode"]),
        (ids[0].as_str(), &json!("no_messages_medium"))
    );
    let open = stand.records.until_transcripts(1).await.remove(0);
    assert_eq!(open.body["endTimestamp"], Value::Null);
    assert!(open.body["startTimestamp"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_answers_are_asked_for_in_parts() {
    let texts: Vec<String> = (1..=30)
        .map(|n| format!("this is message number {n} of the conversation"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let file = transcripts_file(&[conversation("long", &texts)]);
    let options = ["--transcripts", file.path().to_str().unwrap()];
    let stand = Stand::with(PLATFORM, &shared_broker(), &options).await;
    stand.faults(json!({"tooLargeBulk": 7})).await;
    let _worker = stand.worker(&[]);
    stand.send_conversations(1).await;
    let transcript = stand.records.until_transcripts(1).await.remove(0);
    assert_eq!(transcript.texts(), texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn structured_content_becomes_text_without_links_and_secrets() {
    let stand = Stand::speaking(PLATFORM).await;
    stand
        .faults(json!({"structured": true, "shapeChaos": true}))
        .await;
    stand.send_conversations(5).await;
    let _worker = stand.worker(&[("INTERCEPTOR_CONTEXT_WINDOW", "0")]);
    let transcripts = stand.records.until_transcripts(5).await;
    for transcript in &transcripts {
        let text = String::from_utf8_lossy(&transcript.bytes);
        assert!(text.contains("[attachment: "));
        for secret in ["simulated-secret", "https://", "sessionJoinToken", "jwt"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_pauses_intake_and_names_the_role() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.conversations(1).await;
    stand
        .faults(json!({"forbidden": ids, "forbiddenCode": "missing.any.permissions"}))
        .await;
    let worker = stand.worker(&[]);
    send(&stand, &ids[0]).await;
    let line = worker.stdout_line("intake.paused").await;
    assert!(line.contains("conversation:webmessaging:view"), "{line}");
    stand.faults(json!({})).await;
    stand.records.until_transcripts(1).await;
    assert_eq!(stand.records.count("audit.failed"), 0);
}

#[tokio::test]
async fn check_tells_of_the_permission_that_reading_messages_needs() {
    let identity = async || axum::Json(json!({"organization": {"name": "Example"}}));
    let gone = async || {
        (
            StatusCode::NOT_FOUND,
            axum::Json(json!({"code": "not.found"})),
        )
    };
    let denied = async || {
        let body = json!({"code": "missing.permissions"});
        (StatusCode::FORBIDDEN, axum::Json(body))
    };
    let token = async || axum::Json(json!({"access_token": "t", "expires_in": 600}));
    let messages = "/api/v2/conversations/messages/{id}";
    let router = axum::Router::new()
        .route("/oauth/token", post(token))
        .route("/api/v2/tokens/me", get(identity))
        .route(messages, get(gone))
        .route(&format!("{messages}/messages/bulk"), post(denied));
    let url = serve(router).await;
    let settings = owned(&[
        ("GENESYS_API", "platform"),
        ("GENESYS_API_URL", &url),
        ("GENESYS_CLIENT_ID", "id"),
        ("GENESYS_CLIENT_SECRET", "secret"),
    ]);
    let checked = run(interceptor(), &["check"], &settings, b"").await;
    let line = |what: &str| {
        let mut lines = checked.stdout.lines();
        lines.find(|line| line.contains(what)).unwrap().to_owned()
    };
    assert_eq!(line("organization:"), "ok    organization: Example");
    assert!(
        line("permission:").starts_with("FAIL  permission: The OAuth client lacks a permission"),
        "{}",
        checked.stdout
    );
}
