//! What a value looks like, token by token: numbers.

use super::class::Class;
use super::lexer::{Case, Form, Token};
use super::reading::Reading;
use super::{Kind, dates};

/// A value made of tokens; end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Number of digits, digit words counted.
    pub(super) digits: usize,
    /// Whether there are letters in it.
    pub(super) letters: bool,
}

/// Least number of digits of a payment card.
const CARD: usize = 13;
/// Most tokens of one number; bounds the time that a message of digits takes.
const LONGEST: usize = 48;

/// The number or code that begins at token `start`: groups of digits, digit words, codes of letters and digits, with
/// short separators between them.
pub(super) fn number(reading: &Reading<'_>, start: usize) -> Option<Value> {
    if !reading.numeric {
        return None;
    }
    let mut value = Value {
        start,
        end: start,
        digits: 0,
        letters: false,
    };
    let date = Value {
        end: start + DATE_TOKENS,
        digits: DATE_DIGITS,
        ..value
    };
    if is_plain_date(reading, &date) {
        return Some(date);
    }
    let mut words = 0_usize;
    let mut index = start;
    let mut pending_letters = false;
    while let Some(token) = reading.get(index).filter(|_| index < start + LONGEST) {
        // "4111 1111 1111 1111 exp 09/27": the last four of a masked card are its own.
        let is_validity = |at| value.digits >= CARD && dates::expiry(reading, at).is_some();
        match token.form {
            Form::Number => {
                if value.digits > 0 && is_quantity(reading, index) || is_validity(index) {
                    break;
                }
                value.digits += token.digits as usize;
            }
            Form::Mixed if !is_measure(token) => {
                value.digits += token.digits as usize;
                value.letters = true;
            }
            Form::Word
                if token.is(Class::DIGIT) && (words > 0 || next_is_digit(reading, index)) =>
            {
                words += 1;
                value.digits += 1;
            }
            Form::Word
                if token.is(Class::REPEAT)
                    && reading
                        .get(index + 1)
                        .is_some_and(|next| next.is(Class::DIGIT)) =>
            {
                words += 1;
                // The digit itself is counted when it comes.
                value.digits += token.class.value().saturating_sub(1) as usize;
            }
            Form::Word if is_validity(index + 1) => break,
            Form::Word if is_code_part(reading, index) => {
                pending_letters = true;
                index += 1;
                if value.digits > 0 {
                    value.end = index;
                    value.letters = true;
                } else if index - start > 2 {
                    return None;
                }
                continue;
            }
            Form::Mark if value.end > start && joins(reading, index) => {
                index += 1;
                continue;
            }
            _ => break,
        }
        if pending_letters {
            value.letters = true;
            pending_letters = false;
        }
        index += 1;
        value.end = index;
    }
    (value.digits > 0 && !reading.is_amount(start) && !is_percent(reading, value.end))
        .then_some(value)
}

/// A separator within a number: it touches both sides, or is a hyphen or a bracket.
fn joins(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    let digit_follows = reading.get(index + 1).is_some_and(|next| {
        next.digits > 0
            || next.is(Class::DIGIT)
            || matches!(next.mark, b'(' | b')' | b'-')
            || is_code_part(reading, index + 1)
    });
    let touches = reading.touches_next(index) && index > 0 && reading.touches_next(index - 1);
    let digit = |at: usize| {
        let token = reading.get(at);
        token.is_some_and(|token| {
            token.is(Class::DIGIT) || token.form == Form::Number && token.digits == 1
        })
    };
    match token.mark {
        // "four, four, seven, one"
        b',' => index > 0 && digit(index - 1) && digit(index + 1),
        b'-' | b'(' | b')' => digit_follows,
        b'.' | b'/' | b'_' | b'#' => digit_follows && touches,
        _ => false,
    }
}

fn next_is_digit(reading: &Reading<'_>, index: usize) -> bool {
    let next = |offset| {
        reading.get(index + offset).is_some_and(|token| {
            token.is(Class::DIGIT.or(Class::REPEAT))
                || (token.form == Form::Number && token.digits == 1)
        })
    };
    next(1)
        || (reading
            .get(index + 1)
            .is_some_and(|token| token.is_mark(b'-') || token.is_mark(b','))
            && next(2))
}

/// Letters that can belong to a code beside digits ("al 7845", "hy 67 yh").
fn is_code_part(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    if token.is_word() && token.len() == 1 {
        let digit = |at: Option<usize>| {
            at.and_then(|at| reading.get(at))
                .is_some_and(|token| token.form == Form::Number)
        };
        let goes_on = reading
            .get(index + 2)
            .is_some_and(|next| next.is_word() && next.len() <= 2);
        let before = digit(index.checked_sub(1));
        let behind = digit(index.checked_add(1));
        return behind && (before || goes_on)
            || before
                && reading.get(index + 1).is_none()
                && index >= 2
                && reading.tokens[index - 2].len() <= 2;
    }
    let function = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::STOP)
        .or(Class::GREETING)
        .or(Class::UNIT)
        .or(Class::TITLE)
        .or(Class::MONTH)
        .or(Class::REQUEST)
        .or(Class::CUE);
    token.is_word()
        && token.len() <= 5
        && !token.is(function)
        && (!token.is(Class::ENGLISH.or(Class::GIVEN).or(Class::SURNAME))
            || (token.len() <= 3 && token.case == Case::Upper))
}

/// "7pm", "12th", "5gb": a quantity written in one.
pub(super) fn is_measure(token: &Token) -> bool {
    token.form == Form::Mixed && token.digits <= 4 && token.is(Class::UNIT)
}

/// A number with a unit behind it.
pub(super) fn is_quantity(reading: &Reading<'_>, index: usize) -> bool {
    reading.tokens[index].digits <= 4
        && reading
            .get(index + 1)
            .is_some_and(|next| next.is(Class::UNIT) && !next.is(Class::GIVEN))
}

fn is_percent(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index)
        .is_some_and(|token| token.is_mark(b'%') || token.is_mark(b'$'))
}

/// Whether `value` is a time, a price with decimals or a quantity rather than an identifier.
pub(super) fn is_everyday(reading: &Reading<'_>, value: &Value) -> bool {
    let first = &reading.tokens[value.start];
    if value.digits <= 4
        && reading.before(value.start).is_some_and(|before| {
            before.is(Class::NEUTRAL.or(Class::MONTH)) && !before.is(Class::CUE)
        })
    {
        return true;
    }
    let last = &reading.tokens[value.end - 1];
    if is_plain_date(reading, value) {
        return true;
    }
    if value.digits > 5 || value.letters {
        return false;
    }
    if value.end < reading.tokens.len() && reading.tokens[value.end].is(Class::UNIT) {
        return true;
    }
    // "5:30", "1,200", "3.5", "1/2"
    let next = |mark| {
        reading
            .get(value.end)
            .is_some_and(|token| token.is_mark(mark))
    };
    let previous = |mark| {
        reading
            .before(value.start)
            .is_some_and(|token| token.is_mark(mark))
    };
    let touches_next = reading.touches_next(value.end - 1);
    let touches_previous = value.start > 0 && reading.touches_next(value.start - 1);
    if touches_next
        && (next(b':') || next(b','))
        && reading
            .get(value.end + 1)
            .is_some_and(|token| token.digits > 0 && token.start == reading.tokens[value.end].end)
    {
        return true;
    }
    if touches_previous
        && (previous(b':') || previous(b','))
        && reading
            .get(value.start.wrapping_sub(2))
            .is_some_and(|token| {
                token.digits > 0 && token.end == reading.tokens[value.start - 1].start
            })
    {
        return true;
    }
    first.start != last.start
        && value.end - value.start == 3
        && matches!(reading.tokens[value.start + 1].mark, b'.' | b'/')
        && value.digits <= 4
}

/// Tokens of a date in digits with its separators, and its digits where it is written in full.
const DATE_TOKENS: usize = 5;
const DATE_DIGITS: usize = 8;

/// "2020-01-03", "3/1/2020": a date, of which only a date of birth is personal.
fn is_plain_date(reading: &Reading<'_>, value: &Value) -> bool {
    let tokens = reading.tokens.get(value.start..value.end).unwrap_or(&[]);
    let [first, left, middle, right, last] = tokens else {
        return false;
    };
    let same = left.form == Form::Mark
        && left.mark == right.mark
        && matches!(left.mark, b'-' | b'/' | b'.');
    let short = |token: &Token| token.form == Form::Number && token.digits <= 2;
    same && short(middle)
        && ((first.digits == 4 && short(last)) || (short(first) && matches!(last.digits, 2 | 4)))
}

/// "20-14-53": a British sort code, which is written like a date.
pub(super) fn is_sort_code(reading: &Reading<'_>, value: &Value) -> bool {
    let tokens = reading.tokens.get(value.start..value.end).unwrap_or(&[]);
    let [first, _, middle, _, last] = tokens else {
        return false;
    };
    [first, middle, last]
        .iter()
        .all(|token| token.form == Form::Number && token.digits == 2)
}

/// A bare number that is more likely a year, a date or a round amount than an identifier.
pub(super) fn is_common_number(reading: &Reading<'_>, text: &str, value: &Value) -> bool {
    let [token] = &reading.tokens[value.start..value.end] else {
        return false;
    };
    if token.form != Form::Number {
        return false;
    }
    let digits = &text[token.start as usize..token.end as usize];
    let year = |digits: &str| ("1930".."2040").contains(&digits);
    match digits.len() {
        4 => year(digits) || digits.ends_with("00"),
        5 => digits.ends_with("000"),
        8 => {
            year(&digits[4..])
                && ("01".."32").contains(&&digits[..2])
                && ("01".."32").contains(&&digits[2..4])
        }
        _ => false,
    }
}

/// Least number of digits of a value of `kind` that a strong cue announces.
pub(super) const fn least_digits(kind: Kind) -> usize {
    match kind {
        Kind::PostalCode | Kind::Phone => 4,
        _ => 3,
    }
}
