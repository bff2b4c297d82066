//! `interceptor dead-letters`
//!
//! | file | what |
//! |---|---|
//! | `select.rs` | which letters: the options, and the reader that heeds them |
//! | `table.rs` | a letter as a line for people |
//! | `document.rs` | a letter as JSON |
//! | `read.rs` | list, show, export |
//! | `redrive.rs` | redrive |
//! | `purge.rs` | purge |
//!
//! Whatever happens, the broker puts back what was not removed. Also where a signal or a closed pipe ends a command early,
//! the rest is read first, because only then it puts it back in order.

mod document;
mod purge;
mod read;
mod redrive;
mod select;
mod table;

use clap::{Args, Subcommand};

use super::Failure;
use super::output::tell;
use crate::app::INTERRUPTED;
use crate::config::Source;
use select::Interrupted;

#[derive(Args)]
#[command(after_help = "\
Without a flag it is about the dead letters: jobs that have failed for good. --waiting is about the retry queues: jobs that \
wait for their next attempt. --unrouted is about records that no consumer has bound a queue for.

To read a queue is to hold its letters for as long: another command sees none of them meanwhile, and a job that is due leaves \
late. They stay in their queue and keep their order. Only AMQP_* settings are needed.

Examples:
  interceptor dead-letters list --reason conversation_not_found --older-than 2h
  interceptor dead-letters show 550e8400-e29b-41d4-a716-446655440000
  interceptor dead-letters list --waiting --id 550e8400-e29b-41d4-a716-446655440000
  interceptor dead-letters redrive --reason genesys_error --rate 5/s
  interceptor dead-letters export --older-than 30d > letters.ndjson
  interceptor dead-letters purge --older-than 30d")]
pub(super) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print a table, oldest first; never a body.
    List(read::ListOptions),
    /// Print one letter: headers, properties, body.
    Show(read::ShowOptions),
    /// Send letters on their way again.
    Redrive(redrive::Options),
    /// Print letters with their bodies, one JSON document a line.
    Export(read::ExportOptions),
    /// Delete letters for good.
    Purge(purge::Options),
}

pub(super) async fn execute(source: &Source, options: Options) -> Result<(), Failure> {
    let done = match options.action {
        Action::List(options) => read::list(source, &options).await,
        Action::Show(options) => read::show(source, &options).await,
        Action::Redrive(options) => redrive::execute(source, &options).await,
        Action::Export(options) => read::export(source, &options).await,
        Action::Purge(options) => purge::execute(source, &options).await,
    };
    match done {
        Err(Failure::Other(error)) if error.is::<Interrupted>() => {
            tell!("error: {error:#}");
            Err(Failure::Reported(INTERRUPTED))
        }
        done => done,
    }
}
