//! What is read of an analytics answer. Every field may be absent or null, as may the list of an empty page.

use serde::Deserialize;
use serde_json::Value;

use super::super::calls::Answer;
use super::super::{Error, ErrorKind};
use super::Found;

/// A page of an analytics answer.
pub(in crate::genesys) struct Answered {
    /// Rows that name a conversation; one may be named by several.
    pub(in crate::genesys) found: Vec<Found>,
    /// All rows of the page.
    pub(in crate::genesys) rows: usize,
    /// Rows of all pages, where the API tells.
    pub(in crate::genesys) total: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    conversations: Option<Vec<Row>>,
    total_hits: Option<usize>,
}

/// Both dialects' names of the same.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    conversation_id: Option<String>,
    id: Option<String>,
    conversation_end: Option<Value>,
    end_timestamp: Option<Value>,
}

/// Reads an analytics answer.
pub(in crate::genesys) fn read(answer: &Answer) -> Result<Answered, Error> {
    let body: Body =
        serde_json::from_slice(&answer.body).map_err(|_| answer.error(ErrorKind::InvalidSchema))?;
    let conversations = body.conversations.unwrap_or_default();
    let rows = conversations.len();
    let found: Vec<Found> = conversations
        .into_iter()
        .filter_map(|row| {
            let ended = row.conversation_end.or(row.end_timestamp);
            Some(Found {
                id: row.conversation_id.or(row.id)?,
                ended: ended.and_then(|time| time.as_str()?.parse().ok()),
            })
        })
        .collect();
    if found.len() < rows {
        tracing::warn!(
            event = "discovery.nameless",
            rows = rows - found.len(),
            "the answer has rows without a conversation's id"
        );
    }
    Ok(Answered {
        found,
        rows,
        total: body.total_hits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Answered, Error> {
        super::read(&Answer {
            status: 200,
            correlation_id: None,
            body: body.to_owned().into(),
        })
    }

    #[test]
    fn both_dialects_rows_are_read() {
        let answered = read(
            r#"{"conversations": [
                {"conversationId": "a", "id": "x", "conversationEnd": "2026-06-01T12:00:00.000Z"},
                {"id": "b", "endTimestamp": "2026-06-01T14:00:00+02:00", "unknown": 1},
                {"conversationId": "c", "conversationEnd": null},
                {"conversationEnd": 7}
            ], "totalHits": 40}"#,
        )
        .unwrap();
        let noon = "2026-06-01T12:00:00Z".parse().ok();
        let expected = [("a", noon), ("b", noon), ("c", None)].map(|(id, ended)| Found {
            id: id.to_owned(),
            ended,
        });
        assert_eq!(answered.found, expected);
        assert_eq!((answered.rows, answered.total), (4, Some(40)));
    }

    #[test]
    fn an_empty_page_has_no_list() {
        for body in ["{}", r#"{"conversations": null}"#] {
            assert_eq!(read(body).unwrap().rows, 0, "{body}");
        }
        for body in ["[]", "<html>", r#"{"conversations": "none"}"#] {
            assert_eq!(
                read(body).err().unwrap().kind,
                ErrorKind::InvalidSchema,
                "{body}"
            );
        }
    }
}
