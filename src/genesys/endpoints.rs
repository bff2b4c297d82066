//! What is called, as metrics and spans name it.

/// An endpoint of the API.
#[derive(Clone, Copy)]
pub(super) struct Endpoint {
    /// The label of metrics.
    pub(super) name: &'static str,
    /// The path with names in place of ids.
    pub(super) template: &'static str,
}

const fn at(name: &'static str, template: &'static str) -> Endpoint {
    Endpoint { name, template }
}

/// The published API.
pub(super) mod platform {
    use super::{Endpoint, at};

    pub(in crate::genesys) const TOKEN: Endpoint = at("token", "/oauth/token");
    pub(in crate::genesys) const TOKENS_ME: Endpoint = at("tokens_me", "/api/v2/tokens/me");
    pub(in crate::genesys) const CONVERSATION: Endpoint = at(
        "conversation",
        "/api/v2/conversations/messages/{conversationId}",
    );
    pub(in crate::genesys) const BULK: Endpoint = at(
        "messages_bulk",
        "/api/v2/conversations/messages/{conversationId}/messages/bulk",
    );
    pub(in crate::genesys) const MESSAGE: Endpoint = at(
        "message_details",
        "/api/v2/conversations/messages/{messageId}/details",
    );
    pub(in crate::genesys) const QUERY: Endpoint =
        at("analytics", "/api/v2/analytics/conversations/details/query");
}

/// The tutorial's API.
pub(super) mod web_details {
    use super::{Endpoint, at};

    pub(in crate::genesys) const TOKEN: Endpoint = at("token", "/api/v2/oauth/token");
    pub(in crate::genesys) const DETAILS: Endpoint = at(
        "web_details",
        "/api/v2/conversations/web/details/{conversationId}",
    );
    pub(in crate::genesys) const QUERY: Endpoint = at(
        "analytics",
        "/api/v2/analytics/conversations/web/details/query",
    );
}
