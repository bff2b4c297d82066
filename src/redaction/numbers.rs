//! Digit runs: phones as people write them, payment cards, social security numbers.
//!
//! A run is a sequence of digit groups with short separators between them ("+44 20 7946 0958"). Numbers are looked for
//! at group borders only, so that a card number followed by its security code is found as what it is.

use super::{Kind, Span, checksums};

/// Most digits of a telephone number (ITU-T E.164).
const MAX_PHONE_DIGITS: usize = 15;
/// Payment cards have 13 to 19 digits (ISO/IEC 7812-1).
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// A sequence of digits without separators; byte offsets, end exclusive.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    const fn digits(self) -> usize {
        self.end - self.start
    }
}

/// Adds the numbers found in `text` to `spans`.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while let Some(start) = next_digit(bytes, at) {
        let end = group_end(bytes, start);
        at = end;
        if let Some(last) = groups.last()
            && !joins(&bytes[last.end..start])
        {
            find_in_run(bytes, &groups, spans);
            groups.clear();
        }
        groups.push(Group { start, end });
    }
    find_in_run(bytes, &groups, spans);
}

fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    bytes[from..]
        .iter()
        .position(u8::is_ascii_digit)
        .map(|offset| from + offset)
}

fn group_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..]
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .map_or(bytes.len(), |offset| start + offset)
}

/// Whether what stands between two digit groups can be part of one number.
fn joins(separator: &[u8]) -> bool {
    separator.len() <= 3
        && separator
            .iter()
            .all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/'))
        || separator == "\u{a0}".as_bytes()
}

fn find_in_run(bytes: &[u8], groups: &[Group], spans: &mut Vec<Span>) {
    for first in 0..groups.len() {
        let rest = &groups[first..];
        if !starts_word(bytes, rest[0].start) {
            continue;
        }
        let found = card(bytes, rest)
            .or_else(|| ssn(bytes, rest))
            .or_else(|| phone(bytes, rest));
        spans.extend(found);
    }
}

fn starts_word(bytes: &[u8], start: usize) -> bool {
    start == 0 || !is_word(bytes[start - 1])
}

fn ends_word(bytes: &[u8], end: usize) -> bool {
    !bytes.get(end).is_some_and(|&byte| is_word(byte))
}

/// ASCII letters, digits, underscore, and any byte of a character beyond ASCII that is not a separator.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The longest card number that begins with the first group and ends with a group.
fn card(bytes: &[u8], groups: &[Group]) -> Option<Span> {
    if !(b'2'..=b'6').contains(&bytes[groups[0].start]) {
        return None;
    }
    let mut digits = [0_u8; *CARD_DIGITS.end()];
    let mut count = 0;
    let mut longest = None;
    for (index, group) in groups.iter().enumerate() {
        let separated_by_one = index == 0
            || matches!(
                bytes[groups[index - 1].end..group.start],
                [b' ' | b'-'] | [0xc2, 0xa0]
            );
        if !separated_by_one || count + group.digits() > digits.len() {
            break;
        }
        for &byte in &bytes[group.start..group.end] {
            digits[count] = byte - b'0';
            count += 1;
        }
        if CARD_DIGITS.contains(&count)
            && ends_word(bytes, group.end)
            && checksums::luhn(&digits[..count])
        {
            longest = Some(group.end);
        }
    }
    longest.map(|end| Span {
        start: groups[0].start,
        end,
        kind: Kind::CreditCard,
        rule: "card_luhn",
    })
}

/// A US social security or taxpayer number: 3-2-4 digits with the same separator twice.
fn ssn(bytes: &[u8], groups: &[Group]) -> Option<Span> {
    let [area, group, serial, ..] = groups else {
        return None;
    };
    if [area.digits(), group.digits(), serial.digits()] != [3, 2, 4]
        || !ends_word(bytes, serial.end)
    {
        return None;
    }
    let first = &bytes[area.end..group.start];
    let same = first == &bytes[group.end..serial.start];
    (same && matches!(first, b"-" | b" " | b".")).then_some(Span {
        start: area.start,
        end: serial.end,
        kind: Kind::Ssn,
        rule: "us_ssn",
    })
}

/// A phone number in one of the notations people use; national formats of the world are recognised where their form
/// alone says so.
fn phone(bytes: &[u8], groups: &[Group]) -> Option<Span> {
    let first = groups[0];
    let open = first.start > 0 && bytes[first.start - 1] == b'(';
    let plus = match (open, first.start) {
        (true, start) if start > 1 => bytes[start - 2] == b'+',
        (false, start) if start > 0 => bytes[start - 1] == b'+',
        _ => false,
    };
    let found = if plus {
        Some(("phone_international", international_end(groups)?))
    } else {
        north_american_end(bytes, groups)
            .map(|end| ("phone_north_american", end))
            .or_else(|| Some(("phone_trunk_prefix", trunk_end(bytes, groups)?)))
    };
    let (rule, end) = found?;
    ends_word(bytes, end).then_some(Span {
        start: first.start - usize::from(open) - usize::from(plus),
        end,
        kind: Kind::Phone,
        rule,
    })
}

/// Behind a plus sign: groups as long as they fit, but a short group behind a complete number is something else.
fn international_end(groups: &[Group]) -> Option<usize> {
    const MIN_DIGITS: usize = 7;
    const COMPLETE: usize = 10;
    let mut digits = 0;
    let mut end = None;
    for group in groups {
        let too_many = digits + group.digits() > MAX_PHONE_DIGITS;
        if too_many || (digits >= COMPLETE && group.digits() < 3) {
            break;
        }
        digits += group.digits();
        if digits >= MIN_DIGITS {
            end = Some(group.end);
        }
    }
    end
}

/// 3-3-4, 3-7, 6-4 or 7 digits with a hyphen (3-4), the country code 1 before them or not.
fn north_american_end(bytes: &[u8], groups: &[Group]) -> Option<usize> {
    let one_before = groups[0].digits() == 1 && bytes[groups[0].start] == b'1';
    let groups = if one_before { &groups[1..] } else { groups };
    let length = |index: usize| groups.get(index).map_or(0, |group: &Group| group.digits());
    let last = match (length(0), length(1), length(2)) {
        (3, 3, 4) => 2,
        (3, 7, _) | (6, 4, _) => 1,
        (3, 4, _) if bytes[groups[0].end..groups[1].start] == *b"-" => 1,
        (10, ..) if one_before => 0,
        (11, ..) if bytes[groups[0].start] == b'1' => 0,
        _ => return None,
    };
    Some(groups[last].end)
}

/// A national number with the trunk prefix 0: 9 to 11 digits, "020 7946 0958" or "02079460958".
fn trunk_end(bytes: &[u8], groups: &[Group]) -> Option<usize> {
    const DIGITS: std::ops::RangeInclusive<usize> = 9..=11;
    if bytes[groups[0].start] != b'0' || groups[0].digits() < 2 {
        return None;
    }
    let mut digits = 0;
    let mut end = None;
    for group in groups {
        digits += group.digits();
        if digits > *DIGITS.end() {
            break;
        }
        if digits >= *DIGITS.start() {
            end = Some(group.end);
        }
    }
    end
}
