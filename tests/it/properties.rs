//! What must hold whatever the chats are, by generated input.

use proptest::prelude::*;
use serde_json::{Value, json};
use transcript_interceptor::redaction::{Replacement, Rules};
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
    let raw = decode(document.to_string().as_bytes()).ok().unwrap();
    serde_json::to_value(scrub(raw, "c", policy)).unwrap()
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
        "[ ,;:!?()\"']{1,3}",
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
