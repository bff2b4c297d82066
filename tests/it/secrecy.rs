//! Neither personal data nor secrets come out anywhere, whatever goes wrong, with every library at its most talkative.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::routing::{get, post};
use lapin::options::QueueBindOptions;
use lapin::types::FieldTable;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::canaries::Canaries;
use crate::support::observed::{ANY_PORT, admin_url};
use crate::support::otlp::Receiver;
use crate::support::{PrivateBroker, Stand, WEB_DETAILS, serve};

const EMAIL: &str = "jo.canary@example.com";
const TEXT: &str = "write to jo.canary@example.com, my card is 4111 1111 1111 1111";
const TOKEN: &str = "token-of-the-canary-5f0c";
const CLIENT_SECRET: &str = "client-secret-of-the-canary";
const PASSWORD: &str = "password-of-the-canary";
const HASH_KEY: &str = "hash-key-of-the-canary-which-is-long-enough";
const OTLP_KEY: &str = "key-of-the-collector-canary";

/// How the API answers for a conversation: by the first digits of its id.
const ANSWERS: [(u16, &str); 8] = [
    (400, "application/json"),
    (403, "application/json"),
    (404, "application/json"),
    (500, "application/json"),
    (200, "text/html"),
    // Broken JSON, JSON of another form, a message of another form.
    (200, "application/json"),
    (200, "application/json"),
    (200, "application/json"),
];

fn id(number: u8) -> String {
    Uuid::from_bytes([number; 16]).to_string()
}

/// An API that repeats personal data in whatever it answers.
async fn talkative_api() -> String {
    let token = async || axum::Json(json!({"access_token": TOKEN, "expires_in": 86_400}));
    let router = axum::Router::new()
        .route("/api/v2/oauth/token", post(token))
        .route("/api/v2/conversations/web/details/{id}", get(details));
    serve(router).await
}

async fn details(Path(asked): Path<String>) -> (StatusCode, HeaderMap, String) {
    let number = usize::from(Uuid::try_parse(&asked).unwrap().as_bytes()[0]);
    let (status, kind) = ANSWERS.get(number).unwrap_or(&(200, "application/json"));
    let message = json!({"sequenceId": 1, "from": "customer", "text": TEXT});
    let body = match (status, number) {
        (200, 5) => format!("{{\"messages\": [\"{TEXT}\""),
        (200, 6) => json!({"messages": TEXT}).to_string(),
        (200, 7) => {
            json!({"messages": [message, {"sequenceId": TEXT, "text": [TEXT]}]}).to_string()
        }
        (200, _) => json!({"messages": [message]}).to_string(),
        _ => json!({"code": format!("refused.{EMAIL}"), "message": TEXT}).to_string(),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("content-type", *kind),
        ("inin-correlation-id", EMAIL),
        ("x-of-a-proxy", TEXT),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    (StatusCode::from_u16(*status).unwrap(), headers, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_and_no_secret_is_in_logs_traces_metrics_or_records() {
    let broker = PrivateBroker::start().await;
    broker.ctl(&["add_user", "canary", PASSWORD]).await;
    broker
        .ctl(&["set_permissions", "canary", ".*", ".*", ".*"])
        .await;
    let stand = Stand::with(WEB_DETAILS, &broker.url, &[]).await;
    let receiver = Receiver::start().await;
    let otlp_headers = format!("authorization={OTLP_KEY}");
    let api = talkative_api().await;
    let changes = [
        ("RUST_LOG", "trace"),
        ("AMQP_USERNAME", "canary"),
        ("AMQP_PASSWORD", PASSWORD),
        ("GENESYS_API_URL", &api),
        ("GENESYS_CLIENT_SECRET", CLIENT_SECRET),
        ("GENESYS_MAX_RETRIES", "1"),
        ("INTERCEPTOR_HASH_KEY", HASH_KEY),
        ANY_PORT,
        ("INTERCEPTOR_CONCURRENCY", "1"),
        ("INTERCEPTOR_MAX_ATTEMPTS", "1"),
        ("INTERCEPTOR_NOT_FOUND_SECONDS", "0"),
        ("OTEL_EXPORTER_OTLP_HEADERS", &otlp_headers),
    ];
    let worker = stand.traced_worker(&receiver.url, &changes);
    // A success between the failures: they are the jobs', not the service's.
    let failing = u8::try_from(ANSWERS.len()).unwrap() - 1;
    for number in 0..failing {
        let job = json!({"conversationId": id(number), "note": TEXT});
        stand
            .send(job.to_string().as_bytes(), Default::default())
            .await;
        stand
            .send(id(100 + number).as_bytes(), Default::default())
            .await;
    }
    stand.send(id(failing).as_bytes(), Default::default()).await;
    let published = usize::from(failing) + 1;
    stand.records.until_audits("failed", failing.into()).await;
    stand.records.until_transcripts(published).await;

    // The broker returns a dead letter, and with it to the library the body of the job.
    let (dead, lanes) = (
        stand.name("conversations.dead"),
        stand.name("conversations.lanes"),
    );
    let unbound = stand.channel.queue_unbind(
        dead.as_str().into(),
        lanes.as_str().into(),
        "dead".into(),
        FieldTable::default(),
    );
    unbound.await.unwrap();
    stand.send(TEXT.as_bytes(), Default::default()).await;
    worker.stdout_line("output.refused").await;
    let bound = stand.channel.queue_bind(
        dead.as_str().into(),
        lanes.as_str().into(),
        "dead".into(),
        QueueBindOptions::default(),
        FieldTable::default(),
    );
    bound.await.unwrap();
    stand
        .records
        .until_audits("failed", usize::from(failing) + 1)
        .await;

    // A broker that refuses the password.
    let refused = stand.worker(&[
        ("RUST_LOG", "trace"),
        ("AMQP_PASSWORD", "another-password-of-the-canary"),
    ]);
    refused.stdout_line("broker.unavailable").await;

    let metrics = reqwest::get(format!("{}/metrics", admin_url(&worker).await))
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    worker.signal("TERM");
    let finished = worker.finish().await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let exported = receiver.now();
    let jobs = usize::from(failing) * 2 + 2;
    let processed = exported
        .spans
        .iter()
        .filter(|span| span.name.starts_with("process "));
    assert_eq!(processed.count(), jobs, "the test has lost its object");
    let records: Vec<_> = stand.records.all().into_iter().map(|it| it.bytes).collect();

    let basic = format!("demo-client:{CLIENT_SECRET}");
    let canaries = Canaries::planted([("personal data", TEXT)].into_iter())
        .and("text of a conversation", TEXT)
        .and("an address", EMAIL)
        .and("the token", TOKEN)
        .and("the client's secret", CLIENT_SECRET)
        .and("the client's credentials", &basic)
        .and("the broker's password", PASSWORD)
        .and("a refused password", "another-password-of-the-canary")
        .and("the hash key", HASH_KEY)
        .and("the key of the collector", OTLP_KEY);
    let output = format!("{}\n{}", finished.stdout, finished.stderr);
    assert!(!canaries.in_text(TEXT).is_empty());
    for (place, text) in [
        ("the log", output.as_str()),
        ("the log of the refused", &refused.output()),
        ("the metrics", &metrics),
        (
            "what was exported",
            &String::from_utf8_lossy(&exported.bytes),
        ),
        ("the records", &String::from_utf8_lossy(&records.concat())),
    ] {
        assert!(text.len() > 1000, "{place} is too short to prove anything");
        let found = canaries.in_text(text);
        assert!(found.is_empty(), "{place}: {found:?}");
    }
    // Libraries did say something.
    let lines = finished.stdout.lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let debug = lines.filter(|line| line["level"] == "DEBUG").count();
    assert!(debug > 0, "the test has lost its object");
}
