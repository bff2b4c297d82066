//! docs/logging.md names the events that the program logs, and no others.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use crate::rooms::sources;

#[test]
fn the_documented_events_are_those_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // What is logged again and again while it lasts goes through a log of faults.
    let logged = Regex::new(r#"(?:event = |log\.error\()"([a-z_.]+)""#).unwrap();
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut events = BTreeSet::new();
    let call = Regex::new(r"tracing::(?:info|warn|error|debug|trace)!\((\s*event\b)?").unwrap();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let found = logged.captures_iter(&source);
        events.extend(found.map(|captures| captures[1].to_owned()));
        let mut calls = call.captures_iter(&source);
        assert!(
            calls.all(|call| call.get(1).is_some()),
            "{}: a line without an event",
            file.display()
        );
    }
    assert!(
        events.len() > 25,
        "the test has lost its object: {events:?}"
    );
    let document = std::fs::read_to_string(root.join("docs/logging.md")).unwrap();
    let row = Regex::new(r"(?m)^\| `([a-z_]+\.[a-z_]+)` \| (?:info|warn|error|debug) \|").unwrap();
    let documented: BTreeSet<String> = row
        .captures_iter(&document)
        .map(|captures| captures[1].to_owned())
        .collect();
    assert_eq!(documented, events, "docs/logging.md, and what is in src");
}
