//! What must hold whatever the chats are, by generated input.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use transcript_interceptor::redaction::{
    Conversation, Engine, Replacement, Rules, Side, Turn, Verdict,
};
use transcript_interceptor::transcript::{HashKey, LanguagePolicy, Policy, decode, scrub};

use crate::support::records::equations_hold;

fn policy(window: usize, keep_undetermined: bool, key: Option<HashKey>) -> Policy {
    let language = LanguagePolicy {
        confidence: 0.8,
        keep_undetermined,
    };
    Policy::new(Replacement::Plain, window, language, key, Rules::default())
}

fn scrubbed(document: &Value, policy: &Policy) -> Value {
    let document = document.to_string();
    let raw = decode(document.as_bytes()).ok().unwrap();
    serde_json::to_value(scrub(&raw, "c", policy)).unwrap()
}

fn message_text(text: &str) -> (Option<String>, Value) {
    let document = json!({"messages": [{"sequenceId": 1, "from": "customer", "text": text}]});
    let transcript = scrubbed(&document, &policy(50, true, None));
    let published = transcript["messages"][0]["text"]
        .as_str()
        .map(str::to_owned);
    (published, transcript)
}

/// Strings of the tutorial's pattern: `\b\d{3}[-.]?\d{3}[-.]?\d{4}\b` or `[\w\.-]+@[\w\.-]+\.\w{2,}`, ASCII.
fn tutorial_match() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{3}[-.]?[0-9]{3}[-.]?[0-9]{4}",
        r"[A-Za-z0-9_.-]{1,12}@[A-Za-z0-9_.-]{1,12}\.[A-Za-z0-9_]{2,6}",
    ]
}

/// Text around it, that neither continues a word nor an address.
fn context() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ ,;:!?()\"'*\\[\\]]{1,3}",
        // Beyond ASCII, letters end a word as the tutorial's pattern has it.
        "[äñß漢字😀]{1,3}",
        " ([A-Za-zäñß漢字😀]{1,8} ){1,4}",
        " [A-Za-z0-9.@+-]{0,12} ",
    ]
}

fn chat() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        3 => "[ a-z]{0,40}",
        1 => "\\PC{0,60}",
        2 => (context(), tutorial_match(), context()).prop_map(|(a, b, c)| format!("{a}{b}{c}")),
    ];
    let message = prop_oneof![
        8 => (any::<i16>(), prop::sample::select(vec!["customer", "agent", "bot 7"]), text)
            .prop_map(|(id, from, text)| json!({"sequenceId": id, "from": from, "text": text})),
        1 => (any::<u8>()).prop_map(|id| json!({"sequenceId": id.to_string(), "text": null})),
        1 => prop::sample::select(vec![json!(null), json!({"sequenceId": 1, "text": 7}), json!({"text": "x"})]),
    ];
    prop::collection::vec(message, 0..80).prop_map(|messages| json!({"messages": messages}))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_the_tutorials_pattern_survives(
        before in context(), value in tutorial_match(), after in context()
    ) {
        let (published, _) = message_text(&format!("{before}{value}{after}"));
        if let Some(text) = published {
            prop_assert!(!text.contains(&value), "{text:?} holds {value:?}");
            let pattern = regex::Regex::new(r"(?-u)(\b\d{3}[-.]?\d{3}[-.]?\d{4}\b)|[\w.-]+@[\w.-]+\.\w{2,}").unwrap();
            prop_assert!(!pattern.is_match(&text), "{text:?}");
        }
    }

    #[test]
    fn redaction_withholds_nothing_that_it_could_redact(
        before in context(), value in tutorial_match(), after in context()
    ) {
        let (published, transcript) = message_text(&format!("{before}{value}{after}"));
        prop_assert!(published.is_some(), "{}", transcript["metrics"]);
    }

    #[test]
    fn redaction_is_idempotent(text in "\\PC{0,80}") {
        if let (Some(once), _) = message_text(&text) {
            prop_assert_eq!(message_text(&once).0, Some(once));
        }
    }
}

/// Turns as people write them: prompts, announcements, values, and anything at all.
fn turns() -> impl Strategy<Value = Vec<(Side, String)>> {
    let text = prop_oneof![
        2 => prop::sample::select(vec![
            "Your name, please?", "Your account number?", "And the PIN?", "What was your first pet's name?",
            "my name is", "my email is", "thanks", "For how many people?", "What is your address?", "your password?",
        ]).prop_map(str::to_owned),
        3 => "(my pin is |I am |order |it is |no, |[A-Z][a-z]{2,6} )?([0-9]{1,9}|[A-Z][a-z]{3,7}|[a-z]{3,8}[0-9]{0,3}|[a-z]{2,5}@[a-z]{3}\\.com)( or [0-9]{4})?",
        1 => "(zero |five |double |seven |two ){3,9}",
        1 => "\\PC{0,40}",
        1 => "[0-9A-Za-z.@()/:,#$%'\\[\\]_ -]{0,40}",
    ];
    let side = prop::sample::select(vec![Side::Business, Side::Customer]);
    prop::collection::vec((side, text), 1..8).prop_map(|mut turns| {
        // Enough to tell the language by, before and after redaction, whatever the other turns hold.
        let greeting = "Hello and welcome! How can I help you today? Please tell me in a few words what this is about.";
        turns.insert(0, (Side::Business, greeting.repeat(20)));
        turns
    })
}

fn redacted(turns: &[(Side, String)]) -> Vec<Verdict<'_>> {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Replacement::Plain));
    let turns: Vec<Turn<'_>> = turns
        .iter()
        .map(|(side, text)| Turn { side: *side, text })
        .collect();
    ENGINE
        .redact(&Conversation {
            turns: &turns,
            redact_from: 0,
            participants: &[],
        })
        .verdicts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_lie_in_the_text_and_cover_what_they_replaced(turns in turns()) {
        for (verdict, (_, raw)) in redacted(&turns).iter().zip(&turns) {
            let Verdict::Redacted(redacted) = verdict else { continue };
            let mut kept = 0;
            let mut rebuilt = String::new();
            for finding in &redacted.findings {
                let value = raw.get(finding.raw.clone());
                prop_assert!(value.is_some_and(|value| !value.is_empty()));
                let label: String = redacted.text.chars().skip(finding.start).take(finding.end - finding.start).collect();
                prop_assert_eq!(label.as_str(), "[REDACTED]");
                rebuilt += &raw[kept..finding.raw.start];
                rebuilt += &label;
                kept = finding.raw.end;
            }
            rebuilt += &raw[kept..];
            prop_assert_eq!(&*rebuilt, &*redacted.text);
        }
    }

    #[test]
    fn a_redacted_chat_is_left_as_it_is(turns in turns()) {
        let once: Vec<Option<String>> = redacted(&turns).into_iter().map(|verdict| match verdict {
            Verdict::Redacted(redacted) => Some(redacted.text.into_owned()),
            Verdict::Withheld { .. } => None,
        }).collect();
        if let Some(texts) = once.iter().cloned().collect::<Option<Vec<String>>>() {
            let again: Vec<(Side, String)> = turns.iter().map(|turn| turn.0).zip(texts.clone()).collect();
            for (verdict, text) in redacted(&again).into_iter().zip(texts) {
                let Verdict::Redacted(redacted) = verdict else { panic!("withheld") };
                prop_assert_eq!(redacted.text, text);
            }
        }
    }

    #[test]
    fn nothing_is_withheld_that_could_be_redacted(turns in turns()) {
        prop_assert!(redacted(&turns).iter().all(|verdict| matches!(verdict, Verdict::Redacted(_))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_equations_hold_of_every_chat(chat in chat(), window in 0_usize..60, keep in any::<bool>()) {
        let transcript = scrubbed(&chat, &policy(window, keep, None));
        equations_hold(&transcript);
        let ids: Vec<_> = transcript["messages"].as_array().unwrap().iter().map(|m| m["sequenceId"].as_i64().unwrap()).collect();
        prop_assert!(ids.is_sorted());
        prop_assert!(window == 0 || transcript["metrics"]["contextWindowSize"].as_u64().unwrap() <= window as u64);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(chat in chat(), seed in any::<u64>()) {
        let mut shuffled = chat.clone();
        let messages = shuffled["messages"].as_array_mut().unwrap();
        fastrand::Rng::with_seed(seed).shuffle(messages);
        let key = HashKey::new(&"key".into());
        let policy = policy(50, true, Some(key));
        // Messages that are equal in sequence id, time and text but differ in sender have no order of their own.
        let texts = |chat: &Value| -> Vec<Value> {
            scrubbed(chat, &policy)["messages"].as_array().unwrap().iter().map(|m| m["text"].clone()).collect()
        };
        prop_assert_eq!(texts(&chat), texts(&shuffled));
    }
}

/// The words that rules look for, in an order in which nobody says them.
fn words() -> impl Strategy<Value = Vec<(Side, String)>> {
    let dates = "first third fifth twenty thirtieth nineteen ninety thousand may june dezembro of the , . 31ST 1990 05/1990 born dob x";
    let names = "my last first name is called me under of mr . here said lives at wife kevin will may river Quandel Q no it's , and";
    let codes = "my pin order number exp is no . , - 4 seven 12/27 4471 48213377 QWERTYU K9X2 as password changed to used d.o.b.";
    let asked = [
        "Your date of birth?",
        "Your name, please?",
        "Your password and card number?",
        "¿Su nombre?",
        "Thanks.",
    ];
    let said = prop::sample::select(vec![dates, names, codes]).prop_flat_map(|words| {
        let words: Vec<&str> = words.split(' ').collect();
        prop::collection::vec(prop::sample::select(words), 0..9).prop_map(|words| words.join(" "))
    });
    let said = prop_oneof![4 => said.clone(), 1 => said.prop_map(|text| text.to_uppercase())];
    let question = prop::sample::select(asked.map(str::to_owned).to_vec());
    (question, prop::collection::vec(said, 1..4)).prop_map(|(question, said)| {
        let asked = std::iter::once((Side::Business, question));
        asked
            .chain(said.into_iter().map(|text| (Side::Customer, text)))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_are_read_in_whichever_order_they_come(turns in words()) {
        prop_assert_eq!(redacted(&turns).len(), turns.len());
    }
}
