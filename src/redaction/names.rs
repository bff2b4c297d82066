//! Names of persons.
//!
//! The lists of names support, they do not decide: a word that is also an ordinary word or a place needs a capital and a
//! context; a word of no list is a name where a cue or a greeting says so.

use std::ops::Range;

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::reading::Reading;
use super::{Kind, Span};

/// How much the surroundings say that a name comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// "My name is": what follows is a name unless it is a word that cannot be one.
    Strong,
    /// "I am": what follows must look like a name.
    Weak,
}

pub(super) const NO_NAME: Class = Class::FILLER
    .or(Class::CONNECTOR)
    .or(Class::STOP)
    .or(Class::GREETING)
    .or(Class::REQUEST)
    .or(Class::MONTH)
    .or(Class::UNIT);

/// The name that begins at token `start`, as the token behind it.
pub(super) fn at(reading: &Reading<'_>, start: usize, hint: Hint) -> Option<usize> {
    let mut first = start;
    while reading
        .get(first)
        .is_some_and(|token| token.is(Class::TITLE) && token.is_word())
        && first < start + 2
    {
        first += 1;
        if reading.get(first).is_some_and(|token| token.is_mark(b'.')) {
            first += 1;
        }
    }
    let titled = first > start;
    if !begins(reading, first, if titled { Hint::Strong } else { hint }) {
        return None;
    }
    Some(extend(reading, first))
}

/// Whether the token at `index` can be the first of a name.
fn begins(reading: &Reading<'_>, index: usize, hint: Hint) -> bool {
    let Some(token) = reading.get(index) else {
        return false;
    };
    if !token.is_word() || token.len() < 2 {
        return initial(reading, index)
            && hint == Hint::Strong
            && begins_after_initial(reading, index);
    }
    let listed = token.is(Class::GIVEN.or(Class::SURNAME));
    let capital = reading.capital(index);
    if token.is(Class::PLAIN_NAME) && (capital || hint == Hint::Strong) {
        return true;
    }
    // "First name Will": even a word that is never one else.
    let named = token.is(Class::GIVEN) && token.len() >= 3 && token.case == Case::Capital;
    if hint == Hint::Strong && named && capital && !reading.begins_sentence(index) {
        return true;
    }
    if token.is(NO_NAME) {
        return false;
    }
    match hint {
        Hint::Strong => {
            (listed && (!token.is(Class::ENGLISH) || capital || ends(reading, index + 1)))
                || (token.is(Class::GIVEN)
                    && !token.is(Class::AMBIGUOUS)
                    && stands_first(reading, index)
                    && stands_last(reading, index))
                || is_full(reading, index)
                || reading.unknown(index)
                || (capital
                    && !token.is(Class::CUE)
                    && (!token.is(Class::ENGLISH) || !reading.begins_sentence(index)))
        }
        Hint::Weak => {
            (token.is(Class::GIVEN)
                && !token.is(Class::ENGLISH)
                && (capital || !token.is(Class::AMBIGUOUS)))
                || (capital && token.is(Class::GIVEN) && !reading.begins_sentence(index))
                || (capital
                    && !token.is(Class::ENGLISH.or(Class::AMBIGUOUS).or(Class::CUE))
                    && token.case == Case::Capital
                    && !reading.begins_sentence(index)
                    && !is_of_business(reading, index))
                || (reading.unknown(index)
                    && (listed || ends(reading, index + 1))
                    && !reading.cased)
        }
    }
}

/// "hi im mark,", "my wife joy is": whoever is greeted with or belongs to somebody, though the name is also a word.
pub(super) fn introduced(reading: &Reading<'_>, index: usize) -> Option<usize> {
    /// As many words stand between greeting and name: "hi, this is".
    const BETWEEN: usize = 4;
    let greeted = reading.tokens[index.saturating_sub(BETWEEN)..index]
        .iter()
        .rev()
        .take_while(|token| !token.ends_sentence())
        .any(|token| token.is(Class::SALUTATION));
    // Right behind "wife", but not behind "is".
    let related = reading.before(index).is_some_and(|before| {
        before.is(Class::CUE) && !before.is(Class::LINK.or(Class::FILLER).or(Class::CONNECTOR))
    });
    let closed = reading.get(index + 1).is_none_or(|next| {
        next.ends_sentence()
            || next.is_mark(b',')
            || next.is(Class::SPEECH)
            || related && next.is(Class::LINK)
    });
    ((greeted || related) && closed && is_given(reading, index)).then(|| extend(reading, index))
}

/// A given name, though it is also a word: with a capital whichever, else none that says something else most of the time.
fn is_given(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_some_and(|token| {
        token.is_word()
            && token.is(Class::GIVEN)
            && token.len() >= 3
            && (token.case == Case::Capital && reading.capital(index)
                || !token.is(NO_NAME
                    .or(Class::AMBIGUOUS)
                    .or(Class::STATUS)
                    .or(Class::NOT_ADDRESSED)))
    })
}

/// "Contoso Support", "Fabrikam Bank": a strange word before what only a business is.
pub(super) fn is_of_business(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index + 1)
        .is_some_and(|next| next.is(Class::BUSINESS) && reading.capital(index + 1))
}

fn begins_after_initial(reading: &Reading<'_>, index: usize) -> bool {
    let next = if reading
        .get(index + 1)
        .is_some_and(|token| token.is_mark(b'.'))
    {
        index + 2
    } else {
        index + 1
    };
    reading.get(next).is_some_and(|token| {
        token.is_word()
            && token.len() > 2
            && (token.is(Class::SURNAME.or(Class::GIVEN))
                || reading.capital(next) && !token.is(Class::ENGLISH))
            && !token.is(NO_NAME)
    })
}

fn initial(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index)
        .is_some_and(|token| token.is_word() && token.len() == 1 && token.case != Case::Lower)
}

/// Whether nothing more is said from `index` on.
fn ends(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_none_or(Token::ends_sentence)
}

/// The end of the name whose first token is at `first`: further names, initials and particles.
pub(super) fn extend(reading: &Reading<'_>, first: usize) -> usize {
    const LONGEST: usize = 5;
    let capital = reading.capital(first);
    let mut end = first + 1;
    let mut index = end;
    if initial(reading, first) && reading.get(index).is_some_and(|token| token.is_mark(b'.')) {
        index += 1;
    }
    while let Some(token) = reading.get(index) {
        if index - first >= LONGEST {
            break;
        }
        if token.is_word()
            && token.len() == 1
            && (token.case != Case::Lower || !reading.cased)
            && (!is_i(token) || is_dotted(reading, index))
        {
            // An initial, if a name follows or the message ends.
            index += 1;
            if reading.get(index).is_some_and(|token| token.is_mark(b'.')) {
                index += 1;
            }
            if part(reading, index, capital) {
                continue;
            }
            if ends(reading, index) && capital {
                end = index;
            }
            break;
        }
        if token.is_mark(b'-') && reading.touches_next(index) && part(reading, index + 1, capital) {
            index += 1;
            continue;
        }
        if token.is(Class::PARTICLE) && token.is_word() && part(reading, index + 1, capital) {
            index += 1;
            continue;
        }
        if !part(reading, index, capital) {
            break;
        }
        index += 1;
        end = index;
    }
    end
}

/// "Tom I. Hale": with a dot it is an initial, whatever the letter.
fn is_dotted(reading: &Reading<'_>, index: usize) -> bool {
    reading.cased
        && reading
            .get(index + 1)
            .is_some_and(|next| next.is_mark(b'.'))
        && part(reading, index + 2, true)
}

fn is_i(token: &Token) -> bool {
    token.hash == hash_word(b"i") || token.hash == hash_word(b"a")
}

/// Whether the token at `index` continues a name.
fn part(reading: &Reading<'_>, index: usize, capital_before: bool) -> bool {
    let Some(token) = reading.get(index) else {
        return false;
    };
    if !token.is_word()
        || token.len() < 2
        || token.is(NO_NAME.or(Class::TITLE)) && !token.is(Class::PLAIN_NAME)
    {
        return false;
    }
    let capital = reading.capital(index);
    if capital_before && reading.cased {
        return capital && (!token.is(Class::CUE) || token.is(Class::GIVEN.or(Class::SURNAME)));
    }
    (token.is(Class::GIVEN.or(Class::SURNAME))
        && (!token.is(Class::ENGLISH)
            || token.is(Class::PLAIN_NAME)
            || !reading.cased && stands_last(reading, index)))
        || reading.unknown(index)
}

/// "grant wood and": a given name and a surname, though they are also words, and nothing that they could belong to.
fn is_full(reading: &Reading<'_>, index: usize) -> bool {
    let [given, surname] = [index, index + 1].map(|at| reading.get(at));
    let first = reading
        .before(index)
        .is_none_or(|before| before.is(Class::FILLER) || !before.is_word());
    first
        && given.is_some_and(|given| given.is(Class::GIVEN) && !given.is(Class::AMBIGUOUS))
        && surname.is_some_and(|next| {
            next.is_word() && next.is(Class::SURNAME) && !next.is(NO_NAME.or(Class::AMBIGUOUS))
        })
        && stands_last(reading, index + 1)
}

/// "is mark and", "mark, and": nothing goes before that the word could belong to.
fn stands_first(reading: &Reading<'_>, index: usize) -> bool {
    reading.before(index).is_none_or(|before| {
        before.is(Class::LINK) || matches!(before.form, Form::Mark | Form::Break)
    })
}

/// "jamie brown and": nothing follows that the word could belong to.
fn stands_last(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index + 1).is_none_or(|next| {
        !next.is_word() || next.is(Class::FILLER.or(Class::CUE).or(Class::CONNECTOR))
    })
}

/// Adds the names that are told in one breath with one that was found: "Liam Brandt, Noor Haddad and Suki Tanaka".
pub(super) fn listed(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    let behind = |offset: usize| {
        let tokens = reading.tokens;
        tokens.partition_point(|token| (token.start as usize) < offset)
    };
    let places = |span: &Span| behind(span.start)..behind(span.end);
    // Made where there is a name at all.
    let mut taken: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(span) = spans.get(at).copied() {
        at += 1;
        if span.kind != Kind::Person {
            continue;
        }
        if taken.is_empty() {
            taken.resize(reading.tokens.len(), false);
            for span in spans.iter() {
                taken[places(span)].fill(true);
            }
        }
        let name = places(&span);
        let small = !reading.capital(name.start);
        let next = listed_next(reading, name.end, small);
        let before = listed_before(reading, name.start);
        for found in [next, before].into_iter().flatten() {
            // "Forbes and Murray" is a corner.
            let sure = is_given(reading, found.start) || name.len() > 1 || found.len() > 1;
            if sure && !taken[found.clone()].contains(&true) {
                taken[found.clone()].fill(true);
                spans.push(reading.span(found.start, found.end, Kind::Person, "name_listed"));
            }
        }
    }
}

/// The name behind a comma or "and" at `index`. Behind a comma alone, or written `small`, something must show that the list
/// goes on or ends.
fn listed_next(reading: &Reading<'_>, index: usize, small: bool) -> Option<Range<usize>> {
    let comma = reading.get(index)?.is_mark(b',');
    let joint = index + usize::from(comma);
    let and = is_and(reading.get(joint)?);
    let start = joint + usize::from(and);
    let full = |at: usize| {
        let surname = reading
            .get(at)
            .is_some_and(|token| token.is(Class::SURNAME));
        surname && reading.capital(at)
    };
    let given = is_given(reading, start)
        && reading.capital(start) != small
        && (full(start + 1) || !reading.tokens[start].is(NO_NAME.or(Class::AMBIGUOUS)));
    if !(comma || and) || !(given || is_strange(reading, start)) {
        return None;
    }
    let end = extend(reading, start);
    let goes_on = reading
        .get(end)
        .is_none_or(|next| next.ends_sentence() || next.is_mark(b',') || is_and(next));
    (goes_on || and && !small).then_some(start..end)
}

/// The name before "and", which stands before `index`.
fn listed_before(reading: &Reading<'_>, index: usize) -> Option<Range<usize>> {
    let and = index.checked_sub(1)?;
    let last = and.checked_sub(1)?;
    if !is_and(&reading.tokens[and]) || !is_strange(reading, last) {
        return None;
    }
    let before = last.checked_sub(1);
    let first = before.filter(|&at| is_strange(reading, at)).unwrap_or(last);
    (!reading.begins_sentence(first)).then_some(first..last + 1)
}

fn is_and(token: &Token) -> bool {
    token.hash == hash_word(b"and")
}

/// A word of no list, written as a name is.
pub(super) fn is_strange(reading: &Reading<'_>, index: usize) -> bool {
    let capital = |token: &Token| token.case == Case::Capital;
    reading.get(index).is_some_and(capital)
        && reading.capital(index)
        && reading.unknown(index)
        && !is_of_business(reading, index)
}
