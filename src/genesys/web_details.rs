//! The dialect of the tutorial: one call returns the whole transcript.

use futures::future::BoxFuture;
use reqwest::RequestBuilder;

use super::calls::Calls;
use super::dialect::Dialect;
use super::{Error, ErrorKind, Permit};
use crate::config::{DialectName, GenesysConfig};
use crate::transcript::{self, RawTranscript, SchemaError};

/// The endpoints below one base URL.
pub(super) struct WebDetails {
    token_url: String,
    details_url: String,
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
            max_bytes: config.max_transcript_bytes,
        }
    }
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
            let answer = calls
                .json(permit, self, self.max_bytes, |http| http.get(&url))
                .await?;
            transcript::decode(&answer.body).map_err(|error| {
                answer.error(match error {
                    SchemaError::InvalidJson => ErrorKind::InvalidJson,
                    SchemaError::MessagesMissing => ErrorKind::InvalidSchema,
                })
            })
        })
    }
}
