//! What a code looks like: letters, digits and signs that are no word.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::reading::Reading;
use super::values::{Value, is_everyday, is_measure, number};

/// The end of the words and numbers from `start` on between which nothing stands but one of `marks`.
pub(super) fn joined(reading: &Reading<'_>, start: usize, marks: &[u8]) -> Option<usize> {
    const LONGEST: usize = 16;
    let is_part = |at: usize| {
        reading
            .get(at)
            .is_some_and(|token| matches!(token.form, Form::Word | Form::Mixed | Form::Number))
    };
    if !is_part(start) {
        return None;
    }
    let mut end = start + 1;
    let mut next = end;
    while next < start + LONGEST && reading.touches_next(next - 1) {
        next += 1;
        if is_part(next - 1) {
            end = next;
        } else if !marks.contains(&reading.tokens[next - 1].mark) {
            break;
        }
    }
    Some(end)
}

/// The end of a run without white space in which signs stand between letters and digits, such as "P@ssw0rd!" and
/// "gaz_b_77": no word, and no sentence.
pub(super) fn coded_run(reading: &Reading<'_>, start: usize) -> Option<usize> {
    const LONGEST: usize = 24;
    const SHORTEST: u32 = 6;
    let solid = |at: usize| {
        reading
            .get(at)
            .is_some_and(|token| token.form != Form::Break)
    };
    let mut end = start + usize::from(solid(start));
    while end > start && end < start + LONGEST && reading.touches_next(end - 1) && solid(end) {
        end += 1;
    }
    while end > start + 1 && b",.?!*_".contains(&reading.tokens[end - 1].mark) {
        end -= 1;
    }
    let run = reading.tokens.get(start..end)?;
    // "*always*": emphasis.
    if matches!(run.first()?.mark, b'*' | b'_') {
        return None;
    }
    let digits = run.iter().any(|token| token.digits > 0);
    let inner = run.iter().skip(1).any(|token| token.form == Form::Mark);
    let sign = run.iter().any(|token| {
        matches!(
            token.mark,
            b'@' | b'_' | b'#' | b'$' | b'%' | b'&' | b'*' | b'+'
        )
    });
    let length = run.last()?.end - run.first()?.start;
    (inner && (digits || sign) && length >= SHORTEST).then_some(end)
}

/// A short word and a number that make a code together: "asa 404".
pub(super) fn coded(reading: &Reading<'_>, start: usize) -> Option<Value> {
    const NO_CODE: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::STOP)
        .or(Class::UNIT)
        .or(Class::MONTH)
        .or(Class::REQUEST)
        .or(Class::NEUTRAL)
        .or(Class::TITLE)
        .or(Class::CUE);
    let token = reading.get(start)?;
    if !token.is_word() || token.len() > 5 || token.is(NO_CODE) {
        return None;
    }
    let value = number(reading, start + 1)?;
    (value.digits >= 3 && !is_everyday(reading, &value)).then_some(Value {
        start,
        letters: true,
        ..value
    })
}

/// "q 5 h 2 r 7", "61 kd 24", "b 4 zt 93": the code that begins at `start` and whose letters and digits are told apart.
pub(super) fn spaced(reading: &Reading<'_>, start: usize) -> Option<Value> {
    const LONGEST: usize = 12;
    const LEAST_TOKENS: usize = 3;
    const NO_CODE: Class = Class::ENGLISH.or(Class::UNIT).or(Class::MONTH);
    let is_part = |token: &Token| match token.form {
        Form::Number => token.digits <= 3,
        Form::Mixed => token.len() <= 4 && !token.is(Class::UNIT),
        Form::Word => token.len() == 1 || token.len() <= 3 && !token.is(NO_CODE),
        _ => false,
    };
    let run = reading.tokens[start..].iter().take(LONGEST);
    let run = run.take_while(|token| is_part(token));
    let (mut tokens, mut digits, mut words, mut long, mut sized) = (0, 0, 0, false, true);
    for token in run {
        tokens += 1;
        digits += usize::from(token.digits);
        words += usize::from(token.is_word());
        long |= token.is_word() && token.len() > 1;
        sized &= !token.is_word() || token.is(Class::UNIT);
    }
    // "2 x 3 m" is a size.
    let enough =
        !sized && tokens >= LEAST_TOKENS && digits >= 2 && words > 0 && (long || words > 1);
    enough.then_some(Value {
        start,
        end: start + tokens,
        digits,
        letters: true,
    })
}

/// Letters and digits in groups with hyphens or strokes that begin with letters: "POL-99182-A", "AB-12-CD", "HL/4402/7".
pub(super) fn hyphened(reading: &Reading<'_>, start: usize) -> Option<Value> {
    const LONGEST: usize = 4;
    if reading.glance.digits == 0 || !(reading.glance.has(b'-') || reading.glance.has(b'/')) {
        return None;
    }
    let token = reading.get(start)?;
    let letters = token.is_word()
        && token.len() <= LONGEST
        && (token.case == Case::Upper || !reading.ordinary(start) || token.len() == 1);
    let apart = start == 0 || !reading.touches_next(start - 1);
    if !(letters && apart) {
        return None;
    }
    let end = joined(reading, start, b"-/").filter(|end| *end > start + 1)?;
    let tokens = reading.tokens[start..end].iter();
    let digits = tokens.map(|token| usize::from(token.digits)).sum();
    let groups = (end - start).div_ceil(2);
    (digits >= 3 || digits == 2 && groups > 2).then_some(Value {
        start,
        end,
        digits,
        letters: true,
    })
}

/// "PX-88172-Q", "QT-5520187": a code of capitals and groups of digits that is no product's, as the token behind it.
pub(super) fn standing(reading: &Reading<'_>, start: usize) -> Option<usize> {
    const LEAST: usize = 5;
    /// What is published: standards, error codes, stock-keeping units.
    const PUBLIC: [&[u8]; 10] = [
        b"iso", b"en", b"din", b"iec", b"cve", b"kb", b"rfc", b"err", b"sku", b"isbn",
    ];
    /// What stands before a product's code.
    const PRODUCT: [&[u8]; 14] = [
        b"model",
        b"error",
        b"version",
        b"part",
        b"item",
        b"product",
        b"build",
        b"firmware",
        b"article",
        b"booklet",
        b"section",
        b"form",
        b"standard",
        b"bulletin",
    ];
    let value = hyphened(reading, start)?;
    let token = &reading.tokens[start];
    let capitals = token.case == Case::Upper || token.len() == 1 && token.case == Case::Capital;
    if !capitals
        || token.is(Class::MONTH)
        || PUBLIC.iter().any(|word| token.hash == hash_word(word))
    {
        return None;
    }
    /// "model number:" stands before it.
    const BETWEEN: usize = 3;
    let mut before = reading.tokens[start.saturating_sub(BETWEEN)..start].iter();
    let product = |before: &Token| PRODUCT.iter().any(|word| before.hash == hash_word(word));
    let groups = reading.tokens[start..value.end].iter();
    let groups = groups.filter(|token| token.form == Form::Number);
    let digits: usize = groups.map(|token| usize::from(token.digits)).sum();
    (digits >= LEAST && !before.any(product)).then_some(value.end)
}

/// "AB12 CDE": a British plate, as the token behind it.
pub(super) fn british_plate(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let [area, last] = [reading.get(start)?, reading.get(start + 1)?];
    let written = reading.written(start).as_bytes();
    let form = area.form == Form::Mixed
        && area.len() == 4
        && written[..2].iter().all(u8::is_ascii_uppercase)
        && written[2..].iter().all(u8::is_ascii_digit);
    let word = last.is(Class::ENGLISH.or(Class::FILLER).or(Class::UNIT));
    let three = last.is_word() && last.len() == 3 && last.case == Case::Upper && !word;
    (form && three && last.start <= area.end + 1).then_some(start + 2)
}

/// "B-MW 1234": a German plate, as the token behind it.
pub(super) fn plate(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let end = joined(reading, start, b"-").filter(|end| *end == start + 3)?;
    let letters = |at: usize| reading.tokens[at].is_word() && reading.tokens[at].len() <= 3;
    let number = reading.get(end)?;
    (letters(start) && letters(start + 2) && number.form == Form::Number && number.digits <= 4)
        .then_some(end + 1)
}

/// "QX7LMP": an airline's record locator in which there is a digit.
pub(super) fn is_locator(reading: &Reading<'_>, index: usize) -> bool {
    const LENGTH: usize = 6;
    const LEAST_LETTERS: usize = 3;
    let token = &reading.tokens[index];
    token.form == Form::Mixed
        && token.case == Case::Upper
        && token.len() == LENGTH
        && token.len() - usize::from(token.digits) >= LEAST_LETTERS
        && !is_measure(token)
}

/// "SPRING24", which saves money: a word and a year of two digits.
pub(super) fn is_offer(reading: &Reading<'_>, index: usize) -> bool {
    let letters = reading
        .written(index)
        .trim_end_matches(|sign: char| sign.is_ascii_digit());
    let token = &reading.tokens[index];
    token.digits == 2 && token.len() == letters.len() + 2
}

/// A code in capitals without digits, which is no word: "YKHCQFIJ"; not where all is written in capitals.
pub(super) fn is_capital_code(reading: &Reading<'_>, index: usize) -> bool {
    const ALONE: u32 = 2;
    let telling = reading.glance.lower || reading.glance.words <= ALONE;
    (telling || !reading.tokens[index].is_word()) && is_capital_word(reading, index)
}

/// The same, whatever else is written in capitals.
pub(super) fn is_capital_word(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    if token.form == Form::Mixed {
        let letters = token.len() - token.digits as usize;
        return token.case == Case::Upper && token.len() >= 7 && letters >= 3;
    }
    token.is_word()
        && token.case == Case::Upper
        && token.len() >= 6
        && !reading.ordinary(index)
        && !token.is(Class::GIVEN.or(Class::SURNAME).or(Class::AMBIGUOUS))
}
