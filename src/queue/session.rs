//! Two connections to the broker, and the word when they are no longer good.
//!
//! There is one mechanism for every fault: a session that is no longer good is dropped as a whole and a new one is built.
//! What it had in hand comes back from the broker.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::StreamExt;
use lapin::{Connection, Event};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::topology::Declaration;
use super::{Address, TopologyError, apply, verify};
use crate::config::TopologyMode;
use crate::telemetry::metrics;
use crate::tls::{TlsFault, tls_fault};

/// Of every answer by the broker.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// How often the connections are looked at, because lapin does not tell of every end.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

/// Why there is no session, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The broker, or the way to it, refused.
    // The cause is told here, so it is no source: whoever prints a chain of errors would print it again.
    #[error("cannot {action}: {cause}{}", remedy(action, .cause))]
    Amqp {
        /// What was tried.
        action: &'static str,
        /// The client library's error.
        cause: lapin::Error,
    },
    /// The broker ended a TLS connection before the login. With TLS 1.3 it judges our certificate when we believe to be
    /// connected already, and its word of it may be lost.
    #[error("cannot connect to the broker: it ended the TLS connection at once{}", if *.with_certificate {
        "; does it refuse the certificate in AMQP_CLIENT_CERT_FILE, because it has expired or is of an unknown authority?"
    } else {
        "; does it ask for a client certificate? Then set AMQP_CLIENT_CERT_FILE and AMQP_CLIENT_KEY_FILE"
    })]
    TlsEnded {
        /// Whether we showed a certificate.
        with_certificate: bool,
    },
    /// No answer in time.
    #[error("cannot {action}: the broker did not answer within {} s", .deadline.as_secs())]
    Deadline {
        /// What was tried.
        action: &'static str,
        /// How long it was waited for.
        deadline: Duration,
    },
    /// The broker ended the consumer: the queue was deleted, or its node left.
    #[error("the broker cancelled the consumer of {0}")]
    ConsumerCancelled(String),
    /// A connection is no longer open.
    #[error("the connection to the broker was lost")]
    ConnectionLost,
}

/// What to do about a refusal that does not pass by waiting.
fn remedy(action: &str, error: &lapin::Error) -> &'static str {
    const ACCESS_REFUSED: u16 = 403;
    const NOT_ALLOWED: u16 = 530;
    if let Some(fault) = tls_fault(error) {
        return tls_remedy(fault);
    }
    let refusal = match error.kind() {
        lapin::ErrorKind::ProtocolError(refusal) => refusal,
        lapin::ErrorKind::ParsingError(_) if action.starts_with("connect") => {
            return "; what listens there does not speak AMQP: check host and port in AMQP_URL";
        }
        _ => return "",
    };
    // The broker gives one code for a login and for a right that is missing later.
    let login = refusal.get_message().as_str().contains("Login was refused");
    match refusal.get_id() {
        ACCESS_REFUSED if login => {
            "; check AMQP_URL, AMQP_USERNAME and AMQP_PASSWORD, or which user the client certificate names"
        }
        ACCESS_REFUSED => {
            "; give the user this right with `rabbitmqctl set_permissions`, or set AMQP_TOPOLOGY=verify where only the right to configure is missing"
        }
        NOT_ALLOWED => "; check the virtual host in AMQP_URL and the user's access to it",
        _ => "",
    }
}

const fn tls_remedy(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::UnknownAuthority => {
            "; the broker's certificate is of an authority that is not trusted: name the authority's certificate in AMQP_CA_FILE"
        }
        TlsFault::WrongHost => {
            "; the host in AMQP_URL must be one that the broker's certificate is for"
        }
        TlsFault::Expired => "; the broker needs a new certificate",
        TlsFault::BadCertificate => "; the broker's certificate cannot be used",
        TlsFault::ClientCertificateMissing => {
            "; the broker asks for a client certificate: set AMQP_CLIENT_CERT_FILE and AMQP_CLIENT_KEY_FILE"
        }
        TlsFault::ClientCertificateRefused => {
            "; the broker does not accept the certificate in AMQP_CLIENT_CERT_FILE"
        }
        TlsFault::ClientCertificateExpired => {
            "; the certificate in AMQP_CLIENT_CERT_FILE has expired: put a new one and its key there"
        }
        TlsFault::NoTls => {
            "; what listens there does not speak TLS: check host and port in AMQP_URL, or use amqp://"
        }
    }
}

/// Awaits an answer of the broker for at most `deadline`.
pub(super) async fn within<T>(
    deadline: Duration,
    action: &'static str,
    answer: impl Future<Output = lapin::Result<T>>,
) -> Result<T, SessionError> {
    match tokio::time::timeout(deadline, answer).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(cause)) => Err(SessionError::Amqp { action, cause }),
        Err(_) => Err(SessionError::Deadline { action, deadline }),
    }
}

/// What keeps messages from going out while the session itself is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Obstacles {
    /// The broker has blocked the publishing connection.
    pub blocked: bool,
    /// Number of messages that wait for room or for a route.
    pub refused: usize,
}

impl Obstacles {
    /// For people: what is wrong, if anything is.
    pub const fn problem(self) -> Option<&'static str> {
        match self {
            Self { blocked: true, .. } => {
                Some("the broker takes no messages: it is short of memory or disk")
            }
            Self { refused: 0, .. } => None,
            Self { .. } => Some(
                "an output is refused: a queue behind it is full or none is bound; the log line output.refused names it: make room there, or run `interceptor topology apply`",
            ),
        }
    }
}

/// Two connections: one that consumes and acknowledges, one that publishes.
pub struct Session {
    /// Never publishes, so that the broker never blocks it.
    pub consume: Connection,
    /// Publishes.
    pub publish: Connection,
    /// What keeps messages from going out.
    pub obstacles: watch::Sender<Obstacles>,
    /// Cancelled when the session is no longer good.
    pub broken: CancellationToken,
    fault: Arc<OnceLock<SessionError>>,
    _watchers: DropGuard,
}

impl Session {
    /// Connects and sees to the topology.
    ///
    /// # Errors
    /// [`TopologyError`] where the broker cannot be reached, or the topology is not as it must be.
    pub async fn open(
        address: &Address,
        plan: &[Declaration],
        mode: TopologyMode,
    ) -> Result<Self, TopologyError> {
        let (consume, publish) =
            tokio::try_join!(address.connect("consume"), address.connect("publish"))?;
        match mode {
            TopologyMode::Declare => apply(&consume, plan).await?,
            TopologyMode::Verify => verify(&consume, plan).await?,
        }
        let obstacles = watch::Sender::default();
        let broken = CancellationToken::new();
        let fault = Arc::new(OnceLock::new());
        let watchers = CancellationToken::new();
        for connection in [&consume, &publish] {
            let events = Box::pin(connection.events_listener());
            let status = connection.status().clone();
            tokio::spawn(watch_connection(
                events,
                move || status.connected(),
                obstacles.clone(),
                (broken.clone(), Arc::clone(&fault)),
                watchers.clone(),
            ));
        }
        Ok(Self {
            consume,
            publish,
            obstacles,
            broken,
            fault,
            _watchers: watchers.drop_guard(),
        })
    }

    /// Waits until the session is no longer good; for people: why.
    pub async fn end(&self) -> String {
        self.broken.cancelled().await;
        self.fault
            .get()
            .unwrap_or(&SessionError::ConnectionLost)
            .to_string()
    }

    /// Whether both connections are still open.
    pub fn is_connected(&self) -> bool {
        self.consume.status().connected() && self.publish.status().connected()
    }

    /// Closes both connections, and drops them where the broker does not answer.
    pub async fn close(self) {
        const GOODBYE: Duration = Duration::from_secs(1);
        let goodbye = async {
            let _ = self.consume.close(200, "bye".into()).await;
            let _ = self.publish.close(200, "bye".into()).await;
        };
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}

/// Closes a connection, so that the broker's log has no warning of it.
///
/// # Errors
/// [`SessionError`] where the broker does not answer.
pub(crate) async fn say_goodbye(connection: &Connection) -> Result<(), SessionError> {
    let goodbye = connection.close(200, "bye".into());
    within(DEADLINE, "close the connection", goodbye).await
}

/// Sees to the events of a connection, which must always be drained, and to its end, which is not always an event.
async fn watch_connection(
    mut events: std::pin::Pin<Box<impl futures::Stream<Item = Event> + Send>>,
    connected: impl Fn() -> bool + Send,
    obstacles: watch::Sender<Obstacles>,
    (broken, fault): (CancellationToken, Arc<OnceLock<SessionError>>),
    watchers: CancellationToken,
) {
    let mut interval = tokio::time::interval(WATCH_INTERVAL);
    loop {
        let event = tokio::select! {
            () = watchers.cancelled() => return,
            _ = interval.tick() => {
                if !connected() {
                    broken.cancel();
                    return;
                }
                continue;
            }
            event = events.next() => event,
        };
        match event {
            Some(Event::ConnectionBlocked(reason)) => {
                tracing::warn!(
                    event = "broker.blocked",
                    reason,
                    "the broker takes no messages: intake is paused"
                );
                obstacles.send_modify(|obstacles| obstacles.blocked = true);
                metrics().blocked(true);
            }
            Some(Event::ConnectionUnblocked) => {
                tracing::info!(
                    event = "broker.unblocked",
                    "the broker takes messages again"
                );
                obstacles.send_modify(|obstacles| obstacles.blocked = false);
                metrics().blocked(false);
            }
            Some(Event::Error(error)) => {
                let _ = fault.set(SessionError::Amqp {
                    action: "go on with this session",
                    cause: error,
                });
                broken.cancel();
            }
            Some(_) => {}
            None => {
                broken.cancel();
                return;
            }
        }
    }
}
