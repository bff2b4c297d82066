//! What the headers, statuses and bodies of answers mean.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use super::ErrorKind;
use super::pace::Window;
use crate::tls::tls_fault;

/// The longest Retry-After that is believed: a longer one is a mistake, such as milliseconds taken for seconds.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(6 * 60 * 60);
/// No window is longer: the counters are per minute.
const LONGEST_WINDOW: Duration = Duration::from_secs(60);
/// A Retry-After that cannot be read.
const UNREADABLE_RETRY_AFTER: Duration = Duration::from_secs(60);
/// Genesys' error bodies are small; what is longer is none.
const MAX_ERROR_BODY: usize = 64 * 1024;

/// Why there was no answer.
pub(super) fn transport(error: reqwest::Error) -> ErrorKind {
    // The error's own text may hold the URL and so a conversation's id, but nothing that would tell more than this.
    if error.is_timeout() {
        ErrorKind::Timeout
    } else {
        tls_fault(&error).map_or_else(|| ErrorKind::Unreachable(cause(&error)), ErrorKind::Tls)
    }
}

/// Why there is no connection, in fixed words.
fn cause(error: &reqwest::Error) -> &'static str {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => {
                    return "the connection is refused; check GENESYS_REGION, GENESYS_*_URL and HTTPS_PROXY";
                }
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof => return "the connection broke",
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                    return "there is no way to its network";
                }
                _ => {}
            }
        }
        // The resolver's errors have no kind of their own.
        if error.to_string().starts_with("failed to lookup address") {
            return "its name is unknown; check GENESYS_REGION, GENESYS_*_URL, HTTPS_PROXY and the name server";
        }
        next = error.source();
    }
    if error.is_connect() {
        "there is no connection; check HTTPS_PROXY, where it is set"
    } else {
        "the connection broke"
    }
}

/// What a status other than 200 means: by the code in the body where that says more. The body is read no further.
pub(super) async fn refusal(response: Response) -> ErrorKind {
    let status = response.status();
    let retry_after = retry_after(response.headers());
    let page = is_page(response.headers());
    let code = if status.is_client_error() {
        error_code(response).await
    } else {
        String::new()
    };
    // What has a code is Genesys', whatever it calls itself.
    let page = page && code.is_empty();
    match (status, code.as_str()) {
        (StatusCode::UNAUTHORIZED, _) => ErrorKind::CredentialsRefused,
        // The client's role lacks a permission, whatever is asked for.
        (
            StatusCode::FORBIDDEN,
            "missing.permissions"
            | "missing.any.permissions"
            | "not.authorized"
            | "app.not.authorized.for.scope",
        ) => ErrorKind::MissingPermission,
        // The client lacks the right to this conversation's division.
        (
            StatusCode::FORBIDDEN,
            "missing.division.permission"
            | "missing.any.division.permissions"
            | "authz.policy.denied",
        ) => ErrorKind::Forbidden {
            this_conversation: true,
        },
        (StatusCode::FORBIDDEN, _) => ErrorKind::Forbidden {
            this_conversation: false,
        },
        // A gateway that knows no route: not of this conversation.
        (StatusCode::NOT_FOUND | StatusCode::GONE, _) if page => ErrorKind::NotJson,
        (StatusCode::NOT_FOUND | StatusCode::GONE, _) => ErrorKind::NotFound,
        (StatusCode::REQUEST_TIMEOUT, _) => ErrorKind::Timeout,
        (StatusCode::PAYLOAD_TOO_LARGE, _)
        | (StatusCode::BAD_REQUEST, "response.entity.too.large" | "request.entity.too.large") => {
            ErrorKind::AnswerTooLarge
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => ErrorKind::RateLimited { retry_after },
        // Of what stands between us and the API, or of the moment, not of this conversation.
        (
            StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::PROXY_AUTHENTICATION_REQUIRED
            | StatusCode::CONFLICT
            | StatusCode::MISDIRECTED_REQUEST
            | StatusCode::TOO_EARLY
            | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            _,
        ) => ErrorKind::Server,
        // One that takes our request for another protocol.
        (status, _) if status.is_client_error() && page => ErrorKind::NotJson,
        (status, _) if status.is_client_error() => ErrorKind::BadRequest,
        _ => ErrorKind::Server,
    }
}

/// The code of Genesys' error body; empty where the body is something else, such as a proxy's page.
async fn error_code(response: Response) -> String {
    #[derive(Default, Deserialize)]
    struct ErrorBody {
        #[serde(default)]
        code: String,
    }
    let body = read(response, MAX_ERROR_BODY, |_| true).await;
    serde_json::from_slice::<ErrorBody>(&body.ok().flatten().unwrap_or_default())
        .unwrap_or_default()
        .code
}

/// Reads a body as a stream and stops where it becomes longer than `limit` decoded bytes; `None` where it becomes longer
/// than there is room for.
pub(super) async fn read(
    mut response: Response,
    limit: usize,
    mut has_room: impl FnMut(usize) -> bool,
) -> Result<Option<Bytes>, ErrorKind> {
    let too_large = ErrorKind::TooLarge { limit };
    // Not known of a compressed one.
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large);
    }
    if !has_room(announced) {
        return Ok(None);
    }
    let mut body = BytesMut::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(transport)? {
        let length = body.len() + chunk.len();
        if length > limit {
            return Err(too_large);
        }
        // What was announced is taken already.
        if length > announced && !has_room(length) {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.freeze()))
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| kind == "application/json" || kind.ends_with("+json"))
}

/// Whether the body is a web page: Genesys answers with JSON, whatever the status.
fn is_page(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| kind == "text/html")
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let kind = value.split(';').next()?.trim();
    Some(kind.to_ascii_lowercase())
}

/// The counters of the API's current window, where it tells them.
pub(super) fn window(headers: &HeaderMap) -> Option<Window> {
    let number =
        |name: &str| -> Option<u32> { headers.get(name)?.to_str().ok()?.trim().parse().ok() };
    let reset = number("inin-ratelimit-reset")?;
    Some(Window {
        count: number("inin-ratelimit-count")?,
        allowed: number("inin-ratelimit-allowed")?,
        reset: Duration::from_secs(reset.into()).min(LONGEST_WINDOW),
    })
}

/// Correlation ids come from outside and go to logs and audits: only what looks like one is taken.
pub(super) fn correlation_id(headers: &HeaderMap) -> Option<String> {
    const MAX: usize = 64;
    headers
        .get("inin-correlation-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            id.len() <= MAX
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        })
        .map(str::to_owned)
}

/// Retry-After in seconds or as a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Duration {
    let Some(text) = headers.get(RETRY_AFTER) else {
        // Nothing is asked for: the delay between tries is enough.
        return Duration::ZERO;
    };
    let read = text.to_str().ok().and_then(|text| {
        if let Ok(seconds) = text.trim().parse::<f64>() {
            return Duration::try_from_secs_f64(seconds).ok();
        }
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
        let wait = date.ok()?.duration_since(jiff::Timestamp::now());
        Some(Duration::try_from(wait).unwrap_or_default())
    });
    read.unwrap_or(UNREADABLE_RETRY_AFTER)
        .min(LONGEST_RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let read = |value: &str| retry_after(&headers("retry-after", value));
        assert_eq!(read("7"), Duration::from_secs(7));
        assert_eq!(read("Wed, 21 Oct 2015 07:28:00 GMT"), Duration::ZERO);
        assert_eq!(read("Fri, 21 Oct 2050 07:28:00 GMT"), LONGEST_RETRY_AFTER);
        assert_eq!(read("10000000000000000"), LONGEST_RETRY_AFTER);
        assert_eq!(read("soon"), UNREADABLE_RETRY_AFTER);
        assert_eq!(read("-1"), UNREADABLE_RETRY_AFTER);
        assert_eq!(retry_after(&HeaderMap::new()), Duration::ZERO);
    }

    #[test]
    fn only_what_looks_like_a_correlation_id_is_taken() {
        let read = |value: &str| correlation_id(&headers("inin-correlation-id", value));
        let id = "58fb5dac-0000-4000-8000-000000000000";
        assert_eq!(read(id).as_deref(), Some(id));
        assert_eq!(read("jo@example.com"), None);
    }

    #[test]
    fn json_is_told_by_its_content_type() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", true),
            ("text/html", false),
        ] {
            assert_eq!(
                is_json(&headers("content-type", value)),
                expected,
                "{value}"
            );
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
