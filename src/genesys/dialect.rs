//! What differs between the APIs that can be spoken.

use futures::future::BoxFuture;
use reqwest::RequestBuilder;

use super::calls::Calls;
use super::{Error, Permit};
use crate::config::DialectName;
use crate::transcript::RawTranscript;

/// One way to ask for tokens and transcripts.
pub(super) trait Dialect: Send + Sync {
    /// Which one it is.
    fn name(&self) -> DialectName;

    /// Where tokens are asked for: for messages to the operator.
    fn token_url(&self) -> &str;

    /// Where the API says whose token is used, if it does.
    fn identity_url(&self) -> Option<&str>;

    /// The request for a token, without its credentials.
    fn token_request(&self, http: &reqwest::Client) -> RequestBuilder;

    /// Fetches a conversation; `permit` pays for the first call.
    fn fetch<'a>(
        &'a self,
        calls: &'a Calls,
        conversation_id: &'a str,
        permit: Permit,
    ) -> BoxFuture<'a, Result<RawTranscript, Error>>;
}
