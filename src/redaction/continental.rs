//! Addresses that begin with the street: "Am Mühlbach 3, 83022 Rosenheim". What tells them is not the street, which any word can
//! be, but its number, and the postcode and the city behind it.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::places::tail;
use super::reading::Reading;
use super::values::is_measure;

/// The address that a postcode at token `index` tells, as its first token and the token behind it.
pub(super) fn at(reading: &Reading<'_>, index: usize) -> Option<(usize, usize)> {
    let before = index.checked_sub(1)?;
    // "Knez Mihailova 205, Beograd 11000"
    let city_first = is_name(reading, before) && before > 0;
    let comma = before - usize::from(city_first);
    // "Am Alten Brunnen 14", and on the next line "37154 Northeim"
    let joint = &reading.tokens[comma];
    if !joint.is_mark(b',') && (joint.form != Form::Break || city_first) {
        return None;
    }
    let end = behind_postcode(reading, index, city_first)?;
    let start = street(reading, house_number(reading, comma)?)?;
    Some((start, tail(reading, end)))
}

/// The token behind the postcode that begins at token `index`, "83022", "602 00", "31-958", "1620", "101", where the city stands
/// behind it, too, or `city_first`.
fn behind_postcode(reading: &Reading<'_>, index: usize, city_first: bool) -> Option<usize> {
    const NO_CITY: Class = Class::UNIT.or(Class::MONTH);
    let digits = |at: usize| match reading.get(at) {
        Some(token) if token.form == Form::Number && token.len() == token.digits as usize => {
            token.digits
        }
        _ => 0,
    };
    let hyphen = reading
        .get(index + 1)
        .is_some_and(|mark| mark.is_mark(b'-') && reading.touches_next(index));
    let year = || matches!(&reading.written(index)[..2], "19" | "20");
    let (end, certain) = match (digits(index), digits(index + 1)) {
        (5, _) => (index + 1, true),
        // "Anna Nagar West, Chennai 600101"
        (6, _) if city_first => (index + 1, true),
        (3, 2) => (index + 2, true),
        (2, _) if hyphen && digits(index + 2) == 3 => (index + 3, true),
        (4, _) if !year() => (index + 1, false),
        (3, _) => (index + 1, false),
        _ => return None,
    };
    // "Section 5, 1200 Words"
    let ordinary = if certain {
        NO_CITY
    } else {
        NO_CITY.or(Class::ENGLISH)
    };
    let is_city = |at: usize| is_name(reading, at) && !reading.tokens[at].is(ordinary);
    if city_first {
        return (certain && is_city(index - 1)).then_some(end);
    }
    is_city(end).then_some(end)
}

/// Whether a postcode and its city begin at token `index`.
pub(super) fn is_postcode_and_city(reading: &Reading<'_>, index: usize) -> bool {
    index < reading.tokens.len() && behind_postcode(reading, index, false).is_some()
}

/// A word that is written as a name is.
fn is_name(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_some_and(|token| {
        token.is_word() && token.case == Case::Capital && reading.capital(index)
    })
}

/// A short word and its dot: "Str.", "os.", "tv."
fn is_abbreviation(reading: &Reading<'_>, dot: usize) -> bool {
    const LONGEST: usize = 4;
    dot > 0
        && reading.tokens[dot].is_mark(b'.')
        && reading.touches_next(dot - 1)
        && reading.tokens[dot - 1].is_word()
        && reading.tokens[dot - 1].len() <= LONGEST
}

/// The first number before the comma at `end` that follows a name, with nothing between but what tells floor and door: "Hinterhaus",
/// "3. tv.", "m. 30".
fn house_number(reading: &Reading<'_>, end: usize) -> Option<usize> {
    const LONGEST: usize = 12;
    const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];
    /// The longest small word of a floor or a door.
    const SHORT: usize = 4;
    let is_part = |at: usize| {
        let token = &reading.tokens[at];
        match token.form {
            Form::Word => is_name(reading, at) || token.len() <= SHORT && !token.is(Class::FILLER),
            // "3rd Cross"
            Form::Number | Form::Mixed => {
                let ordinal = |ending: &&str| reading.written(at).ends_with(ending);
                token.len() <= SHORT && (!is_measure(token) || ORDINALS.iter().any(ordinal))
            }
            Form::Mark => {
                matches!(token.mark, b',' | b'/' | b'-' | b'#')
                    || is_abbreviation(reading, at)
                    || token.is_mark(b'.') && reading.tokens[at - 1].digits > 0
            }
            _ => false,
        }
    };
    let is_house = |at: &usize| {
        let token = &reading.tokens[*at];
        matches!(token.digits, 1..=4)
            && token.len() <= SHORT
            && *at > 0
            && (is_name(reading, at - 1) || is_abbreviation(reading, at - 1))
    };
    (1..end)
        .rev()
        .take(LONGEST)
        .take_while(|at| is_part(*at))
        .filter(is_house)
        .last()
}

/// Where the street begins whose house number is at `number`: "Na Příkopě", "Karl-Liebknecht-Str.", "ul. Grunwaldzka".
fn street(reading: &Reading<'_>, number: usize) -> Option<usize> {
    const LONGEST: usize = 8;
    let is_part = |at: usize| {
        let token: &Token = &reading.tokens[at];
        let joint = token.is_mark(b'-') && at > 0 && reading.touches_next(at - 1);
        is_name(reading, at) || token.is(Class::PARTICLE) || joint || is_abbreviation(reading, at)
    };
    let start = (0..number)
        .rev()
        .take(LONGEST)
        .take_while(|at| is_part(*at))
        .filter(|at| is_name(reading, *at))
        .last()?;
    // "ul. Grunwaldzka", "C/ del Pez"
    let mut before = start;
    while before > 0 && reading.tokens[before - 1].is(Class::PARTICLE) {
        before -= 1;
    }
    let Some(mark) = before.checked_sub(1) else {
        return Some(start);
    };
    let abbreviated = is_abbreviation(reading, mark)
        || mark > 0 && reading.tokens[mark].is_mark(b'/') && reading.tokens[mark - 1].len() == 1;
    Some(if abbreviated { mark - 1 } else { start })
}

/// "Laugavegur 301", "Knez Mihailova 205, Beograd": where a cue says that an address comes, the token behind its house number.
pub(super) fn behind_cue(reading: &Reading<'_>, start: usize, limit: usize) -> Option<usize> {
    const LONGEST: usize = 7;
    const TIMES: Class = Class::MONTH.or(Class::UNIT).or(Class::NEUTRAL);
    let is_part = |at: &usize| {
        let token = &reading.tokens[*at];
        let joint = token.is_mark(b'-') && reading.touches_next(at - 1);
        is_name(reading, *at) && !token.is(TIMES)
            || token.is(Class::PARTICLE)
            || joint
            || is_abbreviation(reading, *at)
    };
    let number = start
        + 1
        + (start + 1..limit.min(start + LONGEST))
            .take_while(is_part)
            .count();
    let token = reading.get(number).filter(|_| number < limit)?;
    // "moved to Firefox 120, same issue": only where something of an address follows.
    let comma = reading
        .get(number + 1)
        .is_some_and(|next| next.is_mark(b','));
    let goes_on = reading.get(number + 2).is_some_and(|next| {
        next.form == Form::Number || next.is(Class::STREET_UNIT) || is_name(reading, number + 2)
    });
    let unit = reading
        .get(number + 1)
        .is_some_and(|next| next.is(Class::STREET_UNIT));
    let house = matches!(token.digits, 1..=4) && token.len() <= 5 && !is_measure(token);
    (house && (unit || comma && goes_on)).then(|| tail(reading, number + 1))
}

/// "P.O. Box 3312, Asmara": the token behind a box of the post and its place.
pub(super) fn post_box(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let word = |at: usize, word: &[u8]| {
        reading
            .get(at)
            .is_some_and(|token| token.hash == hash_word(word))
    };
    let dot =
        |at: usize| at + usize::from(reading.get(at).is_some_and(|token| token.is_mark(b'.')));
    let mut at = if word(start, b"po") {
        dot(start + 1)
    } else if word(start, b"p") && word(dot(start + 1), b"o") {
        dot(dot(start + 1) + 1)
    } else {
        return None;
    };
    if !word(at, b"box") {
        return None;
    }
    at += 1;
    let number = reading.get(at)?;
    (number.digits > 0).then(|| tail(reading, at + 1))
}
