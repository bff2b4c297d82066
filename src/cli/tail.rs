//! `interceptor tail`

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::output::tell;
use super::{Failure, output};
use crate::config::{AmqpConfig, Source};
use crate::queue::{Address, Names, Tail};

#[derive(Args)]
#[command(after_help = "\
A record is acknowledged after its line has been written and flushed, so an archive loses nothing:
  interceptor tail --queue genesys.archive >> records.ndjson
The queue stays when this ends, and fills: delete it when nobody archives any more.")]
pub(super) struct Options {
    /// Keep a durable queue of this name: what arrives while no tail runs is printed by the next one.
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
}

pub(super) async fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    let config = AmqpConfig::read(source)?;
    let names = Names::new(&config, None);
    if let Some(queue) = options.queue.as_deref() {
        check_name(queue, &names)?;
    }
    let address = Address::new(&config, "interceptor")?;
    let mut tail = Tail::open(&address, &names, options.queue.as_deref())
        .await
        .with_context(|| {
            format!(
                "cannot subscribe to {} and {}",
                names.transcripts, names.audit
            )
        })?;
    end_broken_line().map_err(output::named)?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot hear signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot hear signals")?;
    tell!(
        "tail: waiting for records of {} and {}",
        names.transcripts,
        names.audit
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

/// A queue of the program's own holds no records: they would become jobs, and its messages would be taken from it.
fn check_name(queue: &str, names: &Names) -> Result<(), Failure> {
    let problem = match queue {
        "" => "is empty; give the queue a name, such as genesys.archive",
        queue if names.is_own(queue) => {
            "is a queue of this program; choose another name, such as genesys.archive"
        }
        _ => return Ok(()),
    };
    tell!("error: --queue: {queue:?} {problem}");
    Err(Failure::Reported(2))
}

/// Ends the line that an earlier tail could not write to its end, where stdout is a file: the record comes again.
fn end_broken_line() -> std::io::Result<()> {
    let stdout = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    let archive = stdout.metadata()?;
    let mut last = [b'\n'];
    if archive.is_file() && archive.len() > 0 {
        // Opened anew: what is appended to cannot be read. Where that is not allowed, an empty line does no harm.
        let read = File::open("/dev/stdout")
            .and_then(|file| file.read_exact_at(&mut last, archive.len() - 1));
        if read.is_err() {
            last = [0];
        }
    }
    match last {
        [b'\n'] => Ok(()),
        _ => output::stdout().write_all(b"\n"),
    }
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
