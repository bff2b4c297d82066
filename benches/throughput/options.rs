//! What is measured.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Which endpoints the worker asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Api {
    /// The tutorial's, which other workers know too.
    WebDetails,
    /// Genesys' published ones.
    Platform,
}

impl Api {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::WebDetails => "web-details",
            Self::Platform => "platform",
        }
    }
}

/// Measures the whole program, and another worker beside it: a table on stdout, everything as JSON in a file.
///
/// Exit code 1 where a run failed, or where the simulator or this driver was the bottleneck: such a row is marked and
/// measures nothing.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "bench.sh",
    after_help = AFTER_HELP,
    override_usage = "scripts/bench.sh [OPTIONS]"
)]
pub(crate) struct Options {
    /// Messages per conversation
    #[arg(
        long,
        value_name = "N,...",
        value_delimiter = ',',
        default_value = "10,50,400"
    )]
    pub(crate) messages: Vec<u32>,

    /// Jobs that a worker has in hand at once
    #[arg(
        long,
        value_name = "N,...",
        value_delimiter = ',',
        default_value = "32,128"
    )]
    pub(crate) concurrency: Vec<u32>,

    /// Milliseconds that Genesys takes for each answer
    #[arg(
        long,
        value_name = "MS,...",
        value_delimiter = ',',
        default_value = "0,50"
    )]
    pub(crate) api_delay: Vec<u64>,

    /// Worker processes on the one queue
    #[arg(
        long,
        value_name = "N,...",
        value_delimiter = ',',
        default_value = "1,2"
    )]
    pub(crate) processes: Vec<u32>,

    /// Conversations per run [default: by size, for some seconds]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) ids: Option<u32>,

    /// Runs of each row; the table shows the median
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) runs: u32,

    /// One row: 50 messages, 32 at once, no delay, one process
    #[arg(long, conflicts_with_all = ["messages", "concurrency", "api_delay", "processes"])]
    pub(crate) quick: bool,

    /// Instead of rows: CPU and memory of a worker without jobs, over so many seconds
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        default_missing_value = "60"
    )]
    pub(crate) idle: Option<u64>,

    /// Instead of rows: from a job's publishing to its audit record, one job at a time, so many times
    #[arg(
        long,
        value_name = "JOBS",
        num_args = 0..=1,
        default_missing_value = "1000"
    )]
    pub(crate) latency: Option<u32>,

    /// Instead of rows: memory after so many conversations beside that after 10,000
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        default_missing_value = "200000",
        value_parser = clap::value_parser!(u32).range(20..=2_000_000)
    )]
    pub(crate) soak: Option<u32>,

    /// The dialect
    #[arg(long, value_enum, default_value_t = Api::WebDetails)]
    pub(crate) api: Api,

    /// Another setting of our worker
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) env: Vec<(String, String)>,

    /// Another stand-in for Genesys: a shell command that serves on 127.0.0.1:$PORT conversations of $MESSAGES messages
    /// after $DELAY_MS milliseconds
    #[arg(long, value_name = "COMMAND")]
    pub(crate) fake: Option<String>,

    /// A worker to measure beside ours, in turns with it: a shell command
    #[arg(long, value_name = "COMMAND")]
    pub(crate) peer: Option<String>,

    /// Declares the peer's queues and exchanges; else a quorum queue and two topic exchanges are declared for it
    #[arg(long, value_name = "COMMAND", requires = "peer")]
    pub(crate) peer_prepare: Option<String>,

    /// A setting of the peer
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, requires = "peer")]
    pub(crate) peer_env: Vec<(String, String)>,

    /// Gives the peer our variable OLD under the name NEW as well
    #[arg(long, value_name = "NEW=OLD", value_parser = pair, requires = "peer")]
    pub(crate) env_map: Vec<(String, String)>,

    /// Conversations per run of the peer [default: as many as ours]
    #[arg(long, value_name = "N", requires = "peer", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) peer_ids: Option<u32>,

    /// After which a run has failed
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) timeout: u64,

    /// Where the results go [default: target/bench/TIME.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) stand: Stand,
}

const AFTER_HELP: &str = "\
The peer gets AMQP_URL, AMQP_QUEUE, AMQP_TRANSCRIPTS_EXCHANGE, AMQP_AUDIT_EXCHANGE, INTERCEPTOR_CONCURRENCY,
GENESYS_API_URL, GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET. Jobs are {\"conversationId\":\"<uuid>\"}; it must publish one
JSON document with that conversationId to each exchange. docs/benchmarks.md says what the figures mean.";

/// What scripts/bench.sh has started and knows.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Stand {
    #[arg(long, hide = true)]
    pub(crate) amqp_url: String,
    #[arg(long, hide = true)]
    pub(crate) broker_pid: u32,
    #[arg(long, hide = true)]
    pub(crate) broker_version: String,
    /// Of the release build
    #[arg(long, hide = true)]
    pub(crate) bin_dir: PathBuf,
    #[arg(long, hide = true)]
    pub(crate) commit: String,
    /// For logs of the workers
    #[arg(long, hide = true)]
    pub(crate) scratch: PathBuf,
    #[arg(long, hide = true)]
    pub(crate) results: PathBuf,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}

/// What one row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Setting {
    pub(crate) messages: u32,
    pub(crate) api_delay_ms: u64,
    pub(crate) concurrency: u32,
    pub(crate) processes: u32,
}

impl Options {
    /// The rows, ordered so that the simulator changes seldom.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        if self.quick {
            return vec![Setting::QUICK];
        }
        let mut settings = Vec::new();
        for &messages in &self.messages {
            for &api_delay_ms in &self.api_delay {
                for &concurrency in &self.concurrency {
                    for &processes in &self.processes {
                        settings.push(Setting {
                            messages,
                            api_delay_ms,
                            concurrency,
                            processes,
                        });
                    }
                }
            }
        }
        settings
    }

    /// Conversations per run of our worker. Not so many that the broker runs out of memory: it keeps what comes out.
    pub(crate) fn ids(&self, setting: Setting) -> u32 {
        self.ids.unwrap_or(match setting {
            Setting { messages: ..30, .. } => 10_000,
            Setting {
                messages: ..200, ..
            } => 6_000,
            _ => 2_000,
        })
    }
}

impl Setting {
    /// The usual conversation at the usual concurrency.
    pub(crate) const QUICK: Self = Self {
        messages: 50,
        api_delay_ms: 0,
        concurrency: 32,
        processes: 1,
    };
}
