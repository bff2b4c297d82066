//! HTTP for operators. It has a thread of its own, so that it can say what is wrong while the workers' threads are stuck.
//!
//! | path | file | answers |
//! |---|---|---|
//! | `/livez` | here | whether the process makes progress: 503 with the reason where it is stuck |
//! | `/readyz` | here | whether jobs are taken: 503 with one line for each reason why not |
//! | `/metrics` | here | the metrics, for Prometheus |
//! | `/` | `page.rs`, `page.html`, `page.css`, `page.js` | the status page |
//! | `/status.json` | `report.rs`, `history.rs` | what the page shows, read from the metrics by `numbers.rs` |

mod history;
mod numbers;
mod page;
mod report;

use std::net::TcpListener;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use axum::{Router, response::IntoResponse};

use self::report::Desk;
use crate::config::{Admin, ConfigError};
use crate::status::Status;
use crate::telemetry::exposition;

/// What a run is, for people.
pub struct About {
    /// The worker's name.
    pub worker: String,
    /// Under which rules it redacts.
    pub policy_version: String,
    /// The dialect that is spoken with Genesys.
    pub genesys: &'static str,
    /// The broker's address, without credentials.
    pub broker: String,
    /// Number of workers.
    pub concurrency: u16,
    /// The bound on the memory of conversations in hand, in bytes.
    pub memory: usize,
}

/// Takes the port. Where the operator did not choose it and another replica on this host has it, there is none.
///
/// # Errors
/// INTERCEPTOR_ADMIN_ADDR where the operator chose it and it cannot be listened on.
pub fn listen(admin: Option<Admin>) -> Result<Option<TcpListener>, ConfigError> {
    let Some(Admin { address, chosen }) = admin else {
        return Ok(None);
    };
    match TcpListener::bind(address) {
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

/// Where the status page is.
pub fn url(listener: &TcpListener) -> Option<String> {
    let address = listener.local_addr().ok()?;
    Some(format!("http://{address}/"))
}

/// Serves from a thread of its own until the process ends.
///
/// # Errors
/// Where the system gives no thread.
pub fn serve(listener: TcpListener, status: Arc<Status>, about: About) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let desk = Arc::new(Desk::new(Arc::clone(&status), about));
    std::thread::Builder::new()
        .name("admin".to_owned())
        .spawn(move || {
            if let Err(error) = runtime.block_on(serving(listener, status, desk)) {
                tracing::error!(event = "admin.failed", %error);
            }
        })?;
    Ok(())
}

async fn serving(
    listener: TcpListener,
    status: Arc<Status>,
    desk: Arc<Desk>,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(status)
        .route("/", get(page::page))
        .route(
            "/status.json",
            get(report::report).with_state(Arc::clone(&desk)),
        );
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served,
        () = desk.keep_history() => Ok(()),
    }
}

async fn metrics() -> impl IntoResponse {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, TEXT)], exposition())
}

async fn livez(State(status): State<Arc<Status>>) -> impl IntoResponse {
    health(status.not_live().as_slice())
}

async fn readyz(State(status): State<Arc<Status>>) -> impl IntoResponse {
    health(&status.not_ready())
}

fn health(problems: &[String]) -> impl IntoResponse + use<> {
    let (code, text) = match problems {
        [] => (StatusCode::OK, "ok\n".to_owned()),
        problems => {
            let lines = format!("{}\n", problems.join("\n"));
            (StatusCode::SERVICE_UNAVAILABLE, lines)
        }
    };
    (code, [(CACHE_CONTROL, "no-store")], text)
}
