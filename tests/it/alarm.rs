//! The broker runs out of memory for as long as ALARM_SECONDS says: no work is begun that could not be published, nothing
//! is lost, and work goes on by itself. A worker that must stop meanwhile does.

use std::time::Duration;

use fastrand::Rng;
use serde_json::json;

use crate::support::jobs::{Job, good_jobs};
use crate::support::observed::{ANY_PORT, admin_url};
use crate::support::trial::dismiss;
use crate::support::{
    LOOK_AGAIN, PATIENCE, PrivateBroker, Process, Stand, WEB_DETAILS, setting, until,
};

/// Longer than a confirm may take: the time in which the broker reads nothing does not count.
const SECONDS: u64 = 12;
const CONCURRENCY: u64 = 4;
const JOBS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_alarm_stops_work_for_as_long_as_it_lasts() {
    let alarm = Alarm::prepare().await;
    let (worker, calls) = alarm.strike().await;
    let look_until = tokio::time::Instant::now()
        + Duration::from_secs(setting("ALARM_SECONDS").unwrap_or(SECONDS));
    while tokio::time::Instant::now() < look_until {
        let begun = alarm.calls().await - calls;
        assert!(begun <= CONCURRENCY, "{begun} calls since the alarm");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    alarm.until_ready(&worker, 503).await;
    assert_eq!(
        worker.stdout_count("broker.lost"),
        0,
        "the alarm costs no connection"
    );

    let resumed = worker.one_more("broker.unblocked");
    alarm.broker.end_memory_alarm().await;
    resumed.await;
    alarm.until_ready(&worker, 200).await;
    alarm.end(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_stops_during_a_memory_alarm() {
    let alarm = Alarm::prepare().await;
    let (worker, _) = alarm.strike().await;
    // Ends while the alarm lasts, or never.
    dismiss(vec![worker]).await;
    alarm.broker.end_memory_alarm().await;
    let next = alarm.worker();
    alarm.end(next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_ends_with_the_broker_that_raised_it() {
    let alarm = Alarm::prepare().await;
    let (worker, _) = alarm.strike().await;
    let metrics = format!("{}/metrics", admin_url(&worker).await);
    let blocked = async |expected: &str| {
        let shown = reqwest::get(&metrics).await.unwrap().text().await.unwrap();
        shown.contains(&format!("interceptor_broker_blocked {expected}"))
    };
    assert!(blocked("1").await);
    alarm.broker.kill().await;
    alarm.broker.restart().await;
    alarm.until_ready(&worker, 200).await;
    assert!(
        blocked("0").await,
        "nobody unblocks a connection that is gone"
    );
    dismiss(vec![worker]).await;
}

struct Alarm {
    broker: PrivateBroker,
    stand: Stand,
    jobs: Vec<Job>,
}

impl Alarm {
    async fn prepare() -> Self {
        let broker = PrivateBroker::start().await;
        let stand = Stand::with(WEB_DETAILS, &broker.url, &[]).await;
        stand.archive().await;
        stand.faults(json!({"latencyMs": 300})).await;
        Self {
            broker,
            stand,
            jobs: good_jobs(JOBS, &mut Rng::with_seed(5)),
        }
    }

    fn worker(&self) -> Process {
        self.stand.worker(&[
            ANY_PORT,
            ("INTERCEPTOR_CONCURRENCY", &CONCURRENCY.to_string()),
            ("INTERCEPTOR_SHUTDOWN_SECONDS", "5"),
        ])
    }

    /// A worker whose broker has just told it of the alarm, and the calls that it had made by then.
    async fn strike(&self) -> (Process, u64) {
        let worker = self.worker();
        // Jobs first: under an alarm nobody can send any.
        self.stand.enqueue(&self.jobs).await;
        until("the first calls", async || self.calls().await > 0).await;
        let told = worker.one_more("broker.blocked");
        self.broker.memory_alarm().await;
        told.await;
        (worker, self.calls().await)
    }

    async fn calls(&self) -> u64 {
        let stats = self.stand.get("/simulator/stats").await;
        stats["requests"].as_u64().unwrap()
    }

    async fn until_ready(&self, worker: &Process, status: u16) {
        let url = format!("{}/readyz", admin_url(worker).await);
        until("readiness to tell of it", async || {
            reqwest::get(&url).await.unwrap().status() == status
        })
        .await;
    }

    /// The worker gets everything done, once.
    async fn end(&self, worker: Process) {
        let archive = self.stand.read_archive().await;
        let ended = self.stand.all_end(&archive, &self.jobs, PATIENCE).await;
        assert_eq!(ended, Ok(()), "{}", worker.output());
        let written = dismiss(vec![worker]).await;
        let verdict = self.stand.judge(&archive, &self.jobs, &written).await;
        verdict.assert_good("memory alarm");
    }
}
