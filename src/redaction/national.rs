//! National identity, health and tax numbers, told by their form and check digits.
//!
//! A checksum refines what a number is called; a number that fails it is redacted all the same where a cue announces it
//! or where it is too long for a quantity.

use super::checksums::luhn;
use super::{Kind, Span};

/// What a code of letters and digits, written in one, is; `None` where its form or its check character says nothing.
pub(super) fn code(token: &str) -> Option<&'static str> {
    // What is beyond ASCII counts as a letter elsewhere, and the tables below have no place for it.
    if !token.is_ascii() {
        return None;
    }
    let code = token.to_ascii_uppercase();
    let bytes = code.as_bytes();
    let form: Vec<u8> = bytes
        .iter()
        .map(|byte| if byte.is_ascii_digit() { b'9' } else { b'A' })
        .collect();
    let digits = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .fold(0_u32, |value, byte| value * 10 + u32::from(byte - b'0'))
    };
    match form.as_slice() {
        b"99999999A" => (spanish_letter(digits(0, 8)) == bytes[8]).then_some("es_nif"),
        b"A9999999A" => {
            let lead = match bytes[0] {
                b'X' => Some(0),
                b'Y' => Some(1),
                b'Z' => Some(2),
                _ => None,
            };
            let nie = lead
                .is_some_and(|lead| spanish_letter(lead * 10_000_000 + digits(1, 8)) == bytes[8]);
            nie.then_some("es_nie")
                .or_else(|| singapore(bytes).then_some("sg_nric"))
        }
        b"AA999999A" => {
            let first = !b"DFIQUV".contains(&bytes[0]) && !b"DFIQUVO".contains(&bytes[1]);
            (first && (b'A'..=b'D').contains(&bytes[8])).then_some("uk_nino")
        }
        b"AAAAA9999A" => b"ABCFGHLJPT".contains(&bytes[3]).then_some("in_pan"),
        b"AAAAAA99A99A999A" => italian(bytes).then_some("it_codice_fiscale"),
        _ => None,
    }
}

/// What a number of these digits (values, not ASCII) is.
pub(super) fn number(digits: &[u8]) -> Option<(Kind, &'static str)> {
    let weighted = |weights: &[u32]| {
        digits
            .iter()
            .zip(weights)
            .map(|(&digit, weight)| u32::from(digit) * weight)
            .sum::<u32>()
    };
    match digits.len() {
        9 if luhn(digits) && !matches!(digits[0], 0 | 8) => Some((Kind::NationalId, "ca_sin")),
        9 if weighted(&[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) => {
            Some((Kind::NationalId, "au_tfn"))
        }
        9 if weighted(&[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10) && digits[0] <= 3 => {
            Some((Kind::RoutingNumber, "us_routing"))
        }
        10 if matches!(digits[0], 2..=6)
            && weighted(&[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == u32::from(digits[8]) =>
        {
            Some((Kind::NationalId, "au_medicare"))
        }
        10 if weighted(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11) => {
            Some((Kind::NationalId, "uk_nhs"))
        }
        14 if brazilian_company(digits) => Some((Kind::NationalId, "br_cnpj")),
        11 if brazilian(digits) => Some((Kind::NationalId, "br_cpf")),
        11 if german(digits) => Some((Kind::NationalId, "de_steuer_id")),
        12 if digits[0] > 1 && verhoeff(digits) => Some((Kind::NationalId, "in_aadhaar")),
        15 if french(digits) => Some((Kind::NationalId, "fr_nir")),
        _ => None,
    }
}

/// Gives a span of digits the name of what its checksum says it is.
pub(super) fn refine(text: &str, span: &mut Span) {
    if span.rule != "long_number" {
        return;
    }
    let digits: Vec<u8> = text[span.start..span.end]
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|byte| byte - b'0')
        .take(20)
        .collect();
    if let Some((kind, rule)) = number(&digits) {
        span.kind = kind;
        span.rule = rule;
    }
}

fn spanish_letter(number: u32) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE"[number as usize % 23]
}

fn singapore(bytes: &[u8]) -> bool {
    let sum: u32 = bytes[1..8]
        .iter()
        .zip([2, 7, 6, 5, 4, 3, 2])
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    let (offset, letters): (u32, &[u8; 11]) = match bytes[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"KLJNPQRTUWX"),
        _ => return false,
    };
    letters[(sum + offset) as usize % 11] == bytes[8]
}

/// The control character of the Italian codice fiscale.
fn italian(bytes: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let value = |byte: u8| {
        usize::from(if byte.is_ascii_digit() {
            byte - b'0'
        } else {
            byte - b'A'
        })
    };
    let sum: usize = bytes[..15]
        .iter()
        .enumerate()
        .map(|(place, &byte)| {
            if place % 2 == 0 {
                ODD[value(byte)] as usize
            } else {
                value(byte)
            }
        })
        .sum();
    usize::from(bytes[15] - b'A') == sum % 26
}

fn brazilian(digits: &[u8]) -> bool {
    let check = |length: usize| {
        let sum: usize = digits[..length]
            .iter()
            .enumerate()
            .map(|(place, &digit)| usize::from(digit) * (length + 1 - place))
            .sum();
        sum * 10 % 11 % 10 == usize::from(digits[length])
    };
    digits.iter().any(|digit| *digit != digits[0]) && check(9) && check(10)
}

fn brazilian_company(digits: &[u8]) -> bool {
    let check = |length: usize| {
        // The weights run from 2 to 9 again and again, from the right.
        let sum: usize = digits[..length]
            .iter()
            .rev()
            .zip((2..=9).cycle())
            .map(|(&digit, weight)| usize::from(digit) * weight)
            .sum();
        sum * 10 % 11 % 10 == usize::from(digits[length])
    };
    check(12) && check(13)
}

/// ISO 7064 mod 11, 10, and exactly one digit that occurs more than once among the first ten.
fn german(digits: &[u8]) -> bool {
    let repeated = (0..10_u8)
        .filter(|digit| digits[..10].iter().filter(|other| *other == digit).count() > 1)
        .count();
    let mut product = 10_u32;
    for &digit in &digits[..10] {
        let sum = (u32::from(digit) + product) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    digits[0] != 0 && repeated == 1 && (11 - product) % 10 == u32::from(digits[10])
}

fn verhoeff(digits: &[u8]) -> bool {
    // The dihedral group of order ten and the permutation applied once more at each place.
    let multiply = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    const STEP: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let check = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0_u8, |check, (place, &digit)| {
            let permuted = (0..place % 8).fold(digit, |digit, _| STEP[usize::from(digit)]);
            multiply(check, permuted)
        });
    check == 0
}

/// The French social security number: sex, year, month, and a key mod 97.
fn french(digits: &[u8]) -> bool {
    let value = |part: &[u8]| {
        part.iter()
            .fold(0_u64, |value, &digit| value * 10 + u64::from(digit))
    };
    matches!(digits[0], 1 | 2)
        && (1..=12).contains(&value(&digits[3..5]))
        && 97 - value(&digits[..13]) % 97 == value(&digits[13..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_form_and_check_character() {
        for (token, rule) in [
            ("12345678Z", Some("es_nif")),
            ("12345678A", None),
            ("x1234567l", Some("es_nie")),
            ("S1234567D", Some("sg_nric")),
            ("S1234567A", None),
            ("AB123456C", Some("uk_nino")),
            ("QQ123456C", None),
            ("ABCPE1234F", Some("in_pan")),
            ("RSSMRA85T10A562S", Some("it_codice_fiscale")),
            ("RSSMRA85T10A562T", None),
            ("WALNUT", None),
            ("中RSM85T10A562S", None),
            ("éé123456C", None),
        ] {
            assert_eq!(code(token), rule, "{token}");
        }
    }

    #[test]
    fn numbers_are_known_by_their_checksums() {
        for (text, rule) in [
            ("130692544", Some("ca_sin")),
            ("876543210", Some("au_tfn")),
            ("021000021", Some("us_routing")),
            ("52998224725", Some("br_cpf")),
            ("52998224726", None),
            ("86095742719", Some("de_steuer_id")),
            ("234123412346", Some("in_aadhaar")),
            ("234123412347", None),
            ("255081416802538", Some("fr_nir")),
            ("9434765919", Some("uk_nhs")),
            ("9434765918", None),
            ("2123456701", Some("au_medicare")),
            ("11222333000181", Some("br_cnpj")),
            ("11222333000182", None),
        ] {
            let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
            let found = number(&digits).map(|found| found.1);
            assert_eq!(found, rule, "{text}");
        }
    }
}
