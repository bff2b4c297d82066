//! Damages the answers of this dialect as the fault settings ask for.

use axum::response::Response;
use fastrand::Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::faults::Faults;
use super::super::spoil::{self, INVALID_UTF8_MARK, LONE_SURROGATE_MARK};

/// The bulk answer of these messages; the same ones are damaged the same way each time.
pub(super) fn bulk(faults: &Faults, id: Uuid, mut entities: Vec<Value>) -> Response {
    let mut rng = Rng::with_seed(id.as_u64_pair().0);
    if faults.shuffle {
        let before = entities.clone();
        rng.shuffle(&mut entities);
        if entities == before {
            entities.reverse();
        }
    }
    if faults.shape_chaos {
        twist_messages(&mut entities, &mut rng);
    }
    let texts: Vec<usize> = (0..entities.len())
        .filter(|place| text_holder(&mut entities[*place]).is_some())
        .collect();
    for (wanted, place, mark) in [
        (faults.invalid_utf8, texts.first(), INVALID_UTF8_MARK),
        (faults.lone_surrogate, texts.last(), LONE_SURROGATE_MARK),
    ] {
        if let Some(place) = place
            && wanted
            && let Some((holder, field)) = text_holder(&mut entities[*place])
        {
            spoil::append_to_text(holder, field, mark);
        }
    }
    let mut body = json!({});
    if !faults.missing_messages {
        body["entities"] = entities.into();
    }
    if faults.shape_chaos {
        body["unknownField"] = json!({"nested": [1, null]});
    }
    spoil::send(faults, body)
}

/// What has the text of a message, and under which name.
fn text_holder(entity: &mut Value) -> Option<(&mut Value, &'static str)> {
    if entity.get("textBody").is_some_and(Value::is_string) {
        return Some((entity, "textBody"));
    }
    let normalized = entity.get_mut("normalizedMessage")?;
    let has_text = normalized.get("text").is_some_and(Value::is_string);
    has_text.then_some((normalized, "text"))
}

fn twist_messages(entities: &mut Vec<Value>, rng: &mut Rng) {
    let mut stranger = entities.first().cloned().unwrap_or_default();
    // Every shape turns up within eleven messages; where the turn begins differs.
    let offset = rng.usize(0..11);
    for (at, entity) in entities.iter_mut().enumerate() {
        match (at + offset) % 11 {
            0 => {
                entity["messengerType"] = "WEBMESSAGING".into();
                swap_case(&mut entity["direction"]);
                swap_case(&mut entity["normalizedMessage"]["direction"]);
            }
            1 => swap_case(&mut entity["normalizedMessage"]["type"]),
            2 => entity["timestamp"] = Value::Null,
            3 => {
                entity["createdBy"] = Value::Null;
                entity["selfUri"] = Value::Null;
                entity["normalizedMessage"]["channel"] = json!({"time": null, "from": null});
            }
            4 => {
                for field in ["messengerType", "status", "fromAddress", "conversationId"] {
                    spoil::remove(entity, field);
                }
                spoil::remove(&mut entity["normalizedMessage"], "channel");
            }
            5 => {
                entity["messengerType"] = "smokesignals".into();
                entity["status"] = "pondering".into();
                entity["normalizedMessage"]["originatingEntity"] = "Committee".into();
            }
            6 => {
                let content = json!([{"contentType": "Hologram", "hologram": {"depth": 3}}]);
                entity["normalizedMessage"]["content"] = content;
            }
            7 => {
                spoil::remove(&mut entity["normalizedMessage"], "text");
                spoil::remove(entity, "textBody");
            }
            8 => {
                entity["normalizedMessage"]["content"] = Value::Null;
                spoil::remove(&mut entity["normalizedMessage"], "events");
                entity["normalizedMessage"]["metadata"] = Value::Null;
            }
            9 => entity["unknownField"] = json!({"nested": [true, null, "x"]}),
            _ => {}
        }
    }
    if stranger.is_object() {
        stranger["id"] = Uuid::from_u128(rng.u128(..)).simple().to_string().into();
        stranger["conversationId"] = Uuid::from_u128(rng.u128(..)).to_string().into();
        entities.insert(rng.usize(0..=entities.len()), stranger);
    }
}

/// Varies the shapes of a `MessageConversation`; no message id goes missing.
pub(super) fn conversation(id: Uuid, body: &mut Value) {
    let mut rng = Rng::with_seed(id.as_u64_pair().0);
    body["unknownField"] = json!({"nested": [1, null]});
    body["divisions"] = Value::Null;
    spoil::remove(body, "recentTransfers");
    let participants = body["participants"].as_array_mut();
    for (at, participant) in participants.into_iter().flatten().enumerate() {
        participant["type"] = "WEBMESSAGING".into();
        participant["unknownField"] = true.into();
        participant["attributes"] = Value::Null;
        participant["fromAddress"] = Value::Null;
        spoil::remove(participant, "toAddress");
        match participant["purpose"].as_str() {
            Some("customer") => participant["purpose"] = "external".into(),
            Some("agent") if at % 2 == 0 => participant["purpose"] = "user".into(),
            Some("agent") => participant["purpose"] = "AGENT".into(),
            _ => participant["state"] = "daydreaming".into(),
        }
        let messages = participant["messages"].as_array_mut();
        for message in messages.into_iter().flatten() {
            match rng.u8(0..5) {
                0 => message["messageTime"] = Value::Null,
                1 => swap_case(&mut message["messageMetadata"]["type"]),
                2 => message["messageStatus"] = "pondering".into(),
                3 => {
                    for field in ["media", "stickers", "messageURI"] {
                        spoil::remove(message, field);
                    }
                }
                _ => message["media"] = Value::Null,
            }
        }
    }
}

/// Upper case, or lower case what is in upper case already.
fn swap_case(value: &mut Value) {
    if let Some(text) = value.as_str() {
        let upper = text.to_uppercase();
        *value = if upper == text {
            text.to_lowercase()
        } else {
            upper
        }
        .into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entities(count: usize) -> Vec<Value> {
        (0..count)
            .map(|n| {
                json!({"id": n.to_string(), "direction": "inbound", "timestamp": "t",
                    "conversationId": "c", "messengerType": "webmessaging",
                    "normalizedMessage": {"type": "Text", "text": "hi", "direction": "Inbound"}})
            })
            .collect()
    }

    #[test]
    fn every_shape_turns_up_and_no_id_is_lost() {
        let mut twisted = entities(11);
        twist_messages(&mut twisted, &mut Rng::with_seed(3));
        for n in 0..11 {
            let id = Value::from(n.to_string());
            assert!(twisted.iter().any(|entity| entity["id"] == id));
        }
        let any = |test: fn(&Value) -> bool| assert!(twisted.iter().any(test));
        any(|e| e["messengerType"] == "WEBMESSAGING" && e["direction"] == "INBOUND");
        any(|e| e["normalizedMessage"]["type"] == "TEXT");
        any(|e| e["timestamp"].is_null());
        any(|e| e.get("conversationId").is_none());
        any(|e| e["normalizedMessage"]["originatingEntity"] == "Committee");
        any(|e| e["normalizedMessage"].get("text").is_none());
        any(|e| e.get("unknownField").is_some());
        any(|e| e["conversationId"].is_string() && e["conversationId"] != "c");
        // Too short for all of them, but none may fail.
        twist_messages(&mut Vec::new(), &mut Rng::with_seed(3));
    }

    #[test]
    fn texts_are_found_in_both_places() {
        let mut new = entities(1).remove(0);
        assert_eq!(text_holder(&mut new).unwrap().1, "text");
        assert_eq!(
            text_holder(&mut json!({"textBody": "x"})).unwrap().1,
            "textBody"
        );
        assert!(text_holder(&mut json!({"normalizedMessage": {}})).is_none());
    }
}
