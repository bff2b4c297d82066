//! The manifests say what the program says: the resources of the broker are those of its topology, and the settings fit.

use std::path::{Path, PathBuf};

use crate::support::{interceptor, run};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The variables of an environment file.
fn variables(name: &str) -> Vec<(String, String)> {
    let text = read(name);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The number that stands behind `key` in a file.
fn number(file: &str, key: &str) -> u32 {
    let text = read(file);
    let (_, rest) = text.split_once(key).unwrap_or_else(|| panic!("{key}"));
    let digits = rest.trim_start_matches([':', '=', ' ']);
    let end = digits.find(|letter: char| !letter.is_ascii_digit());
    digits[..end.unwrap_or(digits.len())].parse().unwrap()
}

#[tokio::test]
async fn the_resources_of_the_broker_are_those_of_the_programs_topology() {
    let environment = variables("k8s/overlays/production/config.env");
    let arguments = ["topology", "show", "--format", "kubernetes"];
    let shown = run(interceptor(), &arguments, &environment, b"").await;
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    let committed = read("k8s/overlays/production/rabbitmq.yaml");
    assert!(
        shown.stdout == committed,
        "k8s/overlays/production/rabbitmq.yaml is not what the program needs: make it anew as k8s/README.md says"
    );
}

#[test]
fn a_pod_has_time_to_drain() {
    let drain = number("k8s/base/config.env", "INTERCEPTOR_SHUTDOWN_SECONDS");
    let grace = number(
        "k8s/base/deployment.yaml",
        "terminationGracePeriodSeconds: ",
    );
    assert!(grace >= drain + 10, "{grace} s for a drain of {drain} s");
}

#[test]
fn there_are_no_more_replicas_than_the_rate_limit_can_use() {
    let production = "k8s/overlays/production/config.env";
    let limit = number(production, "GENESYS_REQUESTS_PER_MINUTE");
    let most = number(
        "k8s/components/autoscaling/scaled-object.yaml",
        "maxReplicaCount: ",
    );
    assert!(most <= limit.div_ceil(300).max(2), "{most} for {limit}");
}

#[test]
fn production_does_not_start_without_a_key_of_fingerprints() {
    for overlay in ["production", "existing-rabbitmq"] {
        let overlay = read(&format!("k8s/overlays/{overlay}/kustomization.yaml"));
        assert!(overlay.contains("- ../../components/fingerprint-key\n"));
    }
    let component = read("k8s/components/fingerprint-key/kustomization.yaml");
    for line in [
        "name: INTERCEPTOR_HASH_KEY_FILE",
        "{key: hash-key, path: hash-key}",
    ] {
        assert!(component.contains(line), "{line}");
    }
    assert!(!component.contains("optional"));
    assert!(!read("k8s/base/deployment.yaml").contains("optional"));
}
