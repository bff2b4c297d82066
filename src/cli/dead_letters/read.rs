//! What only reads: list, show, export.

use clap::Args;

use super::select::{Broker, Filter, Reader, Where, parse_id};
use super::{document, table};
use crate::cli::Failure;
use crate::cli::output::{print, tell};
use crate::config::Source;
use crate::queue::Place;

#[derive(Args)]
#[command(after_help = "\
The id is the conversation's; a letter that names none is known by sha256: and the beginning of its body's digest.
The age counts from when a worker first saw the job; a redrive starts it anew.")]
pub(super) struct ListOptions {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    filter: Filter,
    /// One JSON document a line.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct ShowOptions {
    /// Conversation id, message id, or id as in the table; prints every letter that has it.
    #[arg(value_name = "ID", value_parser = parse_id)]
    id: String,
    #[command(flatten)]
    place: Where,
    /// Print the body of a letter that is no job, too: it may hold anything, also personal data.
    #[arg(long)]
    body: bool,
}

#[derive(Args)]
#[command(after_help = "\
Bodies are printed as they are, also those that are no jobs and may hold personal data: text as \"body\", anything else as \
\"bodyBase64\".")]
pub(super) struct ExportOptions {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    filter: Filter,
}

pub(super) async fn list(source: &Source, options: &ListOptions) -> Result<(), Failure> {
    let broker = Broker::new(source, &options.place)?;
    let listing = async |reader: &mut Reader<'_>| {
        print_list(reader, options.place.place(), options.json).await?;
        Ok(reader.summary())
    };
    let summary = broker.read(&options.filter, listing).await?;
    tell!("dead-letters: {summary}");
    Ok(())
}

/// Prints a line for each letter.
pub(super) async fn print_list(
    reader: &mut Reader<'_>,
    place: Place,
    json: bool,
) -> anyhow::Result<()> {
    if !json {
        print(&table::head(place))?;
    }
    while let Some(letter) = reader.next().await? {
        if json {
            print(&document::summary(&letter, reader.now).to_string())?;
        } else {
            print(&table::row(place, &letter, reader.now))?;
        }
    }
    Ok(())
}

pub(super) async fn show(source: &Source, options: &ShowOptions) -> Result<(), Failure> {
    let broker = Broker::new(source, &options.place)?;
    let showing = async |reader: &mut Reader<'_>| {
        let mut found = false;
        while let Some(letter) = reader.next().await? {
            found = true;
            let with_body = options.body || letter.has_known_body();
            print(&format!("{:#}", document::full(&letter, with_body)))?;
            if !with_body {
                tell!("show: the body is no job and may hold anything; --body prints it");
            }
        }
        let (queues, id) = (&reader.queues, &options.id);
        anyhow::ensure!(
            found,
            "no letter in {queues} has the id {id:?}; `dead-letters list` shows dead letters, with --waiting jobs that wait, with --unrouted records"
        );
        Ok(())
    };
    broker.read(&Filter::of_id(&options.id), showing).await
}

pub(super) async fn export(source: &Source, options: &ExportOptions) -> Result<(), Failure> {
    let broker = Broker::new(source, &options.place)?;
    let exporting = async |reader: &mut Reader<'_>| {
        while let Some(letter) = reader.next().await? {
            print(&document::full(&letter, true).to_string())?;
        }
        Ok(reader.summary())
    };
    let summary = broker.read(&options.filter, exporting).await?;
    tell!("export: {summary}");
    Ok(())
}
