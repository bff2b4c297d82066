//! Telephone numbers as people write them, in runs of digits.

use super::numbers::{Group, ends_word};
use super::{Kind, Span};

/// Most digits of a telephone number (ITU-T E.164).
const MAX_DIGITS: usize = 15;

/// The rule of numbers that are known by their groups alone.
pub(super) const GROUPED: &str = "phone_grouped";

/// A phone number in one of the notations people use; national formats of the world are recognised where their form
/// alone says so.
pub(super) fn at(bytes: &[u8], groups: &[Group]) -> Option<Span> {
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
    } else if let Some(end) = pairs_end(bytes, groups) {
        ("phone_pairs", end)
    } else {
        (GROUPED, grouped_end(bytes, groups)?)
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
        let too_many = digits + group.digits() > MAX_DIGITS;
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
    let last = match (length(0), length(1), length(2)) {
        (3, 3, 4) => 2,
        (3, 7, _) => 1,
        (6, 4, _) if hyphen() => 1,
        (3, 4, _) if hyphen() && !is_behind_currency(&bytes[..groups[0].start]) => 1,
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

/// How national numbers without a trunk prefix are written in one country or another; digits per group. Notations that
/// begin with a single digit and have one more group are left out: a number behind a quantity looks the same.
const GROUPINGS: [&[usize]; 18] = [
    &[2, 5],
    &[3, 4],
    &[3, 5],
    &[4, 3],
    &[2, 6],
    &[4, 4],
    &[1, 3, 3],
    &[1, 3, 4],
    &[2, 2, 4],
    &[2, 3, 2],
    &[2, 3, 3],
    &[3, 1, 3],
    &[3, 2, 2],
    &[3, 2, 3],
    &[2, 3, 4],
    &[3, 3, 2],
    &[3, 3, 3],
    &[4, 3, 3],
];

/// A national number in the groups of some country, with blanks or hyphens between them.
fn grouped_end(bytes: &[u8], groups: &[Group]) -> Option<usize> {
    let start = groups[0].start;
    let before = &bytes[..start];
    let separator = |at: usize| &bytes[groups[at].end..groups[at + 1].start];
    if matches!(before, [.., b'0'..=b'9' | b'/' | b'.' | b'-' | b','])
        || is_behind_currency(before)
        || groups.len() < 2
        || !matches!(separator(0), b" " | b"-")
    {
        return None;
    }
    let alike = (1..groups.len() - 1)
        .take_while(|&at| separator(at) == separator(0))
        .count();
    let groups = &groups[..alike + 2];
    let written = |pattern: &&&[usize]| {
        pattern.len() == groups.len()
            && pattern
                .iter()
                .zip(groups)
                .all(|(digits, group)| *digits == group.digits())
    };
    let last = groups[groups.len() - 1];
    let end = last.end;
    // "12 500 000" is an amount.
    let thousands = groups[1..].iter().all(|group| group.digits() == 3);
    if thousands && bytes[last.start..end].iter().all(|digit| *digit == b'0') {
        return None;
    }
    let number = GROUPINGS.iter().any(|it| written(&it)) && ends_word(bytes, end);
    let is_year = |group: &Group| is_year(bytes, *group);
    // "2034 5678" is a number where numbers have two groups of four.
    let years = match groups {
        [a, b] if (a.digits(), b.digits()) == (4, 4) => is_year(a) && is_year(b),
        _ => groups.iter().any(is_year),
    };
    (number && !is_date(bytes, groups) && !years).then_some(end)
}

/// "$ 555 1234", but not the sign of an amount before it, as in "20$ 555-1234".
fn is_behind_currency(before: &[u8]) -> bool {
    let before = before.strip_suffix(b" ").unwrap_or(before);
    [&b"$"[..], "€".as_bytes(), "£".as_bytes()]
        .iter()
        .filter_map(|sign| before.strip_suffix(*sign))
        .any(|amount| {
            let last = amount.trim_ascii_end().last();
            !last.is_some_and(u8::is_ascii_digit)
        })
}

/// "2019-2020", "12 11 2024".
fn is_year(bytes: &[u8], group: Group) -> bool {
    group.digits() == 4 && matches!(&bytes[group.start..group.start + 2], b"19" | b"20")
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

#[cfg(test)]
mod tests {
    use phonenumber::metadata::DATABASE;
    use phonenumber::{Mode, PhoneNumber};

    use crate::redaction::{Conversation, Engine, Replacement, Side, Turn, Verdict};

    const ANNOUNCED: &str = "my number is # thanks";
    const ASKED_FOR: &str = "#";
    const IN_PASSING: &str = "try # after six";

    /// Of every country and type of number, that which libphonenumber gives as an example, and others like it.
    fn numbers() -> Vec<PhoneNumber> {
        const OTHERS: usize = 5;
        let mut random = fastrand::Rng::with_seed(3);
        let mut numbers = Vec::new();
        for metadata in DATABASE.iter() {
            let Ok(country) = metadata.id().parse() else {
                continue;
            };
            let types = metadata.descriptors();
            let types = [
                types.fixed_line(),
                types.mobile(),
                types.toll_free(),
                types.premium_rate(),
                types.shared_cost(),
                types.personal_number(),
                types.voip(),
            ];
            for of_type in types.into_iter().flatten() {
                let Some(example) = of_type.example() else {
                    continue;
                };
                let stem = &example[..example.len().saturating_sub(4)];
                let others =
                    std::iter::repeat_with(|| format!("{stem}{:04}", random.u16(..10_000)));
                let alike = others.take(OTHERS).filter(|other| of_type.is_match(other));
                numbers.extend(
                    std::iter::once(example.to_owned())
                        .chain(alike)
                        .filter_map(|national| phonenumber::parse(Some(country), national).ok()),
                );
            }
        }
        numbers
    }

    /// The numbers, written in `mode` and of at least `digits` digits, of which something is left in `message`.
    fn left(mode: Mode, digits: usize, message: &str) -> (usize, Vec<String>) {
        let engine = Engine::new(Replacement::Typed);
        let count = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        let mut all = 0;
        let mut left = Vec::new();
        for number in numbers() {
            let written = number.format().mode(mode).to_string();
            if count(&written) < digits {
                continue;
            }
            all += 1;
            let ask = if message == ASKED_FOR {
                "What is your phone number?"
            } else {
                "Hello."
            };
            let text = message.replace('#', &written);
            let turns = [(Side::Business, ask), (Side::Customer, text.as_str())];
            let turns = turns.map(|(side, text)| Turn { side, text });
            let conversation = Conversation {
                turns: &turns,
                redact_from: 0,
                participants: &[],
            };
            match &engine.redact(&conversation).verdicts[1] {
                Verdict::Redacted(redacted) if count(&redacted.text) == 0 => {}
                _ => left.push(text),
            }
        }
        assert!(all > 4000, "{all}");
        (all, left)
    }

    #[test]
    fn international_numbers_of_all_countries_are_found_whatever_surrounds_them() {
        for mode in [Mode::E164, Mode::International, Mode::Rfc3966] {
            for message in [ANNOUNCED, ASKED_FOR, IN_PASSING] {
                assert_eq!(left(mode, 7, message).1, Vec::<String>::new());
            }
        }
    }

    #[test]
    fn national_numbers_are_found_where_the_talk_is_of_a_number() {
        for message in [ANNOUNCED, ASKED_FOR] {
            // Three pairs are also how a date is written: New Caledonia, Surinam.
            let (all, left) = left(Mode::National, 4, message);
            assert!(left.len() * 200 < all, "{} of {all}: {left:?}", left.len());
        }
    }

    #[test]
    fn national_numbers_in_groups_are_found_without_a_word_about_them() {
        // Seven digits and less without a separator may be anything.
        let (all, left) = left(Mode::National, 7, IN_PASSING);
        assert!(left.len() * 50 < all, "{} of {all}: {left:?}", left.len());
    }

    /// A message of a customer, alone in its conversation; `None` where it is withheld.
    fn redact(text: &str) -> Option<String> {
        let side = Side::Customer;
        let conversation = Conversation {
            turns: &[Turn { side, text }],
            redact_from: 0,
            participants: &[],
        };
        let engine = Engine::new(Replacement::Typed);
        match engine.redact(&conversation).verdicts.remove(0) {
            Verdict::Redacted(redacted) => Some(redacted.text.into_owned()),
            Verdict::Withheld { .. } => None,
        }
    }

    #[test]
    fn an_amount_or_a_line_before_hides_no_number() {
        for (text, redacted) in [
            (
                "I pay in $\n555-1234 is mine",
                "I pay in $\n[PHONE] is mine",
            ),
            ("it was 20$ 555-1234 is mine", "it was 20$ [PHONE] is mine"),
            ("1234 0000 or 2034 5678", "[PHONE] or [PHONE]"),
        ] {
            assert_eq!(redact(text).as_deref(), Some(redacted));
        }
    }

    #[test]
    fn years_dates_amounts_and_quantities_are_no_numbers() {
        for text in [
            "it was open from 2019-2020 as I remember",
            "we met on 12 11 2024 in the park",
            "it was $123 4567",
            "20 pieces, 300 each",
            "11-25-2024",
            "10 000 of them",
            "it costs 12 500 000 rupiah here",
        ] {
            assert_eq!(redact(text).as_deref(), Some(text));
        }
    }
}
