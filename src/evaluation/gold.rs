//! Marked conversations: one JSON document a line.

use std::ops::Range;

use serde::Deserialize;

/// A conversation with the personal data marked.
pub struct GoldConversation {
    /// Its name in the file.
    pub id: String,
    /// Its messages, oldest first.
    pub messages: Vec<GoldMessage>,
}

/// One message, raw.
pub struct GoldMessage {
    /// Position in the conversation.
    pub sequence_id: i64,
    /// Who wrote it.
    pub from: Option<String>,
    /// What was written.
    pub text: String,
    /// What of it is personal.
    pub marks: Vec<Mark>,
}

/// A marked value.
pub struct Mark {
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// The marks' own name for what it is.
    pub kind: String,
    /// Neither has to be redacted nor must be left.
    pub optional: bool,
}

/// Why a line is no marked conversation. Tells places, never text.
#[derive(Debug, thiserror::Error)]
pub enum GoldError {
    /// Not the JSON that is expected.
    #[error("not a marked conversation: {0} at column {1}")]
    Json(&'static str, usize),
    /// A span that does not lie in its text.
    #[error(
        "message {sequence_id}: span {start}..{end} does not lie in the text; offsets are code points, end exclusive"
    )]
    Span {
        /// The message.
        sequence_id: i64,
        /// As it stands in the file.
        start: usize,
        /// As it stands in the file.
        end: usize,
    },
}

#[derive(Deserialize)]
struct Document {
    id: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    sequence_id: i64,
    from: Option<String>,
    text: String,
    #[serde(default)]
    spans: Vec<Marked>,
}

#[derive(Deserialize)]
struct Marked {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    soft: bool,
}

/// Reads one line.
///
/// # Errors
/// The line is no conversation, or a span lies outside of its text.
pub fn decode(line: &[u8]) -> Result<GoldConversation, GoldError> {
    let document: Document = serde_json::from_slice(line).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "a field is missing or of another type",
            _ => "no JSON",
        };
        GoldError::Json(what, error.column())
    })?;
    let messages = document
        .messages
        .into_iter()
        .map(message)
        .collect::<Result<_, _>>()?;
    Ok(GoldConversation {
        id: document.id,
        messages,
    })
}

fn message(message: Message) -> Result<GoldMessage, GoldError> {
    // Byte offset of every code point, and of the end.
    let offsets: Vec<usize> = message
        .text
        .char_indices()
        .map(|(offset, _)| offset)
        .chain([message.text.len()])
        .collect();
    let marks = message
        .spans
        .into_iter()
        .map(
            |Marked {
                 start,
                 end,
                 kind,
                 soft,
             }| {
                match (offsets.get(start), offsets.get(end)) {
                    (Some(&from), Some(&to)) if start < end => Ok(Mark {
                        range: from..to,
                        kind,
                        optional: soft,
                    }),
                    _ => Err(GoldError::Span {
                        sequence_id: message.sequence_id,
                        start,
                        end,
                    }),
                }
            },
        )
        .collect::<Result<_, _>>()?;
    Ok(GoldMessage {
        sequence_id: message.sequence_id,
        from: message.from,
        text: message.text,
        marks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_code_points() {
        let line = r#"{"id":"x","messages":[{"sequenceId":1,"text":"é 12","spans":[{"start":2,"end":4,"type":"PIN"}]}]}"#;
        let gold = decode(line.as_bytes()).unwrap();
        assert_eq!(gold.messages[0].marks[0].range, 3..5);
    }

    #[test]
    fn what_is_wrong_is_told_without_text() {
        let outside = r#"{"id":"x","messages":[{"sequenceId":7,"text":"secret","spans":[{"start":2,"end":40,"type":"PIN"}]}]}"#;
        let message = decode(outside.as_bytes()).err().unwrap().to_string();
        assert!(
            message.contains("message 7") && !message.contains("secret"),
            "{message}"
        );
        assert!(decode(b"{\"id\":1}").is_err());
    }
}
