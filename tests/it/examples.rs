//! The examples in docs/examples do what docs/producers.md and docs/consumers.md say, in each language.
//!
//! A language is skipped by name where its interpreter or its AMQP library is missing.

use std::path::{Path, PathBuf};

use lapin::BasicProperties;
use serde_json::{Value, json};

use crate::support::{Process, Stand, run};

/// How to run the examples of a language.
struct Language {
    interpreter: String,
    extension: &'static str,
}

/// What interpreters need of this process' environment.
const PASSED_ON: [&str; 3] = ["PATH", "HOME", "NODE_PATH"];

impl Language {
    /// `None`, said in one line, where it cannot be run here.
    async fn find(
        setting: &str,
        interpreter: &str,
        extension: &'static str,
        library: (&str, &str),
    ) -> Option<Self> {
        let language = Self {
            interpreter: std::env::var(setting).unwrap_or_else(|_| interpreter.to_owned()),
            extension,
        };
        let (option, import) = library;
        let probe = std::process::Command::new(&language.interpreter)
            .args([option, import])
            .output();
        if probe.is_ok_and(|output| output.status.success()) {
            return Some(language);
        }
        eprintln!(
            "skipped: docs/examples/*.{extension}: {} with {import:?} does not run here; {setting} may name another",
            language.interpreter
        );
        None
    }

    fn script(&self, name: &str) -> String {
        let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("docs/examples")
            .join(name)
            .with_extension(self.extension);
        path.to_str().unwrap().to_owned()
    }

    fn environment(stand: &Stand) -> Vec<(String, String)> {
        let passed = PASSED_ON
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)));
        stand.environment().into_iter().chain(passed).collect()
    }
}

async fn python() -> Option<Language> {
    let library = ("-c", "import pika");
    Language::find("INTERCEPTOR_TEST_PYTHON", "python3", "py", library).await
}

async fn node() -> Option<Language> {
    let library = ("-e", "require('amqplib')");
    Language::find("INTERCEPTOR_TEST_NODE", "node", "cjs", library).await
}

#[tokio::test(flavor = "multi_thread")]
async fn python_produces_and_consumes() {
    if let Some(language) = python().await {
        examples_hold(&language).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_produces_and_consumes() {
    if let Some(language) = node().await {
        examples_hold(&language).await;
    }
}

async fn examples_hold(language: &Language) {
    let stand = Stand::new().await;
    let directory = tempfile::TempDir::new().unwrap();
    let queue = stand.name("mine");
    let consumer = || {
        let script = language.script("consume");
        let arguments = [&script, &queue, directory.path().to_str().unwrap()];
        let environment = Language::environment(&stand);
        Process::start(&language.interpreter, &arguments, &environment)
    };
    let first = consumer();
    first.stderr_line("waiting for records").await;

    let ids = stand.conversations(3).await;
    let sent = produce(language, &stand, &ids, &stand.name("conversations")).await;
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let nowhere = produce(language, &stand, &ids, "nowhere.jobs").await;
    assert_eq!(nowhere.code, Some(1), "{}", nowhere.stdout);
    assert!(
        nowhere.stderr.contains("topology apply"),
        "{}",
        nowhere.stderr
    );

    let worker = stand.worker(&[]);
    stand.records.until_audits("success", 3).await;
    let audits = async |process: &Process| {
        for id in &ids {
            let archived = |line: &str| line.starts_with("audit ") && line.ends_with(id.as_str());
            process.stdout_matching(archived).await;
        }
    };
    audits(&first).await;
    drop(worker);

    // The job's id is the one that the producer printed.
    let file = directory.path().join("audits.ndjson");
    let archived = || std::fs::read_to_string(&file).unwrap();
    for line in sent.stdout.lines() {
        let job_id = line.rsplit(' ').next().unwrap();
        assert!(archived().contains(job_id), "{line}");
    }
    let kept = |id: &str| -> Value {
        let name = format!("transcripts/{id}.json");
        let text = std::fs::read_to_string(directory.path().join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let original = kept(&ids[0]);
    let mut grown = original["record"].clone();
    let received = grown["metrics"]["messagesReceived"].as_u64().unwrap();
    grown["metrics"]["messagesReceived"] = json!(received + 1);

    // Again the same, then grown, then the first one under a name that is new: only the grown one is kept.
    let original_id = original["messageId"].as_str().unwrap();
    for (record, message_id, becomes) in [
        (&original["record"], original_id, "duplicate"),
        (&grown, "grown", "transcript"),
        (&original["record"], "late", "older"),
    ] {
        let properties = properties("transcript.sanitized", message_id, &original);
        deliver(&stand, &queue, record, properties).await;
        let line = format!("{becomes} {message_id} ");
        first
            .stdout_matching(|found| found.starts_with(&line))
            .await;
    }
    assert_eq!(kept(&ids[0])["messageId"], "grown");

    // Also a consumer that was killed knows its audits again.
    let lines = archived();
    assert_eq!(lines.lines().count(), 3, "{lines}");
    first.signal("KILL");
    first.finish().await;
    let audit: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let message_id = audit["messageId"].as_str().unwrap();
    let properties = properties("audit.success", message_id, &audit);
    deliver(&stand, &queue, &audit["record"], properties).await;
    let second = consumer();
    let line = format!("duplicate {message_id} ");
    second
        .stdout_matching(|found| found.starts_with(&line))
        .await;
    assert_eq!(archived(), lines);
}

async fn produce(
    language: &Language,
    stand: &Stand,
    ids: &[String],
    queue: &str,
) -> crate::support::Finished {
    let script = language.script("produce");
    let mut arguments = vec![script.as_str()];
    arguments.extend(ids.iter().map(String::as_str));
    let mut environment = Language::environment(stand);
    environment.push(("AMQP_QUEUE".to_owned(), queue.to_owned()));
    run(&language.interpreter, &arguments, &environment, b"").await
}

fn properties(kind: &str, message_id: &str, entry: &Value) -> BasicProperties {
    let id = entry["record"]["conversationId"].as_str().unwrap();
    BasicProperties::default()
        .with_type(kind.into())
        .with_message_id(message_id.into())
        .with_correlation_id(id.into())
        .with_timestamp(entry["timestamp"].as_u64().unwrap())
}

/// To the consumer's own queue, past the exchanges.
async fn deliver(stand: &Stand, queue: &str, record: &Value, properties: BasicProperties) {
    let body = record.to_string();
    stand.publish("", queue, body.as_bytes(), properties).await;
}
