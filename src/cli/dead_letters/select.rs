//! Which letters: the options, and the reader that heeds them.

use anyhow::Context;
use clap::Args;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::app;
use crate::cli::Failure;
use crate::cli::output::tell;
use crate::config::{AmqpConfig, Source};
use crate::job;
use crate::queue::{Address, Letter, Letters, Names, Place, TopologyError};

/// Where the letters lie.
#[derive(Args)]
pub(super) struct Where {
    /// The retry queues: jobs that wait for their next attempt.
    #[arg(long)]
    waiting: bool,
    /// Records that no consumer has bound a queue for.
    #[arg(long, conflicts_with = "waiting")]
    unrouted: bool,
}

impl Where {
    pub(super) const fn place(&self) -> Place {
        match self {
            Self { waiting: true, .. } => Place::Waiting,
            Self { unrouted: true, .. } => Place::Unrouted,
            Self { .. } => Place::Dead,
        }
    }
}

/// Which of them; all where nothing is said. A letter must satisfy each filter that is given.
#[derive(Args)]
pub(super) struct Filter {
    /// With this conversation id, message id, or id as in the table; may be repeated.
    #[arg(long = "id", value_name = "ID", value_parser = parse_id)]
    ids: Vec<String>,
    /// With this reason, such as conversation_not_found; may be repeated.
    #[arg(long = "reason", value_name = "REASON", conflicts_with = "unrouted")]
    reasons: Vec<String>,
    /// First seen (records: published) longer ago than this, such as 45m, 2h, 7d. A letter of unknown age is not.
    #[arg(long, value_name = "AGE", value_parser = parse_age)]
    older_than: Option<SignedDuration>,
}

impl Filter {
    /// All letters with an id.
    pub(super) fn of_id(id: &str) -> Self {
        Self {
            ids: vec![id.to_owned()],
            reasons: Vec::new(),
            older_than: None,
        }
    }

    fn matches(&self, letter: &Letter, now: Timestamp) -> bool {
        let id = letter.id();
        let has_id = |wanted: &String| *wanted == id || letter.message_id() == Some(wanted);
        let reason = letter.reason();
        let is_older = |than: SignedDuration| {
            letter
                .since()
                .is_some_and(|since| now.duration_since(since) > than)
        };
        (self.ids.is_empty() || self.ids.iter().any(has_id))
            && (self.reasons.is_empty()
                || reason.is_some_and(|reason| self.reasons.contains(&reason)))
            && self.older_than.is_none_or(is_older)
    }
}

/// The name of a letter as it is compared: conversation ids are known in lower case.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a parser")]
pub(super) fn parse_id(text: &str) -> Result<String, std::convert::Infallible> {
    Ok(job::parse_id(text).unwrap_or_else(|_| text.to_owned()))
}

fn parse_age(text: &str) -> Result<SignedDuration, String> {
    let age = text
        .parse::<Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    age.ok()
        .filter(|age| !age.is_negative())
        .ok_or_else(|| "use an age such as 45m, 2h or 7d".to_owned())
}

/// The broker, and where the letters lie on it.
pub(super) struct Broker {
    pub(super) address: Address,
    pub(super) names: Names,
    place: Place,
}

impl Broker {
    pub(super) fn new(source: &Source, place: &Where) -> Result<Self, Failure> {
        let config = AmqpConfig::read(source)?;
        Ok(Self {
            address: Address::new(&config, "interceptor")?,
            names: Names::new(&config, None),
            place: place.place(),
        })
    }

    /// Opens the place, does `work` with what matches `filter`, and puts back in order what that left there.
    pub(super) async fn read<T>(
        &self,
        filter: &Filter,
        work: impl AsyncFnOnce(&mut Reader<'_>) -> anyhow::Result<T>,
    ) -> Result<T, Failure> {
        let letters = Letters::open(&self.address, &self.names, self.place).await;
        let letters = letters.map_err(|error| match error {
            TopologyError::Session(error) => {
                Failure::Other(anyhow::Error::new(error).context(self.address.shown()))
            }
            error => Failure::Topology(error),
        })?;
        let stop = CancellationToken::new();
        app::hear_signals(stop.clone(), || {
            tell!("stopping: putting the letters back; a second signal ends at once");
        });
        let mut reader = Reader {
            letters,
            filter,
            now: Timestamp::now(),
            seen: 0,
            matched: 0,
            queues: self.shown_queues(),
            stop,
        };
        let done = work(&mut reader).await;
        let Reader {
            letters, queues, ..
        } = reader;
        let closed = letters.close().await;
        let done = done?;
        closed.with_context(|| format!("cannot put back what was read of {queues}"))?;
        Ok(done)
    }

    fn shown_queues(&self) -> String {
        match self.place {
            Place::Waiting => format!("{}.retry.*", self.names.jobs),
            place => place.queues(&self.names).join(" and "),
        }
    }
}

/// A signal asked to stop.
#[derive(Debug, thiserror::Error)]
#[error("stopped by a signal")]
pub(super) struct Interrupted;

/// Reads what a filter lets through, and counts.
pub(super) struct Reader<'a> {
    pub(super) letters: Letters,
    filter: &'a Filter,
    /// Ages are told as of now.
    pub(super) now: Timestamp,
    pub(super) seen: u64,
    matched: u64,
    /// Where they lie, for people.
    pub(super) queues: String,
    /// Cancelled by a signal.
    pub(super) stop: CancellationToken,
}

impl Reader<'_> {
    /// The next letter that matches.
    ///
    /// # Errors
    /// [`Interrupted`], or where the connection is lost.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Letter>> {
        while let Some(letter) = self
            .letters
            .next()
            .await
            .with_context(|| format!("cannot read {}", self.queues))?
        {
            if self.stop.is_cancelled() {
                return Err(Interrupted.into());
            }
            self.seen += 1;
            if self.filter.matches(&letter, self.now) {
                self.matched += 1;
                return Ok(Some(letter));
            }
        }
        Ok(None)
    }

    /// For people, such as "3 of 120 letters in genesys.conversations.dead".
    pub(super) fn summary(&self) -> String {
        let Self {
            matched,
            seen,
            queues,
            ..
        } = self;
        format!("{matched} of {seen} letters in {queues}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read() {
        for (text, seconds) in [("90s", 90), ("45m", 2700), ("2h", 7200), ("7d", 604_800)] {
            let age = parse_age(text).unwrap();
            assert_eq!(age.as_secs(), seconds, "{text}");
        }
        for text in ["", "2", "soon", "-2h", "3 moons", "1mo"] {
            assert!(parse_age(text).is_err(), "{text}");
        }
    }
}
