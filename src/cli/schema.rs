//! `interceptor schema`

use clap::{Args, ValueEnum};

use super::output;
use crate::record::{audit_schema, job_schema, transcript_schema};

#[derive(Args)]
pub(super) struct Options {
    /// Of what.
    record: Record,
}

#[derive(Clone, Copy, ValueEnum)]
enum Record {
    /// The sanitized transcript.
    Transcript,
    /// The audit record.
    Audit,
    /// The job.
    Job,
}

pub(super) fn execute(options: &Options) -> anyhow::Result<()> {
    let schema = match options.record {
        Record::Transcript => transcript_schema(),
        Record::Audit => audit_schema(),
        Record::Job => job_schema(),
    };
    output::print(&format!("{schema:#}"))
}
