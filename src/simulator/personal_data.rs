//! Invented personal data and the filling in of phrases.
//!
//! Nothing here belongs to anybody: addresses are at example domains, phone numbers in ranges kept
//! for fiction, cards and IBANs are the published test ones, SSNs were never issued, and IP
//! addresses are those reserved for documentation.

use std::fmt::Write as _;

use fastrand::Rng;

use super::phrases::Language;

/// All placeholders a phrase may hold.
#[cfg(test)]
pub(super) const PLACEHOLDERS: [&str; 14] = [
    "first", "name", "email", "phone", "card", "iban", "ssn", "ip", "order", "address", "agent",
    "item", "amount", "date",
];

const EMAIL_DOMAINS: [&str; 4] = [
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
];

const CARDS: [&str; 8] = [
    "4111 1111 1111 1111",
    "4012 8888 8888 1881",
    "4242 4242 4242 4242",
    "5555 5555 5555 4444",
    "5105 1051 0510 5100",
    "6011 1111 1111 1117",
    "3782 822463 10005",
    "3714 496353 98431",
];

const IBANS: [&str; 5] = [
    "GB82 WEST 1234 5698 7654 32",
    "DE89 3704 0044 0532 0130 00",
    "FR14 2004 1010 0505 0001 3M02 606",
    "ES91 2100 0418 4502 0005 1332",
    "NL91 ABNA 0417 1643 00",
];

const DOCUMENTATION_NETWORKS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];

/// The people and numbers of one conversation.
pub(super) struct Persona {
    first: &'static str,
    last: &'static str,
    agent: &'static str,
    item: &'static str,
    email: String,
    /// Digits after 555-01.
    phone: u32,
    card: &'static str,
    iban: &'static str,
    ssn: String,
    ip: String,
    order: String,
    address: String,
}

impl Persona {
    pub(super) fn new(language: &Language, rng: &mut Rng) -> Self {
        let first = pick(language.first_names, rng);
        let last = pick(language.last_names, rng);
        let email = match rng.u8(0..4) {
            0 => format!("{}{}", ascii(first), rng.u32(10..1000)),
            1 => format!("{}_{}", ascii(last), ascii(first)),
            2 => format!("{}.{}+shop", ascii(first), ascii(last)),
            _ => format!("{}.{}", ascii(first), ascii(last)),
        };
        let order = match rng.u8(0..3) {
            0 => format!("ORD-2026-{:06}", rng.u32(0..1_000_000)),
            1 => format!("#{:08}", rng.u32(10_000_000..100_000_000)),
            _ => format!("A{:07}", rng.u32(0..10_000_000)),
        };
        Self {
            first,
            last,
            agent: pick(language.first_names, rng),
            item: pick(language.items, rng),
            email: format!("{email}@{}", pick(&EMAIL_DOMAINS, rng)),
            phone: rng.u32(0..100_000),
            card: pick(&CARDS, rng),
            iban: pick(&IBANS, rng),
            // 987-65-4320 to 4329 were set aside for advertisements; 9xx and 000 are never issued.
            ssn: match rng.u8(0..3) {
                0 => "219-09-9999".to_owned(),
                1 => format!("000-{:02}-{:04}", rng.u32(1..100), rng.u32(1..10_000)),
                _ => format!("987-65-{}", rng.u32(4320..4330)),
            },
            ip: format!("{}.{}", pick(&DOCUMENTATION_NETWORKS, rng), rng.u8(1..255)),
            order,
            address: format!(
                "{} {}, {}",
                pick(language.streets, rng),
                rng.u32(1..200),
                pick(language.cities, rng)
            ),
        }
    }

    /// Whole name of the customer.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    pub(super) fn email(&self) -> &str {
        &self.email
    }

    /// First name of the agent.
    pub(super) fn agent(&self) -> &'static str {
        self.agent
    }

    /// The phrase with its placeholders filled in; how numbers are written varies.
    pub(super) fn fill(&self, phrase: &str, rng: &mut Rng) -> String {
        let mut text = String::with_capacity(phrase.len() + 32);
        let mut rest = phrase;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((placeholder, after)) = after.split_once('}') else {
                break;
            };
            self.write(placeholder, &mut text, rng);
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn write(&self, placeholder: &str, text: &mut String, rng: &mut Rng) {
        // Writing to a string cannot fail.
        let _ = match placeholder {
            "first" => text.write_str(self.first),
            "name" => write!(text, "{} {}", self.first, self.last),
            "email" => text.write_str(&self.email),
            "phone" => text.write_str(&self.phone(rng)),
            "card" => text.write_str(&regrouped(self.card, &[" ", "", "-"], rng)),
            "iban" => text.write_str(&regrouped(self.iban, &[" ", ""], rng)),
            "ssn" => text.write_str(&self.ssn),
            "ip" => text.write_str(&self.ip),
            "order" => text.write_str(&self.order),
            "address" => text.write_str(&self.address),
            "agent" => text.write_str(self.agent),
            "item" => text.write_str(self.item),
            "amount" => write!(text, "{}.{:02} EUR", rng.u32(5..400), rng.u32(0..100)),
            "date" => write!(text, "{:02}/{:02}", rng.u32(1..29), rng.u32(1..13)),
            _ => Ok(()),
        };
    }

    fn phone(&self, rng: &mut Rng) -> String {
        let (exchange, line) = (10 + self.phone / 10_000, self.phone % 10_000);
        match rng.u8(0..6) {
            0 => format!("555-0{exchange}-{line:04}"),
            1 => format!("(555) 0{exchange}-{line:04}"),
            2 => format!("555 0{exchange} {line:04}"),
            3 => format!("5550{exchange}{line:04}"),
            4 => format!("+1 555 0{exchange} {line:04}"),
            // 020 7946 0000 to 0999 is kept for drama.
            _ => format!("+44 20 7946 {:04}", line % 1000),
        }
    }
}

/// One of a list that is not empty.
pub(super) fn pick(list: &[&'static str], rng: &mut Rng) -> &'static str {
    list[rng.usize(0..list.len())]
}

fn regrouped(number: &str, separators: &[&'static str], rng: &mut Rng) -> String {
    number.replace(' ', pick(separators, rng))
}

/// The name as it is written in an email address.
fn ascii(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'á' | 'à' | 'â' | 'ã' | 'ä' => Some('a'),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'í' | 'î' | 'ï' => Some('i'),
            'ó' | 'ô' | 'õ' | 'ö' => Some('o'),
            'ú' | 'û' | 'ü' => Some('u'),
            'ç' => Some('c'),
            'ñ' => Some('n'),
            letter => letter.is_ascii_alphanumeric().then_some(letter),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_pass_the_luhn_check() {
        for card in CARDS {
            let digits = card.chars().rev().filter_map(|digit| digit.to_digit(10));
            let sum: u32 = digits
                .enumerate()
                .map(|(place, digit)| match place % 2 {
                    0 => digit,
                    _ => digit * 2 / 10 + digit * 2 % 10,
                })
                .sum();
            assert_eq!(sum % 10, 0, "{card}");
        }
    }

    #[test]
    fn ibans_pass_the_mod_97_check() {
        for iban in IBANS {
            let compact = iban.replace(' ', "");
            let (head, tail) = compact.split_at(4);
            let rest = format!("{tail}{head}").chars().fold(0, |rest, character| {
                let value = character.to_digit(36).unwrap();
                (rest * if value > 9 { 100 } else { 10 } + value) % 97
            });
            assert_eq!(rest, 1, "{iban}");
        }
    }

    #[test]
    fn email_names_are_ascii() {
        assert_eq!(ascii("Élodie"), "elodie");
        assert_eq!(ascii("Castañeda Ruiz"), "castanedaruiz");
    }
}
