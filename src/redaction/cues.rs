//! Cues: the words of a message that say what the value beside them is ("my pin is 4471", "4471 is my pin").

use super::lexer::{Form, Token, hash_word};
use super::names::{self, Hint};
use super::reading::Reading;
use super::values::{self, Value};
use super::words::{Class, Cue, Words};
use super::{Kind, Span};

/// A cue of a message; token positions, end exclusive.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) cue: Cue,
    /// Where the next strong cue begins, and so a value of this one ends.
    limit: usize,
    /// Whether a value was found beside it.
    pub(super) served: bool,
}

/// The cues of a message, longest first where they begin together; none overlaps another.
pub(super) fn find(reading: &Reading<'_>, words: &Words, found: &mut Vec<Found>) {
    found.clear();
    let mut index = 0;
    while let Some(token) = reading.get(index) {
        let cue = if token.is(Class::CUE) && token.is_word() && may_be_cue(reading, index) {
            words.cue(
                reading.tokens[index..]
                    .iter()
                    .filter(|token| !token.is_mark(b'-'))
                    .map(|token| token.hash),
            )
        } else {
            None
        };
        match cue {
            Some((length, cue)) => {
                let mut end = index;
                let mut left = length;
                while left > 0 {
                    left -= usize::from(!reading.tokens[end].is_mark(b'-'));
                    end += 1;
                }
                // "the name of the hotel" is nobody's.
                let of = reading.get(end).is_some_and(|next| next.is(Class::OF));
                let kind = cue
                    .kind
                    .filter(|kind| !(of && *kind == Kind::Person && !cue.weak));
                found.push(Found {
                    start: index,
                    end,
                    cue: Cue { kind, ..cue },
                    limit: reading.tokens.len(),
                    served: false,
                });
                index = end;
            }
            None => index += 1,
        }
    }
}

/// Whether a word that begins cues is one, or is followed by the second word of one.
fn may_be_cue(reading: &Reading<'_>, index: usize) -> bool {
    reading.tokens[index].is(Class::CUE_WHOLE)
        || reading.tokens[index + 1..]
            .iter()
            .find(|token| !token.is_mark(b'-'))
            // Only words have a class.
            .is_some_and(|next| !next.is_word() || next.is(Class::CUE_SECOND))
}

/// Adds the values that stand beside the cues of a message.
pub(super) fn serve(reading: &Reading<'_>, found: &mut [Found], spans: &mut Vec<Span>) {
    let mut limit = reading.tokens.len();
    for cue in found.iter_mut().rev() {
        cue.limit = limit;
        if is_of_value(*cue) && !cue.cue.weak {
            limit = cue.start;
        }
    }
    for position in 0..found.len() {
        let here @ Found { limit, .. } = found[position];
        let Some(kind) = here.cue.kind else { continue };
        let before = position.checked_sub(1).map_or(0, |last| found[last].end);
        let value = behind(reading, here.end, limit, kind, here.cue.weak)
            .or_else(|| in_front(reading, here.start, before, kind, here.cue.weak));
        if let Some((start, end)) = value {
            found[position].served = true;
            push(reading, start, end, kind, "cue", spans);
            if kind.is_number() {
                // What stands behind the next cue, even a weak one, is that cue's.
                let mut later = found[position + 1..].iter();
                let next = later.find(|next| next.cue.kind != Some(Kind::Url));
                let next = next.map_or(limit, |next| next.start);
                further(reading, end, limit.min(next), kind, spans);
            }
        }
    }
}

/// "My order number on your website is 77120": a site is mentioned in passing, and the value is still the number's.
fn is_of_value(found: Found) -> bool {
    found.cue.kind.is_some_and(|kind| kind != Kind::Url)
}

fn push(
    reading: &Reading<'_>,
    start: usize,
    end: usize,
    kind: Kind,
    rule: &'static str,
    spans: &mut Vec<Span>,
) {
    spans.push(reading.span(start, end, kind, rule));
}

/// "1596 or 0314": more values of the same kind in a row.
fn further(reading: &Reading<'_>, mut end: usize, limit: usize, kind: Kind, spans: &mut Vec<Span>) {
    while end < limit {
        let mut next = end;
        while next < limit.min(end + 3) && is_between(&reading.tokens[next]) {
            next += 1;
        }
        let Some(value) = (next > end)
            .then(|| values::number(reading, next))
            .flatten()
        else {
            return;
        };
        if value.digits < values::least_digits(kind) || values::is_everyday(reading, &value) {
            return;
        }
        push(reading, value.start, value.end, kind, "cue", spans);
        end = value.end;
    }
}

fn is_between(token: &Token) -> bool {
    token.is(Class::FILLER) || matches!(token.mark, b',' | b'/' | b'&' | b'(' | b'"')
}

/// Most tokens between a cue and its value.
const FARTHEST: usize = 7;

/// Whether a token may stand between a cue and its value.
fn is_skipped(token: &Token) -> bool {
    match token.form {
        Form::Word => token.is(Class::CONNECTOR),
        Form::Mark => b":=-#,\"(.'*>!?".contains(&token.mark),
        Form::Break => true,
        _ => false,
    }
}

/// The value that follows a cue which ends before token `from`.
fn behind(
    reading: &Reading<'_>,
    from: usize,
    limit: usize,
    kind: Kind,
    weak: bool,
) -> Option<(usize, usize)> {
    let mut index = from;
    let mut linked = false;
    while index < limit.min(from + FARTHEST) {
        let token = &reading.tokens[index];
        // "This is the Contoso Bot": a thing, not a person.
        if weak && kind == Kind::Person && token.is(Class::ARTICLE) {
            return None;
        }
        if let Some(end) = value_at(reading, index, limit, kind, weak, linked) {
            return Some((index, end));
        }
        linked |= is_link(token);
        if !is_skipped(token) {
            break;
        }
        index += 1;
    }
    if kind == Kind::Password && !weak {
        return placed_password(reading, from, limit);
    }
    if weak || !kind.is_number() || !reading.numeric {
        return None;
    }
    // "the pin could be either 1596": anywhere in the sentence, if it is long enough to be one.
    while index < limit.min(from + 12) && !reading.tokens[index].ends_sentence() {
        let number = values::number(reading, index).filter(|value| {
            value.digits >= 4 && !values::is_everyday(reading, value) && value.end <= limit
        });
        if let Some(value) = number {
            return Some((value.start, value.end));
        }
        index += 1;
    }
    None
}

/// "The password on the router is hT7kLp2Q": what it is for stands between.
fn placed_password(reading: &Reading<'_>, from: usize, limit: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 8;
    let place = reading.get(from)?;
    if !place.is(Class::TOWARDS.or(Class::ARTICLE)) && place.hash != hash_word(b"on") {
        return None;
    }
    let link = (from + 1..limit.min(from + LONGEST))
        .take_while(|&at| matches!(reading.tokens[at].form, Form::Word | Form::Mixed))
        .find(|&at| is_link(&reading.tokens[at]))?;
    let start = link + 1;
    let token = reading.get(start)?;
    let coded = token.form == Form::Mixed && !values::is_measure(token)
        || values::coded_run(reading, start).is_some();
    let end = coded.then(|| word(reading, start, limit, Kind::Password, true))??;
    (end <= limit).then_some((start, end))
}

/// Whether a token says that a value comes: "is", ":", "=".
fn is_link(token: &Token) -> bool {
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
            let hint = if weak { Hint::Weak } else { Hint::Strong };
            names::at(reading, index, hint)?
        }
        Kind::SecurityAnswer => {
            let hint = if linked { Hint::Strong } else { Hint::Weak };
            names::at(reading, index, hint).or_else(|| {
                (reading.get(index)?.is(Class::SURNAME) && !reading.ordinary(index))
                    .then_some(index + 1)
            })?
        }
        Kind::DateOfBirth => values::date(reading, index)?,
        Kind::Password | Kind::Username => word(reading, index, limit, kind, linked)?,
        Kind::Address => address(reading, index, limit, weak)?,
        Kind::Url if linked => web_address(reading, index, limit)?,
        kind if kind.is_number() => number(reading, index, kind, weak)?,
        _ => return None,
    };
    (end <= limit).then_some(end)
}

/// The number or code of `kind` at token `index`.
fn number(reading: &Reading<'_>, index: usize, kind: Kind, weak: bool) -> Option<usize> {
    if values::is_capital_code(reading, index) {
        return Some(index + 1);
    }
    let value = values::number(reading, index)
        .or_else(|| values::coded(reading, index).filter(|_| !weak))?;
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
) -> Option<usize> {
    let token = reading.get(index)?;
    if let Some(end) = values::coded_run(reading, index).filter(|end| linked && *end <= limit) {
        return Some(end);
    }
    let last = |at: usize| reading.get(at).is_none_or(Token::ends_sentence);
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
        Form::Word => linked && kind == Kind::Password && last(index + 1) && token.len() >= 4,
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
        && linked
        && last(end + 1)
        && reading.get(end).is_some_and(|token| {
            token.digits > 0 && !values::is_measure(token) || reading.unknown(end)
        });
    Some(end + usize::from(second))
}

/// An address behind a strong cue: from its first number to the end of the line or sentence.
fn address(reading: &Reading<'_>, index: usize, limit: usize, weak: bool) -> Option<usize> {
    let token = reading.get(index)?;
    if !weak && token.is_word() && reading.capital(index) {
        // "deliver to Rose Cottage, Mill Lane": to the end of the line.
        let end = line_end(reading, index, limit);
        return super::addresses::has_street(reading, index, end).then_some(end);
    }
    if weak
        || token.digits == 0
        || values::is_measure(token)
        || values::is_quantity(reading, index)
        || reading.is_amount(index)
    {
        return None;
    }
    let dotted = reading.touches_next(index) && reading.get(index + 1)?.is_mark(b'.');
    super::addresses::at(reading, index).or_else(|| {
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

/// The value in front of a cue: "4471 is my pin", "Miller is my mother's maiden name".
fn in_front(
    reading: &Reading<'_>,
    cue: usize,
    from: usize,
    kind: Kind,
    weak: bool,
) -> Option<(usize, usize)> {
    const LINK: usize = 4;
    if weak {
        return None;
    }
    let mut end = cue;
    let mut linked = false;
    while end > from && cue - end < LINK {
        let token = &reading.tokens[end - 1];
        if !(token.is_word() && token.is(Class::CONNECTOR.or(Class::FILLER))) {
            break;
        }
        let used_as = kind == Kind::Password && token.hash == hash_word(b"as");
        linked |= is_link(token) || used_as;
        end -= 1;
    }
    if !linked || end == from {
        return None;
    }
    let first = end.saturating_sub(4).max(from);
    (first..end).find_map(|start| {
        let begins = start == from
            || reading.begins_sentence(start)
            || reading
                .before(start)
                .is_some_and(|token| token.form == Form::Mark || token.is(Class::FILLER));
        let found = value_at(reading, start, end, kind, false, true)?;
        (begins && found == end && !(kind == Kind::Person && reading.ordinary(start)))
            .then_some((start, end))
    })
}
