//! OAuth client credentials: issuing tokens and checking them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Query, RawQuery, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::Simulator;

/// The one client that is let in and the tokens issued to it.
pub(super) struct Tokens {
    client_id: String,
    client_secret: String,
    lifetime: Duration,
    expiry: RwLock<HashMap<String, Instant>>,
}

impl Tokens {
    /// `seconds` is the lifetime of a token.
    pub(super) fn new(client_id: String, client_secret: String, seconds: u64) -> Self {
        Self {
            client_id,
            client_secret,
            lifetime: Duration::from_secs(seconds),
            expiry: RwLock::default(),
        }
    }

    /// Id of the client every token belongs to.
    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    fn issue(&self, now: Instant) -> String {
        let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        let token = URL_SAFE_NO_PAD.encode(random);
        let mut expiry = self.expiry.write().unwrap_or_else(PoisonError::into_inner);
        expiry.retain(|_, expires| *expires > now);
        expiry.insert(token.clone(), now + self.lifetime);
        token
    }

    /// Takes back every token.
    pub(super) fn forget(&self) {
        let mut expiry = self.expiry.write().unwrap_or_else(PoisonError::into_inner);
        expiry.clear();
    }

    /// The bearer token of a request, if it is one that was issued and has not expired at `now`.
    pub(super) fn check<'h>(&self, headers: &'h HeaderMap, now: Instant) -> Option<&'h str> {
        let token = credentials(headers, "bearer")?;
        let expiry = self.expiry.read().unwrap_or_else(PoisonError::into_inner);
        (*expiry.get(token)? > now).then_some(token)
    }

    /// Whether the request authenticates the client, by `client_secret_basic` or, without an
    /// `Authorization` header, by `client_secret_post`; `rotated` is the secret in place of the first one.
    fn is_client(&self, headers: &HeaderMap, form: &TokenForm, rotated: Option<&String>) -> bool {
        let secret = rotated.unwrap_or(&self.client_secret);
        let authorization = headers.get(AUTHORIZATION);
        if authorization.is_some_and(|value| !value.is_empty()) {
            return credentials(headers, "basic")
                .and_then(|encoded| STANDARD.decode(encoded).ok())
                .is_some_and(|pair| pair == format!("{}:{secret}", self.client_id).into_bytes());
        }
        form.client_id.as_ref() == Some(&self.client_id)
            && form.client_secret.as_ref() == Some(secret)
    }
}

/// What a token request says outside its `Authorization` header.
#[derive(Debug, Default, PartialEq, Deserialize)]
struct TokenForm {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl TokenForm {
    /// Reads a query string or form body; one that is neither says nothing.
    fn parse(form: &str) -> Self {
        // A form is encoded like a query, and the query parser is there already.
        format!("/?{}", form.trim())
            .parse::<Uri>()
            .ok()
            .and_then(|uri| Query::try_from_uri(&uri).ok())
            .map_or_else(Self::default, |Query(form)| form)
    }
}

/// What follows the scheme in the `Authorization` header, if it is that scheme.
fn credentials<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let (given, rest) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// `POST /oauth/token` on the login host, and `POST /api/v2/oauth/token` of `web-details`.
pub(super) async fn issue_token(
    State(simulator): State<Arc<Simulator>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let tokens = &simulator.tokens;
    let form = TokenForm::parse(&body);
    let grant = TokenForm::parse(query.as_deref().unwrap_or_default())
        .grant_type
        .or_else(|| form.grant_type.clone());
    let faults = simulator.faults();
    let is_client = tokens.is_client(&headers, &form, faults.client_secret.as_ref());
    let response = if faults.revoked || !is_client {
        oauth_error(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "authentication failed",
        )
    } else if grant.as_deref() != Some("client_credentials") {
        oauth_error(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "only client_credentials is supported",
        )
    } else {
        let answer = json!({
            "access_token": tokens.issue(Instant::now()),
            "token_type": "bearer",
            "expires_in": tokens.lifetime.as_secs(),
        });
        ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
    };
    simulator.stats.token_answer(response.status());
    response
}

fn oauth_error(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({
        "error": error,
        "description": description,
        "error_description": description,
    });
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(token: &str) -> HeaderMap {
        let value = format!("Bearer {token}").parse().unwrap();
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    #[test]
    fn tokens_expire() {
        let tokens = Tokens::new("c".into(), "s".into(), 10);
        let now = Instant::now();
        let token = tokens.issue(now);
        let headers = bearer(&token);
        assert_eq!(
            tokens.check(&headers, now + Duration::from_secs(9)),
            Some(&*token)
        );
        assert_eq!(tokens.check(&headers, now + Duration::from_secs(10)), None);
        assert_eq!(tokens.check(&bearer("unknown"), now), None);
        assert_eq!(tokens.check(&HeaderMap::new(), now), None);
    }

    #[test]
    fn forms_are_decoded() {
        let form = TokenForm::parse("a=b&grant_type=client_credentials&client_secret=a%2Bb+c\n");
        assert_eq!(form.grant_type.as_deref(), Some("client_credentials"));
        assert_eq!(form.client_secret.as_deref(), Some("a+b c"));
        assert_eq!(TokenForm::parse(""), TokenForm::default());
        assert_eq!(TokenForm::parse("{\"no\": \"form\"}"), TokenForm::default());
    }
}
