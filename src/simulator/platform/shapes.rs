//! The JSON of conversations and messages.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::conversation::{Conversation, rfc3339, uuid_of_name};
use super::super::store::guest_of;
use super::ids::shown;
use super::plan::{Entry, Event, Kind, Listing, Participant, Plan};

/// What this medium calls itself.
pub(super) const PROVIDER: &str = "PureCloud Messaging";

/// The web page's messenger: the other address besides the guest's.
pub(super) fn deployment() -> String {
    uuid_of_name("https://genesys.example.com/deployments/web").to_string()
}

/// Where a message can be asked for, as a path.
fn message_uri(conversation: Uuid, message: Uuid) -> String {
    let message = shown(message);
    format!("/api/v2/conversations/messages/{conversation}/messages/{message}")
}

/// A user of the organisation, known by name.
fn user(name: &str) -> Value {
    let id = uuid_of_name(&format!("https://genesys.example.com/users/{name}"));
    json!({"id": id.to_string(), "name": name, "selfUri": format!("/api/v2/users/{id}")})
}

fn address(id: &str, name: Option<&str>) -> Value {
    let mut address = json!({
        "nameRaw": name.unwrap_or_default(),
        "addressNormalized": id,
        "addressRaw": id,
        "addressDisplayable": id,
    });
    if let Some(name) = name {
        address["name"] = name.into();
    }
    address
}

/// A `MessageConversation`. `open` is one that has not ended.
pub(super) fn conversation(conversation: &Conversation, plan: &Plan<'_>, open: bool) -> Value {
    let id = conversation.id;
    let participants: Vec<Value> = plan
        .participants
        .iter()
        .map(|participant| self::participant(id, plan, participant, open))
        .collect();
    json!({
        "id": id.to_string(),
        "participants": participants,
        "otherMediaUris": [],
        "recentTransfers": [],
        "divisions": [],
        "selfUri": format!("/api/v2/conversations/messages/{id}"),
    })
}

fn participant(id: Uuid, plan: &Plan<'_>, participant: &Participant<'_>, open: bool) -> Value {
    let customer = plan.participants[0].name.as_deref();
    let guest = guest_of(id).to_string();
    let connected = open && participant.is_customer();
    let messages: Vec<Value> = participant
        .listed
        .iter()
        .map(|listing| message_details(id, plan, listing))
        .collect();
    let mut value = json!({
        "id": participant.id.to_string(),
        "address": guest,
        "startTime": rfc3339(participant.start),
        "connectedTime": rfc3339(participant.start),
        "endTime": rfc3339(participant.end),
        "purpose": participant.purpose,
        "state": if connected { "connected" } else { "disconnected" },
        "direction": "inbound",
        "held": false,
        "attributes": {},
        "provider": PROVIDER,
        "fromAddress": address(&guest, customer),
        "toAddress": address(&deployment(), None),
        "messages": messages,
        "type": "webmessaging",
        "authenticated": false,
    });
    if connected {
        value["endTime"] = Value::Null;
    } else {
        let how = if participant.transferred {
            "transfer"
        } else {
            "client"
        };
        value["disconnectType"] = how.into();
    }
    if participant.is_customer() {
        let page = "https://www.example.com/help";
        value["attributes"] = match (customer, &participant.email) {
            (Some(name), Some(email)) => {
                json!({"context.page": page, "context.name": name, "context.email": email})
            }
            _ => json!({"context.page": page}),
        };
    }
    if !participant.is_customer() {
        value["peer"] = plan.participants[0].id.to_string().into();
    }
    if let Some(name) = &participant.name {
        value["name"] = name.as_str().into();
        if participant.is_agent() {
            value["user"] = user(name);
        }
    }
    value
}

fn message_details(id: Uuid, plan: &Plan<'_>, listing: &Listing) -> Value {
    let entry = &plan.entries[listing.entry];
    let metadata = match &entry.kind {
        _ if listing.receipt => json!({"type": "Receipt"}),
        Kind::Receipt => json!({"type": "Receipt"}),
        Kind::Text(_) => json!({"type": "Text"}),
        Kind::Structured { content, .. } => {
            let parts: Vec<Value> = content
                .as_array()
                .into_iter()
                .flatten()
                .map(|part| json!({"contentType": part["contentType"]}))
                .collect();
            json!({"type": "Structured", "content": parts})
        }
        Kind::Event(event) => {
            let (event_type, sub_type) = match event {
                Event::Typing => ("Typing", "On"),
                Event::Join => ("Presence", "Join"),
                Event::Disconnect => ("Presence", "Disconnect"),
                Event::CoBrowse => ("CoBrowse", "Offering"),
                Event::Video => ("Video", "Offering"),
            };
            json!({"type": "Event", "events": [{"eventType": event_type, "subType": sub_type}]})
        }
    };
    json!({
        "messageId": shown(entry.id),
        "messageURI": message_uri(id, entry.id),
        "messageStatus": if listing.receipt { "delivery-success" } else { status(plan, entry) },
        "messageSegmentCount": 1,
        "messageTime": entry.timestamp,
        "messageMetadata": metadata,
        "media": [],
        "stickers": [],
    })
}

fn status(plan: &Plan<'_>, entry: &Entry<'_>) -> &'static str {
    match &entry.kind {
        Kind::Receipt => "delivery-success",
        _ if plan.participants[entry.owner].is_customer() => "received",
        _ => "sent",
    }
}

/// A `MessageData`. `legacy` has the text where it was before 2026.
pub(super) fn message(id: Uuid, plan: &Plan<'_>, entry: &Entry<'_>, legacy: bool) -> Value {
    let owner = &plan.participants[entry.owner];
    let inbound = owner.is_customer();
    let ends = [guest_of(id).to_string(), deployment()];
    let [from, to] = if inbound {
        [&ends[0], &ends[1]]
    } else {
        [&ends[1], &ends[0]]
    };
    let (kind, text) = match &entry.kind {
        Kind::Text(text) => ("Text", Some(*text)),
        Kind::Structured { text, .. } => ("Structured", *text),
        Kind::Receipt => ("Receipt", None),
        Kind::Event(_) => ("Event", None),
    };
    let mut normalized = json!({
        "id": shown(entry.id),
        "channel": channel(plan, entry, from, to),
        "type": kind,
        "direction": if inbound { "Inbound" } else { "Outbound" },
        "originatingEntity": if owner.is_bot() { "Bot" } else { "Human" },
        "status": if matches!(entry.kind, Kind::Receipt) { "Delivered" } else { "Sent" },
        "content": [],
        "events": [],
        "metadata": {"correlationId": entry.id.to_string()},
    });
    match &entry.kind {
        Kind::Structured { content, .. } => normalized["content"] = content.clone(),
        Kind::Event(event) => normalized["events"] = json!([self::event(*event, entry)]),
        Kind::Receipt => normalized["isFinalReceipt"] = true.into(),
        Kind::Text(_) => {}
    }
    let mut value = json!({
        "id": shown(entry.id),
        "timestamp": entry.timestamp,
        "fromAddress": from,
        "toAddress": to,
        "direction": if inbound { "inbound" } else { "outbound" },
        "messengerType": "webmessaging",
        "status": status(plan, entry),
        "conversationId": id.to_string(),
        "selfUri": message_uri(id, entry.id),
    });
    if let Some(text) = text {
        let place = if legacy {
            &mut value["textBody"]
        } else {
            &mut normalized["text"]
        };
        *place = text.into();
    }
    value["normalizedMessage"] = normalized;
    if let Some(name) = owner.name.as_deref().filter(|_| owner.is_agent()) {
        value["createdBy"] = user(name);
        value["createdBy"]["version"] = 1.into();
    }
    value
}

fn channel(plan: &Plan<'_>, entry: &Entry<'_>, from: &str, to: &str) -> Value {
    let mut channel = json!({
        "id": plan.participants[0].id.to_string(),
        "platform": "WebMessaging",
        "type": "Private",
        "messageId": shown(entry.id),
        "from": {"id": from, "idType": "Opaque"},
        "to": {"id": to, "idType": "Opaque"},
        "time": entry.timestamp,
    });
    let customer = &plan.participants[0];
    let inbound = plan.participants[entry.owner].is_customer();
    if let (Some(name), Some(email)) = (&customer.name, &customer.email) {
        let end = &mut channel[if inbound { "from" } else { "to" }];
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        end["nickname"] = name.as_str().into();
        end["firstName"] = first.into();
        end["lastName"] = last.into();
        end["email"] = email.as_str().into();
    }
    channel
}

fn event(event: Event, entry: &Entry<'_>) -> Value {
    let id = shown(entry.id);
    match event {
        Event::Typing => {
            json!({"eventType": "Typing", "typing": {"type": "On", "duration": 5000}})
        }
        Event::Join => json!({"eventType": "Presence", "presence": {"type": "Join"}}),
        Event::Disconnect => json!({"eventType": "Presence", "presence": {"type": "Disconnect"}}),
        Event::CoBrowse => json!({"eventType": "CoBrowse", "coBrowse": {"type": "Offering",
            "sessionId": id, "sessionJoinToken": format!("simulated-secret-join-{id}")}}),
        Event::Video => json!({"eventType": "Video", "video": {"type": "Offering",
            "offeringId": id, "jwt": format!("simulated-secret-jwt-{id}")}}),
    }
}
