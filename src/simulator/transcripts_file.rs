//! Reads conversations from a JSONL file.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::Deserialize;

use super::conversation::{Conversation, ConversationId, Message};

/// One line; fields it does not name are ignored.
#[derive(Deserialize)]
struct Line {
    id: ConversationId,
    messages: Vec<LineMessage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LineMessage {
    sequence_id: i64,
    from: String,
    text: String,
    timestamp: Option<String>,
}

/// A conversation of the file, and whether its start and end are known or made up.
pub(super) struct FileConversation {
    pub(super) conversation: Conversation,
    pub(super) has_times: bool,
}

/// Reads all conversations of a file, in its order; empty lines are skipped.
///
/// # Errors
///
/// If the file cannot be read, or a line is not a conversation or repeats an id; the error names
/// the file and the line.
pub(super) fn load(path: &Path) -> anyhow::Result<Vec<FileConversation>> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let mut seen = HashSet::new();
    let mut conversations = Vec::new();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let place = || format!("{shown}, line {}", index + 1);
        let line = line.with_context(place)?;
        if line.trim().is_empty() {
            continue;
        }
        let conversation = parse(&line).with_context(place)?;
        let id = conversation.conversation.id;
        if !seen.insert(id) {
            return Err(anyhow::anyhow!("the id {id} was used before").context(place()));
        }
        conversations.push(conversation);
    }
    if conversations.is_empty() {
        bail!("{shown} has no conversations");
    }
    Ok(conversations)
}

fn parse(line: &str) -> anyhow::Result<FileConversation> {
    // The JSON parser sees one line only, so its line number would contradict that of the file.
    let Line { id, messages } = serde_json::from_str(line).map_err(|error| {
        anyhow::anyhow!(error.to_string().replace(" at line 1 column ", ", column "))
    })?;
    let mut times: Option<(Timestamp, Timestamp)> = None;
    for text in messages.iter().filter_map(|m| m.timestamp.as_ref()) {
        let time: Timestamp = text
            .parse()
            .with_context(|| format!("the timestamp \"{text}\" is not RFC 3339"))?;
        times = Some(times.map_or((time, time), |(min, max)| (min.min(time), max.max(time))));
    }
    let messages = messages
        .into_iter()
        .map(|message| Message {
            sequence_id: message.sequence_id,
            from: Cow::Owned(message.from),
            text: message.text,
            timestamp: message.timestamp,
        })
        .collect();
    let (start, end) = match times {
        Some(times) => times,
        None => made_up_times()?,
    };
    Ok(FileConversation {
        conversation: Conversation {
            id: id.0,
            start,
            end,
            messages,
        },
        has_times: times.is_some(),
    })
}

/// Start and end served for a conversation whose messages have no timestamps.
fn made_up_times() -> anyhow::Result<(Timestamp, Timestamp)> {
    Ok((
        "2026-01-15T09:00:00Z".parse()?,
        "2026-01-15T09:10:00Z".parse()?,
    ))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::conversation::uuid_of_name;
    use super::*;

    #[test]
    fn extra_fields_are_ignored_and_names_become_uuids() {
        let line = r#"{"id":"chat-1","split":"test","messages":[{"sequenceId":2,"from":"agent",
            "text":"b","timestamp":"2026-03-01T10:00:05Z","spans":[]},{"sequenceId":1,
            "from":"customer","text":"a","timestamp":"2026-03-01T10:00:00Z"}]}"#;
        let read = parse(line).unwrap();
        assert!(read.has_times);
        let conversation = read.conversation;
        assert_eq!(conversation.id, uuid_of_name("chat-1"));
        assert_eq!(conversation.start.to_string(), "2026-03-01T10:00:00Z");
        assert_eq!(conversation.end.to_string(), "2026-03-01T10:00:05Z");
        assert_eq!(conversation.messages[0].text, "b");
    }

    #[test]
    fn a_bad_line_is_named() {
        let path = std::env::temp_dir().join(format!("{}.jsonl", Uuid::new_v4()));
        std::fs::write(&path, "{\"id\":\"a\",\"messages\":[]}\n\n{\"id\":\"b\"}\n").unwrap();
        let error = format!("{:#}", load(&path).err().unwrap());
        std::fs::remove_file(&path).unwrap();
        assert!(
            error.contains(".jsonl, line 3: missing field `messages`"),
            "{error}"
        );
    }
}
