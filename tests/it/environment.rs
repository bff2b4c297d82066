//! Every variable that is named where people set them is one that the program reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{interceptor, owned, run};

/// Where people find names to set.
const PLACES: [&str; 5] = [
    "README.md",
    "Dockerfile",
    "docker-compose.yml",
    "k8s",
    "docs",
];
/// Read by the scripts and the tests of this repository, not by the program.
const OF_TESTS: &str = "INTERCEPTOR_TEST_";

fn files(path: PathBuf, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            files(entry.unwrap().path(), found);
        }
    } else if path.exists() {
        found.push(path);
    }
}

/// Whole words of capitals that begin as our variables do.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let words =
        text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "_*".contains(letter)));
    words.filter(|word| {
        ["GENESYS_", "AMQP_", "INTERCEPTOR_"]
            .iter()
            .any(|prefix| word.starts_with(prefix))
            && !word.contains('*')
            && !word.starts_with(OF_TESTS)
    })
}

#[tokio::test]
async fn every_name_in_the_manifests_and_the_documents_is_a_setting() {
    let mut paths = Vec::new();
    for place in PLACES {
        files(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(place),
            &mut paths,
        );
    }
    let mut named = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(path).unwrap();
        named.extend(names(&text).map(str::to_owned));
    }
    assert!(named.len() > 25, "the test has lost its object: {named:?}");

    // `check` tells of variables that nothing has asked for; an empty one counts as not set.
    let mut environment: Vec<_> = named
        .into_iter()
        .map(|name| (name, String::new()))
        .collect();
    environment.extend(owned(&[
        ("AMQP_URL", "amqp://127.0.0.1:1"),
        ("GENESYS_API_URL", "http://127.0.0.1:1"),
        ("GENESYS_CLIENT_ID", "id"),
        ("GENESYS_CLIENT_SECRET", "secret"),
        ("AMQP_QEUE", "misspelt"),
    ]));
    let checked = run(interceptor(), &["check"], &environment, b"").await;
    let unknown: Vec<_> = checked
        .stdout
        .lines()
        .filter(|line| line.contains("no setting of this program"))
        .collect();
    assert!(
        matches!(&unknown[..], [one] if one.contains("AMQP_QEUE")),
        "{}",
        checked.stdout
    );
}
