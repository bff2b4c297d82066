//! The engine's time is linear whatever a message is made of: a unit of a few characters, repeated, behind a question.
//! An input that takes longer than four seconds fails:
//! `cargo +nightly fuzz run repeats -- -timeout=4 -max_len=96 -dict=repeats.dict`
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use transcript_interceptor::redaction::{Conversation, Engine, Replacement, Side, Turn};

/// A quadratic path over this many bytes takes many seconds, a linear one a fraction of one, instrumented as it is.
const LENGTH: usize = 1 << 16;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Replacement::Plain));

const QUESTIONS: [&str; 4] = [
    "Your full name, address and account number?",
    "Your password, username and email?",
    "Your mother's maiden name and date of birth?",
    "How many people?",
];

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    // What stands before the first control character is written once.
    let (once, unit) = text.split_once('\u{1}').unwrap_or(("", text));
    if unit.is_empty() {
        return;
    }
    let long = format!("{once}{}", unit.repeat(LENGTH / unit.len()));
    let sides = match choice & 1 {
        0 => [Side::Business, Side::Customer],
        _ => [Side::Customer, Side::Business],
    };
    let turns = [
        Turn { side: sides[0], text: QUESTIONS[usize::from(choice >> 1) % QUESTIONS.len()] },
        Turn { side: sides[1], text: &long },
        Turn { side: sides[1], text: "4471 Ann" },
    ];
    let conversation = Conversation { turns: &turns, redact_from: 0, participants: &["Ann Lee"] };
    let _ = ENGINE.redact(&conversation);
});
