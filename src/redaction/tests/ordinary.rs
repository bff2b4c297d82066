//! What people write to a shop every day: who they are and what they want.

use super::*;

#[test]
fn what_a_business_says_of_itself_and_its_goods_survives() {
    survive(&[
        "B: Welcome to Zorvento Support!",
        "B: This is Zorvento Support.",
        "B: I'm the Zorvento Bot.",
        "B: Your parcel should arrive on 5 January.",
        "B: Your bill of 12 Sept is paid, the next is due on 7 Jan.",
        "B: Das ist am 15. Juni oder am 1. Juli.",
        "C: does the Zorstation 5 work with the Quellbook 14",
        "C: is Quellfox 120 supported",
        "C: my Dell laptop fell on my Kia key",
        "C: Una pregunta, abierto de lunes a domingo?",
        "C: what does error 0x80070005 mean",
        "C: a flight from Texas to Florida",
        "C: i'm from Kenya but live in Nairobi",
        "C: ok thanks. i hope i don't need it",
        "C: my name is long and does not fit",
        "B: You can sort your code by 20-14-53",
    ]);
}

#[test]
fn names_that_are_also_words_are_found_where_somebody_is_spoken_to() {
    expect(&[
        &[(
            "B: Hi Mark, thanks for waiting.",
            "Hi [PERSON], thanks for waiting.",
        )],
        &[("B: Dear Hope,", "Dear [PERSON],")],
        &[("B: Thank you, Will.", "Thank you, Will.")],
        &[("B: Hello Victoria!", "Hello [PERSON]!")],
        &[("C: good morning mandy", "good morning [PERSON]")],
        &[(
            "C: my name is mark and i need a refund",
            "my name is [PERSON] and i need a refund",
        )],
        &[(
            "C: first name Will last name Quell",
            "first name [PERSON] last name [PERSON]",
        )],
        &[("C: My name is April", "My name is [PERSON]")],
        &[(
            "C: i want to know whether i spoke to kevin",
            "i want to know whether i spoke to [PERSON]",
        )],
        &[(
            "C: I spoke to Bill Stone last week",
            "I spoke to [PERSON] last week",
        )],
        &[(
            "C: Linda Hill from accounts asked me",
            "[PERSON] from accounts asked me",
        )],
        &[(
            "C: steve from support said so",
            "[PERSON] from support said so",
        )],
        &[
            ("B: Who am I speaking to?", "Who am I speaking to?"),
            ("C: bob", "[PERSON]"),
        ],
        &[
            ("B: What is your name?", "What is your name?"),
            ("C: bill and order 447112", "[PERSON] and order [ORDER_ID]"),
        ],
    ]);
}

#[test]
fn a_signature_is_a_name() {
    expect(&[
        &[(
            "C: Please refund me.\nKind regards,\nMark",
            "Please refund me.\nKind regards,\n[PERSON]",
        )],
        &[(
            "C: Please refund me.\nRegards\nZorvik Quandel\n555-010-4477",
            "Please refund me.\nRegards\n[PERSON]\n[PHONE]",
        )],
        &[("C: Many thanks\n\nJ. Quandel", "Many thanks\n\n[PERSON]")],
        &[("C: Thanks,\nmy order is late", "Thanks,\nmy order is late")],
        &[("C: Regards\nMarco", "Regards\n[PERSON]")],
        &[("C: Gracias\nPerfecto.", "Gracias\nPerfecto.")],
        &[("C: Thanks!\nBlack, size 10", "Thanks!\nBlack, size 10")],
        &[(
            "B: Kind regards,\nZorvento Support",
            "Kind regards,\nZorvento Support",
        )],
    ]);
}

#[test]
fn a_name_may_be_spelled_letter_by_letter() {
    expect(&[
        &[("C: thats Q U A N D E L", "thats [PERSON]")],
        &[("C: Q-U-A-N-D-E-L. ok", "[PERSON]. ok")],
        &[("C: a b c d", "a b c d")],
        &[("C: I'm a U.S. citizen", "I'm a U.S. citizen")],
        &[("C: vitamins B C D E K", "vitamins B C D E K")],
        &[("C: A B C D E F", "A B C D E F")],
    ]);
}

#[test]
fn passwords_and_login_names_are_taken_with_their_signs() {
    expect(&[
        &[("C: my password is P@ssw0rd!", "my password is [PASSWORD]!")],
        &[(
            "C: the wifi password on the router is hT7kLp2Q",
            "the wifi password on the router is [PASSWORD]",
        )],
        &[
            (
                "B: Which password did you set?",
                "Which password did you set?",
            ),
            ("C: Quell_1905", "[PASSWORD]"),
        ],
        &[
            ("B: And your username?", "And your username?"),
            ("C: its quell_b_77", "its [USERNAME]"),
        ],
    ]);
}

#[test]
fn what_is_said_of_a_password_is_none() {
    survive(&[
        "C: I forgot my password, the error is E1042X",
        "C: The password must be changed because the error is E1042X",
        "B: Your username is *always* your email",
        "B: Your password is **case-sensitive** here",
    ]);
    // One by one they would be found in one pass after the other, and the message would be withheld.
    let chain = "my password is A1bcd is B2cde is C3def is D4efg is E5fgh is F6ghi ok";
    let engine = Engine::new(Replacement::Typed);
    let redacted = chat(&engine, &[&format!("C: {chain}")]);
    assert!(!redacted[0].starts_with("withheld"), "{redacted:?}");
}

#[test]
fn a_name_that_is_also_a_month_or_a_word_elsewhere_is_one() {
    expect(&[
        &[(
            "C: I spoke with Marco yesterday",
            "I spoke with [PERSON] yesterday",
        )],
        &[(
            "C: I talked to Jan about this",
            "I talked to [PERSON] about this",
        )],
        &[(
            "C: I spoke to Max yesterday",
            "I spoke to [PERSON] yesterday",
        )],
        &[("C: please call Rosa back", "please call [PERSON] back")],
        &[(
            "C: Your contact is Zorvik Quandel",
            "Your contact is [PERSON]",
        )],
    ]);
}

#[test]
fn numbers_of_cards_banks_and_parcels_are_found_as_they_are_asked_for() {
    expect(&[
        &[
            (
                "B: Can you give me the three digits on the back of your card?",
                "Can you give me the three digits on the back of your card?",
            ),
            ("C: 737", "[ACCESS_CODE]"),
        ],
        &[(
            "C: my sort code is 20-14-53",
            "my sort code is [ROUTING_NUMBER]",
        )],
        &[
            ("B: What is your sort code?", "What is your sort code?"),
            ("C: 20-14-53", "[ROUTING_NUMBER]"),
        ],
        &[(
            "C: my parcel JD014600003828392014 is lost",
            "my parcel [ACCOUNT_NUMBER] is lost",
        )],
        &[("C: where is AB123456789GB?", "where is [ACCOUNT_NUMBER]?")],
        &[("C: (tracking:AB123456789GB)", "(tracking:[ACCOUNT_NUMBER])")],
        &[("C: built at 20240115T103000Z", "built at 20240115T103000Z")],
    ]);
}

#[test]
fn addresses_are_found_with_their_unit_and_without_a_street_word() {
    expect(&[
        &[("C: flat 3b, 22 quell road, leeds", "[ADDRESS]")],
        &[("C: wir wohnen Lindenweg 5", "wir wohnen [ADDRESS]")],
        &[("C: to 49 Bergquell 43", "to [ADDRESS]")],
        &[
            (
                "B: Your delivery address, please?",
                "Your delivery address, please?",
            ),
            ("C: 12 Quellcrest", "[ADDRESS]"),
        ],
        &[(
            "C: please deliver to Quell Cottage, Larch Lane, Ashford",
            "please deliver to [ADDRESS]",
        )],
        &[
            (
                "B: What's your delivery address?",
                "What's your delivery address?",
            ),
            ("C: quell cottage, larch lane", "[ADDRESS]"),
        ],
    ]);
}

#[test]
fn a_year_or_a_round_number_behind_a_word_is_no_code() {
    survive(&["C: since 2009", "C: fiber 500", "C: can i put 20000"]);
}
