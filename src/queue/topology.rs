//! The names, and everything that is declared under them, as data: what `topology show` prints, `apply` declares and
//! `verify` checks.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::message::Origin;
use crate::config::{AmqpConfig, Delay};

/// Never reached: how often a job may be tried is counted in our own header. RabbitMQ 4 has a default of 20, and its "no
/// limit" loses messages on 3.10.
const DELIVERY_LIMIT: i64 = 1_000_000;
const UNROUTED_MAX_MESSAGES: i64 = 100_000;
const UNROUTED_MAX_BYTES: i64 = 1 << 30;

/// Routing keys of the lanes exchange.
pub(super) mod lane {
    use crate::config::Delay;

    /// Back to the job queue.
    pub(in crate::queue) const JOBS: &str = "jobs";
    /// To the dead letters.
    pub(in crate::queue) const DEAD: &str = "dead";
    /// To the jobs that run alone.
    pub(in crate::queue) const SUSPECTS: &str = "suspects";

    /// To the retry queue of a delay.
    pub(in crate::queue) fn retry(delay: &Delay) -> String {
        format!("retry.{}", delay.text)
    }
}

/// All names on the broker; they follow from the configured three.
#[derive(Clone, Debug)]
pub struct Names {
    /// Jobs.
    pub jobs: String,
    /// Jobs that run alone.
    pub suspects: String,
    /// Dead letters.
    pub dead: String,
    /// Our own publishes.
    pub lanes: String,
    /// Sanitized transcripts.
    pub transcripts: String,
    /// Audit records.
    pub audit: String,
    /// Alternate exchange of both.
    pub unrouted: String,
    /// Retry delays.
    pub delays: Vec<Delay>,
    /// What all replicas of one OAuth client use, where the client is known.
    pub shared: Option<Shared>,
}

/// Names that all replicas of one OAuth client share, whatever their job queue.
#[derive(Clone, Debug)]
pub struct Shared {
    /// A queue without messages: its consumers are the replicas.
    pub members: String,
    /// A fanout exchange: one replica's Retry-After stops all.
    pub control: String,
}

impl Names {
    /// The queue that jobs of `origin` come from.
    pub fn of(&self, origin: Origin) -> &str {
        match origin {
            Origin::Jobs => &self.jobs,
            Origin::Suspects => &self.suspects,
        }
    }

    /// The names that follow from `config`, and from the OAuth client where that is known.
    pub fn new(config: &AmqpConfig, client_id: Option<&str>) -> Self {
        let queue = &config.queue;
        // Follows the exchange that names it as its alternate, which several job queues may share.
        let exchange = config.transcripts_exchange.as_str();
        let prefix = exchange
            .rsplit_once('.')
            .map_or(exchange, |(prefix, _)| prefix);
        Self {
            jobs: queue.clone(),
            suspects: format!("{queue}.suspects"),
            dead: format!("{queue}.dead"),
            lanes: format!("{queue}.lanes"),
            transcripts: config.transcripts_exchange.clone(),
            audit: config.audit_exchange.clone(),
            unrouted: format!("{prefix}.unrouted"),
            delays: config.retry_delays.clone(),
            shared: client_id.map(|id| {
                let client = hex::encode(&Sha256::digest(id)[..4]);
                Shared {
                    members: format!("{prefix}.members.{client}"),
                    control: format!("{prefix}.control.{client}"),
                }
            }),
        }
    }

    /// Whether a queue of this name is declared by this program.
    pub fn is_own(&self, queue: &str) -> bool {
        let prefix = self.unrouted.strip_suffix("unrouted").unwrap_or_default();
        let shared = |kind: &str| queue.starts_with(&format!("{prefix}{kind}."));
        plan(self).iter().any(
            |declaration| matches!(declaration, Declaration::Queue { name, .. } if name == queue),
        ) || shared("members")
            || shared("control")
    }

    /// The retry queue of a delay.
    pub fn retry(&self, delay: &Delay) -> String {
        format!("{}.retry.{}", self.jobs, delay.text)
    }
}

/// Something to declare.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "declare")]
pub enum Declaration {
    /// A durable exchange.
    Exchange {
        /// Its name.
        name: String,
        /// `direct`, `topic` or `fanout`.
        kind: &'static str,
        /// String or integer values by name.
        arguments: Map<String, Value>,
    },
    /// A durable queue.
    Queue {
        /// Its name.
        name: String,
        /// String or integer values by name.
        arguments: Map<String, Value>,
    },
    /// A binding.
    Binding {
        /// From this exchange.
        exchange: String,
        /// To this queue.
        queue: String,
        /// With this key.
        key: String,
    },
}

/// Everything that must exist, in the order in which it can be declared.
pub fn plan(names: &Names) -> Vec<Declaration> {
    let mut plan = vec![
        exchange(&names.lanes, "direct", &[]),
        exchange(&names.unrouted, "topic", &[]),
    ];
    for output in [&names.transcripts, &names.audit] {
        let alternate = [("alternate-exchange", json!(names.unrouted))];
        plan.push(exchange(output, "topic", &alternate));
    }
    for (queue, key) in [
        (&names.jobs, lane::JOBS),
        (&names.suspects, lane::SUSPECTS),
        (&names.dead, lane::DEAD),
    ] {
        plan.push(quorum(queue, &[]));
        plan.push(binding(&names.lanes, queue, key));
    }
    for delay in &names.delays {
        let queue = names.retry(delay);
        plan.push(quorum(
            &queue,
            &[
                ("x-message-ttl", json!(milliseconds(delay))),
                ("x-dead-letter-exchange", json!(names.lanes)),
                ("x-dead-letter-routing-key", json!(lane::JOBS)),
                // A job that waits must not be lost on its way back; this strategy requires that overflow.
                ("x-dead-letter-strategy", json!("at-least-once")),
                ("x-overflow", json!("reject-publish")),
            ],
        ));
        plan.push(binding(&names.lanes, &queue, &lane::retry(delay)));
    }
    for (output, key) in [
        (&names.transcripts, "transcript.#"),
        (&names.audit, "audit.#"),
    ] {
        let queue = unrouted_queue(output);
        plan.push(quorum(
            &queue,
            &[
                ("x-max-length", json!(UNROUTED_MAX_MESSAGES)),
                ("x-max-length-bytes", json!(UNROUTED_MAX_BYTES)),
                ("x-overflow", json!("reject-publish")),
            ],
        ));
        plan.push(binding(&names.unrouted, &queue, key));
    }
    if let Some(shared) = &names.shared {
        plan.push(exchange(&shared.control, "fanout", &[]));
        plan.push(Declaration::Queue {
            name: shared.members.clone(),
            arguments: table(&[("x-queue-type", json!("classic"))]),
        });
    }
    plan
}

/// Keeps what is published to an output before anyone has bound a queue.
pub(super) fn unrouted_queue(output: &str) -> String {
    format!("{output}.unrouted")
}

/// A delay as a message's time to live.
pub(super) fn milliseconds(delay: &Delay) -> i64 {
    i64::try_from(delay.duration.as_millis()).unwrap_or(i64::MAX)
}

fn exchange(name: &str, kind: &'static str, arguments: &[(&str, Value)]) -> Declaration {
    Declaration::Exchange {
        name: name.to_owned(),
        kind,
        arguments: table(arguments),
    }
}

fn quorum(name: &str, arguments: &[(&str, Value)]) -> Declaration {
    let mut arguments = table(arguments);
    arguments.extend(quorum_arguments());
    Declaration::Queue {
        name: name.to_owned(),
        arguments,
    }
}

/// The arguments of every quorum queue.
pub(super) fn quorum_arguments() -> Map<String, Value> {
    table(&[
        ("x-queue-type", json!("quorum")),
        ("x-delivery-limit", json!(DELIVERY_LIMIT)),
    ])
}

fn binding(exchange: &str, queue: &str, key: &str) -> Declaration {
    Declaration::Binding {
        exchange: exchange.to_owned(),
        queue: queue.to_owned(),
        key: key.to_owned(),
    }
}

fn table(arguments: &[(&str, Value)]) -> Map<String, Value> {
    arguments
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn names(pairs: &[(&str, &str)]) -> Names {
        Names::new(
            &AmqpConfig::read(&Source::from_pairs(pairs)).unwrap(),
            Some("demo-client"),
        )
    }

    #[test]
    fn default_names_are_the_documented_ones() {
        let queues: Vec<_> = plan(&names(&[]))
            .into_iter()
            .filter_map(|declaration| match declaration {
                Declaration::Queue { name, .. } => Some(name),
                _ => None,
            })
            .collect();
        assert_eq!(
            queues,
            [
                "genesys.conversations",
                "genesys.conversations.suspects",
                "genesys.conversations.dead",
                "genesys.conversations.retry.5s",
                "genesys.conversations.retry.30s",
                "genesys.conversations.retry.2m",
                "genesys.conversations.retry.10m",
                "genesys.conversations.retry.1h",
                "genesys.conversations.retry.6h",
                "genesys.transcripts.unrouted",
                "genesys.audit.unrouted",
                "genesys.members.01e391bb",
            ]
        );
    }

    #[test]
    fn names_follow_the_queue_and_the_exchange() {
        let names = names(&[
            ("AMQP_QUEUE", "eu.chats.jobs"),
            ("AMQP_TRANSCRIPTS_EXCHANGE", "eu.chats.transcripts"),
        ]);
        assert_eq!(names.dead, "eu.chats.jobs.dead");
        assert_eq!(names.unrouted, "eu.chats.unrouted");
    }

    #[test]
    fn every_queue_is_bound_and_declared_before_its_binding() {
        let plan = plan(&names(&[]));
        let mut declared = Vec::new();
        for declaration in &plan {
            match declaration {
                Declaration::Queue { name, .. } | Declaration::Exchange { name, .. } => {
                    declared.push(name.clone());
                }
                Declaration::Binding {
                    exchange, queue, ..
                } => assert!(declared.contains(exchange) && declared.contains(queue)),
            }
        }
    }
}
