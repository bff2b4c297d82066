//! Declares or verifies the topology on a broker.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, Connection, ErrorKind, ExchangeKind, Queue};
use serde_json::{Map, Value};

use super::session::{DEADLINE, SessionError, within};
use super::topology::Declaration;

/// The AMQP reply code of what does not exist.
pub(super) const NOT_FOUND: u16 = 404;

/// Why the topology is not as it must be.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// Something exists with other arguments.
    #[error(
        "{name} exists with other arguments: {broker_says}; delete it when it is empty, or choose another AMQP_QUEUE"
    )]
    Mismatch {
        /// Of the queue or exchange.
        name: String,
        /// The broker's own words, which name the argument.
        broker_says: String,
    },
    /// Something does not exist.
    #[error("missing on the broker: {}; run `interceptor topology apply` with a user who may configure", .0.join(", "))]
    Missing(Vec<String>),
    /// The broker cannot be talked to.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// Creates what is missing. What exists is compared first: where it differs, nothing is changed.
///
/// # Errors
/// [`TopologyError`], naming the queue or exchange.
pub async fn apply(connection: &Connection, plan: &[Declaration]) -> Result<(), TopologyError> {
    let missing = compare(connection, plan).await?;
    let rest = plan
        .iter()
        .filter(|declaration| !exists(declaration, &missing));
    declare_each(connection, rest).await
}

/// Compares what exists, by declaring it once more, which changes nothing; the names of what does not exist.
///
/// # Errors
/// [`TopologyError::Mismatch`] with what differs; [`TopologyError::Session`] also where the user may not configure.
pub async fn compare(
    connection: &Connection,
    plan: &[Declaration],
) -> Result<Vec<String>, TopologyError> {
    let missing = missing(connection, plan).await?;
    let existing = plan
        .iter()
        .filter(|declaration| exists(declaration, &missing));
    declare_each(connection, existing).await?;
    Ok(missing)
}

fn exists(declaration: &Declaration, missing: &[String]) -> bool {
    match declaration {
        Declaration::Queue { name, .. } | Declaration::Exchange { name, .. } => {
            !missing.contains(name)
        }
        Declaration::Binding { .. } => false,
    }
}

async fn declare_each(
    connection: &Connection,
    declarations: impl Iterator<Item = &Declaration>,
) -> Result<(), TopologyError> {
    let channel = open(connection).await?;
    for declaration in declarations {
        if let Err(error) = declare(&channel, declaration, false).await {
            return Err(mismatch(declaration, error));
        }
    }
    Ok(())
}

/// Checks that everything exists, without a right to configure.
///
/// # Errors
/// [`TopologyError::Missing`] with the names of what does not.
pub async fn verify(connection: &Connection, plan: &[Declaration]) -> Result<(), TopologyError> {
    let missing = missing(connection, plan).await?;
    if missing.is_empty() {
        Ok(())
    } else {
        Err(TopologyError::Missing(missing))
    }
}

async fn missing(
    connection: &Connection,
    plan: &[Declaration],
) -> Result<Vec<String>, TopologyError> {
    let mut missing = Vec::new();
    let mut channel = open(connection).await?;
    for declaration in plan {
        let name = match declaration {
            Declaration::Queue { name, .. } | Declaration::Exchange { name, .. } => name,
            Declaration::Binding { .. } => continue,
        };
        match declare(&channel, declaration, true).await {
            Ok(()) => {}
            Err(error) if code(&error) == Some(NOT_FOUND) => {
                missing.push(name.clone());
                // The broker closes a channel that asked for what does not exist.
                channel = open(connection).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(missing)
}

async fn open(connection: &Connection) -> Result<Channel, SessionError> {
    within(DEADLINE, "open a channel", connection.create_channel()).await
}

async fn declare(
    channel: &Channel,
    declaration: &Declaration,
    passive: bool,
) -> Result<(), SessionError> {
    match declaration {
        Declaration::Exchange {
            name,
            kind,
            arguments,
        } => {
            let options = ExchangeDeclareOptions {
                passive,
                durable: true,
                ..ExchangeDeclareOptions::default()
            };
            let kind = match *kind {
                "direct" => ExchangeKind::Direct,
                "fanout" => ExchangeKind::Fanout,
                _ => ExchangeKind::Topic,
            };
            let declared = channel.exchange_declare(short(name), kind, options, table(arguments));
            within(DEADLINE, "declare an exchange", declared).await
        }
        Declaration::Queue { name, arguments } => {
            let options = QueueDeclareOptions {
                passive,
                durable: true,
                ..QueueDeclareOptions::default()
            };
            let declared = channel.queue_declare(short(name), options, table(arguments));
            within(DEADLINE, "declare a queue", declared)
                .await
                .map(drop)
        }
        Declaration::Binding {
            exchange,
            queue,
            key,
        } => {
            let bound = channel.queue_bind(
                short(queue),
                short(exchange),
                short(key),
                QueueBindOptions::default(),
                FieldTable::default(),
            );
            within(DEADLINE, "bind a queue", bound).await
        }
    }
}

fn mismatch(declaration: &Declaration, error: SessionError) -> TopologyError {
    const PRECONDITION_FAILED: u16 = 406;
    let name = match declaration {
        Declaration::Queue { name, .. } => format!("queue {name}"),
        Declaration::Exchange { name, .. } => format!("exchange {name}"),
        Declaration::Binding { .. } => return error.into(),
    };
    match &error {
        SessionError::Amqp { cause, .. } if code(&error) == Some(PRECONDITION_FAILED) => {
            let broker_says = match cause.kind() {
                ErrorKind::ProtocolError(protocol) => protocol.get_message().to_string(),
                _ => String::new(),
            };
            TopologyError::Mismatch { name, broker_says }
        }
        _ => error.into(),
    }
}

/// What the broker tells of a queue that must exist: how many messages wait in it, and how many consumers it has. Where it does
/// not, the broker closes the channel.
pub(super) async fn look(
    channel: &Channel,
    queue: &str,
    action: &'static str,
) -> Result<Queue, SessionError> {
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let declared = channel.queue_declare(short(queue), passive, FieldTable::default());
    within(DEADLINE, action, declared).await
}

/// The AMQP reply code of an error, where the broker gave one.
pub(super) fn code(error: &SessionError) -> Option<u16> {
    match error {
        SessionError::Amqp { cause, .. } => match cause.kind() {
            ErrorKind::ProtocolError(protocol) => Some(protocol.get_id()),
            _ => None,
        },
        _ => None,
    }
}

/// Names are validated at start to fit.
pub(super) fn short(name: &str) -> ShortString {
    ShortString::try_new(name).unwrap_or_default()
}

pub(super) fn table(arguments: &Map<String, Value>) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        let value = match value {
            Value::String(text) => AMQPValue::LongString(text.as_str().into()),
            number => AMQPValue::LongLongInt(number.as_i64().unwrap_or_default()),
        };
        table.insert(short(name), value);
    }
    table
}
