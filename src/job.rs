//! A job: which conversation to fetch, as producers say it. No AMQP types.

use serde::Deserialize;
use uuid::Uuid;

/// A conversation's id in its published form: a lower-case hyphenated UUID.
pub type ConversationId = String;

/// What a message on the job queue asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Job {
    /// Fetch, redact and publish this conversation.
    Intercept(ConversationId),
    /// An event about a conversation over another medium than messaging: nothing to do.
    OtherMedium(ConversationId),
}

/// The body is none of the forms of a job. Says nothing of the body, which may hold anything.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("The job is not a conversation id, nor JSON with a conversationId")]
pub struct Malformed;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    conversation_id: Option<String>,
    detail: Option<Detail>,
}

/// The Genesys event envelope of EventBridge.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_body: EventBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventBody {
    conversation_id: String,
    media_type: Option<String>,
}

/// Reads the body of a job: a bare conversation id, `{"conversationId": ...}`, or the `customer.end` event envelope.
///
/// # Errors
/// [`Malformed`] for anything else. Such a body will not become a job by waiting, so it is dead-lettered at once, kept
/// byte for byte.
pub fn decode(body: &[u8]) -> Result<Job, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| Malformed)?.trim();
    if !text.starts_with('{') {
        return parse_id(text).map(Job::Intercept);
    }
    let document: Document = serde_json::from_str(text).map_err(|_| Malformed)?;
    match document {
        Document {
            conversation_id: Some(id),
            ..
        } => parse_id(&id).map(Job::Intercept),
        Document {
            detail: Some(Detail { event_body }),
            ..
        } => {
            let id = parse_id(&event_body.conversation_id)?;
            match event_body.media_type {
                Some(medium) if !medium.eq_ignore_ascii_case("message") => Ok(Job::OtherMedium(id)),
                _ => Ok(Job::Intercept(id)),
            }
        }
        _ => Err(Malformed),
    }
}

/// Reads a conversation id: a hyphenated UUID in any case, outer white space aside.
///
/// # Errors
/// [`Malformed`] for anything else, also for the braced, simple and urn forms of a UUID.
pub fn parse_id(text: &str) -> Result<ConversationId, Malformed> {
    const HYPHENATED: usize = 36;
    let text = text.trim();
    if text.len() != HYPHENATED {
        return Err(Malformed);
    }
    Uuid::try_parse(text)
        .map(|id| id.to_string())
        .map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "550e8400-e29b-41d4-a716-446655440000";

    #[test]
    fn all_forms_of_a_job_are_read() {
        let upper = ID.to_uppercase();
        for body in [
            ID.to_owned(),
            format!("  {upper}\r\n"),
            format!("{{\"conversationId\":\"{upper}\",\"unknown\":[1]}}"),
            format!(
                "{{\"detail\":{{\"eventBody\":{{\"conversationId\":\"{ID}\",\"mediaType\":\"MESSAGE\"}}}}}}"
            ),
            format!("{{\"detail\":{{\"eventBody\":{{\"conversationId\":\"{ID}\"}}}}}}"),
        ] {
            assert_eq!(
                decode(body.as_bytes()),
                Ok(Job::Intercept(ID.to_owned())),
                "{body}"
            );
        }
    }

    #[test]
    fn events_of_other_media_are_told_apart() {
        let body = format!(
            "{{\"detail\":{{\"eventBody\":{{\"conversationId\":\"{ID}\",\"mediaType\":\"VOICE\"}}}}}}"
        );
        assert_eq!(decode(body.as_bytes()), Ok(Job::OtherMedium(ID.to_owned())));
    }

    #[test]
    fn everything_else_is_malformed() {
        let simple = ID.replace('-', "");
        for body in [
            "",
            "   ",
            "hello",
            "550e8400-e29b-41d4-a716-44665544000g",
            "550e8400-e29b-41d4-a716-44665544000",
            &simple,
            &format!("{{{ID}}}"),
            &format!("urn:uuid:{ID}"),
            &format!("\"{ID}\""),
            "{}",
            "{\"conversationId\":7}",
            "{\"conversationId\":\"x\"}",
            "{\"detail\":{}}",
            "[]",
        ] {
            assert_eq!(decode(body.as_bytes()), Err(Malformed), "{body}");
        }
        assert_eq!(decode(b"\xff\xfe"), Err(Malformed));
    }
}
