//! What a cue announces: the value of its kind, where it begins at a given token.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::names::{self, Hint};
use super::reading::Reading;
use super::values::{self, Value};
use super::{Kind, addresses, codes, continental, dates, passwords, places, streets, told};

/// Whether a token says that a value comes: "is", ":", "=".
pub(super) fn is_link(token: &Token) -> bool {
    matches!(token.mark, b':' | b'=') || token.is(Class::LINK)
}

/// The end of the value of `kind` that begins at token `index`.
pub(super) fn value_at(
    reading: &Reading<'_>,
    index: usize,
    limit: usize,
    kind: Kind,
    weak: bool,
    linked: bool,
) -> Option<usize> {
    let end = match kind {
        Kind::Person => {
            let hint = match (weak, linked) {
                (true, _) => Hint::Weak,
                (false, true) => Hint::Told,
                (false, false) => Hint::Strong,
            };
            let name = names::at(reading, index, hint);
            name.or_else(|| weak.then(|| names::introduced(reading, index))?)?
        }
        Kind::SecurityAnswer => {
            let hint = match linked {
                false => Hint::Weak,
                // "best friend is" tells of the friend.
                true if !weak && is_behind(reading, index, &[b"answer", b"name", b"word"]) => {
                    Hint::Told
                }
                true => Hint::Strong,
            };
            let phrase = || told::phrase(reading, index).filter(|_| hint == Hint::Told);
            names::at(reading, index, hint)
                .or_else(phrase)
                .or_else(|| {
                    let token = reading.get(index)?;
                    let surname = token.is(Class::SURNAME) && !reading.ordinary(index);
                    // "maiden name quandel"
                    let name = reading.before(index)?.hash == hash_word(b"name");
                    let strange = name && !weak && token.len() >= 4 && reading.unknown(index);
                    (surname || strange).then_some(index + 1)
                })?
        }
        Kind::DateOfBirth => dates::date(reading, index)
            .or_else(|| dates::birth_year(reading, index).filter(|_| !weak))?,
        Kind::Password | Kind::Username => {
            passwords::word(reading, index, limit, kind, linked, weak)?
        }
        Kind::Address => address(reading, index, limit, weak)?,
        Kind::Url if linked => web_address(reading, index, limit)?,
        kind if kind.is_number() || kind == Kind::Custom => {
            let passcode = || {
                let word = linked && !weak && is_behind(reading, index, &[b"passcode"]);
                let end = word.then(|| {
                    passwords::word(reading, index, limit, Kind::Password, true, false)
                })??;
                (!told::is_predicate(reading, index)).then_some(end)
            };
            let valid =
                || dates::expiry(reading, index).filter(|_| kind == Kind::CreditCard && !weak);
            valid()
                .or_else(|| number(reading, index, kind, weak))
                .or_else(passcode)?
        }
        _ => return None,
    };
    (end <= limit).then_some(end)
}

/// Whether one of `words` and a link stand before the value.
fn is_behind(reading: &Reading<'_>, value: usize, words: &[&[u8]]) -> bool {
    let cue = value.checked_sub(2).and_then(|at| reading.get(at));
    cue.is_some_and(|cue| words.iter().any(|word| cue.hash == hash_word(word)))
}

/// The number or code of `kind` at token `index`.
fn number(reading: &Reading<'_>, index: usize, kind: Kind, weak: bool) -> Option<usize> {
    // "MY ORDER NUMBER IS QWERTYU": a dictionary tells that it is no word.
    let told = !weak && reading.english && codes::is_capital_word(reading, index);
    if told || codes::is_capital_code(reading, index) {
        let offer = kind == Kind::AccessCode && weak && codes::is_offer(reading, index);
        return (!offer).then_some(index + 1);
    }
    let ordered = matches!(kind, Kind::OrderId | Kind::BookingReference);
    if let Some(value) = codes::hyphened(reading, index)
        && (!weak || ordered)
    {
        return Some(value.end);
    }
    if kind == Kind::BookingReference && codes::is_locator(reading, index) {
        return Some(index + 1);
    }
    if let Some(end) = codes::plate(reading, index).filter(|_| !weak && kind == Kind::NationalId) {
        return Some(end);
    }
    let value = values::number(reading, index)
        .or_else(|| codes::coded(reading, index).filter(|_| !weak))?;
    let least = match (weak, kind) {
        (true, Kind::Phone) => 7,
        (true, Kind::OrderId | Kind::AccountNumber | Kind::BookingReference) => 5,
        (true, _) => 4,
        (false, kind) => values::least_digits(kind),
    };
    let code = value.letters && value.digits + 2 >= least && value.digits >= 1 && !weak;
    let enough = value.digits >= least || code;
    let everyday = values::is_everyday(reading, &value)
        && !(kind == Kind::RoutingNumber && values::is_sort_code(reading, &value));
    (enough && !everyday && !(weak && is_year(&value, reading))).then_some(value.end)
}

/// "https://example.com/jo" or "www.example.com", up to the next white space.
fn web_address(reading: &Reading<'_>, index: usize, limit: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let marks = |expected: &[u8]| {
        expected.iter().enumerate().all(|(offset, &mark)| {
            let touches = reading.touches_next(index + offset);
            touches && reading.tokens[index + 1 + offset].is_mark(mark)
        })
    };
    // A mark that is repeated is one token.
    let begins = marks(b":/") || (marks(b".") && reading.tokens[index].hash == hash_word(b"www"));
    if !begins {
        return None;
    }
    let farthest = limit.min(index + LONGEST);
    let mut end = (index + 1..farthest)
        .find(|&at| !reading.touches_next(at - 1))
        .unwrap_or(farthest);
    while matches!(reading.tokens[end - 1].mark, b',' | b'.' | b'!' | b'?') {
        end -= 1;
    }
    Some(end)
}

fn is_year(value: &Value, reading: &Reading<'_>) -> bool {
    value.digits == 4
        && !value.letters
        && reading
            .before(value.start)
            .is_some_and(|before| before.is(Class::MONTH))
}

/// An address behind a strong cue: from its first number to the end of the line or sentence.
fn address(reading: &Reading<'_>, index: usize, limit: usize, weak: bool) -> Option<usize> {
    let token = reading.get(index)?;
    if let Some(end) = streets::small_street(reading, index).filter(|_| !weak) {
        return Some(end);
    }
    if !weak && token.is_word() && reading.capital(index) {
        // "deliver to Rose Cottage, Mill Lane": to the end of the line.
        let end = line_end(reading, index, limit);
        return addresses::has_street(reading, index, end)
            .then_some(end)
            .or_else(|| continental::behind_cue(reading, index, limit));
    }
    let time = reading.touches_next(index)
        && reading.tokens[index + 1].is_mark(b':')
        && reading.touches_next(index + 1);
    if let Some(end) = places::behind_cue(reading, index, limit).filter(|_| !weak) {
        return Some(end);
    }
    if weak
        || time
        || token.digits == 0
        || values::is_measure(token)
        || values::is_quantity(reading, index)
        || reading.is_amount(index)
    {
        return None;
    }
    let dotted = reading.touches_next(index) && reading.get(index + 1)?.is_mark(b'.');
    addresses::at(reading, index).or_else(|| {
        if dotted {
            return None;
        }
        let end = line_end(reading, index, limit);
        let phrase = (index + 1..end)
            .find(|&at| {
                let token = &reading.tokens[at];
                let place = token.is(Class::STATE)
                    && reading
                        .get(at + 1)
                        .is_none_or(|next| next.digits > 0 || next.form == Form::Mark);
                (token.is(Class::FILLER) || token.is(Class::CUE) && !reading.capital(at))
                    && !place
                    && token.len() > 1
                    && !token.is(Class::STREET.or(Class::PARTICLE))
            })
            .unwrap_or(end);
        let space = |at: usize| reading.tokens[at - 1].form == Form::Break;
        let phrase = (index..=phrase).rev().find(|&at| at == index || !space(at));
        phrase.filter(|phrase| *phrase > index + 1)
    })
}

/// The end of what is said from `index` on: a sentence's end that is followed by a capital or by nothing.
pub(super) fn line_end(reading: &Reading<'_>, index: usize, limit: usize) -> usize {
    const LONGEST: usize = 22;
    const STOPS: Class = Class::GREETING.or(Class::REQUEST);
    let mut end = index;
    while end < limit.min(index + LONGEST) {
        let token = &reading.tokens[end];
        let dot = token.is_mark(b'.')
            && reading.tokens.get(end + 1).is_some_and(|next| {
                reading.touches_next(end)
                    || next.is(Class::STATE)
                    || next.digits > 0
                    || next.is_mark(b',')
            });
        if (token.ends_sentence() && !dot && token.form != Form::Break)
            || (token.is(STOPS) && !token.is(Class::STREET.or(Class::STATE)))
            || token.form == Form::Label
        {
            break;
        }
        end += 1;
    }
    while end > index + 1
        && (reading.tokens[end - 1].form == Form::Mark
            || reading.tokens[end - 1].form == Form::Break
            || reading.tokens[end - 1].is(Class::FILLER)
                && !reading.tokens[end - 1].is(Class::STATE))
    {
        end -= 1;
    }
    end
}
