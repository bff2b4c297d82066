//! The table on stdout and the JSON beside it.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::options::{Options, Setting};
use crate::special::{Idle, Latency, Soak};
use crate::trial::Run;

/// From which CPU of other programs a figure is doubtful, in cores.
const DISTURBED: f64 = 0.15;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    began: String,
    machine: Machine,
    versions: Versions,
    command: Vec<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) idle: Vec<Idle>,
    pub(crate) latency: Vec<Latency>,
    pub(crate) soak: Vec<Soak>,
    /// What ended the measuring before its end.
    pub(crate) error: Option<String>,
}

#[derive(Serialize)]
struct Machine {
    cpu: String,
    cores: usize,
    kernel: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    commit: String,
    interceptor: String,
    rabbitmq: String,
}

/// A setting with all its runs.
#[derive(Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) setting: Setting,
    pub(crate) runs: Vec<Run>,
}

impl Report {
    pub(crate) fn new(options: &Options) -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let cpuinfo = read("/proc/cpuinfo");
        let model = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let version = Command::new(options.stand.bin_dir.join("interceptor"))
            .arg("--version")
            .output();
        let version =
            version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        let hidden = [
            "--amqp-url",
            "--broker-pid",
            "--broker-version",
            "--bin-dir",
            "--commit",
            "--scratch",
            "--results",
        ];
        let command = std::env::args().skip(1);
        Self {
            began: format!("{:.0}", jiff::Timestamp::now()),
            machine: Machine {
                cpu: model.map_or_else(|| "unknown".to_owned(), |(_, model)| model.to_owned()),
                cores: std::thread::available_parallelism().map_or(0, usize::from),
                kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            },
            versions: Versions {
                commit: options.stand.commit.clone(),
                interceptor: version.unwrap_or_default(),
                rabbitmq: options.stand.broker_version.clone(),
            },
            command: command
                .filter(|argument| !hidden.iter().any(|name| argument.starts_with(name)))
                .collect(),
            rows: Vec::new(),
            idle: Vec::new(),
            latency: Vec::new(),
            soak: Vec::new(),
            error: None,
        }
    }

    pub(crate) fn valid(&self) -> bool {
        self.error.is_none()
            && self
                .rows
                .iter()
                .flat_map(|row| &row.runs)
                .all(|run| run.invalid.is_none())
    }

    /// Writes the JSON; where.
    pub(crate) fn write(&self, options: &Options) -> Result<PathBuf> {
        let path = options.json.clone().unwrap_or_else(|| {
            let name = self.began.replace([':', '-'], "");
            options.stand.results.join(format!("{name}.json"))
        });
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::write(&path, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{}, {} cores, Linux {}; {}, commit {}, RabbitMQ {}\n",
            self.machine.cpu,
            self.machine.cores,
            self.machine.kernel,
            self.versions.interceptor,
            self.versions.commit,
            self.versions.rabbitmq,
        );
        if !self.rows.is_empty() {
            text.push_str(HEADER);
        }
        for row in &self.rows {
            let [ours, peer] = ["ours", "peer"].map(|who| Medians::of(row, who));
            for medians in [&ours, &peer].into_iter().flatten() {
                medians.write(row.setting, &mut text);
            }
            if let (Some(ours), Some(peer)) = (&ours, &peer) {
                ours.write_ratio(peer, &mut text);
            }
        }
        self.write_special(&mut text);
        if let Some(error) = &self.error {
            let _ = writeln!(text, "\nFAILED: {error}");
        }
        text
    }

    fn write_special(&self, text: &mut String) {
        for idle in &self.idle {
            let _ = writeln!(
                text,
                "{}: idle over {:.0} s: CPU {:.2} % of a core, memory {:.1} MiB (peak {:.1}); consuming {:.0} ms after its start",
                idle.who,
                idle.seconds,
                idle.cpu_percent,
                idle.rss_mib,
                idle.peak_mib,
                idle.start_ms
            );
        }
        for latency in &self.latency {
            let _ = writeln!(
                text,
                "{}: job to audit record, one at a time, {} jobs: p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
                latency.who, latency.jobs, latency.p50_ms, latency.p99_ms, latency.max_ms
            );
        }
        for soak in &self.soak {
            let [early, all] = soak.conversations;
            let _ = writeln!(
                text,
                "{}: memory after {early} conversations {:.1} MiB, after {all} {:.1} MiB: {:.3} x (peaks {:.1}, {:.1}); {:.0}/s",
                soak.who,
                soak.rss_mib[0],
                soak.rss_mib[1],
                soak.growth,
                soak.peak_mib[0],
                soak.peak_mib[1],
                soak.per_second
            );
        }
    }
}

const HEADER: &str = "
| who | messages | at once | API ms | processes | ids | conv/s | CPU ms/conv | peak MiB | start ms | broker ms/conv | API busiest | API ceiling | |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// The runs of one contender in a row, as the table shows them.
struct Medians<'r> {
    runs: Vec<&'r Run>,
    per_second: f64,
    cpu_ms: f64,
    peak_mib: f64,
    start_ms: f64,
}

impl<'r> Medians<'r> {
    fn of(row: &'r Row, who: &str) -> Option<Self> {
        let runs: Vec<&Run> = row.runs.iter().filter(|run| run.who == who).collect();
        if runs.is_empty() {
            return None;
        }
        Some(Self {
            per_second: median(&runs, |run| run.per_second),
            cpu_ms: median(&runs, |run| run.cpu_ms),
            peak_mib: median(&runs, |run| run.peak_mib),
            start_ms: median(&runs, |run| run.start_ms),
            runs,
        })
    }

    fn write(&self, setting: Setting, text: &mut String) {
        let Some(first) = self.runs.first() else {
            return;
        };
        let rates = self.runs.iter().map(|run| run.per_second);
        let range = match self.runs.len() {
            1 => String::new(),
            _ => format!(
                " ({:.0}-{:.0})",
                rates.clone().fold(f64::INFINITY, f64::min),
                rates.fold(0.0, f64::max)
            ),
        };
        let ceiling = first
            .genesys_ceiling
            .map_or_else(|| "-".to_owned(), |ceiling| format!("{ceiling:.0}"));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {:.0}{range} | {:.3} | {:.1} | {:.0} | {:.3} | {:.0} % | {ceiling} | {} |",
            first.who,
            setting.messages,
            setting.concurrency,
            setting.api_delay_ms,
            setting.processes,
            first.ids,
            self.per_second,
            self.cpu_ms,
            self.peak_mib,
            self.start_ms,
            median(&self.runs, |run| run.broker_cpu_ms),
            100.0 * median(&self.runs, |run| run.genesys_busiest),
            self.remark(),
        );
    }

    fn write_ratio(&self, peer: &Self, text: &mut String) {
        if self.invalid().or(peer.invalid()).is_some() {
            text.push_str("| ours / peer | none: a run is invalid |\n");
            return;
        }
        let _ = writeln!(
            text,
            "| ours / peer | | | | | | {:.2} x | {:.4} x | {:.2} x | {:.2} x | | | | |",
            self.per_second / peer.per_second,
            self.cpu_ms / peer.cpu_ms,
            self.peak_mib / peer.peak_mib,
            self.start_ms / peer.start_ms,
        );
    }

    fn invalid(&self) -> Option<&'r str> {
        self.runs.iter().find_map(|run| run.invalid.as_deref())
    }

    fn remark(&self) -> String {
        if let Some(why) = self.invalid() {
            return format!("INVALID: {why}");
        }
        let others = median(&self.runs, |run| run.others_cores);
        if others > DISTURBED {
            return format!("disturbed: other programs took {others:.2} cores");
        }
        String::new()
    }
}

fn median(runs: &[&Run], figure: impl Fn(&Run) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(|run| figure(run)).collect();
    figures.sort_unstable_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() % 2 {
        0 => f64::midpoint(figures[middle - 1], figures[middle]),
        _ => figures[middle],
    }
}
