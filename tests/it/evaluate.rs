//! `interceptor evaluate`, `check --policy` and `redact --explain`: what a privacy officer looks at.

use serde_json::{Value, json};

use crate::support::{interceptor, owned, run};

/// A customer answers the agent's question, and says a word that only the marks call personal.
fn gold() -> String {
    json!({"id": "chat <1>", "messages": [
        {"sequenceId": 1, "from": "agent", "text": "Your account number, please?", "spans": []},
        {"sequenceId": 2, "from": "customer", "text": "it is 84729, mail jo@example.com",
         "spans": [{"start": 6, "end": 11, "type": "ACCOUNT_NUMBER"}, {"start": 18, "end": 32, "type": "EMAIL"}]},
        {"sequenceId": 3, "from": "customer", "text": "I like walnuts", "spans": [{"start": 7, "end": 14, "type": "TASTE"}]}
    ]})
    .to_string()
}

fn file(content: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn leaks_and_losses_are_told_as_table_json_and_page() {
    let gold = file(&gold());
    let path = gold.path().to_str().unwrap();
    let page = tempfile::NamedTempFile::new().unwrap();
    let html = page.path().to_str().unwrap();
    let table = run(interceptor(), &["evaluate", path, "--html", html], &[], b"").await;
    assert_eq!(table.code, Some(0), "{}", table.stderr);
    assert!(
        table.stdout.contains("TASTE") && table.stdout.contains("33.33%"),
        "{}",
        table.stdout
    );
    let page = std::fs::read_to_string(page.path()).unwrap();
    assert!(page.contains("chat &lt;1&gt;") && page.contains("class=\"miss\" title=\"TASTE\""));

    let json = run(interceptor(), &["evaluate", path, "--json"], &[], b"").await;
    let score: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        score["all"],
        json!({"values": 3, "leaked": 1, "leakedInPart": 1})
    );
    assert_eq!(score["byKind"]["EMAIL"], json!({"found": 1, "right": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_of_marks_is_named() {
    let gold = file(
        "{\"id\":\"x\",\"messages\":[{\"sequenceId\":4,\"text\":\"a\",\"spans\":[{\"start\":0,\"end\":9,\"type\":\"X\"}]}]}",
    );
    let path = gold.path().to_str().unwrap();
    let evaluated = run(interceptor(), &["evaluate", path], &[], b"").await;
    assert_eq!(evaluated.code, Some(1));
    assert!(
        evaluated.stderr.contains("line 1: message 4: span 0..9"),
        "{}",
        evaluated.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_file_is_explained_and_in_force() {
    let policy = file("allow = [\"jo@example.com\"]\n[actions]\nACCOUNT_NUMBER = \"pseudonym\"\n");
    let path = policy.path().to_str().unwrap();
    let checked = run(interceptor(), &["check", "--policy", path], &[], b"").await;
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
    assert!(
        checked
            .stdout
            .contains("ACCOUNT_NUMBER is replaced by a pseudonym"),
        "{}",
        checked.stdout
    );

    let environment = owned(&[("INTERCEPTOR_POLICY_FILE", path)]);
    let explained = run(
        interceptor(),
        &["redact", "--explain"],
        &environment,
        gold().as_bytes(),
    )
    .await;
    assert_eq!(explained.code, Some(0), "{}", explained.stderr);
    assert!(
        explained
            .stdout
            .contains("it is [ACCOUNT_NUMBER_1], mail jo@example.com"),
        "{}",
        explained.stdout
    );
    assert!(
        explained
            .stdout
            .contains("ACCOUNT_NUMBER by answer: \"84729\""),
        "{}",
        explained.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_policy_file_is_refused_with_line_and_reason() {
    let policy = file("[actions]\nPERSON = \"shred\"\n");
    let path = policy.path().to_str().unwrap();
    let checked = run(interceptor(), &["check", "--policy", path], &[], b"").await;
    assert_eq!(checked.code, Some(2));
    assert!(checked.stdout.contains("line 2"), "{}", checked.stdout);
    let environment = owned(&[("INTERCEPTOR_POLICY_FILE", path)]);
    let redacted = run(interceptor(), &["redact"], &environment, b"").await;
    assert_eq!(redacted.code, Some(2));
    assert!(
        redacted.stderr.contains("INTERCEPTOR_POLICY_FILE") && redacted.stderr.contains("line 2"),
        "{}",
        redacted.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_policy_is_one() {
    let readme = include_str!("../../README.md");
    let (_, example) = readme.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let policy = file(example);
    let path = policy.path().to_str().unwrap();
    let checked = run(interceptor(), &["check", "--policy", path], &[], b"").await;
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
}
