//! Finding conversations: those that ended within a time, and those of guests' sessions.
//!
//! `span.rs`: times and how they are cut; `rows.rs`: what is read of an analytics answer; `error.rs`: what can go wrong.

mod error;
mod rows;
mod span;

pub use error::DiscoveryError;
pub(super) use rows::{Answered, read};
pub use span::Span;

use jiff::{SignedDuration, Timestamp};

use super::calls::{Answer, Calls};
use super::dialect::Dialect;
use super::{Errand, Error, ErrorKind, Genesys};

/// For how long a conversation may go on after its last end: a guest who writes within this time continues it under the
/// same id (the platform's threading timeline).
pub const THREADING: SignedDuration = SignedDuration::from_hours(72);
/// The listing is asked for day by day, since the platform's query looks at whole days.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The longest interval of one query that the platform is known to take.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);
/// An analytics answer: a page of rows with all their sessions and segments.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// A conversation that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id, as the API gives it.
    pub id: String,
    /// When it ended, where the API tells.
    pub ended: Option<Timestamp>,
}

/// What one look at a span of time finds.
pub(super) enum Looked {
    /// All that there is.
    All(Vec<Found>),
    /// More than the API gives for one span: to be asked for in parts.
    TooMany,
}

/// Whose conversations are asked for.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    /// Everybody's that have ended.
    Anyone,
    /// Those of these sessions, open ones too.
    Sessions(&'a [String]),
}

/// A search through time, from the earliest on: each step is a span that is dealt with completely.
pub struct Search<'a> {
    genesys: &'a Genesys,
    whose: Whose<'a>,
    /// What is still to be looked at, the earliest last.
    open: Vec<Span>,
}

/// A step of a search.
#[derive(Debug)]
pub struct Step {
    /// Every conversation that ended before this span's end has been found in this step or in one before.
    pub span: Span,
    /// What was found; some of it may have been found before.
    pub found: Vec<Found>,
}

impl Genesys {
    /// Searches for the conversations that ended within `span`, and whichever others are found on the way.
    pub fn search(&self, span: Span) -> Search<'_> {
        let span = span.begun_earlier(self.dialect.begun_before_end());
        let open = span.in_days(DAY);
        Search::new(self, Whose::Anyone, open)
    }

    /// Whether `text` may be the id of a session; if not, what such an id looks like.
    ///
    /// # Errors
    /// What such an id looks like.
    pub fn check_session(&self, text: &str) -> Result<(), &'static str> {
        self.dialect.check_session(text)
    }

    /// How many sessions may be asked for at once.
    pub fn sessions_at_once(&self) -> usize {
        self.dialect.sessions_at_once()
    }

    /// The conversations of at most [`Self::sessions_at_once`] sessions, each once.
    ///
    /// # Errors
    /// [`DiscoveryError`] after as many tries as the settings allow.
    pub async fn of_sessions(
        &self,
        sessions: &[String],
        span: Span,
    ) -> Result<Vec<Found>, DiscoveryError> {
        if let [only] = sessions
            && let Some(id) = self
                .dialect
                .conversation_of_message(&self.calls, only)
                .await
                .map_err(DiscoveryError::Message)?
        {
            return Ok(vec![Found { id, ended: None }]);
        }
        let span = span.begun_earlier(self.dialect.begun_before_end());
        let whose = Whose::Sessions(sessions);
        let mut search = Search::new(self, whose, span.in_steps(LONGEST));
        let mut all: Vec<Found> = Vec::new();
        while let Some(Step { found, .. }) = search.next().await? {
            for conversation in found {
                if !all.iter().any(|known| known.id == conversation.id) {
                    all.push(conversation);
                }
            }
        }
        Ok(all)
    }
}

impl<'a> Search<'a> {
    fn new(genesys: &'a Genesys, whose: Whose<'a>, mut open: Vec<Span>) -> Self {
        open.reverse();
        Self {
            genesys,
            whose,
            open,
        }
    }

    /// The next step; `None` at the end.
    ///
    /// # Errors
    /// [`DiscoveryError`] after as many tries as the settings allow.
    pub async fn next(&mut self) -> Result<Option<Step>, DiscoveryError> {
        let Genesys { dialect, calls } = self.genesys;
        while let Some(span) = self.open.pop() {
            let looked = dialect.look(calls, self.whose, span).await;
            match looked.map_err(DiscoveryError::Query)? {
                Looked::All(found) => return Ok(Some(Step { span, found })),
                Looked::TooMany => {
                    let halves = span.halves().ok_or(DiscoveryError::TooDense(span))?;
                    self.open.extend([halves.1, halves.0]);
                }
            }
        }
        Ok(None)
    }
}

/// Whether `text` is a hyphenated UUID.
pub(super) fn is_uuid(text: &str) -> bool {
    const HYPHENATED: usize = 36;
    text.len() == HYPHENATED && uuid::Uuid::try_parse(text).is_ok()
}

/// Puts a query. Where Genesys asks for more patience than a job in hand has, it is waited for here.
pub(super) async fn ask(
    dialect: &dyn Dialect,
    calls: &Calls,
    url: &str,
    query: &serde_json::Value,
) -> Result<Answer, Error> {
    let body = query.to_string();
    loop {
        let mut errand = Errand::single(calls.permit().await);
        let answer = calls
            .json(
                &mut errand,
                dialect,
                dialect.query_endpoint(),
                MAX_BYTES,
                |http| {
                    http.post(url)
                        .header("content-type", "application/json")
                        .body(body.clone())
                },
            )
            .await;
        match answer {
            Err(Error {
                kind: ErrorKind::RateLimited { retry_after },
                ..
            }) => {
                tracing::warn!(
                    event = "discovery.waiting",
                    seconds = retry_after.as_secs(),
                    "Genesys asks to wait: going on after that"
                );
                calls.hold(retry_after);
            }
            answer => return answer,
        }
    }
}
