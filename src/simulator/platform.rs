//! The API dialect `platform`: Genesys Cloud's published API, over the same conversations.
//!
//! A conversation names its messages (`plan`, `shapes`), a bulk request has their texts. `ids`
//! finds the conversation of a message, `analytics` and `filters` the conversations of a time,
//! `chaos` damages answers.

mod analytics;
mod chaos;
mod filters;
mod ids;
mod plan;
mod shapes;
mod structured;
mod times;

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Simulator;
use super::conversation::{Conversation, ConversationId, parse_uuid, uuid_of_name};
use super::error_body::ErrorBody;
use super::faults::Faults;
use super::store::Store;
use super::web_details::{deny, unknown_conversation};
use ids::Directory;
use plan::Plan;

/// Most message ids one bulk request may name.
const MAX_BULK: usize = 1_000;

/// Routes of this dialect, apart from that of the login host.
pub(super) fn routes() -> Router<Arc<Simulator>> {
    let messages = "/api/v2/conversations/messages/{id}";
    Router::new()
        .route(messages, get(conversation))
        .route(&format!("{messages}/messages/bulk"), post(bulk))
        .route(&format!("{messages}/details"), get(details))
        .route(
            "/api/v2/analytics/conversations/details/query",
            post(analytics::query),
        )
        .route("/api/v2/tokens/me", get(token_info))
}

/// What this dialect keeps between requests.
pub(super) struct Platform {
    directory: Directory,
}

impl Platform {
    pub(super) fn new(store: &Store) -> Self {
        if store.stored().is_empty() {
            return Self {
                directory: Directory::bounded(),
            };
        }
        let directory = Directory::unbounded();
        for conversation in store.stored() {
            let plan = plan::plan(conversation, None, false);
            directory.note(conversation.id, plan.entries.iter().map(|entry| entry.id));
        }
        Self { directory }
    }
}

impl Simulator {
    fn plan<'c>(&self, conversation: &'c Conversation, faults: &Faults) -> Plan<'c> {
        let people = self.store.people(conversation.id);
        // Only a generated conversation has no text that must stay as it is.
        let structured = faults.structured && people.is_some();
        plan::plan(conversation, people.as_ref(), structured)
    }

    /// The conversation, unless a fault or its absence is the answer.
    fn served(&self, faults: &Faults, id: Uuid) -> Result<Cow<'_, Conversation>, Box<Response>> {
        if let Some(denied) = faults.denied(id) {
            return Err(Box::new(deny(faults, denied, id)));
        }
        self.store
            .get(id)
            .ok_or_else(|| Box::new(unknown_conversation(id)))
    }
}

fn conversation_id(text: &str) -> Result<Uuid, Box<Response>> {
    parse_uuid(text).ok_or_else(|| bad_request(format!("\"{text}\" is not a UUID")))
}

fn bad_request(message: impl Into<String>) -> Box<Response> {
    Box::new(ErrorBody::bad_request(message).into_response())
}

/// One response, whether it is that of the handler or that of what went wrong on the way.
fn settle(result: Result<Response, Box<Response>>) -> Response {
    result.unwrap_or_else(|response| *response)
}

/// `GET /api/v2/conversations/messages/{conversationId}`.
async fn conversation(State(simulator): State<Arc<Simulator>>, Path(id): Path<String>) -> Response {
    settle(show(&simulator, &id))
}

fn show(simulator: &Simulator, id: &str) -> Result<Response, Box<Response>> {
    let id = conversation_id(id)?;
    let faults = simulator.faults();
    let conversation = simulator.served(&faults, id)?;
    let plan = simulator.plan(&conversation, &faults);
    simulator.store.note_served(&conversation);
    simulator.stats.conversation(id);
    let messages = plan.entries.iter().map(|entry| entry.id);
    simulator.platform.directory.note(id, messages);

    let open = faults.open_conversation.contains(&ConversationId(id));
    let mut body = shapes::conversation(&conversation, &plan, open);
    if faults.other_media.contains(&ConversationId(id)) {
        leave_to_voice(id, &mut body);
    } else if faults.shape_chaos {
        chaos::conversation(id, &mut body);
    }
    Ok(Json(body).into_response())
}

/// Makes it a phone call: nobody has messages.
fn leave_to_voice(id: Uuid, body: &mut Value) {
    body["otherMediaUris"] = json!([format!("/api/v2/conversations/calls/{id}")]);
    for participant in body["participants"].as_array_mut().into_iter().flatten() {
        for field in ["messages", "type", "fromAddress", "toAddress", "address"] {
            super::spoil::remove(participant, field);
        }
    }
}

/// `POST /api/v2/conversations/messages/{conversationId}/messages/bulk`.
async fn bulk(
    State(simulator): State<Arc<Simulator>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    settle(listing(&simulator, &id, &body))
}

fn listing(simulator: &Simulator, id: &str, body: &[u8]) -> Result<Response, Box<Response>> {
    let id = conversation_id(id)?;
    let asked: Vec<String> =
        serde_json::from_slice(body).map_err(|error| bad_request(error.to_string()))?;
    if !(1..=MAX_BULK).contains(&asked.len()) {
        return Err(bad_request(format!(
            "between 1 and {MAX_BULK} message ids must be given"
        )));
    }
    let faults = simulator.faults();
    let conversation = simulator.served(&faults, id)?;
    if faults.too_large_bulk.is_some_and(|most| asked.len() > most) {
        return Err(Box::new(
            ErrorBody::new(
                StatusCode::BAD_REQUEST,
                "response.entity.too.large",
                "The response is over the size limit. Ask for fewer messages.",
            )
            .into_response(),
        ));
    }
    let mut wanted: HashSet<Uuid> = asked.iter().filter_map(|id| ids::parse(id)).collect();
    if faults.incomplete_bulk
        && let Some(last) = asked.last().and_then(|id| ids::parse(id))
    {
        wanted.remove(&last);
    }
    if faults.other_media.contains(&ConversationId(id)) {
        wanted.clear();
    }
    let plan = simulator.plan(&conversation, &faults);
    let mut found: Vec<_> = plan.entries.iter().collect();
    found.retain(|entry| wanted.contains(&entry.id));
    found.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let entities = found
        .into_iter()
        .map(|entry| shapes::message(id, &plan, entry, faults.legacy_text_body))
        .collect();
    Ok(chaos::bulk(&faults, id, entities))
}

/// `GET /api/v2/conversations/messages/{messageId}/details`.
async fn details(State(simulator): State<Arc<Simulator>>, Path(id): Path<String>) -> Response {
    settle(message(&simulator, &id))
}

fn message(simulator: &Simulator, text: &str) -> Result<Response, Box<Response>> {
    let unknown = || {
        let message = format!("Message {text} was not found");
        let body = ErrorBody::new(StatusCode::NOT_FOUND, "not.found", message);
        Box::new(body.into_response())
    };
    let faults = simulator.faults();
    let id = ids::parse(text).ok_or_else(unknown)?;
    let of = simulator.platform.directory.conversation_of(id);
    let conversation = simulator.served(&faults, of.ok_or_else(unknown)?)?;
    let plan = simulator.plan(&conversation, &faults);
    // It may have been one of those that only a fault setting adds.
    let entry = plan.entries.iter().find(|entry| entry.id == id);
    let entry = entry.ok_or_else(unknown)?;
    let body = shapes::message(conversation.id, &plan, entry, faults.legacy_text_body);
    Ok(Json(body).into_response())
}

/// `GET /api/v2/tokens/me`.
async fn token_info(State(simulator): State<Arc<Simulator>>) -> Json<Value> {
    let organization = json!({
        "id": uuid_of_name("https://genesys.example.com/organization").to_string(),
        "name": "Example Organization",
    });
    Json(json!({
        "organization": organization,
        "homeOrganization": organization,
        "authorizedScope": [],
        "OAuthClient": {
            "id": simulator.tokens.client_id(),
            "name": "Simulated client",
            "authorizedGrantType": "CLIENT-CREDENTIALS",
            "scope": [],
            "roleDivisions": [],
            "state": "active",
            "organization": organization,
        },
    }))
}
