//! Metrics, and the bound on memory that they show.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use crate::support::observed::Observed;
use crate::support::{
    PLATFORM, Process, Stand, WEB_DETAILS, conversation, in_both_dialects, shared_broker,
    transcripts_file, until,
};

in_both_dialects!(conversations_larger_than_a_workers_room_take_turns);

/// The samples by name and labels.
async fn samples(observed: &Observed) -> BTreeMap<String, f64> {
    let Some((_, text)) = observed.get("metrics").await else {
        return BTreeMap::new();
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
        .collect()
}

async fn until_sample(observed: &Observed, name: &str, value: f64) {
    until(&format!("{name} {value}"), async || {
        samples(observed).await.get(name) == Some(&value)
    })
    .await;
}

/// The most memory that the worker ever used, in bytes.
fn peak(worker: &Process) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", worker.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes: usize = line
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|number| number.parse().ok())
        .unwrap();
    kilobytes * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_jobs_is_counted_without_any_identifier() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.conversations(5).await;
    stand.faults(json!({"notFound": [ids[4]]})).await;
    let observed = Observed::start(
        &stand,
        &[
            ("INTERCEPTOR_NOT_FOUND_SECONDS", "0"),
            ("GENESYS_REQUESTS_PER_MINUTE", "6000"),
        ],
    )
    .await;
    for id in &ids {
        stand.send(id.as_bytes(), Default::default()).await;
    }
    stand.send(b"no job", Default::default()).await;
    let published = "interceptor_conversations_total{outcome=\"published\"}";
    until_sample(&observed, published, 4.0).await;
    until_sample(
        &observed,
        "interceptor_conversations_total{outcome=\"failed\"}",
        2.0,
    )
    .await;
    until_sample(&observed, "interceptor_jobs_in_flight", 0.0).await;

    let samples = samples(&observed).await;
    for (name, value) in [
        (
            "interceptor_dead_letters_total{reason=\"malformed_job\"}",
            1.0,
        ),
        (
            "interceptor_dead_letters_total{reason=\"conversation_not_found\"}",
            1.0,
        ),
        ("interceptor_latency_seconds_count", 4.0),
        ("interceptor_calls_per_conversation_count", 5.0),
        (
            "interceptor_genesys_calls_total{endpoint=\"conversation\",status=\"200\"}",
            4.0,
        ),
        (
            "interceptor_genesys_calls_total{endpoint=\"conversation\",status=\"404\"}",
            1.0,
        ),
        (
            "interceptor_genesys_calls_total{endpoint=\"token\",status=\"200\"}",
            1.0,
        ),
        (
            "interceptor_step_duration_seconds_count{step=\"settle\"}",
            6.0,
        ),
        ("interceptor_budget_limit", 6000.0),
        ("interceptor_budget_share", 5700.0),
        ("interceptor_budget_members", 1.0),
        ("interceptor_broker_connected", 1.0),
        ("interceptor_broker_blocked", 0.0),
        ("interceptor_broker_reconnects_total", 0.0),
        ("interceptor_ready", 1.0),
        // There from the start, so that a rate counts the first one.
        (
            "interceptor_dead_letters_total{reason=\"worker_crash\"}",
            0.0,
        ),
        (
            "interceptor_messages_skipped_total{reason=\"withheld\"}",
            0.0,
        ),
        ("interceptor_in_flight_bytes", 0.0),
    ] {
        assert_eq!(samples.get(name), Some(&value), "{name} in {samples:#?}");
    }
    // Six jobs, and the first call of the next one is paid for already.
    assert!(samples["interceptor_budget_used_total"] > 6.0);
    assert!(samples.contains_key("interceptor_redaction_accuracy_ratio"));
    let text = format!("{samples:?}");
    assert!(
        text.contains("interceptor_redactions_total{type="),
        "{text}"
    );
    assert!(ids.iter().all(|id| !text.contains(id.as_str())), "{text}");
    assert!(!text.contains(&stand.prefix), "{text}");
}

async fn conversations_larger_than_a_workers_room_take_turns(api: &'static str) {
    const BOUND: usize = 48 << 20;
    const COUNT: u8 = 96;
    // Of one customer who had a lot to say, in messages of 16 KiB.
    let words = "we spoke of the weather and of nothing else at all ".repeat(320);
    let large: Vec<_> = (0..COUNT)
        .map(|number| {
            let id = Uuid::from_bytes([number; 16]).to_string();
            conversation(&id, &vec![words.as_str(); 100])
        })
        .collect();
    let file = transcripts_file(&large);
    let options = ["--transcripts", file.path().to_str().unwrap()];
    let stand = Stand::with(api, &shared_broker(), &options).await;
    let observed = Observed::start(
        &stand,
        &[
            ("INTERCEPTOR_CONCURRENCY", "96"),
            ("INTERCEPTOR_MAX_BYTES_IN_FLIGHT", &BOUND.to_string()),
        ],
    )
    .await;
    // All answers come at once.
    stand.faults(json!({"latencyMs": 200})).await;
    stand.send_conversations(COUNT.into()).await;
    stand.records.until_transcripts(COUNT.into()).await;
    until_sample(&observed, "interceptor_in_flight_bytes", 0.0).await;
    let peak = peak(&observed.worker);
    // The program itself takes a part, and the allocator keeps some; without the bound it is 190 MiB and more.
    assert!(peak < BOUND + (112 << 20), "{} MiB", peak >> 20);
    // None was put off for want of memory.
    let samples = samples(&observed).await;
    assert!(
        samples.keys().all(|name| !name.contains("retries")),
        "{samples:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_that_no_large_conversation_fits_into_is_refused() {
    let stand = Stand::speaking(WEB_DETAILS).await;
    let changes = [("INTERCEPTOR_MAX_BYTES_IN_FLIGHT", "1000000")];
    let finished = stand.interceptor(&["run"], &changes).await;
    assert_eq!(finished.code, Some(2));
    assert!(
        finished
            .stderr
            .contains("INTERCEPTOR_MAX_BYTES_IN_FLIGHT: 1000000 is too little"),
        "{}",
        finished.stderr
    );
}
