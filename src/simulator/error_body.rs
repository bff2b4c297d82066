//! The error body of the Genesys Cloud API.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

/// Header that names one API answer, for support requests.
pub(super) const CORRELATION_ID: HeaderName = HeaderName::from_static("inin-correlation-id");

/// An `ErrorBody` as Genesys Cloud sends it; its context id is repeated as correlation id.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorBody {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    status: u16,
    context_id: String,
    details: [(); 0],
    errors: [(); 0],
}

impl ErrorBody {
    /// An error with a machine-readable code, such as `not.found`.
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self::with_optional_code(status, Some(code.to_owned()), message)
    }

    /// An error that may come without a code.
    pub(super) fn with_optional_code(
        status: StatusCode,
        code: Option<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            message: message.into(),
            code,
            status: status.as_u16(),
            context_id: Uuid::new_v4().to_string(),
            details: [],
            errors: [],
        }
    }

    /// 400 `bad.request`.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad.request", message)
    }
}

impl IntoResponse for ErrorBody {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let correlation_id = HeaderValue::from_str(&self.context_id);
        let mut response = (status, Json(self)).into_response();
        if let Ok(value) = correlation_id {
            response.headers_mut().insert(CORRELATION_ID, value);
        }
        response
    }
}
