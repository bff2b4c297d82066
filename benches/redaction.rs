//! The redaction engine on generated chats: `cargo bench`.

use divan::Bencher;
use divan::counter::BytesCount;
use transcript_interceptor::redaction::{Conversation, Engine, Replacement, Side, Turn};

fn main() {
    divan::main();
}

/// Phrases as people chat, some with something personal; slots are filled by number.
const BUSINESS: [&str; 6] = [
    "Hello, how can I help you today?",
    "May I have your full name, please?",
    "Can you tell me your account number, please?",
    "Let me check that for you, one moment please.",
    "Your order will arrive within three to five working days.",
    "Is there anything else that I can do for you?",
];
const CUSTOMER: [&str; 8] = [
    "hi, I ordered a jacket last week and it has not arrived yet",
    "my name is Joanna Quell",
    "sure, it is 84729#",
    "I was charged $49.99 twice, can you look into that?",
    "you can reach me at 555-010-4477 or jo#@example.com",
    "that would be great, thank you so much for your help",
    "what time do you close on Sundays?",
    "ok thanks",
];

/// Chats of sixteen messages.
fn chats() -> Vec<Vec<(Side, String)>> {
    let mut random = fastrand::Rng::with_seed(7);
    (0..500)
        .map(|chat| {
            (0..16)
                .map(|turn| {
                    let (side, phrases): (Side, &[&str]) = match turn % 2 {
                        0 => (Side::Business, &BUSINESS),
                        _ => (Side::Customer, &CUSTOMER),
                    };
                    let phrase = phrases[random.usize(..phrases.len())];
                    (side, phrase.replace('#', &chat.to_string()))
                })
                .collect()
        })
        .collect()
}

/// All of the engine, second scan included.
#[divan::bench]
fn whole_engine(bencher: Bencher<'_, '_>) {
    let engine = Engine::new(Replacement::Plain);
    let chats = chats();
    let bytes: usize = chats.iter().flatten().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        chats
            .iter()
            .map(|chat| {
                let turns: Vec<Turn<'_>> = chat
                    .iter()
                    .map(|(side, text)| Turn { side: *side, text })
                    .collect();
                let conversation = Conversation {
                    turns: &turns,
                    redact_from: 0,
                    participants: &[],
                };
                engine.redact(&conversation).verdicts.len()
            })
            .sum::<usize>()
    });
}

/// What a hostile message of a mebibyte costs.
#[divan::bench(args = ["a", "5", "@", "5 ", "my pin is ", "order ", "77 larch ", "Ann ", "12 ", "01 ", "(", "1/",
    "pwd=1a,", "a-b-", "Thanks\n"])]
fn one_mebibyte_of(bencher: Bencher<'_, '_>, unit: &str) {
    let engine = Engine::new(Replacement::Plain);
    let text = unit.repeat((1 << 20) / unit.len());
    bencher.bench(|| {
        let turns = [Turn {
            side: Side::Customer,
            text: &text,
        }];
        let conversation = Conversation {
            turns: &turns,
            redact_from: 0,
            participants: &[],
        };
        engine.redact(&conversation).verdicts.len()
    });
}
