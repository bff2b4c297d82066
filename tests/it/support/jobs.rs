//! Jobs of which a test knows what they must become, and the sending of them whatever the broker goes through.

use fastrand::Rng;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};
use serde_json::{Value, json};
use uuid::Builder;

use super::records::{ANSWER, END};
use super::{PATIENCE, Stand, until};

/// What a job must become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Published,
    /// Dead-lettered for this reason.
    Dead(&'static str),
    Ignored,
}

/// A job as a producer sends it.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// Its `message_id`, which comes back in audit records.
    pub(crate) id: String,
    /// The conversation; none where the body is no job.
    pub(crate) conversation: Option<String>,
    pub(crate) body: String,
    pub(crate) fate: Fate,
}

/// Of every hundred jobs, those that can never be published.
const MISSING: usize = 7;
const FORBIDDEN: usize = 27;
const REFUSED: usize = 47;
const OTHER_MEDIUM: usize = 67;
const MALFORMED: usize = 87;

/// `count` jobs drawn from `rng`, some of which can never be published.
pub(crate) fn mixed_jobs(count: usize, rng: &mut Rng) -> Vec<Job> {
    (0..count)
        .map(|number| {
            let conversation = conversation(rng);
            let (body, fate) = match number % 100 {
                MISSING => (conversation.clone(), Fate::Dead("conversation_not_found")),
                FORBIDDEN => (conversation.clone(), Fate::Dead("forbidden_conversation")),
                REFUSED => (conversation.clone(), Fate::Dead("bad_request")),
                OTHER_MEDIUM => (call_ended(&conversation), Fate::Ignored),
                MALFORMED => (format!("no job {number}"), Fate::Dead("malformed_job")),
                _ => (conversation.clone(), Fate::Published),
            };
            Job {
                id: format!("job-{number}"),
                conversation: (fate != Fate::Dead("malformed_job")).then_some(conversation),
                body,
                fate,
            }
        })
        .collect()
}

/// `count` jobs drawn from `rng`, all of which can be published.
pub(crate) fn good_jobs(count: usize, rng: &mut Rng) -> Vec<Job> {
    let good = |number| {
        let conversation = conversation(rng);
        Job {
            id: format!("job-{number}"),
            body: conversation.clone(),
            conversation: Some(conversation),
            fate: Fate::Published,
        }
    };
    (0..count).map(good).collect()
}

/// The simulator's faults that make of each job what it must become.
pub(crate) fn lasting_faults(jobs: &[Job]) -> Value {
    let ending = |reason| -> Vec<&str> {
        let jobs = jobs.iter().filter(|job| job.fate == Fate::Dead(reason));
        jobs.filter_map(|job| job.conversation.as_deref()).collect()
    };
    json!({
        "notFound": ending("conversation_not_found"),
        "forbidden": ending("forbidden_conversation"),
        "forbiddenCode": "missing.division.permission",
        "badRequest": ending("bad_request"),
    })
}

fn conversation(rng: &mut Rng) -> String {
    let bytes = rng.u128(..).to_be_bytes();
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn call_ended(conversation: &str) -> String {
    let event = json!({"conversationId": conversation, "mediaType": "VOICE"});
    json!({"detail": {"eventBody": event}}).to_string()
}

impl Stand {
    /// Sends each job once, over a connection of its own: whatever is done twice then is not the sender's doing.
    pub(crate) async fn enqueue_once(&self, jobs: &[Job]) {
        self.publish_once("conversations", jobs).await;
    }

    /// Sends jobs until the broker has confirmed each, over a connection of its own. What is not confirmed in time is sent
    /// again, as by any producer, and is done twice where it had arrived.
    pub(crate) async fn enqueue(&self, jobs: &[Job]) {
        let mut left = jobs;
        until("confirms of jobs", async || {
            let queue = self.name("conversations");
            let sending = self.publish_confirmed(&queue, &mut left);
            let _ = tokio::time::timeout(ANSWER, sending).await;
            left.is_empty()
        })
        .await;
    }

    /// Marks the end of the archive: what a reader finds before the mark is all there was.
    pub(crate) async fn mark_archive_end(&self) {
        let mark = Job {
            id: END.to_owned(),
            conversation: None,
            body: String::new(),
            fate: Fate::Ignored,
        };
        self.publish_once("archive", &[mark]).await;
    }

    async fn publish_once(&self, queue: &str, jobs: &[Job]) {
        let mut left = jobs;
        let queue = self.name(queue);
        let sending = self.publish_confirmed(&queue, &mut left);
        let sent = tokio::time::timeout(PATIENCE, sending).await;
        sent.expect("confirms in time").unwrap();
        assert!(left.is_empty(), "{} were not taken", left.len());
    }

    /// Takes from `left` what was confirmed.
    async fn publish_confirmed(&self, queue: &str, left: &mut &[Job]) -> lapin::Result<()> {
        let properties = ConnectionProperties::default();
        let connection = Connection::connect(&self.amqp_url, properties).await?;
        let channel = connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        let options = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        while let [job, rest @ ..] = *left {
            let properties = BasicProperties::default()
                .with_delivery_mode(2)
                .with_message_id(job.id.as_str().into());
            let published = channel.basic_publish(
                "".into(),
                queue.into(),
                options,
                job.body.as_bytes(),
                properties,
            );
            match published.await?.await? {
                Confirmation::Ack(None) => *left = rest,
                // Such as by a queue whose leader has just died: once more.
                _ => break,
            }
        }
        connection.close(200, "".into()).await
    }

    /// Connects anew, after the broker was away or had closed the connection.
    pub(crate) async fn reconnect(&mut self) {
        let properties = ConnectionProperties::default();
        self.connection = Connection::connect(&self.amqp_url, properties)
            .await
            .unwrap();
        self.channel = self.new_channel().await;
    }
}
