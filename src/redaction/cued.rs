//! What a cue announces: the value of its kind, where it begins at a given token.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::names::{self, Hint};
use super::reading::Reading;
use super::values::{self, Value};
use super::{Kind, addresses, codes, continental, places, streets};

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
            let hint = if linked { Hint::Strong } else { Hint::Weak };
            names::at(reading, index, hint).or_else(|| {
                let token = reading.get(index)?;
                let surname = token.is(Class::SURNAME) && !reading.ordinary(index);
                // "maiden name quandel"
                let name = reading.before(index)?.hash == hash_word(b"name");
                let strange = name && !weak && token.len() >= 4 && reading.unknown(index);
                (surname || strange).then_some(index + 1)
            })?
        }
        Kind::DateOfBirth => values::date(reading, index)
            .or_else(|| values::birth_year(reading, index).filter(|_| !weak))?,
        Kind::Password | Kind::Username => word(reading, index, limit, kind, linked, weak)?,
        Kind::Address => address(reading, index, limit, weak)?,
        Kind::Url if linked => web_address(reading, index, limit)?,
        kind if kind.is_number() || kind == Kind::Custom => number(reading, index, kind, weak)?,
        _ => return None,
    };
    (end <= limit).then_some(end)
}

/// The number or code of `kind` at token `index`.
fn number(reading: &Reading<'_>, index: usize, kind: Kind, weak: bool) -> Option<usize> {
    if codes::is_capital_code(reading, index) {
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

/// A password or a login name.
fn word(
    reading: &Reading<'_>,
    index: usize,
    limit: usize,
    kind: Kind,
    linked: bool,
    weak: bool,
) -> Option<usize> {
    let token = reading.get(index)?;
    let certain = linked || kind == Kind::Password && !weak && token.form != Form::Mark;
    if let Some(end) = codes::coded_run(reading, index).filter(|end| certain && *end <= limit) {
        return Some(end);
    }
    if kind == Kind::Username {
        let run = joined(reading, index, linked, weak)
            .filter(|end| *end <= limit && (!token.is(Class::STATUS) || *end > index + 3));
        // "My Instagram is full", but "my Instagram: jodoe"
        if run.is_some() || weak && !(linked && reading.english) {
            return run;
        }
    }
    let last = |at: usize| reading.get(at).is_none_or(Token::ends_sentence);
    // "correct-horse-battery", but "case-sensitive"
    if let Some(end) = codes::joined(reading, index, b"-")
        && linked
        && kind == Kind::Password
        && end >= index + 5
        && end <= limit
        && last(end)
    {
        return Some(end);
    }
    let taken = match token.form {
        Form::Mixed => true,
        Form::Number => token.digits >= 3,
        Form::Word
            if token.is(Class::CONNECTOR
                .or(Class::STATUS)
                .or(Class::FILLER)
                .or(Class::CUE)) =>
        {
            false
        }
        Form::Word if !reading.ordinary(index) && (token.len() >= 4 || linked) => {
            linked || reading.english
        }
        Form::Word => {
            linked
                && kind == Kind::Password
                && (last(index + 1)
                    || last(index + 2) && reading.tokens[index + 1].form == Form::Number
                    || is_told_in_passing(reading, index))
                && token.len() >= 4
        }
        _ => false,
    };
    if !taken {
        return None;
    }
    // "Tiger!2024", "jo.doe_7": up to the next white space, but not the mark that ends the sentence.
    let mut end = index + 1;
    // What goes beyond the limit is no value.
    while end <= limit && reading.touches_next(end - 1) {
        end += 1;
    }
    while end > index + 1 && reading.tokens[end - 1].form == Form::Mark {
        end -= 1;
    }
    // "password is vj 123": a second piece ends the message.
    let second = kind == Kind::Password
        && last(end + 1)
        && reading.get(end).is_some_and(|token| {
            token.digits > 0 && !values::is_measure(token) || linked && reading.unknown(end)
        });
    Some(end + usize::from(second))
}

/// "live:jo.doe", "k.petrov"; without a link only what no sentence holds: "red_panda". Behind a `weak` cue a hyphen joins
/// words: "discord is read-only".
fn joined(reading: &Reading<'_>, index: usize, linked: bool, weak: bool) -> Option<usize> {
    let marks: &[u8] = if weak { b".:_" } else { b".:_-" };
    let end = codes::joined(reading, index, marks).filter(|end| *end > index + 1)?;
    let run = &reading.tokens[index..end];
    // "usuario tati.moura, ...", but "my login is broken.Please"
    let closed = reading.get(end).is_none_or(|next| {
        matches!(next.mark, b',' | b'/') || next.form == Form::Break || next.is(Class::CUE)
    });
    let strange = run
        .iter()
        .all(|token| !token.is(Class::ENGLISH.or(Class::FILLER)) && token.case == Case::Lower);
    let underscored = run.iter().any(|token| token.is_mark(b'_'));
    (linked || underscored || !weak && closed && strange).then_some(end)
}

/// "is sunshine, ...", "is sunshine and my login", "is sunshine but it": what follows says no more of it, and the word itself
/// is none that says how it is: "is encrypted and we".
fn is_told_in_passing(reading: &Reading<'_>, index: usize) -> bool {
    const PROPERTIES: [&str; 5] = ["ed", "en", "ing", "able", "al"];
    let word = reading.written(index);
    let goes_on = [b"and", b"but"].map(|word| hash_word(word));
    let closed = reading.get(index + 1).is_some_and(|token| {
        let other = reading.get(index + 2);
        token.is_mark(b',')
            || goes_on.contains(&token.hash) && other.is_some_and(|next| next.is(Class::FILLER))
    });
    closed && !PROPERTIES.iter().any(|ending| word.ends_with(ending))
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

/// "The password on the router is hT7kLp2Q", "the password you sent Xk29!pQ": what it is for stands between.
pub(super) fn placed_password(
    reading: &Reading<'_>,
    from: usize,
    limit: usize,
) -> Option<(usize, usize)> {
    const LONGEST: usize = 8;
    const SENT: usize = 4;
    let is_coded = |at: usize| {
        let token = &reading.tokens[at];
        token.form == Form::Mixed && !values::is_measure(token)
            || codes::coded_run(reading, at).is_some()
    };
    let place = reading.get(from)?;
    let within = |longest: usize| from + 1..limit.min(from + longest);
    let start = if place.is(Class::TOWARDS.or(Class::ARTICLE)) || place.hash == hash_word(b"on") {
        let link = within(LONGEST)
            .take_while(|&at| matches!(reading.tokens[at].form, Form::Word | Form::Mixed))
            .find(|&at| is_link(&reading.tokens[at]))?;
        link + 1
    } else if place.is(Class::FILLER) {
        let found = within(SENT).find(|&at| is_coded(at) || !reading.tokens[at].is_word());
        // "the password you use for Office365"
        found.filter(|&at| !reading.tokens[at - 1].is(Class::FILLER))?
    } else {
        return None;
    };
    reading.get(start).filter(|_| is_coded(start))?;
    let end = word(reading, start, limit, Kind::Password, true, false)?;
    (end <= limit).then_some((start, end))
}
