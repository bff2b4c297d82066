//! `dead-letters redrive`

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::time::MissedTickBehavior;

use super::read::print_list;
use super::select::{Broker, Filter, Interrupted, Reader, Where};
use crate::cli::Failure;
use crate::cli::output::tell;
use crate::cli::progress::progress_bar;
use crate::config::Source;
use crate::queue::{Place, Redriver};

#[derive(Args)]
#[command(after_help = "\
A dead letter goes to the job queue and is tried as a new job is: its attempts begin anew, and so does the time for which its \
conversation may be missing. Its interceptor-redrives header counts.
With --waiting a job has its next attempt now; the attempts it had stay counted.
With --unrouted a record goes to the exchange and with the key that it was published with: bind a queue first.

Each letter is confirmed there before it is removed here, so ending this command at any time loses nothing; the letter in hand \
may then be sent twice. What dies again meanwhile is not redriven again.")]
pub(super) struct Options {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    filter: Filter,
    /// At most so many, such as 5/s or 200/m.
    #[arg(long, value_name = "N/s", value_parser = parse_rate)]
    rate: Option<Duration>,
    /// List what would be redriven, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    let place = options.place.place();
    let broker = Broker::new(source, &options.place)?;
    if options.dry_run {
        let listing = async |reader: &mut Reader<'_>| {
            print_list(reader, place, false).await?;
            Ok(reader.summary())
        };
        let summary = broker.read(&options.filter, listing).await?;
        tell!("redrive: would send {summary}");
        return Ok(());
    }
    let redriver = Redriver::open(&broker.address, &broker.names)
        .await
        .with_context(|| broker.address.shown())?;
    let redriving = async |reader: &mut Reader<'_>| {
        let mut redriven = 0;
        redrive_all(reader, &redriver, options.rate, &mut redriven)
            .await
            .with_context(|| {
                format!("{redriven} letters were redriven, the others are still in their queue")
            })?;
        Ok(reader.summary())
    };
    let summary = broker.read(&options.filter, redriving).await?;
    redriver.close().await;
    tell!("redrive: sent {summary}");
    if place == Place::Unrouted {
        tell!(
            "redrive: those whose exchange has no queue bound to it are back; list --unrouted shows them"
        );
    }
    Ok(())
}

async fn redrive_all(
    reader: &mut Reader<'_>,
    redriver: &Redriver,
    interval: Option<Duration>,
    redriven: &mut u64,
) -> anyhow::Result<()> {
    let mut pace = interval.map(tokio::time::interval);
    if let Some(pace) = &mut pace {
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    let progress = progress_bar(reader.letters.left(), "letters");
    while let Some(letter) = reader.next().await? {
        if let Some(pace) = &mut pace {
            tokio::select! {
                _ = pace.tick() => {}
                () = reader.stop.cancelled() => return Err(Interrupted.into()),
            }
        }
        redriver.redrive(&mut reader.letters, &letter).await?;
        *redriven += 1;
        progress.set_position(reader.seen);
    }
    progress.finish_and_clear();
    Ok(())
}

/// The time from one letter to the next.
fn parse_rate(text: &str) -> Result<Duration, String> {
    let period = text.split_once('/').and_then(|(number, unit)| {
        let unit = match unit {
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            _ => return None,
        };
        unit.checked_div(number.parse().ok()?)
    });
    let period = period.filter(|period| !period.is_zero());
    period.ok_or_else(|| "use a rate such as 5/s or 200/m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        assert_eq!(parse_rate("5/s"), Ok(Duration::from_millis(200)));
        assert_eq!(parse_rate("120/m"), Ok(Duration::from_millis(500)));
        for text in ["", "5", "0/s", "-1/s", "5/h", "/s", "fast", "4000000000/s"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }
}
