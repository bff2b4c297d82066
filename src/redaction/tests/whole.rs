//! Values to their ends: codes, names and addresses of which nothing may be left.

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
fn an_address_is_redacted_whole() {
    expect(&[
        &[(
            "C: it is Rose Cottage, Ballyfake, Co. Antrim, BT99 9ZZ.",
            "it is [ADDRESS].",
        )],
        &[(
            "C: send it to the old forge, church lane, nether wallop, SO99 8ZZ",
            "send it to [ADDRESS]",
        )],
        &[("C: Totnes TQ9 0ZZ", "[ADDRESS]")],
        &[("C: im at flat 2b 9 mill lane ls99 4qq", "im at [ADDRESS]")],
        &[(
            "B: Is it 221 NE Alder St, Portland, OR?",
            "Is it [ADDRESS]?",
        )],
        &[(
            "B: Toujours au 3 bis rue des Tanneurs, 69005 Lyon ?",
            "Toujours au [ADDRESS] ?",
        )],
        &[(
            "B: ¿Es correcto Calle Olmo 14, 2º C, 46003 Valencia?",
            "¿Es correcto [ADDRESS]?",
        )],
        &[("B: Also Neubaugasse 12/3/14, 1070 Wien?", "Also [ADDRESS]?")],
    ]);
    survive(&[
        "C: take the m3 2nd exit, then the i7 8gb",
        "C: my hp m3 7ab printer",
        "C: I have 3 questions\nUnit 5 stopped working",
        "C: 1. check the cable\nunit 5",
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
fn an_address_in_lines_is_found_by_its_unit() {
    expect(&[
        &[(
            "C: Thomas Quandel\n\n417 Quandelka 46\n Suite 12\n Testby\n Nowhereland 55012",
            "[PERSON]\n\n[ADDRESS]",
        )],
        &[(
            "C: >Anna H. Quandel\n>91 Quandelvejet 14\n>Apt. 7\n>Testby\n>Nowhereland 55013",
            ">[PERSON]\n>[ADDRESS]",
        )],
        &[(
            "C: please send it to 12 Quandelou 7\n Suite 68\n as soon as you can",
            "please send it to [ADDRESS]\n as soon as you can",
        )],
        &[(
            "C: ship to PSC 4417, Box 20\nAPO AP 96299",
            "ship to [ADDRESS]",
        )],
        &[("C: mr. quandel flew to lisbon", "[PERSON] flew to lisbon")],
    ]);
    survive(&[
        "C: I need 2 things\nunit 5 is broken\nthe lift too",
        "C: dr pepper please",
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
fn an_address_that_begins_with_the_street_is_found_by_its_postcode_and_city() {
    expect(&[
        &[(
            "C: I once lived at Anna-Quandel-Str. 212, 04299 Testburg. It was nice",
            "I once lived at [ADDRESS]. It was nice",
        )],
        // Alone, too.
        &[("C: Anna-Quandel-Str. 212, 04299 Testburg", "[ADDRESS]")],
        &[("C: Quandelplatzl 3, 83099 Testheim", "[ADDRESS]")],
        &[("C: Kvandel Testova 205, Testograd 11999", "[ADDRESS]")],
        &[("C: C/ del Quandel 4, 28099 Testrid", "[ADDRESS]")],
        &[(
            "C: bring it to Na Quandele 1047/17, 110 99 Testov 1, but not today",
            "bring it to [ADDRESS], but not today",
        )],
        &[(
            "C: the parcel is at ul. Quandelska 45/7, 60-399 Testow still",
            "the parcel is at [ADDRESS] still",
        )],
        &[(
            "C: we moved from Quandelgade 199, 3. tv., 1629 Testby last May",
            "we moved from [ADDRESS] last May",
        )],
        &[(
            "C: he is at Kvandel Testova 205, Testograd 11999",
            "he is at [ADDRESS]",
        )],
        &[(
            "C: I live on Quandelvegur 301, Testavik, and my cat does too",
            "I live on [ADDRESS], and my cat does too",
        )],
    ]);
    survive(&[
        "C: I have a Galaxy 22, 2300 Mhz and Chapter 5, 1200 Words",
        "C: my address is Wrong since March 2019, sorry",
        "C: I live at Windows 11 speed",
        "C: I moved to Firefox 120, same issue",
        "C: my Galaxy A54 128G and iPad A16 12GB",
    ]);
}

#[test]
fn boxes_of_the_post_and_irish_postcodes_are_addresses() {
    expect(&[
        &[(
            "C: please write to P.O. Box 3312, Quandelville",
            "please write to [ADDRESS]",
        )],
        &[(
            "C: letter from Apt 4, Quandel Lofts, Testway, H99 XX99 now",
            "letter from [ADDRESS] now",
        )],
        &[(
            "C: it goes to 7878 Rahu 37 Apt. 405 please",
            "it goes to [ADDRESS] please",
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
fn whom_an_address_is_for_stands_in_the_lines_above_it() {
    expect(&[
        &[(
            "C: send it to\nOlinka Quandelik\nRoadfix Transit\nOlinka Quandelik\n12 Larch Lane\nTestby",
            "send it to\n[PERSON]\nRoadfix Transit\n[PERSON]\n[ADDRESS]\nTestby",
        )],
        &[(
            "C: >Tzivia M. Quandel\n>12 Larch Lane",
            ">[PERSON]\n>[ADDRESS]",
        )],
    ]);
    survive(&["C: my order\nBlue Shirt\n12 pieces\n"]);
    expect(&[
        &[("C: Blue Shirt\n12 Larch Lane", "Blue Shirt\n[ADDRESS]")],
        &[(
            "C: Kontoauszug fehlt\n12 Larch Lane",
            "Kontoauszug fehlt\n[ADDRESS]",
        )],
        &[(
            "C: Zorvane Quandelik mailed an order off to me by car last week\n12 Larch Lane",
            "Zorvane Quandelik mailed an order off to me by car last week\n[ADDRESS]",
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
fn what_tells_where_somebody_lives_goes_whole() {
    expect(&[
        &[("C: I am in Kaneohe, HI 96744 now", "I am in [ADDRESS] now")],
        &[("C: estoy en c/ quandela 8", "estoy en [ADDRESS]")],
        &[(
            "C: richtig ist quandelweg 12a, 27283 verden",
            "richtig ist [ADDRESS]",
        )],
        &[(
            "C: ciao una pizza in via dei quandeli 9",
            "ciao una pizza in [ADDRESS]",
        )],
        &[(
            "C: Yours, Plot 88, 3rd Cross, Quandel Nagar West, Chennai 600101",
            "Yours, [ADDRESS]",
        )],
        &[(
            "C: Send it to Apt 14, The Granary, Quandel's Walk, Testby, SW1A 2AA",
            "Send it to [ADDRESS]",
        )],
        &[(
            "C: We are at Quandel Partners LLP, 14 Castle Gate, Testby LN1 9ZZ",
            "We are at Quandel Partners LLP, [ADDRESS]",
        )],
        &[(
            "C: 417 Quandelka 46\nSuite 12\nTestby\nNowhereland 55012",
            "[ADDRESS]",
        )],
        &[("C: leave it with flat 3b", "leave it with [ADDRESS]")],
        &[(
            "C: I live at 45 Oak Avenue, Mobile, Alabama 36602",
            "I live at [ADDRESS]",
        )],
        &[(
            "C: mit freundlichem Gruss\nAnnegret Schimmel\nAm Alten Brunnen 14\n37154 Northeim",
            "mit freundlichem Gruss\n[PERSON]\n[ADDRESS]",
        )],
        &[(
            "C: Quandelgatan 118\n116 24 Stockholm\nPersonnummer follows",
            "[ADDRESS]\nPersonnummer follows",
        )],
        &[(
            "C: it is 22 Mill Lane, Testby, IBAN GB82 WEST 1234 5698 7654 32",
            "it is [ADDRESS], IBAN [IBAN]",
        )],
    ]);
    survive(&[
        "C: a flat 50 dollars off",
        "C: we pay a flat 20, thanks",
        "C: what is c/o for",
        "C: ik ben onderweg 10 minuten nog",
        "C: une place de concert, 2 billets svp",
        "C: set the tv to av channel 3",
        "C: i have a Chromebook 14 level 2 warranty",
    ]);
    expect(&[&[(
        "C: My Member ID 55012 please",
        "My Member ID [ACCOUNT_NUMBER] please",
    )]]);
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
