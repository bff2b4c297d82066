//! Values to their ends: codes, names and dates of which nothing may be left.

use super::*;

#[test]
fn a_code_is_redacted_whole() {
    expect(&[
        &[(
            "B: Your case is PX-88172-Q.",
            "Your case is [ACCOUNT_NUMBER].",
        )],
        &[("B: Quote QT-5520187 is ready", "Quote [ORDER_ID] is ready")],
        &[(
            "C: what i see is HS0049173 here",
            "what i see is [ACCOUNT_NUMBER] here",
        )],
        &[("C: the code KXW7TR4", "the code [ACCESS_CODE]")],
        &[(
            "B: I see vehicle LX99 ZZA at 23:48",
            "I see vehicle [NATIONAL_ID] at 23:48",
        )],
        &[
            ("B: Your order number?", "Your order number?"),
            ("C: LC-20817. ok?", "[ORDER_ID]. ok?"),
        ],
        &[
            ("C: my password is Tmp!Zarza88", "my password is [PASSWORD]"),
            ("C: so Tmp!Zarza88 it is", "so [PASSWORD] it is"),
        ],
        &[
            ("B: Username and zip?", "Username and zip?"),
            (
                "C: gardengnome_87 zip 97212",
                "[USERNAME] zip [POSTAL_CODE]",
            ),
        ],
        &[(
            "B: Pay at https://pay.example.com/s/8e1c-44QZ-x17a please",
            "Pay at https://pay.example.com/s/[URL] please",
        )],
        &[(
            "B: https://example.com/claim?t=Vb81nnR4eWqa",
            "https://example.com/claim?t=[URL]",
        )],
    ]);
    survive(&[
        "B: It is error ERR-4417-2299, model MX-55201 or KB5034441, see ISO-27001.",
        "B: See https://example.com/help/reset-your-router-2024?lang=en",
        "B: With code SPRING24 it is 10% off.",
        "B: The model number MX-55201 or error code ER-55201, IN10 MIN.",
        "B: We moved to 17:30 for TV.",
    ]);
}

#[test]
fn a_name_is_redacted_whole() {
    expect(&[
        &[("B: So that's Marika van der Hoek?", "So that's [PERSON]?")],
        &[("C: Shaniqua B. , hello", "[PERSON] , hello")],
        &[("B: Dr Abdul Rasheed K.P. is in", "[PERSON] is in")],
        &[(
            "B: I show beneficiary Hyun-woo Bae",
            "I show beneficiary [PERSON]",
        )],
        &[(
            "C: bills in the name of Mr G S Bhogal",
            "bills in the name of [PERSON]",
        )],
        &[
            ("C: i am Rutherford", "i am [PERSON]"),
            ("B: Thank you, Rutherford Quandel.", "Thank you, [PERSON]."),
            ("C: and my wife Zelma Rutherford", "and my wife [PERSON]"),
        ],
        &[(
            "C: my name is spelled N-G-O-Z-I ok",
            "my name is spelled [PERSON] ok",
        )],
        &[(
            "C: it's M A R I K A and not with a c",
            "it's [PERSON] and not with a c",
        )],
        &[(
            "B: Morning! Jools here from sales",
            "Morning! [PERSON] here from sales",
        )],
        &[
            ("B: Your surname?", "Your surname?"),
            ("C: van der Merwe-Botha, thanks", "[PERSON], thanks"),
        ],
    ]);
    survive(&["C: vitamins B C D E K", "C: hi, walk-in or walk-out?"]);
}

#[test]
fn two_questions_at_once_have_two_answers() {
    expect(&[
        &[
            (
                "B: Your booking reference and surname?",
                "Your booking reference and surname?",
            ),
            ("C: k9tt2w nwakandu", "[BOOKING_REFERENCE] [PERSON]"),
        ],
        &[
            (
                "B: Your booking reference and surname?",
                "Your booking reference and surname?",
            ),
            ("C: QX7LMP, Quandelsdorf", "[BOOKING_REFERENCE], [PERSON]"),
        ],
        &[
            (
                "B: Please fill in name and dates of birth:",
                "Please fill in name and dates of birth:",
            ),
            (
                "C: 2001-06-30 and 2004-12-01",
                "[DATE_OF_BIRTH] and [DATE_OF_BIRTH]",
            ),
        ],
    ]);
    survive(&[
        "B: Your name?",
        "C: it broke, everythingg fell down, 4471 parts",
    ]);
}

#[test]
fn italian_and_dutch_are_read() {
    expect(&[
        &[
            (
                "B: Il suo nome e la data di nascita?",
                "Il suo nome e la data di nascita?",
            ),
            (
                "C: Giacomo Quandelli, 3 maggio 79",
                "[PERSON], [DATE_OF_BIRTH]",
            ),
        ],
        &[
            ("B: Wat is uw wachtwoord?", "Wat is uw wachtwoord?"),
            ("C: Zonnebloem!4", "[PASSWORD]"),
        ],
        &[
            ("B: Mag ik uw polisnummer?", "Mag ik uw polisnummer?"),
            ("C: PP 330 118 27", "[POLICY_NUMBER]"),
        ],
        &[
            (
                "B: Ihre Versicherungsscheinnummer bitte?",
                "Ihre Versicherungsscheinnummer bitte?",
            ),
            ("C: KV-77102938", "[POLICY_NUMBER]"),
        ],
    ]);
}

#[test]
fn a_word_that_begins_cues_is_an_ordinary_one_elsewhere() {
    expect(&[
        &[(
            "C: we moved to 14 old quarry rd last week",
            "we moved to [ADDRESS] last week",
        )],
        &[(
            "C: my address is 18 town hall road",
            "my address is [ADDRESS]",
        )],
        &[("C: 75 new quandel ave testville 55012", "[ADDRESS]")],
        &[(
            "C: my new address is 9 home farm lane",
            "my new address is [ADDRESS]",
        )],
    ]);
}

#[test]
fn what_stands_in_brackets_is_no_label_for_it() {
    expect(&[
        &[("C: [*5550100123]", "[*[PHONE]]")],
        &[("C: [acct4111111111111111]", "[[CREDIT_CARD]]")],
        &[("C: [pin 4471]", "[pin [PIN]]")],
        &[("C: [my name is quandel]", "[my name is [PERSON]]")],
    ]);
    survive(&[
        "C: [card number] and [REDACTED], [PERSON_1] and [ORDER_ID_9F86D081884C]",
        "B: [****1234], [image] or [step one]",
    ]);
    expect(&[&[
        ("B: What's the password?", "What's the password?"),
        ("C: [swordfish]", "[[PASSWORD]]"),
    ]]);
}

#[test]
fn a_name_is_remembered_though_it_is_a_street_too() {
    expect(&[&[
        ("C: my name is okonkwo", "my name is [PERSON]"),
        ("C: 12 Okonkwo Street, Leeds", "[ADDRESS]"),
        ("B: thanks okonkwo, all done", "thanks [PERSON], all done"),
    ]]);
    expect(&[
        &[(
            "C: Jools here from the furniture team",
            "[PERSON] here from the furniture team",
        )],
        &[(
            "C: I gave 500 euros to Quandel",
            "I gave 500 euros to [PERSON]",
        )],
    ]);
}

#[test]
fn a_code_in_pairs_answers_who_asks_for_one() {
    expect(&[&[
        (
            "B: Please read the code we texted.",
            "Please read the code we texted.",
        ),
        ("C: 77-41-09", "[ACCESS_CODE]"),
    ]]);
}

#[test]
fn a_date_of_long_ago_is_a_birth() {
    expect(&[
        &[(
            "C: my girl Hanna Olsen (30/11/2011)",
            "my girl [PERSON] ([DATE_OF_BIRTH])",
        )],
        &[("C: keisha olsen 4/17/88", "[PERSON] [DATE_OF_BIRTH]")],
        &[("C: 12/25/1990 xmas baby", "[DATE_OF_BIRTH] xmas baby")],
        &[("C: June 5, 1987", "[DATE_OF_BIRTH]")],
    ]);
    survive(&[
        "C: the log says 1999-05-16 11:28:01",
        "B: The rule is of 12/25/1990.",
        "C: i paid on 3/14/2024",
        "C: since 12/03/1999 the rule is different",
        "C: version 3.5.1950",
    ]);
}

#[test]
fn an_extension_belongs_to_its_number() {
    expect(&[
        &[("C: work 312-555-0111 x204 til 4", "work [PHONE] til 4")],
        &[("C: 312-555-0111 ext. 23", "[PHONE]")],
        &[("C: 312-555-0111, extension: 23", "[PHONE]")],
    ]);
}

#[test]
fn what_is_dictated_or_told_in_passing_is_found() {
    expect(&[
        &[
            ("B: Your PIN please", "Your PIN please"),
            ("C: 4, 4, 7, 1", "[PIN]"),
        ],
        &[
            ("B: What's your email?", "What's your email?"),
            ("C: rosyquandel82 at gmail", "[EMAIL]"),
        ],
        &[(
            "C: my email is rosy underscore quandel at gmail dot com",
            "my email is [EMAIL]",
        )],
        &[(
            "B: I have 3 May 1981 as your date of birth",
            "I have [DATE_OF_BIRTH] as your date of birth",
        )],
        &[(
            "C: born on the twenty first of may nineteen eighty one",
            "born on the [DATE_OF_BIRTH]",
        )],
        &[
            (
                "C: my card is 4111 1111 1111 1111",
                "my card is [CREDIT_CARD]",
            ),
            ("B: And the expiry date?", "And the expiry date?"),
            ("C: 09/29", "[CREDIT_CARD]"),
        ],
        &[(
            "C: please cancel 48213377",
            "please cancel [ACCOUNT_NUMBER]",
        )],
        &[("B: Have a nice day, Mark!", "Have a nice day, [PERSON]!")],
        &[(
            "C: my wife jade made the booking",
            "my wife [PERSON] made the booking",
        )],
        &[("C: it is for mr rosy quandel", "it is for [PERSON]")],
        &[
            ("B: What's your name?", "What's your name?"),
            ("C: rosy quandel", "[PERSON]"),
            (
                "B: I have you down as Rosy Quandel",
                "I have you down as [PERSON]",
            ),
            ("C: thank you so much rosy!", "thank you so much [PERSON]!"),
        ],
        &[
            ("B: Your date of birth?", "Your date of birth?"),
            ("C: july fourteen nineteen eighty two", "[DATE_OF_BIRTH]"),
        ],
    ]);
    survive(&[
        "C: i need sizes 4, 5, 6, 7",
        "C: QUIERO CANCELAR MI SUSCRIPCION",
        "C: my friend said it was fine",
        "B: First, may I ask why you need it?",
        "C: my twins came first, third, fifth",
        "C: it works at gmail support",
        "C: my brother mark it as gift",
        "C: we sold 1234567 units",
        "B: Error 80070005 when installing",
    ]);
    expect(&[
        &[(
            "C: my colleague john smith said it was fine",
            "my colleague [PERSON] said it was fine",
        )],
        &[(
            "C: mon numéro de commande est KXQZPM",
            "mon numéro de commande est [ORDER_ID]",
        )],
        &[(
            "C: MY ORDER NUMBER IS QWERTYU",
            "MY ORDER NUMBER IS [ORDER_ID]",
        )],
        &[("C: exp 12/27", "exp [CREDIT_CARD]")],
    ]);
    // Neither ends a turn before it begins.
    for said in [
        "C: first of june nineteen",
        "C: x may nineteen",
        "C: case. dezembro\nnineteen",
    ] {
        chat(
            &Engine::new(Replacement::Typed),
            &["B: Your date of birth?", said],
        );
    }
    // No value is in what only begins like a date.
    survive(&["C: my twins were born first, third, fifth"]);
    survive(&["B: What is your date of birth?", "C: third time you ask"]);
}

#[test]
fn what_is_told_of_oneself_is_found_in_any_order() {
    expect(&[
        &[(
            "C: 12/03/1987 is my date of birth",
            "[DATE_OF_BIRTH] is my date of birth",
        )],
        &[("C: d.o.b. 12/03/1987", "d.o.b. [DATE_OF_BIRTH]")],
        &[(
            "C: i was born on the third of may 1987",
            "i was born on the [DATE_OF_BIRTH]",
        )],
        &[(
            "C: my mother's maiden name is fluffy",
            "my mother's maiden name is [SECURITY_ANSWER]",
        )],
        &[(
            "C: my security answer is river school",
            "my security answer is [SECURITY_ANSWER]",
        )],
    ]);
    survive(&[
        "C: my security answer is wrong",
        "C: my security answer is not accepted",
        "C: the third time this happens",
        "C: p.s. thanks, e.g. the router",
    ]);
}
