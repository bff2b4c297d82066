//! The pages for operators do not rot: each alert has its section, every option and link in them exists, and their
//! commands run, in their order, against a real broker, a worker and the simulator.

mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use self::pages::{Block, blocks, documents, read};
use crate::support::{
    Finished, PLATFORM, PrivateBroker, Process, Stand, conversation, free_port, interceptor, owned,
    run, transcripts_file, until,
};

/// The pages whose commands are run, in this order.
const RUN: [&str; 2] = ["docs/operations.md", "docs/rabbitmq.md"];
/// More would be a page that nobody tries.
const MOST_UNTRIED: usize = 9;
/// What a block says it prints.
const PRINTS: &str = "# prints: ";

#[test]
fn every_alert_has_its_section_and_no_other_has() {
    let words = |text: String, before: &str| -> BTreeSet<String> {
        let lines = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix(before));
        lines.map(str::to_owned).collect()
    };
    let alerts = words(read("k8s/components/monitoring/alerts.yaml"), "- alert: ");
    assert!(alerts.len() > 8, "the test has lost its object: {alerts:?}");
    let sections = words(read("docs/operations.md"), "### ");
    assert_eq!(sections, alerts);
}

#[test]
fn blocks_are_tried_or_few() {
    let all: Vec<Block> = RUN.iter().flat_map(|page| blocks(page)).collect();
    let of = |language: &str| {
        all.iter()
            .filter(|block| block.language == language)
            .count()
    };
    let (tried, untried) = (of("sh"), of("text"));
    // Beside them only lines for the broker's own settings.
    assert_eq!(tried + untried + of("ini"), all.len(), "another language");
    assert!(tried > 20, "the test has lost its object");
    assert!(untried <= MOST_UNTRIED, "{untried} blocks are not tried");
}

#[tokio::test]
async fn every_option_in_the_documents_exists() {
    let mut tried = 0;
    for document in documents() {
        for command in pages::commands(&read(&document)) {
            let mut arguments: Vec<_> = command.subcommand.iter().map(String::as_str).collect();
            arguments.push("--help");
            let help = run(interceptor(), &arguments, &[], b"").await;
            assert_eq!(
                help.code,
                Some(0),
                "{document}: {command:?}: {}",
                help.stderr
            );
            for option in &command.options {
                let known = help
                    .stdout
                    .split([' ', ',', '\n', '='])
                    .any(|word| word == option);
                assert!(known, "{document}: {option} of {:?}", command.subcommand);
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "the test has lost its object: {tried}");
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    let mut followed = 0;
    for document in documents() {
        for link in pages::links(&read(&document)) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(&document).parent().unwrap();
            let target = match file {
                "" => Path::new(&document).to_owned(),
                file => folder.join(file),
            };
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&target);
            assert!(path.exists(), "{document}: {link}");
            if !anchor.is_empty() {
                let anchors = pages::anchors(&fs::read_to_string(path).unwrap());
                assert!(anchors.contains(anchor), "{document}: {link}: {anchors:?}");
            }
            followed += 1;
        }
    }
    assert!(followed > 30, "the test has lost its object: {followed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_run_and_print_what_the_pages_say() {
    let probe = std::process::Command::new("curl").arg("--version").output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: the commands of {RUN:?}: there is no curl");
        return;
    }
    let desk = Desk::prepare().await;
    let _worker = desk.worker().await;
    let archive = desk.fill().await;
    for page in RUN {
        for block in blocks(page).iter().filter(|block| block.language == "sh") {
            let place = format!("{page}:{}", block.line);
            let done = desk.bash(&block.text).await;
            let output = done.stdout + &done.stderr;
            assert_eq!(done.code, Some(0), "{place}\n{}\n{output}", block.text);
            let promises = block
                .text
                .lines()
                .filter_map(|line| line.trim().strip_prefix(PRINTS));
            for promise in promises {
                assert!(
                    output.contains(promise),
                    "{place}: {promise:?} is not in\n{output}"
                );
            }
            // rabbitmqctl 3.10 tells of some refusals and exits with 0.
            assert!(!output.contains("_error"), "{place}\n{output}");
        }
    }
    drop(archive);
}

#[test]
fn every_row_about_the_tutorial_names_tests_and_files_that_exist() {
    let readme = read("README.md");
    let (_, table) = readme.split_once("| proved by |\n").unwrap();
    let rows: Vec<_> = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() > 15, "the test has lost its object");
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        let [_, here, _, proofs] = cells[..] else {
            panic!("not four cells: {row}");
        };
        let mut named = pages::code(here)
            .into_iter()
            .filter(|code| code.starts_with("src/"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(named.all(|file| root.join(file).exists()), "{here}");
        let proofs = pages::code(proofs);
        assert!(!proofs.is_empty(), "{row}");
        for proof in proofs {
            let (file, test) = proof.split_once(": ").unwrap();
            let function = format!("fn {test}(");
            assert!(read(file).contains(&function), "{proof} does not exist");
        }
    }
}

/// A few conversations of the last hour.
fn recent_chats() -> tempfile::NamedTempFile {
    let time = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let chats = [1, 2, 3].map(|number| {
        let id = format!("550e8400-e29b-41d4-a716-44665544000{number}");
        let mut chat = conversation(&id, &["hello there", "my card is LC-204417"]);
        for message in chat["messages"].as_array_mut().unwrap() {
            message["timestamp"] = json!(time.to_string());
        }
        chat
    });
    transcripts_file(&chats)
}

/// Where the operator sits: a folder with the files that the pages speak of, the names of the defaults, and the programs.
struct Desk {
    _broker: PrivateBroker,
    stand: Stand,
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    port: u16,
}

impl Desk {
    async fn prepare() -> Self {
        let broker = PrivateBroker::start().await;
        let transcripts = recent_chats();
        let options = ["--transcripts", transcripts.path().to_str().unwrap()];
        let stand = Stand::with(PLATFORM, &broker.url, &options).await;
        let folder = tempfile::TempDir::new().unwrap();
        let root = env!("CARGO_MANIFEST_DIR");
        let directory = broker.directory().display().to_string();
        let programs = [
            ("interceptor", format!("exec {} \"$@\"", interceptor())),
            (
                "rabbitmqctl",
                format!("exec {root}/scripts/broker.sh ctl {directory} \"$@\""),
            ),
        ];
        for (name, line) in programs {
            let path = folder.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let files = [
            ("policy.toml", "[[patterns]]\nname = \"loyalty-card\"\npattern = 'LC-\\d{6}'\n".to_owned()),
            ("chat.json", conversation("a", &["it is LC-204417"]).to_string()),
            (
                "gold.jsonl",
                json!({"id": "a", "messages": [{"sequenceId": 1, "from": "customer",
                    "text": "write to maya.lin@example.com", "spans": [{"start": 9, "end": 29, "type": "EMAIL"}]}]})
                .to_string(),
            ),
        ];
        for (name, content) in files {
            fs::write(folder.path().join(name), content + "\n").unwrap();
        }

        let port = free_port();
        let path = std::env::var("PATH").unwrap();
        let mut environment = stand.environment();
        // The pages speak of the default names and delays.
        let own = [
            "AMQP_QUEUE",
            "AMQP_TRANSCRIPTS_EXCHANGE",
            "AMQP_AUDIT_EXCHANGE",
            "AMQP_RETRY_DELAYS",
        ];
        environment.retain(|(name, _)| !own.contains(&name.as_str()));
        environment.extend(owned(&[
            ("PATH", &format!("{}:{path}", folder.path().display())),
            ("HOME", folder.path().to_str().unwrap()),
            ("INTERCEPTOR_ADMIN_ADDR", &format!("127.0.0.1:{port}")),
            ("WORKER", &format!("http://127.0.0.1:{port}")),
            ("NEW_PASSWORD", "invented-for-a-test"),
        ]));
        Self {
            _broker: broker,
            stand,
            folder,
            environment,
            port,
        }
    }

    async fn bash(&self, script: &str) -> Finished {
        let folder = self.folder.path().display();
        let script = format!("cd {folder}\n[ ! -e known ] || . ./known\n{script}");
        run(
            "bash",
            &["-euo", "pipefail", "-c", &script],
            &self.environment,
            b"",
        )
        .await
    }

    async fn worker(&self) -> Process {
        let worker = Process::start(interceptor(), &["run"], &self.environment);
        worker.stdout_line("broker.connected").await;
        let ready = format!("curl -sSf http://127.0.0.1:{}/readyz", self.port);
        until("a worker that is ready", async || {
            self.bash(&ready).await.code == Some(0)
        })
        .await;
        worker
    }

    /// A record that found no queue, an archive with a conversation, a dead letter, and a job that waits.
    async fn fill(&self) -> Process {
        let ids = self.stand.conversations(3).await;
        let [early, ours, missing] = [&ids[0], &ids[1], &ids[2]];
        self.stand.faults(json!({"notFound": [missing]})).await;
        self.send(early).await;
        self.until_listed("--unrouted", "transcript.sanitized")
            .await;

        let tail = "exec interceptor tail --queue genesys.archive >> archive.ndjson";
        let script = format!("cd {}\n{tail}", self.folder.path().display());
        let archive = Process::start("bash", &["-c", &script], &self.environment);
        archive.stderr_line("waiting for records").await;
        for body in [ours.as_str(), missing, "no job"] {
            self.send(body).await;
        }
        let file = self.folder.path().join("archive.ndjson");
        until("the archive of a conversation", async || {
            let lines = fs::read_to_string(&file).unwrap_or_default();
            lines.lines().filter(|line| line.contains(ours)).count() == 2
        })
        .await;
        self.until_listed("--waiting", missing).await;
        let letters = self.until_listed("--json", "malformed_job").await;

        let letter: Value = serde_json::from_str(letters.lines().next().unwrap()).unwrap();
        let records = fs::read_to_string(&file).unwrap();
        let record = records.lines().find(|line| line.contains(ours)).unwrap();
        let record: Value = serde_json::from_str(record).unwrap();
        let known = [
            ("CONVERSATION", ours.as_str()),
            ("LETTER", letter["id"].as_str().unwrap()),
            ("OLD_POLICY", record["policyVersion"].as_str().unwrap()),
        ];
        let exports = known.map(|(name, value)| format!("export {name}='{value}'\n"));
        fs::write(self.folder.path().join("known"), exports.concat()).unwrap();
        archive
    }

    async fn send(&self, body: &str) {
        let properties = lapin::BasicProperties::default();
        let queue = "genesys.conversations";
        self.stand
            .publish("", queue, body.as_bytes(), properties)
            .await;
    }

    async fn until_listed(&self, option: &str, text: &str) -> String {
        let list = format!("interceptor dead-letters list {option}");
        let mut listed = String::new();
        until(&format!("{text} in {list}"), async || {
            listed = self.bash(&list).await.stdout;
            listed.contains(text)
        })
        .await;
        listed
    }
}
