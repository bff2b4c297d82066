//! The watermark: how far a search has got, in a file, so that it can be killed at any point and goes on from there.
//!
//! Everything that ended from `since` to `until` is enqueued. A search that goes on looks back by the time in which
//! conversations may still turn up or go on, and leaves out what it remembers to have sent with the same end.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::ConfigError;
use crate::genesys::{Found, Span, THREADING};

/// How far a search has got.
pub(super) struct Watermark {
    /// `None` where nothing is to be written.
    file: Option<PathBuf>,
    state: State,
    /// Where an earlier search had got to.
    resumed: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct State {
    since: Timestamp,
    until: Timestamp,
    /// What was sent of the time that the next search looks back to, with its end.
    #[serde(default)]
    sent: BTreeMap<String, Timestamp>,
}

impl Watermark {
    /// Goes on where `file` stands, or begins with `from`. A file that stands after `from` has dealt with what lies between,
    /// if it began no later.
    ///
    /// # Errors
    /// A file that cannot be read, or that does not exist while there is no `from`.
    pub(super) fn begin(
        file: Option<PathBuf>,
        from: Option<Timestamp>,
        read_only: bool,
    ) -> Result<Self, ConfigError> {
        let known = file.as_deref().map(read).transpose()?.flatten();
        let state = match (known, from) {
            (Some(state), None) => state,
            (Some(state), Some(from)) if state.since <= from => state,
            (Some(state), Some(from)) => State {
                since: from,
                until: from,
                ..state
            },
            (None, Some(from)) => State {
                since: from,
                until: from,
                sent: BTreeMap::new(),
            },
            (None, None) => {
                return Err(ConfigError::new(
                    "--watermark",
                    "the file does not exist yet: say with --since or --from where to begin",
                ));
            }
        };
        Ok(Self {
            file: file.filter(|_| !read_only),
            resumed: state.until,
            state,
        })
    }

    /// What is to be searched for everything until `to` to be enqueued; `None` where it is already.
    pub(super) fn span_until(&self, to: Timestamp) -> Option<Span> {
        Span::new(self.state.until, to)?;
        Span::new(self.looks_back_to(), to)
    }

    /// Whether `found` was enqueued by an earlier search and has not gone on since.
    pub(super) fn remembers(&self, found: &Found, step: Span) -> bool {
        match (self.state.sent.get(&found.id), found.ended) {
            (Some(sent), Some(ended)) => *sent == ended,
            // Without an end nothing tells whether it went on, unless it lies in what was searched before.
            (Some(_), None) => step.to() <= self.resumed,
            (None, _) => false,
        }
    }

    /// Notes that `found` is enqueued.
    pub(super) fn remember(&mut self, found: Found, step: Span) {
        if self.file.is_some() {
            let ended = found.ended.unwrap_or(step.to());
            self.state.sent.insert(found.id, ended);
        }
    }

    /// Notes that everything before `until` is enqueued.
    pub(super) fn reach(&mut self, until: Timestamp) {
        self.state.until = self.state.until.max(until);
        let looks_back_to = self.looks_back_to();
        self.state.sent.retain(|_, ended| *ended >= looks_back_to);
    }

    /// Writes the file so that a crash leaves either the old one or the new one.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn store(&self) -> anyhow::Result<()> {
        match &self.file {
            Some(file) => replace(file, &self.state)
                .with_context(|| format!("cannot write the watermark {}", file.display())),
            None => Ok(()),
        }
    }

    fn looks_back_to(&self) -> Timestamp {
        let State { since, until, .. } = self.state;
        until
            .checked_sub(THREADING)
            .map_or(since, |back| back.max(since))
    }
}

/// For the operator.
impl fmt::Display for Watermark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "done with what ended before {:.3}",
            self.state.until
        )
    }
}

fn read(file: &Path) -> Result<Option<State>, ConfigError> {
    let failed =
        |problem: String| ConfigError::new("--watermark", format!("{} {problem}", file.display()));
    let content = match fs::read(file) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(format!("cannot be read: {error}"))),
    };
    serde_json::from_slice(&content)
        .ok()
        .filter(|state: &State| state.since <= state.until)
        .map(Some)
        .ok_or_else(|| failed("is no watermark: name another file, or delete it".to_owned()))
}

fn replace(file: &Path, state: &State) -> io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let mut new = File::create(&beside)?;
    serde_json::to_writer(&new, state)?;
    new.write_all(b"\n")?;
    new.sync_all()?;
    fs::rename(&beside, file)?;
    let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-06-{time}Z").parse().unwrap()
    }

    fn found(id: &str, ended: Option<&str>) -> Found {
        Found {
            id: id.to_owned(),
            ended: ended.map(at),
        }
    }

    fn step(from: &str, to: &str) -> Span {
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn a_search_goes_on_where_the_file_stands() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("watermark");
        let begin = |from: Option<&str>| Watermark::begin(Some(file.clone()), from.map(at), false);
        assert!(begin(None).is_err(), "there is no file yet");
        let (from, to) = ("10T00:00:00", "20T00:00:00");
        let mut first = begin(Some(from)).unwrap();
        assert_eq!(first.span_until(at(to)), Some(step(from, to)));
        first.remember(found("a", Some("11T00:00:00")), step(from, to));
        first.remember(found("b", Some("19T00:00:00")), step(from, to));
        first.remember(found("c", None), step(from, to));
        // Only this far, then killed.
        first.reach(at("19T12:00:00"));
        first.store().unwrap();

        for (from, expected) in [
            (None, step("16T12:00:00", to)),
            (Some("12T00:00:00"), step("16T12:00:00", to)),
            (Some("19T23:00:00"), step("16T12:00:00", to)),
            (Some("09T00:00:00"), step("09T00:00:00", to)),
        ] {
            let again = begin(from).unwrap();
            assert_eq!(again.span_until(at(to)), Some(expected), "{from:?}");
        }
        let again = begin(None).unwrap();
        assert_eq!(again.span_until(at("19T00:00:00")), None, "done before");
        let (before, after) = (step(from, "19T12:00:00"), step("19T12:00:00", to));
        for (id, ended, step, remembered) in [
            ("a", Some("11T00:00:00"), before, false),
            ("b", Some("19T00:00:00"), before, true),
            ("b", Some("19T18:00:00"), before, false),
            ("c", None, before, true),
            ("c", None, after, false),
            ("d", None, before, false),
        ] {
            let remembers = again.remembers(&found(id, ended), step);
            assert_eq!(remembers, remembered, "{id} {ended:?}");
        }
    }

    #[test]
    fn a_dry_run_writes_nothing_and_something_else_is_no_watermark() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("watermark");
        let from = Some(at("10T00:00:00"));
        let dry = Watermark::begin(Some(file.clone()), from, true).unwrap();
        dry.store().unwrap();
        assert!(!file.exists());
        for content in [
            "",
            "2026-06-10",
            r#"{"since":"2026-06-02T00:00:00Z","until":"2026-06-01T00:00:00Z"}"#,
        ] {
            fs::write(&file, content).unwrap();
            assert!(Watermark::begin(Some(file.clone()), from, false).is_err());
        }
    }
}
