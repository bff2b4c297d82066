//! International bank account numbers: recognised by country, length and mod 97.

use super::{Kind, Span, checksums};

/// Length of an IBAN by country (SWIFT IBAN registry), sorted by country.
const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// The longest IBAN that a country uses.
const MAX_LENGTH: usize = 33;

/// The IBAN that begins at byte `start` of `text`, if there is one: separators may be single spaces (no-break or not) or hyphens.
pub(super) fn at(text: &str, start: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let country = [
        bytes.get(start)?.to_ascii_uppercase(),
        bytes.get(start + 1)?.to_ascii_uppercase(),
    ];
    let found = LENGTHS
        .binary_search_by(|(code, _)| (*code).cmp(&country))
        .ok()?;
    let length = LENGTHS[found].1;

    let mut iban = [0_u8; MAX_LENGTH];
    let mut taken = 0;
    let mut at = start;
    while taken < length {
        let byte = *bytes.get(at)?;
        if byte.is_ascii_alphanumeric() {
            iban[taken] = byte.to_ascii_uppercase();
            taken += 1;
            at += 1;
            continue;
        }
        let separator = [" ", "-", "\u{a0}"]
            .iter()
            .find(|separator| bytes[at..].starts_with(separator.as_bytes()))?;
        if !bytes[at - 1].is_ascii_alphanumeric() {
            return None;
        }
        at += separator.len();
    }
    let ends_here = !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    (ends_here && checksums::iban_mod97(&iban[..length])).then_some(Span {
        start,
        end: at,
        kind: Kind::Iban,
        rule: "iban",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_within_bounds() {
        assert!(LENGTHS.is_sorted_by_key(|(code, _)| *code));
        assert!(LENGTHS.iter().all(|(_, length)| *length <= MAX_LENGTH));
    }
}
