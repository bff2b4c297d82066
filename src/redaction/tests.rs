//! The engine as a whole, on invented chats.

mod addresses;
mod logins;
mod names;
mod ordinary;
mod people;
mod policy;
mod shapes;
mod told;
mod whole;

use super::*;

/// Redacts a chat; turns of the business begin with "B: ", of the customer with "C: ".
fn chat(engine: &Engine, turns: &[&str]) -> Vec<String> {
    chat_between(engine, &[], turns).0
}

/// The same between `participants`, whose names are redacted, too.
fn chat_between(
    engine: &Engine,
    participants: &[&str],
    turns: &[&str],
) -> (Vec<String>, Vec<Option<String>>) {
    let turns: Vec<Turn<'_>> = turns
        .iter()
        .map(|turn| Turn {
            side: if turn.starts_with("B: ") {
                Side::Business
            } else {
                Side::Customer
            },
            text: &turn[3..],
        })
        .collect();
    let redacted = engine.redact(&Conversation {
        turns: &turns,
        redact_from: 0,
        participants,
    });
    let texts = redacted.verdicts.into_iter().map(|verdict| match verdict {
        Verdict::Redacted(redacted) => redacted.text.into_owned(),
        Verdict::Withheld { residual } => format!("withheld: {residual}"),
    });
    let names = redacted.participants.into_iter();
    (
        texts.collect(),
        names.map(|name| Some(name?.into_owned())).collect(),
    )
}

/// Each chat with what its turns must become.
fn expect(chats: &[&[(&str, &str)]]) {
    let engine = Engine::new(Replacement::Typed);
    let mut wrong = Vec::new();
    for rows in chats {
        let turns: Vec<&str> = rows.iter().map(|row| row.0).collect();
        for (redacted, (turn, expected)) in chat(&engine, &turns).iter().zip(*rows) {
            if redacted != expected {
                wrong.push(format!("{turn:?}: {redacted:?} is not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Turns that stay as they are.
fn survive(turns: &[&str]) {
    let rows: Vec<(&str, &str)> = turns.iter().map(|turn| (*turn, &turn[3..])).collect();
    expect(&[&rows]);
}

#[test]
fn cues_in_the_message_announce_values() {
    expect(&[
        &[("C: my pin is 4471, thanks", "my pin is [PIN], thanks")],
        &[("C: order id: 77120", "order id: [ORDER_ID]")],
        &[("C: 4471 is my pin", "[PIN] is my pin")],
        &[(
            "C: my website is https://www.quell-photos.example.com/me, look",
            "my website is [URL], look",
        )],
        &[(
            "C: my order number on your website came up as 77120",
            "my order number on your website came up as [ORDER_ID]",
        )],
        &[
            ("B: What is your full name?", "What is your full name?"),
            ("C: same as on the website", "same as on the website"),
            ("C: zorvik quandel", "[PERSON]"),
        ],
        &[(
            "C: the pin could be either 1596 or 0314",
            "the pin could be either [PIN] or [PIN]",
        )],
        &[(
            "C: my name is Nadira Quell and I am late",
            "my name is [PERSON] and I am late",
        )],
        &[(
            "C: I'm Joanna. My account id is QX7PLT90ZZ",
            "I'm [PERSON]. My account id is [ACCOUNT_NUMBER]",
        )],
        &[("C: username is jquell7", "username is [USERNAME]")],
        &[(
            "C: my password is Tulip!2024.",
            "my password is [PASSWORD].",
        )],
        &[(
            "C: I was born on May 3rd 1980",
            "I was born on [DATE_OF_BIRTH]",
        )],
        &[("C: ssn last four 6630", "ssn last four [SSN]")],
        &[(
            "C: send it to 12 Walnut Grove Road, Springfield, IL 62704 please",
            "send it to [ADDRESS] please",
        )],
        &[("C: hey, Joanna here", "hey, [PERSON] here")],
        &[(
            "C: we are in SW1A 2AA or K1A 0B1 now",
            "we are in [POSTAL_CODE] or [POSTAL_CODE] now",
        )],
    ]);
}

#[test]
fn addresses_are_taken_from_the_house_number_to_the_country() {
    for address in [
        "118-04 Larch Avenue",
        "9012/33 Larch Avenue",
        "2750 Broadway",
        "14 rue Lucien d'Orval, 99013",
        "31bis avenue Lucien Orval, 99013",
        "77 Larch Circle B",
        "77 Larch St. Apt. 4",
        "77 Larch Street, Springfield, united states",
        "5 Lower Larchveld, Cape Town City Centre",
    ] {
        expect(&[&[(
            &format!("B: It is located at {address}."),
            "It is located at [ADDRESS].",
        )]]);
    }
    // Without capitals, to the last word that no dictionary has, and to the state and the postcode.
    expect(&[
        &[("C: 77 larch street avondell ma 2722", "[ADDRESS]")],
        &[(
            "C: address is 77 larch street suite 5 new york thanks",
            "address is [ADDRESS] thanks",
        )],
        &[("C: 77 larch ave quimberley", "[ADDRESS]")],
    ]);
    survive(&[
        "C: I have 2 Broadway tickets",
        "C: your website is slow. the website www.example.com does not load",
        "B: Our website is https://www.example.com/help",
        "B: We are open 24/7 street side",
    ]);
}

#[test]
fn four_pairs_of_digits_are_a_phone_number_and_three_are_not() {
    expect(&[
        &[("C: ring 41-22-63-70 tonight", "ring [PHONE] tonight")],
        &[("C: try 1234 0000 after six", "try [PHONE] after six")],
        &[("C: try 2034 5678 after six", "try [PHONE] after six")],
        &[(
            "C: it cost 20$ 555-1234 after six",
            "it cost 20$ [PHONE] after six",
        )],
        &[("C: ring 41 22 63 70 18.", "ring [PHONE].")],
    ]);
    survive(&[
        "C: we won 21 19 22 in sets",
        "C: between 10-12-24 and 11-12-24",
    ]);
}

#[test]
fn names_are_taken_whole() {
    expect(&[
        &[(
            "C: my name is joanna brown and i am late",
            "my name is [PERSON] and i am late",
        )],
        &[("B: Tom I. Quell called", "[PERSON] called")],
        &[(
            "C: send it to Aunt Joanna today",
            "send it to [PERSON] today",
        )],
        &[("C: my password is quv 381", "my password is [PASSWORD]")],
    ]);
}

#[test]
fn questions_open_expectations() {
    expect(&[
        &[
            (
                "B: Can I have your full name?",
                "Can I have your full name?",
            ),
            ("C: quell nadira", "[PERSON]"),
            (
                "B: And your account number, please?",
                "And your account number, please?",
            ),
            ("C: sure, it is 847 291", "sure, it is [ACCOUNT_NUMBER]"),
            ("B: And the PIN?", "And the PIN?"),
            ("C: 4471", "[PIN]"),
            ("C: no, 4417", "no, [PIN]"),
        ],
        &[
            (
                "B: What was the name of your first pet?",
                "What was the name of your first pet?",
            ),
            ("C: walnut", "[SECURITY_ANSWER]"),
            (
                "B: Could you provide your date of birth?",
                "Could you provide your date of birth?",
            ),
            ("C: the 3rd of May 1980", "the [DATE_OF_BIRTH]"),
        ],
        &[
            ("C: my email is", "my email is"),
            ("C: jo@example.com", "[EMAIL]"),
            (
                "B: What address should we ship to?",
                "What address should we ship to?",
            ),
            ("C: 12 walnut grove springfield il", "[ADDRESS]"),
        ],
    ]);
}

#[test]
fn a_value_that_the_business_reads_back_may_be_corrected() {
    expect(&[
        &[
            (
                "B: Is your account number 88213?",
                "Is your account number [ACCOUNT_NUMBER]?",
            ),
            ("C: no, 447", "no, [ACCOUNT_NUMBER]"),
        ],
        &[
            (
                "B: Please enter your PIN [PIN_CODE]",
                "Please enter your PIN [PIN_CODE]",
            ),
            ("C: 447", "[PIN]"),
        ],
    ]);
}

#[test]
fn a_question_for_something_else_closes_the_expectation() {
    expect(&[&[
        ("B: Your full name, please?", "Your full name, please?"),
        ("C: one moment", "one moment"),
        ("B: For how many people?", "For how many people?"),
        ("C: 250", "250"),
        ("B: What time suits you?", "What time suits you?"),
        ("C: 1830", "1830"),
    ]]);
}

#[test]
fn what_was_found_once_is_found_everywhere() {
    expect(&[&[
        ("B: Hi, is Nadira there?", "Hi, is [PERSON] there?"),
        ("C: my name is Nadira Quell", "my name is [PERSON]"),
        (
            "B: Thanks Nadira, one moment, Quell is a customer.",
            "Thanks [PERSON], one moment, [PERSON] is a customer.",
        ),
        (
            "C: my account number is 84729183",
            "my account number is [ACCOUNT_NUMBER]",
        ),
        ("B: So 8472-9183?", "So [ACCOUNT_NUMBER]?"),
    ]]);
}

#[test]
fn participants_are_known_from_the_start() {
    let engine = Engine::new(Replacement::Typed);
    let (texts, _) = chat_between(
        &engine,
        &["Zorvane Quell", "agent"],
        &["B: is zorvane with you"],
    );
    assert_eq!(texts, ["is [PERSON] with you"]);
}

#[test]
fn values_in_pieces_are_joined() {
    expect(&[
        &[
            ("C: the number is", "the number is"),
            ("C: 415", "[ACCOUNT_NUMBER]"),
            ("C: 555", "[ACCOUNT_NUMBER]"),
            ("C: 0143", "[ACCOUNT_NUMBER]"),
        ],
        &[("C: 3", "3"), ("C: 12", "12")],
    ]);
}

#[test]
fn disguises_do_not_help() {
    expect(&[
        &[("C: call \u{ff15}\u{ff15}\u{ff15}-010-4477", "call [PHONE]")],
        &[(
            "C: five five five zero one zero four four double seven",
            "[ACCOUNT_NUMBER]",
        )],
        &[("C: john dot doe at example dot com", "[EMAIL]")],
        &[("C: john (at) example (dot) com", "[EMAIL]")],
        &[("C: john @ example . com", "[EMAIL]")],
        &[("C: my mail is janegmailcom", "my mail is [EMAIL]")],
        &[("C: call me on 4O8-395-l222", "call me on [PHONE]")],
        &[("C: j\u{200b}o@ex\u{200b}ample.com", "[EMAIL]")],
    ]);
}

#[test]
fn everyday_numbers_and_words_survive() {
    survive(&[
        "B: Hello, how can I help?",
        "C: I paid $1,250.00 for 3 items on 2026-01-03",
        "C: it is version 10.4, 250 GB, size 42",
        "B: That is 20 % off at 5:30 pm.",
        "C: my name is not on the list",
        "C: I am happy with my account",
        "C: I'm looking for a hotel in San Diego",
        "C: is the promo code SPRING still good?",
        "C: the password is wrong",
        "C: see 550e8400-e29b-41d4-a716-446655440000 for more",
        "C: walk 2 blocks and turn left at the square",
    ]);
}

#[test]
fn other_languages_have_cues_too() {
    expect(&[
        &[
            (
                "B: ¿Me dice su número de cuenta, por favor?",
                "¿Me dice su número de cuenta, por favor?",
            ),
            ("C: es 84729", "es [ACCOUNT_NUMBER]"),
            ("C: me llamo Nadira Quell", "me llamo [PERSON]"),
        ],
        &[
            (
                "B: Wie lautet Ihre Kundennummer?",
                "Wie lautet Ihre Kundennummer?",
            ),
            ("C: 84729", "[ACCOUNT_NUMBER]"),
            ("C: mein Name ist Jürgen Quell", "mein Name ist [PERSON]"),
        ],
        &[
            (
                "B: Votre numéro de commande ?",
                "Votre numéro de commande ?",
            ),
            ("C: 84729", "[ORDER_ID]"),
            ("C: je m'appelle Nadira Quell", "je m'appelle [PERSON]"),
        ],
        &[
            ("B: Qual é o número da conta?", "Qual é o número da conta?"),
            ("C: 84729", "[ACCOUNT_NUMBER]"),
            ("C: meu nome é Nadira Quell", "meu nome é [PERSON]"),
        ],
    ]);
}

#[test]
fn labels_of_other_redactors_are_left_and_not_counted() {
    survive(&[
        "B: Your card number, please?",
        "C: [card number]",
        "C: my card is XXXX XXXX XXXX",
    ]);
}
