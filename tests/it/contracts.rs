//! The contracts on paper are those of the program: asyncapi.yaml and the schemas that it refers to, and the metrics that
//! alerts and dashboard are about.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::{interceptor, run};

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

async fn printed(arguments: &[&str]) -> String {
    let finished = run(interceptor(), arguments, &[], b"").await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    finished.stdout
}

#[tokio::test]
async fn the_schemas_are_those_that_the_program_prints() {
    let document = read("asyncapi.yaml");
    for record in ["transcript", "audit", "job"] {
        let file = format!("docs/schemas/{record}.json");
        let shown = printed(&["schema", record]).await;
        // Without the last line end, which reading lines loses.
        assert!(
            shown.trim_end() == read(&file).trim_end(),
            "{file} is old: interceptor schema {record} > {file}"
        );
        assert!(document.contains(&format!("$ref: ./{file}\n")), "{file}");
    }
}

#[tokio::test]
async fn asyncapi_names_the_topology() {
    let document = read("asyncapi.yaml");
    let topology = printed(&["topology", "show"]).await;
    let topology: Vec<Value> = topology
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let declared = |name: &str| {
        let found = topology.iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("{name} is not declared"))
    };
    for name in ["genesys.transcripts", "genesys.audit"] {
        let exchange = declared(name);
        assert_eq!(exchange["declare"], "exchange");
        let kind = exchange["kind"].as_str().unwrap();
        let block = format!(
            "exchange:\n          name: {name}\n          type: {kind}\n          durable: true\n"
        );
        assert!(document.contains(&block), "{block}");
    }
    let name = "genesys.conversations";
    assert_eq!(declared(name)["declare"], "queue");
    let block = format!("address: {name}\n");
    assert!(document.contains(&block), "{block}");
    let block = format!("queue:\n          name: {name}\n          durable: true\n");
    assert!(document.contains(&block), "{block}");
    // Nothing else is anybody else's: a name that is in the document alone would be one that is not declared.
    assert_eq!(document.matches("          name: genesys.").count(), 3);
}

#[tokio::test]
async fn asyncapi_names_the_statuses_and_the_routing_keys() {
    let document = read("asyncapi.yaml");
    let schema: Value = serde_json::from_str(&printed(&["schema", "audit"]).await).unwrap();
    let statuses: Vec<_> = schema["$defs"]["Status"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["const"].as_str().unwrap())
        .collect();
    let line = format!("enum: [{}]\n", statuses.join(", "));
    assert!(document.contains(&line), "{line}");
    for line in [
        "address: transcript.sanitized\n",
        "messageType: transcript.sanitized\n",
        "address: audit.{status}\n",
    ] {
        assert!(document.contains(line), "{line}");
    }
}

/// What `/metrics` has; a histogram without its endings.
const METRICS: [&str; 22] = [
    "interceptor_broker_blocked",
    "interceptor_broker_connected",
    "interceptor_broker_reconnects_total",
    "interceptor_budget_limit",
    "interceptor_budget_members",
    "interceptor_budget_share",
    "interceptor_budget_used_total",
    "interceptor_budget_wait_seconds_total",
    "interceptor_calls_per_conversation",
    "interceptor_conversations_total",
    "interceptor_dead_letters_total",
    "interceptor_genesys_calls_total",
    "interceptor_in_flight_bytes",
    "interceptor_intake_paused",
    "interceptor_jobs_in_flight",
    "interceptor_latency_seconds",
    "interceptor_messages_skipped_total",
    "interceptor_ready",
    "interceptor_redaction_accuracy_ratio",
    "interceptor_redactions_total",
    "interceptor_retries_total",
    "interceptor_step_duration_seconds",
];

/// The metrics that a file is about.
fn metrics(file: &str) -> BTreeSet<String> {
    let text = read(file);
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words
        .filter(|word| word.starts_with("interceptor_"))
        .map(|word| {
            let endings = ["_bucket", "_sum", "_count"];
            let base = endings.iter().find_map(|end| word.strip_suffix(end));
            base.unwrap_or(word).to_owned()
        })
        .collect()
}

#[test]
fn alerts_and_dashboard_are_about_metrics_that_exist() {
    let known = BTreeSet::from(METRICS.map(str::to_owned));
    let folder = "k8s/components/monitoring";
    for file in ["alerts.yaml", "alerts.test.yaml", "dashboard.json"] {
        let named = metrics(&format!("{folder}/{file}"));
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
    for file in ["src/admin/history.rs", "src/admin/report.rs"] {
        let named = metrics(file);
        assert!(
            !named.is_empty() && named.is_subset(&known),
            "{file}: {named:?}"
        );
    }
    let shown = metrics(&format!("{folder}/dashboard.json"));
    let hidden: Vec<_> = known.difference(&shown).collect();
    assert!(hidden.is_empty(), "on no panel: {hidden:?}");
}
