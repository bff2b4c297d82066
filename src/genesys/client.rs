//! One call: pace, token, send, read with a limit, retry.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::dialect::Dialect;
use super::retry::Delays;
use super::token::{Token, TokenCache};
use super::web_details::WebDetails;
use super::{Error, ErrorKind, Pace, Permit};
use crate::config::{ConfigError, DialectName, GenesysConfig};
use crate::transcript::RawTranscript;

/// The longest Retry-After that is waited for with a job in hand.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The longest Retry-After that is believed: a longer one is a mistake, such as milliseconds taken for seconds.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(6 * 60 * 60);
/// A Retry-After that cannot be read.
const UNREADABLE_RETRY_AFTER: Duration = Duration::from_secs(60);
/// Answers of the token endpoint and error bodies are small; what is longer is none.
const MAX_SMALL_BODY: usize = 64 * 1024;

/// Genesys Cloud in one dialect.
pub struct Genesys {
    dialect: Box<dyn Dialect>,
    calls: Calls,
}

/// What the dialects share: connections, token, pace.
pub(super) struct Calls {
    http: reqwest::Client,
    client_id: String,
    client_secret: SecretString,
    tokens: TokenCache,
    pace: Arc<Pace>,
    max_tries: u32,
    max_bytes: usize,
}

/// A complete answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) correlation_id: Option<String>,
    pub(super) body: Bytes,
}

impl Genesys {
    /// A client for `config` that keeps to `pace`.
    ///
    /// # Errors
    /// GENESYS_CA_FILE where it holds no certificate.
    pub fn new(config: &GenesysConfig, pace: Arc<Pace>) -> Result<Self, ConfigError> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!(
                "transcript-interceptor/",
                env!("CARGO_PKG_VERSION")
            ))
            .timeout(config.timeout)
            // An API that redirects is no API: following would carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none());
        if let Some(pem) = &config.ca_pem {
            let invalid = |problem: String| ConfigError::new("GENESYS_CA_FILE", problem);
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|_| invalid("holds no PEM certificates".to_owned()))?;
            if certificates.is_empty() {
                return Err(invalid("holds no PEM certificates".to_owned()));
            }
            for certificate in certificates {
                http = http.add_root_certificate(certificate);
            }
        }
        let http = http
            .build()
            .map_err(|error| ConfigError::new("GENESYS_CA_FILE", error))?;
        let dialect: Box<dyn Dialect> = match config.dialect {
            DialectName::WebDetails => {
                Box::new(WebDetails::new(&config.api_url, &config.login_url))
            }
        };
        Ok(Self {
            dialect,
            calls: Calls {
                http,
                client_id: config.client_id.clone(),
                client_secret: config.client_secret.clone(),
                tokens: TokenCache::new(),
                pace,
                max_tries: config.max_tries,
                max_bytes: config.max_transcript_bytes,
            },
        })
    }

    /// Fetches a conversation; `permit` pays for the first call.
    ///
    /// # Errors
    /// [`Error`] after as many tries as the settings allow.
    pub async fn fetch(
        &self,
        conversation_id: &str,
        permit: Permit,
    ) -> Result<RawTranscript, Error> {
        self.dialect
            .fetch(&self.calls, conversation_id, permit)
            .await
    }

    /// Makes sure that there is a token.
    ///
    /// # Errors
    /// [`Error`] where the credentials are refused or the token endpoint cannot be reached.
    pub async fn authenticate(&self) -> Result<(), Error> {
        self.calls.token(self.dialect.as_ref()).await.map(drop)
    }

    /// Which dialect is spoken to which token endpoint, in one line.
    pub fn description(&self) -> String {
        format!(
            "dialect {} (GENESYS_API), token from {}",
            self.dialect.name(),
            self.dialect.token_url()
        )
    }
}

impl Calls {
    /// Makes a call that answers with JSON, and tries again where that may help.
    pub(super) async fn json(
        &self,
        permit: Permit,
        dialect: &dyn Dialect,
        build: impl Fn(&reqwest::Client) -> RequestBuilder,
    ) -> Result<Answer, Error> {
        let mut permit = Some(permit);
        let mut delays = Delays::new();
        let mut renewed = false;
        let mut tries = 0;
        loop {
            match permit.take() {
                Some(first) => drop(first),
                None => drop(self.pace.take().await),
            }
            let token = match self.token(dialect).await {
                Ok(token) => token,
                Err(error) => {
                    tries += 1;
                    self.wait_or_give_up(error, tries, &mut delays).await?;
                    continue;
                }
            };
            let request = build(&self.http).bearer_auth(token.value.expose_secret());
            let error = match self.attempt(request).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if error.kind == ErrorKind::CredentialsRefused && !renewed {
                // The token may have been revoked before its time: one renewal tells.
                renewed = true;
                self.tokens.forget(&token);
                continue;
            }
            tries += 1;
            self.wait_or_give_up(error, tries, &mut delays).await?;
        }
    }

    async fn wait_or_give_up(
        &self,
        error: Error,
        tries: u32,
        delays: &mut Delays,
    ) -> Result<(), Error> {
        if let ErrorKind::RateLimited { retry_after } = error.kind {
            if retry_after > LONGEST_WAIT {
                return Err(error);
            }
            self.pace.hold(retry_after);
        }
        if tries >= self.max_tries || !error.kind.is_transient() {
            return Err(error);
        }
        tokio::time::sleep(delays.next()).await;
        Ok(())
    }

    async fn attempt(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let response = request.send().await.map_err(transport)?;
        let status = response.status();
        let correlation_id = correlation_id(response.headers());
        let failed = |kind| Error {
            kind,
            status: Some(status.as_u16()),
            correlation_id: correlation_id.clone(),
        };
        if status != StatusCode::OK {
            let kind = refused(response).await;
            return Err(failed(kind));
        }
        if !is_json(response.headers()) {
            return Err(failed(ErrorKind::NotJson));
        }
        let body = read(response, self.max_bytes).await.map_err(failed)?;
        Ok(Answer {
            status: status.as_u16(),
            correlation_id,
            body,
        })
    }

    async fn token(&self, dialect: &dyn Dialect) -> Result<Arc<Token>, Error> {
        self.tokens.get(|| self.renew_token(dialect)).await
    }

    async fn renew_token(&self, dialect: &dyn Dialect) -> Result<Token, Error> {
        #[derive(Deserialize)]
        struct TokenAnswer {
            access_token: String,
            expires_in: u64,
        }
        let response = dialect
            .token_request(&self.http)
            .basic_auth(&self.client_id, Some(self.client_secret.expose_secret()))
            .send()
            .await
            .map_err(transport)?;
        let status = response.status();
        let correlation_id = correlation_id(response.headers());
        let failed = |kind| Error {
            kind,
            status: Some(status.as_u16()),
            correlation_id: correlation_id.clone(),
        };
        match status {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS => {
                let retry_after = retry_after(response.headers());
                return Err(failed(ErrorKind::RateLimited { retry_after }));
            }
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                return Err(failed(ErrorKind::NoTokenEndpoint));
            }
            StatusCode::REQUEST_TIMEOUT => return Err(failed(ErrorKind::Timeout)),
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => return Err(failed(ErrorKind::Server)),
            status if status.is_client_error() => {
                return Err(failed(ErrorKind::CredentialsRefused));
            }
            status if status.is_redirection() => return Err(failed(ErrorKind::NoTokenEndpoint)),
            _ => return Err(failed(ErrorKind::Server)),
        }
        let body = read(response, MAX_SMALL_BODY)
            .await
            .map_err(|kind| match kind {
                // Whatever answers with so much, it is no token.
                ErrorKind::TooLarge { .. } => failed(ErrorKind::NoTokenEndpoint),
                kind => failed(kind),
            })?;
        let answer: TokenAnswer =
            serde_json::from_slice(&body).map_err(|_| failed(ErrorKind::NoTokenEndpoint))?;
        tracing::debug!(
            event = "token.renewed",
            expires_in_seconds = answer.expires_in
        );
        // Longer than any real life, and short enough to add to a point in time.
        const LONGEST_LIFE: u64 = 30 * 24 * 60 * 60;
        let life = Duration::from_secs(answer.expires_in.min(LONGEST_LIFE));
        Ok(Token::new(answer.access_token.into(), life))
    }
}

fn transport(error: reqwest::Error) -> Error {
    // The error's own text may hold the URL and so a conversation's id, but nothing that would tell more than this.
    let kind = if error.is_timeout() {
        ErrorKind::Timeout
    } else {
        ErrorKind::Unreachable
    };
    kind.into()
}

/// What a status other than 200 means. The body is read only for its code, and no further than needed.
async fn refused(response: Response) -> ErrorKind {
    match response.status() {
        StatusCode::NOT_FOUND | StatusCode::GONE => ErrorKind::NotFound,
        StatusCode::UNAUTHORIZED => ErrorKind::CredentialsRefused,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden {
            this_conversation: concerns_conversation(&error_code(response).await),
        },
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited {
            retry_after: retry_after(response.headers()),
        },
        StatusCode::REQUEST_TIMEOUT => ErrorKind::Timeout,
        // Of what stands between us and the API, not of this conversation.
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            ErrorKind::Server
        }
        status if status.is_client_error() => ErrorKind::BadRequest,
        _ => ErrorKind::Server,
    }
}

/// The codes of a 403 that concern one conversation: the client lacks the right to its division.
fn concerns_conversation(code: &str) -> bool {
    matches!(
        code,
        "missing.division.permission" | "missing.any.division.permissions" | "authz.policy.denied"
    )
}

async fn error_code(response: Response) -> String {
    #[derive(Default, Deserialize)]
    struct ErrorBody {
        #[serde(default)]
        code: String,
    }
    let body = read(response, MAX_SMALL_BODY).await.unwrap_or_default();
    serde_json::from_slice::<ErrorBody>(&body)
        .unwrap_or_default()
        .code
}

/// Reads a body as a stream and stops where it becomes longer than `limit` decoded bytes.
async fn read(mut response: Response, limit: usize) -> Result<Bytes, ErrorKind> {
    let too_large = ErrorKind::TooLarge { limit };
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(too_large);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| transport(error).kind)?
    {
        if body.len() + chunk.len() > limit {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim)
        .is_some_and(|kind| {
            let kind = kind.to_ascii_lowercase();
            kind == "application/json" || kind.ends_with("+json")
        })
}

/// Correlation ids come from outside and go to logs and audits: only what looks like one is taken.
fn correlation_id(headers: &HeaderMap) -> Option<String> {
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
fn retry_after(headers: &HeaderMap) -> Duration {
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
