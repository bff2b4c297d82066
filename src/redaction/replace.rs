//! Builds the redacted text and the findings that say where it was changed.

use std::borrow::Cow;
use std::collections::HashMap;

use super::policy::{self, Action, Rules};
use super::{Kind, Span};

/// What stands in the place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// `[REDACTED]`, whatever the value was.
    Plain,
    /// The kind of the value: `[EMAIL]`.
    Typed,
}

impl Replacement {
    const fn text(self, kind: Kind) -> &'static str {
        match self {
            Self::Plain => "[REDACTED]",
            Self::Typed => kind.placeholder(),
        }
    }
}

/// Makes a token of a value that is the same in every conversation and cannot be guessed back without the key.
pub type Keyed = Box<dyn Fn(&str) -> String + Send + Sync>;

/// Chooses what stands in the place of the values of one conversation.
pub(super) struct Replacer<'a> {
    style: Replacement,
    rules: &'a Rules,
    keyed: Option<&'a Keyed>,
    /// The number of each value that has a pseudonym.
    numbers: HashMap<(Kind, String), usize>,
    counts: HashMap<Kind, usize>,
    /// The numbers of the names that each word is in, and of how many words the names of a number are made.
    words: HashMap<String, Vec<usize>>,
    sizes: HashMap<usize, usize>,
}

impl<'a> Replacer<'a> {
    pub(super) fn new(style: Replacement, rules: &'a Rules, keyed: Option<&'a Keyed>) -> Self {
        Self {
            style,
            rules,
            keyed,
            numbers: HashMap::new(),
            counts: HashMap::new(),
            words: HashMap::new(),
            sizes: HashMap::new(),
        }
    }

    /// Appends what stands for `value`: ASCII, and a label that no rule reads again.
    fn push(&mut self, kind: Kind, value: &str, output: &mut String) {
        match self.rules.action(kind) {
            Action::Replace => output.push_str(self.style.text(kind)),
            Action::Drop => {}
            Action::Mask => {
                let mut last: Vec<char> = value
                    .chars()
                    .rev()
                    .filter(char::is_ascii_alphanumeric)
                    .take(4)
                    .collect();
                last.reverse();
                // Four of five would give the value away.
                let short = value
                    .chars()
                    .filter(|letter| letter.is_alphanumeric())
                    .count()
                    < 8;
                output.push_str("[****");
                output.extend(last.into_iter().filter(|_| !short));
                output.push(']');
            }
            Action::Pseudonym => {
                let value = policy::normal(value);
                let name = kind.as_str();
                match self.keyed {
                    Some(keyed) => {
                        let token = keyed(&format!("{name} {value}"));
                        output.push_str(&format!("[{name}_{token}]"));
                    }
                    None => output.push_str(&format!("[{name}_{}]", self.number(kind, value))),
                }
            }
        }
    }

    /// The number of a value; a name that is a part of another, or of which another is a part, has that one's.
    fn number(&mut self, kind: Kind, value: String) -> usize {
        const TITLES: [&str; 8] = [
            "mrs",
            "miss",
            "mister",
            "doctor",
            "prof",
            "professor",
            "sir",
            "madam",
        ];
        /// Of one word: more people of one name are told apart by their whole names alone.
        const MOST: usize = 16;
        if let Some(known) = self.numbers.get(&(kind, value.clone())) {
            return *known;
        }
        let mut words: Vec<String> = match kind {
            Kind::Person => value
                .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
                .filter(|word| word.len() > 2 && !TITLES.contains(word))
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        };
        words.sort();
        words.dedup();
        // "Ann Lee" and "Tom Lee" are two, "Lee" may be the first of them.
        let has = |word: &String, number: usize| {
            let numbers = self.words.get(word);
            numbers.is_some_and(|numbers| numbers.contains(&number))
        };
        let is_same = |number: usize| {
            let shared = words.iter().filter(|word| has(word, number)).count();
            shared == words.len() || self.sizes.get(&number) == Some(&shared)
        };
        let known = words.iter().filter_map(|word| self.words.get(word));
        let known = known
            .flatten()
            .copied()
            .filter(|&number| is_same(number))
            .min();
        let number = known.unwrap_or_else(|| {
            let count = self.counts.entry(kind).or_default();
            *count += 1;
            *count
        });
        if !words.is_empty() {
            let size = self.sizes.entry(number).or_default();
            *size = words.len().max(*size);
        }
        for word in words {
            let numbers = self.words.entry(word).or_default();
            if numbers.len() < MOST && !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        self.numbers.insert((kind, value), number);
        number
    }
}

/// One replacement: what was found, by which rule, and where its placeholder stands in the redacted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of personal data.
    pub kind: Kind,
    /// The name of the rule that found it.
    pub rule: &'static str,
    /// Offset of the placeholder's first code point in the redacted text.
    pub start: usize,
    /// Offset behind the placeholder's last code point.
    pub end: usize,
    /// Where the value stood in the raw text, in bytes.
    pub raw: std::ops::Range<usize>,
}

/// A redacted text with its findings, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted<'a> {
    /// The text with every found value replaced; the raw text itself where nothing was found.
    pub text: Cow<'a, str>,
    /// One entry per replaced value.
    pub findings: Vec<Finding>,
}

/// Where spans of the redacted text (sorted, apart) lie in the original, of which `spans` were replaced; they take in
/// whole what they touch of a placeholder.
pub(super) fn trace_back(found: &[Span], redacted: &Redacted<'_>, spans: &[Span]) -> Vec<Span> {
    // Original and redacted text in step: where each placeholder stands in bytes of either.
    let mut places: Vec<(usize, usize, Span)> = Vec::with_capacity(spans.len());
    let (mut original, mut published) = (0, 0);
    for (span, finding) in spans.iter().zip(&redacted.findings) {
        published += span.start - original;
        // Placeholders are ASCII: their code points are their bytes.
        let end = published + (finding.end - finding.start);
        places.push((published, end, *span));
        published = end;
        original = span.end;
    }
    // A position outside of placeholders is as far behind the placeholder before it as in the original.
    let outside = |position: usize, behind: usize| {
        let before = behind
            .checked_sub(1)
            .map_or((0, 0), |last| (places[last].1, places[last].2.end));
        before.1 + (position - before.0)
    };
    found
        .iter()
        .map(|span| {
            let first = places.partition_point(|place| place.1 <= span.start);
            let last = places.partition_point(|place| place.0 < span.end);
            let start = match places.get(first) {
                Some(place) if place.0 < span.start || (first < last && place.0 == span.start) => {
                    place.2.start
                }
                _ => outside(span.start, first),
            };
            let end = match last.checked_sub(1).map(|last| places[last]) {
                Some(place) if span.end <= place.1 => place.2.end,
                _ => outside(span.end, last),
            };
            Span {
                start,
                end,
                ..*span
            }
        })
        .collect()
}

/// Replaces `spans` (sorted, not overlapping) of `text`.
pub(super) fn apply<'a>(
    text: &'a str,
    spans: &[Span],
    replacer: &mut Replacer<'_>,
) -> Redacted<'a> {
    if spans.is_empty() {
        return Redacted {
            text: Cow::Borrowed(text),
            findings: Vec::new(),
        };
    }
    let mut output = String::with_capacity(text.len() + spans.len() * 8);
    let mut findings = Vec::with_capacity(spans.len());
    let mut copied = 0;
    let mut code_points = 0;
    for span in spans {
        let kept = &text[copied..span.start];
        output.push_str(kept);
        code_points += kept.chars().count();
        let before = output.len();
        replacer.push(span.kind, &text[span.start..span.end], &mut output);
        let start = code_points;
        // Placeholders are ASCII: bytes are code points.
        code_points += output.len() - before;
        findings.push(Finding {
            kind: span.kind,
            rule: span.rule,
            start,
            end: code_points,
            raw: span.start..span.end,
        });
        copied = span.end;
    }
    output.push_str(&text[copied..]);
    Redacted {
        text: Cow::Owned(output),
        findings,
    }
}
