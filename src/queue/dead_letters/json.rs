//! Headers and properties as JSON.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use serde_json::{Map, Value, json};

/// A table by its names.
pub(super) fn table(table: &FieldTable) -> Map<String, Value> {
    let entries = table.inner().iter();
    entries
        .map(|(name, field)| (name.to_string(), value(field)))
        .collect()
}

fn value(field: &AMQPValue) -> Value {
    match field {
        AMQPValue::Boolean(value) => json!(value),
        AMQPValue::ShortShortInt(number) => json!(number),
        AMQPValue::ShortShortUInt(number) => json!(number),
        AMQPValue::ShortInt(number) => json!(number),
        AMQPValue::ShortUInt(number) => json!(number),
        AMQPValue::LongInt(number) => json!(number),
        AMQPValue::LongUInt(number) => json!(number),
        AMQPValue::LongLongInt(number) => json!(number),
        AMQPValue::Float(number) => json!(number),
        AMQPValue::Double(number) => json!(number),
        AMQPValue::DecimalValue(number) => json!({"scale": number.scale, "value": number.value}),
        AMQPValue::ShortString(text) => json!(text.as_str()),
        AMQPValue::LongString(text) => bytes(text.as_bytes()),
        AMQPValue::ByteArray(array) => bytes(array.as_slice()),
        AMQPValue::FieldArray(array) => array.as_slice().iter().map(value).collect(),
        AMQPValue::Timestamp(seconds) => json!(seconds),
        AMQPValue::FieldTable(nested) => Value::Object(table(nested)),
        AMQPValue::Void => Value::Null,
    }
}

/// Text, where it is any.
fn bytes(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({"base64": BASE64_STANDARD.encode(bytes)}),
    }
}

/// The properties that are set, but for the headers, under the names that AMQP gives them.
pub(super) fn properties(properties: &BasicProperties) -> Map<String, Value> {
    let mut set = Map::new();
    for (name, value) in [
        ("content_type", properties.content_type()),
        ("content_encoding", properties.content_encoding()),
        ("correlation_id", properties.correlation_id()),
        ("reply_to", properties.reply_to()),
        ("expiration", properties.expiration()),
        ("message_id", properties.message_id()),
        ("type", properties.kind()),
        ("user_id", properties.user_id()),
        ("app_id", properties.app_id()),
    ] {
        if let Some(value) = value {
            set.insert(name.to_owned(), json!(value.as_str()));
        }
    }
    for (name, value) in [
        ("delivery_mode", properties.delivery_mode().map(u64::from)),
        ("priority", properties.priority().map(u64::from)),
        ("timestamp", *properties.timestamp()),
    ] {
        if let Some(value) = value {
            set.insert(name.to_owned(), json!(value));
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use lapin::types::FieldArray;

    use super::*;

    #[test]
    fn every_kind_of_header_is_shown() {
        let mut death = FieldTable::default();
        death.insert("count".into(), AMQPValue::LongLongInt(3));
        let mut headers = FieldTable::default();
        for (name, value) in [
            ("text", AMQPValue::LongString("gr\u{fc}n".into())),
            ("no text", AMQPValue::LongString(vec![0xff, 0xfe].into())),
            ("yes", AMQPValue::Boolean(true)),
            ("none", AMQPValue::Void),
            (
                "x-death",
                AMQPValue::FieldArray(FieldArray::from(vec![AMQPValue::FieldTable(death)])),
            ),
        ] {
            headers.insert(name.into(), value);
        }
        assert_eq!(
            Value::Object(table(&headers)),
            json!({
                "text": "grün", "no text": {"base64": "//4="}, "yes": true, "none": null,
                "x-death": [{"count": 3}],
            })
        );
    }

    #[test]
    fn only_what_is_set_is_shown() {
        let set = BasicProperties::default()
            .with_message_id("job-1".into())
            .with_delivery_mode(2);
        assert_eq!(
            Value::Object(properties(&set)),
            json!({"message_id": "job-1", "delivery_mode": 2})
        );
    }
}
