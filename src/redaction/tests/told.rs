//! Names that are told to be names, whatever else their words are.

use super::*;

/// Says in each of `frames`, behind a question if it has one, each of `names`, of which no word must be left; what is
/// said around it must.
fn hides(frames: &[&str], names: &[&str]) {
    let engine = Engine::new(Replacement::Typed);
    let mut left = Vec::new();
    for frame in frames {
        let (asked, said) = frame.split_once(" / ").unwrap_or(("Good morning.", frame));
        for name in names {
            let said = said.replace("{}", name);
            let turns = chat(&engine, &[&format!("B: {asked}"), &format!("C: {said}")]);
            let plain = |word: &&str| word.chars().all(|letter| !"{@0123456789".contains(letter));
            let lost = frame_words(frame)
                .filter(plain)
                .any(|word| !turns[1].contains(word));
            if lost || name.split(' ').any(|word| turns[1].contains(word)) {
                left.push(format!("{asked:?} {said:?}: {:?}", turns[1]));
            }
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

/// The words of what is said in a frame.
fn frame_words(frame: &str) -> impl Iterator<Item = &str> {
    let said = frame.split_once(" / ").map_or(frame, |(_, said)| said);
    said.split([' ', ',', '"']).filter(|word| !word.is_empty())
}

#[test]
fn whoever_tells_a_name_is_called_so() {
    hides(
        &[
            "my name is {}",
            "hi, my name is {} and i need help",
            "my full name is {}",
            "my name {}",
            "first name {} please",
            "last name {}",
            "{} is my name",
            "hi, {} is my name",
            "\"my name is {}\"",
            "my name {} thx",
            "it should be under the name of {}",
            "name on the account is {}",
            "My name is {}, my order number is 48213377",
            "May I have your name please? / {}",
            "May I have your name please? / sure, {}",
            "May I have your name please? / its {}",
            "May I have your name please? / {}, please help",
            "May I have your name please? / ok so {} and i need this today",
            "What is your name and email? / {} and my email is zz@example.com",
        ],
        &[
            "river",
            "bubble",
            "panda",
            "quandelino",
            "stone kevin",
            "happy quandelska",
            "rock potter",
            "Ocean",
            "Tiger Quandelska",
        ],
    );
    hides(
        &["you can call me {}", "in the name of {}"],
        &["quandelino", "Ocean", "kevin"],
    );
    hides(
        &["the reservation is under {}", "i am {}", "this is {}"],
        &["kevin quandelska", "Potter Kevin", "quandelska kevin"],
    );
    hides(
        &["{} here from accounts", "hi, {} here"],
        &["quandelska", "Quandelska", "kevin", "kevin quandelska"],
    );
}

#[test]
fn whoever_tells_a_name_in_another_language_is_called_so() {
    let names = ["quandelino", "Quandelino", "carmen zimbrano", "marco"];
    for (greeting, frames) in [
        (
            "Hola, buenas tardes, en que puedo ayudarle con su pedido",
            [
                "me llamo {}",
                "mi nombre completo es {}",
                "mi apellido es {}",
            ],
        ),
        (
            "Guten Tag, wie kann ich Ihnen mit Ihrer Bestellung heute helfen",
            ["ich heiße {}", "mein nachname ist {}", "auf den namen {}"],
        ),
        (
            "Bonjour, comment puis-je vous aider avec votre commande",
            ["je m'appelle {}", "mon nom est {}", "au nom de {}"],
        ),
        (
            "Boa tarde, como posso ajudar com a sua encomenda hoje",
            ["me chamo {}", "meu nome é {}", "meu sobrenome é {}"],
        ),
        (
            "Buongiorno, come posso aiutarla con il suo ordine oggi",
            ["mi chiamo {}", "il mio cognome è {}", "a nome di {}"],
        ),
        (
            "Goedemiddag, hoe kan ik u vandaag helpen met uw bestelling",
            ["ik heet {}", "mijn achternaam is {}", "op naam van {}"],
        ),
    ] {
        let frames = frames.map(|frame| format!("{greeting} / {frame}"));
        hides(&frames.each_ref().map(String::as_str), &names);
    }
}

#[test]
fn what_is_said_of_a_name_is_no_name() {
    survive(&[
        "C: my name is misspelled on the ticket",
        "C: my name is already on the account",
        "C: my surname is close to the limit",
        "C: my last name has changed",
        "C: it is about my name change",
        "C: why is my name on this letter",
        "C: is it under my name or hers",
        "C: in the name of my company",
        "C: you can call me back",
        "C: you can call me after five",
        "C: people call me all the time about this",
        "C: i go by bus",
        "C: new customer here",
        "C: same here, problem here",
        "C: the booking is under review",
        "C: i am still waiting",
        "C: Sunday and I am in San Francisco",
    ]);
    for said in [
        "C: why do you need it",
        "C: i'd rather not say",
        "C: not important",
        "C: agent",
        "C: it's complicated",
        "C: that sounds good",
        "C: hmm, burgers",
        "C: make it for six",
        "C: it broke, everything fell down",
    ] {
        survive(&["B: What is your name?", said]);
    }
    // A question is answered at once or not at all.
    expect(&[&[
        ("B: What is your name?", "What is your name?"),
        ("C: quandelska", "[PERSON]"),
        ("B: And your rank?", "And your rank?"),
        ("C: officer", "officer"),
    ]]);
}
