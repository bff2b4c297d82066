//! Collects what the workers publish, and checks each record against its schema and the contract.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use transcript_interceptor::record::{audit_schema, transcript_schema};

use super::PATIENCE;

/// Of the broker, before it is asked anew.
pub(super) const ANSWER: Duration = Duration::from_secs(5);
/// Quorum queues want a bound.
const PREFETCH: u16 = 100;

/// Key of the mark at the end of an archive.
pub(crate) const END: &str = "end";

/// A published record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Routing key.
    pub(crate) key: String,
    pub(crate) body: Value,
    pub(crate) bytes: Vec<u8>,
    pub(crate) message_id: String,
    pub(crate) correlation_id: Option<String>,
    pub(crate) headers: Value,
}

impl Record {
    /// What a test itself sent to the queue, to see when everything before it was read.
    fn end() -> Self {
        Self {
            key: END.to_owned(),
            body: Value::Null,
            bytes: Vec::new(),
            message_id: String::new(),
            correlation_id: None,
            headers: Value::Null,
        }
    }

    pub(crate) fn is_transcript(&self) -> bool {
        self.key == "transcript.sanitized"
    }

    pub(crate) fn conversation_id(&self) -> &str {
        self.body["conversationId"].as_str().unwrap_or_default()
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        let messages = self.body["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|message| message["text"].as_str().unwrap())
            .collect()
    }
}

/// The records of a stand, as they come.
#[derive(Clone, Default)]
pub(crate) struct Records(watch::Sender<Arc<Vec<Record>>>);

impl Records {
    /// Collects from now on what is published to `exchanges`.
    pub(super) async fn collect(&self, amqp_url: &str, exchanges: &[String]) {
        let connection = connect(amqp_url).await;
        let channel = connection.create_channel().await.unwrap();
        let options = QueueDeclareOptions {
            exclusive: true,
            ..QueueDeclareOptions::default()
        };
        let queue = channel
            .queue_declare("".into(), options, FieldTable::default())
            .await
            .unwrap();
        bind(&channel, queue.name().as_str(), exchanges).await;
        self.consume(connection, channel, queue.name().as_str())
            .await
            .unwrap();
    }

    /// Awaits that `condition` holds of all records so far, for at most `patience`: whether it does.
    pub(crate) async fn wait_for(
        &self,
        patience: Duration,
        condition: impl FnMut(&[Record]) -> bool,
    ) -> bool {
        let mut receiver = self.0.subscribe();
        let mut condition = condition;
        let awaited = receiver.wait_for(|records| condition(records));
        matches!(tokio::time::timeout(patience, awaited).await, Ok(Ok(_)))
    }

    /// Collects what the queue `queue` holds and what comes.
    pub(super) async fn read(&self, amqp_url: &str, queue: &str) {
        // A node that has just come back may not lead the queue yet, and then leaves its clients waiting.
        super::until("the archive", async || {
            let reading = tokio::time::timeout(ANSWER, self.try_read(amqp_url, queue));
            matches!(reading.await, Ok(Ok(())))
        })
        .await;
    }

    async fn try_read(&self, amqp_url: &str, queue: &str) -> lapin::Result<()> {
        let connection = Connection::connect(amqp_url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel
            .basic_qos(PREFETCH, BasicQosOptions::default())
            .await?;
        self.consume(connection, channel, queue).await
    }

    async fn consume(
        &self,
        connection: Connection,
        channel: Channel,
        queue: &str,
    ) -> lapin::Result<()> {
        let options = BasicConsumeOptions::default();
        let mut consumer = channel
            .basic_consume(queue.into(), "".into(), options, FieldTable::default())
            .await?;
        let records = self.0.clone();
        tokio::spawn(async move {
            let _connection = connection;
            let checks = Checks::new();
            while let Some(Ok(delivery)) = consumer.next().await {
                delivery.ack(BasicAckOptions::default()).await.unwrap();
                let record = match delivery.exchange.as_str() {
                    "" => Record::end(),
                    _ => checks.record(delivery),
                };
                records.send_modify(|records| Arc::make_mut(records).push(record));
            }
        });
        Ok(())
    }

    /// Awaits that `condition` holds of all records so far; those records.
    pub(crate) async fn until(
        &self,
        what: &str,
        condition: impl Fn(&[Record]) -> bool,
    ) -> Vec<Record> {
        let mut receiver = self.0.subscribe();
        let awaited = receiver.wait_for(|records| condition(records));
        let outcome = tokio::time::timeout(PATIENCE, awaited).await;
        match outcome {
            Ok(records) => records.unwrap().to_vec(),
            Err(_) => {
                let seen = self.all();
                panic!("awaited in vain: {what}; saw {}", summary(&seen));
            }
        }
    }

    /// Awaits `count` transcripts.
    pub(crate) async fn until_transcripts(&self, count: usize) -> Vec<Record> {
        let counted = |records: &[Record]| records.iter().filter(|r| r.is_transcript()).count();
        let records = self
            .until(&format!("{count} transcripts"), |r| counted(r) >= count)
            .await;
        records.into_iter().filter(Record::is_transcript).collect()
    }

    /// Awaits `count` audits of a status: those.
    pub(crate) async fn until_audits(&self, status: &str, count: usize) -> Vec<Record> {
        let key = format!("audit.{status}");
        let counted = |records: &[Record]| records.iter().filter(|r| r.key == key).count();
        let records = self
            .until(&format!("{count} {key}"), |r| counted(r) >= count)
            .await;
        records
            .into_iter()
            .filter(|record| record.key == key)
            .collect()
    }

    /// All records so far.
    pub(crate) fn all(&self) -> Vec<Record> {
        self.0.borrow().to_vec()
    }

    /// Number of records with a routing key so far.
    pub(crate) fn count(&self, key: &str) -> usize {
        self.0
            .borrow()
            .iter()
            .filter(|record| record.key == key)
            .count()
    }
}

/// A durable queue bound to `exchanges`.
pub(super) async fn bind_archive(channel: &Channel, queue: &str, exchanges: &[String]) {
    let options = QueueDeclareOptions::durable();
    let mut arguments = FieldTable::default();
    arguments.insert(
        "x-queue-type".into(),
        AMQPValue::LongString("quorum".into()),
    );
    channel
        .queue_declare(queue.into(), options, arguments)
        .await
        .unwrap();
    bind(channel, queue, exchanges).await;
}

async fn bind(channel: &Channel, queue: &str, exchanges: &[String]) {
    for exchange in exchanges {
        let options = QueueBindOptions::default();
        let bound = channel.queue_bind(
            queue.into(),
            exchange.as_str().into(),
            "#".into(),
            options,
            FieldTable::default(),
        );
        bound.await.unwrap();
    }
}

async fn connect(amqp_url: &str) -> Connection {
    Connection::connect(amqp_url, ConnectionProperties::default())
        .await
        .unwrap()
}

fn summary(records: &[Record]) -> String {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for record in records {
        *counts.entry(&record.key).or_default() += 1;
    }
    format!("{counts:?}")
}

/// What must hold of every record.
struct Checks {
    transcript: jsonschema::Validator,
    audit: jsonschema::Validator,
}

impl Checks {
    fn new() -> Self {
        let validator = |schema: &Value| jsonschema::validator_for(schema).unwrap();
        Self {
            transcript: validator(&transcript_schema()),
            audit: validator(&audit_schema()),
        }
    }

    fn record(&self, delivery: Delivery) -> Record {
        let properties = &delivery.properties;
        let record = Record {
            key: delivery.routing_key.to_string(),
            body: serde_json::from_slice(&delivery.data).unwrap(),
            message_id: properties.message_id().as_ref().unwrap().to_string(),
            correlation_id: properties
                .correlation_id()
                .as_ref()
                .map(ToString::to_string),
            headers: headers(properties),
            bytes: delivery.data.clone(),
        };
        assert_eq!(*properties.delivery_mode(), Some(2));
        assert_eq!(
            properties.content_type().as_ref().unwrap().as_str(),
            "application/json"
        );
        assert_eq!(properties.kind().as_ref().unwrap().as_str(), record.key);
        assert!(properties.timestamp().is_some());
        assert_eq!(record.message_id.len(), 32);
        assert_eq!(
            record.correlation_id.as_deref(),
            record.body["conversationId"].as_str()
        );
        if record.is_transcript() {
            let digest = hex::encode(Sha256::digest(&record.bytes));
            assert_eq!(record.message_id, digest[..32]);
            valid(&self.transcript, &record.body);
            equations_hold(&record.body);
        } else {
            valid(&self.audit, &record.body);
            let status = record.body["status"].as_str().unwrap();
            assert_eq!(record.key, format!("audit.{status}"));
        }
        record
    }
}

fn valid(validator: &jsonschema::Validator, body: &Value) {
    let errors: Vec<_> = validator
        .iter_errors(body)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The equations of the contract.
pub(crate) fn equations_hold(transcript: &Value) {
    let messages = transcript["messages"].as_array().unwrap();
    let metrics = &transcript["metrics"];
    let number = |value: &Value| value.as_u64().unwrap();
    let sum = |object: &Value| {
        object
            .as_object()
            .unwrap()
            .values()
            .map(number)
            .sum::<u64>()
    };

    let skipped = sum(&metrics["messagesSkipped"]);
    assert_eq!(
        number(&metrics["messagesReceived"]),
        messages.len() as u64 + skipped
    );
    assert_eq!(
        transcript["skipped"].as_array().unwrap().len() as u64,
        skipped
    );

    let mut redactions = 0;
    for message in messages {
        let text: Vec<char> = message["text"].as_str().unwrap().chars().collect();
        assert_eq!(message["metadata"]["redactionApplied"], json!(true));
        for redaction in message["metadata"]["redactions"].as_array().unwrap() {
            redactions += 1;
            let (start, end) = (number(&redaction["start"]), number(&redaction["end"]));
            let replaced: String = text[start as usize..end as usize].iter().collect();
            assert!(
                replaced.starts_with('[') && replaced.ends_with(']'),
                "{replaced}"
            );
        }
    }
    assert_eq!(number(&metrics["redactionCount"]), redactions);
    assert_eq!(sum(&metrics["redactionsByType"]), redactions);
    let rate = metrics["redactionAccuracyRate"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&rate) && (redactions > 0 || rate == 0.0));
}

/// Headers as JSON; types that do not matter here are null.
pub(crate) fn headers(properties: &BasicProperties) -> Value {
    let mut object = Map::new();
    if let Some(headers) = properties.headers() {
        for (name, value) in headers.inner() {
            let value = match value {
                AMQPValue::LongString(text) => json!(String::from_utf8_lossy(text.as_bytes())),
                AMQPValue::LongLongInt(number) => json!(number),
                _ => Value::Null,
            };
            object.insert(name.to_string(), value);
        }
    }
    Value::Object(object)
}
