//! The engine on any chat: it must not panic, its offsets must lie in the text, and what it publishes must be clean.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use transcript_interceptor::redaction::{Conversation, Engine, Replacement, Side, Turn, Verdict};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Replacement::Plain));

fuzz_target!(|text: &str| {
    // Lines are turns; those that begin with a tab are the business's.
    let turns: Vec<Turn<'_>> = text
        .split('\u{1}')
        .map(|line| Turn {
            side: if line.starts_with('\t') { Side::Business } else { Side::Customer },
            text: line,
        })
        .collect();
    let verdicts = ENGINE.redact(&Conversation { turns: &turns, redact_from: 0, participants: &[] }).verdicts;
    assert_eq!(verdicts.len(), turns.len());
    for (turn, verdict) in turns.iter().zip(&verdicts) {
        if let Verdict::Redacted(redacted) = verdict {
            let length = redacted.text.chars().count();
            for finding in &redacted.findings {
                assert!(finding.start <= finding.end && finding.end <= length);
                assert!(turn.text.get(finding.raw.clone()).is_some_and(|value| !value.is_empty()));
            }
        }
    }
});
