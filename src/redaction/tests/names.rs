//! Names, and what stands before them.

use super::*;

#[test]
fn who_says_a_name_is_called_so_whatever_else_the_word_is() {
    expect(&[
        &[(
            "C: my last name is bubble and my order is late",
            "my last name is [PERSON] and my order is late",
        )],
        &[("C: my name is tanner", "my name is [PERSON]")],
        &[(
            "C: last name stone booking number br 549",
            "last name [PERSON] booking number [BOOKING_REFERENCE]",
        )],
        &[(
            "C: mr stone and 125 dfc",
            "[PERSON] and [BOOKING_REFERENCE]",
        )],
        &[(
            "C: michelle quandelska will call you",
            "[PERSON] will call you",
        )],
    ]);
    survive(&[
        "C: my name is misspelled",
        "C: my surname is close to the limit",
        "C: my name is confidential",
        "B: Host name, date and time?",
        "C: i need a dr appt",
    ]);
}

#[test]
fn a_name_that_was_asked_for_is_found_behind_what_leads_to_it() {
    expect(&[
        &[
            (
                "B: The other driver's name, please?",
                "The other driver's name, please?",
            ),
            ("C: he said quandela stone", "he said [PERSON]"),
        ],
        &[
            ("B: The name on the account?", "The name on the account?"),
            ("C: my dads, Leonidas Quandel", "my dads, [PERSON]"),
        ],
        &[
            ("B: Your name and PIN?", "Your name and PIN?"),
            ("C: edwin tulip 9021", "[PERSON] [PIN]"),
        ],
        &[(
            "C: it belongs to Per-Olof Quandel",
            "it belongs to [PERSON]",
        )],
    ]);
}

#[test]
fn what_a_bank_calls_an_account_announces_its_number() {
    expect(&[
        &[("C: my savings is 6704", "my savings is [ACCOUNT_NUMBER]")],
        &[("C: and my ss is 8618", "and my ss is [SSN]")],
        &[(
            "B: The PUK in case you need it is 48120937.",
            "The PUK in case you need it is [PIN].",
        )],
    ]);
    survive(&[
        "C: chrome 120.0.6099.129 with driver 31.0.101.5186",
        "B: Tuesday 9-11 or Thu 1-3?",
    ]);
}

#[test]
fn initials_titles_and_particles_belong_to_a_name() {
    expect(&[
        &[("B: Ask Ms. P. Quandelska.", "Ask [PERSON].")],
        &[("C: it is for mrs j quandel", "it is for [PERSON]")],
        &[(
            "C: Sent from my phone. D. Quandelska",
            "Sent from my phone. [PERSON]",
        )],
        &[(
            "B: Komt in orde, mevrouw De Quandel.",
            "Komt in orde, [PERSON].",
        )],
        &[(
            "C: bonjour c est pour mme quandeloré merci beaucoup",
            "bonjour c est pour [PERSON] merci beaucoup",
        )],
        &[(
            "C: From: Quandelcruz, Ramon P.\nSubject: your invoice",
            "From: [PERSON]\nSubject: your invoice",
        )],
        &[("C: This is Tomaszina Olsen again", "This is [PERSON] again")],
    ]);
    expect(&[
        &[("C: Plan B. Kevin agreed", "Plan B. [PERSON] agreed")],
        &[("C: Zorvento, Kevin is here", "Zorvento, [PERSON] is here")],
    ]);
    survive(&[
        "B: Plan B. Installation takes an hour.",
        "C: dr i needd help asap",
        "C: it should say Delivered on the page",
    ]);
}

#[test]
fn a_relation_leads_to_a_name() {
    expect(&[
        &[("C: text me or my gf dani", "text me or my gf [PERSON]")],
        &[(
            "C: i have to pay my son back and hes tyrone quandel",
            "i have to pay my son back and hes [PERSON]",
        )],
        &[(
            "C: it was sold to my father, Quandelius Olsen, by phone",
            "it was sold to my father, [PERSON], by phone",
        )],
        &[
            (
                "B: What have you got it down under?",
                "What have you got it down under?",
            ),
            ("C: quandelov", "[PERSON]"),
        ],
    ]);
}

#[test]
fn a_known_name_takes_its_surname_along_in_small_letters() {
    expect(&[&[
        (
            "B: Thanks Quandelo, one moment.",
            "Thanks [PERSON], one moment.",
        ),
        ("C: quandelo de zorbelis", "[PERSON]"),
        (
            "C: it should be under my full name, quandelo zorbelis please",
            "it should be under my full name, [PERSON] please",
        ),
        ("C: quandelo needs it", "[PERSON] needs it"),
    ]]);
}

#[test]
fn a_name_of_no_list_is_told_by_its_form() {
    expect(&[
        &[(
            "C: Have you heard of Zorvil G Quandelov before?",
            "Have you heard of [PERSON] before?",
        )],
        &[(
            "C: it was written by Zorvila Quandelsdottir",
            "it was written by [PERSON]",
        )],
        &[(
            "C: Quandelio Zorvento lives at 12 Mill Lane",
            "[PERSON] lives at [ADDRESS]",
        )],
        &[(
            "C: kevin is very helpful but slow",
            "[PERSON] is very helpful but slow",
        )],
        &[(
            "C: i think tyrone will call you",
            "i think [PERSON] will call you",
        )],
    ]);
    survive(&[
        "C: my Zorvento S Pen broke",
        "C: the Quandelix Zorvex tablet",
        "C: the corona and the lime",
        "C: san francisco is cold",
    ]);
}
