//! The dialect of the tutorial: one call returns the whole transcript.

use futures::future::BoxFuture;
use reqwest::RequestBuilder;

use super::client::Calls;
use super::dialect::Dialect;
use super::{Error, ErrorKind, Permit};
use crate::transcript::{self, RawTranscript, SchemaError};

/// The endpoints below one base URL.
pub(super) struct WebDetails {
    token_url: String,
    details_url: String,
}

impl WebDetails {
    pub(super) fn new(api_url: &str, login_url: &str) -> Self {
        Self {
            token_url: format!("{login_url}/api/v2/oauth/token?grant_type=client_credentials"),
            details_url: format!("{api_url}/api/v2/conversations/web/details"),
        }
    }
}

impl Dialect for WebDetails {
    fn name(&self) -> &'static str {
        "web-details"
    }

    fn token_url(&self) -> &str {
        &self.token_url
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
        permit: Permit,
    ) -> BoxFuture<'a, Result<RawTranscript, Error>> {
        Box::pin(async move {
            let url = format!("{}/{conversation_id}", self.details_url);
            let answer = calls.json(permit, self, |http| http.get(&url)).await?;
            transcript::decode(&answer.body).map_err(|error| Error {
                kind: match error {
                    SchemaError::InvalidJson => ErrorKind::InvalidJson,
                    SchemaError::MessagesMissing => ErrorKind::InvalidSchema,
                },
                status: Some(answer.status),
                correlation_id: answer.correlation_id,
            })
        })
    }
}
