//! The policy file: what a user adds to the built-in rules, takes from them, and does with what is found.
//!
//! Read and validated once, at start. Whatever it says, e-mail addresses and phone numbers are looked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::fold::Folded;
use super::kind::KindSet;
use super::{Kind, Span, context, numbers, phones};

/// What stands in the place of a value of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// `[REDACTED]`, or the kind in brackets.
    Replace,
    /// `[****1234]`: the last four letters or digits are left.
    Mask,
    /// Nothing.
    Drop,
    /// `[PERSON_1]`: the same value the same number within a conversation; a keyed token where a key is set, the same
    /// in every conversation.
    Pseudonym,
}

/// Why a policy file cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: {reason}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it and what to do.
    pub reason: String,
}

/// A user's own pattern.
#[derive(Clone)]
struct Pattern {
    name: &'static str,
    kind: Kind,
    regex: Regex,
}

/// A policy file, ready for use.
#[derive(Clone, Default)]
pub struct Rules {
    text: String,
    patterns: Vec<Pattern>,
    allowed: HashSet<String>,
    disabled: KindSet,
    actions: HashMap<Kind, Action>,
    cues: Vec<(Kind, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    disable: Vec<Spanned<Kind>>,
    #[serde(default)]
    allow: Vec<Spanned<String>>,
    #[serde(default)]
    actions: HashMap<Kind, Action>,
    #[serde(default)]
    patterns: Vec<PatternEntry>,
    /// By language and kind.
    #[serde(default)]
    cues: BTreeMap<String, BTreeMap<Kind, Vec<Spanned<String>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternEntry {
    name: Spanned<String>,
    #[serde(rename = "type", default = "custom")]
    kind: Kind,
    pattern: Spanned<String>,
}

/// Rules whose findings are treated by their name.
const BUILT_IN: [&str; 3] = [phones::GROUPED, numbers::LONG, context::LONG_CODE];

const fn custom() -> Kind {
    Kind::Custom
}

impl Rules {
    /// Reads a policy file.
    ///
    /// # Errors
    /// The first line that cannot be used, and why.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let fail = |offset: usize, reason: String| PolicyError {
            line: text[..offset.min(text.len())].matches('\n').count() + 1,
            reason,
        };
        let file: File = toml::from_str(text).map_err(|error| {
            fail(
                error.span().map_or(0, |span| span.start),
                error.message().replace('\n', " "),
            )
        })?;
        let mut rules = Self {
            text: text.to_owned(),
            actions: file.actions,
            ..Self::default()
        };
        for kind in file.disable {
            let place = kind.span().start;
            let kind = kind.into_inner();
            if kind.is_mandatory() {
                let reason = format!(
                    "{} cannot be switched off; allow single values with `allow`",
                    kind.as_str()
                );
                return Err(fail(place, reason));
            }
            rules.disabled = rules.disabled.with(kind);
        }
        for value in file.allow {
            let normal = normal(value.get_ref());
            if normal.is_empty() {
                return Err(fail(
                    value.span().start,
                    "an empty value allows nothing; remove it".to_owned(),
                ));
            }
            rules.allowed.insert(normal);
        }
        for entry in file.patterns {
            let regex = Regex::new(entry.pattern.get_ref()).map_err(|error| {
                let reason = error
                    .to_string()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim()
                    .to_owned();
                fail(
                    entry.pattern.span().start,
                    format!("the pattern is no regular expression: {reason}"),
                )
            })?;
            if regex.is_match("") {
                return Err(fail(
                    entry.pattern.span().start,
                    "the pattern matches the empty text; make it ask for at least one character"
                        .to_owned(),
                ));
            }
            if entry.name.get_ref().is_empty()
                || !entry
                    .name
                    .get_ref()
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            {
                return Err(fail(
                    entry.name.span().start,
                    "a name is made of letters, digits, _ and -".to_owned(),
                ));
            }
            if BUILT_IN.contains(&entry.name.get_ref().as_str()) {
                return Err(fail(
                    entry.name.span().start,
                    "a built-in rule has this name; choose another".to_owned(),
                ));
            }
            rules.patterns.push(Pattern {
                // A handful of short names, kept for the life of the process: findings name their rule without a copy.
                name: Box::leak(entry.name.into_inner().into_boxed_str()),
                kind: entry.kind,
                regex,
            });
        }
        for (kind, phrase) in file
            .cues
            .into_values()
            .flatten()
            .flat_map(|(kind, phrases)| phrases.into_iter().map(move |phrase| (kind, phrase)))
        {
            let place = phrase.span().start;
            if !kind.has_cues() {
                let kind = kind.as_str();
                return Err(fail(
                    place,
                    format!("{kind} is found by its form and takes no cues; use `patterns`"),
                ));
            }
            let phrase = Folded::new(phrase.get_ref()).text.to_lowercase();
            if phrase.split_whitespace().next().is_none()
                || !phrase
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || letter.is_whitespace())
            {
                return Err(fail(
                    place,
                    "a cue is one or more words of letters and digits".to_owned(),
                ));
            }
            rules.cues.push((kind, phrase));
        }
        rules.cues.sort();
        Ok(rules)
    }

    /// The file as it was read; part of the policy version.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the file does, one line each.
    pub fn explain(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for kind in Kind::ALL
            .iter()
            .filter(|&&kind| self.disabled.contains(kind))
        {
            lines.push(format!("{} is not looked for", kind.as_str()));
        }
        for pattern in &self.patterns {
            lines.push(format!(
                "{}: what matches {} is redacted as {}",
                pattern.name,
                pattern.regex,
                pattern.kind.as_str()
            ));
        }
        for (kind, phrase) in &self.cues {
            lines.push(format!(
                "\"{phrase}\" announces a value of {}",
                kind.as_str()
            ));
        }
        for (kind, action) in Kind::ALL
            .iter()
            .filter_map(|kind| Some((kind, self.actions.get(kind)?)))
        {
            let what = match action {
                Action::Replace => "is replaced",
                Action::Mask => "is masked but for its last four letters or digits",
                Action::Drop => "is removed without a trace in the text",
                Action::Pseudonym => "is replaced by a pseudonym",
            };
            lines.push(format!("{} {what}", kind.as_str()));
        }
        if !self.allowed.is_empty() {
            lines.push(format!(
                "{} values are left as they are wherever they occur",
                self.allowed.len()
            ));
        }
        lines
    }

    pub(super) fn action(&self, kind: Kind) -> Action {
        self.actions.get(&kind).copied().unwrap_or(Action::Replace)
    }

    pub(super) fn cues(&self) -> &[(Kind, String)] {
        &self.cues
    }

    /// Adds what the user's own patterns find.
    pub(super) fn find(&self, text: &str, spans: &mut Vec<Span>) {
        for pattern in &self.patterns {
            // "\\b" finds what has no length.
            let found = pattern
                .regex
                .find_iter(text)
                .filter(|found| !found.is_empty());
            spans.extend(found.map(|found| Span {
                start: found.start(),
                end: found.end(),
                kind: pattern.kind,
                rule: pattern.name,
            }));
        }
    }

    /// Whether the file leaves everything that the rules find.
    pub(super) fn keeps_all(&self) -> bool {
        self.allowed.is_empty() && self.disabled.is_empty()
    }

    /// What of the findings in a text is to be redacted. A kind that is switched off takes nothing of a `mandatory` kind
    /// with it: of such a finding the mandatory parts stay.
    pub(super) fn keep(&self, text: &str, spans: Vec<Span>, mandatory: &[Span]) -> Vec<Span> {
        let allows = |span: &Span| self.allows(&text[span.start..span.end]);
        let mut kept = Vec::with_capacity(spans.len());
        for span in spans.into_iter().filter(|span| !allows(span)) {
            if !self.disabled.contains(span.kind) {
                kept.push(span);
                continue;
            }
            let first = mandatory.partition_point(|part| part.end <= span.start);
            let parts = mandatory[first..]
                .iter()
                .take_while(|part| part.start < span.end);
            kept.extend(parts.filter(|part| !allows(part)));
        }
        kept
    }

    fn allows(&self, value: &str) -> bool {
        !self.allowed.is_empty() && self.allowed.contains(&normal(value))
    }
}

/// A value without case, disguise and separators, by which values are compared.
pub(super) fn normal(value: &str) -> String {
    let folded = Folded::new(value).text.to_lowercase();
    let letters = folded.chars().any(char::is_alphabetic);
    if letters {
        folded.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        folded.chars().filter(char::is_ascii_digit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_policy_is_read_and_explained() {
        let rules = Rules::parse(
            "disable = [\"IP\"]\nallow = [\"help@example.com\", \"+1 555 010 0199\"]\n\
             [actions]\nPERSON = \"pseudonym\"\nCREDIT_CARD = \"mask\"\n\
             [[patterns]]\nname = \"loyalty\"\npattern = 'LOY-\\d{6}'\n\
             [cues.en]\nACCOUNT_NUMBER = [\"Shopper id\"]\n",
        )
        .unwrap();
        assert!(rules.disabled.contains(Kind::Ip) && !rules.disabled.contains(Kind::Phone));
        assert!(rules.allows("1-555-010-0199") && rules.allows("HELP@example.com"));
        assert!(!rules.allows("jo@example.com"));
        assert_eq!(rules.action(Kind::Person), Action::Pseudonym);
        assert_eq!(
            rules.cues(),
            [(Kind::AccountNumber, "shopper id".to_owned())]
        );
        assert_eq!(rules.explain().len(), 6);
    }

    #[test]
    fn errors_name_line_and_reason() {
        for (text, line, reason) in [
            ("\ndisable = [\"EMAIL\"]", 2, "cannot be switched off"),
            ("disable = [\"SHOE_SIZE\"]", 1, "unknown variant"),
            ("colour = 1", 1, "unknown field"),
            (
                "[[patterns]]\nname = \"x\"\npattern = '('",
                3,
                "no regular expression",
            ),
            (
                "[[patterns]]\nname = \"x\"\npattern = 'a*'",
                3,
                "empty text",
            ),
            (
                "[[patterns]]\nname = \"x y\"\npattern = 'a'",
                2,
                "letters, digits",
            ),
            ("[cues.en]\nPIN = [\"a-b\"]", 2, "one or more words"),
            ("[cues.en]\nIBAN = [\"giro\"]", 2, "found by its form"),
            (
                "[[patterns]]\nname = \"long_number\"\npattern = 'a'",
                2,
                "built-in rule",
            ),
            ("allow = [\" \"]", 1, "allows nothing"),
            ("[actions]\nPERSON = \"shred\"", 2, "unknown variant"),
        ] {
            let error = Rules::parse(text).err().unwrap();
            assert_eq!(error.line, line, "{text:?}: {error}");
            assert!(error.reason.contains(reason), "{text:?}: {error}");
        }
    }
}
