//! What an operator's own rules change.

use super::*;

#[test]
fn a_policy_changes_what_is_found_and_what_stands_for_it() {
    let rules = Rules::parse(
        "disable = [\"IP\"]\nallow = [\"help@example.com\"]\n[actions]\nPERSON = \"pseudonym\"\n\
         CREDIT_CARD = \"mask\"\nPIN = \"drop\"\n[[patterns]]\nname = \"loyalty\"\npattern = 'LOY-[A-Z]{4}'\n\
         [cues.en]\nACCOUNT_NUMBER = [\"shopper badge\"]",
    )
    .unwrap();
    let engine = Engine::with_rules(Replacement::Typed, rules, None);
    let redacted = chat(
        &engine,
        &[
            "C: my name is Nadira Quell, card 4111 1111 1111 1111, from 192.0.2.17",
            "B: Thanks Nadira. I am Jonas.",
            "C: LOY-ABCD, help@example.com or jo@example.com, shopper badge 123",
            "C: my pin is 4471",
        ],
    );
    assert_eq!(
        redacted,
        [
            "my name is [PERSON_1], card [****1111], from 192.0.2.17",
            "Thanks [PERSON_1]. I am [PERSON_2].",
            "[CUSTOM], help@example.com or [EMAIL], shopper badge [ACCOUNT_NUMBER]",
            "my pin is ",
        ]
    );
}

#[test]
fn a_kind_that_is_switched_off_takes_no_phone_number_or_address_with_it() {
    let rules =
        Rules::parse("disable = [\"ACCOUNT_NUMBER\", \"PASSWORD\"]\nallow = [\"555-010-0177\"]")
            .unwrap();
    let engine = Engine::with_rules(Replacement::Typed, rules, None);
    let redacted = chat(
        &engine,
        &[
            "B: Can you give me your account number?",
            "C: one moment",
            "C: try 1234 5678 after six",
            "B: Your account number, please?",
            "C: 5550100123",
            "C: or 555-010-0177",
            "C: my password is jo@example.com",
        ],
    );
    assert_eq!(
        redacted[2..],
        [
            "try [PHONE] after six",
            "Your account number, please?",
            "[PHONE]",
            "or 555-010-0177",
            "my password is [EMAIL]",
        ]
    );
    let rules = Rules::parse("disable = [\"CREDIT_CARD\", \"IBAN\"]").unwrap();
    let engine = Engine::with_rules(Replacement::Typed, rules, None);
    let text = "card 4111 1111 1111 1111 or DE89 3704 0044 0532 0130 00";
    assert_eq!(chat(&engine, &[&format!("C: {text}")]), [text]);
}

#[test]
fn a_key_makes_pseudonyms_that_hold_across_conversations() {
    let rules = Rules::parse("[actions]\nEMAIL = \"pseudonym\"").unwrap();
    let keyed: Keyed = Box::new(|value| format!("{:04X}", value.len()));
    let engine = Engine::with_rules(Replacement::Plain, rules, Some(keyed));
    assert_eq!(chat(&engine, &["C: jo@example.com"]), ["[EMAIL_0014]"]);
}

#[test]
fn a_pattern_may_name_a_person_anywhere() {
    let rules =
        Rules::parse("[[patterns]]\nname = \"tail\"\ntype = \"PERSON\"\npattern = 'ob$| $'")
            .unwrap();
    let engine = Engine::with_rules(Replacement::Typed, rules, None);
    for (text, redacted) in [
        ("I like Quob", "I like [PERSON]"),
        ("I like it ", "I like it[PERSON]"),
    ] {
        assert_eq!(chat(&engine, &[&format!("C: {text}")]), [redacted]);
    }
}

#[test]
fn pseudonyms_tell_people_apart_and_know_them_by_parts_of_their_names() {
    let rules = Rules::parse("[actions]\nPERSON = \"pseudonym\"").unwrap();
    let engine = Engine::with_rules(Replacement::Typed, rules, None);
    let (texts, names) = chat_between(
        &engine,
        &["Ursula Zorvane", "Jonas Quell"],
        &[
            "B: My name is Nadira Quell. Another is Jonas Quell, and then there is Ursula Zorvane.",
            "B: Thanks Nadira. And Jonas, and Ursula M. Zorvane.",
            "B: So Mr. Jonas Quell and Mrs. Ursula Zorvane.",
        ],
    );
    assert_eq!(
        texts,
        [
            "My name is [PERSON_3]. Another is [PERSON_2], and then there is [PERSON_1].",
            "Thanks [PERSON_3]. And [PERSON_2], and [PERSON_1].",
            "So [PERSON_2] and [PERSON_1].",
        ]
    );
    assert_eq!(
        names,
        [Some("[PERSON_1]".to_owned()), Some("[PERSON_2]".to_owned())]
    );
}

#[test]
fn a_masked_name_is_read_as_a_label() {
    let rules = Rules::parse("[actions]\nPERSON = \"mask\"").unwrap();
    let engine = Engine::with_rules(Replacement::Typed, rules, None);
    assert_eq!(
        chat(&engine, &["C: my name is Peter Wong"]),
        ["my name is [****Wong]"]
    );
}

#[test]
fn own_cues_go_before_built_in_ones_and_announce_any_code() {
    let rules = Rules::parse(
        "[cues.en]\nCUSTOM = [\"locker code\"]\nACCESS_CODE = [\"promo code\"]\n\
         [[patterns]]\nname = \"borders\"\npattern = '\\b'",
    )
    .unwrap();
    let engine = Engine::with_rules(Replacement::Typed, rules, None);
    assert_eq!(
        chat(
            &engine,
            &["C: locker code 4471, promo code 88213, and a word"]
        ),
        ["locker code [CUSTOM], promo code [ACCESS_CODE], and a word"]
    );
}
