//! The simulator's own endpoints: `/livez`, and under `/simulator` faults, statistics, clean conversations.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::Value;

use super::Simulator;
use super::conversation::{ConversationId, parse_uuid};
use super::error_body::ErrorBody;
use super::faults::Faults;
use super::web_details::{json_response, unknown_conversation};

/// Routes that Genesys does not have.
pub(super) fn routes() -> Router<Arc<Simulator>> {
    Router::new()
        // As the worker's, so that `interceptor check --live` is the health check of either.
        .route("/livez", get(|| async { "ok\n" }))
        .route("/simulator/stats", get(stats))
        .route("/simulator/conversations", get(conversation_ids))
        .route("/simulator/conversations/{id}", get(clean_conversation))
        .route("/simulator/faults", get(show_faults).put(replace_faults))
}

async fn stats(State(simulator): State<Arc<Simulator>>) -> Json<Value> {
    Json(simulator.stats.to_json())
}

async fn conversation_ids(State(simulator): State<Arc<Simulator>>) -> Json<Vec<ConversationId>> {
    Json(simulator.store.ids().map(ConversationId).collect())
}

async fn clean_conversation(
    State(simulator): State<Arc<Simulator>>,
    Path(id): Path<String>,
) -> Response {
    let Some(uuid) = parse_uuid(&id) else {
        return ErrorBody::bad_request(format!("\"{id}\" is not a UUID")).into_response();
    };
    match simulator.store.get(uuid) {
        Some(conversation) => json_response(simulator.web_details.body(&conversation)),
        None => unknown_conversation(uuid),
    }
}

async fn show_faults(State(simulator): State<Arc<Simulator>>) -> Json<Faults> {
    Json(simulator.faults().as_ref().clone())
}

async fn replace_faults(State(simulator): State<Arc<Simulator>>, body: Bytes) -> Response {
    let faults = serde_json::from_slice::<Faults>(&body)
        .map_err(|error| error.to_string())
        .and_then(|faults| faults.check().map(|()| faults));
    match faults {
        Ok(faults) => {
            simulator.set_faults(faults.clone());
            (StatusCode::OK, Json(faults)).into_response()
        }
        Err(message) => ErrorBody::bad_request(message).into_response(),
    }
}
