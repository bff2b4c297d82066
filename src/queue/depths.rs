//! How much waits in each queue, for the status page.

use lapin::Channel;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;

use super::declare::short;
use super::session::{DEADLINE, Session, SessionError, within};
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

/// Counts what waits. On a channel of its own: the broker closes one that asks for a queue that was deleted.
pub struct Depths<'a> {
    session: &'a Session,
    channel: Option<Channel>,
    queues: Vec<(String, String)>,
}

impl<'a> Depths<'a> {
    /// For the queues of `names`.
    pub fn new(session: &'a Session, names: &Names) -> Self {
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
        Self {
            session,
            channel: None,
            queues,
        }
    }

    /// Counts once.
    pub async fn count(&mut self) -> Vec<Depth> {
        let mut depths = Vec::new();
        for (role, queue) in self.queues.clone() {
            let ready = match self.ready(&queue).await {
                Ok(ready) => Some(ready),
                Err(error) => {
                    tracing::debug!(event = "queue.not_counted", queue, %error);
                    self.channel = None;
                    None
                }
            };
            depths.push(Depth { role, queue, ready });
        }
        depths
    }

    async fn ready(&mut self, queue: &str) -> Result<u32, SessionError> {
        let channel = match &mut self.channel {
            Some(channel) => channel,
            none => {
                let opened = self.session.consume.create_channel();
                none.insert(within(DEADLINE, "open a channel", opened).await?)
            }
        };
        let passive = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        let declared = channel.queue_declare(short(queue), passive, FieldTable::default());
        let queue = within(DEADLINE, "count a queue", declared).await?;
        Ok(queue.message_count())
    }
}
