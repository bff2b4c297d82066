//! Who somebody is, in the words of everyday.

use super::*;

#[test]
fn whoever_is_named_with_others_or_as_kin_is_named() {
    expect(&[
        &[(
            "C: the passengers are Liam Brandt, Quor Haddel and Zuki Tanaqua, all adults",
            "the passengers are [PERSON], [PERSON] and [PERSON], all adults",
        )],
        &[
            ("B: And the passenger names?", "And the passenger names?"),
            (
                "C: Jade West, Miles West and Penny West",
                "[PERSON], [PERSON] and [PERSON]",
            ),
        ],
        &[
            ("B: Passenger names please", "Passenger names please"),
            ("C: 1. Lily Stone\n2. Max Stone", "1. [PERSON]\n2. [PERSON]"),
        ],
        &[(
            "C: i spoke to tony and rob and sue",
            "i spoke to [PERSON] and [PERSON] and [PERSON]",
        )],
        &[(
            "C: Liam Brandt, Quor Haddel and Zuki Tanaqua",
            "[PERSON], [PERSON] and [PERSON]",
        )],
        &[("C: hi mark here, any news?", "hi [PERSON] here, any news?")],
        &[("C: my wife is joy", "my wife is [PERSON]")],
        &[(
            "C: the booking is under Quaxley",
            "the booking is under [PERSON]",
        )],
        &[("C: hi im mark, any news?", "hi im [PERSON], any news?")],
        &[("C: it is under my wife joy", "it is under my wife [PERSON]")],
        &[(
            "C: the booking is in the name of Sharp",
            "the booking is in the name of [PERSON]",
        )],
        &[(
            "C: please cancel my subscription.\nPriyandra",
            "please cancel my subscription.\n[PERSON]",
        )],
    ]);
    survive(&[
        "C: my wife will be there and my son may come",
        "C: hi, can you mark it as a gift",
        "C: hi im young, is there a discount?",
        "C: Still nothing.\nHelloooo",
        "C: the bus stops at Fobrin and Quellar",
    ]);
}

#[test]
fn what_is_said_in_another_place_of_the_sentence_is_still_told() {
    expect(&[
        &[(
            "C: the cvv on the back is 412",
            "the cvv on the back is [ACCESS_CODE]",
        )],
        &[("C: cvv on the back 412", "cvv on the back [ACCESS_CODE]")],
        &[("C: my plate is AB-123-CD", "my plate is [NATIONAL_ID]")],
        &[("C: i live on Mapleton Road 5", "i live on [ADDRESS]")],
        &[
            (
                "B: Where shall we deliver it?",
                "Where shall we deliver it?",
            ),
            ("C: lindenallee 4", "[ADDRESS]"),
        ],
        &[("C: my dob is 1979", "my dob is [DATE_OF_BIRTH]")],
        &[("C: i was born in 1979", "i was born in [DATE_OF_BIRTH]")],
        &[
            ("B: What year were you born?", "What year were you born?"),
            ("C: 1979", "[DATE_OF_BIRTH]"),
        ],
        &[("C: my policy POL-99182-A", "my policy [POLICY_NUMBER]")],
        &[("C: vivo en calle mayor 12", "vivo en [ADDRESS]")],
        &[("C: moro na rua das flores, 120", "moro na [ADDRESS]")],
        &[(
            "C: wallet 0x71C7656EC7ab88b098defB751B7401B5f6d8976F",
            "wallet [ACCOUNT_NUMBER]",
        )],
        &[
            ("B: What's the street?", "What's the street?"),
            ("C: Quellthorn drive", "[ADDRESS]"),
        ],
        &[
            ("B: What's the street?", "What's the street?"),
            ("C: it's on Rosewood Avenue, number 12", "it's on [ADDRESS]"),
        ],
    ]);
    survive(&[
        "C: via email 24 hours later, place order 12",
        "C: paguei via pix 2 vezes, la calle esta cortada, 12 coches",
        "C: the webinar goes live on 3 March, our shop was born in 1979",
        "B: Would you like us to deliver it?",
        "C: tomorrow at 10 please",
        "B: Where shall we deliver it?",
        "C: order 12",
        "C: my account is under review, the order is under 50 dollars",
    ]);
}

#[test]
fn who_is_greeted_or_told_of_is_found() {
    expect(&[
        &[("C: hi daisy how are you", "hi [PERSON] how are you")],
        &[(
            "C: thanks drew i would like a diet coke",
            "thanks [PERSON] i would like a diet coke",
        )],
        &[("C: Bob came yesterday", "[PERSON] came yesterday")],
        &[(
            "C: I want to complain about Rich who served me",
            "I want to complain about [PERSON] who served me",
        )],
        &[(
            "C: It works.\nCheers\nsteve b",
            "It works.\nCheers\n[PERSON]",
        )],
    ]);
    survive(&[
        "C: hello hope i can get a refund",
        "C: thanks love i will wait",
        "C: i know rich people who pay less",
        "C: Plan\nB",
    ]);
}

#[test]
fn the_password_beside_a_login_is_found() {
    expect(&[
        &[(
            "C: login details are fred.b / Monkey12",
            "login details are [USERNAME] / [PASSWORD]",
        )],
        &[(
            "C: my password used to be liverpool8",
            "my password used to be [PASSWORD]",
        )],
        &[("C: password: correct-horse-battery", "password: [PASSWORD]")],
    ]);
    survive(&[
        "C: my login is jammed / 24h now",
        "C: the password is case-sensitive",
        "C: my Skype: crashes-a-lot",
    ]);
}

#[test]
fn what_answers_a_question_in_few_words_is_found() {
    expect(&[
        &[
            ("B: and the house number?", "and the house number?"),
            ("C: 7", "[ADDRESS]"),
        ],
        &[
            (
                "B: can I take your date of birth?",
                "can I take your date of birth?",
            ),
            (
                "C: the fourteenth of july nineteen eighty two",
                "the [DATE_OF_BIRTH]",
            ),
        ],
        &[(
            "C: i am 45 years old born in 1979 in leeds",
            "i am 45 years old born in [DATE_OF_BIRTH] in leeds",
        )],
        &[(
            "C: Ich wohne in der Hauptstr. 5a, 22303 Hamburg",
            "Ich wohne in der [ADDRESS]",
        )],
        &[("C: placa ABC1D23", "placa [NATIONAL_ID]")],
    ]);
    survive(&[
        "C: our shop was born in 1979",
        "C: the store on Hauptstr. is closed",
    ]);
}

#[test]
fn relatives_and_those_whom_one_thanks_are_found() {
    expect(&[
        &[(
            "C: and my son jaylen was born march 3 2016",
            "and my son [PERSON] was born [DATE_OF_BIRTH]",
        )],
        &[(
            "C: no thank you charlie i am done with my order",
            "no thank you [PERSON] i am done with my order",
        )],
        &[(
            "C: hey it's faith again, any news?",
            "hey it's [PERSON] again, any news?",
        )],
        &[(
            "C: name is happy singh gill and i lost my papers",
            "name is [PERSON] and i lost my papers",
        )],
        &[(
            "C: Wojciech Brzozowski, W-o-j-c-i-e-c-h",
            "[PERSON], [PERSON]",
        )],
        &[
            (
                "B: À quel nom, s'il vous plaît ?",
                "À quel nom, s'il vous plaît ?",
            ),
            ("C: thierry lagarrigue", "[PERSON]"),
            (
                "B: Merci M. Lagarrigue, on vous rappelle.",
                "Merci [PERSON], on vous rappelle.",
            ),
        ],
        &[(
            "C: hola, la reserva a nombre de kiko, gracias por todo",
            "hola, la reserva a nombre de [PERSON], gracias por todo",
        )],
    ]);
    survive(&[
        "C: my son is ill and my daughter was at school",
        "C: thank you so much i will wait",
        "C: the name is not singular",
    ]);
}

#[test]
fn what_is_signed_in_with_is_found_in_other_languages() {
    expect(&[
        &[(
            "C: no puedo entrar, usuario tati.moura, clave Flamengo@81",
            "no puedo entrar, usuario [USERNAME], clave [PASSWORD]",
        )],
        &[(
            "C: impossible de me connecter, mot de passe Licorne*44",
            "impossible de me connecter, mot de passe [PASSWORD]",
        )],
        &[(
            "C: ma plaque c'est FT-482-QL",
            "ma plaque c'est [NATIONAL_ID]",
        )],
        &[(
            "C: Wir wohnen jetzt Am Mühlbach 3, 83022 Rosenheim",
            "Wir wohnen jetzt [ADDRESS]",
        )],
        &[(
            "C: card 4111 1111 1111 1111, valid until 09/27",
            "card [CREDIT_CARD], valid until [CREDIT_CARD]",
        )],
        &[(
            "C: my card 4111 1111 1111 1111 exp 09/27 123",
            "my card [CREDIT_CARD] exp [CREDIT_CARD] [ACCESS_CODE]",
        )],
        &[(
            "C: my meter swap, ref MX/20/5518",
            "my meter swap, ref [BOOKING_REFERENCE]",
        )],
    ]);
    survive(&[
        "C: my login is broken.please help",
        "C: the offer ends 09/27 and costs 3/4",
        "C: Bestellung 3, 20000 Punkte fehlen",
    ]);
}

#[test]
fn whoever_begins_with_a_name_and_what_was_asked_for_is_named() {
    expect(&[
        &[("C: frederick ktr 482", "[PERSON] [BOOKING_REFERENCE]")],
        &[("C: edwin ssn 4417", "[PERSON] ssn [SSN]")],
        &[(
            "C: edwin ssn 4417 my account no 2093 other account no 2094",
            "[PERSON] ssn [SSN] my account no [ACCOUNT_NUMBER] other account no [ACCOUNT_NUMBER]",
        )],
        &[("C: edwin moonbeam", "[PERSON]")],
        &[("C: potter edwin", "[PERSON]")],
        &[("C: grant potter", "[PERSON]")],
        &[("C: my name is mark edwin", "my name is [PERSON]")],
        &[(
            "C: 2 passengers under edwin quandel",
            "2 passengers under [PERSON]",
        )],
        &[("C: q 5 h 2 r 7", "[BOOKING_REFERENCE]")],
        &[("C: its 61 kd 24", "its [BOOKING_REFERENCE]")],
        &[(
            "C: edwin quandel and password is carrot 48",
            "[PERSON] and password is [PASSWORD]",
        )],
    ]);
    survive(&[
        "C: audi tiggo 2014",
        "C: 2 x 3 m",
        "C: total 500",
        "C: yamaha keyboard",
    ]);
}

#[test]
fn an_address_in_small_letters_is_found_by_its_ends() {
    expect(&[
        &[("C: 519 tamrik way quandelville ky 40099", "[ADDRESS]")],
        &[(
            "C: my address is ohio quandelville",
            "my address is [ADDRESS]",
        )],
        &[(
            "C: address harvest drive quandel ma 2199",
            "address [ADDRESS]",
        )],
        &[("C: 11 quandel nagar trichy", "[ADDRESS]")],
        &[("C: quandelpur nethi street testpur", "[ADDRESS]")],
    ]);
    expect(&[&[
        ("C: we saw Mark there", "we saw [PERSON] there"),
        (
            "C: please ask Mark, he knows",
            "please ask [PERSON], he knows",
        ),
    ]]);
    survive(&[
        "B: Tomorrow looks Sunny to us and your Bill is due",
        "C: main street is closed today",
        "C: my address is wrong in texas",
        "C: i have 3 kids in tx and 75001 reasons",
    ]);
}
