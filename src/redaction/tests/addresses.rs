//! Addresses to their ends, in one line and in several.

use super::*;

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
