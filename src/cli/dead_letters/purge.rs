//! `dead-letters purge`

use std::io::IsTerminal;

use anyhow::Context;
use clap::Args;

use super::select::{Broker, Filter, Interrupted, Reader, Where};
use crate::cli::Failure;
use crate::cli::output::{self, tell};
use crate::config::{ConfigError, Source};

#[derive(Args)]
#[command(after_help = "\
Asks before it deletes; where there is no terminal to ask, --yes is needed. What comes in after it has begun stays.
Export first what may be wanted again.")]
pub(super) struct Options {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    filter: Filter,
    /// Delete without asking.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    if !options.yes && !std::io::stdin().is_terminal() {
        let problem = "is needed where there is no terminal to ask; purge deletes for good";
        return Err(ConfigError::new("--yes", problem).into());
    }
    let broker = Broker::new(source, &options.place)?;
    let purging = async |reader: &mut Reader<'_>| {
        // All are held until they are removed: what is asked about is what is deleted.
        let mut receipts = Vec::new();
        while let Some(letter) = reader.next().await? {
            receipts.push(letter.receipt());
        }
        if !options.yes && !receipts.is_empty() {
            tokio::select! {
                answer = confirmed(reader.summary()) => anyhow::ensure!(answer?, "nothing was deleted"),
                () = reader.stop.cancelled() => return Err(Interrupted.into()),
            }
        }
        for (deleted, receipt) in receipts.iter().enumerate() {
            let removed = reader.letters.remove(receipt).await;
            removed.with_context(|| format!("{deleted} of {} were deleted", receipts.len()))?;
        }
        Ok(reader.summary())
    };
    let summary = broker.read(&options.filter, purging).await?;
    tell!("purge: deleted {summary}");
    Ok(())
}

async fn confirmed(summary: String) -> anyhow::Result<bool> {
    let asking = tokio::task::spawn_blocking(move || {
        output::say(format_args!("Delete {summary} for good? [y/N] "));
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    });
    asking.await?
}
