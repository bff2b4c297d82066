//! `interceptor evaluate`

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context, anyhow};
use clap::Args;

use super::output::tell;
use super::{Failure, output};
use crate::config::{InterceptorConfig, Source};
use crate::evaluation::{self, Score, Values};

#[derive(Args)]
#[command(after_help = "\
Input is JSON Lines, one marked conversation a line; offsets are Unicode code points, end exclusive:
  {\"id\":\"1\",\"messages\":[{\"sequenceId\":1,\"from\":\"customer\",\"text\":\"my pin is 4471\",
    \"spans\":[{\"start\":10,\"end\":14,\"type\":\"PIN\"}]}]}
A span with \"soft\":true may be redacted or not. Needs only INTERCEPTOR_* settings; the policy file is in force.")]
pub(super) struct Options {
    /// The marked conversations.
    #[arg(value_name = "GOLD.jsonl")]
    file: String,
    /// Print JSON in place of the table.
    #[arg(long)]
    json: bool,
    /// Write a page that shows each conversation before and after, misses on top. It holds the raw text.
    #[arg(long, value_name = "FILE")]
    html: Option<String>,
}

pub(super) fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    let policy = InterceptorConfig::read(source)?.policy();
    let file =
        File::open(&options.file).with_context(|| format!("cannot open {}", options.file))?;
    let mut score = Score::default();
    let mut outcomes = Vec::new();
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.with_context(|| format!("reading {}", options.file))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let gold = evaluation::decode(&line)
            .with_context(|| format!("{}, line {}", options.file, index + 1))?;
        let outcome = evaluation::redact(policy.engine(), gold);
        score.add(&outcome);
        if options.html.is_some() {
            outcomes.push(outcome);
        }
    }
    if let Some(path) = &options.html {
        let file = File::create(path).with_context(|| format!("cannot create {path}"))?;
        let mut output = BufWriter::new(file);
        evaluation::write_page(&mut output, &score, &outcomes)
            .and_then(|()| output.flush())
            .with_context(|| format!("writing {path}"))?;
    }
    if options.json {
        let score = serde_json::to_string_pretty(&score).context("cannot print the score")?;
        output::print(&score)?;
    } else {
        table(&mut output::stdout(), &score).map_err(output::named)?;
    }
    if score.messages == 0 {
        return Err(anyhow!(
            "there is no message in {}: nothing was measured",
            options.file
        )
        .into());
    }
    if score.all.values == 0 {
        tell!(
            "evaluate: no value is marked in {}: recall says nothing",
            options.file
        );
    }
    Ok(())
}

fn table(output: &mut dyn Write, score: &Score) -> std::io::Result<()> {
    writeln!(
        output,
        "{} messages, {} withheld; words lost {:.3} %; precision {:.1} %\n",
        score.messages,
        score.withheld,
        100.0 * score.over_redaction(),
        100.0 * score.precision()
    )?;
    writeln!(
        output,
        "{:24} {:>8} {:>9} {:>9} {:>9}",
        "MARKED TYPE", "VALUES", "LEAKED", "IN PART", "RECALL"
    )?;
    row(output, "all", &score.all)?;
    for (kind, values) in &score.by_type {
        row(output, kind, values)?;
    }
    writeln!(
        output,
        "\n{:24} {:>8} {:>9}",
        "REPLACED AS", "FOUND", "PRECISION"
    )?;
    for (kind, replaced) in &score.by_kind {
        writeln!(
            output,
            "{:24} {:>8} {:>8.1}%",
            kind.as_str(),
            replaced.found,
            percent(replaced.right, replaced.found)
        )?;
    }
    Ok(())
}

fn row(output: &mut dyn Write, name: &str, values: &Values) -> std::io::Result<()> {
    writeln!(
        output,
        "{name:24} {:>8} {:>8.2}% {:>8.2}% {:>8.2}%",
        values.values,
        percent(values.leaked, values.values),
        percent(values.leaked_in_part, values.values),
        100.0 * values.recall()
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts of values")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        100.0 * part as f64 / whole as f64
    }
}
