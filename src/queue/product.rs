//! What the broker says it is, before anyone logs in. Its log has a warning of each look: a client that did not log in.

use std::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt};
use lapin::protocol::connection::AMQPMethod;
use lapin::protocol::{AMQPClass, parse_class};
use lapin::types::{AMQPValue, FieldTable};

/// Asks for AMQP 0-9-1.
const GREETING: &[u8] = b"AMQP\x00\x00\x09\x01";
/// Type, channel and size of a frame.
const FRAME_HEADER: usize = 7;
/// More than a broker says of itself.
const LONGEST: u32 = 64 * 1024;
/// Of the oldest RabbitMQ that dead-letters at least once, without which a job that waits may be lost.
const OLDEST: (u32, u32) = (3, 10);

/// A broker's name and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Such as `RabbitMQ`.
    pub name: String,
    /// Such as `3.10.8`.
    pub version: String,
}

/// What to tell the operator of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing.
    Good,
    /// It works, but there is something to know.
    Note(&'static str),
    /// It does not work.
    TooOld(&'static str),
}

impl Product {
    /// What to know of this version.
    pub fn advice(&self) -> Advice {
        let mut numbers = self.version.split(['.', '-', '+']).map(str::parse);
        let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
            return Advice::Note("its version says nothing; RabbitMQ 3.10 or newer is needed");
        };
        if self.name != "RabbitMQ" {
            return Advice::Note("this program is tried with RabbitMQ only");
        }
        match (major, minor) {
            version if version < OLDEST => Advice::TooOld(
                "too old: a job that waits in a retry queue may be lost; RabbitMQ 3.10 or newer is needed",
            ),
            (3, _) => Advice::Note(
                "3.x is no longer maintained; docs/rabbitmq.md says how to get to 4.x without losing a job",
            ),
            _ => Advice::Good,
        }
    }

    /// From what the broker says of itself.
    fn announced(properties: &FieldTable) -> Self {
        let text = |name: &str| match properties.inner().get(name) {
            Some(AMQPValue::LongString(text)) => printable(text.as_bytes()),
            _ => "unknown".to_owned(),
        };
        Self {
            name: text("product"),
            version: text("version"),
        }
    }
}

/// It is a stranger's text until the broker is trusted.
fn printable(bytes: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(bytes);
    let printable = text.chars().filter(char::is_ascii_graphic);
    printable.take(LONGEST).collect()
}

/// Reads the greeting of a broker behind `stream`; `None` where it is none.
pub(super) async fn greet(
    stream: &mut (impl futures::AsyncRead + futures::AsyncWrite + Unpin),
    deadline: Duration,
) -> Option<Product> {
    tokio::time::timeout(deadline, greeted(stream)).await.ok()?
}

async fn greeted(
    stream: &mut (impl futures::AsyncRead + futures::AsyncWrite + Unpin),
) -> Option<Product> {
    stream.write_all(GREETING).await.ok()?;
    stream.flush().await.ok()?;
    let mut header = [0; FRAME_HEADER];
    stream.read_exact(&mut header).await.ok()?;
    let [_, _, _, size @ ..] = header;
    let size = u32::from_be_bytes(size);
    if size > LONGEST {
        return None;
    }
    let mut payload = vec![0; usize::try_from(size).ok()?];
    stream.read_exact(&mut payload).await.ok()?;
    match parse_class(payload.as_slice()) {
        Ok((_, AMQPClass::Connection(AMQPMethod::Start(start)))) => {
            Some(Product::announced(&start.server_properties))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(name: &str, version: &str) -> Advice {
        Product {
            name: name.to_owned(),
            version: version.to_owned(),
        }
        .advice()
    }

    #[test]
    fn each_version_has_its_advice() {
        assert!(matches!(advice("RabbitMQ", "3.9.29"), Advice::TooOld(_)));
        assert!(matches!(advice("RabbitMQ", "3.10.0"), Advice::Note(text) if text.contains("4.x")));
        assert!(matches!(advice("RabbitMQ", "3.13.7"), Advice::Note(_)));
        assert_eq!(advice("RabbitMQ", "4.0.0+2"), Advice::Good);
        assert_eq!(advice("RabbitMQ", "4.2.0-rc.1"), Advice::Good);
        assert!(
            matches!(advice("LavinMQ", "2.4.0"), Advice::Note(text) if text.contains("RabbitMQ"))
        );
        assert!(matches!(advice("RabbitMQ", "unknown"), Advice::Note(_)));
    }

    #[test]
    fn what_a_stranger_says_is_short_and_printable() {
        assert_eq!(printable(b"3.10.8\x1b[31m\n"), "3.10.8[31m");
        assert_eq!(printable(&[b'x'; 99]).len(), 40);
    }
}
