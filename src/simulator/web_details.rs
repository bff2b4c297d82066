//! The API dialect `web-details`: conversation details and the query for ended conversations.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::conversation::{Conversation, ConversationId, Message, parse_uuid, rfc3339};
use super::error_body::ErrorBody;
use super::faults::{Denied, Faults};
use super::store::{Listed, Store};
use super::{Simulator, gate, spoil};

/// Most session ids one query may name.
const MAX_ENTITIES: usize = 100;

/// Most conversations one query may ask for.
const MAX_PAGE_SIZE: u64 = 500;

/// Page size of a query that names none.
const DEFAULT_PAGE_SIZE: u64 = 100;

/// Routes of this dialect.
pub(super) fn routes() -> Router<Arc<Simulator>> {
    Router::new()
        .route("/api/v2/conversations/web/details/{id}", get(details))
        .route(
            "/api/v2/analytics/conversations/web/details/query",
            post(query),
        )
}

/// Answer bodies of the conversations of a transcripts file, serialised once.
pub(super) struct WebDetails {
    prepared: HashMap<Uuid, Bytes>,
}

impl WebDetails {
    pub(super) fn new(store: &Store) -> Self {
        let prepared = store
            .stored()
            .iter()
            .map(|conversation| (conversation.id, serialise(conversation)))
            .collect();
        Self { prepared }
    }

    /// The answer body for a conversation.
    pub(super) fn body(&self, conversation: &Conversation) -> Bytes {
        match self.prepared.get(&conversation.id) {
            Some(body) => body.clone(),
            None => serialise(conversation),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetailsBody<'c> {
    id: ConversationId,
    r#type: &'static str,
    start_timestamp: String,
    end_timestamp: String,
    messages: Vec<DetailsMessage<'c>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetailsMessage<'c> {
    sequence_id: i64,
    from: &'c str,
    to: &'static str,
    text: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'c str>,
}

impl<'c> From<&'c Conversation> for DetailsBody<'c> {
    fn from(conversation: &'c Conversation) -> Self {
        Self {
            id: ConversationId(conversation.id),
            r#type: "webmessaging",
            start_timestamp: rfc3339(conversation.start),
            end_timestamp: rfc3339(conversation.end),
            messages: conversation.messages.iter().map(Into::into).collect(),
        }
    }
}

impl<'c> From<&'c Message> for DetailsMessage<'c> {
    fn from(message: &'c Message) -> Self {
        let to = match &*message.from {
            "customer" => "agent",
            _ => "customer",
        };
        Self {
            sequence_id: message.sequence_id,
            from: &message.from,
            to,
            text: &message.text,
            timestamp: message.timestamp.as_deref(),
        }
    }
}

pub(super) fn serialise(conversation: &Conversation) -> Bytes {
    // Strings, integers and lists always serialise.
    serde_json::to_vec(&DetailsBody::from(conversation))
        .unwrap_or_default()
        .into()
}

/// 200 with a JSON body.
pub(super) fn json_response(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// 404 for a conversation that does not exist.
pub(super) fn unknown_conversation(id: Uuid) -> Response {
    ErrorBody::new(
        StatusCode::NOT_FOUND,
        "not.found",
        format!("Conversation {id} was not found"),
    )
    .into_response()
}

/// `GET /api/v2/conversations/web/details/{id}`.
async fn details(State(simulator): State<Arc<Simulator>>, Path(id): Path<String>) -> Response {
    let Some(uuid) = parse_uuid(&id) else {
        return ErrorBody::bad_request(format!("\"{id}\" is not a UUID")).into_response();
    };
    let faults = simulator.faults();
    if let Some(denied) = faults.denied(uuid) {
        return deny(&faults, denied, uuid);
    }
    let Some(conversation) = simulator.store.get(uuid) else {
        return unknown_conversation(uuid);
    };
    simulator.store.note_served(&conversation);
    simulator.stats.conversation(uuid);
    if faults.spoil_bodies()
        && let Ok(body) = serde_json::to_value(DetailsBody::from(&*conversation))
    {
        return spoil::response(&faults, uuid, body);
    }
    json_response(simulator.web_details.body(&conversation))
}

/// The answer for a conversation that is not served.
pub(super) fn deny(faults: &Faults, denied: Denied, id: Uuid) -> Response {
    match denied {
        Denied::NotFound => unknown_conversation(id),
        Denied::Forbidden => ErrorBody::with_optional_code(
            StatusCode::FORBIDDEN,
            faults.forbidden_code.clone(),
            "Unable to perform the requested action.",
        )
        .into_response(),
        Denied::BadRequest => ErrorBody::new(
            StatusCode::BAD_REQUEST,
            "bad.request",
            "The request could not be understood by the server due to malformed syntax.",
        )
        .into_response(),
        Denied::Error => gate::internal_error(),
    }
}

/// The fields of a query that matter here; others, such as `interval`, are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    date_range: DateRange,
    entities: Option<Entities>,
    page_size: Option<u64>,
}

#[derive(Deserialize)]
struct DateRange {
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct Entities {
    #[serde(default)]
    conversations: Vec<Entity>,
}

#[derive(Deserialize)]
struct Entity {
    id: String,
}

#[derive(Serialize)]
struct QueryAnswer {
    conversations: Vec<QueryConversation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QueryConversation {
    conversation_id: ConversationId,
    start_timestamp: String,
    end_timestamp: String,
}

impl From<Listed> for QueryConversation {
    fn from(listed: Listed) -> Self {
        Self {
            conversation_id: ConversationId(listed.id),
            start_timestamp: rfc3339(listed.start),
            end_timestamp: rfc3339(listed.end),
        }
    }
}

/// `POST /api/v2/analytics/conversations/web/details/query`.
async fn query(State(simulator): State<Arc<Simulator>>, body: Bytes) -> Response {
    match find(&simulator.store, &body) {
        Ok(found) => Json(QueryAnswer {
            conversations: found.into_iter().map(Into::into).collect(),
        })
        .into_response(),
        Err(message) => ErrorBody::bad_request(message).into_response(),
    }
}

/// The conversations a query asks for, or what is wrong with it.
fn find(store: &Store, body: &[u8]) -> Result<Vec<Listed>, String> {
    let query: Query = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let from = parse_date("from", &query.date_range.from)?;
    let to = parse_date("to", &query.date_range.to)?;
    if from >= to {
        return Err("dateRange.from must be before dateRange.to".to_owned());
    }
    let page_size = query.page_size.unwrap_or(DEFAULT_PAGE_SIZE);
    if !(1..=MAX_PAGE_SIZE).contains(&page_size) {
        return Err(format!("pageSize must be between 1 and {MAX_PAGE_SIZE}"));
    }
    let page_size = page_size as usize;
    match query.entities {
        Some(Entities { conversations }) if !conversations.is_empty() => {
            if conversations.len() > MAX_ENTITIES {
                return Err(format!("at most {MAX_ENTITIES} entities may be named"));
            }
            let sessions = conversations.iter().map(|entity| entity.id.as_str());
            Ok(sessions
                .filter_map(|session| store.of_session(session))
                .take(page_size)
                .collect())
        }
        _ => Ok(store.ended_between(from, to, page_size)),
    }
}

fn parse_date(field: &str, text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| format!("dateRange.{field}: \"{text}\" is not an ISO 8601 time in UTC"))
}

#[cfg(test)]
mod tests {
    use super::super::conversation::uuid_of_name;
    use super::*;
    use serde_json::{Value, json};

    fn range() -> Value {
        json!({"from": "2026-06-01T11:00:00.000Z", "to": "2026-06-01T12:00:00.000Z"})
    }

    #[test]
    fn queries_are_validated() {
        let store = Store::generated("2026-06-01T12:00:00Z".parse().unwrap());
        let find = |query: Value| find(&store, query.to_string().as_bytes());
        let sessions: Vec<Value> = (0..101).map(|n| json!({"id": format!("s{n}")})).collect();
        for bad in [
            json!({}),
            json!({"dateRange": {"from": "2026-06-01T11:00:00Z"}}),
            json!({"dateRange": {"from": "yesterday", "to": "2026-06-01T12:00:00Z"}}),
            json!({"dateRange": {"from": "2026-06-01T12:00:00Z", "to": "2026-06-01T12:00:00Z"}}),
            json!({"dateRange": range(), "pageSize": 501}),
            json!({"dateRange": range(), "pageSize": 0}),
            json!({"dateRange": range(), "entities": {"conversations": sessions}}),
        ] {
            assert!(find(bad.clone()).is_err(), "{bad}");
        }
        assert_eq!(
            find(json!({"dateRange": range(), "pageSize": 500}))
                .unwrap()
                .len(),
            50
        );
        assert_eq!(
            find(json!({"dateRange": range(), "pageSize": 5}))
                .unwrap()
                .len(),
            5
        );
        let named = json!({"dateRange": range(), "entities": {"conversations": [{"id": "s1"}]}});
        assert_eq!(find(named).unwrap()[0].id, uuid_of_name("s1"));
    }

    #[test]
    fn absent_message_timestamps_are_left_out() {
        let message = Message {
            sequence_id: 1,
            from: "customer".into(),
            text: "hi".to_owned(),
            timestamp: None,
        };
        assert_eq!(
            serde_json::to_value(DetailsMessage::from(&message)).unwrap(),
            json!({"sequenceId": 1, "from": "customer", "to": "agent", "text": "hi"})
        );
    }
}
