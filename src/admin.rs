//! HTTP for operators: `/livez`, `/readyz` and `/metrics`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use tokio::net::TcpListener;

use crate::config::{Admin, ConfigError};
use crate::status::Status;
use crate::telemetry::exposition;

/// Takes the port. Where the operator did not choose it and another replica on this host has it, there is none.
///
/// # Errors
/// INTERCEPTOR_ADMIN_ADDR where the operator chose it and it cannot be listened on.
pub async fn listen(admin: Option<Admin>) -> Result<Option<TcpListener>, ConfigError> {
    let Some(Admin { address, chosen }) = admin else {
        return Ok(None);
    };
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if chosen => Err(ConfigError::new(
            "INTERCEPTOR_ADMIN_ADDR",
            format!("cannot listen on {address}: {error}"),
        )),
        Err(error) => {
            tracing::warn!(
                event = "admin.unavailable",
                %address,
                %error,
                "going on without health endpoints; set INTERCEPTOR_ADMIN_ADDR to choose a port or off"
            );
            Ok(None)
        }
    }
}

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, status: Arc<Status>) {
    let router = Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(status);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(event = "admin.failed", %error);
    }
}

async fn metrics() -> impl IntoResponse {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, TEXT)], exposition())
}

async fn readyz(State(status): State<Arc<Status>>) -> impl IntoResponse {
    let reasons = status.not_ready();
    if reasons.is_empty() {
        (StatusCode::OK, "ok\n".to_owned())
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{}\n", reasons.join("\n")),
        )
    }
}
