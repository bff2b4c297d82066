//! What operators are told over HTTP: whether the worker lives and is ready, and the status page, also in a browser.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::browser::{Browser, browser};
use crate::support::observed::Observed;
use crate::support::{PLATFORM, Stand, WEB_DETAILS, free_port, until};

const TAB: (&str, u32) = ("Tab", 9);
const ENTER: (&str, u32) = ("Enter", 13);

async fn report(observed: &Observed) -> Value {
    serde_json::from_str(&observed.until("status.json", 200, "{").await).unwrap()
}

async fn until_report(
    observed: &Observed,
    what: &str,
    condition: impl Fn(&Value) -> bool,
) -> Value {
    let mut found = Value::Null;
    until(what, async || {
        found = report(observed).await;
        condition(&found)
    })
    .await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn stuck_jobs_are_told_of_before_they_end_the_process() {
    let stand = Stand::speaking(PLATFORM).await;
    // As many as there are threads: none is left to answer but that of the health endpoints.
    let threads = std::thread::available_parallelism().unwrap().get();
    let ids = stand.send_conversations(threads).await;
    let spins: Vec<_> = ids.iter().map(|id| format!("fetched {id}=spin")).collect();
    let observed = Observed::start(&stand, &[("INTERCEPTOR_FAILPOINT", &spins.join(";"))]).await;
    observed.until("livez", 200, "ok").await;
    let reason = observed.until("livez", 503, "let go of its thread").await;
    assert_eq!(reason.lines().count(), 1, "{reason}");
    let address = observed.url.trim_start_matches("http://");
    let changes = [("INTERCEPTOR_ADMIN_ADDR", address)];
    let checked = stand.interceptor(&["check", "--live"], &changes).await;
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    assert!(checked.stderr.contains(reason.trim()), "{}", checked.stderr);
    observed.worker.stdout_line("job.stuck").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_missing_broker_nor_a_missing_token_is_a_want_of_life() {
    let stand = Stand::speaking(WEB_DETAILS).await;
    stand.faults(json!({"revoked": true})).await;
    let nowhere = format!("amqp://guest:guest@127.0.0.1:{}/%2f", free_port());
    let observed = Observed::start(&stand, &[("AMQP_URL", &nowhere)]).await;
    let reasons = observed.until("readyz", 503, "connect to the broker").await;
    assert!(reasons.contains("no access token"), "{reasons}");
    assert_eq!(reasons.lines().count(), 2, "{reasons}");
    assert_eq!(observed.get("livez").await, Some((200, "ok\n".to_owned())));
    let report = report(&observed).await;
    assert_eq!(report["ready"], json!(false));
    assert_eq!(report["queues"], json!([]));
    assert_eq!(report["broker"]["connected"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_a_token_takes_no_job_and_is_ready_when_it_has_one() {
    let stand = Stand::speaking(PLATFORM).await;
    stand.faults(json!({"revoked": true})).await;
    stand.send_conversations(2).await;
    let observed = Observed::start(&stand, &[("GENESYS_RATE_SHARING", "none")]).await;
    let reasons = observed.until("readyz", 503, "GENESYS_CLIENT_SECRET").await;
    assert!(reasons.contains("no access token"), "{reasons}");
    assert_eq!(reasons.lines().count(), 2, "{reasons}");
    stand.until_depth("conversations", 2).await;
    assert_eq!(stand.records.count("audit.retrying"), 0);
    stand.faults(json!({})).await;
    observed.until("readyz", 200, "ok").await;
    stand.records.until_transcripts(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_agrees_with_the_metrics_and_names_no_conversation() {
    let stand = Stand::speaking(PLATFORM).await;
    let ids = stand.conversations(8).await;
    stand.faults(json!({"notFound": [ids[7]]})).await;
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
    let report = until_report(
        &observed,
        "all jobs in the report, and in its history",
        |report| {
            let history = report["history"].as_array().unwrap();
            report["conversations"]["published"] == json!(7.0)
                && report["conversations"]["failed"] == json!(1.0)
                && report["inFlight"]["jobs"] == json!(0.0)
                && history.last().is_some_and(|p| p["p99"].is_number())
        },
    )
    .await;
    assert_eq!(report["ready"], json!(true), "{report}");
    assert_eq!(report["deadLetters"]["conversation_not_found"], json!(1.0));
    let budget = json!({"limit": 6000.0, "share": 5700.0, "members": 1.0});
    for (name, value) in budget.as_object().unwrap() {
        assert_eq!(&report["budget"][name], value, "{name} in {report}");
    }
    let point = report["history"].as_array().unwrap().last().unwrap();
    assert!(point["published"].as_f64() > Some(0.0), "{point}");
    assert!(point["p50"].as_f64() <= point["p99"].as_f64(), "{point}");

    let (_, metrics) = observed.get("metrics").await.unwrap();
    let redactions = report["redactions"].as_object().unwrap();
    assert!(!redactions.is_empty());
    for (kind, count) in redactions {
        let line = format!("interceptor_redactions_total{{type=\"{kind}\"}} {count}");
        let line = line.trim_end_matches(".0");
        assert!(metrics.lines().any(|found| found == line), "{line}");
    }
    let text = report.to_string();
    assert!(ids.iter().all(|id| !text.contains(id.as_str())), "{text}");

    // Only what is newer, for whoever has the rest.
    let at = point["at"].as_i64().unwrap();
    let (_, newer) = observed
        .get(&format!("status.json?after={at}"))
        .await
        .unwrap();
    let newer: Value = serde_json::from_str(&newer).unwrap();
    let points = newer["history"].as_array().unwrap();
    assert!(points.iter().all(|point| point["at"].as_i64() > Some(at)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_the_queues_is_counted_while_somebody_looks() {
    let stand = Stand::speaking(PLATFORM).await;
    let observed = Observed::start(&stand, &[]).await;
    let ready = |report: &Value, role: &str| {
        let queues = report["queues"].as_array().unwrap();
        let found = queues.iter().find(|queue| queue["role"] == role);
        found.and_then(|queue| queue["ready"].as_u64())
    };
    stand.send_via_lanes("dead", b"{}").await;
    until_report(&observed, "a dead letter", |report| {
        ready(report, "dead") == Some(1)
    })
    .await;
    let report = report(&observed).await;
    let queue = &report["queues"][0];
    assert_eq!(queue["role"], "jobs");
    assert_eq!(queue["queue"], json!(stand.name("conversations")));
    assert_eq!(ready(&report, "jobs"), Some(0));
    assert_eq!(ready(&report, "retry.3s"), Some(0), "{report}");

    // A queue that was deleted is not known, and disturbs nobody.
    let options = Default::default();
    let unrouted = stand.name("audit.unrouted");
    stand
        .channel
        .queue_delete(unrouted.as_str().into(), options)
        .await
        .unwrap();
    until_report(&observed, "a queue that is unknown", |report| {
        ready(report, "audit.unrouted").is_none() && ready(report, "dead") == Some(1)
    })
    .await;
    assert_eq!(observed.worker.stdout_count("broker.lost"), 0);
    stand.send_conversations(1).await;
    stand.records.until_transcripts(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_kept_by_nobody_and_may_load_nothing() {
    let stand = Stand::speaking(WEB_DETAILS).await;
    let observed = Observed::start(&stand, &[]).await;
    observed.until("livez", 200, "ok").await;
    let page = reqwest::get(&observed.url).await.unwrap();
    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let json = reqwest::get(format!("{}/status.json", observed.url)).await;
    let json = json.unwrap();
    assert_eq!(json.headers()["cache-control"], "no-store");
    assert_eq!(json.headers()["content-type"], "application/json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_shows_the_page_under_load_and_says_when_the_worker_is_gone() {
    let Some(mut browser) = browser() else {
        return;
    };
    let stand = Stand::speaking(PLATFORM).await;
    let observed = loaded(&stand).await;

    browser.look(1280, 900, &[("prefers-color-scheme", "light")]);
    browser.open(&observed.url).await;
    browser
        .until("document.body.dataset.state === 'ready'")
        .await;
    let drawn = "document.querySelectorAll('.line.s0')[1].getAttribute('d').includes('L')";
    browser.until(drawn).await;
    browser
        .until("/^[1-9]/.test(document.getElementById('f-rate').textContent)")
        .await;
    browser
        .until("!document.getElementById('queues').textContent.includes('Counting')")
        .await;
    it_reads_well(&mut browser);
    it_is_used_by_keyboard(&mut browser).await;

    let mut pictures = Vec::new();
    for (name, width, scheme) in [
        ("light", 1280, "light"),
        ("dark", 1280, "dark"),
        ("narrow", 360, "light"),
    ] {
        browser.look(width, 900, &[("prefers-color-scheme", scheme)]);
        browser
            .until(&format!("innerWidth === {width} && document.querySelector('.plot svg').clientWidth < {width}"))
            .await;
        let overflow = "document.documentElement.scrollWidth > innerWidth";
        assert_eq!(browser.value(overflow), json!(false), "at {width} px");
        pictures.push((
            name,
            browser.picture(&target(&format!("status-page-{name}.png"))),
        ));
    }
    browser.look(1280, 900, &[("prefers-reduced-motion", "reduce")]);
    let moving = "getComputedStyle(document.querySelector('.meter i')).transitionDuration";
    assert_eq!(browser.value(moving), json!("0s"));

    assert_eq!(browser.complaints(), [""; 0]);
    let own = format!("{}/", observed.url);
    for url in browser.requests() {
        let inside = url.starts_with(&own) || url.starts_with("data:image/svg");
        assert!(inside, "{url}");
    }

    drop(observed);
    browser
        .until("document.body.dataset.state === 'gone'")
        .await;
    browser
        .until("document.getElementById('freshness').textContent.includes('last heard')")
        .await;
    let gone = browser.picture(&target("status-page-gone.png"));
    pictures.push(("gone", gone));

    let mut grounds = Vec::new();
    for (name, picture) in &pictures {
        let colours = browser.colours(picture).await;
        assert!(colours.len() > 100, "{name} has {} colours", colours.len());
        let all: u64 = colours.iter().map(|(_, pixels)| pixels).sum();
        let (ground, pixels) = colours[0];
        assert!(pixels < all * 98 / 100, "{name} is nearly blank");
        grounds.push(ground);
    }
    assert_ne!(grounds[0], grounds[1], "dark differs from light");
}

/// A worker with some of everything behind it, and more to do than its budget allows.
async fn loaded(stand: &Stand) -> Observed {
    let ids = stand.conversations(100).await;
    stand
        .faults(json!({"notFound": [ids[0], ids[1]], "forbidden": [ids[2]]}))
        .await;
    let observed = Observed::start(
        stand,
        &[
            ("INTERCEPTOR_NOT_FOUND_SECONDS", "0"),
            ("GENESYS_REQUESTS_PER_MINUTE", "600"),
        ],
    )
    .await;
    stand.send(b"no job", Default::default()).await;
    for _ in 0..5 {
        for id in &ids {
            stand.send(id.as_bytes(), Default::default()).await;
        }
    }
    until_report(&observed, "redactions", |report| {
        report["redactions"]["EMAIL"].is_number()
    })
    .await;
    observed
}

/// Everything has a name for those who do not see it.
fn it_reads_well(browser: &mut Browser) {
    let tree = browser.call("Accessibility.getFullAXTree", json!({}));
    let named = |role: &str| -> Vec<String> {
        let nodes = tree["nodes"].as_array().unwrap().iter();
        nodes
            .filter(|node| node["role"]["value"] == role && node["ignored"] == json!(false))
            .map(|node| {
                node["name"]["value"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    };
    let charts = [named("img"), named("image")].concat();
    assert_eq!(charts.len(), 2, "{charts:?}");
    assert!(
        charts.iter().all(|name| name.contains("Now: ")),
        "{charts:?}"
    );
    assert!(named("heading").iter().any(|name| name == "Ready"));
    assert!(named("heading").iter().all(|name| !name.is_empty()));
    assert_eq!(named("main").len(), 1);
    let ids = browser.value("document.body.innerText");
    assert!(!ids.as_str().unwrap().contains("undefined"), "{ids}");
    assert!(!ids.as_str().unwrap().contains("NaN"), "{ids}");
}

async fn it_is_used_by_keyboard(browser: &mut Browser) {
    let focused = "document.activeElement.textContent.trim().slice(0, 24)";
    browser.press(TAB.0, TAB.1);
    assert_eq!(browser.value(focused), json!("Skip to the numbers"));
    browser
        .until("document.activeElement.getBoundingClientRect().top >= 0")
        .await;
    browser.press(ENTER.0, ENTER.1);
    browser.until("document.activeElement.id === 'main'").await;
    browser.press(TAB.0, TAB.1);
    browser
        .until("document.activeElement.className === 'plot'")
        .await;
    let outline = "getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.value(outline), json!("solid"));
    browser.press("ArrowLeft", 37);
    browser
        .until("document.querySelector('.when').textContent.includes(':')")
        .await;
    browser.press(TAB.0, TAB.1);
    assert_eq!(browser.value(focused), json!("As a table"));
    browser.press(ENTER.0, ENTER.1);
    browser
        .until("document.querySelectorAll('#c-rate tbody tr').length > 0")
        .await;
    browser.press(ENTER.0, ENTER.1);
    browser
        .until("!document.querySelector('#c-rate details').open")
        .await;
}

fn target(file: &str) -> PathBuf {
    // Beside the binary under test, in the folder of the profile.
    let folder = Path::new(env!("CARGO_BIN_EXE_interceptor"))
        .ancestors()
        .nth(2);
    folder.unwrap().join(file)
}
