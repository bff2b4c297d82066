//! How much waits in each queue, for the status page.

use lapin::{Channel, Connection};

use super::Address;
use super::declare::{code, look, short};
use super::session::{DEADLINE, SessionError, say_goodbye, within};
use super::topology::{Names, lane, unrouted_queue};

/// What waits in a queue.
#[derive(Clone, Debug)]
pub struct Depth {
    /// What the queue is for: `jobs`, `suspects`, `retry.5s`, `dead`, `transcripts.unrouted`, `audit.unrouted`.
    pub role: String,
    /// Its name.
    pub queue: String,
    /// Number of messages that nobody has in hand; `None` where the broker does not tell.
    pub ready: Option<u32>,
}

/// Counts what waits, over a connection of its own: the broker closes a channel that asks for a queue that was deleted, and
/// that would end a session.
pub struct Depths {
    connection: Connection,
    queues: Vec<(String, String)>,
}

impl Depths {
    /// For the queues of `names`.
    ///
    /// # Errors
    /// [`SessionError`] where the broker cannot be reached.
    pub async fn open(address: &Address, names: &Names) -> Result<Self, SessionError> {
        let own = |role: &str, queue: &str| (role.to_owned(), queue.to_owned());
        let mut queues = vec![
            own(lane::JOBS, &names.jobs),
            own(lane::SUSPECTS, &names.suspects),
        ];
        let retries = names.delays.iter();
        queues.extend(retries.map(|delay| (lane::retry(delay), names.retry(delay))));
        queues.push(own(lane::DEAD, &names.dead));
        for (role, output) in [
            ("transcripts.unrouted", &names.transcripts),
            ("audit.unrouted", &names.audit),
        ] {
            queues.push(own(role, &unrouted_queue(output)));
        }
        Ok(Self {
            connection: address.connect("status page").await?,
            queues,
        })
    }

    /// Counts once.
    ///
    /// # Errors
    /// [`SessionError`] where the connection is lost.
    pub async fn count(&self) -> Result<Vec<Depth>, SessionError> {
        let mut depths = Vec::new();
        let mut channel = self.channel().await?;
        for (role, queue) in &self.queues {
            let ready = match look(&channel, queue, "count a queue").await {
                Ok(queue) => Some(queue.message_count()),
                Err(error) if code(&error).is_some() => {
                    channel = self.channel().await?;
                    None
                }
                Err(error) => return Err(error),
            };
            let (role, queue) = (role.clone(), queue.clone());
            depths.push(Depth { role, queue, ready });
        }
        let closed = channel.close(200, short("bye"));
        within(DEADLINE, "close a channel", closed).await?;
        Ok(depths)
    }

    /// Closes the connection.
    pub async fn close(self) {
        let _ = say_goodbye(&self.connection).await;
    }

    async fn channel(&self) -> Result<Channel, SessionError> {
        let opened = self.connection.create_channel();
        within(DEADLINE, "open a channel", opened).await
    }
}
