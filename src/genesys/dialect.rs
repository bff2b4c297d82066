//! What differs between the APIs that can be spoken.

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use reqwest::RequestBuilder;

use super::calls::Calls;
use super::discovery::{Looked, Span, Whose};
use super::endpoints::Endpoint;
use super::{Errand, Error, Fetched};
use crate::config::DialectName;

/// One way to ask for tokens, transcripts and lists of conversations.
pub(super) trait Dialect: Send + Sync {
    /// Which one it is.
    fn name(&self) -> DialectName;

    /// Where tokens are asked for: for messages to the operator.
    fn token_url(&self) -> &str;

    /// Where the API says whose token is used, if it does.
    fn identity_url(&self) -> Option<&str>;

    /// What [`Dialect::token_request`] calls.
    fn token_endpoint(&self) -> Endpoint;

    /// What lists conversations.
    fn query_endpoint(&self) -> Endpoint;

    /// The request for a token, without its credentials.
    fn token_request(&self, http: &reqwest::Client) -> RequestBuilder;

    /// Fetches a conversation. What it uses of its room at the end is what its text takes, and the list of
    /// its messages where it has one.
    fn fetch<'a>(
        &'a self,
        calls: &'a Calls,
        conversation_id: &'a str,
        errand: &'a mut Errand,
    ) -> BoxFuture<'a, Result<Fetched, Error>>;

    /// Asks for messages of a conversation that does not exist, where fetching one that does needs a right of its own.
    fn ask_for_messages<'a>(
        &'a self,
        _calls: &'a Calls,
        _conversation_id: &'a str,
        _errand: &'a mut Errand,
    ) -> BoxFuture<'a, Result<(), Error>> {
        std::future::ready(Ok(())).boxed()
    }

    /// How long before its end a conversation may have begun, where the API lists conversations by their begin; zero
    /// where it lists them by their end.
    fn begun_before_end(&self) -> SignedDuration;

    /// Lists the conversations of a time, unless there are more than one query may have.
    fn look<'a>(
        &'a self,
        calls: &'a Calls,
        whose: Whose<'a>,
        span: Span,
    ) -> BoxFuture<'a, Result<Looked, Error>>;

    /// Whether `text` may be the id of a session; if not, what such an id looks like.
    fn check_session(&self, text: &str) -> Result<(), &'static str>;

    /// How many sessions one query may name.
    fn sessions_at_once(&self) -> usize;

    /// The conversation of a message, where there is such a message and the API has a call for it.
    fn conversation_of_message<'a>(
        &'a self,
        calls: &'a Calls,
        message_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, Error>>;
}
