//! Digit runs: phones as people write them, payment cards, social security numbers.
//!
//! A run is a sequence of digit groups with short separators between them ("+44 20 7946 0958"). Numbers are looked for
//! at group borders only, so that a card number followed by its security code is found as what it is.

use super::{Kind, Span, checksums};

/// Most digits of a telephone number (ITU-T E.164).
const MAX_PHONE_DIGITS: usize = 15;
/// Payment cards have 13 to 19 digits (ISO/IEC 7812-1).
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

const NO_BREAK_SPACE: &[u8] = "\u{a0}".as_bytes();

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
        || separator == NO_BREAK_SPACE
}

fn find_in_run(bytes: &[u8], groups: &[Group], spans: &mut Vec<Span>) {
    for first in 0..groups.len() {
        let rest = &groups[first..];
        let found = card(bytes, rest).or_else(|| {
            if starts_word(bytes, rest[0].start) {
                ssn(bytes, rest)
                    .or_else(|| phone(bytes, rest))
                    .or_else(|| long(bytes, rest))
            } else {
                None
            }
        });
        spans.extend(found);
    }
}

fn starts_word(bytes: &[u8], start: usize) -> bool {
    start == 0 || !is_word(bytes[start - 1])
}

fn ends_word(bytes: &[u8], end: usize) -> bool {
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
        rule: "long_number",
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
    let (rule, end) = if plus || has_exit_code(bytes, groups) {
        ("phone_international", international_end(bytes, groups)?)
    } else if let Some(end) = north_american_end(bytes, groups) {
        ("phone_north_american", end)
    } else if let Some(end) = trunk_end(bytes, groups) {
        ("phone_trunk_prefix", end)
    } else {
        ("phone_pairs", pairs_end(bytes, groups)?)
    };
    Some(Span {
        start: first.start - usize::from(open) - usize::from(plus),
        end,
        kind: Kind::Phone,
        rule,
    })
}

/// The prefixes that are dialled for the plus sign: 00 in most countries, 011 in North America.
fn has_exit_code(bytes: &[u8], groups: &[Group]) -> bool {
    let first = &bytes[groups[0].start..groups[0].end];
    let apart = groups.len() > 1 && (first == b"00" || first == b"011");
    apart || (first.len() > 3 && first.starts_with(b"00") && first[2] != b'0')
}

/// Whether a number may end with the last of `groups`. A letter behind a number that is written in groups is an
/// extension ("x123") or a typing mistake; behind a bare run of digits it makes another thing of it.
fn may_end(bytes: &[u8], groups: &[Group]) -> bool {
    let last = groups[groups.len() - 1];
    groups.len() > 1 || ends_word(bytes, last.end)
}

/// Groups as long as they fit, but a short group behind a complete number is something else.
fn international_end(bytes: &[u8], groups: &[Group]) -> Option<usize> {
    const MIN_DIGITS: usize = 7;
    const COMPLETE: usize = 10;
    let mut digits = 0;
    let mut end = None;
    for (index, group) in groups.iter().enumerate() {
        let too_many = digits + group.digits() > MAX_PHONE_DIGITS;
        if too_many || (digits >= COMPLETE && group.digits() < 3) {
            break;
        }
        digits += group.digits();
        if digits >= MIN_DIGITS && may_end(bytes, &groups[..=index]) {
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
    let hyphen = || bytes[groups[0].end..groups[1].start] == *b"-";
    let currency = || {
        let before = &bytes[..groups[0].start];
        [&b"$"[..], "€".as_bytes(), "£".as_bytes()]
            .iter()
            .any(|sign| before.ends_with(sign))
    };
    let last = match (length(0), length(1), length(2)) {
        (3, 3, 4) => 2,
        (3, 7, _) => 1,
        (6, 4, _) if hyphen() => 1,
        (3, 4, _) if hyphen() && !currency() => 1,
        (10, ..) if one_before => 0,
        (11, ..) if bytes[groups[0].start] == b'1' => 0,
        _ => return None,
    };
    may_end(bytes, &groups[..=last]).then_some(groups[last].end)
}

/// A national number with the trunk prefix 0: 9 to 12 digits, "020 7946 0958" or "02079460958".
fn trunk_end(bytes: &[u8], groups: &[Group]) -> Option<usize> {
    const DIGITS: std::ops::RangeInclusive<usize> = 9..=12;
    let start = groups[0].start;
    let inside_a_number = matches!(bytes[..start], [.., b'0'..=b'9', b'/' | b'.' | b'-']);
    if bytes[start] != b'0' || groups[0].digits() < 2 || inside_a_number || is_date(bytes, groups) {
        return None;
    }
    let mut digits = 0;
    let mut end = None;
    for (index, group) in groups.iter().enumerate() {
        digits += group.digits();
        if digits > *DIGITS.end() {
            break;
        }
        if digits >= *DIGITS.start() && may_end(bytes, &groups[..=index]) {
            end = Some(group.end);
        }
    }
    end
}

/// Four or five pairs of digits with one kind of separator: "71-33-52-22".
fn pairs_end(bytes: &[u8], groups: &[Group]) -> Option<usize> {
    const PAIRS: std::ops::RangeInclusive<usize> = 4..=5;
    let start = groups[0].start;
    if matches!(
        bytes[..start],
        [.., b'0'..=b'9' | b'$' | b'/' | b'.' | b'-' | b',']
    ) {
        return None;
    }
    let separator = |at: usize| &bytes[groups[at].end..groups[at + 1].start];
    let alike = |at: &usize| groups[at + 1].digits() == 2 && separator(*at) == separator(0);
    let more = (0..groups.len() - 1).take_while(alike);
    let pairs = 1 + more.take(*PAIRS.end()).count();
    let plain = groups.len() > 1 && matches!(separator(0), b"-" | b"." | b" ");
    let last = groups[pairs - 1].end;
    (groups[0].digits() == 2 && plain && PAIRS.contains(&pairs) && ends_word(bytes, last))
        .then_some(last)
}

/// Day, month and year in any order of the first two, or a time behind a short date: 05.03.2024, 5/3/24 14.30. Two by two
/// throughout is how French numbers are written.
fn is_date(bytes: &[u8], groups: &[Group]) -> bool {
    /// Of the longest national number.
    const MOST_PAIRS: usize = 6;
    let [a, b, year, ..] = groups else {
        return false;
    };
    if a.digits() > 2 || b.digits() > 2 {
        return false;
    }
    let separator = |left: &Group, right: &Group| &bytes[left.end..right.start];
    let first = separator(a, b);
    match year.digits() {
        4 => first == separator(b, year) && first != b" ",
        2 => !groups[..groups.len().min(MOST_PAIRS)]
            .windows(2)
            .all(|pair| pair[1].digits() == 2 && separator(&pair[0], &pair[1]) == first),
        _ => false,
    }
}
