//! `dead-letters purge`

use std::io::{IsTerminal, Write};

use anyhow::Context;
use clap::Args;

use super::select::{Broker, Filter, Where};
use crate::cli::Failure;
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
    let mut reader = broker.read(&options.filter).await?;
    // All are held until they are removed: what is asked about is what is deleted.
    let mut receipts = Vec::new();
    while let Some(letter) = reader.next().await? {
        receipts.push(letter.receipt());
    }
    let summary = reader.summary();
    if !options.yes && !receipts.is_empty() && !confirmed(&summary)? {
        reader.close().await?;
        return Err(anyhow::anyhow!("nothing was deleted").into());
    }
    for (deleted, receipt) in receipts.iter().enumerate() {
        let removed = reader.letters.remove(receipt).await;
        removed.with_context(|| format!("{deleted} of {} were deleted", receipts.len()))?;
    }
    reader.close().await?;
    eprintln!("purge: deleted {summary}");
    Ok(())
}

fn confirmed(summary: &str) -> anyhow::Result<bool> {
    eprint!("Delete {summary} for good? [y/N] ");
    std::io::stderr().flush().context("cannot ask")?;
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.context("cannot read the answer")?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
