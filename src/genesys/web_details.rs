//! The dialect of the tutorial: one call returns the whole transcript.

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use reqwest::RequestBuilder;
use serde_json::json;

use super::calls::{Calls, footprint};
use super::dialect::Dialect;
use super::discovery::{self, Answered, Looked, Span, Whose};
use super::endpoints::{self, Endpoint};
use super::fetched::{Fetched, Form};
use super::{Errand, Error};
use crate::config::{DialectName, GenesysConfig};

/// Conversations that one query gives at most.
const PAGE_SIZE: usize = 500;
/// Sessions that one query may name.
const MAX_SESSIONS: usize = 100;

/// The endpoints below one base URL.
pub(super) struct WebDetails {
    token_url: String,
    details_url: String,
    query_url: String,
    max_bytes: usize,
}

impl WebDetails {
    pub(super) fn new(config: &GenesysConfig) -> Self {
        let GenesysConfig {
            api_url, login_url, ..
        } = config;
        Self {
            token_url: format!("{login_url}/api/v2/oauth/token?grant_type=client_credentials"),
            details_url: format!("{api_url}/api/v2/conversations/web/details"),
            query_url: format!("{api_url}/api/v2/analytics/conversations/web/details/query"),
            max_bytes: config.max_transcript_bytes,
        }
    }

    /// A query has no pages: a full answer may not be all.
    async fn list(&self, calls: &Calls, whose: Whose<'_>, span: Span) -> Result<Looked, Error> {
        let answer = match discovery::ask(self, calls, &self.query_url, &query(whose, span)).await {
            Ok(answer) => answer,
            Err(error) if error.is_too_large() => return Ok(Looked::TooMany),
            Err(error) => return Err(error),
        };
        let Answered { found, rows, .. } = discovery::read(&answer)?;
        Ok(match rows {
            PAGE_SIZE.. => Looked::TooMany,
            _ => Looked::All(found),
        })
    }
}

/// The tutorial's query.
fn query(whose: Whose<'_>, span: Span) -> serde_json::Value {
    let sessions = match whose {
        Whose::Anyone => &[],
        Whose::Sessions(sessions) => sessions,
    };
    let conversations: Vec<_> = sessions.iter().map(|id| json!({"id": id})).collect();
    json!({
        "dateRange": {
            "from": format!("{:.3}", span.from()),
            "to": format!("{:.3}", span.to()),
        },
        "entities": {"conversations": conversations},
        "interval": "PT1H",
        "redactPii": true,
        "groupBy": ["conversationId", "sequenceId"],
        "pageSize": PAGE_SIZE,
    })
}

impl Dialect for WebDetails {
    fn name(&self) -> DialectName {
        DialectName::WebDetails
    }

    fn token_url(&self) -> &str {
        &self.token_url
    }

    fn identity_url(&self) -> Option<&str> {
        None
    }

    fn token_endpoint(&self) -> Endpoint {
        endpoints::web_details::TOKEN
    }

    fn query_endpoint(&self) -> Endpoint {
        endpoints::web_details::QUERY
    }

    fn token_request(&self, http: &reqwest::Client) -> RequestBuilder {
        http.post(&self.token_url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", "0")
    }

    fn fetch<'a>(
        &'a self,
        calls: &'a Calls,
        conversation_id: &'a str,
        errand: &'a mut Errand,
    ) -> BoxFuture<'a, Result<Fetched, Error>> {
        Box::pin(async move {
            let url = format!("{}/{conversation_id}", self.details_url);
            let answer = calls
                .json(
                    errand,
                    self,
                    endpoints::web_details::DETAILS,
                    self.max_bytes,
                    |http| http.get(&url),
                )
                .await?;
            // The answer is there until it is redacted: what was read of it may be slices of it.
            let length = answer.body.len();
            errand.room.use_all(footprint(length, length)).await;
            Ok(Fetched(Form::Document(answer)))
        })
    }

    fn begun_before_end(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    fn look<'a>(
        &'a self,
        calls: &'a Calls,
        whose: Whose<'a>,
        span: Span,
    ) -> BoxFuture<'a, Result<Looked, Error>> {
        self.list(calls, whose, span).boxed()
    }

    fn check_session(&self, text: &str) -> Result<(), &'static str> {
        discovery::is_uuid(text)
            .then_some(())
            .ok_or("a hyphenated UUID")
    }

    fn sessions_at_once(&self) -> usize {
        MAX_SESSIONS
    }

    fn conversation_of_message<'a>(
        &'a self,
        _calls: &'a Calls,
        _message_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, Error>> {
        async { Ok(None) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_the_tutorials() {
        let span = Span::new(
            "2026-05-31T12:00:00Z".parse().unwrap(),
            "2026-06-01T12:00:00Z".parse().unwrap(),
        );
        let sessions = ["550e8400-e29b-41d4-a716-446655440000".to_owned()];
        assert_eq!(
            query(Whose::Sessions(&sessions), span.unwrap()),
            json!({
                "dateRange": {"from": "2026-05-31T12:00:00.000Z", "to": "2026-06-01T12:00:00.000Z"},
                "entities": {"conversations": [{"id": "550e8400-e29b-41d4-a716-446655440000"}]},
                "interval": "PT1H",
                "redactPii": true,
                "groupBy": ["conversationId", "sequenceId"],
                "pageSize": 500,
            })
        );
        let anyone = query(Whose::Anyone, span.unwrap());
        assert_eq!(anyone["entities"], json!({"conversations": []}));
    }
}
