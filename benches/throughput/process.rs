//! Child processes, and what the kernel says of them. Linux only, as the scripts are.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Of utime and stime in /proc: USER_HZ is 100 on every architecture that Rust runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// A command and all that it starts: a process group of its own, killed when dropped.
pub(crate) struct Group {
    child: Child,
    ended: Option<ExitStatus>,
}

impl Group {
    /// Starts a shell command with `environment` and nothing else but what programs need; its output goes to `log`.
    pub(crate) fn start(
        command: &str,
        environment: &HashMap<String, String>,
        directory: &Path,
        log: &Path,
    ) -> Result<Self> {
        use std::os::unix::process::CommandExt as _;
        // Several may write to it.
        let opened = File::options().create(true).append(true).open(log);
        let log = opened.with_context(|| format!("cannot write {}", log.display()))?;
        let kept = ["PATH", "HOME", "LANG", "TMPDIR"];
        let kept = kept
            .iter()
            .filter_map(|name| Some((*name, std::env::var_os(name)?)));
        let child = Command::new("sh")
            .args(["-c", command])
            .env_clear()
            .envs(kept)
            .envs(environment)
            .current_dir(directory)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start '{command}'"))?;
        Ok(Self { child, ended: None })
    }

    pub(crate) fn running(&mut self) -> bool {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended.is_none()
    }

    /// Awaits the end.
    pub(crate) async fn finish(&mut self, patience: Duration) -> Option<ExitStatus> {
        let ends = Instant::now() + patience;
        while self.running() && Instant::now() < ends {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.ended
    }

    /// SIGTERM, and SIGKILL for what is left after a while.
    pub(crate) async fn stop(mut self) {
        if self.running() {
            self.signal("-TERM");
            self.finish(Duration::from_secs(30)).await;
        }
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args([signal, "--", &group])
            .stderr(Stdio::null())
            .status();
    }

    /// What it has used until now.
    pub(crate) fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        for (pid, stat) in processes().filter(|(_, stat)| stat.group == self.child.id()) {
            usage.cpu += stat.cpu;
            usage.rss_mib += memory(pid, "VmRSS:");
            usage.peak_mib += memory(pid, "VmHWM:");
            usage.add_threads(pid);
        }
        usage
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // What it started may outlive it.
        if self.running() || processes().any(|(_, stat)| stat.group == self.child.id()) {
            self.signal("-KILL");
        }
        let _ = self.child.wait();
    }
}

/// What processes have used since they began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    /// Seconds.
    pub(crate) cpu: f64,
    pub(crate) rss_mib: f64,
    pub(crate) peak_mib: f64,
    /// Seconds by thread.
    threads: HashMap<u32, f64>,
}

impl Usage {
    pub(crate) fn of_process(pid: u32) -> Self {
        let mut usage = Self {
            cpu: stat(pid).map_or(0.0, |stat| stat.cpu),
            ..Self::default()
        };
        usage.add_threads(pid);
        usage
    }

    /// CPU seconds of the thread that was busiest since `before`.
    pub(crate) fn busiest_thread(&self, before: &Self) -> f64 {
        let used = self.threads.iter();
        let used = used.map(|(id, cpu)| cpu - before.threads.get(id).copied().unwrap_or_default());
        used.fold(0.0, f64::max)
    }

    fn add_threads(&mut self, pid: u32) {
        for id in numbers(&format!("/proc/{pid}/task")) {
            // Nanoseconds on a CPU come first.
            let schedstat = fs::read_to_string(format!("/proc/{pid}/task/{id}/schedstat"));
            let nanoseconds = schedstat
                .ok()
                .and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
            self.threads
                .insert(id, nanoseconds.unwrap_or_default() / 1e9);
        }
    }
}

/// CPU seconds of the whole machine since it started: all but idle and waiting.
pub(crate) fn machine_cpu() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<f64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .take(7)
        .filter_map(|field| field.parse().ok())
        .collect();
    // user, nice, system, idle, iowait, irq, softirq
    let idle: f64 = fields.iter().skip(3).take(2).sum();
    (fields.iter().sum::<f64>() - idle) / TICKS_PER_SECOND
}

struct Stat {
    group: u32,
    cpu: f64,
}

fn stat(pid: u32) -> Option<Stat> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some(Stat {
        group: fields.get(2)?.parse().ok()?,
        // utime, stime, and those of children that have ended
        cpu: (ticks(11)? + ticks(12)? + ticks(13)? + ticks(14)?) / TICKS_PER_SECOND,
    })
}

fn processes() -> impl Iterator<Item = (u32, Stat)> {
    numbers("/proc")
        .into_iter()
        .filter_map(|pid| Some((pid, stat(pid)?)))
}

fn numbers(directory: &str) -> Vec<u32> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

fn memory(pid: u32, field: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}
