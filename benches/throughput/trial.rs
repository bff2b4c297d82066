//! One run of one row: jobs first, then the worker, until all records lie in the sinks.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;
use uuid::Uuid;

use crate::broker::{Broker, Depths, Drained};
use crate::contender::Contender;
use crate::genesys::Genesys;
use crate::options::Setting;
use crate::process::{Usage, machine_cpu};

const POLL: Duration = Duration::from_millis(25);
/// For the broker to become quiet after the jobs have come in.
const SETTLE: Duration = Duration::from_millis(500);
/// The busiest thread of what must not be the bottleneck, in cores.
const BUSY: f64 = 0.85;
/// Beneath which the stand-in has not been asked for anything that matters, in cores.
const UNUSED: f64 = 0.02;
/// How far the stand-in's ceiling must lie above the rate.
const HEADROOM: f64 = 1.3;

/// What one run measured. CPU is in milliseconds per conversation, from the start of the processes on.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    pub(crate) who: &'static str,
    pub(crate) ids: u32,
    /// Between a tenth and nine tenths of the records.
    pub(crate) per_second: f64,
    /// From the start of the processes to the last record.
    pub(crate) per_second_with_start: f64,
    pub(crate) start_ms: f64,
    pub(crate) cpu_ms: f64,
    /// From the first record on.
    pub(crate) cpu_ms_after_start: f64,
    pub(crate) worker_cores: f64,
    /// Of the process with most.
    pub(crate) peak_mib: f64,
    pub(crate) broker_cpu_ms: f64,
    pub(crate) genesys_cpu_ms: f64,
    /// Its busiest thread, in cores.
    pub(crate) genesys_busiest: f64,
    pub(crate) genesys_ceiling: Option<f64>,
    /// Its busiest thread, in cores.
    pub(crate) driver_busiest: f64,
    /// What else ran on this machine, in cores.
    pub(crate) others_cores: f64,
    /// Jobs that were not acknowledged when the worker had ended.
    pub(crate) left_in_queue: u32,
    pub(crate) records: Drained,
    /// Why this measures nothing.
    pub(crate) invalid: Option<String>,
}

pub(crate) struct Trial<'a> {
    pub(crate) broker: &'a Broker,
    pub(crate) broker_pid: u32,
    pub(crate) genesys: &'a Genesys,
    pub(crate) ceiling: Option<f64>,
    pub(crate) setting: Setting,
    pub(crate) timeout: Duration,
}

/// The processes at one moment.
struct Moment {
    at: Instant,
    workers: Vec<Usage>,
    broker: Usage,
    genesys: Usage,
    driver: Usage,
    machine: f64,
}

impl Moment {
    fn worker_cpu(&self) -> f64 {
        self.workers.iter().map(|usage| usage.cpu).sum()
    }
}

impl Trial<'_> {
    pub(crate) async fn run(&self, contender: &Contender, ids: u32) -> Result<Run> {
        let Self {
            broker, setting, ..
        } = *self;
        contender.prepare(broker, self.genesys, setting).await?;
        broker
            .enqueue(&contender.names, &conversations(ids))
            .await?;
        tokio::time::sleep(SETTLE).await;

        let before = self.moment(Vec::new());
        let mut running = contender.start(broker, self.genesys, setting).await?;
        let mut samples = vec![(0.0, 0)];
        let mut first = None;
        let depths = loop {
            contender.check(&mut running.groups)?;
            let depths = broker.depths(&contender.names).await?;
            let done = depths.transcripts.min(depths.audits);
            let seconds = running.began.elapsed().as_secs_f64();
            samples.push((seconds, done));
            if first.is_none() && done > 0 {
                first = Some((self.moment(running.usage()), done));
            }
            if done >= ids || running.began.elapsed() > self.timeout {
                break depths;
            }
            tokio::time::sleep(POLL).await;
        };
        let after = self.moment(running.usage());
        let start = running.start;
        let began = running.began;
        // The last acknowledgements may be on their way.
        tokio::time::sleep(Duration::from_millis(200)).await;
        running.stop().await;

        let left_in_queue = broker.waiting(&contender.names).await?;
        let records = broker.drain(&contender.names, depths).await?;
        let (first, at_first) = first.unwrap_or_else(|| (self.moment(after.workers.clone()), 0));
        let wall = after.at.duration_since(began).as_secs_f64();
        let window = after.at.duration_since(before.at).as_secs_f64();
        let genesys_cpu = after.genesys.cpu - before.genesys.cpu;
        let broker_cpu = after.broker.cpu - before.broker.cpu;
        let known =
            after.worker_cpu() + genesys_cpu + broker_cpu + after.driver.cpu - before.driver.cpu;
        let each = 1000.0 / f64::from(ids);
        let (tenth, nine_tenths) = (time_of(&samples, ids, 0.1), time_of(&samples, ids, 0.9));
        let mut run = Run {
            who: contender.who,
            ids,
            per_second: 0.8 * f64::from(ids) / (nine_tenths - tenth).max(1e-3),
            per_second_with_start: f64::from(ids) / wall,
            start_ms: start.as_secs_f64() * 1000.0,
            cpu_ms: after.worker_cpu() * each,
            cpu_ms_after_start: (after.worker_cpu() - first.worker_cpu()) * 1000.0
                / f64::from((ids - at_first.min(ids)).max(1)),
            worker_cores: after.worker_cpu() / wall,
            peak_mib: after
                .workers
                .iter()
                .map(|usage| usage.peak_mib)
                .fold(0.0, f64::max),
            broker_cpu_ms: broker_cpu * each,
            genesys_cpu_ms: genesys_cpu * each,
            genesys_busiest: after.genesys.busiest_thread(&before.genesys) / window,
            genesys_ceiling: self.ceiling,
            driver_busiest: after.driver.busiest_thread(&before.driver) / window,
            others_cores: ((after.machine - before.machine - known) / window).max(0.0),
            left_in_queue,
            records,
            invalid: None,
        };
        run.invalid = run.what_is_wrong(depths);
        Ok(run)
    }

    fn moment(&self, workers: Vec<Usage>) -> Moment {
        Moment {
            at: Instant::now(),
            workers,
            broker: Usage::of_process(self.broker_pid),
            genesys: self.genesys.group.usage(),
            driver: Usage::of_process(std::process::id()),
            machine: machine_cpu(),
        }
    }
}

impl Run {
    fn what_is_wrong(&self, depths: Depths) -> Option<String> {
        let Depths {
            transcripts,
            audits,
        } = depths;
        if transcripts.min(audits) < self.ids {
            return Some(format!(
                "time is over: {transcripts} transcripts and {audits} audits"
            ));
        }
        if self.records.complete < self.ids || self.records.unsuccessful > 0 {
            return Some(format!(
                "of {} conversations {} have a transcript and an audit, and {} audits say no success",
                self.ids, self.records.complete, self.records.unsuccessful
            ));
        }
        if self.genesys_busiest > BUSY {
            return Some(format!(
                "the stand-in for Genesys is the bottleneck: {:.2} of a core",
                self.genesys_busiest
            ));
        }
        if self.driver_busiest > BUSY {
            return Some(format!(
                "the driver is the bottleneck: {:.2} of a core",
                self.driver_busiest
            ));
        }
        let used = self.genesys_cpu_ms / 1000.0 * self.per_second_with_start > UNUSED;
        match self.genesys_ceiling {
            Some(ceiling) if used && ceiling < HEADROOM * self.per_second => Some(format!(
                "the stand-in for Genesys serves {ceiling:.0}/s at most, less than {HEADROOM} x the rate"
            )),
            _ => None,
        }
    }
}

/// The same ids in every run, so that every run has the same work.
pub(crate) fn conversations(count: u32) -> Vec<String> {
    (0..count)
        .map(|number| {
            let name = format!("https://bench.example.com/conversations/{number}");
            Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
        })
        .collect()
}

/// When that share of the records was there, read between the samples.
fn time_of(samples: &[(f64, u32)], ids: u32, share: f64) -> f64 {
    let wanted = f64::from(ids) * share;
    let (mut earlier, mut less) = (0.0, 0.0);
    for &(time, count) in samples {
        let count = f64::from(count);
        if count >= wanted {
            return earlier + (time - earlier) * (wanted - less) / (count - less).max(1.0);
        }
        (earlier, less) = (time, count);
    }
    earlier
}
