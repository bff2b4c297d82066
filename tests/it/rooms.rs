//! Each room keeps to itself: lapin, reqwest and the environment are named in one place each.

use std::path::{Path, PathBuf};

pub(crate) fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn lapin_reqwest_and_the_environment_stay_in_their_rooms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for (name, rooms) in [
        ("lapin::", &["queue", "queue.rs"][..]),
        ("reqwest::", &["genesys", "genesys.rs"]),
        ("env::var", &["config", "config.rs"]),
        ("backoff::", &["genesys/retry.rs"]),
    ] {
        let mut used = false;
        for file in &files {
            let inside = rooms.iter().any(|room| file.starts_with(root.join(room)));
            let uses = std::fs::read_to_string(file).unwrap().lines().any(|line| {
                line.contains(name)
                    && !line.trim_start().starts_with("//")
                    && !line.contains("\"lapin::")
            });
            assert!(inside || !uses, "{} names {name}", file.display());
            used |= uses;
        }
        assert!(
            used,
            "{name} is named nowhere: the test has lost its object"
        );
    }
}

#[test]
fn what_a_raw_transcript_is_made_of_can_be_neither_logged_nor_published() {
    let source = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transcript/model.rs"),
    );
    let source = source.unwrap();
    assert!(source.contains("pub struct RawMessage"));
    assert!(!source.contains("derive") && !source.contains("impl std::fmt"));
}
