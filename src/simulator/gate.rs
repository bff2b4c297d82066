//! What every API request passes before its handler: latency, authentication, rate limit, faults.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

use super::connection::AbortHandle;
use super::error_body::{CORRELATION_ID, ErrorBody};
use super::faults::{Faults, Injected};
use super::{LimitScope, Simulator};

/// Middleware around the API endpoints.
pub(super) async fn pass(
    State(simulator): State<Arc<Simulator>>,
    ConnectInfo(connection): ConnectInfo<AbortHandle>,
    request: Request,
    next: Next,
) -> Response {
    simulator.stats.request();
    let faults = simulator.faults();
    if faults.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(faults.latency_ms)).await;
    }

    let now = Instant::now();
    let token = if faults.revoked {
        None
    } else {
        simulator.tokens.check(request.headers(), now)
    };
    let Some(token) = token else {
        return finish(
            &simulator,
            error(
                StatusCode::UNAUTHORIZED,
                "bad.credentials",
                "Invalid login credentials.",
            ),
        );
    };

    let usage = simulator.limiter.as_ref().map(|limiter| {
        let key = match simulator.limit_scope {
            LimitScope::Client => simulator.tokens.client_id(),
            LimitScope::Token => token,
        };
        limiter.count(key, now)
    });
    let mut response = match usage.filter(|usage| usage.exceeded()) {
        Some(usage) => too_many_requests(usage.reset_seconds),
        None => match faults.draw() {
            None => next.run(request).await,
            Some(Injected::Status(status)) => injected_status(&faults, status),
            Some(Injected::Reset) => {
                simulator.stats.reset();
                connection.abort();
                // Never sent: writing it is what resets the connection.
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
            Some(Injected::Hang) => {
                simulator.stats.hang();
                std::future::pending().await
            }
        },
    };
    if let Some(usage) = usage {
        usage.write_headers(response.headers_mut());
    }
    finish(&simulator, response)
}

fn finish(simulator: &Simulator, mut response: Response) -> Response {
    simulator.stats.api_answer(response.status());
    if !response.headers().contains_key(CORRELATION_ID)
        && let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string())
    {
        response.headers_mut().insert(CORRELATION_ID, id);
    }
    response
}

fn injected_status(faults: &Faults, status: StatusCode) -> Response {
    match status {
        StatusCode::TOO_MANY_REQUESTS => too_many_requests(faults.retry_after_seconds),
        StatusCode::SERVICE_UNAVAILABLE => error(
            status,
            "service.unavailable",
            "Service Unavailable - The server is currently unavailable.",
        ),
        _ => internal_error(),
    }
}

fn too_many_requests(retry_after_seconds: u64) -> Response {
    let mut response = error(
        StatusCode::TOO_MANY_REQUESTS,
        "too.many.requests",
        "Rate limit exceeded the maximum. Retry the request later.",
    );
    response
        .headers_mut()
        .insert(RETRY_AFTER, retry_after_seconds.into());
    response
}

/// 500 `internal.server.error`.
pub(super) fn internal_error() -> Response {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal.server.error",
        "The server encountered an unexpected condition.",
    )
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    ErrorBody::new(status, code, message).into_response()
}
