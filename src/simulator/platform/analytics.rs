//! `POST /api/v2/analytics/conversations/details/query`: the conversations of a time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::Simulator;
use super::super::conversation::{ConversationId, rfc3339};
use super::super::faults::Faults;
use super::super::store::{Listed, Store, guest_of};
use super::filters::{Filter, Scope, Subject};
use super::plan::Participant;
use super::{bad_request, settle, shapes};

/// Longest interval of one query.
const MAX_INTERVAL: SignedDuration = SignedDuration::from_hours(31 * 24);

const MAX_PAGE_SIZE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    interval: String,
    order: Option<String>,
    order_by: Option<String>,
    #[serde(default)]
    conversation_filters: Vec<Filter>,
    #[serde(default)]
    segment_filters: Vec<Filter>,
    #[serde(default)]
    paging: Paging,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Paging {
    page_size: usize,
    page_number: usize,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            page_size: 25,
            page_number: 1,
        }
    }
}

/// A page of what a query found.
struct Page {
    total: usize,
    entries: Vec<Listed>,
    /// The guests that the query names, with their conversations.
    guests: HashMap<String, Uuid>,
}

pub(super) async fn query(State(simulator): State<Arc<Simulator>>, body: Bytes) -> Response {
    let faults = simulator.faults();
    let found = find(&simulator.store, &faults, simulator.max_results, &body);
    settle(found.map_err(bad_request).map(|page| {
        let conversations: Vec<Value> = page
            .entries
            .iter()
            .filter_map(|listed| show(&simulator, &faults, listed, &page.guests))
            .collect();
        let mut answer = json!({});
        if page.total > 0 {
            answer["totalHits"] = page.total.into();
        }
        // A page without conversations does not have the field either.
        if !conversations.is_empty() {
            answer["conversations"] = conversations.into();
        }
        Json(answer).into_response()
    }))
}

/// The page a query asks for, or what is wrong with it.
fn find(store: &Store, faults: &Faults, max_results: u64, body: &[u8]) -> Result<Page, String> {
    let query: Query = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let (from, to) = interval(&query.interval)?;
    let Paging {
        page_size,
        page_number,
    } = query.paging;
    if !(1..=MAX_PAGE_SIZE).contains(&page_size) || page_number == 0 {
        return Err(format!(
            "pageSize must be between 1 and {MAX_PAGE_SIZE}, and pageNumber at least 1"
        ));
    }
    if page_size.saturating_mul(page_number) as u64 > max_results {
        return Err(format!(
            "Pagination may not exceed {max_results} results. \
             Tip: try querying in smaller intervals"
        ));
    }
    let filters = &query.conversation_filters;
    filters
        .iter()
        .try_for_each(|filter| filter.check(Scope::Conversation))?;
    let filters = &query.segment_filters;
    filters
        .iter()
        .try_for_each(|filter| filter.check(Scope::Segment))?;

    // A guest is found whenever it wrote, as a session is by the other dialect.
    let named: HashSet<&str> = filters.iter().flat_map(Filter::guests).collect();
    let of_guests: Vec<(&str, Listed)> = named
        .iter()
        .filter_map(|guest| Some((*guest, store.of_session(guest)?)))
        .collect();
    let guests = of_guests
        .iter()
        .map(|(guest, listed)| ((*guest).to_owned(), listed.id))
        .collect();
    let mut found = if named.is_empty() {
        store.started_between(from, to)
    } else {
        of_guests.into_iter().map(|(_, listed)| listed).collect()
    };
    found.retain(|listed| {
        let subject = subject(faults, *listed, &guests);
        let mut all = query
            .conversation_filters
            .iter()
            .chain(&query.segment_filters);
        all.all(|filter| filter.holds(&subject))
    });
    sort(
        &mut found,
        query.order.as_deref(),
        query.order_by.as_deref(),
    )?;
    found.dedup();
    let total = found.len();
    let entries = found.into_iter().skip(page_size * (page_number - 1));
    Ok(Page {
        total,
        entries: entries.take(page_size).collect(),
        guests,
    })
}

fn sort(found: &mut [Listed], order: Option<&str>, by: Option<&str>) -> Result<(), String> {
    match by.unwrap_or("conversationStart") {
        "conversationStart" | "segmentStart" => found.sort_unstable_by_key(|l| (l.start, l.id)),
        "conversationEnd" | "segmentEnd" => found.sort_unstable_by_key(|l| (l.end, l.id)),
        other => return Err(format!("\"{other}\" is no orderBy")),
    }
    match order.unwrap_or("asc") {
        "asc" | "unordered" => {}
        "desc" => found.reverse(),
        other => return Err(format!("\"{other}\" is no order")),
    }
    Ok(())
}

fn interval(text: &str) -> Result<(Timestamp, Timestamp), String> {
    let times = text
        .split_once('/')
        .and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let (from, to): (Timestamp, Timestamp) =
        times.ok_or_else(|| format!("\"{text}\" is not an ISO 8601 interval of two times"))?;
    if from >= to {
        return Err("the interval must begin before it ends".to_owned());
    }
    if from.duration_until(to) > MAX_INTERVAL {
        return Err("the interval may not be longer than 31 days".to_owned());
    }
    Ok((from, to))
}

fn subject<'s>(faults: &Faults, listed: Listed, guests: &'s HashMap<String, Uuid>) -> Subject<'s> {
    let id = ConversationId(listed.id);
    let named = guests.iter().find(|(_, found)| **found == listed.id);
    Subject {
        listed,
        open: faults.open_conversation.contains(&id),
        other_media: faults.other_media.contains(&id),
        guests,
        // A guest may be named in more than one way; whoever asks sees the way it asked.
        guest: named.map_or_else(|| guest_of(listed.id).to_string(), |(name, _)| name.clone()),
        deployment: shapes::deployment(),
    }
}

fn show(
    simulator: &Simulator,
    faults: &Faults,
    listed: &Listed,
    guests: &HashMap<String, Uuid>,
) -> Option<Value> {
    let conversation = simulator.store.get(listed.id)?;
    let plan = simulator.plan(&conversation, faults);
    let subject = subject(faults, *listed, guests);
    let participants: Vec<Value> = plan
        .participants
        .iter()
        .map(|part| participant(&subject, part))
        .collect();
    let mut value = json!({
        "conversationId": listed.id.to_string(),
        "conversationStart": rfc3339(listed.start),
        "conversationInitiator": "customer",
        "originatingDirection": "inbound",
        "participants": participants,
    });
    if !subject.open {
        value["conversationEnd"] = rfc3339(listed.end).into();
    }
    Some(value)
}

fn participant(subject: &Subject<'_>, part: &Participant<'_>) -> Value {
    let session = Uuid::new_v5(&part.id, b"session").to_string();
    let mut session = json!({"sessionId": session, "mediaType": "voice", "direction": "inbound"});
    if !subject.other_media {
        session["mediaType"] = "message".into();
        session["messageType"] = "webmessaging".into();
        session["provider"] = shapes::PROVIDER.into();
        session["addressFrom"] = subject.guest.as_str().into();
        session["addressTo"] = subject.deployment.as_str().into();
    }
    // The rows of this query know these purposes and no others.
    let purpose = match &*part.purpose {
        known @ ("customer" | "acd" | "agent" | "botflow") => known,
        _ => "api",
    };
    let mut value = json!({
        "participantId": part.id.to_string(),
        "purpose": purpose,
        "sessions": [session],
    });
    if let Some(name) = &part.name {
        value["participantName"] = name.as_str().into();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "2026-05-31T12:00:00.000Z/2026-06-01T12:00:00.000Z";

    fn find(query: Value) -> Result<Page, String> {
        let store = Store::generated("2026-06-01T12:00:00Z".parse().unwrap());
        let faults = Faults::default();
        super::find(&store, &faults, 100_000, query.to_string().as_bytes())
    }

    #[test]
    fn queries_are_validated() {
        let filter = |dimension: &str| json!([{"type": "and", "predicates": [{"dimension": dimension, "value": "x"}]}]);
        for bad in [
            json!({}),
            json!({"interval": "today"}),
            json!({"interval": "2026-06-01T12:00:00Z/2026-06-01T12:00:00Z"}),
            json!({"interval": "2026-05-01T12:00:00Z/2026-06-01T12:00:01Z"}),
            json!({"interval": DAY, "paging": {"pageSize": 101}}),
            json!({"interval": DAY, "paging": {"pageNumber": 0}}),
            json!({"interval": DAY, "paging": {"pageSize": 100, "pageNumber": 1001}}),
            json!({"interval": DAY, "order": "random"}),
            json!({"interval": DAY, "orderBy": "mood"}),
            json!({"interval": DAY, "segmentFilters": filter("sessionId")}),
            json!({"interval": DAY, "conversationFilters": filter("mediaType")}),
        ] {
            assert!(find(bad.clone()).is_err(), "{bad}");
        }
        let far = json!({"interval": DAY, "paging": {"pageSize": 100, "pageNumber": 1001}});
        assert!(
            find(far)
                .err()
                .unwrap()
                .starts_with("Pagination may not exceed 100000 results")
        );
        let longest = json!({"interval": "2026-05-01T12:00:00Z/2026-06-01T12:00:00Z"});
        assert!(find(longest).unwrap().total > 1_100);
    }

    #[test]
    fn pages_go_on_from_the_oldest() {
        let page = |number: usize| {
            let paging = json!({"pageSize": 100, "pageNumber": number});
            find(json!({"interval": DAY, "paging": paging})).unwrap()
        };
        let total = page(1).total;
        let all: Vec<Listed> = (1..=13).flat_map(|number| page(number).entries).collect();
        assert_eq!(all.len(), total);
        assert!(all.is_sorted_by_key(|listed| listed.start));
        assert_eq!(find(json!({"interval": DAY})).unwrap().entries.len(), 25);
        let newest = find(json!({"interval": DAY, "order": "desc"})).unwrap();
        assert_eq!(newest.entries[0], all[total - 1]);
    }

    #[test]
    fn filters_are_applied() {
        let matching = |dimension: &str, value: &str| {
            let predicate = json!({"type": "dimension", "dimension": dimension,
                "operator": "matches", "value": value});
            let filter = json!([{"type": "and", "predicates": [predicate]}]);
            find(json!({"interval": DAY, "segmentFilters": filter})).unwrap()
        };
        assert!(matching("mediaType", "message").total > 1_000);
        assert_eq!(matching("mediaType", "voice").total, 0);
        assert!(matching("messageType", "webmessaging").total > 1_000);
        let first = matching("purpose", "customer").entries[0];
        let guest = guest_of(first.id).to_string();
        assert_eq!(matching("addressFrom", &guest).entries, [first]);
        let named = matching("addressFrom", "a name").entries[0].id;
        assert_eq!(named, super::super::uuid_of_name("a name"));
    }
}
