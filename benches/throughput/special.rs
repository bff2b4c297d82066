//! What a row does not show: a worker without jobs, one job at a time, very many jobs.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use crate::broker::{Broker, next};
use crate::contender::{Contender, Running};
use crate::genesys::Genesys;
use crate::options::Setting;
use crate::trial::conversations;

/// Until a worker that has nothing to do is quiet.
const QUIET: Duration = Duration::from_secs(3);
/// Jobs before those whose latency is measured.
const WARM_UP: u32 = 50;
/// The first mark of a soak.
const EARLY: u32 = 10_000;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Idle {
    pub(crate) who: &'static str,
    pub(crate) seconds: f64,
    pub(crate) start_ms: f64,
    /// Of one core.
    pub(crate) cpu_percent: f64,
    pub(crate) rss_mib: f64,
    pub(crate) peak_mib: f64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Latency {
    pub(crate) who: &'static str,
    pub(crate) jobs: u32,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Soak {
    pub(crate) who: &'static str,
    pub(crate) conversations: [u32; 2],
    /// After each of these, at rest.
    pub(crate) rss_mib: [f64; 2],
    pub(crate) peak_mib: [f64; 2],
    pub(crate) growth: f64,
    pub(crate) per_second: f64,
}

/// A worker that is measured by itself.
pub(crate) struct Alone<'a> {
    pub(crate) broker: &'a Broker,
    pub(crate) genesys: &'a Genesys,
    pub(crate) contender: &'a Contender,
    pub(crate) timeout: Duration,
}

impl Alone<'_> {
    async fn start(&self) -> Result<Running> {
        self.contender
            .prepare(self.broker, self.genesys, Setting::QUICK)
            .await?;
        self.contender
            .start(self.broker, self.genesys, Setting::QUICK)
            .await
    }

    async fn end(&self, running: Running) -> Result<()> {
        running.stop().await;
        self.broker.remove_sinks(&self.contender.names).await
    }

    pub(crate) async fn idle(&self, seconds: u64) -> Result<Idle> {
        let mut running = self.start().await?;
        tokio::time::sleep(QUIET).await;
        let began = Instant::now();
        let before = running.groups[0].usage();
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let after = running.groups[0].usage();
        let took = began.elapsed().as_secs_f64();
        self.contender.check(&mut running.groups)?;
        let idle = Idle {
            who: self.contender.who,
            seconds: took,
            start_ms: running.start.as_secs_f64() * 1000.0,
            cpu_percent: 100.0 * (after.cpu - before.cpu) / took,
            rss_mib: after.rss_mib,
            peak_mib: after.peak_mib,
        };
        self.end(running).await?;
        Ok(idle)
    }

    /// From the publishing of a job to the delivery of its audit record. A worker acknowledges when that is confirmed,
    /// and the broker confirms and delivers it in the same moment.
    pub(crate) async fn latency(&self, jobs: u32) -> Result<Latency> {
        let names = &self.contender.names;
        let running = self.start().await?;
        let (_transcripts, mut audits) = self.broker.consume(names).await?;
        let mut took = Vec::new();
        let began = Instant::now();
        for (number, id) in conversations(WARM_UP + jobs).iter().enumerate() {
            let sent = Instant::now();
            self.broker.enqueue(names, std::slice::from_ref(id)).await?;
            next(&mut audits).await?;
            if number >= WARM_UP as usize {
                took.push(sent.elapsed().as_secs_f64() * 1000.0);
            }
            if began.elapsed() > self.timeout {
                bail!(
                    "one job after the other: only {number} within {} s",
                    self.timeout.as_secs()
                );
            }
        }
        self.end(running).await?;
        took.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        Ok(Latency {
            who: self.contender.who,
            jobs,
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            max_ms: at(1.0),
        })
    }

    /// The records are consumed as they come: so many would fill the broker.
    pub(crate) async fn soak(&self, conversations_in_all: u32) -> Result<Soak> {
        let names = &self.contender.names;
        let mut running = self.start().await?;
        let (mut transcripts, mut audits) = self.broker.consume(names).await?;
        let ids = conversations(conversations_in_all);
        // Of a short soak, a twentieth: as 10,000 of 200,000.
        let early = EARLY.min(conversations_in_all / 20);
        let mut marks = Vec::new();
        let began = Instant::now();
        for part in [&ids[..early as usize], &ids[early as usize..]] {
            let consume = async {
                for _ in part {
                    next(&mut transcripts).await?;
                    next(&mut audits).await?;
                }
                Ok(())
            };
            let left = self.timeout.saturating_sub(began.elapsed());
            let both = async { tokio::try_join!(self.broker.enqueue(names, part), consume) };
            let in_time = tokio::time::timeout(left, both).await;
            in_time.context("the soak takes longer than --timeout allows")??;
            tokio::time::sleep(QUIET).await;
            self.contender.check(&mut running.groups)?;
            marks.push((running.groups[0].usage(), began.elapsed()));
        }
        self.end(running).await?;
        let (before, after) = (&marks[0].0, &marks[1].0);
        Ok(Soak {
            who: self.contender.who,
            conversations: [early, conversations_in_all],
            rss_mib: [before.rss_mib, after.rss_mib],
            peak_mib: [before.peak_mib, after.peak_mib],
            growth: after.rss_mib / before.rss_mib.max(1.0),
            per_second: f64::from(conversations_in_all - early)
                / (marks[1].1 - marks[0].1 - QUIET).as_secs_f64(),
        })
    }
}
