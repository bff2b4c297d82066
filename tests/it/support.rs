//! What the tests share: a stand of simulator, broker names of its own, a collector of records, and workers as child
//! processes.

mod broker;
pub(crate) mod browser;
pub(crate) mod canaries;
pub(crate) mod certificates;
pub(crate) mod checker;
pub(crate) mod jobs;
pub(crate) mod observed;
pub(crate) mod otlp;
mod process;
pub(crate) mod proxy;
pub(crate) mod raw;
pub(crate) mod records;
pub(crate) mod trial;

use std::time::Duration;

use lapin::options::{BasicGetOptions, BasicPublishOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use broker::{PrivateBroker, shared_broker};
pub(crate) use process::{Finished, Process, free_port, interceptor, run, run_in, run_unread};
pub(crate) use records::{Record, Records};

/// The dialect of the tutorial.
pub(crate) const WEB_DETAILS: &str = "web-details";
/// The dialect of the published API.
pub(crate) const PLATFORM: &str = "platform";

/// Makes a test of each named function and dialect.
macro_rules! in_both_dialects {
    ($($name:ident),+ $(,)?) => {
        mod web_details {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(crate::support::WEB_DETAILS).await;
                }
            )+
        }
        mod platform {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(crate::support::PLATFORM).await;
                }
            )+
        }
    };
}
pub(crate) use in_both_dialects;

/// How long a condition is awaited before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at a condition that cannot be subscribed to.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A simulator, names on a broker that no other test uses, and a collector bound to both outputs.
pub(crate) struct Stand {
    api: &'static str,
    pub(crate) prefix: String,
    pub(crate) amqp_url: String,
    pub(crate) records: Records,
    pub(crate) channel: Channel,
    pub(crate) simulator_url: String,
    _simulator: Process,
    connection: Connection,
}

/// A dead letter, left where it is.
pub(crate) struct DeadLetter {
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Value,
    pub(crate) message_id: Option<String>,
}

impl Stand {
    /// A stand on the shared broker whose workers speak `web-details`.
    pub(crate) async fn new() -> Self {
        Self::speaking(WEB_DETAILS).await
    }

    /// A stand on the shared broker whose workers speak `api`.
    pub(crate) async fn speaking(api: &'static str) -> Self {
        Self::with(api, &shared_broker(), &[]).await
    }

    pub(crate) async fn with(
        api: &'static str,
        amqp_url: &str,
        simulator_options: &[&str],
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let prefix = format!("t{}", Uuid::new_v4().simple());
        let mut options = vec!["--listen", "127.0.0.1:0"];
        options.extend(simulator_options);
        let simulator = Process::start(env!("CARGO_BIN_EXE_genesys-simulator"), &options, &[]);
        let line = simulator
            .stdout_line("genesys-simulator listening on ")
            .await;
        let simulator_url = line.rsplit(' ').next().unwrap_or_default().to_owned();

        let connection = Connection::connect(amqp_url, ConnectionProperties::default())
            .await
            .expect("the broker of scripts/test.sh runs");
        let channel = connection.create_channel().await.unwrap();
        let stand = Self {
            api,
            records: Records::default(),
            prefix,
            amqp_url: amqp_url.to_owned(),
            channel,
            simulator_url,
            _simulator: simulator,
            connection,
        };
        let applied = stand.interceptor(&["topology", "apply"], &[]).await;
        assert_eq!(applied.code, Some(0), "{}", applied.stderr);
        stand.records.collect(amqp_url, &stand.outputs()).await;
        stand
    }

    /// A name on the broker: `conversations`, `conversations.dead`, `transcripts`, ...
    pub(crate) fn name(&self, suffix: &str) -> String {
        format!("{}.{suffix}", self.prefix)
    }

    /// The environment of a worker of this stand. Short delays: the tests await conditions, but not for hours.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let pairs = [
            ("AMQP_URL", self.amqp_url.clone()),
            ("AMQP_QUEUE", self.name("conversations")),
            ("AMQP_TRANSCRIPTS_EXCHANGE", self.name("transcripts")),
            ("AMQP_AUDIT_EXCHANGE", self.name("audit")),
            ("AMQP_RETRY_DELAYS", "1s,2s,3s".to_owned()),
            ("GENESYS_API", self.api.to_owned()),
            ("GENESYS_API_URL", self.simulator_url.clone()),
            ("GENESYS_CLIENT_ID", "demo-client".to_owned()),
            ("GENESYS_CLIENT_SECRET", "demo-secret".to_owned()),
            ("GENESYS_REQUESTS_PER_MINUTE", "0".to_owned()),
            ("INTERCEPTOR_ADMIN_ADDR", "off".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// Starts a worker; `changes` win over the stand's environment.
    pub(crate) fn worker(&self, changes: &[(&str, &str)]) -> Process {
        let mut environment = self.environment();
        environment.extend(owned(changes));
        Process::start(interceptor(), &["run"], &environment)
    }

    /// Runs another subcommand to its end.
    pub(crate) async fn interceptor(
        &self,
        arguments: &[&str],
        changes: &[(&str, &str)],
    ) -> Finished {
        let mut environment = self.environment();
        environment.extend(owned(changes));
        run(interceptor(), arguments, &environment, b"").await
    }

    /// Sends a job as a producer does.
    pub(crate) async fn send(&self, body: &[u8], properties: BasicProperties) {
        self.publish("", &self.name("conversations"), body, properties)
            .await;
    }

    /// Publishes to the exchange of the worker's own messages.
    pub(crate) async fn send_via_lanes(&self, key: &str, body: &[u8]) {
        let properties = BasicProperties::default();
        self.publish(&self.name("conversations.lanes"), key, body, properties)
            .await;
    }

    /// Publishes anything.
    pub(crate) async fn publish(
        &self,
        exchange: &str,
        key: &str,
        body: &[u8],
        properties: BasicProperties,
    ) {
        let options = BasicPublishOptions::default();
        let properties = properties.with_delivery_mode(2);
        let published =
            self.channel
                .basic_publish(exchange.into(), key.into(), options, body, properties);
        published.await.unwrap();
    }

    /// A channel that a test may break.
    pub(crate) async fn new_channel(&self) -> Channel {
        self.connection.create_channel().await.unwrap()
    }

    /// Sends `count` jobs for conversations of the simulator; their ids.
    pub(crate) async fn send_conversations(&self, count: usize) -> Vec<String> {
        let ids = self.conversations(count).await;
        for id in &ids {
            self.send(id.as_bytes(), BasicProperties::default()).await;
        }
        ids
    }

    /// Ids of conversations that the simulator knows.
    pub(crate) async fn conversations(&self, count: usize) -> Vec<String> {
        let all: Vec<String> =
            serde_json::from_value(self.get("/simulator/conversations").await).unwrap();
        assert!(all.len() >= count);
        all.into_iter().take(count).collect()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.simulator_url);
        let body = reqwest::get(url).await.unwrap().bytes().await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Replaces the simulator's faults.
    pub(crate) async fn faults(&self, faults: Value) {
        let url = format!("{}/simulator/faults", self.simulator_url);
        let request = reqwest::Client::new()
            .put(url)
            .header("content-type", "application/json")
            .body(faults.to_string());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{:?}", answer.text().await);
    }

    /// Number of ready messages in a queue; `None` where it does not exist (yet).
    pub(crate) async fn depth(&self, suffix: &str) -> Option<u32> {
        let options = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        // The broker closes a channel that asks for what does not exist.
        let channel = self.new_channel().await;
        let declared = channel
            .queue_declare(self.name(suffix).into(), options, FieldTable::default())
            .await;
        declared.ok().map(|queue| queue.message_count())
    }

    /// Awaits that a queue exists and holds `count` ready messages.
    pub(crate) async fn until_depth(&self, suffix: &str, count: u32) {
        until(&format!("{count} messages in {suffix}"), async || {
            self.depth(suffix).await == Some(count)
        })
        .await;
    }

    /// Binds a durable queue to both outputs, for a test in which the stand's own collector is cut off.
    pub(crate) async fn archive(&self) {
        records::bind_archive(&self.channel, &self.name("archive"), &self.outputs()).await;
    }

    /// What the archive holds and what comes, over a connection of its own.
    pub(crate) async fn read_archive(&self) -> Records {
        let records = Records::default();
        records.read(&self.amqp_url, &self.name("archive")).await;
        records
    }

    fn outputs(&self) -> [String; 2] {
        [self.name("transcripts"), self.name("audit")]
    }

    /// All dead letters; they stay in their queue.
    pub(crate) async fn dead_letters(&self) -> Vec<DeadLetter> {
        let channel = self.connection.create_channel().await.unwrap();
        let mut letters = Vec::new();
        let queue = self.name("conversations.dead");
        while let Some(message) = channel
            .basic_get(queue.as_str().into(), BasicGetOptions::default())
            .await
            .unwrap()
        {
            letters.push(DeadLetter {
                headers: records::headers(&message.properties),
                message_id: message
                    .properties
                    .message_id()
                    .as_ref()
                    .map(ToString::to_string),
                body: message.data.clone(),
            });
        }
        channel.close(200, "".into()).await.unwrap();
        letters
    }
}

/// Awaits a condition that can only be looked at.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !condition().await {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    if tokio::time::timeout(PATIENCE, looking).await.is_err() {
        panic!("awaited in vain: {what}");
    }
}

/// A number from the environment, which makes a test longer or repeats a run of it.
pub(crate) fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    let number = text.parse().ok();
    Some(number.unwrap_or_else(|| panic!("{name} is {text:?} and must be a number")))
}

/// The environment of the redaction alone.
pub(crate) fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// A transcript file for the simulator.
pub(crate) fn transcripts_file(conversations: &[Value]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let lines: Vec<_> = conversations.iter().map(Value::to_string).collect();
    std::fs::write(file.path(), lines.join("\n")).unwrap();
    file
}

/// A conversation of customer messages with these texts.
pub(crate) fn conversation(id: &str, texts: &[&str]) -> Value {
    let messages: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| json!({"sequenceId": index + 1, "from": "customer", "text": text}))
        .collect();
    json!({"id": id, "messages": messages})
}

/// Serves an API of a test's own; its address.
pub(crate) async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}
