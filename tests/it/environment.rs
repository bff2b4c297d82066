//! Every variable that is named where people set them is one that the program reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{interceptor, owned, run, run_in};

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
/// Read by the worker that docs/benchmarks.md measures beside this program.
const OF_THE_PEER: &str = "GENESYS_BASE_URL";

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
            && *word != OF_THE_PEER
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

    // `check` tells of variables that are none of its settings; an empty one counts as not set.
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

const DOCUMENT: &str = "docs/configuration.md";

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[tokio::test]
async fn the_table_of_settings_is_the_one_that_the_program_has() {
    let printed = run(interceptor(), &["check", "--settings"], &[], b"").await;
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert!(
        printed.stdout == file(DOCUMENT),
        "{DOCUMENT} is old: interceptor check --settings > {DOCUMENT}"
    );

    // And what is in the table is read somewhere.
    const OF_LIBRARIES: [&str; 1] = ["HTTPS_PROXY"];
    let mut paths = Vec::new();
    files(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut paths,
    );
    let sources: String = paths
        .iter()
        .filter(|path| !path.ends_with("config/settings.rs") && !path.ends_with("config/shown.rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let rows = printed.stdout.lines();
    let names: Vec<_> = rows
        .filter_map(|row| row.strip_prefix("| `")?.split('`').next())
        .collect();
    assert!(names.len() > 35, "{names:?}");
    for name in names {
        let read = sources.contains(&format!("\"{name}\""));
        assert!(read || OF_LIBRARIES.contains(&name), "{name}");
    }
}

#[tokio::test]
async fn the_settings_in_force_are_shown_with_their_origin_and_without_secrets() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(
        folder.path().join(".env"),
        "GENESYS_REGION=example.com\nAMQP_QUEUE=from.file\nINTERCEPTOR_HASH_KEY=hush-key\n",
    )
    .unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "hush-secret").unwrap();
    let environment = owned(&[
        ("GENESYS_CLIENT_ID", "id"),
        ("GENESYS_CLIENT_SECRET_FILE", secret.to_str().unwrap()),
        ("AMQP_URL", "amqps://user:hush-password@nowhere.example/%2f"),
        ("AMQP_QUEUE", "from.environment"),
        ("AMQP_QEUE", "misspelt"),
    ]);
    let show = async |changes: &[(&str, &str)]| {
        let mut environment = environment.clone();
        environment.extend(owned(changes));
        run_in(
            folder.path(),
            interceptor(),
            &["check", "--print-config"],
            &environment,
        )
        .await
    };
    let shown = show(&[]).await;
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(!shown.stdout.contains("hush"), "{}", shown.stdout);
    assert!(shown.stderr.contains("AMQP_QEUE"), "{}", shown.stderr);
    let file = format!(
        "**** file {} (GENESYS_CLIENT_SECRET_FILE, environment)",
        secret.display()
    );
    for (name, expected) in [
        ("GENESYS_REGION", "example.com .env"),
        ("GENESYS_API_URL", "https://api.example.com default"),
        ("GENESYS_CLIENT_SECRET", file.as_str()),
        (
            "AMQP_URL",
            "amqps://user:****@nowhere.example/%2f environment",
        ),
        ("AMQP_QUEUE", "from.environment environment"),
        ("AMQP_PASSWORD", "not set"),
        ("INTERCEPTOR_HASH_KEY", "**** .env"),
        ("INTERCEPTOR_CONCURRENCY", "32 default"),
    ] {
        let mut lines = shown.stdout.lines();
        let line = lines.find(|line| line.split_whitespace().next() == Some(name));
        let words: Vec<_> = line.unwrap().split_whitespace().skip(1).collect();
        assert_eq!(words.join(" "), expected, "{name}");
    }

    // What is wrong follows, each in one line, and everything is shown all the same.
    let wrong = show(&[("GENESYS_CLIENT_ID", ""), ("AMQP_TOPOLOGY", "perhaps")]).await;
    assert_eq!(wrong.code, Some(2));
    assert_eq!(wrong.stdout.lines().count(), shown.stdout.lines().count());
    for name in ["GENESYS_CLIENT_ID", "AMQP_TOPOLOGY"] {
        assert!(
            wrong.stderr.contains(&format!("error: {name}: ")),
            "{}",
            wrong.stderr
        );
    }
}
