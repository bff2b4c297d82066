//! The status page: one document that needs nothing else, and that the browser lets load nothing else but `/status.json`.

use std::sync::LazyLock;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

const HTML: &str = include_str!("page.html");
const CSS: &str = include_str!("page.css");
const JS: &str = include_str!("page.js");

static PAGE: LazyLock<String> =
    LazyLock::new(|| HTML.replace("{{page.css}}", CSS).replace("{{page.js}}", JS));

/// Allows this style, this script and the icon in the page, asking this worker, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
        digest(CSS),
        digest(JS)
    )
});

pub(super) async fn page() -> impl IntoResponse {
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(PAGE.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_small_and_names_no_other_host() {
        assert!(PAGE.contains(CSS) && PAGE.contains(JS));
        assert!(!PAGE.contains("{{"));
        assert!(PAGE.len() < 40 * 1024, "{} bytes", PAGE.len());
        // The name of the SVG namespace is no address.
        let rest = PAGE.replace("http://www.w3.org/2000/svg", "");
        assert!(!rest.contains("://"));
    }
}
