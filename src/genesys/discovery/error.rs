//! What can go wrong while looking for conversations. As everywhere, no error holds text of a response.

use super::super::{Error, ErrorKind};
use super::Span;

/// Why conversations could not be found.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// The analytics query failed.
    #[error("the analytics query failed: {}{}", query_problem(.0), .0.evidence())]
    Query(Error),
    /// A message could not be looked up.
    #[error("a message could not be looked up: {}{}", .0.kind, .0.evidence())]
    Message(Error),
    /// More conversations within a millisecond than the API gives at once.
    #[error(
        "the API has more conversations for {0} than it gives at once: leave this time out with --from and --to"
    )]
    TooDense(Span),
}

/// The kinds' own texts speak of transcripts, and of the permissions for those.
fn query_problem(error: &Error) -> String {
    match &error.kind {
        ErrorKind::NotFound => {
            "there is none at that address; check GENESYS_API, GENESYS_API_URL and GENESYS_REGION"
                .to_owned()
        }
        ErrorKind::MissingPermission | ErrorKind::Forbidden { .. } => {
            "the OAuth client lacks a permission: its role needs analytics:conversationDetail:view (web-details: the scope analytics:conversation:view)"
                .to_owned()
        }
        ErrorKind::BadRequest => {
            "Genesys refused it; is the time longer ago than the API keeps?".to_owned()
        }
        ErrorKind::InvalidJson | ErrorKind::InvalidSchema | ErrorKind::TooLarge { .. } => {
            "the answer is not as expected; check GENESYS_API".to_owned()
        }
        ErrorKind::Incomplete => {
            "the list ends before all that it counts, or begins again: run it again, or for a shorter time"
                .to_owned()
        }
        kind => kind.to_string(),
    }
}
