//! What is read of the platform's answers. Every field may be absent or null; values of enumerations are compared without
//! case, and new ones are no errors. What is not named here is not read: co-browse and video tokens, for instance.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The conversation: who took part, and which messages there are.
#[derive(Deserialize)]
pub(super) struct Conversation {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) participants: Vec<Participant>,
}

/// A participant.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Participant {
    /// What the participant is: `customer`, `agent`, `bot`, ...
    #[serde(rename = "purpose", default, deserialize_with = "role")]
    pub(super) role: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) state: Option<String>,
    pub(super) start_time: Option<String>,
    pub(super) end_time: Option<String>,
    pub(super) messages: Option<Vec<Listing>>,
}

/// A message as the conversation lists it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    pub(super) message_id: Option<String>,
    message_metadata: Option<Typed>,
}

#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A bulk answer.
#[derive(Deserialize)]
pub(super) struct Entities<'a> {
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub(super) entities: Vec<&'a RawValue>,
}

/// All that is read of a message to tell which it is.
#[derive(Deserialize)]
pub(super) struct EntityId {
    pub(super) id: String,
}

/// A message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) conversation_id: Option<String>,
    pub(super) timestamp: Option<String>,
    direction: Option<String>,
    /// Removed from the API in 2026; older answers have it.
    pub(super) text_body: Option<String>,
    pub(super) normalized_message: Option<Normalized>,
}

/// The message's content in the form that all channels share.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Normalized {
    #[serde(rename = "type")]
    kind: Option<String>,
    pub(super) text: Option<String>,
    direction: Option<String>,
    originating_entity: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) content: Vec<super::render::Content>,
}

impl Participant {
    pub(super) fn is_business(&self) -> bool {
        self.role != "customer"
    }

    /// The name of a person; queues and flows have names, too.
    pub(super) fn persons_name(&self) -> Option<&str> {
        let person = matches!(self.role.as_str(), "customer" | "agent");
        Some(self.name.as_str()).filter(|name| person && !name.is_empty())
    }

    /// Has neither an end nor a state that says that there is one.
    pub(super) fn is_open(&self) -> bool {
        let ended = ["disconnected", "terminated"];
        self.messages.is_some()
            && self.end_time.is_none()
            && !ended.iter().any(|state| is(self.state.as_deref(), state))
    }
}

impl Listing {
    /// Not a receipt, nor an event such as typing.
    pub(super) fn is_content(&self) -> bool {
        let kind = self
            .message_metadata
            .as_ref()
            .and_then(|typed| typed.kind.as_deref());
        !is(kind, "receipt") && !is(kind, "event")
    }
}

impl Message {
    pub(super) fn is_content(&self) -> bool {
        let kind = self
            .normalized_message
            .as_ref()
            .and_then(|message| message.kind.as_deref());
        !is(kind, "receipt") && !is(kind, "event")
    }

    /// From whom to whom, as roles: by direction, and where that is absent by who lists the message.
    pub(super) fn sides<'a>(
        &self,
        listed: &'a str,
        business: Option<&'a str>,
    ) -> (&'a str, &'a str) {
        const CUSTOMER: &str = "customer";
        let normalized = self.normalized_message.as_ref();
        let direction = self
            .direction
            .as_deref()
            .or_else(|| normalized.and_then(|message| message.direction.as_deref()));
        let origin = normalized.and_then(|message| message.originating_entity.as_deref());
        let from_business = || match business {
            Some(role) => role,
            None if is(origin, "bot") => "bot",
            None => "agent",
        };
        let from = if is(direction, "inbound") {
            CUSTOMER
        } else if is(direction, "outbound") {
            from_business()
        } else {
            listed
        };
        let to = if from == CUSTOMER {
            business.unwrap_or("agent")
        } else {
            CUSTOMER
        };
        (from, to)
    }
}

fn is(value: Option<&str>, expected: &str) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case(expected))
}

/// The roles of the contract; purposes have grown several names for one.
fn role<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let purpose = Option::<String>::deserialize(deserializer)?
        .unwrap_or_default()
        .to_ascii_lowercase();
    Ok(match purpose.as_str() {
        "" | "customer" | "external" => "customer",
        "agent" | "user" => "agent",
        "bot" | "botflow" => "bot",
        "workflow" | "ivr" => "workflow",
        "acd" => "acd",
        // A purpose that is new: whoever it is, it was not the customer who invented it.
        _ => "system",
    }
    .to_owned())
}

/// Null as absent.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_have_names_and_queues_have_none() {
        let conversation: Conversation =
            serde_json::from_value(serde_json::json!({"participants": [
                {"purpose": "customer", "name": "Agneta Sample"},
                {"purpose": "acd", "name": "Returns Queue"},
                {"purpose": "user", "name": "Jonas Sample"},
                {"purpose": "customer", "name": null},
            ]}))
            .unwrap();
        let names = conversation.participants.iter();
        let names: Vec<&str> = names.filter_map(Participant::persons_name).collect();
        assert_eq!(names, ["Agneta Sample", "Jonas Sample"]);
    }
}
