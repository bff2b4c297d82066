//! A letter as JSON: as a line of the list, and in full.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::queue::Letter;

/// What the table says and a little more; never the body.
pub(super) fn summary(letter: &Letter, now: Timestamp) -> Value {
    let since = letter.since();
    json!({
        "id": letter.id(),
        "conversationId": letter.conversation_id(),
        "messageId": letter.message_id(),
        "queue": letter.queue(),
        "routingKey": letter.routing_key(),
        "reason": letter.reason(),
        "error": letter.error(),
        "attempts": letter.attempts(),
        "redrives": letter.redrives(),
        "firstSeen": since.map(|since| since.to_string()),
        "ageSeconds": since.map(|since| now.duration_since(since).as_secs()),
        "worker": letter.worker(),
        "bodyBytes": letter.body().len(),
    })
}

/// Everything; the body only where `with_body` says so. It is text, or base64 where it is none.
pub(super) fn full(letter: &Letter, with_body: bool) -> Value {
    let mut document = Map::new();
    let mut set = |name: &str, value: Value| document.insert(name.to_owned(), value);
    set("id", json!(letter.id()));
    set("queue", json!(letter.queue()));
    set("exchange", json!(letter.exchange()));
    set("routingKey", json!(letter.routing_key()));
    set("properties", Value::Object(letter.properties()));
    set("headers", Value::Object(letter.headers()));
    set("bodyBytes", json!(letter.body().len()));
    if with_body {
        match std::str::from_utf8(letter.body()) {
            Ok(text) => set("body", json!(text)),
            Err(_) => set("bodyBase64", json!(BASE64_STANDARD.encode(letter.body()))),
        };
    }
    Value::Object(document)
}
