//! What follows a street: unit, city, state, postcode, country.

use super::class::Class;
use super::continental::is_postcode_and_city;
use super::lexer::{Form, Token};
use super::reading::Reading;
use super::values::is_measure;

/// The end of what belongs to the address whose street ends before token `end`.
pub(super) fn tail(reading: &Reading<'_>, end: usize) -> usize {
    const FARTHEST: usize = 12;
    let mut index = end;
    let mut kept = end;
    while let Some(token) = reading.get(index) {
        if index >= end + FARTHEST {
            break;
        }
        match token.form {
            Form::Mark if token.is_mark(b',') && tells_another(reading, index + 1) => break,
            Form::Mark if matches!(token.mark, b',' | b'#') => index += 1,
            Form::Mark
                if token.is_mark(b'.')
                    && reading.touches_next(index - 1)
                    && next_is_place(reading, index + 1) =>
            {
                index += 1
            }
            Form::Break if next_is_place(reading, index + 1) => index += 1,
            Form::Mark if token.is_mark(b'-') => index += 1,
            // "Neubaugasse 12/3/14"
            Form::Mark
                if token.is_mark(b'/')
                    && reading.touches_next(index - 1)
                    && reading.touches_next(index)
                    && reading.tokens[index + 1].form == Form::Number =>
            {
                index += 1
            }
            Form::Word
                if token.is(Class::STREET_UNIT)
                    && reading
                        .get(behind_dot(reading, index))
                        .is_some_and(is_unit_number) =>
            {
                index = behind_dot(reading, index) + 1;
                kept = index;
            }
            // "260 Park Circle B"
            Form::Word
                if (index == end || reading.tokens[index - 1].digits > 0)
                    && token.len() == 1
                    && reading.capital(index)
                    && reading.get(index + 1).is_none_or(|next| !next.is_word()) =>
            {
                index += 1;
                kept = index;
            }
            // "12 Main St. Apt. 4"
            Form::Mark
                if token.is_mark(b'.')
                    && index == end
                    && reading.get(index + 1).is_some_and(|next| {
                        next.is(Class::STREET_UNIT) || next.form == Form::Number
                    }) =>
            {
                index += 1;
            }
            Form::Word if token.is(Class::STREET) && index == end => {
                index += 1;
                kept = index;
            }
            Form::Number | Form::Mixed
                if (!is_measure(token) || is_floor(reading, index))
                    && !super::values::is_quantity(reading, index) =>
            {
                index += 1;
                if is_floor(reading, index - 1) {
                    index += 1;
                }
                kept = index;
            }
            Form::Word
                if token.is(Class::STATE)
                    && (token.len() > 2
                        || reading.capital(index)
                        || !token.is(Class::FILLER)
                        || is_before_postcode(reading, index)) =>
            {
                index += 1;
                kept = index;
            }
            Form::Word if is_place_word(reading, index) => {
                index += 1;
                // Without a capital, a word of no dictionary is the name of a place.
                if reading.capital(index - 1) || !token.is(Class::ENGLISH) {
                    kept = index;
                }
            }
            _ => break,
        }
    }
    kept
}

/// "ohio quandelville usa", "harvest drive quandel ma 2199": words behind a cue among which there is a state or a street, and that end what
/// is said.
pub(super) fn behind_cue(reading: &Reading<'_>, start: usize, limit: usize) -> Option<usize> {
    const LONGEST: usize = 8;
    const SAID: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::STATUS)
        .or(Class::STOP)
        .or(Class::REQUEST)
        .or(Class::CUE);
    let is_state = |token: &Token| token.is(Class::STATE) && token.len() > 1;
    let is_part = |at: usize| {
        let token = &reading.tokens[at];
        let street = token.is(Class::STREET);
        let word = token.is_word() && (!token.is(SAID) || street || at > start && is_state(token));
        word || at > start && token.form == Form::Number
    };
    let farthest = limit.min(start + LONGEST);
    let parts = (start..farthest).take_while(|at| is_part(*at)).count();
    let end = start + parts;
    let closed = reading.get(end).is_none_or(|next| {
        next.ends_sentence() || next.is_mark(b',') || next.is(Class::CUE.or(Class::FILLER))
    });
    let tokens = &reading.tokens[start..end];
    let telling = tokens.iter().any(|token| {
        token.is_word()
            && (is_state(token) && !token.is(SAID) || token.is(Class::STREET) && token.len() > 2)
    });
    (closed && telling && parts >= 2).then_some(end)
}

/// "ma 02322": a state's two letters that are another word, too.
fn is_before_postcode(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index + 1).is_some_and(|next| {
        next.form == Form::Number
            && (4..=5).contains(&next.digits)
            && !super::values::is_quantity(reading, index + 1)
    })
}

/// The token behind an abbreviation and its dot.
fn behind_dot(reading: &Reading<'_>, index: usize) -> usize {
    let dot = reading
        .get(index + 1)
        .is_some_and(|next| next.is_mark(b'.'));
    index + 1 + usize::from(dot)
}

fn is_floor(reading: &Reading<'_>, index: usize) -> bool {
    is_measure(&reading.tokens[index])
        && reading
            .get(index + 1)
            .is_some_and(|next| next.is(Class::STREET_UNIT))
}

pub(super) fn is_unit_number(token: &Token) -> bool {
    token.digits > 0 || (token.is_word() && token.len() == 1) || matches!(token.mark, b'#' | b'-')
}

/// "12 Mill Lane, IBAN GB82 ...": another value is told, with its cue; but "12 Mill Lane, Mobile, Alabama".
fn tells_another(reading: &Reading<'_>, index: usize) -> bool {
    const PART: Class = Class::STATE.or(Class::STREET_UNIT);
    let cue = reading.get(index);
    cue.is_some_and(|cue| cue.is(Class::CUE_WHOLE) && !cue.is(PART))
        && reading.get(index + 1).is_some_and(|next| {
            next.digits > 0 || next.is(Class::LINK) || matches!(next.mark, b':' | b'#')
        })
}

fn next_is_place(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_some_and(|token| {
        (token.form == Form::Number && token.digits >= 4)
            || is_postcode_and_city(reading, index)
            || token.is(Class::STREET_UNIT)
            || (reading.capital(index)
                && is_place_word(reading, index)
                && reading.get(index + 1).is_some_and(|next| {
                    next.is(Class::STATE)
                        || next.is_mark(b',')
                        || next.digits > 0
                        || next.form == Form::Break
                }))
    })
}

/// "new york", "united states"
pub(super) fn before_state(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index + 1)
        .is_some_and(|next| next.is(Class::STATE) && next.len() > 2)
}

fn is_place_word(reading: &Reading<'_>, index: usize) -> bool {
    const NO_PLACE: Class = Class::FILLER
        .or(Class::REQUEST)
        .or(Class::GREETING)
        .or(Class::MONTH);
    let token = &reading.tokens[index];
    let capital = reading.capital(index);
    let of = token.is(Class::OF.or(Class::PARTICLE))
        && reading.get(index + 1).is_some_and(|next| next.is_word())
        && reading.capital(index + 1);
    of || token.is_word()
        && token.len() > 1
        && (capital
            || !reading.cased && !token.is(Class::CUE)
            || before_state(reading, index)
            || !token.is(Class::ENGLISH)
                && reading
                    .before(index)
                    .is_some_and(|before| before.is_mark(b',')))
        && !token.is(NO_PLACE)
}
