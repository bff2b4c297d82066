//! A job: which conversation to fetch, as producers say it. No AMQP types.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;
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

/// Fields of a job in JSON; their values are read one by one, so that what is not asked for may be anything.
type Fields<'a> = HashMap<Cow<'a, str>, &'a RawValue>;

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
    let job = fields(text)?;
    if job.contains_key("conversationId") {
        return conversation_id(&job).map(Job::Intercept);
    }
    // The Genesys event envelope of EventBridge.
    let detail = fields(get(&job, "detail")?)?;
    let event = fields(get(&detail, "eventBody")?)?;
    let id = conversation_id(&event)?;
    let medium: Option<String> = get(&event, "mediaType")
        .ok()
        .and_then(|text| serde_json::from_str(text).ok());
    match medium {
        Some(medium) if !medium.eq_ignore_ascii_case("message") => Ok(Job::OtherMedium(id)),
        _ => Ok(Job::Intercept(id)),
    }
}

fn fields(text: &str) -> Result<Fields<'_>, Malformed> {
    serde_json::from_str(text).map_err(|_| Malformed)
}

fn get<'a>(fields: &Fields<'a>, name: &str) -> Result<&'a str, Malformed> {
    fields.get(name).map(|value| value.get()).ok_or(Malformed)
}

fn conversation_id(fields: &Fields<'_>) -> Result<ConversationId, Malformed> {
    let text: String =
        serde_json::from_str(get(fields, "conversationId")?).map_err(|_| Malformed)?;
    parse_id(&text)
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
            format!("{{\"conversationId\":\"{ID}\",\"detail\":\"call me\"}}"),
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
