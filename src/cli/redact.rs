//! `interceptor redact`

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;

use super::output::tell;
use super::{Failure, output};
use crate::config::{InterceptorConfig, Source};
use crate::record::{Audit, AuditRecord, Identity, Status, Transcript};
use crate::redaction::Verdict;
use crate::transcript::{Policy, RawTranscript, decode, redact, scrub};

#[derive(Args)]
#[command(after_help = "\
Input is one JSON document, or NDJSON with one a line:
  {\"id\":\"any string\",\"messages\":[{\"sequenceId\":1,\"from\":\"customer\",\"text\":\"...\"}]}
Sanitized transcripts go to stdout in the same form and order, audit records to stderr. A line that is no transcript is
reported with its number and the rest goes on; the exit code is 1 then. Needs only INTERCEPTOR_* settings.")]
pub(super) struct Options {
    /// The file; - is stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    file: String,
    /// Show each message with the reason for each redaction and the value itself, in place of the records.
    #[arg(long)]
    explain: bool,
}

pub(super) fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    let config = InterceptorConfig::read(source)?;
    let policy = config.policy();
    let mut redactor = Redactor {
        policy,
        worker: config.worker,
        failed: false,
        explain: options.explain,
    };
    let mut reader: Box<dyn BufRead> = match options.file.as_str() {
        "-" => Box::new(io::stdin().lock()),
        path => Box::new(BufReader::new(
            File::open(path).with_context(|| format!("cannot open {path}"))?,
        )),
    };
    redact_all(&mut redactor, &mut reader, &options.file)?;
    if redactor.failed {
        return Err(Failure::Reported(1));
    }
    Ok(())
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// NDJSON where the first line is a document of its own; else the whole input is one document if it is one, and NDJSON
/// with a bad first line if not.
fn redact_all(redactor: &mut Redactor, reader: &mut dyn BufRead, file: &str) -> anyhow::Result<()> {
    let unread = || format!("cannot read {file}");
    let mut stdout = output::stdout();
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).with_context(unread)?;
    if line.starts_with(BYTE_ORDER_MARK) {
        line.drain(..BYTE_ORDER_MARK.len());
    }
    if let Err(first) = json(&line) {
        reader.read_to_end(&mut line).with_context(unread)?;
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let broken = match json(&line) {
            Ok(_) => return redactor.document(&line, "the document", &mut stdout),
            Err(broken) => broken,
        };
        let mut lines = line.split(|byte| *byte == b'\n');
        let whole = |line: &[u8]| line.trim_ascii_start().starts_with(b"{") && json(line).is_ok();
        if first.is_eof() && !lines.clone().any(whole) {
            // One document over several lines.
            let (line, column) = (broken.line(), broken.column());
            let problem = format!("the transcript is not valid JSON at column {column}");
            redactor.refuse(&format!("line {line}"), problem);
            return Ok(());
        }
        return lines
            .try_fold(1, |number, line| {
                redactor.line(line, number, &mut stdout)?;
                Ok(number + 1)
            })
            .map(drop);
    }
    let mut number = 1;
    while !line.is_empty() {
        redactor.line(&line, number, &mut stdout)?;
        line.clear();
        reader.read_until(b'\n', &mut line).with_context(unread)?;
        number += 1;
    }
    Ok(())
}

/// As far as the transcript's own reader is concerned: it sees to invalid UTF-8 itself.
fn json(text: &[u8]) -> serde_json::Result<serde::de::IgnoredAny> {
    serde_json::from_str(&String::from_utf8_lossy(text))
}

struct Redactor {
    policy: Policy,
    worker: String,
    failed: bool,
    explain: bool,
}

/// What was redacted and why, for who may see the raw text.
fn explain(
    id: &str,
    raw: &RawTranscript<'_>,
    policy: &Policy,
    output: &mut dyn Write,
) -> io::Result<()> {
    writeln!(output, "{id}")?;
    for (message, verdict) in raw.messages.iter().zip(redact(&raw.messages, 0, policy)) {
        let from = message.from.as_deref().unwrap_or("?");
        match verdict {
            Verdict::Withheld { residual } => {
                writeln!(
                    output,
                    "{} {from}: withheld, {residual} values would be left",
                    message.sequence_id
                )?;
            }
            Verdict::Redacted(redacted) => {
                writeln!(output, "{} {from}: {}", message.sequence_id, redacted.text)?;
                for finding in redacted.findings {
                    let value = &message.text[finding.raw];
                    writeln!(
                        output,
                        "    {} by {}: {value:?}",
                        finding.kind.as_str(),
                        finding.rule
                    )?;
                }
            }
        }
    }
    Ok(())
}

impl Redactor {
    fn line(&mut self, line: &[u8], number: usize, output: &mut dyn Write) -> anyhow::Result<()> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        self.document(line, &format!("line {number}"), output)
    }

    fn document(&mut self, body: &[u8], place: &str, output: &mut dyn Write) -> anyhow::Result<()> {
        let started = Instant::now();
        if body.trim_ascii_start().starts_with(b"[") {
            let problem = "a list of transcripts: give one a line, as jq -c '.[]' prints them";
            self.refuse(place, problem);
            return Ok(());
        }
        let mut raw = match decode(body) {
            Ok(raw) => raw,
            Err(error) => {
                self.refuse(place, error);
                return Ok(());
            }
        };
        let Some(id) = raw.id.take() else {
            self.refuse(place, "the transcript has no id (a string)");
            return Ok(());
        };
        if self.explain {
            return explain(&id, &raw, &self.policy, output).map_err(output::named);
        }
        let transcript = Transcript::new(&scrub(&raw, &id, &self.policy));
        let body = &transcript.payload.body;
        output
            .write_all(body)
            .and_then(|()| output.write_all(b"\n"))
            .and_then(|()| output.flush())
            .map_err(output::named)?;

        let audit = self.audit(&id, &transcript, started.elapsed());
        let mut stderr = io::stderr().lock();
        let body = &audit.payload.body;
        stderr
            .write_all(body)
            .and_then(|()| stderr.write_all(b"\n"))
            .context("cannot write an audit record to stderr")
    }

    fn refuse(&mut self, place: &str, problem: impl Display) {
        self.failed = true;
        tell!("error: {place}: {problem}");
    }

    fn audit(&self, id: &str, transcript: &Transcript, latency: Duration) -> Audit {
        let record = AuditRecord::new(
            Status::Success,
            Some(id),
            self.policy.version(),
            &self.worker,
            latency,
        );
        let identity = Identity {
            subject: id.to_owned(),
            ..Identity::default()
        };
        Audit::new(&record.with_transcript(transcript), &identity)
    }
}
