//! `enqueue` finds what there is to do: by time and by session, all of it, resumable.

use std::collections::BTreeSet;

use axum::routing::post;
use lapin::options::BasicGetOptions;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use uuid::Uuid;

use crate::support::{
    Finished, PLATFORM, Process, Stand, WEB_DETAILS, free_port, in_both_dialects, interceptor,
    owned, run, serve, shared_broker, transcripts_file,
};

in_both_dialects!(
    since_finds_every_conversation_once,
    from_and_to_bound_the_end,
    what_a_dry_run_prints_can_be_enqueued,
    sessions_lead_to_their_conversations,
    a_killed_search_goes_on_and_skips_nothing,
    what_turns_up_late_is_found_by_the_next_search,
    a_deep_queue_is_waited_for,
    refused_credentials_are_one_line,
);

/// A conversation from `start` to `end`; its id.
fn chat(start: &str, end: &str) -> (String, Value) {
    let id = Uuid::new_v4().to_string();
    let message = |number: u8, time: &str| json!({"sequenceId": number, "from": "customer", "text": "hello there", "timestamp": time});
    let line = json!({"id": id, "messages": [message(1, start), message(2, end)]});
    (id, line)
}

/// `count` conversations, a quarter of an hour apart, from 2024-05-10 on; their file and ids.
fn chats(count: usize) -> (NamedTempFile, BTreeSet<String>) {
    let (ids, lines): (BTreeSet<_>, Vec<_>) = (0..count)
        .map(|number| {
            let (day, hour, quarter) = (10 + number / 96, number / 4 % 24, number % 4 * 15);
            let time = |second| format!("2024-05-{day}T{hour:02}:{quarter:02}:{second:02}Z");
            chat(&time(0), &time(30))
        })
        .unzip();
    (transcripts_file(&lines), ids)
}

async fn stand_of(api: &'static str, file: &NamedTempFile) -> Stand {
    let options = ["--transcripts", file.path().to_str().unwrap()];
    Stand::with(api, &shared_broker(), &options).await
}

/// The printed ids; none is printed twice.
fn printed(finished: &Finished) -> BTreeSet<String> {
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let ids: BTreeSet<String> = finished.stdout.lines().map(str::to_owned).collect();
    assert_eq!(ids.len(), finished.stdout.lines().count());
    ids
}

/// Takes all jobs from the queue.
async fn jobs(stand: &Stand) -> Vec<String> {
    let queue = stand.name("conversations");
    let options = BasicGetOptions { no_ack: true };
    let mut jobs = Vec::new();
    while let Some(job) = stand
        .channel
        .basic_get(queue.as_str().into(), options)
        .await
        .unwrap()
    {
        jobs.push(String::from_utf8(job.delivery.data).unwrap());
    }
    jobs
}

async fn since_finds_every_conversation_once(api: &'static str) {
    let stand = Stand::speaking(api).await;
    // More than fit in one answer of web-details, or on ten pages of platform.
    let all: BTreeSet<String> = stand.conversations(1_200).await.into_iter().collect();
    let found = stand
        .interceptor(&["enqueue", "--since", "25h", "--dry-run"], &[])
        .await;
    assert_eq!(printed(&found), all);
    assert_eq!(stand.depth("conversations").await, Some(0));
    let sent = stand
        .interceptor(&["enqueue", "--since", "2h", "--max-depth", "500"], &[])
        .await;
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let jobs = jobs(&stand).await;
    // 50 an hour, and the program's now is later than the simulator's.
    assert!((1..=100).contains(&jobs.len()), "{}", jobs.len());
    assert!(jobs.iter().all(|id| all.contains(id)));
}

async fn from_and_to_bound_the_end(api: &'static str) {
    let (from, to) = ("2024-05-10T12:00:00Z", "2024-05-11T12:00:00Z");
    let inside = [
        chat("2024-05-10T11:00:00Z", from),
        chat("2024-05-11T11:00:00Z", "2024-05-11T11:59:59.999Z"),
        // A guest came back within the threading window.
        chat("2024-05-08T00:00:00Z", "2024-05-10T20:00:00Z"),
    ];
    let outside = [
        chat("2024-05-10T11:00:00Z", "2024-05-10T11:59:59.999Z"),
        chat("2024-05-11T11:00:00Z", to),
        chat("2024-05-11T13:00:00Z", "2024-05-11T14:00:00Z"),
    ];
    let lines: Vec<Value> = inside
        .iter()
        .chain(&outside)
        .map(|(_, l)| l.clone())
        .collect();
    let stand = stand_of(api, &transcripts_file(&lines)).await;
    let arguments = ["enqueue", "--from", from, "--to", to];
    let sent = stand.interceptor(&arguments, &[]).await;
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let expected: BTreeSet<String> = inside.into_iter().map(|(id, _)| id).collect();
    let jobs = jobs(&stand).await;
    assert_eq!(jobs.len(), expected.len());
    assert_eq!(jobs.into_iter().collect::<BTreeSet<_>>(), expected);
}

async fn what_a_dry_run_prints_can_be_enqueued(api: &'static str) {
    let (file, ids) = chats(20);
    let stand = stand_of(api, &file).await;
    let day = ["enqueue", "--from", "2024-05-10", "--to", "2024-05-11"];
    let arguments = [&day[..], &["--dry-run"]].concat();
    // Nothing is asked of a broker.
    let broker = format!("amqp://127.0.0.1:{}/%2f", free_port());
    let found = stand
        .interceptor(&arguments, &[("AMQP_URL", &broker)])
        .await;
    assert_eq!(printed(&found), ids);
    let environment = stand.environment();
    let input = found.stdout.as_bytes();
    let sent = run(interceptor(), &["enqueue", "-"], &environment, input).await;
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let sent: BTreeSet<String> = jobs(&stand).await.into_iter().collect();
    assert_eq!(sent, ids);
}

async fn sessions_lead_to_their_conversations(api: &'static str) {
    let stand = Stand::speaking(api).await;
    // More than one query may name; the simulator refuses it.
    let ids = stand.conversations(120).await;
    let mut arguments = vec!["enqueue", "--dry-run", "--session"];
    arguments.extend(ids.iter().map(String::as_str));
    arguments.push(&ids[0]);
    let found = stand.interceptor(&arguments, &[]).await;
    assert_eq!(printed(&found), ids.iter().cloned().collect());
    let requests = stand.get("/simulator/stats").await["requests"].clone();
    assert_eq!(
        requests,
        json!(if api == WEB_DETAILS { 2 } else { 2 * 121 })
    );

    let sent = stand
        .interceptor(&["enqueue", "--session", "secret token!", &ids[1]], &[])
        .await;
    assert_eq!(sent.code, Some(1));
    assert!(sent.stderr.contains("--session 1: "), "{}", sent.stderr);
    assert!(!sent.stderr.contains("secret"), "{}", sent.stderr);
    assert_eq!(jobs(&stand).await, ids[1..2]);
}

async fn a_killed_search_goes_on_and_skips_nothing(api: &'static str) {
    let (file, ids) = chats(400);
    let stand = stand_of(api, &file).await;
    let directory = tempfile::tempdir().unwrap();
    let watermark = directory.path().join("watermark");
    let watermark = watermark.to_str().unwrap();
    let first = ["--from", "2024-05-10", "--to", "2024-05-15"];
    for depth in ["40", "170", "330"] {
        let mut arguments = vec!["enqueue", "--watermark", watermark, "--max-depth", depth];
        arguments.extend(first);
        let searching = Process::start(interceptor(), &arguments, &stand.environment());
        searching.stderr_line("waiting").await;
        searching.signal("KILL");
        assert_eq!(searching.finish().await.code, None);
    }
    let on = [
        "enqueue",
        "--watermark",
        watermark,
        "--max-depth",
        "5000",
        "--to",
    ];
    let on = [&on[..], &["2024-05-16"]].concat();
    let rest = stand.interceptor(&on, &[]).await;
    assert_eq!(rest.code, Some(0), "{}", rest.stderr);
    let sent = jobs(&stand).await;
    // What was sent since the file was last written is sent once more.
    assert!((400..=700).contains(&sent.len()), "{}", sent.len());
    assert_eq!(sent.into_iter().collect::<BTreeSet<_>>(), ids);

    let once_more = ["enqueue", "--watermark", watermark];
    let further = [&once_more[..], &["--to", "2024-05-17"]].concat();
    for arguments in [on, [&once_more[..], &first].concat(), further] {
        let again = stand.interceptor(&arguments, &[]).await;
        assert_eq!(again.code, Some(0), "{}", again.stderr);
        assert_eq!(stand.depth("conversations").await, Some(0));
    }
}

async fn what_turns_up_late_is_found_by_the_next_search(api: &'static str) {
    let stand = Stand::speaking(api).await;
    let now = jiff::Timestamp::now();
    let (id, ended) = loop {
        let id = Uuid::new_v4().to_string();
        let chat = stand.get(&format!("/simulator/conversations/{id}")).await;
        let ended: jiff::Timestamp = chat["endTimestamp"].as_str().unwrap().parse().unwrap();
        if ended + jiff::SignedDuration::from_hours(10 * 24) < now {
            break (id, ended);
        }
    };
    let hours = |hours| (ended + jiff::SignedDuration::from_hours(hours)).to_string();
    let directory = tempfile::tempdir().unwrap();
    let watermark = directory.path().join("watermark");
    let search = async |from: &str, to: &str| {
        let mut arguments = vec!["enqueue", "--watermark", watermark.to_str().unwrap()];
        arguments.extend(["--from", from, "--to", to]);
        let searched = stand.interceptor(&arguments, &[]).await;
        assert_eq!(searched.code, Some(0), "{}", searched.stderr);
        jobs(&stand).await
    };
    let from = hours(-24);
    assert!(search(&from, &hours(24)).await.is_empty());
    // The simulator lists what it does not know from the start once it was asked for it.
    let worker = stand.worker(&[]);
    stand.send(id.as_bytes(), Default::default()).await;
    stand.records.until_transcripts(1).await;
    worker.signal("TERM");
    assert_eq!(worker.finish().await.code, Some(0));
    assert_eq!(search(&from, &hours(48)).await, [id]);
    assert!(search(&from, &hours(72)).await.is_empty());
}

async fn a_deep_queue_is_waited_for(api: &'static str) {
    let (file, ids) = chats(25);
    let stand = stand_of(api, &file).await;
    let day = ["enqueue", "--from", "2024-05-10", "--to", "2024-05-11"];
    let arguments = [&day[..], &["--max-depth", "10"]].concat();
    let enqueueing = Process::start(interceptor(), &arguments, &stand.environment());
    enqueueing.stderr_line("waiting").await;
    assert_eq!(stand.depth("conversations").await, Some(10));
    let _worker = stand.worker(&[]);
    let finished = enqueueing.finish().await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    stand.records.until_transcripts(ids.len()).await;
}

async fn refused_credentials_are_one_line(api: &'static str) {
    let stand = Stand::speaking(api).await;
    stand.faults(json!({"revoked": true})).await;
    let failed = stand.interceptor(&["enqueue", "--since", "1h"], &[]).await;
    assert_eq!(failed.code, Some(1));
    assert_eq!(failed.stderr.lines().count(), 1, "{}", failed.stderr);
    assert!(failed.stderr.contains("credentials"), "{}", failed.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_leads_to_its_conversation() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.send_conversations(1).await;
    let _worker = stand.worker(&[]);
    let transcript = stand.records.until_transcripts(1).await.remove(0);
    let message = transcript.body["messages"][0]["messageId"].as_str();
    let arguments = ["enqueue", "--dry-run", "--session", message.unwrap()];
    let found = stand.interceptor(&arguments, &[]).await;
    assert_eq!(printed(&found), ids.into_iter().collect());
    let unknown = stand
        .interceptor(&["enqueue", "--session", "0123456789abcdef"], &[])
        .await;
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("no conversation was found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_ends_early_or_begins_again_is_an_error() {
    let page = |ids: std::ops::Range<u128>| -> Vec<Value> {
        let row = |id| json!({"conversationId": Uuid::from_u128(id).to_string(), "conversationEnd": "2024-05-10T12:00:00Z"});
        ids.map(row).collect()
    };
    for second in [page(0..0), page(0..100)] {
        let first = page(0..100);
        let query = async move |axum::Json(query): axum::Json<Value>| {
            let rows = match query["paging"]["pageNumber"] == 1 {
                true => &first,
                false => &second,
            };
            axum::Json(json!({"conversations": rows, "totalHits": 250}))
        };
        let token = async || axum::Json(json!({"access_token": "t"}));
        let router = axum::Router::new()
            .route("/oauth/token", post(token))
            .route("/api/v2/analytics/conversations/details/query", post(query));
        let url = serve(router).await;
        let stand = Stand::speaking(PLATFORM).await;
        let environment = [("GENESYS_API_URL", &*url), ("GENESYS_LOGIN_URL", &*url)];
        let search = [
            "enqueue",
            "--from",
            "2024-05-10",
            "--to",
            "2024-05-11",
            "--dry-run",
        ];
        let finished = stand.interceptor(&search, &environment).await;
        assert_eq!(finished.code, Some(1), "{}", finished.stdout);
        assert!(
            finished.stderr.contains("run it again"),
            "{}",
            finished.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interval_with_too_many_results_is_split() {
    let options = ["--max-results", "200"];
    let stand = Stand::with(PLATFORM, &shared_broker(), &options).await;
    let all: BTreeSet<String> = stand.conversations(1_200).await.into_iter().collect();
    let arguments = ["enqueue", "--since", "25h", "--dry-run"];
    let found = stand.interceptor(&arguments, &[]).await;
    assert_eq!(printed(&found), all);
    let stats = stand.get("/simulator/stats").await;
    assert!(stats["byStatus"]["400"].as_u64() > Some(0), "{stats}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_one_line_before_any_connection() {
    let dead_end = format!("http://127.0.0.1:{}", free_port());
    let environment = owned(&[
        ("GENESYS_API_URL", &dead_end),
        ("GENESYS_LOGIN_URL", &dead_end),
        ("GENESYS_CLIENT_ID", "id"),
        ("GENESYS_CLIENT_SECRET", "secret"),
    ]);
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "something else").unwrap();
    let file = file.path().to_str().unwrap();
    for (arguments, named) in [
        (&["--since", "soon"][..], "--since"),
        (&["--since", "-1h"], "--since"),
        (&["--from", "yesterday"], "--from"),
        (&["--from", "2024-05-10T12:00:00"], "--from"),
        (&["--from", "2999-01-01"], "--from"),
        (&["--from", "2024-05-10", "--to", "2024-05-10"], "--from"),
        (&["--from", "2024-05-10", "--to", "31.5.2024"], "--to"),
        (&["--watermark", "/nonexistent/watermark"], "--watermark"),
        (&["--watermark", file, "--since", "1h"], "--watermark"),
        (&["--session", "x", "--from", "tomorrow"], "--from"),
    ] {
        let arguments = [&["enqueue"], arguments].concat();
        let failed = run(interceptor(), &arguments, &environment, b"").await;
        assert_eq!(failed.code, Some(2), "{arguments:?}: {}", failed.stderr);
        assert_eq!(failed.stderr.lines().count(), 1, "{}", failed.stderr);
        assert!(failed.stderr.contains(named), "{}", failed.stderr);
        assert_eq!(failed.stdout, "");
    }
}
