//! Fault settings: what goes wrong, and how often.

use std::collections::BTreeSet;

use anyhow::Context as _;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Options;
use super::conversation::ConversationId;

/// All fault settings; the default is a simulator without faults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Faults {
    /// Delay before every API answer, in milliseconds.
    pub(super) latency_ms: u64,

    // Shares of API requests, 0 to 1, that end in this instead of their answer.
    pub(super) status429: f64,
    pub(super) status500: f64,
    pub(super) status503: f64,
    /// The connection is reset.
    pub(super) reset: f64,
    /// No answer ever comes.
    pub(super) hang: f64,

    /// `Retry-After` of injected 429 answers, in seconds.
    pub(super) retry_after_seconds: u64,
    /// The client has lost its access: every request is answered 401, token requests too.
    pub(super) revoked: bool,
    /// The client's secret from now on, in place of the one of the command line; tokens given before a change are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_secret: Option<String>,

    // What is wrong with the body of every conversation answer.
    /// It stops in the middle, in a complete HTTP answer.
    pub(super) truncated_json: bool,
    /// It is larger than 3 MiB, with a `Content-Length`.
    pub(super) oversize: bool,
    /// It is larger than 3 MiB, chunked.
    pub(super) oversize_undeclared: bool,
    /// The first text has bytes that are not UTF-8.
    pub(super) invalid_utf8: bool,
    /// The last text has the escape of a lone surrogate.
    pub(super) lone_surrogate: bool,
    /// There is no `messages`, or no `entities` in the bulk answer of `platform`.
    pub(super) missing_messages: bool,
    /// Messages are not in the order of their sequence ids.
    pub(super) shuffle: bool,
    /// Some messages share a sequence id; `platform` has none.
    pub(super) duplicate_sequence_ids: bool,
    /// Fields have unexpected types, are null or absent, or are unknown.
    pub(super) shape_chaos: bool,

    /// Conversations answered 404.
    pub(super) not_found: BTreeSet<ConversationId>,
    /// Conversations answered 403.
    pub(super) forbidden: BTreeSet<ConversationId>,
    /// Error code of those 403 answers; none is sent by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) forbidden_code: Option<String>,
    /// Conversations answered 400.
    pub(super) bad_request: BTreeSet<ConversationId>,
    /// Conversations answered 500, however often they are asked for.
    pub(super) always_error: BTreeSet<ConversationId>,

    // What concerns the dialect `platform` only.
    /// Texts are sent as `textBody`, as before 2026.
    pub(super) legacy_text_body: bool,
    /// Generated conversations have further messages, one or more of every content type.
    pub(super) structured: bool,
    /// A bulk answer leaves out the last of the ids asked for.
    pub(super) incomplete_bulk: bool,
    /// A bulk for more ids than this is answered 400 `response.entity.too.large`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) too_large_bulk: Option<usize>,
    /// Conversations over another medium, which have no messages.
    pub(super) other_media: BTreeSet<ConversationId>,
    /// Conversations that have not ended.
    pub(super) open_conversation: BTreeSet<ConversationId>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            latency_ms: 0,
            status429: 0.0,
            status500: 0.0,
            status503: 0.0,
            reset: 0.0,
            hang: 0.0,
            retry_after_seconds: 1,
            revoked: false,
            client_secret: None,
            truncated_json: false,
            oversize: false,
            oversize_undeclared: false,
            invalid_utf8: false,
            lone_surrogate: false,
            missing_messages: false,
            shuffle: false,
            duplicate_sequence_ids: false,
            shape_chaos: false,
            not_found: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            forbidden_code: None,
            bad_request: BTreeSet::new(),
            always_error: BTreeSet::new(),
            legacy_text_body: false,
            structured: false,
            incomplete_bulk: false,
            too_large_bulk: None,
            other_media: BTreeSet::new(),
            open_conversation: BTreeSet::new(),
        }
    }
}

/// What happens to an API request instead of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Injected {
    Status(StatusCode),
    Reset,
    Hang,
}

/// What happens to a conversation instead of being served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    NotFound,
    Forbidden,
    BadRequest,
    Error,
}

impl Faults {
    /// The settings the command line asks for.
    pub(super) fn from_options(options: &Options) -> anyhow::Result<Self> {
        let mut faults: Self = match &options.faults {
            Some(json) => {
                serde_json::from_str(json).context("--faults is not the expected JSON")?
            }
            None => Self::default(),
        };
        if options.latency_ms > 0 {
            faults.latency_ms = options.latency_ms;
        }
        for (field, flag) in [
            (&mut faults.status429, options.status_429),
            (&mut faults.status500, options.status_500),
            (&mut faults.status503, options.status_503),
            (&mut faults.reset, options.reset),
            (&mut faults.hang, options.hang),
        ] {
            if flag != 0.0 {
                *field = flag;
            }
        }
        Ok(faults)
    }

    fn shares(&self) -> [(&'static str, f64, Injected); 5] {
        [
            (
                "status429",
                self.status429,
                Injected::Status(StatusCode::TOO_MANY_REQUESTS),
            ),
            (
                "status500",
                self.status500,
                Injected::Status(StatusCode::INTERNAL_SERVER_ERROR),
            ),
            (
                "status503",
                self.status503,
                Injected::Status(StatusCode::SERVICE_UNAVAILABLE),
            ),
            ("reset", self.reset, Injected::Reset),
            ("hang", self.hang, Injected::Hang),
        ]
    }

    /// Checks that the shares are between 0 and 1, each and together.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut sum = 0.0;
        for (name, share, _) in self.shares() {
            if !(0.0..=1.0).contains(&share) {
                return Err(format!(
                    "{name} is {share}: a share must be between 0 and 1"
                ));
            }
            sum += share;
        }
        // Shares such as 0.7 + 0.2 + 0.1 may add up to slightly more than 1.
        if sum > 1.0 + 1e-9 {
            return Err(format!("the shares add up to {sum}, which is more than 1"));
        }
        Ok(())
    }

    /// Draws what happens to one API request.
    pub(super) fn draw(&self) -> Option<Injected> {
        self.pick(fastrand::f64())
    }

    /// `drawn` is in `0..1`.
    fn pick(&self, drawn: f64) -> Option<Injected> {
        let mut bound = 0.0;
        self.shares().into_iter().find_map(|(_, share, injected)| {
            bound += share;
            (drawn < bound).then_some(injected)
        })
    }

    /// Whether, and why, a conversation is not served.
    pub(super) fn denied(&self, id: Uuid) -> Option<Denied> {
        let id = ConversationId(id);
        if self.not_found.contains(&id) {
            Some(Denied::NotFound)
        } else if self.forbidden.contains(&id) {
            Some(Denied::Forbidden)
        } else if self.bad_request.contains(&id) {
            Some(Denied::BadRequest)
        } else if self.always_error.contains(&id) {
            Some(Denied::Error)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Faults, String> {
        let faults: Faults = serde_json::from_str(json).map_err(|error| error.to_string())?;
        faults.check().map(|()| faults)
    }

    #[test]
    fn absent_fields_are_no_faults() {
        assert_eq!(parse("{}"), Ok(Faults::default()));
    }

    #[test]
    fn unknown_fields_are_named() {
        assert!(
            parse(r#"{"staus429": 0.5}"#)
                .unwrap_err()
                .contains("staus429")
        );
    }

    #[test]
    fn shares_outside_0_to_1_are_refused() {
        assert!(parse(r#"{"reset": 1.5}"#).unwrap_err().contains("reset"));
        assert!(parse(r#"{"hang": -0.1}"#).unwrap_err().contains("hang"));
        assert!(parse(r#"{"reset": 0.6, "hang": 0.6}"#).is_err());
        assert!(parse(r#"{"reset": 0.7, "hang": 0.2, "status429": 0.1}"#).is_ok());
    }

    #[test]
    fn shares_add_up_in_one_draw() {
        let faults = parse(r#"{"status500": 0.25, "hang": 0.25}"#).unwrap();
        let error = Injected::Status(StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(faults.pick(0.0), Some(error));
        assert_eq!(faults.pick(0.25), Some(Injected::Hang));
        assert_eq!(faults.pick(0.5), None);
        assert_eq!(
            parse(r#"{"reset": 1}"#).unwrap().draw(),
            Some(Injected::Reset)
        );
        assert_eq!(Faults::default().draw(), None);
    }

    #[test]
    fn ids_are_compared_in_lower_case() {
        let faults = parse(r#"{"notFound": ["0B2F6C1E-55A1-4D3C-9E7B-2A4B6C8D0E1F"]}"#).unwrap();
        let id = Uuid::try_parse("0b2f6c1e-55a1-4d3c-9e7b-2a4b6c8d0e1f").unwrap();
        assert_eq!(faults.denied(id), Some(Denied::NotFound));
    }
}
