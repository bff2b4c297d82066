//! The storm: everything that can fail fails, drawn by a seed, while jobs come in. Then nothing may be lost, differ or
//! leak.
//!
//! `scripts/chaos.sh` runs it at any size. STORM_IDS, STORM_FAULTS and STORM_SEED override the defaults.

mod fault;
mod replica;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fastrand::Rng;
use futures::future::join_all;
use serde_json::{Value, json};

use self::fault::{Round, Strike, schedule};
use self::replica::Replica;
use crate::support::checker::Verdict;
use crate::support::jobs::{Job, lasting_faults, mixed_jobs};
use crate::support::proxy::Proxy;
use crate::support::trial::dismiss;
use crate::support::{LOOK_AGAIN, PATIENCE, PLATFORM, PrivateBroker, Stand, WEB_DETAILS, setting};

const REPLICAS: usize = 3;
/// Of every answer of the API, so that jobs are in hand when a fault strikes.
const LATENCY_MS: u64 = 200;
/// Without the end of any job after the last fault.
const LAST_PATIENCE: Duration = Duration::from_secs(240);

/// What a run is made of.
#[derive(Clone, Copy)]
struct Size {
    jobs: usize,
    faults: usize,
    seed: u64,
}

/// Everything that may fail.
struct Storm {
    stand: Stand,
    broker: PrivateBroker,
    api_link: Proxy,
    replicas: Vec<Replica>,
    /// What the simulator refuses all the time.
    lasting: Value,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_in_a_storm() {
    let size = Size {
        jobs: setting("STORM_IDS").unwrap_or(300),
        faults: setting("STORM_FAULTS").unwrap_or(10),
        seed: setting("STORM_SEED").unwrap_or_else(|| fastrand::u64(1..1_000_000)),
    };
    tell(&format!("storm: {size}\n"));
    let began = Instant::now();
    let mut rng = Rng::with_seed(size.seed);
    let jobs = mixed_jobs(size.jobs, &mut rng);
    let rounds = schedule(size.faults, REPLICAS, &mut rng);
    let api = if rng.bool() { PLATFORM } else { WEB_DETAILS };

    let mut storm = Storm::prepare(api, &jobs).await;
    storm.rage(&jobs, &rounds, began).await;
    let calm = Instant::now();
    storm.set_api_faults(json!({"latencyMs": 0})).await;
    storm.stand.reconnect().await;
    let archive = storm.stand.read_archive().await;
    let ended = storm.stand.all_end(&archive, &jobs, LAST_PATIENCE).await;
    // While the workers still hold what they hold.
    let queues = storm.broker.queues().await;
    let written = storm.end().await;
    let mut verdict = storm.stand.judge(&archive, &jobs, &written).await;
    if let Err(problem) = ended {
        verdict.add(format!("{problem}\n{queues}"));
    }

    let faults = rounds
        .iter()
        .flat_map(|round| round.strikes.iter().copied());
    let times = (calm - began, began.elapsed());
    tell(&table(size, api, faults, &verdict, times));
    let mut context = size.to_string();
    if !verdict.problems().is_empty() {
        let _ = write!(context, "; logs in {}", keep(size.seed, &written).display());
    }
    verdict.assert_good(&context);
}

impl Storm {
    async fn prepare(api: &'static str, jobs: &[Job]) -> Self {
        let broker = PrivateBroker::start().await;
        let stand = Stand::with(api, &broker.url, &[]).await;
        stand.archive().await;
        let simulator = stand.simulator_url.rsplit(':').next().unwrap();
        let api_link = Proxy::before(simulator.parse().unwrap()).await;
        let mut replicas = Vec::new();
        for _ in 0..REPLICAS {
            replicas.push(Replica::start(&stand, broker.port(), &api_link).await);
        }
        let storm = Self {
            stand,
            broker,
            api_link,
            replicas,
            lasting: lasting_faults(jobs),
        };
        storm.set_api_faults(json!({})).await;
        storm
    }

    /// Round after round, each with fresh jobs in hand.
    async fn rage(&self, jobs: &[Job], rounds: &[Round], began: Instant) {
        let portion = jobs.len().div_ceil(rounds.len() + 1).max(1);
        let mut portions = jobs.chunks(portion);
        for (number, round) in rounds.iter().enumerate() {
            let names: Vec<_> = round
                .strikes
                .iter()
                .map(|(fault, at)| format!("{} @{at}", fault.name()))
                .collect();
            let at = began.elapsed().as_secs();
            tell(&format!(
                "[{at:4} s] {}/{}: {}\n",
                number + 1,
                rounds.len(),
                names.join(" + ")
            ));
            let before = self.calls().await;
            self.stand
                .enqueue(portions.next().unwrap_or_default())
                .await;
            // After a storm of the API intake may pause for up to a minute: then the fault strikes idle workers.
            let in_hand = async {
                while self.calls().await < before + round.after_calls {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            };
            let _ = tokio::time::timeout(PATIENCE, in_hand).await;
            join_all(round.strikes.iter().map(|strike| self.strike(*strike))).await;
        }
        for portion in portions {
            self.stand.enqueue(portion).await;
        }
    }

    async fn calls(&self) -> u64 {
        let stats = self.stand.get("/simulator/stats").await;
        stats["requests"].as_u64().unwrap()
    }

    /// Sets faults of the API on top of what it refuses all the time.
    async fn set_api_faults(&self, more: Value) {
        let mut faults = self.lasting.clone();
        faults["latencyMs"] = json!(LATENCY_MS);
        for (name, value) in more.as_object().unwrap() {
            faults[name] = value.clone();
        }
        self.stand.faults(faults).await;
    }

    /// Ends the workers: everything that they have written.
    async fn end(&mut self) -> Vec<(String, String)> {
        let mut written = Vec::new();
        let mut processes = Vec::new();
        for (number, mut replica) in self.replicas.drain(..).enumerate() {
            written.push((
                format!("the admin pages of worker {number}"),
                replica.pages().await,
            ));
            let (process, past) = replica.into_parts();
            written.push((format!("the earlier logs of worker {number}"), past));
            processes.push(process);
        }
        written.extend(dismiss(processes).await);
        written
    }
}

/// Past the capture of tests' output: a seed that is seen only where the test ends is no use where it hangs.
fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { jobs, faults, seed } = self;
        write!(
            f,
            "STORM_IDS={jobs} STORM_FAULTS={faults} STORM_SEED={seed}"
        )
    }
}

fn table(
    size: Size,
    api: &str,
    faults: impl Iterator<Item = Strike>,
    verdict: &Verdict,
    (raged, took): (Duration, Duration),
) -> String {
    let mut kinds = BTreeMap::<&str, usize>::new();
    for (fault, _) in faults {
        *kinds.entry(fault.name()).or_default() += 1;
    }
    let list = |counts: Vec<String>| counts.join(", ");
    let mut table = format!("\nstorm over: {size} ({api}, {REPLICAS} workers)\n");
    for (name, value) in [
        (
            "faults",
            list(
                kinds
                    .iter()
                    .map(|(kind, n)| format!("{kind} {n}"))
                    .collect(),
            ),
        ),
        ("enqueued", verdict.enqueued.to_string()),
        ("published", verdict.published.to_string()),
        (
            "dead",
            list(
                verdict
                    .dead
                    .iter()
                    .map(|(reason, n)| format!("{reason} {n}"))
                    .collect(),
            ),
        ),
        ("ignored", verdict.ignored.to_string()),
        (
            "duplicates",
            format!(
                "transcripts {}, audits {}, dead letters {}",
                verdict.duplicate_transcripts, verdict.duplicate_audits, verdict.duplicate_dead
            ),
        ),
        (
            "audits",
            list(
                verdict
                    .audits
                    .iter()
                    .map(|(status, n)| format!("{status} {n}"))
                    .collect(),
            ),
        ),
        (
            "time",
            format!("{} s, of which storm {} s", took.as_secs(), raged.as_secs()),
        ),
        ("problems", verdict.problems().len().to_string()),
    ] {
        let _ = writeln!(table, "  {name:<10}  {value}");
    }
    table
}

/// Keeps what was written, for whoever looks for the cause.
fn keep(seed: u64, written: &[(String, String)]) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("storm-{seed}"));
    std::fs::create_dir_all(&directory).unwrap();
    for (place, text) in written {
        std::fs::write(directory.join(place.replace(' ', "-")), text).unwrap();
    }
    directory
}
