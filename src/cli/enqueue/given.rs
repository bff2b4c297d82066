//! Ids from the command line, a file or stdin.

use std::fs::File;
use std::io::{BufRead, BufReader};

use anyhow::Context;

use super::super::Failure;
use super::Sink;
use crate::job;

/// Enqueues `ids`, or those in `file`.
pub(super) async fn enqueue(
    mut sink: Sink,
    ids: Vec<String>,
    file: Option<String>,
) -> Result<(), Failure> {
    let given = read(ids, file)?;
    let mut good = Vec::with_capacity(given.len());
    for (place, text) in given {
        match job::parse_id(&text) {
            Ok(id) => good.push(id),
            Err(job::Malformed) => sink.refuse(&format!(
                "{place}: {} is no conversation id (a hyphenated UUID)",
                shortened(&text)
            )),
        }
    }
    sink.open().await?;
    sink.expect(good.len() as u64);
    for id in &good {
        sink.put(id).await?;
        sink.advance(1);
    }
    sink.finish(None).await
}

/// What was given in an id's place: as much of it as tells it, for it may be anything, a transcript too.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}... ({} bytes)", &text[..end], text.len()),
        None => format!("{text:?}"),
    }
}

/// The ids with their places, for messages; empty lines are no ids.
fn read(ids: Vec<String>, file: Option<String>) -> anyhow::Result<Vec<(String, String)>> {
    let file = match (file, ids.as_slice()) {
        (Some(file), _) => Some(file),
        (None, [only]) if only == "-" => Some("-".to_owned()),
        _ => None,
    };
    let Some(file) = file else {
        let named = |(index, id): (usize, String)| (format!("argument {}", index + 1), id);
        return Ok(ids.into_iter().enumerate().map(named).collect());
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
        let line = line.trim_start_matches('\u{feff}').trim();
        if !line.is_empty() {
            ids.push((format!("line {}", index + 1), line.to_owned()));
        }
    }
    Ok(ids)
}
