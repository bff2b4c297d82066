//! One call: pace, token, send, read with a limit, retry.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderValue;
use reqwest::{Request, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::watch;
use tracing::{Instrument, Span};

use super::answers::{correlation_id, is_json, read, refusal, retry_after, transport, window};
use super::dialect::Dialect;
use super::endpoints::Endpoint;
use super::http::Http;
use super::retry::Delays;
use super::token::{Token, TokenCache};
use super::{Errand, Error, ErrorKind, Pace, Permit};
use crate::config::{ConfigError, GenesysConfig, Reloaded};
use crate::memory::Room;
use crate::telemetry::{metrics, spans};

/// The longest Retry-After that is waited for with a job in hand.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Answers of the token endpoint are small; what is longer is none.
const MAX_TOKEN_ANSWER: usize = 64 * 1024;

/// The text of a conversation in hand: as fetched, sanitized, serialized, and on its way to the broker.
const COPIES: usize = 4;
/// An answer while it is read: its bytes, and what is made of them.
const COPIES_WHILE_READ: usize = 2;

/// The memory that a conversation of `transcript` bytes needs with `answers` bytes of answers about it in hand.
pub(super) const fn footprint(transcript: usize, answers: usize) -> usize {
    transcript * COPIES + answers * COPIES_WHILE_READ
}

/// What the dialects share: connections, token, pace.
pub(super) struct Calls {
    http: Http,
    client_id: String,
    client_secret: Reloaded<SecretString>,
    tokens: TokenCache,
    pace: Arc<Pace>,
    max_tries: u32,
}

/// A complete answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) correlation_id: Option<String>,
    pub(super) body: Bytes,
}

/// What came of one try.
enum Attempt {
    Answered(Answer),
    Failed(Error),
    /// The answer has not room in memory beside the others in hand.
    Outgrown {
        status: u16,
    },
}

impl Attempt {
    /// The answer's status; 0 where there was none.
    fn status(&self) -> u16 {
        match self {
            Self::Answered(answer) => answer.status,
            Self::Failed(error) => error.status.unwrap_or_default(),
            Self::Outgrown { status } => *status,
        }
    }

    /// What was wrong, as a code.
    const fn error(&self) -> Option<&'static str> {
        match self {
            Self::Answered(_) => None,
            Self::Failed(error) => Some(error.kind.code()),
            Self::Outgrown { .. } => Some("no_room"),
        }
    }
}

impl Answer {
    /// An error about this answer.
    pub(super) fn error(&self, kind: ErrorKind) -> Error {
        Error {
            kind,
            status: Some(self.status),
            correlation_id: self.correlation_id.clone(),
        }
    }
}

impl Calls {
    pub(super) fn new(config: &GenesysConfig, pace: Arc<Pace>) -> Result<Self, ConfigError> {
        let secret = config.client_secret.clone();
        Ok(Self {
            http: Http::new(config)?,
            client_id: config.client_id.clone(),
            client_secret: Reloaded::new(move || secret.read())?,
            tokens: TokenCache::new(),
            pace,
            max_tries: config.max_tries,
        })
    }

    /// Waits until one more call may be made.
    pub(super) async fn permit(&self) -> Permit {
        self.pace.take().await
    }

    /// Stops all calls for `duration`.
    pub(super) fn hold(&self, duration: Duration) {
        self.pace.hold(duration);
    }

    /// Makes a call that answers with JSON of at most `max_bytes`, and tries again where that may help.
    pub(super) async fn json(
        &self,
        errand: &mut Errand,
        dialect: &dyn Dialect,
        endpoint: Endpoint,
        max_bytes: usize,
        build: impl Fn(&reqwest::Client) -> RequestBuilder,
    ) -> Result<Answer, Error> {
        let mut delays = Delays::new();
        let mut renewed = false;
        let mut tries = 0;
        let (mut sent, mut sent_for_token) = (0, 0);
        loop {
            let fresh = self.tokens.fresh();
            let waited = fresh.is_none();
            let token = match fresh {
                Some(token) => Ok(token),
                None => self.token(dialect, sent_for_token).await,
            };
            let token = match token {
                Ok(token) => token,
                Err(error) => {
                    tries += 1;
                    sent_for_token += 1;
                    self.wait_or_give_up(error, tries, &mut delays).await?;
                    continue;
                }
            };
            match errand.paid() {
                // Taken before the job was there: a hold may have come since.
                Some(first) if !waited => {
                    self.pace.until_released().await;
                    drop(first);
                }
                // Those who waited for one token must not use at once what they were given meanwhile.
                Some(_) | None => drop(self.pace.take().await),
            }
            let request = build(&self.http.client()).bearer_auth(token.value.expose_secret());
            errand.call();
            let (request, span) = traced(request, endpoint, sent);
            sent += 1;
            let attempt = self
                .attempt(request, max_bytes, &mut errand.room)
                .instrument(span.clone())
                .await;
            let status = attempt.status();
            metrics().called(endpoint.name, status);
            spans::answered(&span, (status > 0).then_some(status), attempt.error());
            let error = match attempt {
                Attempt::Answered(answer) => return Ok(answer),
                Attempt::Failed(error) => error,
                Attempt::Outgrown { .. } => {
                    // Not waited for with the answer half read: its time limit would pass.
                    errand.room.enlarge().await;
                    continue;
                }
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
            self.pace.told_to_wait(retry_after);
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

    async fn attempt(
        &self,
        request: reqwest::Result<Request>,
        max_bytes: usize,
        room: &mut Room,
    ) -> Attempt {
        let response = match self.send(request).await {
            Ok(response) => response,
            Err(error) => return Attempt::Failed(self.unanswered(error).into()),
        };
        let status = response.status();
        if let Some(window) = window(response.headers()) {
            self.pace.observe(window);
        }
        let correlation_id = correlation_id(response.headers());
        let failed = |kind| Error {
            kind,
            status: Some(status.as_u16()),
            correlation_id: correlation_id.clone(),
        };
        if status != StatusCode::OK {
            let kind = refusal(response).await;
            return Attempt::Failed(failed(kind));
        }
        if !is_json(response.headers()) {
            return Attempt::Failed(failed(ErrorKind::NotJson));
        }
        let before = room.used();
        let has_room = |bytes: usize| room.try_use(before + bytes * COPIES_WHILE_READ);
        match read(response, max_bytes, has_room).await {
            Ok(Some(body)) => Attempt::Answered(Answer {
                status: status.as_u16(),
                correlation_id,
                body,
            }),
            Ok(None) => {
                // Less than it has: there is room.
                let _ = room.try_use(before);
                Attempt::Outgrown {
                    status: status.as_u16(),
                }
            }
            Err(kind) => {
                // Less than it has: there is room.
                let _ = room.try_use(before);
                Attempt::Failed(failed(kind))
            }
        }
    }

    async fn send(&self, request: reqwest::Result<Request>) -> reqwest::Result<Response> {
        self.http.client().execute(request?).await
    }

    /// Why there was no answer.
    fn unanswered(&self, error: reqwest::Error) -> ErrorKind {
        self.http.look_again();
        transport(error)
    }

    /// Whether a token was given when one was asked for last.
    pub(super) fn token_obtained(&self) -> watch::Receiver<bool> {
        self.tokens.obtained()
    }

    /// The current token, or a new one; `resend` is how often one was asked for in vain before.
    pub(super) async fn token(
        &self,
        dialect: &dyn Dialect,
        resend: u32,
    ) -> Result<Arc<Token>, Error> {
        let renew = || async {
            // Read again for each token, so that a secret may be exchanged without a restart.
            let secret = self.client_secret.current();
            let request = dialect
                .token_request(&self.http.client())
                .basic_auth(&self.client_id, Some(secret.expose_secret()));
            let (request, span) = traced(request, dialect.token_endpoint(), resend);
            let renewed = self.renew_token(dialect, request);
            match renewed.instrument(span.clone()).await {
                Ok(token) => {
                    spans::answered(&span, Some(StatusCode::OK.as_u16()), None);
                    Ok(token)
                }
                Err(error) => {
                    spans::answered(&span, error.status, Some(error.kind.code()));
                    Err(error)
                }
            }
        };
        self.tokens.get(renew).await
    }

    async fn renew_token(
        &self,
        dialect: &dyn Dialect,
        request: reqwest::Result<Request>,
    ) -> Result<Token, Error> {
        #[derive(Deserialize)]
        struct TokenAnswer {
            access_token: String,
            /// Seconds; RFC 6749 recommends it.
            expires_in: Option<u64>,
        }
        /// Of a token that does not say how long it lives, in seconds.
        const UNTOLD_LIFE: u64 = 10 * 60;
        let endpoint = dialect.token_endpoint().name;
        let response = self.send(request).await.map_err(|error| {
            metrics().called(endpoint, 0);
            self.unanswered(error)
        })?;
        let status = response.status();
        metrics().called(endpoint, status.as_u16());
        let correlation_id = correlation_id(response.headers());
        let answered = match status {
            StatusCode::OK => read(response, MAX_TOKEN_ANSWER, |_| true)
                .await
                .and_then(|body| {
                    serde_json::from_slice::<TokenAnswer>(&body.unwrap_or_default())
                        .ok()
                        // What no header can hold is no token.
                        .filter(|answer| HeaderValue::from_str(&answer.access_token).is_ok())
                        .ok_or(ErrorKind::NoTokenEndpoint)
                })
                .map_err(|kind| match kind {
                    // Whatever answers with so much, it is no token.
                    ErrorKind::TooLarge { .. } => ErrorKind::NoTokenEndpoint,
                    kind => kind,
                }),
            StatusCode::TOO_MANY_REQUESTS => Err(ErrorKind::RateLimited {
                retry_after: retry_after(response.headers()),
            }),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                Err(ErrorKind::NoTokenEndpoint)
            }
            StatusCode::REQUEST_TIMEOUT => Err(ErrorKind::Timeout),
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(ErrorKind::Server),
            status if status.is_client_error() => Err(ErrorKind::CredentialsRefused),
            status if status.is_redirection() => Err(ErrorKind::NoTokenEndpoint),
            _ => Err(ErrorKind::Server),
        };
        let answer = answered.map_err(|kind| {
            if kind == ErrorKind::NoTokenEndpoint {
                tracing::error!(
                    event = "token.no_endpoint",
                    url = dialect.token_url(),
                    dialect = dialect.name().as_str(),
                    http_status = status.as_u16(),
                    "no token is given there: is GENESYS_API={} meant, or another GENESYS_LOGIN_URL?",
                    dialect.name().other().as_str()
                );
            }
            Error {
                kind,
                status: Some(status.as_u16()),
                correlation_id,
            }
        })?;
        let seconds = answer.expires_in.unwrap_or(UNTOLD_LIFE);
        tracing::debug!(event = "token.renewed", expires_in_seconds = seconds);
        // Longer than any real life, and short enough to add to a point in time.
        const LONGEST_LIFE: u64 = 30 * 24 * 60 * 60;
        let life = Duration::from_secs(seconds.min(LONGEST_LIFE));
        Ok(Token::new(answer.access_token.into(), life))
    }
}

/// The request and its span.
fn traced(
    request: RequestBuilder,
    endpoint: Endpoint,
    resend: u32,
) -> (reqwest::Result<Request>, Span) {
    let request = request.build();
    let span = match &request {
        Ok(request) => {
            let url = request.url();
            spans::call(
                request.method().as_str(),
                url.host_str(),
                url.port_or_known_default(),
                (endpoint.name, endpoint.template),
                resend,
            )
        }
        Err(_) => Span::none(),
    };
    (request, span)
}
