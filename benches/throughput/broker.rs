//! The driver's side of the broker: jobs in, depths while it runs, records out.

use std::collections::HashSet;

use anyhow::{Context as _, Result, bail};
use futures::StreamExt as _;
use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions, QueuePurgeOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer, ExchangeKind};

/// Jobs whose confirms are awaited together.
const BATCH: usize = 500;

/// The queues and exchanges of one worker.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) jobs: String,
    pub(crate) transcripts: String,
    pub(crate) audits: String,
}

impl Names {
    pub(crate) fn new(who: &str) -> Self {
        Self {
            jobs: format!("bench.{who}.conversations"),
            transcripts: format!("bench.{who}.transcripts"),
            audits: format!("bench.{who}.audit"),
        }
    }

    fn exchanges(&self) -> [&str; 2] {
        [&self.transcripts, &self.audits]
    }
}

/// The queue that is bound to an exchange.
fn sink(exchange: &str) -> String {
    format!("{exchange}.sink")
}

fn durable() -> QueueDeclareOptions {
    QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    }
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert(
        "x-queue-type".into(),
        AMQPValue::LongString("quorum".into()),
    );
    arguments
}

/// What lies in the two sinks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Depths {
    pub(crate) transcripts: u32,
    pub(crate) audits: u32,
}

/// What was found in the two sinks.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Drained {
    /// Distinct conversations of which there is a transcript and an audit.
    pub(crate) complete: u32,
    /// Audits that say something else than success.
    pub(crate) unsuccessful: u32,
    pub(crate) mean_transcript_bytes: f64,
}

pub(crate) struct Broker {
    _connection: Connection,
    channel: Channel,
}

impl Broker {
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let connection = Connection::connect(url, ConnectionProperties::default())
            .await
            .context("cannot connect to the broker")?;
        let channel = connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        Ok(Self {
            _connection: connection,
            channel,
        })
    }

    /// A quorum queue for jobs and the two exchanges, for a worker that does not declare them.
    pub(crate) async fn declare(&self, names: &Names) -> Result<()> {
        self.channel
            .queue_declare(names.jobs.as_str().into(), durable(), quorum())
            .await?;
        let options = ExchangeDeclareOptions {
            durable: true,
            ..ExchangeDeclareOptions::default()
        };
        for exchange in names.exchanges() {
            self.channel
                .exchange_declare(
                    exchange.into(),
                    ExchangeKind::Topic,
                    options,
                    FieldTable::default(),
                )
                .await?;
        }
        Ok(())
    }

    /// No jobs, and a new empty quorum queue bound to each exchange.
    pub(crate) async fn clear(&self, names: &Names) -> Result<()> {
        self.channel
            .queue_purge(names.jobs.as_str().into(), QueuePurgeOptions::default())
            .await?;
        self.remove_sinks(names).await?;
        for exchange in names.exchanges() {
            let sink = sink(exchange);
            self.channel
                .queue_declare(sink.as_str().into(), durable(), quorum())
                .await?;
            self.channel
                .queue_bind(
                    sink.as_str().into(),
                    exchange.into(),
                    "#".into(),
                    QueueBindOptions::default(),
                    FieldTable::default(),
                )
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn remove_sinks(&self, names: &Names) -> Result<()> {
        for exchange in names.exchanges() {
            self.channel
                .queue_delete(
                    sink(exchange).as_str().into(),
                    QueueDeleteOptions::default(),
                )
                .await?;
        }
        Ok(())
    }

    /// Sends jobs, each confirmed.
    pub(crate) async fn enqueue(&self, names: &Names, ids: &[String]) -> Result<()> {
        let options = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        let properties = BasicProperties::default().with_delivery_mode(2);
        for batch in ids.chunks(BATCH) {
            let mut confirms = Vec::with_capacity(batch.len());
            for id in batch {
                let body = format!("{{\"conversationId\":\"{id}\"}}");
                let sent = self.channel.basic_publish(
                    "".into(),
                    names.jobs.as_str().into(),
                    options,
                    body.as_bytes(),
                    properties.clone(),
                );
                confirms.push(sent.await?);
            }
            for confirm in confirms {
                let confirmed = confirm.await?;
                if !confirmed.is_ack() || confirmed.take_message().is_some() {
                    bail!("the broker did not take a job");
                }
            }
        }
        Ok(())
    }

    /// Jobs that wait; not those in hand.
    pub(crate) async fn waiting(&self, names: &Names) -> Result<u32> {
        self.depth(&names.jobs).await
    }

    pub(crate) async fn depths(&self, names: &Names) -> Result<Depths> {
        Ok(Depths {
            audits: self.depth(&sink(&names.audits)).await?,
            transcripts: self.depth(&sink(&names.transcripts)).await?,
        })
    }

    async fn depth(&self, queue: &str) -> Result<u32> {
        let passive = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        let declared = self
            .channel
            .queue_declare(queue.into(), passive, FieldTable::default());
        Ok(declared.await?.message_count())
    }

    pub(crate) async fn consumers(&self, names: &Names) -> Result<u32> {
        let passive = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        let jobs = names.jobs.as_str().into();
        let declared = self
            .channel
            .queue_declare(jobs, passive, FieldTable::default())
            .await?;
        Ok(declared.consumer_count())
    }

    /// The records of an exchange as they come, first those of transcripts, then of audits.
    pub(crate) async fn consume(&self, names: &Names) -> Result<(Consumer, Consumer)> {
        let options = BasicConsumeOptions {
            no_ack: true,
            ..BasicConsumeOptions::default()
        };
        let mut consumers = Vec::with_capacity(2);
        for exchange in names.exchanges() {
            let sink = sink(exchange);
            let tag = sink.as_str().into();
            let consumer = self.channel.basic_consume(
                sink.as_str().into(),
                tag,
                options,
                FieldTable::default(),
            );
            consumers.push(consumer.await?);
        }
        match <[Consumer; 2]>::try_from(consumers) {
            Ok([transcripts, audits]) => Ok((transcripts, audits)),
            Err(_) => bail!("there are two exchanges"),
        }
    }

    /// Reads the sinks, which hold `depths`, and removes them.
    pub(crate) async fn drain(&self, names: &Names, depths: Depths) -> Result<Drained> {
        let (mut transcripts, mut audits) = self.consume(names).await?;
        let mut drained = Drained::default();
        let mut known = HashSet::new();
        let mut bytes = 0;
        for _ in 0..depths.transcripts {
            let record = next(&mut transcripts).await?;
            bytes += record.len();
            known.extend(conversation_id(&record));
        }
        for _ in 0..depths.audits {
            let record = next(&mut audits).await?;
            let text = String::from_utf8_lossy(&record);
            let other = ["failed", "retrying", "ignored"].iter();
            if other
                .into_iter()
                .any(|status| text.contains(&format!("\"status\":\"{status}\"")))
            {
                drained.unsuccessful += 1;
            } else if conversation_id(&record).is_some_and(|id| known.remove(&id)) {
                drained.complete += 1;
            }
        }
        drained.mean_transcript_bytes = bytes as f64 / f64::from(depths.transcripts.max(1));
        self.remove_sinks(names).await?;
        Ok(drained)
    }
}

/// The body of the next record.
pub(crate) async fn next(consumer: &mut Consumer) -> Result<Vec<u8>> {
    let record = tokio::time::timeout(std::time::Duration::from_secs(60), consumer.next())
        .await
        .context("no record within 60 s")?;
    Ok(record.context("the broker ended a consumer")??.data)
}

/// The first that is named: those that follow may be text.
fn conversation_id(record: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"\"conversationId\":\"";
    let at = record
        .windows(NAME.len())
        .position(|window| window == NAME)?
        + NAME.len();
    let id = record.get(at..at + 36)?;
    String::from_utf8(id.to_vec()).ok()
}
