//! The conversations of guests' sessions.

use std::collections::BTreeSet;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use super::super::Failure;
use super::times::Asked;
use super::{Budget, Sink, Times, checked};
use crate::genesys::{Genesys, Span};

/// How far back sessions are looked for, unless told: with the threading window before it, one query of the longest time.
const LAST: SignedDuration = SignedDuration::from_hours(28 * 24);

/// Enqueues the conversations of `given`, each once.
pub(super) async fn enqueue(
    genesys: &Genesys,
    mut budget: Budget,
    mut sink: Sink,
    given: Vec<String>,
    times: &Times,
) -> Result<(), Failure> {
    let Asked { from, to } = times.read(Timestamp::now())?;
    let from = from.unwrap_or_else(|| to.checked_sub(LAST).unwrap_or(Timestamp::MIN));
    let span = Span::new(from, to).context("the time is shorter than a millisecond")?;
    let mut places = Vec::with_capacity(given.len());
    let mut sessions = Vec::with_capacity(given.len());
    for (index, text) in given.into_iter().enumerate() {
        let place = index + 1;
        match genesys.check_session(&text) {
            Ok(()) => {
                places.push(place);
                sessions.push(text);
            }
            // Not repeated: it may be a guest's token.
            Err(form) => sink.refuse(&format!(
                "--session {place}: it is no id of a session ({form})"
            )),
        }
    }
    if sessions.is_empty() {
        return sink.finish(None).await;
    }
    sink.open().await?;
    sink.expect(sessions.len() as u64);
    let mut ids = BTreeSet::new();
    let at_once = genesys.sessions_at_once();
    for (batch, places) in sessions.chunks(at_once).zip(places.chunks(at_once)) {
        let found = budget.spend(&sink, genesys.of_sessions(batch, span)).await;
        let found = found.map_err(anyhow::Error::from)?;
        if found.is_empty() {
            let place = match places {
                [first, .., last] => format!("{first} to {last}"),
                _ => places.iter().map(ToString::to_string).collect(),
            };
            sink.refuse(&format!(
                "--session {place}: no conversation was found between {from:.0} and {to:.0}; --from may look further back"
            ));
        }
        for conversation in found {
            ids.extend(checked(&conversation.id, &mut sink));
        }
        sink.advance(batch.len() as u64);
    }
    // To send may mean to wait for the workers, who need the budget.
    budget.leave().await;
    for id in &ids {
        sink.put(id).await?;
    }
    sink.finish(None).await
}
