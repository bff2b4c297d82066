//! Where a name begins: titles, initials, first halves, and surnames told first.

use super::class::Class;
use super::lexer::{Case, Form, Token};
use super::name_ends::{extend, initial, is_i};
use super::names::{self, NO_NAME};
use super::reading::Reading;

/// Where a name begins that goes on before its tokens from `start` to `end`: with a hyphen, "Per-Olof", an initial, "D. Quandel",
/// or the surname of a list, "Quandel, Ramon".
pub(super) fn with_beginning(reading: &Reading<'_>, start: usize, end: usize) -> usize {
    let mut start = with_first_half(reading, start);
    for _ in 0..2 {
        let dot = reading.before(start).is_some_and(|dot| dot.is_mark(b'.'));
        let letter = start.checked_sub(1 + usize::from(dot));
        let initial = letter.filter(|&at| {
            initial(reading, at)
                && reading.cased
                && !is_lettered(reading, at)
                && (dot && reading.touches_next(at) || !dot && !reading.tokens[at].is(NO_NAME))
        });
        start = initial.unwrap_or(start);
    }
    // "Nguyen Thi Lan", "Tomasina Quandel": what is of no list, or a surname, before it.
    let other = start.checked_sub(1).filter(|&at| {
        let surname = reading.tokens[at].is(Class::SURNAME)
            && !reading.ordinary(at)
            && !reading.tokens[at].is(Class::AMBIGUOUS.or(Class::TITLE).or(Class::CUE))
            && reading.tokens[at].case == Case::Capital
            && reading.capital(at);
        reading.tokens[start].case == Case::Capital
            && reading.tokens[start].is_word()
            && (surname || names::is_strange(reading, at))
    });
    start = other.unwrap_or(start);
    let surname = start.checked_sub(2).filter(|&at| {
        let opens = |before: &Token| before.form == Form::Break || before.is_mark(b':');
        // "Walmart, Kevin is here"
        let closes = |next: &Token| next.form == Form::Break;
        reading.tokens[at + 1].is_mark(b',')
            && names::is_strange(reading, at)
            && reading.before(at).is_none_or(opens)
            && reading.get(end).is_none_or(closes)
    });
    surname.unwrap_or(start)
}

/// "Plan B. Kevin agreed", "vitamin D": the letter belongs to the word before it.
fn is_lettered(reading: &Reading<'_>, letter: usize) -> bool {
    const LEADS: Class = Class::FILLER
        .or(Class::TOWARDS)
        .or(Class::GREETING)
        .or(Class::LINK)
        .or(Class::CONNECTOR)
        .or(Class::CUE)
        .or(Class::TITLE)
        .or(Class::GIVEN)
        .or(Class::SURNAME);
    letter.checked_sub(1).is_some_and(|at| {
        let before = &reading.tokens[at];
        // "Gunnhildur F. Quandel"
        let name = reading.capital(at) && !reading.ordinary(at);
        before.is_word() && before.len() > 1 && !before.is(LEADS) && !name
    })
}

/// Where a name begins that goes on before the token at `start` with a hyphen: "Per-Olof".
fn with_first_half(reading: &Reading<'_>, start: usize) -> usize {
    let half = start.checked_sub(2).filter(|&half| {
        reading.tokens[start - 1].is_mark(b'-')
            && reading.touches_next(half)
            && reading.touches_next(start - 1)
            && reading.tokens[half].is_word()
            && reading.tokens[half].case == Case::Capital
            // "Ex-Kevin"
            && (reading.tokens[half].is(Class::GIVEN) || !reading.tokens[half].is(Class::ENGLISH))
            && reading.capital(half)
    });
    half.unwrap_or(start)
}

/// Where the name stands behind the title at `index`: behind its dot, initials and a particle, as in "Ms. P. Dhaliwal",
/// "mrs j rudge" and "mevrouw De Wit".
pub(super) fn behind_title(reading: &Reading<'_>, index: usize) -> usize {
    const MOST_INITIALS: usize = 3;
    let dot = |at: usize| usize::from(reading.get(at).is_some_and(|mark| mark.is_mark(b'.')));
    let mut next = index + 1 + dot(index + 1);
    for _ in 0..MOST_INITIALS {
        let letter = reading.get(next).is_some_and(|token| {
            token.is_word()
                && token.len() == 1
                && if reading.cased {
                    token.case != Case::Lower
                } else {
                    !is_i(token)
                }
        });
        if letter {
            next += 1 + dot(next + 1);
        }
    }
    // "Mme Le Bihan"
    let particle = reading
        .get(next)
        .is_some_and(|token| token.is(Class::PARTICLE))
        && reading.get(next + 1).is_some_and(Token::is_word)
        && reading.capital(next + 1);
    next + usize::from(particle)
}

/// "D. Quandel", "J.R. Quandel": initials with dots and a surname that is no other word.
pub(super) fn behind_initials(reading: &Reading<'_>, index: usize) -> Option<usize> {
    const MOST: usize = 3;
    const SHORTEST: usize = 4;
    let is_initial = |at: usize| {
        initial(reading, at) && reading.touches_next(at) && reading.tokens[at + 1].is_mark(b'.')
    };
    // "e.g. U.S. Quandel" begins in the midst of an abbreviation.
    let apart = index == 0 || !reading.touches_next(index - 1);
    let initials = (0..MOST)
        .take_while(|nth| is_initial(index + 2 * nth))
        .count();
    let surname = index + 2 * initials;
    let token = reading.get(surname)?;
    let named = token.is_word()
        && token.len() >= SHORTEST
        && token.case == Case::Capital
        && (token.is(Class::SURNAME) && !token.is(Class::ENGLISH.or(Class::AMBIGUOUS))
            || names::is_strange(reading, surname));
    (apart && initials > 0 && named && !is_lettered(reading, index))
        .then(|| extend(reading, surname))
}
