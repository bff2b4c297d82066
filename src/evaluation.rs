//! How well the engine redacts marked conversations: what leaks, what is lost that nobody needed to hide.
//!
//! | file | what |
//! |---|---|
//! | `gold.rs` | conversations with the personal data marked, as JSON Lines |
//! | `page.rs` | a page to look at: each conversation before and after, misses on top |

mod gold;
mod page;

use std::collections::BTreeMap;

use serde::Serialize;

pub use gold::{GoldConversation, GoldError, GoldMessage, Mark, decode};
pub use page::write as write_page;

use crate::redaction::{Conversation, Engine, Finding, Kind, Side, Turn, Verdict};

/// What became of a marked conversation.
pub struct Outcome {
    /// The conversation.
    pub gold: GoldConversation,
    /// One verdict per message.
    pub verdicts: Vec<Verdict<'static>>,
}

/// Redacts a marked conversation, all of it.
pub fn redact(engine: &Engine, gold: GoldConversation) -> Outcome {
    let turns: Vec<Turn<'_>> = gold
        .messages
        .iter()
        .map(|message| Turn {
            side: Side::of_sender(message.from.as_deref()),
            text: &message.text,
        })
        .collect();
    let verdicts = engine
        .redact(&Conversation {
            turns: &turns,
            redact_from: 0,
            participants: &[],
        })
        .verdicts
        .into_iter()
        .map(Verdict::into_owned)
        .collect();
    Outcome { gold, verdicts }
}

/// Counts over all conversations.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// Number of messages.
    pub messages: u64,
    /// Messages that the second scan withheld.
    pub withheld: u64,
    /// Marked values and what became of them, over all types.
    pub all: Values,
    /// The same by the type that the marks give.
    pub by_type: BTreeMap<String, Values>,
    /// Replacements by the kind that the engine gives.
    pub by_kind: BTreeMap<Kind, Replacements>,
    /// Words outside of all marks.
    pub plain_words: u64,
    /// Those of them that were replaced.
    pub lost_words: u64,
}

/// Marked values and what became of them.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Values {
    /// Number of values.
    pub values: u64,
    /// Values that stand in the published text as a whole.
    pub leaked: u64,
    /// Values of which at least a telling piece is left: a word of three letters, four digits.
    pub leaked_in_part: u64,
}

/// Replacements of one kind.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replacements {
    /// Number of replacements, those that touch only optional marks aside.
    pub found: u64,
    /// Those that touch a marked value.
    pub right: u64,
}

impl Values {
    fn add(&mut self, leak: Leak) {
        self.values += 1;
        self.leaked += u64::from(leak == Leak::Whole);
        self.leaked_in_part += u64::from(leak != Leak::Nothing);
    }

    /// Share of values of which nothing telling is left; 1 where there were none.
    pub fn recall(&self) -> f64 {
        1.0 - share(self.leaked_in_part, self.values)
    }
}

impl Score {
    /// Share of the plain words that were lost.
    pub fn over_redaction(&self) -> f64 {
        share(self.lost_words, self.plain_words)
    }

    /// Share of the replacements that touch a marked value; 0 where there were none.
    pub fn precision(&self) -> f64 {
        let (right, found) = self.by_kind.values().fold((0, 0), |(right, found), kind| {
            (right + kind.right, found + kind.found)
        });
        share(right, found)
    }

    /// Counts a conversation.
    pub fn add(&mut self, outcome: &Outcome) {
        for (message, verdict) in outcome.gold.messages.iter().zip(&outcome.verdicts) {
            self.messages += 1;
            match verdict {
                Verdict::Redacted(redacted) => self.add_message(message, &redacted.findings),
                Verdict::Withheld { .. } => {
                    self.withheld += 1;
                    for mark in message.marks.iter().filter(|mark| !mark.optional) {
                        self.add_value(mark, Leak::Nothing);
                    }
                }
            }
        }
    }

    fn add_value(&mut self, mark: &Mark, leak: Leak) {
        self.all.add(leak);
        self.by_type.entry(mark.kind.clone()).or_default().add(leak);
    }

    fn add_message(&mut self, message: &GoldMessage, findings: &[Finding]) {
        for mark in message.marks.iter().filter(|mark| !mark.optional) {
            self.add_value(mark, leak(&message.text, mark, findings));
        }
        for finding in findings {
            let touches = |mark: &&Mark| overlap(&mark.range, &finding.raw);
            let right = message
                .marks
                .iter()
                .filter(touches)
                .any(|mark| !mark.optional);
            if right || !message.marks.iter().any(|mark| touches(&mark)) {
                let kind = self.by_kind.entry(finding.kind).or_default();
                kind.found += 1;
                kind.right += u64::from(right);
            }
        }
        for word in words(&message.text) {
            if !message.marks.iter().any(|mark| overlap(&mark.range, &word)) {
                self.plain_words += 1;
                self.lost_words +=
                    u64::from(findings.iter().any(|finding| overlap(&finding.raw, &word)));
            }
        }
    }
}

fn overlap(left: &std::ops::Range<usize>, right: &std::ops::Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

/// The runs of letters and digits of a text, in bytes.
fn words(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, character)| character.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        while let Some((at, character)) = rest.next_if(|(_, character)| character.is_alphanumeric())
        {
            end = at + character.len_utf8();
        }
        Some(start..end)
    })
}

/// What of a value is left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leak {
    Nothing,
    Part,
    Whole,
}

/// What `findings` leave of a marked value.
pub(crate) fn leak(text: &str, mark: &Mark, findings: &[Finding]) -> Leak {
    const LETTERS: usize = 3;
    const DIGITS: usize = 4;
    let covered = |range: &std::ops::Range<usize>| {
        findings.iter().any(|finding| overlap(&finding.raw, range))
    };
    if !covered(&mark.range) {
        return Leak::Whole;
    }
    let left = words(&text[mark.range.clone()]).any(|word| {
        let range = mark.range.start + word.start..mark.range.start + word.end;
        let word = &text[range.clone()];
        let telling = match word.bytes().all(|byte| byte.is_ascii_digit()) {
            true => word.len() >= DIGITS,
            false => word.chars().count() >= LETTERS,
        };
        telling && !covered(&range)
    });
    if left { Leak::Part } else { Leak::Nothing }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words and values")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::Replacement;

    const GOLD: &str = r#"{"id":"a","messages":[
        {"sequenceId":1,"from":"agent","text":"Your PIN, please?","spans":[]},
        {"sequenceId":2,"from":"customer","text":"é it is 4471","spans":[{"start":8,"end":12,"type":"PIN","value":"4471"}]},
        {"sequenceId":3,"from":"customer","text":"and call me Xu or at jo@example.com","spans":[
            {"start":12,"end":14,"type":"PERSON","value":"Xu"},
            {"start":21,"end":35,"type":"EMAIL","value":"jo@example.com","soft":true}]}]}"#;

    #[test]
    fn leaks_and_losses_are_counted() {
        let gold = decode(GOLD.replace('\n', "").as_bytes()).unwrap();
        let outcome = redact(&Engine::new(Replacement::Plain), gold);
        let mut score = Score::default();
        score.add(&outcome);
        assert_eq!(
            (score.messages, score.withheld, score.lost_words),
            (3, 0, 0)
        );
        assert_eq!(score.all.values, 2);
        assert_eq!(score.by_type["PIN"].leaked, 0);
        assert_eq!(score.by_type["PERSON"].leaked, 1);
        assert!((score.all.recall() - 0.5).abs() < f64::EPSILON);
        assert!((score.precision() - 1.0).abs() < f64::EPSILON);
    }
}
