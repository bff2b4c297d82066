//! Digit runs: payment cards, social security numbers, long numbers; `phones` has the rest.
//!
//! A run is a sequence of digit groups with short separators between them ("+44 20 7946 0958"). Numbers are looked for
//! at group borders only, so that a card number followed by its security code is found as what it is.

use super::{Kind, Span, checksums, phones};

/// Payment cards have 13 to 19 digits (ISO/IEC 7812-1).
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// The rule of digits that are an identifier by their number alone.
pub(super) const LONG: &str = "long_number";

const NO_BREAK_SPACE: &[u8] = "\u{a0}".as_bytes();

/// A sequence of digits without separators; byte offsets, end exclusive.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Group {
    pub(super) const fn digits(self) -> usize {
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
        || separator == NO_BREAK_SPACE
}

fn find_in_run(bytes: &[u8], groups: &[Group], spans: &mut Vec<Span>) {
    /// One more than the digits of the longest number, so that no rule reads on and on in a message of digits.
    const MOST_GROUPS: usize = *CARD_DIGITS.end() + 1;
    let mut card_end = 0;
    for first in 0..groups.len() {
        let rest = &groups[first..groups.len().min(first + MOST_GROUPS)];
        if let Some(card) = card(bytes, rest) {
            card_end = card_end.max(card.end);
            spans.push(card);
        } else if starts_word(bytes, rest[0].start) {
            let found = ssn(bytes, rest)
                .or_else(|| phones::at(bytes, rest))
                .or_else(|| long(bytes, rest));
            // Some groups of a card have the form of a phone number.
            spans.extend(found.filter(|span| span.end > card_end));
        }
    }
}

fn starts_word(bytes: &[u8], start: usize) -> bool {
    start == 0 || !is_word(bytes[start - 1])
}

pub(super) fn ends_word(bytes: &[u8], end: usize) -> bool {
    !bytes.get(end).is_some_and(|&byte| is_word(byte))
}

/// ASCII letters, digits and underscore, as the tutorial's pattern has it.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The longest card number that begins with the first group and ends with a group.
fn card(bytes: &[u8], groups: &[Group]) -> Option<Span> {
    /// Cards are written in groups of this many digits, but for the last.
    const SMALLEST_GROUP: usize = 3;
    let start = groups[0].start;
    let before = start.checked_sub(1).map(|before| bytes[before]);
    // Behind a plus sign a phone number begins, behind a digit's separator a number goes on.
    if !(b'2'..=b'6').contains(&bytes[start]) || before == Some(b'+') {
        return None;
    }
    let mut digits = [0_u8; *CARD_DIGITS.end()];
    let mut count = 0;
    let mut longest = None;
    for (index, group) in groups.iter().enumerate() {
        let goes_on = index == 0
            || (groups[index - 1].digits() >= SMALLEST_GROUP
                && is_card_separator(&bytes[groups[index - 1].end..group.start]));
        if !goes_on || count + group.digits() > digits.len() {
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
        start,
        end,
        kind: Kind::CreditCard,
        rule: "card_luhn",
    })
}

fn is_card_separator(separator: &[u8]) -> bool {
    separator == NO_BREAK_SPACE
        || (separator.len() <= 2 && separator.iter().all(|byte| b" -.".contains(byte)))
}

/// A run of digits that is too long for a quantity: nine and more are an identifier of something.
fn long(bytes: &[u8], groups: &[Group]) -> Option<Span> {
    const LEAST: usize = 9;
    let group = groups[0];
    let before = group.start.checked_sub(1).map(|before| bytes[before]);
    let amount = matches!(before, Some(b'$' | b'.' | b','));
    let fraction = matches!(bytes.get(group.end..group.end + 2), Some([b'.' | b',', digit]) if digit.is_ascii_digit());
    (group.digits() >= LEAST
        && !amount
        && !ends_uuid(bytes, group)
        && !fraction
        && ends_word(bytes, group.end))
    .then_some(Span {
        start: group.start,
        end: group.end,
        kind: Kind::AccountNumber,
        rule: LONG,
    })
}

/// Whether the group is the last of a UUID: 8-4-4-4-12 hexadecimal digits.
fn ends_uuid(bytes: &[u8], group: Group) -> bool {
    const BEFORE: usize = 24;
    let Some(start) = group.start.checked_sub(BEFORE) else {
        return false;
    };
    bytes[start..group.start]
        .iter()
        .enumerate()
        .all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
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
