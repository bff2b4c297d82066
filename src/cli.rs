//! The command line: one file per subcommand.
//!
//! Data goes to stdout by way of `output.rs`, diagnostics to stderr; `run` logs to stdout. Exit codes: 0 done; 1 something failed; 2 wrong usage
//! or configuration; 3 the topology on the broker is not as it must be; 130 ended by a signal: `dead-letters` by one, `run` by a second.

mod check;
mod dead_letters;
mod enqueue;
mod evaluate;
mod output;
mod progress;
mod redact;
mod schema;
mod tail;
mod topology;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::tell;
use crate::config::{ConfigError, Source};
use crate::queue::TopologyError;
use crate::{app, telemetry};

const EXAMPLES: &str = "\
Settings come from the environment (GENESYS_*, AMQP_*, INTERCEPTOR_*) or a file .env; see README.md.

Examples:
  interceptor check                      is everything set up?
  interceptor run                        the worker pool
  interceptor enqueue 550e8400-e29b-41d4-a716-446655440000
  interceptor enqueue --since 24h        what ended within a day
  interceptor tail                       watch the records
  interceptor dead-letters list          what has failed for good, and why
  interceptor redact chat.json           sanitize a transcript without broker or network

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 topology mismatch, 130 ended by a signal (dead-letters by
one, run by a second).";

/// Takes conversation ids from RabbitMQ, fetches the chats from Genesys Cloud, redacts personal data, and publishes
/// sanitized transcripts and audit records.
#[derive(Parser)]
#[command(name = "interceptor", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the worker pool until SIGTERM or SIGINT.
    Run,
    /// Put conversation ids on the job queue.
    Enqueue(enqueue::Options),
    /// Sanitize transcripts from a file or stdin; needs neither broker nor network.
    Redact(redact::Options),
    /// Measure on marked conversations what leaks and what is redacted needlessly.
    Evaluate(evaluate::Options),
    /// Print the records of both exchanges as they come, one JSON document a line.
    Tail(tail::Options),
    /// List, show, redrive, export or purge dead letters, jobs that wait for a retry, and records without a consumer.
    DeadLetters(dead_letters::Options),
    /// Check configuration, broker and token, one line each; with --live only whether the worker here is alive.
    Check(check::Options),
    /// Show, create or verify what must exist on the broker.
    Topology(topology::Options),
    /// Print the JSON Schema of what goes in and out.
    Schema(schema::Options),
}

/// Why a subcommand failed; decides the exit code.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Topology(TopologyError),
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
    /// Everything has been said but the exit code.
    #[error("")]
    Reported(u8),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Config(_) => 2,
            Self::Topology(TopologyError::Mismatch { .. } | TopologyError::Missing(_)) => 3,
            Self::Topology(TopologyError::Session(_)) | Self::Other(_) => 1,
            Self::Reported(code) => *code,
        }
    }
}

/// Executes the command line; the process' exit code.
pub async fn execute(cli: Cli) -> ExitCode {
    match dispatch(cli.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Other(error)) if output::is_closed(&error) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Reported(_)) {
                tell!("error: {failure}");
            }
            ExitCode::from(failure.code())
        }
    }
}

async fn dispatch(command: Command) -> Result<(), Failure> {
    let source = Source::from_environment()?;
    let _guard = telemetry::init(&source, matches!(command, Command::Run))?;
    match command {
        Command::Run => Ok(app::run(&source).await?),
        Command::Enqueue(options) => enqueue::execute(&source, options).await,
        Command::Redact(options) => redact::execute(&source, &options),
        Command::Evaluate(options) => evaluate::execute(&source, &options),
        Command::Tail(options) => tail::execute(&source, &options).await,
        Command::Check(options) => check::execute(&source, &options).await,
        Command::DeadLetters(options) => dead_letters::execute(&source, options).await,
        Command::Topology(options) => topology::execute(&source, &options).await,
        Command::Schema(options) => Ok(schema::execute(&options)?),
    }
}

/// A panic's message may quote text that is being redacted: only its place is told.
pub fn keep_panics_silent() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tell!("error: panic at {place}; this is a bug in the program");
    }));
}
