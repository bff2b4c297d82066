//! Check digits.

/// The Luhn check of payment cards (ISO/IEC 7812-1) over decimal digits, most significant first.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let digit = u32::from(digit);
            match (place % 2 == 1, digit) {
                (false, digit) => digit,
                (true, digit) if digit > 4 => digit * 2 - 9,
                (true, digit) => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The mod 97 check of an IBAN (ISO 13616), given as upper-case ASCII letters and digits without separators.
pub(super) fn iban_mod97(iban: &[u8]) -> bool {
    let (head, body) = iban.split_at(4.min(iban.len()));
    let mut remainder: u32 = 0;
    for &byte in body.iter().chain(head) {
        remainder = match byte {
            b'0'..=b'9' => remainder * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => remainder * 100 + u32::from(byte - b'A') + 10,
            _ => return false,
        } % 97;
    }
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers_pass_and_a_changed_digit_fails() {
        let digits = |text: &str| text.bytes().map(|b| b - b'0').collect::<Vec<_>>();
        assert!(luhn(&digits("4111111111111111")));
        assert!(!luhn(&digits("4111111111111112")));
        assert!(iban_mod97(b"GB82WEST12345698765432"));
        assert!(!iban_mod97(b"GB82WEST12345698765433"));
    }
}
