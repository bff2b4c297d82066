//! What can go wrong in a call. Codes and ids only: no error holds text of a response.

use std::time::Duration;

use crate::tls::TlsFault;

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The HTTP status of the answer, where there was one.
    pub status: Option<u16>,
    /// The ININ-Correlation-Id of the answer, where there was one: what Genesys' support asks for.
    pub correlation_id: Option<String>,
}

/// What went wrong. The texts are fixed: they stand in audit records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// 404.
    #[error("The conversation was not found")]
    NotFound,
    /// 403.
    #[error("Access to the conversation was denied")]
    Forbidden {
        /// Whether the error's code says that it concerns this conversation and no other.
        this_conversation: bool,
    },
    /// The token was refused after renewal, or no token is given for the credentials.
    #[error("The Genesys credentials were refused")]
    CredentialsRefused,
    /// The token endpoint does not answer as the dialect has it.
    #[error(
        "The token endpoint did not answer as expected: check GENESYS_API, GENESYS_LOGIN_URL and GENESYS_REGION"
    )]
    NoTokenEndpoint,
    /// 403 whatever is asked for: the client's role lacks a permission.
    #[error(
        "The OAuth client lacks a permission: its role needs conversation:message:view or conversation:webmessaging:view"
    )]
    MissingPermission,
    /// The conversation has no messages: it took place over other media.
    #[error("The conversation has no messages medium")]
    NoMessagesMedium,
    /// Messages that were asked for are not there, or not yet.
    #[error("The transcript is incomplete: messages are missing")]
    Incomplete,
    /// An answer is too large for Genesys to give: less must be asked for.
    #[error("The answer is too large for Genesys to give")]
    AnswerTooLarge,
    /// 400 and other statuses that say that the request is wrong.
    #[error("Genesys refused the request")]
    BadRequest,
    /// 429.
    #[error("The Genesys rate limit was reached")]
    RateLimited {
        /// How long Genesys asks to wait.
        retry_after: Duration,
    },
    /// 5xx, or a status that no API answers with.
    #[error("Genesys failed to answer the request")]
    Server,
    /// No answer in time.
    #[error("Genesys did not answer in time")]
    Timeout,
    /// The connection could not be made or broke.
    #[error("Genesys could not be reached: {0}")]
    Unreachable(&'static str),
    /// The TLS connection could not be made: mostly for a certificate.
    #[error("No TLS connection to Genesys, check GENESYS_CA_FILE and GENESYS_*_URL: {0}")]
    Tls(TlsFault),
    /// Something else than JSON, where Genesys answers with JSON: a page of what stands between.
    #[error("Genesys answered with something else than JSON")]
    NotJson,
    /// The answer is longer than allowed.
    #[error("Transcript exceeds maximum length limit: {limit} bytes")]
    TooLarge {
        /// The limit that it exceeds, in bytes.
        limit: usize,
    },
    /// What it becomes is longer than a broker takes.
    #[error(
        "The sanitized transcript would be longer than 16 MiB, the longest message of RabbitMQ"
    )]
    RecordTooLarge,
    /// The answer is broken JSON.
    #[error("The transcript is not valid JSON")]
    InvalidJson,
    /// The answer is no transcript.
    #[error("Invalid transcript schema: messages array missing")]
    InvalidSchema,
}

impl ErrorKind {
    /// The code of the error in audit records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "conversation_not_found",
            Self::Forbidden { .. } => "forbidden_conversation",
            Self::CredentialsRefused => "credentials_refused",
            Self::NoTokenEndpoint => "no_token_endpoint",
            Self::MissingPermission => "missing_permission",
            Self::NoMessagesMedium => "no_messages_medium",
            Self::Incomplete => "transcript_incomplete",
            Self::AnswerTooLarge => "transcript_too_large",
            Self::BadRequest => "bad_request",
            Self::RateLimited { .. } => "rate_limited",
            Self::Server => "genesys_error",
            Self::Timeout => "genesys_timeout",
            Self::Unreachable(_) | Self::Tls(_) => "genesys_unreachable",
            Self::NotJson => "genesys_not_json",
            Self::TooLarge { .. } | Self::RecordTooLarge => "transcript_too_large",
            Self::InvalidJson => "invalid_json",
            Self::InvalidSchema => "invalid_schema",
        }
    }

    /// Whether the same call may succeed when made again within seconds.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Server
                | Self::Timeout
                | Self::Unreachable(_)
                | Self::Tls(_)
                | Self::NotJson
        )
    }
}

impl Error {
    /// What Genesys' support asks for, in brackets, behind a space; empty where there was no answer.
    pub fn evidence(&self) -> String {
        match (self.status, &self.correlation_id) {
            (Some(status), Some(id)) => format!(" (HTTP {status}, ININ-Correlation-Id {id})"),
            (Some(status), None) => format!(" (HTTP {status})"),
            (None, _) => String::new(),
        }
    }

    /// Whether less must be asked for.
    pub(super) const fn is_too_large(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::AnswerTooLarge | ErrorKind::TooLarge { .. }
        )
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self {
            kind,
            status: None,
            correlation_id: None,
        }
    }
}
