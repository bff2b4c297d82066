//! `interceptor enqueue`

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

use super::Failure;
use crate::config::{AmqpConfig, Source};
use crate::job;
use crate::queue::{Address, Names, Producer, PublishError};

#[derive(Args)]
#[command(after_help = "\
Examples:
  interceptor enqueue 550e8400-e29b-41d4-a716-446655440000
  interceptor enqueue --file ids.txt
  some-export | interceptor enqueue -

Malformed ids are named and left out; the others are sent, and the exit code is 1 then.")]
pub(super) struct Options {
    /// Conversation ids; - reads them from stdin, one a line.
    #[arg(value_name = "ID", required_unless_present = "file")]
    ids: Vec<String>,
    /// A file with one id a line; - is stdin.
    #[arg(long, value_name = "FILE", conflicts_with = "ids")]
    file: Option<String>,
}

pub(super) async fn execute(source: &Source, options: Options) -> Result<(), Failure> {
    let config = AmqpConfig::read(source)?;
    let names = Names::new(&config, None);
    let address = Address::new(&config, "interceptor")?;
    let given = given_ids(options)?;
    let mut ids = Vec::with_capacity(given.len());
    let mut malformed = 0_usize;
    for (place, text) in given {
        match job::parse_id(&text) {
            Ok(id) => ids.push(id),
            Err(job::Malformed) => {
                malformed += 1;
                eprintln!("error: {place}: {text:?} is no conversation id (a hyphenated UUID)");
            }
        }
    }

    let producer = Producer::open(&address, &names)
        .await
        .with_context(|| address.shown())?;
    let progress = progress_bar(ids.len());
    for (sent, id) in ids.iter().enumerate() {
        match producer.send(id, &Uuid::new_v4().to_string()).await {
            Ok(()) => progress.inc(1),
            Err(error) => {
                progress.abandon();
                let error = match error {
                    PublishError::Returned { .. } => anyhow::anyhow!(
                        "the queue {} does not exist: start the worker or run `interceptor topology apply`",
                        names.jobs
                    ),
                    error => error.into(),
                };
                let context = format!("{sent} of {} ids were sent", ids.len());
                return Err(error.context(context).into());
            }
        }
    }
    progress.finish_and_clear();
    eprintln!(
        "enqueue: {} ids sent to {}, {malformed} malformed",
        ids.len(),
        names.jobs
    );
    if malformed > 0 {
        return Err(Failure::Reported(1));
    }
    Ok(())
}

/// The ids with their places, for messages; empty lines are no ids.
fn given_ids(options: Options) -> anyhow::Result<Vec<(String, String)>> {
    let file = match (&options.file, options.ids.as_slice()) {
        (Some(file), _) => Some(file.clone()),
        (None, [only]) if only == "-" => Some("-".to_owned()),
        _ => None,
    };
    let Some(file) = file else {
        let named = |(index, id): (usize, String)| (format!("argument {}", index + 1), id);
        return Ok(options.ids.into_iter().enumerate().map(named).collect());
    };
    let reader: Box<dyn BufRead> = match file.as_str() {
        "-" => Box::new(std::io::stdin().lock()),
        path => Box::new(BufReader::new(
            File::open(path).with_context(|| format!("cannot open {path}"))?,
        )),
    };
    let mut ids = Vec::new();
    for (index, line) in reader.split(b'\n').enumerate() {
        let line = line.with_context(|| format!("cannot read {file}"))?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if !line.is_empty() {
            ids.push((format!("line {}", index + 1), line.to_owned()));
        }
    }
    Ok(ids)
}

fn progress_bar(length: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} ids  {per_sec}  {eta} left");
    ProgressBar::new(length as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
