//! Letters for these tests, and what is found in queues.

use jiff::{SignedDuration, Timestamp};
use lapin::BasicProperties;
use lapin::options::BasicGetOptions;
use lapin::types::{AMQPValue, FieldTable};
use serde_json::Value;

use crate::support::{Finished, Stand, records};

pub(super) const ID: &str = "550e8400-e29b-41d4-a716-446655440000";

/// A message as it is found in a queue.
pub(super) struct Found {
    pub(super) body: Vec<u8>,
    pub(super) exchange: String,
    pub(super) key: String,
    pub(super) message_id: String,
    pub(super) headers: Value,
}

/// A letter's properties; `message_id` and headers as a worker sets them.
pub(super) fn letter(message_id: &str, reason: &str, age_hours: i64) -> BasicProperties {
    let first_seen = Timestamp::now() - SignedDuration::from_hours(age_hours);
    let mut headers = FieldTable::default();
    for (name, text) in [
        ("interceptor-reason", reason),
        ("interceptor-error", "what happened\u{1b}[2J"),
        ("interceptor-first-seen", &first_seen.to_string()),
        ("interceptor-worker", "w1"),
        ("producer", "crm"),
    ] {
        headers.insert(name.into(), AMQPValue::LongString(text.into()));
    }
    for (name, number) in [("interceptor-attempt", 3), ("interceptor-redrives", 1)] {
        headers.insert(name.into(), AMQPValue::LongLongInt(number));
    }
    BasicProperties::default()
        .with_message_id(message_id.into())
        .with_content_type("text/plain".into())
        .with_headers(headers)
}

/// A conversation id that tells its number.
pub(super) fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

impl Stand {
    pub(super) async fn bury(&self, body: &[u8], properties: BasicProperties) {
        let lanes = self.name("conversations.lanes");
        self.publish(&lanes, "dead", body, properties).await;
    }

    /// Dead letters for the conversations 0 to `count`.
    pub(super) async fn bury_many(&self, count: usize) {
        for number in 0..count {
            let properties = letter(&format!("job-{number}"), "genesys_error", 1);
            self.bury(id(number).as_bytes(), properties).await;
        }
        self.until_depth("conversations.dead", count as u32).await;
    }

    pub(super) async fn dead_letters_command(&self, arguments: &[&str]) -> Finished {
        let mut all = vec!["dead-letters"];
        all.extend(arguments);
        self.interceptor(&all, &[]).await
    }

    /// Takes everything out of a queue, in order.
    pub(super) async fn drain(&self, suffix: &str) -> Vec<Found> {
        let options = BasicGetOptions { no_ack: true };
        let mut found = Vec::new();
        let queue = self.name(suffix);
        while let Some(message) = self
            .channel
            .basic_get(queue.as_str().into(), options)
            .await
            .unwrap()
        {
            let properties = &message.properties;
            let id = properties.message_id().as_ref();
            found.push(Found {
                exchange: message.exchange.to_string(),
                key: message.routing_key.to_string(),
                message_id: id.map(ToString::to_string).unwrap_or_default(),
                headers: senders(records::headers(properties)),
                body: message.delivery.data,
            });
        }
        found
    }
}

/// Without the broker's notes.
fn senders(mut headers: Value) -> Value {
    let object = headers.as_object_mut().unwrap();
    object.retain(|name, _| !name.starts_with("x-"));
    headers
}

pub(super) fn lines(output: &Finished) -> Vec<Value> {
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let lines = output.stdout.lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

pub(super) fn bodies(found: &[Found]) -> Vec<String> {
    found
        .iter()
        .map(|message| String::from_utf8(message.body.clone()).unwrap())
        .collect()
}
