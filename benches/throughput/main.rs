//! The driver of scripts/bench.sh: jobs in, the release build between, records out, and what that took.
//!
//! | file | what |
//! |---|---|
//! | `options.rs` | what is measured |
//! | `trial.rs` | one run of one row, and what makes it invalid |
//! | `special.rs` | a worker without jobs, one job at a time, very many jobs |
//! | `contender.rs` | a worker: ours or the peer |
//! | `genesys.rs` | the stand-in for Genesys and its ceiling |
//! | `broker.rs` | jobs, depths, records |
//! | `process.rs` | child processes and what the kernel says of them |
//! | `report.rs` | the table and the JSON |

#![expect(clippy::print_stdout, reason = "the table is the result")]

mod broker;
mod contender;
mod genesys;
mod options;
mod process;
mod report;
mod special;
mod trial;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use broker::Broker;
use contender::Contender;
use genesys::Genesys;
use options::{Options, Setting};
use report::{Report, Row};
use special::Alone;
use trial::Trial;

fn main() -> ExitCode {
    // `cargo bench` and `cargo test --benches` start every benchmark; this one needs what the script starts.
    let told = |argument: String| argument.starts_with("--amqp-url") || argument == "--help";
    if !std::env::args().any(told) {
        println!("throughput: run ./scripts/bench.sh");
        return ExitCode::SUCCESS;
    }
    let options = Options::parse();
    // One thread, so that it shows when the driver is the bottleneck.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(&options)));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was measured and nothing is invalid.
async fn run(options: &Options) -> Result<bool> {
    let mut report = Report::new(options);
    if let Err(error) = measure_until_told(options, &mut report).await {
        report.error = Some(format!("{error:#}"));
    }
    print!("{}", report.table());
    eprintln!("results: {}", report.write(options)?.display());
    if !report.valid() {
        eprintln!(
            "error: not everything was measured, or not rightly: see INVALID and FAILED above"
        );
    }
    Ok(report.valid())
}

/// Children are in groups of their own and do not hear of Ctrl-C: they end because what holds them is dropped.
async fn measure_until_told(options: &Options, report: &mut Report) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        measured = measure(options, report) => measured,
        _ = interrupt.recv() => bail!("interrupted"),
        _ = terminate.recv() => bail!("terminated"),
    }
}

async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let broker = Broker::connect(&options.stand.amqp_url).await?;
    let contenders: Vec<Contender> = [Some(Contender::ours(options)), Contender::peer(options)]
        .into_iter()
        .flatten()
        .collect();
    if options.idle.is_some() || options.latency.is_some() || options.soak.is_some() {
        return measure_alone(options, &broker, &contenders, report).await;
    }
    let mut genesys: Option<(Setting, Genesys)> = None;
    for setting in options.settings() {
        let of_setting = |of: &Setting| {
            (of.messages, of.api_delay_ms) == (setting.messages, setting.api_delay_ms)
        };
        if !genesys.as_ref().is_some_and(|(of, _)| of_setting(of)) {
            // The one before ends first.
            drop(genesys.take());
            genesys = Some((setting, Genesys::start(options, setting).await?));
        }
        let (_, genesys) = genesys.as_ref().context("just started")?;
        let trial = Trial {
            broker: &broker,
            broker_pid: options.stand.broker_pid,
            genesys,
            ceiling: genesys.ceiling(setting).await?,
            setting,
            timeout: Duration::from_secs(options.timeout),
        };
        report.rows.push(Row {
            setting,
            runs: Vec::new(),
        });
        for number in 0..options.runs {
            for turn in 0..contenders.len() {
                // In turns, so that neither always goes first.
                let contender = &contenders[(turn + number as usize) % contenders.len()];
                let ours = options.ids(setting);
                let ids = match contender.who {
                    "peer" => options.peer_ids.unwrap_or(ours),
                    _ => ours,
                };
                let run = trial.run(contender, ids).await?;
                eprintln!("{setting:?}, {}: {:.0}/s", run.who, run.per_second);
                report
                    .rows
                    .last_mut()
                    .context("just pushed")?
                    .runs
                    .push(run);
            }
        }
    }
    Ok(())
}

async fn measure_alone(
    options: &Options,
    broker: &Broker,
    contenders: &[Contender],
    report: &mut Report,
) -> Result<()> {
    let genesys = Genesys::start(options, Setting::QUICK).await?;
    for contender in contenders {
        let alone = Alone {
            broker,
            genesys: &genesys,
            contender,
            timeout: Duration::from_secs(options.timeout),
        };
        if let Some(seconds) = options.idle {
            report.idle.push(alone.idle(seconds).await?);
        }
        if let Some(jobs) = options.latency {
            report.latency.push(alone.latency(jobs.max(1)).await?);
        }
        if let Some(conversations) = options.soak {
            report.soak.push(alone.soak(conversations).await?);
        }
    }
    Ok(())
}
