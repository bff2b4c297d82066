//! Dates of birth, and until when a card is valid.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::reading::Reading;
use super::told::is_any;
use super::values::is_measure;

/// A date with its year or its month's name: "31/06/1996", "July 4th 1927", "the 3rd of May 1980".
pub(super) fn date(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let token = reading.get(start)?;
    let day =
        |token: &Token| (token.form == Form::Number || is_measure(token)) && token.digits <= 2;
    if token.form == Form::Number && token.digits == 8 {
        return Some(start + 1);
    }
    let mut index = start;
    let (mut numbers, mut month, mut ordinal) = (0, false, false);
    while let Some(token) = reading.get(index) {
        match token.form {
            Form::Number | Form::Mixed if day(token) => numbers += 1,
            Form::Number if token.digits == 4 => numbers += 1,
            Form::Word if token.is(Class::MONTH) && !month && token.len() >= 3 => month = true,
            // "twenty first"
            Form::Word
                if is_number_word(token) && reading.get(index + 1).is_some_and(is_ordinal) => {}
            Form::Word if is_ordinal(token) => {
                numbers += 1;
                ordinal = true;
            }
            Form::Word
                if index > start && (token.is(Class::UNIT) && token.len() == 2 || is_of(token)) => {
            }
            Form::Mark
                if index > start
                    && matches!(token.mark, b'/' | b'-' | b'.' | b',' | b'\'')
                    // "First, may I ask"
                    && !is_ordinal(&reading.tokens[index - 1]) => {}
            _ => break,
        }
        index += 1;
        if numbers + usize::from(month) >= 3 {
            break;
        }
    }
    let parts = numbers + usize::from(month);
    while index > start
        && !(reading.tokens[index - 1].digits > 0
            || reading.tokens[index - 1].is(Class::MONTH.or(Class::UNIT))
            || is_ordinal(&reading.tokens[index - 1]))
    {
        index -= 1;
    }
    // "nineteen eighty one"
    let figures = reading.tokens[start..index]
        .iter()
        .any(|token| token.digits > 2);
    let is_year = |at: &usize| reading.get(*at).is_some_and(is_number_word);
    let spelled = match month && !figures {
        true => (index..index + LONGEST_YEAR).take_while(is_year).count(),
        false => 0,
    };
    let of = || reading.tokens[start + 1..index].iter().any(is_of);
    let told = match ordinal {
        // "the first may" says more.
        true => month && (numbers >= 2 || spelled > 1 || of()),
        false => parts >= 3 || month && (numbers >= 1 || spelled > 2),
    };
    told.then_some(index + spelled)
}

/// Most words of a day and its year: "fourteen nineteen hundred eighty one".
const LONGEST_YEAR: usize = 5;

/// "eighty", "nineteen": the words of a day or a year that are no single digits.
fn is_number_word(token: &Token) -> bool {
    const WORDS: [&str; 20] = [
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
    ];
    token.is(Class::DIGIT) && token.is_word() || is_any(token, &WORDS)
}

/// "the third of may": the day of a date in words.
fn is_ordinal(token: &Token) -> bool {
    const ORDINALS: [&str; 21] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
        "thirtieth",
    ];
    is_any(token, &ORDINALS)
}

/// The year alone: "dob 1979", "i was born in 1979".
pub(super) fn birth_year(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let year = reading.written(start).parse().ok()?;
    // "Our shop was born in 1979": only somebody is, or is so many years old.
    let somebody = |at: usize| {
        let is = reading.tokens[at].is(Class::LINK);
        is && at > 0 && reading.tokens[at - 1].is(Class::FILLER)
            || reading.tokens[at].hash == hash_word(b"old")
    };
    let in_year = reading
        .before(start)
        .is_some_and(|before| before.hash == hash_word(b"in"));
    ((1900..=2099u16).contains(&year) && (!in_year || start >= 3 && somebody(start - 3)))
        .then_some(start + 1)
}

/// The month and year until which a card is valid, as the token behind it: "09/27", "9/2027".
pub(super) fn expiry(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let [month, stroke, year] = reading.tokens.get(start..start + 3)? else {
        return None;
    };
    let joined = |at: usize| {
        let mark = |at: usize| reading.tokens[at].is_mark(b'/');
        reading.touches_next(at) && (mark(at) || mark(at + 1))
    };
    let apart = (start == 0 || !joined(start - 1)) && !joined(start + 2);
    let date = month.form == Form::Number
        && year.form == Form::Number
        && stroke.is_mark(b'/')
        && reading.touches_next(start)
        && reading.touches_next(start + 1);
    let number = |at: usize| reading.written(at).parse::<u16>().ok();
    (date
        && apart
        && number(start).is_some_and(|month| (1..=12).contains(&month))
        && number(start + 2).is_some_and(|year| matches!(year, 20..=45 | 2020..=2045)))
    .then_some(start + 3)
}

fn is_of(token: &Token) -> bool {
    token.is(Class::CONNECTOR) && token.len() <= 3
}
