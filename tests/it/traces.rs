//! Traces and metrics by OTLP: what a collector gets from the real binary, and what happens without one.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use serde_json::{Value, json};

use crate::support::otlp::{Received, Receiver, Span};
use crate::support::{
    PLATFORM, Stand, WEB_DETAILS, conversation, free_port, in_both_dialects, shared_broker,
    transcripts_file,
};

in_both_dialects!(one_trace_tells_of_a_job_and_its_retry);

const ID: &str = "6f1d8b1e-3c7d-4b0a-9c53-0a5b1f0e7d21";
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PRODUCERS_SPAN: &str = "00f067aa0ba902b7";
const PLANTED: [&str; 4] = [
    "jo.canary@example.com",
    "4111 1111 1111 1111",
    "555-0142",
    "Canary Lane",
];

/// What a producer's job carries.
fn properties(sampled: bool) -> BasicProperties {
    let parent = format!("00-{TRACE_ID}-{PRODUCERS_SPAN}-0{}", u8::from(sampled));
    let mut headers = FieldTable::default();
    let parent = AMQPValue::LongString(parent.as_str().into());
    headers.insert("traceparent".into(), parent);
    BasicProperties::default()
        .with_message_id("job-7".into())
        .with_headers(headers)
}

/// A stand whose simulator serves one conversation, with personal data in it.
async fn stand(api: &'static str) -> Stand {
    let texts = [
        "hello, my e-mail is jo.canary@example.com",
        "and my card is 4111 1111 1111 1111, call me at 555-0142",
        "I live at 12 Canary Lane, thank you very much for your help today",
    ];
    let file = transcripts_file(&[conversation(ID, &texts)]);
    let options = ["--transcripts", file.path().to_str().unwrap()];
    Stand::with(api, &shared_broker(), &options).await
}

async fn one_trace_tells_of_a_job_and_its_retry(api: &'static str) {
    let receiver = Receiver::start().await;
    let stand = stand(api).await;
    stand.faults(json!({"alwaysError": [ID]})).await;
    let worker = stand.traced_worker(
        &receiver.url,
        &[("GENESYS_MAX_RETRIES", "2"), ("RUST_LOG", "debug")],
    );
    let body = json!({"conversationId": ID, "note": "jo.canary@example.com"});
    stand
        .send(body.to_string().as_bytes(), properties(true))
        .await;
    let retrying = stand.records.until_audits("retrying", 1).await.remove(0);
    stand.faults(json!({})).await;
    let success = stand.records.until_audits("success", 1).await.remove(0);
    let transcript = stand.records.until_transcripts(1).await.remove(0);

    let queue = stand.name("conversations");
    let process = format!("process {queue}");
    let settled = |all: &Received| all.named(&process).len() == 2 && !all.metrics.is_empty();
    let all = receiver.until("two attempts", settled).await;
    let [first, second] = all.named(&process)[..] else {
        panic!("{:#?}", all.spans);
    };

    // Both continue the producer's span, and the second knows the first.
    for (attempt, span) in ["1", "2"].into_iter().zip([first, second]) {
        assert_eq!(
            (span.trace_id.as_str(), span.parent.as_str()),
            (TRACE_ID, PRODUCERS_SPAN)
        );
        assert_eq!(span.kind, SpanKind::Consumer);
        for (name, value) in [
            ("messaging.system", "rabbitmq"),
            ("messaging.operation.type", "process"),
            ("messaging.operation.name", "process"),
            ("messaging.destination.name", queue.as_str()),
            ("messaging.message.id", "job-7"),
            ("messaging.message.conversation_id", ID),
            ("interceptor.attempt", attempt),
        ] {
            assert_eq!(span.get(name), value, "{name}");
        }
    }
    assert!(first.links.is_empty());
    assert_eq!(second.links, [(TRACE_ID.to_owned(), first.id.clone())]);
    assert!(first.is_error && !second.is_error);
    assert_eq!(first.get("error.type"), "genesys_error");
    assert_eq!(first.get("interceptor.outcome"), "retrying");
    assert_eq!(second.get("interceptor.outcome"), "published");
    let attempts = all.spans.iter().filter(|span| span.name == process);
    assert!(attempts.into_iter().all(|span| span.trace_id == TRACE_ID));

    // What each attempt did.
    let lanes = stand.name("conversations.lanes");
    let audits = stand.name("audit");
    let transcripts = stand.name("transcripts");
    let ack = format!("ack {queue}");
    let to_audit = |status: &str| format!("publish {audits}:audit.{status}");
    let to_transcripts = format!("publish {transcripts}:transcript.sanitized");
    let to_retry = format!("publish {lanes}:retry.1s");
    assert_eq!(
        all.children(first),
        [&ack, "fetch", &to_audit("retrying"), &to_retry]
    );
    let mut expected = vec![
        ack.clone(),
        "fetch".to_owned(),
        to_audit("success"),
        to_transcripts.clone(),
        "scrub".to_owned(),
        "serialize".to_owned(),
    ];
    // One answer that is the transcript is read where it is used.
    expected.extend((api != PLATFORM).then(|| "validate".to_owned()));
    assert_eq!(all.children(second), expected);
    let step = |name: &str, parent: &Span| {
        let steps = all.named(name);
        let found = steps.into_iter().find(|span| span.parent == parent.id);
        found
            .unwrap_or_else(|| panic!("{name} in {parent:?}"))
            .clone()
    };
    let scrub = step("scrub", second);
    assert_eq!(all.children(&scrub), ["language", "redact"]);

    let (base, token, bulk) = match api {
        PLATFORM => (
            "/api/v2/conversations/messages/{conversationId}",
            "/oauth/token",
            Some("/api/v2/conversations/messages/{conversationId}/messages/bulk"),
        ),
        _ => (
            "/api/v2/conversations/web/details/{conversationId}",
            "/api/v2/oauth/token",
            None,
        ),
    };
    let get = format!("GET {base}");
    let mut expected = vec![get.clone()];
    expected.extend(bulk.map(|bulk| format!("POST {bulk}")));
    if api == PLATFORM {
        // One for each of the two answers.
        expected.extend(["validate".to_owned(), "validate".to_owned()]);
    }
    let fetch = step("fetch", second);
    assert_eq!(all.children(&fetch), expected);
    let fetch = step("fetch", first);
    let post = format!("POST {token}");
    assert_eq!(all.children(&fetch), [&get, &get]);
    let port = stand.simulator_url.rsplit(':').next().unwrap();
    for (resend, call) in ["", "1"].into_iter().zip(all.named(&get)) {
        assert_eq!(call.kind, SpanKind::Client);
        assert!(call.is_error);
        for (name, value) in [
            ("http.request.method", "GET"),
            ("http.response.status_code", "500"),
            ("http.request.resend_count", resend),
            ("error.type", "500"),
            ("url.template", base),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
        ] {
            assert_eq!(call.get(name), value, "{name}");
        }
    }
    // There is a token before there is a job: a trace of its own.
    let [token] = all.named(&post)[..] else {
        panic!("{:#?}", all.spans);
    };
    assert_ne!(token.trace_id, TRACE_ID);
    assert_eq!(token.get("http.response.status_code"), "200");
    assert_eq!((token.kind, token.is_error), (SpanKind::Client, false));

    let published = step(&to_transcripts, second);
    assert_eq!(published.kind, SpanKind::Producer);
    for (name, value) in [
        ("messaging.system", "rabbitmq"),
        ("messaging.operation.type", "send"),
        ("messaging.operation.name", "publish"),
        ("messaging.message.id", &transcript.message_id),
        ("messaging.message.conversation_id", ID),
    ] {
        assert_eq!(published.get(name), value, "{name}");
    }
    assert_eq!(step(&ack, second).kind, SpanKind::Client);
    assert_eq!(step(&ack, second).get("messaging.operation.type"), "settle");

    // Consumers go on from the publish that brought them the record.
    for (record, span) in [
        (&transcript, published),
        (&success, step(&to_audit("success"), second)),
        (&retrying, step(&to_audit("retrying"), first)),
    ] {
        let parent = format!("00-{TRACE_ID}-{}-01", span.id);
        assert_eq!(record.headers["traceparent"], json!(parent));
    }
    assert_eq!(success.body["traceId"], json!(TRACE_ID));

    assert_eq!(
        all.resource["service.name"],
        env!("CARGO_PKG_NAME"),
        "{:?}",
        all.resource
    );
    for name in [
        "interceptor.conversations",
        "interceptor.genesys.calls",
        "interceptor.step.duration",
        "interceptor.redaction_accuracy",
    ] {
        let has = |all: &Received| all.metrics.iter().any(|metric| metric == name);
        receiver.until(name, has).await;
    }

    // A line within the job carries the ids of its trace.
    stand.faults(json!({"invalidUtf8": true})).await;
    stand.send(ID.as_bytes(), properties(true)).await;
    let line = worker.stdout_line("message.malformed").await;
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["trace_id"], TRACE_ID);
    let third = |all: &Received| all.named(&process).len() == 3;
    let all = receiver.until("a third job", third).await;
    assert_eq!(line["span_id"], all.named(&process)[2].id.as_str());
    assert_eq!(line["span"]["conversation_id"], ID);

    worker.signal("TERM");
    assert_eq!(worker.finish().await.code, Some(0));
    for planted in PLANTED {
        assert!(!receiver.now().holds(planted), "{planted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_its_producer_does_not_sample_is_not_exported() {
    let receiver = Receiver::start().await;
    let stand = stand(WEB_DETAILS).await;
    let worker = stand.traced_worker(&receiver.url, &[]);
    stand.send(ID.as_bytes(), properties(false)).await;
    let transcript = stand.records.until_transcripts(1).await.remove(0);
    let parent = transcript.headers["traceparent"].as_str().unwrap();
    assert!(parent.starts_with(&format!("00-{TRACE_ID}-")) && parent.ends_with("-00"));
    stand.records.until_audits("success", 1).await;
    // The end of the worker brings what is left.
    worker.signal("TERM");
    assert_eq!(worker.finish().await.code, Some(0));
    let received = receiver.now();
    let spans = &received.spans;
    assert!(
        spans.iter().all(|span| span.trace_id != TRACE_ID),
        "{spans:#?}"
    );
    assert!(
        spans.iter().all(|span| span.name.contains("/token")),
        "{spans:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_receiver_jobs_go_on_and_one_line_tells_until_there_is_one() {
    let stand = Stand::new().await;
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let worker = stand.traced_worker(&url, &[("OTEL_METRIC_EXPORT_INTERVAL", "50")]);
    stand.send_conversations(40).await;
    stand.records.until_transcripts(40).await;
    worker.stdout_line("otlp.unavailable").await;
    // Many more batches fail.
    for _ in 0..5 {
        stand.send_conversations(20).await;
    }
    stand.records.until_transcripts(140).await;
    assert_eq!(worker.stdout_count("otlp.unavailable"), 1);

    let receiver = Receiver::on(port).await;
    worker.stdout_line("otlp.recovered").await;
    stand.send_conversations(1).await;
    receiver.until("spans", |all| !all.spans.is_empty()).await;
    worker.signal("TERM");
    let finished = worker.finish().await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    for (event, count) in [("otlp.unavailable", 1), ("otlp.recovered", 1)] {
        assert_eq!(finished.stdout.matches(event).count(), count, "{event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_otlp_lines_carry_the_producers_trace_alone() {
    let stand = stand(WEB_DETAILS).await;
    stand.faults(json!({"invalidUtf8": true})).await;
    let worker = stand.worker(&[("RUST_LOG", "trace")]);
    stand.send(ID.as_bytes(), properties(true)).await;
    let line = worker.stdout_line("message.malformed").await;
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["trace_id"], TRACE_ID);
    // Nobody could look it up.
    assert_eq!(line.get("span_id"), None);
    assert_eq!(line["span"]["conversation_id"], ID);
    assert_eq!(line["span"]["name"], "job");
}
