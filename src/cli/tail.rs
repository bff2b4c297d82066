//! `interceptor tail`

use std::io::Write;

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, output};
use crate::config::{AmqpConfig, Source};
use crate::queue::{Address, Names, Tail};

#[derive(Args)]
#[command(after_help = "\
A record is acknowledged after its line has been written and flushed, so an archive loses nothing:
  interceptor tail --queue archive >> records.ndjson")]
pub(super) struct Options {
    /// Keep a durable queue of this name: what arrives while no tail runs is printed by the next one.
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
}

pub(super) async fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    let config = AmqpConfig::read(source)?;
    let names = Names::new(&config, None);
    let address = Address::new(&config, "interceptor")?;
    let mut tail = Tail::open(&address, &names, options.queue.as_deref())
        .await
        .with_context(|| {
            format!(
                "cannot subscribe to {} and {}; `interceptor topology apply` creates them",
                names.transcripts, names.audit
            )
        })?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot hear signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot hear signals")?;
    eprintln!(
        "tail: waiting for records of {} and {}",
        names.transcripts, names.audit
    );

    let printed = print_records(&mut tail, async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await;
    tail.close().await;
    Ok(printed?)
}

/// Prints records until `stop`.
async fn print_records(tail: &mut Tail, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    tokio::pin!(stop);
    loop {
        let record = tokio::select! {
            record = tail.next() => record.context("the tail ended")?,
            () = &mut stop => return Ok(()),
        };
        let mut stdout = output::stdout();
        let written = stdout
            .write_all(&record)
            .and_then(|()| stdout.write_all(b"\n"))
            .and_then(|()| stdout.flush());
        drop(stdout);
        written.map_err(output::named)?;
        tail.done().await.context("cannot acknowledge a record")?;
    }
}
