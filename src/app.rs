//! Wiring and life cycle of `interceptor run`: builds the rooms, spawns the workers, hears signals, and stops in order.
//!
//! Everything that depends on the broker lives in a session: when that breaks, the session with its workers is dropped,
//! and a new one is built; what was in hand comes back from the broker.
//!
//! | file | what |
//! |---|---|
//! | `pool.rs` | the life of one session: the workers |
//! | `feeder.rs` | what feeds them: budget, gate, suspects |
//! | `budget.rs` | how the rate limit is shared |
//! | `returns.rs` | what is known of deliveries that come back |
//! | `watchdog.rs` | aborts the process when a job holds on to its thread |

pub(crate) mod budget;
mod feeder;
mod pool;
mod returns;
mod watchdog;

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::returns::Returns;
use self::watchdog::Watchdog;
use crate::admin::{self, About};
use crate::config::{
    AmqpConfig, ConfigError, GenesysConfig, InterceptorConfig, Source, TopologyMode, shared_client,
};
use crate::failpoint;
use crate::gate::{Cause, Gate, State};
use crate::genesys::{Genesys, Pace};
use crate::memory::Memory;
use crate::outcome::{Reason, RetryPolicy};
use crate::queue::{Address, Declaration, Names, Session, TopologyError, plan};
use crate::status::{Progress, Status};
use crate::telemetry::{Totals, metrics};
use crate::worker::Worker;

/// Between two tries to reach the broker: short, because consuming must go on within a second of its return.
const FIRST_RECONNECT: Duration = Duration::from_millis(100);
const LONGEST_RECONNECT: Duration = Duration::from_millis(400);
/// Between two sessions that come to nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A session that lived for as long was not broken from the start.
const SETTLED_SESSION: Duration = Duration::from_secs(10);
/// How often a fault that lasts is logged.
const FAULT_LOG_INTERVAL: Duration = Duration::from_secs(30);
/// A suspect that has crashed its worker as often is dead-lettered.
const MOST_CRASHES: u32 = 3;
/// Of a second signal: the shell's code for SIGINT.
pub(crate) const INTERRUPTED: u8 = 130;

/// What every session of a run shares.
pub(crate) struct App {
    worker: Worker,
    pace: Arc<Pace>,
    status: Arc<Status>,
    returns: Returns,
    watchdog: Watchdog,
    address: Address,
    names: Names,
    plan: Vec<Declaration>,
    topology: TopologyMode,
    concurrency: u16,
    shutdown: Duration,
}

/// Runs the worker pool until a signal.
///
/// # Errors
/// [`ConfigError`] before anything is connected to.
pub async fn run(source: &Source) -> Result<(), ConfigError> {
    let interceptor = InterceptorConfig::read(source)?;
    let genesys = GenesysConfig::read(source)?;
    let amqp = AmqpConfig::read(source)?;
    let address = Address::new(&amqp, &interceptor.worker)?;
    let pace = Arc::new(Pace::new(genesys.requests_per_minute));
    let client = Genesys::new(&genesys, Arc::clone(&pace))?;
    let memory = memory(&interceptor, &genesys)?;
    let listener = admin::listen(interceptor.admin)?;
    let progress = Arc::new(Progress::new(interceptor.concurrency));
    let watchdog = Watchdog::start(Arc::clone(&progress))
        .map_err(|error| ConfigError::new("INTERCEPTOR_CONCURRENCY", error))?;
    failpoint::set(source.text("INTERCEPTOR_FAILPOINT"));

    tracing::info!(
        event = "run.started",
        version = env!("CARGO_PKG_VERSION"),
        worker = interceptor.worker,
        genesys = client.description(),
        broker = address.shown(),
        concurrency = interceptor.concurrency,
        status_page = listener.as_ref().and_then(admin::url),
        "interceptor started"
    );
    if interceptor.hash_key.is_none() {
        tracing::warn!(
            event = "fingerprint.unkeyed",
            "INTERCEPTOR_HASH_KEY is not set: fingerprints are equal across conversations"
        );
    }

    let gate = Arc::new(Gate::default());
    let status = Arc::new(Status::new(
        Arc::clone(&gate),
        client.token_obtained(),
        progress,
    ));
    let policy = interceptor.policy();
    let about = About {
        worker: interceptor.worker.clone(),
        policy_version: policy.version().to_owned(),
        genesys: genesys.dialect.as_str(),
        broker: address.shown(),
        concurrency: interceptor.concurrency,
        memory: memory.bound(),
    };
    let totals = Arc::new(Totals::default());
    let names = Names::new(&amqp, shared_client(source));
    let app = App {
        worker: Worker {
            genesys: client,
            gate,
            memory,
            policy,
            retry: RetryPolicy {
                delays: amqp.retry_delays.clone(),
                max_attempts: interceptor.max_attempts,
                not_found_grace: interceptor.not_found_grace,
            },
            totals: Arc::clone(&totals),
            name: interceptor.worker.clone(),
        },
        pace,
        status: Arc::clone(&status),
        returns: Returns::default(),
        watchdog,
        address,
        plan: plan(&names),
        names,
        topology: amqp.topology,
        concurrency: interceptor.concurrency,
        shutdown: interceptor.shutdown,
    };

    let reasons = Reason::ALL.map(Reason::as_str);
    let asked = Arc::clone(&status);
    metrics().begin(&reasons, move || asked.not_ready().is_empty());
    if let Some(listener) = listener {
        admin::serve(listener, status, about)
            .map_err(|error| ConfigError::new("INTERCEPTOR_ADMIN_ADDR", error))?;
    }
    tokio::spawn(report_pauses(app.worker.gate.watch()));
    let stop = CancellationToken::new();
    hear_signals(stop.clone(), || {
        tracing::info!(
            event = "run.stopping",
            "stopping: finishing what is in hand; a second signal ends at once"
        );
    });
    // As a task, and so on the threads of the workers: what is awaited here itself runs on the thread that started the
    // process, and each delivery would go from one thread to another and on to a third.
    let sessions = tokio::spawn(async move { Arc::new(app).sessions(&stop).await });
    if let Err(failed) = sessions.await {
        std::panic::resume_unwind(failed.into_panic());
    }
    totals.log();
    Ok(())
}

/// The bound on what conversations in hand may use.
pub(crate) fn memory(
    interceptor: &InterceptorConfig,
    genesys: &GenesysConfig,
) -> Result<Memory, ConfigError> {
    const DEFAULT: usize = 64 << 20;
    let workers = interceptor.concurrency;
    let largest = Genesys::largest(genesys);
    match interceptor.max_bytes_in_flight {
        Some(bytes) => Memory::new(bytes, workers, largest).map_err(|enough| {
            ConfigError::new(
                "INTERCEPTOR_MAX_BYTES_IN_FLIGHT",
                format!(
                    "{bytes} is too little for GENESYS_MAX_TRANSCRIPT_BYTES={} and INTERCEPTOR_CONCURRENCY={workers}: set at least {enough}",
                    genesys.max_transcript_bytes
                ),
            )
        }),
        None => Ok(Memory::at_least(DEFAULT, workers, largest)),
    }
}

/// Tells the metrics whether intake is paused, and why.
async fn report_pauses(mut gate: watch::Receiver<State>) {
    let mut paused: Option<Cause> = None;
    while gate.changed().await.is_ok() {
        let now = match *gate.borrow_and_update() {
            State::Paused { cause, .. } => Some(cause),
            _ => None,
        };
        if let Some(cause) = paused.filter(|cause| Some(*cause) != now) {
            metrics().paused(cause.label(), false);
        }
        if let Some(cause) = now {
            metrics().paused(cause.label(), true);
        }
        paused = now;
    }
}

impl App {
    /// One session after the other, until `stop`.
    async fn sessions(self: Arc<Self>, stop: &CancellationToken) {
        let mut log = FaultLog::default();
        let mut delay = FIRST_RECONNECT;
        let mut sessions = 0_u64;
        while !stop.is_cancelled() {
            let opening = Session::open(&self.address, &self.plan, self.topology);
            let opened = tokio::select! {
                () = stop.cancelled() => return,
                opened = opening => opened,
            };
            let longest = match opened {
                Ok(session) => {
                    let (opened_at, settled) = (Instant::now(), self.worker.totals.jobs());
                    tracing::info!(event = "broker.connected", "connected to the broker");
                    self.status.set_broker(None);
                    if sessions > 0 {
                        metrics().reconnected();
                    }
                    sessions += 1;
                    let Err(error) = Arc::clone(&self).serve(session, stop).await else {
                        return;
                    };
                    log.error("broker.lost", &error);
                    self.status.set_broker(Some(error));
                    // A session that got nowhere, such as for want of a right, will get nowhere at once again.
                    if opened_at.elapsed() > SETTLED_SESSION || self.worker.totals.jobs() > settled
                    {
                        delay = FIRST_RECONNECT;
                    }
                    LONGEST_PAUSE
                }
                Err(error) => {
                    log.error("broker.unavailable", &error.to_string());
                    self.status.set_broker(Some(error.to_string()));
                    match error {
                        TopologyError::Session(_) => LONGEST_RECONNECT,
                        // Somebody must act first: no need to ask several times a second.
                        TopologyError::Mismatch { .. } | TopologyError::Missing(_) => LONGEST_PAUSE,
                    }
                }
            };
            let jittered = delay.min(longest).mul_f64(0.5 + fastrand::f64() / 2.0);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered) => {}
            }
            delay = (delay * 2).min(longest);
        }
    }
}

/// Logs a fault when it is new, and again now and then while it lasts.
#[derive(Default)]
struct FaultLog(Vec<(String, Instant)>);

impl FaultLog {
    fn error(&mut self, event: &'static str, error: &str) {
        // Two faults may take turns, such as those of two addresses of one host.
        self.0.retain(|(_, at)| at.elapsed() < FAULT_LOG_INTERVAL);
        if self.0.iter().any(|(known, _)| known == error) {
            return;
        }
        tracing::error!(
            event,
            error,
            "no session with the broker: trying until there is one"
        );
        self.0.push((error.to_owned(), Instant::now()));
    }
}

/// The first SIGTERM or SIGINT asks for an orderly stop, after `tell`; the second ends the process at once. Heard from here
/// on.
pub(crate) fn hear_signals(stop: CancellationToken, tell: impl FnOnce() + Send + 'static) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!(
            event = "signals.unavailable",
            "signals cannot be heard: stopping"
        );
        stop.cancel();
        return;
    };
    tokio::spawn(async move {
        let mut heard = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        heard().await;
        tell();
        stop.cancel();
        heard().await;
        std::process::exit(INTERRUPTED.into());
    });
}
