//! Faults of Genesys: what is the service's pauses intake and harms no job; what is one job's harms no other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use lapin::BasicProperties;
use serde_json::json;

use crate::support::{
    Stand, WEB_DETAILS, free_port, in_both_dialects, serve, shared_broker, until,
};

in_both_dialects!(
    revoked_credentials_pause_intake_and_lose_no_job,
    a_short_lived_token_is_renewed_before_its_end,
    one_forbidden_conversation_among_many_harms_no_other,
    one_conversation_that_always_fails_harms_no_other,
    an_outage_dead_letters_nothing,
    transient_faults_are_retried_within_the_attempt,
    a_hanging_answer_ends_with_the_timeout,
    a_long_retry_after_holds_no_delivery,
);

async fn readiness(port: u16) -> Option<(u16, String)> {
    let url = format!("http://127.0.0.1:{port}/readyz");
    let answer = reqwest::get(url).await.ok()?;
    Some((answer.status().as_u16(), answer.text().await.ok()?))
}

async fn until_ready(port: u16, expected: u16) -> String {
    let mut text = String::new();
    until(
        &format!("readiness {expected}"),
        async || match readiness(port).await {
            Some((status, body)) if status == expected => {
                text = body;
                true
            }
            _ => false,
        },
    )
    .await;
    text
}

async fn revoked_credentials_pause_intake_and_lose_no_job(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let port = free_port();
    let worker = stand.worker(&[("INTERCEPTOR_ADMIN_ADDR", &format!("127.0.0.1:{port}"))]);
    until_ready(port, 200).await;
    stand.send_conversations(5).await;
    stand.records.until_transcripts(5).await;

    stand.faults(json!({"revoked": true})).await;
    let ids = stand.conversations(40).await;
    for id in &ids[5..] {
        stand.send(id.as_bytes(), BasicProperties::default()).await;
    }
    worker.stdout_line("intake.paused").await;
    let reason = until_ready(port, 503).await;
    assert!(reason.contains("GENESYS_CLIENT_SECRET"), "{reason}");
    // All jobs wait in their queue, none in hand.
    stand.until_depth("conversations", 35).await;

    stand.faults(json!({})).await;
    stand.records.until_transcripts(40).await;
    until_ready(port, 200).await;
    stand.until_depth("conversations", 0).await;
    assert!(stand.dead_letters().await.is_empty());
    let success = stand.records.until_audits("success", 40).await;
    assert!(
        success
            .iter()
            .all(|audit| audit.body["attempt"] == json!(1)),
        "no job lost an attempt"
    );
}

async fn a_short_lived_token_is_renewed_before_its_end(api: &'static str) {
    let stand = Stand::with(api, &shared_broker(), &["--token-seconds", "2"]).await;
    let _worker = stand.worker(&[]);
    let id = stand.conversations(1).await.remove(0);
    let stats = async || stand.get("/simulator/stats").await;
    until("a second token", async || {
        stand.send(id.as_bytes(), BasicProperties::default()).await;
        stats().await["tokens"].as_u64() >= Some(2)
    })
    .await;
    stand.until_depth("conversations", 0).await;
    assert!(
        stats().await["byStatus"].get("401").is_none(),
        "renewed before it was refused"
    );
}

/// An API that refuses the first token that it gave, as after a revocation, and takes the second.
async fn api_that_revokes_its_first_token() -> (String, Arc<AtomicUsize>) {
    let tokens = Arc::new(AtomicUsize::new(0));
    let given = Arc::clone(&tokens);
    let token = async move || {
        let number = given.fetch_add(1, Ordering::Relaxed) + 1;
        axum::Json(json!({"access_token": format!("t{number}"), "expires_in": 86_400}))
    };
    let details = async |headers: HeaderMap| {
        if headers["authorization"] == "Bearer t1" {
            return (
                StatusCode::UNAUTHORIZED,
                axum::Json(json!({"code": "bad.credentials"})),
            );
        }
        (StatusCode::OK, axum::Json(json!({"messages": []})))
    };
    let router = axum::Router::new()
        .route("/api/v2/oauth/token", post(token))
        .route("/api/v2/conversations/web/details/{id}", get(details));
    (serve(router).await, tokens)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_renewed_once_and_costs_no_attempt() {
    let stand = Stand::new().await;
    let (url, tokens) = api_that_revokes_its_first_token().await;
    let worker = stand.worker(&[("GENESYS_API_URL", &url), ("INTERCEPTOR_CONCURRENCY", "1")]);
    stand.send_conversations(3).await;
    let audits = stand.records.until_audits("success", 3).await;
    assert!(audits.iter().all(|audit| audit.body["attempt"] == json!(1)));
    assert_eq!(tokens.load(Ordering::Relaxed), 2);
    assert!(!worker.output().contains("intake.paused"));
}

/// An API that refuses the credentials for one conversation, whatever the token.
async fn api_that_refuses(refused: String) -> String {
    // How long a token lives may be left out.
    let token = async || axum::Json(json!({"access_token": "t"}));
    let details = async move |Path(id): Path<String>| match id == refused {
        true => StatusCode::UNAUTHORIZED.into_response(),
        false => axum::Json(json!({"messages": []})).into_response(),
    };
    let router = axum::Router::new()
        .route("/api/v2/oauth/token", post(token))
        .route("/api/v2/conversations/web/details/{id}", get(details));
    serve(router).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_conversation_that_is_always_refused_ends_while_others_are_served() {
    let stand = Stand::new().await;
    let ids = stand.conversations(9).await;
    let url = api_that_refuses(ids[0].clone()).await;
    for id in &ids {
        stand.send(id.as_bytes(), BasicProperties::default()).await;
    }
    let _worker = stand.worker(&[("GENESYS_API_URL", &url), ("INTERCEPTOR_MAX_ATTEMPTS", "2")]);
    let mut served = 8;
    stand.records.until_audits("success", served).await;
    // Each time that others are served, the refusal is more its own.
    until("its end", async || {
        stand
            .send(ids[1].as_bytes(), BasicProperties::default())
            .await;
        served += 1;
        stand.records.until_audits("success", served).await;
        stand.depth("conversations.dead").await == Some(1)
    })
    .await;
    let audit = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(audit.conversation_id(), ids[0]);
    assert_eq!(audit.body["errorCode"], "forbidden_conversation");
    assert_eq!(audit.body["httpStatus"], json!(401));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_a_route_pauses_intake_and_loses_no_job() {
    let stand = Stand::new().await;
    let routed = Arc::new(AtomicBool::new(false));
    let open = Arc::clone(&routed);
    let token = async || axum::Json(json!({"access_token": "t", "expires_in": 600}));
    let details = async move || match open.load(Ordering::Relaxed) {
        true => axum::Json(json!({"messages": []})).into_response(),
        false => (StatusCode::NOT_FOUND, Html("default backend")).into_response(),
    };
    let router = axum::Router::new()
        .route("/api/v2/oauth/token", post(token))
        .route("/api/v2/conversations/web/details/{id}", get(details));
    let url = serve(router).await;
    let worker = stand.worker(&[("GENESYS_API_URL", &url)]);
    stand.send_conversations(4).await;
    worker.stdout_line("intake.paused").await;
    routed.store(true, Ordering::Relaxed);
    stand.records.until_audits("success", 4).await;
    assert!(stand.dead_letters().await.is_empty());
}

async fn one_forbidden_conversation_among_many_harms_no_other(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let ids = stand.conversations(100).await;
    stand.faults(json!({"forbidden": [ids[50]]})).await;
    for id in &ids {
        stand.send(id.as_bytes(), BasicProperties::default()).await;
    }
    let worker = stand.worker(&[]);
    stand.records.until_transcripts(99).await;
    let audit = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(audit.conversation_id(), ids[50]);
    assert_eq!(audit.body["errorCode"], "forbidden_conversation");
    assert_eq!(audit.body["httpStatus"], json!(403));
    assert_eq!(audit.body["attempt"], json!(2), "after one delay");
    assert!(!worker.output().contains("intake.paused"));
}

async fn one_conversation_that_always_fails_harms_no_other(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let ids = stand.conversations(100).await;
    stand.faults(json!({"alwaysError": [ids[50]]})).await;
    for id in &ids {
        stand.send(id.as_bytes(), BasicProperties::default()).await;
    }
    let worker = stand.worker(&[
        ("INTERCEPTOR_MAX_ATTEMPTS", "3"),
        ("GENESYS_MAX_RETRIES", "1"),
    ]);
    stand.records.until_transcripts(99).await;
    let audit = stand.records.until_audits("failed", 1).await.remove(0);
    assert_eq!(audit.conversation_id(), ids[50]);
    assert_eq!(audit.body["errorCode"], "genesys_error");
    assert_eq!(audit.body["attempt"], json!(3));
    assert_eq!(stand.records.count("audit.retrying"), 2);
    assert!(!worker.output().contains("intake.paused"));
    let letter = stand.dead_letters().await.remove(0);
    assert_eq!(letter.headers["interceptor-attempt"], json!(3));
}

async fn an_outage_dead_letters_nothing(api: &'static str) {
    let stand = Stand::speaking(api).await;
    stand.faults(json!({"status503": 1.0})).await;
    let ids = stand.send_conversations(30).await;
    let worker = stand.worker(&[
        ("GENESYS_MAX_RETRIES", "1"),
        ("INTERCEPTOR_MAX_ATTEMPTS", "3"),
    ]);
    worker.stdout_line("intake.paused").await;
    stand.faults(json!({})).await;
    stand.records.until_transcripts(ids.len()).await;
    stand.until_depth("conversations", 0).await;
    assert!(stand.dead_letters().await.is_empty());
    assert_eq!(stand.records.count("audit.failed"), 0);
}

async fn transient_faults_are_retried_within_the_attempt(api: &'static str) {
    let stand = Stand::speaking(api).await;
    stand
        .faults(json!({"status429": 0.1, "status500": 0.1, "reset": 0.1, "retryAfterSeconds": 1}))
        .await;
    let ids = stand.send_conversations(60).await;
    let _worker = stand.worker(&[]);
    stand.records.until_transcripts(ids.len()).await;
    stand.records.until_audits("success", ids.len()).await;
    stand.until_depth("conversations", 0).await;
    assert!(stand.dead_letters().await.is_empty());
}

async fn a_hanging_answer_ends_with_the_timeout(api: &'static str) {
    let stand = Stand::speaking(api).await;
    stand.faults(json!({"hang": 1.0})).await;
    stand.send_conversations(1).await;
    let _worker = stand.worker(&[
        ("GENESYS_TIMEOUT_SECONDS", "1"),
        ("GENESYS_MAX_RETRIES", "1"),
    ]);
    let audit = stand.records.until_audits("retrying", 1).await.remove(0);
    assert_eq!(audit.body["errorCode"], "genesys_timeout");
    stand.faults(json!({})).await;
    stand.records.until_transcripts(1).await;
}

async fn a_long_retry_after_holds_no_delivery(api: &'static str) {
    let stand = Stand::speaking(api).await;
    stand
        .faults(json!({"status429": 1.0, "retryAfterSeconds": 300}))
        .await;
    stand.send_conversations(1).await;
    let worker = stand.worker(&[("AMQP_RETRY_DELAYS", "1s,10m")]);
    let audit = stand.records.until_audits("retrying", 1).await.remove(0);
    assert_eq!(audit.body["errorCode"], "rate_limited");
    assert_eq!(audit.body["httpStatus"], json!(429));
    worker.stdout_line("intake.paused").await;
    stand.until_depth("conversations.retry.10m", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pace_keeps_within_the_limit() {
    let stand = Stand::with(
        WEB_DETAILS,
        &shared_broker(),
        &["--requests-per-minute", "600"],
    )
    .await;
    let ids = stand.send_conversations(40).await;
    let _worker = stand.worker(&[("GENESYS_REQUESTS_PER_MINUTE", "600")]);
    stand.records.until_transcripts(ids.len()).await;
    let stats = stand.get("/simulator/stats").await;
    assert!(stats["byStatus"].get("429").is_none(), "{stats}");
    assert_eq!(
        stats["requests"],
        json!(ids.len()),
        "one call per conversation"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_endpoint_is_named_with_the_switch() {
    let stand = Stand::new().await;
    stand.send_conversations(1).await;
    let url = format!("{}/nowhere", stand.simulator_url);
    let worker = stand.worker(&[("GENESYS_LOGIN_URL", &url)]);
    let line = worker.stdout_line("token.no_endpoint").await;
    for part in [
        url.as_str(),
        "web-details",
        "GENESYS_API=platform",
        "GENESYS_LOGIN_URL",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    worker.stdout_line("intake.paused").await;
    // Found out before a job was taken.
    stand.until_depth("conversations", 1).await;
    assert_eq!(stand.records.count("audit.retrying"), 0);
}
