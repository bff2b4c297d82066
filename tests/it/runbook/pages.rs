//! What stands in a page: blocks, commands, links.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

/// A fenced block, without the indentation of its fence.
pub(super) struct Block {
    pub(super) line: usize,
    pub(super) language: String,
    pub(super) text: String,
}

/// A call of the program.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) subcommand: Vec<String>,
    pub(super) options: Vec<String>,
}

pub(super) fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every page for people.
pub(super) fn documents() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap();
    let names = docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = names.filter(|name| name.ends_with(".md"));
    let mut found: Vec<_> = pages.map(|name| format!("docs/{name}")).collect();
    found.extend(["README.md", "k8s/README.md"].map(str::to_owned));
    found
}

pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(Block, usize)> = None;
    for (index, line) in read(page).lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                let block = Block {
                    line: index + 1,
                    language: language.to_owned(),
                    text: String::new(),
                };
                open = Some((block, indent));
            }
            (Some(_), Some(_)) => blocks.extend(open.take().map(|(block, _)| block)),
            (None, Some((block, indent))) => {
                block.text.push_str(line.get(*indent..).unwrap_or_default());
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{page}: a block without an end");
    blocks
}

/// Every call of the program in blocks and in the text.
pub(super) fn commands(page: &str) -> Vec<Command> {
    let call = Regex::new(r"\binterceptor ((?:[a-z][a-z-]*)(?:[^`#|;&)\n]*))").unwrap();
    let word = Regex::new(r"^[a-z][a-z-]*$").unwrap();
    let option = Regex::new(r"^--[a-z-]+$").unwrap();
    let known = [
        "run",
        "enqueue",
        "tail",
        "dead-letters",
        "redact",
        "evaluate",
        "check",
        "topology",
        "schema",
    ];
    let calls = call.captures_iter(page).map(|found| found[1].to_owned());
    calls
        .filter_map(|words| {
            let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
            let first = words
                .first()
                .filter(|first| known.contains(&first.as_str()))?;
            let mut subcommand = vec![first.clone()];
            if first == "dead-letters" {
                subcommand.extend(words.get(1).filter(|next| word.is_match(next)).cloned());
            }
            let options = words.into_iter().filter(|word| option.is_match(word));
            Some(Command {
                subcommand,
                options: options.collect(),
            })
        })
        .collect()
}

/// What stands between backticks.
pub(super) fn code(text: &str) -> Vec<String> {
    let parts = text.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// Links to files of the repository.
pub(super) fn links(page: &str) -> Vec<String> {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let links = link.captures_iter(page).map(|found| found[1].to_owned());
    links.filter(|link| !link.contains("://")).collect()
}

/// What headings are linked by.
pub(super) fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|heading| {
            let text = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = text
                .chars()
                .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
            kept.map(|letter| if letter == ' ' { '-' } else { letter })
                .collect()
        })
        .collect()
}
