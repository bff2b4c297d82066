//! Damages conversation answers as the fault settings ask for.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use fastrand::Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use super::faults::Faults;

/// Size added to an oversize body, in bytes.
const PADDING: usize = 3 * 1024 * 1024 + 1024;

/// Size of the chunks an undeclared oversize body is sent in.
const CHUNK: usize = 64 * 1024;

// These stand in a text while it is JSON and are replaced by what no JSON writer would write.
pub(super) const INVALID_UTF8_MARK: &str = "[invalid-utf8-mark]";
pub(super) const LONE_SURROGATE_MARK: &str = "[lone-surrogate-mark]";

impl Faults {
    /// Whether any fault concerns the bodies of conversation answers.
    pub(super) fn spoil_bodies(&self) -> bool {
        self.truncated_json
            || self.oversize
            || self.oversize_undeclared
            || self.invalid_utf8
            || self.lone_surrogate
            || self.missing_messages
            || self.shuffle
            || self.duplicate_sequence_ids
            || self.shape_chaos
    }
}

/// The damaged answer for a body; the same conversation is damaged the same way each time.
pub(super) fn response(faults: &Faults, id: Uuid, mut body: Value) -> Response {
    spoil(faults, id, &mut body);
    send(faults, body)
}

/// The answer for a body whose content has been damaged already; damages its size and its bytes.
pub(super) fn send(faults: &Faults, body: Value) -> Response {
    let body = Bytes::from(write(faults, body));
    let body = if faults.oversize_undeclared {
        let chunks = (0..body.len())
            .step_by(CHUNK)
            .map(move |at| Ok::<_, std::io::Error>(body.slice(at..body.len().min(at + CHUNK))));
        Body::from_stream(futures::stream::iter(chunks))
    } else {
        Body::from(body)
    };
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn spoil(faults: &Faults, id: Uuid, body: &mut Value) {
    let mut rng = Rng::with_seed(id.as_u64_pair().0);
    if let Some(messages) = body.get_mut("messages").and_then(Value::as_array_mut) {
        spoil_messages(faults, messages, &mut rng);
    }
    if let Some(fields) = body.as_object_mut() {
        if faults.shape_chaos {
            fields.insert("unknownField".to_owned(), json!({"nested": [1, null]}));
        }
        if faults.missing_messages {
            fields.remove("messages");
        }
    }
}

fn write(faults: &Faults, mut body: Value) -> Vec<u8> {
    if (faults.oversize || faults.oversize_undeclared)
        && let Some(fields) = body.as_object_mut()
    {
        fields.insert("padding".to_owned(), "x".repeat(PADDING).into());
    }
    let mut bytes = body.to_string().into_bytes();
    replace(&mut bytes, INVALID_UTF8_MARK, b"\xC3\x28\xFF");
    replace(&mut bytes, LONE_SURROGATE_MARK, br"\ud800");
    if faults.truncated_json {
        bytes.truncate(bytes.len() / 2);
    }
    bytes
}

fn spoil_messages(faults: &Faults, messages: &mut Vec<Value>, rng: &mut Rng) {
    if faults.duplicate_sequence_ids {
        for at in (1..messages.len()).step_by(3) {
            messages[at]["sequenceId"] = messages[at - 1]["sequenceId"].clone();
        }
    }
    if faults.shuffle {
        rng.shuffle(messages);
        if messages.is_sorted_by_key(|message| message["sequenceId"].as_i64()) {
            messages.reverse();
        }
    }
    if faults.shape_chaos {
        twist_shapes(messages, rng);
    }
    if faults.invalid_utf8
        && let Some(message) = messages.iter_mut().find(|message| message.is_object())
    {
        append_to_text(message, "text", INVALID_UTF8_MARK);
    }
    if faults.lone_surrogate
        && let Some(message) = messages.iter_mut().rfind(|message| message.is_object())
    {
        append_to_text(message, "text", LONE_SURROGATE_MARK);
    }
}

fn twist_shapes(messages: &mut Vec<Value>, rng: &mut Rng) {
    // Every shape turns up within nine messages; where the turn begins differs.
    let offset = rng.usize(0..9);
    for (at, message) in messages.iter_mut().enumerate() {
        match (at + offset) % 9 {
            0 => message["sequenceId"] = message["sequenceId"].to_string().into(),
            1 => message["to"] = Value::Null,
            2 => remove(message, "to"),
            3 => message["timestamp"] = Value::Null,
            4 => remove(message, "timestamp"),
            5 => message["text"] = "".into(),
            6 => message["text"] = 4711.into(),
            7 => message["unknownField"] = json!({"nested": [true, null, "x"]}),
            _ => {}
        }
    }
    messages.insert(rng.usize(0..=messages.len()), Value::Null);
}

/// Removes a field of an object.
pub(super) fn remove(message: &mut Value, field: &str) {
    if let Some(fields) = message.as_object_mut() {
        fields.remove(field);
    }
}

/// Appends a mark to a field that holds a text.
pub(super) fn append_to_text(message: &mut Value, field: &str, mark: &str) {
    let text = message[field].as_str().unwrap_or_default();
    message[field] = format!("{text} {mark}").into();
}

/// Replaces the first occurrence, if there is one.
fn replace(bytes: &mut Vec<u8>, mark: &str, by: &[u8]) {
    let found = bytes
        .windows(mark.len())
        .position(|window| window == mark.as_bytes());
    if let Some(at) = found {
        bytes.splice(at..at + mark.len(), by.iter().copied());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0b2f_6c1e_55a1_4d3c_9e7b_2a4b_6c8d_0e1f);

    fn body(count: usize) -> Value {
        let messages: Vec<Value> = (1..=count)
            .map(|n| json!({"sequenceId": n, "from": "agent", "to": "customer", "text": "hi", "timestamp": "t"}))
            .collect();
        json!({"id": ID.to_string(), "messages": messages})
    }

    fn spoiled(set: impl FnOnce(&mut Faults), count: usize) -> Vec<u8> {
        let mut faults = Faults::default();
        set(&mut faults);
        assert!(faults.spoil_bodies());
        let mut body = body(count);
        spoil(&faults, ID, &mut body);
        write(&faults, body)
    }

    fn spoiled_json(set: impl FnOnce(&mut Faults), count: usize) -> Value {
        serde_json::from_slice(&spoiled(set, count)).unwrap()
    }

    #[test]
    fn bytes_are_no_json() {
        let truncated = spoiled(|f| f.truncated_json = true, 5);
        assert!(serde_json::from_slice::<Value>(&truncated).is_err());
        let invalid = spoiled(|f| f.invalid_utf8 = true, 5);
        assert!(invalid.windows(3).any(|w| w == b"\xC3\x28\xFF"));
        let surrogate = spoiled(|f| f.lone_surrogate = true, 1);
        assert!(
            String::from_utf8(surrogate)
                .unwrap()
                .contains(r#"hi \ud800""#)
        );
    }

    #[test]
    fn oversize_is_valid_json() {
        let bytes = spoiled(|f| f.oversize = true, 5);
        assert!(bytes.len() > 3 * 1024 * 1024);
        assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
    }

    #[test]
    fn messages_are_missing_shuffled_or_repeated() {
        assert!(
            spoiled_json(|f| f.missing_messages = true, 5)
                .get("messages")
                .is_none()
        );
        let ids = |value: Value| -> Vec<i64> {
            let messages = value["messages"].as_array().unwrap();
            messages
                .iter()
                .map(|m| m["sequenceId"].as_i64().unwrap())
                .collect()
        };
        for count in 2..6 {
            assert!(!ids(spoiled_json(|f| f.shuffle = true, count)).is_sorted());
        }
        assert_eq!(
            ids(spoiled_json(|f| f.duplicate_sequence_ids = true, 6)),
            [1, 1, 3, 4, 4, 6]
        );
    }

    #[test]
    fn every_shape_turns_up() {
        let body = spoiled_json(|f| f.shape_chaos = true, 9);
        let messages = body["messages"].as_array().unwrap();
        let any = |test: fn(&Value) -> bool| assert!(messages.iter().any(test));
        any(|m| m["sequenceId"].is_string());
        any(|m| m.get("to").is_some_and(Value::is_null));
        any(|m| m.is_object() && m.get("to").is_none());
        any(|m| m.get("timestamp").is_some_and(Value::is_null));
        any(|m| m.is_object() && m.get("timestamp").is_none());
        any(|m| m["text"] == "");
        any(|m| m["text"].is_number());
        any(|m| m.get("unknownField").is_some());
        any(Value::is_null);
        // Too short for all of them, but none may fail.
        spoiled_json(|f| f.shape_chaos = true, 0);
        spoiled_json(|f| f.shape_chaos = true, 1);
    }
}
