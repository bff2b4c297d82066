//! Where ids go: the job queue, or stdout.

use std::fmt::Display;
use std::io::IsTerminal;
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

use super::super::output::tell;
use super::super::{Failure, output};
use crate::config::{AmqpConfig, ConfigError, Source, shared_client};
use crate::queue::{Address, Names, Notices, Producer, PublishError, Replicas};

/// Ids that are sent between two looks at the queue's depth.
const BETWEEN_LOOKS: u32 = 100;
/// Between two looks at a queue that is too deep.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Takes ids and shows how far they are.
pub(super) struct Sink {
    target: Target,
    progress: ProgressBar,
    taken: usize,
    refused: usize,
}

enum Target {
    Stdout,
    Queue(Box<Queue>),
}

struct Queue {
    address: Address,
    names: Names,
    producer: Option<Producer>,
    max_depth: Option<u32>,
    /// Ids that may be sent before the next look at the depth.
    room: u32,
}

impl Sink {
    /// A sink that is not connected yet.
    ///
    /// # Errors
    /// AMQP_* where they cannot be used; stdout needs none.
    pub(super) fn new(
        source: &Source,
        dry_run: bool,
        max_depth: Option<u32>,
    ) -> Result<Self, ConfigError> {
        let target = if dry_run {
            Target::Stdout
        } else {
            let config = AmqpConfig::read(source)?;
            Target::Queue(Box::new(Queue {
                address: Address::new(&config, "interceptor")?,
                names: Names::new(&config, shared_client(source)),
                producer: None,
                max_depth,
                room: 0,
            }))
        };
        Ok(Self {
            target,
            progress: ProgressBar::hidden(),
            taken: 0,
            refused: 0,
        })
    }

    /// Connects.
    ///
    /// # Errors
    /// Where the broker cannot be reached.
    pub(super) async fn open(&mut self) -> anyhow::Result<()> {
        if let Target::Queue(queue) = &mut self.target {
            let opened = Producer::open(&queue.address, &queue.names).await;
            queue.producer = Some(opened.with_context(|| queue.address.shown())?);
        }
        Ok(())
    }

    /// Joins the replicas that share the rate limit; `None` where there is no way to, as without a broker.
    pub(super) async fn join_replicas(&self) -> Option<(Replicas, Notices)> {
        let Target::Queue(queue) = &self.target else {
            return None;
        };
        let joined = queue
            .producer
            .as_ref()?
            .join(queue.names.shared.as_ref()?)
            .await;
        joined
            .inspect_err(|error| tracing::debug!(event = "budget.not_shared", %error))
            .ok()
    }

    /// Shows a bar of this length on a terminal.
    pub(super) fn expect(&self, length: u64) {
        if std::io::stderr().is_terminal() {
            let style =
                ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg} ids  {eta} left");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            self.progress.set_style(style);
            self.progress.set_message("0");
            self.progress.set_length(length);
            self.progress
                .set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
    }

    /// Moves the bar on.
    pub(super) fn advance(&self, by: u64) {
        self.progress.inc(by);
    }

    /// Tells of an id that cannot be used.
    pub(super) fn refuse(&mut self, problem: &str) {
        self.refused += 1;
        self.tell(&format!("error: {problem}"));
    }

    /// Takes an id; when this returns, it is safe.
    ///
    /// # Errors
    /// Where it is not.
    pub(super) async fn put(&mut self, id: &str) -> anyhow::Result<()> {
        let put = match &mut self.target {
            Target::Stdout => self.progress.suspend(|| output::print(id)),
            Target::Queue(queue) => queue.send(id, &self.progress).await,
        };
        put.with_context(|| match &self.target {
            Target::Stdout => format!("{} ids were printed", self.taken),
            // One whose confirm did not come may be there all the same.
            Target::Queue(_) => format!("{} ids were confirmed, one more may arrive", self.taken),
        })
        .inspect_err(|_| self.progress.abandon())?;
        self.taken += 1;
        self.progress.set_message(self.taken.to_string());
        Ok(())
    }

    /// Disconnects, and sums up.
    ///
    /// # Errors
    /// Exit code 1 where an id was refused.
    pub(super) async fn finish(self, note: Option<String>) -> Result<(), Failure> {
        self.progress.finish_and_clear();
        let to: &dyn Display = match &self.target {
            Target::Stdout => &"stdout, none enqueued",
            Target::Queue(queue) => &queue.names.jobs,
        };
        let note = note.map(|note| format!("; {note}")).unwrap_or_default();
        tell!(
            "enqueue: {} ids sent to {to}, {} malformed or unknown{note}",
            self.taken,
            self.refused
        );
        if let Target::Queue(queue) = &self.target
            && let Some(producer) = &queue.producer
        {
            producer.close().await;
        }
        if self.refused > 0 {
            return Err(Failure::Reported(1));
        }
        Ok(())
    }

    fn tell(&self, line: &str) {
        self.progress.suspend(|| tell!("{line}"));
    }
}

impl Queue {
    async fn send(&mut self, id: &str, progress: &ProgressBar) -> anyhow::Result<()> {
        let Some(producer) = &self.producer else {
            anyhow::bail!("the broker is not connected");
        };
        let no_queue = || {
            anyhow::anyhow!(
                "the queue {} does not exist: start the worker or run `interceptor topology apply`",
                self.names.jobs
            )
        };
        if let Some(max) = self.max_depth {
            let mut told = false;
            while self.room == 0 {
                let depth = producer.depth().await?.ok_or_else(no_queue)?;
                self.room = max.saturating_sub(depth).min(BETWEEN_LOOKS);
                if self.room == 0 {
                    if !told {
                        told = true;
                        progress.suspend(|| {
                            tell!(
                                "enqueue: waiting, {} holds {depth} jobs (--max-depth {max}); is a worker running?",
                                self.names.jobs
                            );
                        });
                    }
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
            self.room -= 1;
        }
        match producer.send(id, &Uuid::new_v4().to_string()).await {
            Ok(()) => Ok(()),
            Err(PublishError::Returned { .. }) => Err(no_queue()),
            Err(error) => Err(error.into()),
        }
    }
}
