//! Two connections to the broker, and the word when they are no longer good.
//!
//! There is one mechanism for every fault: a session that is no longer good is dropped as a whole and a new one is built.
//! What it had in hand comes back from the broker.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::StreamExt;
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties, Event};
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::topology::Declaration;
use super::{TopologyError, apply, verify};
use crate::config::{AmqpConfig, ConfigError, TopologyMode};
use crate::telemetry::metrics;

/// Of every answer by the broker.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// A broker that is silent for twice this is gone.
const HEARTBEAT_SECONDS: u16 = 10;
/// How often the connections are looked at, because lapin does not tell of every end.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

/// Why there is no session, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The broker, or the way to it, refused.
    #[error("cannot {action}: {source}{}", remedy(.source))]
    Amqp {
        /// What was tried.
        action: &'static str,
        /// The client library's error.
        source: lapin::Error,
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
    /// The channel of a delivery was closed before the acknowledgement went out: everything that followed from the job is
    /// published, and will be once more under the same ids.
    #[error("an acknowledgement came too late: the channel of the delivery is closed")]
    StaleDelivery,
    /// A connection is no longer open.
    #[error("the connection to the broker was lost")]
    ConnectionLost,
}

/// What to do about a refusal that does not pass by waiting.
fn remedy(error: &lapin::Error) -> &'static str {
    const ACCESS_REFUSED: u16 = 403;
    const NOT_ALLOWED: u16 = 530;
    let lapin::ErrorKind::ProtocolError(refusal) = error.kind() else {
        return "";
    };
    // The broker gives one code for a login and for a right that is missing later.
    let login = refusal.get_message().as_str().contains("Login was refused");
    match refusal.get_id() {
        ACCESS_REFUSED if login => "; check AMQP_URL, AMQP_USERNAME and AMQP_PASSWORD",
        ACCESS_REFUSED => {
            "; give the user this right with `rabbitmqctl set_permissions`, or set AMQP_TOPOLOGY=verify where only the right to configure is missing"
        }
        NOT_ALLOWED => "; check the virtual host in AMQP_URL and the user's access to it",
        _ => "",
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
        Ok(Err(source)) => Err(SessionError::Amqp { action, source }),
        Err(_) => Err(SessionError::Deadline { action, deadline }),
    }
}

/// Where the broker is and who we are there.
#[derive(Clone)]
pub struct Address {
    uri: AMQPUri,
    ca_pem: Option<String>,
    name: String,
}

impl Address {
    /// The address that `config` gives; `name` is shown by the broker beside the connections.
    ///
    /// # Errors
    /// AMQP_URL or AMQP_CA_FILE where they cannot be used.
    pub fn new(config: &AmqpConfig, name: &str) -> Result<Self, ConfigError> {
        // The parser's error could repeat a part of the URL, which holds a password.
        let mut uri: AMQPUri = config.url.expose_secret().parse().map_err(|_| {
            ConfigError::new(
                "AMQP_URL",
                "is no URL such as amqp://user:password@host:5672/vhost",
            )
        })?;
        if uri.vhost.is_empty() {
            "/".clone_into(&mut uri.vhost);
        }
        if let Some(username) = &config.username {
            uri.authority.userinfo.username.clone_from(username);
        }
        if let Some(password) = &config.password {
            password
                .expose_secret()
                .clone_into(&mut uri.authority.userinfo.password);
        }
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        let deadline = u64::try_from(DEADLINE.as_millis()).unwrap_or(u64::MAX);
        uri.query.connection_timeout.get_or_insert(deadline);
        let ca_pem = config
            .ca_pem
            .clone()
            .map(|pem| {
                String::from_utf8(pem)
                    .ok()
                    .filter(|pem| pem.contains("BEGIN CERTIFICATE"))
                    .ok_or_else(|| ConfigError::new("AMQP_CA_FILE", "holds no PEM certificates"))
            })
            .transpose()?;
        Ok(Self {
            uri,
            ca_pem,
            name: name.to_owned(),
        })
    }

    /// The virtual host.
    pub fn vhost(&self) -> &str {
        &self.uri.vhost
    }

    /// The address for people, without credentials.
    pub fn shown(&self) -> String {
        let scheme = match self.uri.scheme {
            AMQPScheme::AMQP => "amqp",
            AMQPScheme::AMQPS => "amqps",
        };
        let authority = &self.uri.authority;
        format!(
            "{scheme}://{}:{}, virtual host {}",
            authority.host, authority.port, self.uri.vhost
        )
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// [`SessionError`] where the broker cannot be reached or refuses.
    pub async fn connect(&self, purpose: &str) -> Result<Connection, SessionError> {
        let name = format!("{} {purpose}", self.name);
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let tls = OwnedTLSConfig {
            cert_chain: self.ca_pem.clone(),
            ..OwnedTLSConfig::default()
        };
        let runtime = lapin::runtime::default_runtime().map_err(|source| SessionError::Amqp {
            action: "connect",
            source,
        })?;
        let connected =
            Connection::connect_uri_with_config(self.uri.clone(), properties, tls, runtime);
        within(DEADLINE, "connect to the broker", connected).await
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
                "an output is refused: a queue behind it is full or none is bound; consume or purge the .unrouted queues",
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
                    source: error,
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
