//! Dates of birth, and until when a card is valid.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::reading::Reading;
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
            Form::Word if is_year_word(token) && reading.get(index + 1).is_some_and(is_ordinal) => {
            }
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
    // "the first may" says more.
    let told = match ordinal {
        true => month && (numbers >= 2 || reading.tokens[start + 1..index].iter().any(is_of)),
        false => parts >= 3 || month && numbers >= 1,
    };
    // "nineteen eighty one"
    let year = |at: &usize| {
        reading
            .get(*at)
            .is_some_and(|word| word.is_word() && is_year_word(word))
    };
    if told
        && month
        && !reading.tokens[start..index]
            .iter()
            .any(|token| token.digits > 2)
    {
        index += (index..index + LONGEST_YEAR).take_while(year).count();
    }
    told.then_some(index)
}

/// Most words of a year: "nineteen hundred eighty one".
const LONGEST_YEAR: usize = 4;

fn is_year_word(token: &Token) -> bool {
    const CENTURIES: [&[u8]; 4] = [b"nineteen", b"twenty", b"thousand", b"hundred"];
    token.is(Class::DIGIT)
        || CENTURIES.iter().any(|word| token.hash == hash_word(word))
        || is_tens(token)
}

/// "eighty", "fifteen"
fn is_tens(token: &Token) -> bool {
    const TENS: [&[u8]; 17] = [
        b"ten",
        b"eleven",
        b"twelve",
        b"thirteen",
        b"fourteen",
        b"fifteen",
        b"sixteen",
        b"seventeen",
        b"eighteen",
        b"thirty",
        b"forty",
        b"fifty",
        b"sixty",
        b"seventy",
        b"eighty",
        b"ninety",
        b"oh",
    ];
    TENS.iter().any(|word| token.hash == hash_word(word))
}

/// "the third of may": the day of a date in words.
fn is_ordinal(token: &Token) -> bool {
    const ORDINALS: [&[u8]; 21] = [
        b"first",
        b"second",
        b"third",
        b"fourth",
        b"fifth",
        b"sixth",
        b"seventh",
        b"eighth",
        b"ninth",
        b"tenth",
        b"eleventh",
        b"twelfth",
        b"thirteenth",
        b"fourteenth",
        b"fifteenth",
        b"sixteenth",
        b"seventeenth",
        b"eighteenth",
        b"nineteenth",
        b"twentieth",
        b"thirtieth",
    ];
    ORDINALS.iter().any(|word| token.hash == hash_word(word))
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
