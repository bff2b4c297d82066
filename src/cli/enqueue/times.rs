//! What --since, --from and --to mean.

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};

use crate::config::ConfigError;

#[derive(Args)]
pub(super) struct Times {
    /// From so long ago until now: 24h, 90m, 7d.
    #[arg(
        long,
        value_name = "TIME",
        conflicts_with = "from",
        allow_hyphen_values = true
    )]
    since: Option<String>,
    /// From this time on: 2026-06-01T12:00:00Z, or 2026-06-01 for its begin (UTC).
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<String>,
    /// Until this time, now by default.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<String>,
}

/// A time that is asked for; its end is never in the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Its begin, where one is given.
    pub(super) from: Option<Timestamp>,
    /// Its end.
    pub(super) to: Timestamp,
}

impl Times {
    pub(super) const fn are_given(&self) -> bool {
        self.since.is_some() || self.from.is_some()
    }

    /// Reads the three; `now` is the time.
    ///
    /// # Errors
    /// The option that cannot be used.
    pub(super) fn read(&self, now: Timestamp) -> Result<Asked, ConfigError> {
        let to = match &self.to {
            Some(text) => time("--to", text)?,
            None => now,
        };
        let (name, from) = match (&self.since, &self.from) {
            (Some(text), _) => ("--since", Some(ago(text, now)?)),
            (None, Some(text)) => ("--from", Some(time("--from", text)?)),
            (None, None) => ("--from", None),
        };
        match from {
            Some(from) if from >= now => Err(ConfigError::new(
                name,
                format!("{from} lies in the future: nothing can have ended since"),
            )),
            Some(from) if from >= to => Err(ConfigError::new(
                name,
                format!("{from} is not before --to, {to}"),
            )),
            from => Ok(Asked {
                from,
                to: to.min(now),
            }),
        }
    }
}

fn time(name: &str, text: &str) -> Result<Timestamp, ConfigError> {
    let day = || {
        // A date with a time but without a zone is nobody's.
        let date: Date = text.parse().ok().filter(|_| !text.contains([':', 'T']))?;
        let midnight = date.to_zoned(TimeZone::UTC).ok()?;
        Some(midnight.timestamp())
    };
    text.parse().ok().or_else(day).ok_or_else(|| {
        ConfigError::new(
            name,
            format!("{text:?} is no ISO 8601 time such as 2026-06-01T12:00:00Z or 2026-06-01"),
        )
    })
}

fn ago(text: &str, now: Timestamp) -> Result<Timestamp, ConfigError> {
    let duration = || {
        let span: jiff::Span = text.parse().ok()?;
        let days = SpanRelativeTo::days_are_24_hours();
        let duration = span.to_duration(days).ok()?;
        now.checked_sub(duration)
            .ok()
            .filter(|_| duration > SignedDuration::ZERO)
    };
    duration().ok_or_else(|| {
        ConfigError::new(
            "--since",
            format!("{text:?} is no length of time such as 24h, 90m or 7d"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-06-01T12:00:00Z";

    fn read(since: &str, from: &str, to: &str) -> Result<Asked, ConfigError> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let times = Times {
            since: given(since),
            from: given(from),
            to: given(to),
        };
        times.read(NOW.parse().unwrap())
    }

    #[test]
    fn times_are_read() {
        for (since, from, to, expected) in [
            ("24h", "", "", ("2026-05-31T12:00:00Z", NOW)),
            ("90m", "", "", ("2026-06-01T10:30:00Z", NOW)),
            ("7d", "", "", ("2026-05-25T12:00:00Z", NOW)),
            ("PT1H30M", "", "", ("2026-06-01T10:30:00Z", NOW)),
            (
                "",
                "2026-05-01",
                "2026-05-02",
                ("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"),
            ),
            (
                "",
                "2026-05-01T02:00:00+02:00",
                "",
                ("2026-05-01T00:00:00Z", NOW),
            ),
            (
                "",
                "2026-05-01",
                "2027-01-01",
                ("2026-05-01T00:00:00Z", NOW),
            ),
        ] {
            let asked = read(since, from, to).unwrap();
            let (from, to) = expected;
            assert_eq!(asked.from, from.parse().ok(), "{since}{from}");
            assert_eq!(asked.to, to.parse().unwrap(), "{since}{from}");
        }
        assert_eq!(read("", "", "2026-05-01").unwrap().from, None);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (since, from, to, name) in [
            ("soon", "", "", "--since"),
            ("24", "", "", "--since"),
            ("-24h", "", "", "--since"),
            ("0s", "", "", "--since"),
            ("24h ago", "", "", "--since"),
            ("1mo", "", "", "--since"),
            ("", "yesterday", "", "--from"),
            ("", "2026-05-01T12:00:00", "", "--from"),
            ("", "2026-13-01", "", "--from"),
            ("", "2026-07-01", "", "--from"),
            ("", "2026-05-02", "2026-05-01", "--from"),
            ("", "2026-05-01", "2026-05-01", "--from"),
            ("1h", "", "2026-05-01", "--since"),
            ("", "2026-05-01", "now", "--to"),
        ] {
            let error = read(since, from, to).unwrap_err();
            assert_eq!(error.variable, name, "{since}{from}{to}");
            assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}
