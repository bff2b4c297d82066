//! Format verification: the JSON of a transcript -> model.
//!
//! A document that is no transcript is an error; a message that is none is left out and counted, and the rest goes on.
//! Bytes that are not UTF-8 are replaced by the escape `\ud800` before parsing: a lone surrogate, which makes exactly the
//! message that holds it malformed, as a lone surrogate sent by the API does.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{RawMessage, RawTranscript};

/// Why a document is not a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON at all, or cut off.
    #[error("the transcript is not valid JSON")]
    InvalidJson,
    /// JSON, but no object with an array `messages`.
    #[error("Invalid transcript schema: messages array missing")]
    MessagesMissing,
}

/// A document without any fault, as nearly all are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    start_timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    end_timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    messages: Vec<Object<Message<'a>>>,
}

/// The fields of a document with faults; of a name that occurs twice, the last.
type Document<'a> = HashMap<Cow<'a, str>, &'a RawValue>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(deserialize_with = "sequence_id")]
    sequence_id: i64,
    #[serde(borrow)]
    message_id: Option<Text<'a>>,
    #[serde(borrow)]
    from: Option<Text<'a>>,
    #[serde(borrow)]
    to: Option<Text<'a>>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    timestamp: Option<Text<'a>>,
}

/// All that is read of a message that is not well-formed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Position {
    #[serde(deserialize_with = "sequence_id")]
    sequence_id: i64,
}

/// Reads a transcript and orders its messages.
///
/// # Errors
/// [`SchemaError`] where `body` is not JSON or has no array of messages.
pub fn decode(body: &[u8]) -> Result<RawTranscript<'_>, SchemaError> {
    match escape_invalid_utf8(body) {
        Cow::Borrowed(text) => ordered(text),
        Cow::Owned(text) => ordered(&text).map(RawTranscript::into_owned),
    }
}

fn ordered(text: &str) -> Result<RawTranscript<'_>, SchemaError> {
    let mut transcript = match whole(text) {
        Ok(transcript) => transcript,
        Err(_) => in_parts(text)?,
    };
    transcript.sort();
    transcript.malformed.sort_unstable();
    Ok(transcript)
}

/// Reads a document in one go; any fault in it is an error.
fn whole(text: &str) -> serde_json::Result<RawTranscript<'_>> {
    let Object(document) = serde_json::from_str::<Object<Whole<'_>>>(text)?;
    let messages = document.messages.into_iter();
    Ok(RawTranscript {
        id: string(document.id),
        kind: string(document.kind),
        start_timestamp: string(document.start_timestamp),
        end_timestamp: string(document.end_timestamp),
        names: Vec::new(),
        messages: messages.map(|Object(message)| message.into()).collect(),
        malformed: Vec::new(),
    })
}

/// Reads a document part by part, so that a fault costs no more than the part that has it.
fn in_parts(text: &str) -> Result<RawTranscript<'_>, SchemaError> {
    let document: Document<'_> = serde_json::from_str(text).map_err(classify)?;
    let field = |name: &str| {
        let value = document.get(name)?;
        serde_json::from_str(value.get()).ok().and_then(string)
    };
    let messages: Vec<&RawValue> = document
        .get("messages")
        .and_then(|messages| serde_json::from_str(messages.get()).ok())
        .ok_or(SchemaError::MessagesMissing)?;

    let mut transcript = RawTranscript {
        id: field("id"),
        kind: field("type"),
        start_timestamp: field("startTimestamp"),
        end_timestamp: field("endTimestamp"),
        names: Vec::new(),
        messages: Vec::with_capacity(messages.len()),
        malformed: Vec::new(),
    };
    for message in messages {
        match serde_json::from_str::<Object<Message<'_>>>(message.get()) {
            Ok(Object(message)) => transcript.messages.push(message.into()),
            Err(_) => transcript.malformed.push(
                serde_json::from_str::<Object<Position>>(message.get())
                    .ok()
                    .map(|Object(position)| position.sequence_id),
            ),
        }
    }
    Ok(transcript)
}

fn classify(error: serde_json::Error) -> SchemaError {
    match error.classify() {
        serde_json::error::Category::Data => SchemaError::MessagesMissing,
        _ => SchemaError::InvalidJson,
    }
}

impl<'a> From<Message<'a>> for RawMessage<'a> {
    fn from(message: Message<'a>) -> Self {
        Self {
            sequence_id: message.sequence_id,
            message_id: string(message.message_id),
            from: string(message.from),
            to: string(message.to),
            text: string(message.text).unwrap_or_default(),
            timestamp: string(message.timestamp),
        }
    }
}

/// A string of the document: a slice of it, unless there are escapes in it. serde copies every `Option<Cow<str>>`.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = Text<'de>;
            fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
                text.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Forms)
    }
}

fn string(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    text.map(|Text(text)| text)
}

/// A JSON object; an array of the right values in the right order, which serde would take too, is none.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;
            fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
                text.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields))
            }
        }
        deserializer.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// Sequence ids come as numbers or as numeric strings.
fn sequence_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    /// Beyond this, not every integer has a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    struct Forms;
    impl Visitor<'_> for Forms {
        type Value = i64;
        fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
            text.write_str("an integer or a string that is one")
        }
        fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<i64, E> {
            Ok(id)
        }
        fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<i64, E> {
            i64::try_from(id).map_err(E::custom)
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "integral and within the exact range"
        )]
        fn visit_f64<E: serde::de::Error>(self, id: f64) -> Result<i64, E> {
            if id.fract() == 0.0 && id.abs() < EXACT {
                Ok(id as i64)
            } else {
                Err(E::custom("not an integer"))
            }
        }
        fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<i64, E> {
            id.trim().parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_any(Forms)
}

/// The body as text, with an escape that no string may hold in the place of what is not UTF-8.
pub(crate) fn escape_invalid_utf8(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(body) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(body.len() + 16);
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            // Behind a backslash that begins an escape, ours must not become its continuation; twice, so that the escape
            // of a low surrogate which may follow makes no pair with it.
            let backslashes = chunk
                .valid()
                .bytes()
                .rev()
                .take_while(|byte| *byte == b'\\')
                .count();
            if backslashes % 2 == 1 {
                text.push('\\');
            }
            text.push_str(r"\ud800\ud800");
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(body: &[u8]) -> (Vec<i64>, Vec<Option<i64>>) {
        let transcript = decode(body).ok().unwrap();
        let ids = transcript.messages.iter().map(|m| m.sequence_id).collect();
        (ids, transcript.malformed)
    }

    #[test]
    fn orders_numbers_and_numeric_strings() {
        let body = br#"{"messages":[{"sequenceId":10},{"sequenceId":"9"},{"sequenceId":2.0},{"sequenceId":" -1 "}]}"#;
        assert_eq!(ids(body), (vec![-1, 2, 9, 10], vec![]));
    }

    #[test]
    fn equal_sequence_ids_are_ordered_by_time_and_text_not_by_arrival() {
        let texts = |body: &str| -> Vec<String> {
            let transcript = decode(body.as_bytes()).ok().unwrap();
            transcript
                .messages
                .into_iter()
                .map(|m| m.text.into_owned())
                .collect()
        };
        let one = r#"{"messages":[{"sequenceId":1,"text":"b"},{"sequenceId":1,"text":"a"},{"sequenceId":1,"text":"z","timestamp":"2026-01-01T00:00:00Z"}]}"#;
        let other = r#"{"messages":[{"sequenceId":1,"text":"z","timestamp":"2026-01-01T00:00:00Z"},{"sequenceId":1,"text":"a"},{"sequenceId":1,"text":"b"}]}"#;
        assert_eq!(texts(one), ["a", "b", "z"]);
        assert_eq!(texts(one), texts(other));
    }

    #[test]
    fn malformed_messages_are_left_out_with_their_position_where_it_is_known() {
        let body = br#"{"messages":[null,{"sequenceId":1,"text":5},{"sequenceId":2,"text":"ok"},{"text":"no position"},7,
            {"sequenceId":3,"text":"\ud800"},{"sequenceId":1.5,"text":"half"}]}"#;
        let (ids, malformed) = ids(body);
        assert_eq!(ids, vec![2]);
        assert_eq!(malformed, vec![None, None, None, None, Some(1), Some(3)]);
    }

    #[test]
    fn bytes_that_are_not_utf8_spoil_only_their_message() {
        let body = b"{\"messages\":[{\"sequenceId\":1,\"text\":\"bad \xc3\x28 \xff\"},{\"sequenceId\":2,\"text\":\"good\"}]}";
        assert_eq!(ids(body), (vec![2], vec![Some(1)]));
        for text in [&b"\\\xff"[..], b"\\\\\xff", b"\xff\\udc00", b"\\n\xff"] {
            let body = [
                br#"{"messages":[{"sequenceId":1,"text":""#,
                text,
                br#""}]}"#,
            ]
            .concat();
            assert_eq!(ids(&body), (vec![], vec![Some(1)]), "{text:?}");
        }
    }

    #[test]
    fn an_array_is_no_message_and_the_last_of_two_fields_counts() {
        let body = br#"{"messages":7,"messages":[[1,null,"a","b","hi",null],{"sequenceId":2,"text":"x"}]}"#;
        assert_eq!(ids(body), (vec![2], vec![None]));
        let body = br#"{"messages":[[1,null,"a","b","hi",null]]}"#;
        assert_eq!(ids(body), (vec![], vec![None]));
    }

    #[test]
    fn a_document_reads_the_same_in_one_go_and_in_parts() {
        let text = r#"{"id":"c","type":null,"endTimestamp":"2026-01-01T00:00:00Z","more":[{}],"messages":[
            {"sequenceId":"2","text":"two \u00e9","from":"A","to":null,"x":{"sequenceId":9}},{"sequenceId":1.0}]}"#;
        let fields = |transcript: RawTranscript<'static>| {
            let messages = transcript.messages.into_iter();
            let messages: Vec<_> = messages
                .map(|m| (m.sequence_id, m.from, m.to, m.text))
                .collect();
            (
                transcript.id,
                transcript.kind,
                transcript.end_timestamp,
                messages,
            )
        };
        let read = fields(whole(text).ok().unwrap().into_owned());
        assert_eq!(read.3[0], (2, Some("A".into()), None, "two é".into()));
        assert_eq!(read, fields(in_parts(text).ok().unwrap().into_owned()));
    }

    #[test]
    fn strings_are_slices_of_the_document_but_for_those_with_escapes() {
        let body = r#"{"messages":[{"sequenceId":1,"from":"guest","text":"plain é"},{"sequenceId":2,"text":"a \"word\""}]}"#;
        let transcript = decode(body.as_bytes()).ok().unwrap();
        let [plain, escaped] = &transcript.messages[..] else {
            panic!("two messages")
        };
        assert!(matches!(plain.from, Some(Cow::Borrowed("guest"))));
        assert!(matches!(plain.text, Cow::Borrowed("plain é")));
        assert!(matches!(&escaped.text, Cow::Owned(text) if text == "a \"word\""));
    }

    #[test]
    fn what_is_no_transcript_is_named() {
        let error = |body: &str| decode(body.as_bytes()).err();
        assert_eq!(error("{\"messages\":["), Some(SchemaError::InvalidJson));
        assert_eq!(error("<html>"), Some(SchemaError::InvalidJson));
        assert_eq!(error(""), Some(SchemaError::InvalidJson));
        for body in [
            "{}",
            "[]",
            "[null,null,null,null,[]]",
            "null",
            "{\"messages\":null}",
            "{\"messages\":{}}",
        ] {
            assert_eq!(error(body), Some(SchemaError::MessagesMissing), "{body}");
        }
    }
}
