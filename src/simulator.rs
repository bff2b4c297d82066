//! An HTTP stand-in for Genesys Cloud, for the demo, the tests and the benchmarks.
//!
//! Three concerns are kept apart: the conversations (`store`, `generator`, `transcripts_file`),
//! the API dialects that serve them (`web_details`, `platform`), and what every API request passes on its way
//! (`gate`: authentication, rate limit, injected faults, statistics).

mod auth;
mod connection;
mod control;
mod conversation;
mod error_body;
mod faults;
mod gate;
mod generator;
mod limiter;
mod personal_data;
mod phrases;
mod phrases_de;
mod phrases_en;
mod phrases_es;
mod phrases_fr;
mod phrases_pt;
mod platform;
mod spoil;
mod stats;
mod store;
mod transcripts_file;
mod web_details;

#[cfg(test)]
mod http_tests;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use anyhow::Context as _;
use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use clap::{Parser, ValueEnum};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use auth::Tokens;
use connection::{AbortHandle, AbortableListener};
use error_body::ErrorBody;
use faults::Faults;
use limiter::Limiter;
use platform::Platform;
use stats::Stats;
use store::Store;
use web_details::WebDetails;

/// Command line of the simulator.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "genesys-simulator",
    version,
    about = "An HTTP stand-in for Genesys Cloud: OAuth, conversations in two API dialects, limits and faults",
    after_help = "Examples:
  genesys-simulator --listen 127.0.0.1:0
  genesys-simulator --transcripts transcripts.jsonl --requests-per-minute 300
  genesys-simulator --latency-ms 80 --status-503 0.05 --reset 0.01

Faults can be changed while it runs:
  curl -X PUT http://127.0.0.1:8080/simulator/faults -d '{\"status429\": 0.2, \"retryAfterSeconds\": 3}'
  curl http://127.0.0.1:8080/simulator/stats
  curl http://127.0.0.1:8080/simulator/conversations"
)]
pub struct Options {
    /// Address to listen on; port 0 takes a free port, which is printed
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Serve the conversations of this JSONL file only, instead of generated ones
    #[arg(long, value_name = "FILE")]
    pub transcripts: Option<PathBuf>,

    /// Give every generated conversation so many messages; few are made, so that serving them costs little
    #[arg(long, value_name = "N", conflicts_with = "transcripts", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub messages: Option<u64>,

    /// OAuth client that is let in
    #[arg(long, value_name = "ID", default_value = "demo-client")]
    pub client_id: String,

    /// Secret of that client
    #[arg(long, value_name = "SECRET", default_value = "demo-secret")]
    pub client_secret: String,

    /// Lifetime of an access token, in seconds
    #[arg(long, value_name = "N", default_value_t = 86_400, value_parser = clap::value_parser!(u64).range(1..=315_360_000))]
    pub token_seconds: u64,

    /// API requests let through per 60-second window; 0 is no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub requests_per_minute: u64,

    /// Whether the limit counts all requests of a client or those of each token
    #[arg(long, value_enum, default_value_t = LimitScope::Client)]
    pub limit_scope: LimitScope,

    /// Most results that paging through a details query reaches
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub max_results: u64,

    /// Delay before every API answer, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub latency_ms: u64,

    /// Share (0 to 1) of API requests answered 429
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub status_429: f64,

    /// Share (0 to 1) of API requests answered 500
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub status_500: f64,

    /// Share (0 to 1) of API requests answered 503
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub status_503: f64,

    /// Share (0 to 1) of API requests whose connection is reset
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub reset: f64,

    /// Share (0 to 1) of API requests that are never answered
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub hang: f64,

    /// Any faults, as the JSON object that PUT /simulator/faults takes; the flags above win
    #[arg(long, value_name = "JSON")]
    pub faults: Option<String>,
}

/// What one rate-limit window counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LimitScope {
    /// All tokens of a client together.
    Client,
    /// Each token by itself.
    Token,
}

/// Runs the simulator until SIGTERM or SIGINT.
///
/// Prints `genesys-simulator listening on http://ADDR` on stdout once it accepts connections.
/// Requests still unanswered at the signal are dropped.
///
/// # Errors
///
/// If a fault share is out of range, the transcripts file cannot be read or has a bad line (named
/// with its number), or the address cannot be bound.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot handle SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
    let (address, server) = bind(options).await?;
    {
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "genesys-simulator listening on http://{address}")?;
        stdout.flush()?;
    }
    tokio::select! {
        result = server => result.context("the server stopped"),
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

/// Loads the conversations and binds the address; the future returned serves until it is dropped.
async fn bind(
    options: Options,
) -> anyhow::Result<(SocketAddr, impl Future<Output = std::io::Result<()>>)> {
    let listen = options.listen;
    let simulator = Simulator::new(options)?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let service = router(Arc::new(simulator)).into_make_service_with_connect_info::<AbortHandle>();
    let server = axum::serve(AbortableListener::new(listener), service).into_future();
    Ok((address, server))
}

/// Everything the handlers share.
struct Simulator {
    store: Store,
    web_details: WebDetails,
    platform: Platform,
    max_results: u64,
    tokens: Tokens,
    limiter: Option<Limiter>,
    limit_scope: LimitScope,
    faults: RwLock<Arc<Faults>>,
    stats: Stats,
}

impl Simulator {
    fn new(options: Options) -> anyhow::Result<Self> {
        let faults = Faults::from_options(&options)?;
        faults.check().map_err(anyhow::Error::msg)?;
        let now = Timestamp::now();
        let store = match (&options.transcripts, options.messages) {
            (Some(path), _) => Store::from_conversations(transcripts_file::load(path)?, now),
            (None, Some(messages)) => Store::pool(usize::try_from(messages)?, now),
            (None, None) => Store::generated(now),
        };
        Ok(Self {
            web_details: WebDetails::new(&store),
            platform: Platform::new(&store),
            max_results: options.max_results,
            store,
            tokens: Tokens::new(
                options.client_id,
                options.client_secret,
                options.token_seconds,
            ),
            limiter: (options.requests_per_minute > 0)
                .then(|| Limiter::new(options.requests_per_minute)),
            limit_scope: options.limit_scope,
            faults: RwLock::new(Arc::new(faults)),
            stats: Stats::default(),
        })
    }

    fn faults(&self) -> Arc<Faults> {
        Arc::clone(&self.faults.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_faults(&self, faults: Faults) {
        if faults.client_secret != self.faults().client_secret {
            self.tokens.forget();
        }
        *self.faults.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(faults);
    }
}

/// What `web-details` answers for the generated conversation of `id`, with so many messages: food for benchmarks.
pub fn generated_details(id: Uuid, messages: usize) -> Bytes {
    web_details::serialise(&generator::generate_sized(id, Some(messages)))
}

fn router(simulator: Arc<Simulator>) -> Router {
    let api = web_details::routes().merge(platform::routes()).layer(
        axum::middleware::from_fn_with_state(Arc::clone(&simulator), gate::pass),
    );
    Router::new()
        .route("/oauth/token", post(auth::issue_token))
        .route("/api/v2/oauth/token", post(auth::issue_token))
        .merge(api)
        .merge(control::routes())
        .fallback(unknown_path)
        .with_state(simulator)
}

async fn unknown_path(uri: Uri) -> Response {
    ErrorBody::new(
        StatusCode::NOT_FOUND,
        "not.found",
        format!("No such resource: {}", uri.path()),
    )
    .into_response()
}

/// A panic elsewhere leaves these plain counters and maps usable, so poisoning is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
