//! Postal addresses: a number and a street, and what follows them.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form};
use super::places::{before_state, is_unit_number, tail};
use super::postcodes::{city_and_state, state_behind};
use super::reading::Reading;
use super::streets::{is_compound, is_small_compound, street_first, told_small_street};
use super::values::is_measure;
use super::{Kind, Span, continental};

/// Of a word that is a street by what surrounds it.
const SHORTEST: usize = 4;

/// Adds the addresses of a message.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    let mut index = 0;
    while index < reading.tokens.len() {
        match at(reading, index) {
            Some(end) => {
                let start = with_unit(reading, index);
                spans.push(reading.span(start, end, Kind::Address, "address"));
                index = end;
            }
            None => {
                match continental::at(reading, index)
                    .or_else(|| state_behind(reading, index))
                    .or_else(|| city_and_state(reading, index))
                {
                    Some((start, end)) => {
                        spans.push(reading.span(start, end, Kind::Address, "address"));
                        index = end;
                    }
                    None => {
                        if is_lone_unit(reading, index) {
                            spans.push(reading.span(
                                index,
                                index + 2,
                                Kind::Address,
                                "address_unit",
                            ));
                        }
                        index += 1;
                    }
                }
            }
        }
    }
}

/// Where an address begins whose unit stands before the house number, "Flat 3b, 22 Queens Road", or whose kind of street
/// does, shortened, "ul. Bergowa 80", or a number, "50 Bergowatie 27".
fn with_unit(reading: &Reading<'_>, start: usize) -> usize {
    if reading.before(start).is_some_and(|dot| dot.is_mark(b'.'))
        && start >= 2
        && reading.tokens[start - 2].is(Class::STREET_FIRST)
    {
        return start - 2;
    }
    // "flat 2b 9 mill lane" begins with what is read as the house number.
    if let Some(unit) = start.checked_sub(1)
        && reading.tokens[unit].is(Class::STREET_UNIT)
        && reading.tokens[unit].is_word()
    {
        return unit;
    }
    let comma = reading
        .before(start)
        .is_some_and(|token| token.is_mark(b','));
    let unit = start.checked_sub(2 + usize::from(comma));
    unit.filter(|&unit| {
        let [word, number] = [unit, unit + 1].map(|at| &reading.tokens[at]);
        word.is(Class::STREET_UNIT) && word.is_word() && is_unit_number(number)
    })
    .unwrap_or_else(|| start - usize::from(is_numbered(reading, start)))
}

/// "flat 3B", "apt 1402": a home, where nothing else of its address is told.
fn is_lone_unit(reading: &Reading<'_>, index: usize) -> bool {
    const HOMES: [&[u8]; 3] = [b"flat", b"apt", b"apartment"];
    let token = &reading.tokens[index];
    if !token.is(Class::STREET_UNIT) || !HOMES.iter().any(|word| token.hash == hash_word(word)) {
        return false;
    }
    reading.get(index + 1).is_some_and(|number| {
        let lettered = number.form == Form::Mixed && number.len() == usize::from(number.digits) + 1;
        let last = reading
            .get(index + 2)
            .is_none_or(|next| next.ends_sentence() || next.is_mark(b','));
        // "we pay a flat 20"
        let placed = token.hash != hash_word(b"flat")
            || reading.before(index).is_none_or(|before| {
                let at = [b"at".as_slice(), b"in", b"my"].map(hash_word);
                !before.is_word() || before.is(Class::TOWARDS) || at.contains(&before.hash)
            });
        is_unit_number(number)
            && !is_measure(number)
            && (lettered || matches!(number.digits, 1..=4) && last && placed)
    })
}

/// Whether a number stands before the street, and its own behind it.
fn is_numbered(reading: &Reading<'_>, start: usize) -> bool {
    reading.before(start).is_some_and(|number| {
        number.form == Form::Number && number.digits <= 4 && !reading.is_amount(start - 1)
    }) && reading.tokens[start].is_word()
        && reading.tokens[start].len() >= SHORTEST
}

/// Whether any token can be part of an address; most messages have none.
pub(super) fn possible(reading: &Reading<'_>) -> bool {
    reading.tokens.iter().any(|token| {
        token.is(Class::STREET.or(Class::STREET_FIRST).or(Class::STREET_UNIT))
            || (token.is_word() && token.len() >= 7 && token.class == Class::default())
            // "37154 Northeim", "c/ Mayor", "HI 96744"
            || token.form == Form::Number && matches!(token.digits, 5 | 6) && reading.glance.has(b'\n')
            || token.hash == hash_word(b"c")
            || token.is(Class::STATE) && token.len() == 2 && token.case == Case::Upper
    })
}

/// The address that begins at token `start`, as the token behind it.
pub(super) fn at(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let token = reading.get(start)?;
    match token.form {
        Form::Number | Form::Mixed if is_house_number(reading, start) => {
            let street_end = number_first(reading, start)?;
            Some(tail(reading, street_end))
        }
        Form::Word
            if token.is(Class::STREET_FIRST)
                && (reading.capital(start) || !reading.english && !token.is(Class::ENGLISH)) =>
        {
            let end = street_first(reading, start).map(|end| tail(reading, end));
            end.or_else(|| told_small_street(reading, start))
        }
        // "via dei mille 9": the first word is an English one, too.
        Form::Word
            if token.is(Class::STREET_FIRST)
                && !reading.english
                && reading.get(start + 1)?.is(Class::PARTICLE) =>
        {
            told_small_street(reading, start)
        }
        Form::Word if matches!(token.len(), 1 | 2) && reading.numeric => {
            continental::post_box(reading, start).or_else(|| told_small_street(reading, start))
        }
        Form::Word if !reading.capital(start) && is_small_compound(reading, start) => {
            Some(tail(reading, start + 2))
        }
        // "Lindenweg 5", "Hauptstr. 5a"
        Form::Word if reading.capital(start) && token.len() >= SHORTEST => {
            let dotted = reading.touches_next(start)
                && reading.tokens[start + 1].is_mark(b'.')
                && reading.written(start).ends_with("str");
            let last = start + 1 + usize::from(dotted);
            let number = reading.get(last)?;
            (number.form != Form::Word
                && number.digits > 0
                && number.digits <= 3
                && is_compound(reading, start)
                && !is_measure(number))
            .then(|| tail(reading, last + 1))
        }
        _ => None,
    }
}

fn is_house_number(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    let short = token.digits >= 1 && token.digits <= 6 && token.len() <= 7;
    short
        && !is_measure(token)
        && !reading.is_amount(index)
        && !reading.before(index).is_some_and(|before| {
            before.is_mark(b':')
                && reading.touches_next(index - 1)
                && index >= 2
                && reading.tokens[index - 2].digits > 0
        })
}

/// Whether a street stands in a line without a number before it, as a name or at the end of a part: "Rose Cottage, Mill Lane",
/// "Mill Lane 5".
pub(super) fn has_street(reading: &Reading<'_>, start: usize, end: usize) -> bool {
    (start + 1..end).any(|at| {
        let [before, token] = [at - 1, at].map(|at| &reading.tokens[at]);
        let ends = at + 1 == end
            || reading.tokens[at + 1].is_mark(b',')
            || reading.tokens[at + 1].digits > 0;
        token.is(Class::STREET)
            && token.is_word()
            && token.len() > 2
            && ends
            && before.is_word()
            && !before.is(Class::FILLER)
            && (reading.capital(start) || !reading.capital(at))
    })
}

/// "123 Maple Street", "55 5th Ave", "1234 N Lake Shore Dr", "6 rue Gustave".
fn number_first(reading: &Reading<'_>, start: usize) -> Option<usize> {
    const LONGEST: usize = 6;
    let named = |at: usize| {
        reading.get(at).is_some_and(|token| {
            token.is_word()
                && (token.is(Class::PARTICLE) || reading.capital(at) || !reading.ordinary(at))
        })
    };
    // "123-01 Roosevelt Avenue", "9042/1044 Tower Avenue"
    let double = reading
        .get(start + 1)
        .is_some_and(|mark| mark.is_mark(b'-') || mark.is_mark(b'/'))
        && reading.touches_next(start)
        && reading.touches_next(start + 1)
        && reading.tokens[start + 2].form == Form::Number;
    let start = start + 2 * usize::from(double);
    let behind_number = if reading.get(start + 1)?.is_mark(b',') {
        start + 2
    } else {
        start + 1
    };
    if reading.get(behind_number)?.is(Class::STREET_FIRST) && named(behind_number + 1) {
        return street_first(reading, behind_number);
    }
    let mut index = start + 1;
    // "3 bis rue des Tanneurs"
    let second = [b"bis".as_slice(), b"ter", b"quater"].map(hash_word);
    if second.contains(&reading.tokens[index].hash)
        && reading.get(index + 1)?.is(Class::STREET_FIRST)
        && named(index + 2)
    {
        return street_first(reading, index + 1);
    }
    if is_directed(reading, index) {
        return Some(index + 2);
    }
    let mut words = 0;
    while index <= start + LONGEST {
        let token = reading.get(index)?;
        match token.form {
            Form::Word if words > 0 && token.is(Class::STREET) && !weak_street(reading, index) => {
                return Some(index + 1);
            }
            // "3900 Broadway"
            Form::Word
                if token.is(Class::STREET_WHOLE)
                    && reading.capital(index)
                    && reading.tokens[start].digits > 1
                    && reading
                        .get(index + 1)
                        .is_none_or(|next| !next.is_word() || next.is(Class::STREET_UNIT)) =>
            {
                return Some(index + 1);
            }
            Form::Word
                if words > 0
                    && token.is(Class::STREET_FIRST)
                    && !token.is(Class::ENGLISH)
                    && named(index + 1) =>
            {
                return street_first(reading, index);
            }
            Form::Word if is_street_word(reading, index) => words += 1,
            Form::Mixed if is_measure(token) => words += 1,
            Form::Number if token.digits <= 4 => words += 1,
            Form::Mark
                if matches!(token.mark, b'.' | b'-')
                    && reading.touches_next(index - 1)
                    && words > 0 => {}
            _ => return None,
        }
        index += 1;
    }
    None
}

/// "900 W Fulton, unit 5": a street that only its side of the town and what follows tell.
fn is_directed(reading: &Reading<'_>, index: usize) -> bool {
    let capital = reading.tokens[index].case != Case::Lower;
    let name = reading
        .get(index + 1)
        .is_some_and(|name| name.is_word() && name.case == Case::Capital && name.len() > 2);
    let goes_on = reading
        .get(index + 2)
        .is_none_or(|next| next.is_mark(b',') || next.is(Class::STREET_UNIT));
    capital && is_side(reading, index) && name && goes_on
}

/// "N", "ne": a side of the town, as streets have it.
fn is_side(reading: &Reading<'_>, index: usize) -> bool {
    const SIDES: [&str; 8] = ["n", "s", "e", "w", "ne", "nw", "se", "sw"];
    let word = reading.written(index);
    SIDES.iter().any(|side| word.eq_ignore_ascii_case(side))
}

/// "place", "way" and the like behind a number are streets only where written as names or where an address goes on.
fn weak_street(reading: &Reading<'_>, index: usize) -> bool {
    let goes_on = reading.get(index + 1).is_none_or(|next| {
        matches!(next.mark, b',' | b'.')
            || next.form == Form::Break
            || next.is(Class::STREET_UNIT.or(Class::STATE))
            || next.digits > 0
    });
    reading.tokens[index].is(Class::STREET_WEAK) && !reading.capital(index) && !goes_on
}

fn is_street_word(reading: &Reading<'_>, index: usize) -> bool {
    const FUNCTION: Class = Class::FILLER
        .or(Class::REQUEST)
        .or(Class::CUE)
        .or(Class::NEUTRAL)
        .or(Class::UNIT)
        .or(Class::MONTH);
    let token = &reading.tokens[index];
    let ordinal = token.is(Class::UNIT)
        && token.len() == 2
        && !token.is(Class::FILLER)
        && reading
            .before(index)
            .is_some_and(|before| before.digits > 0);
    // "221 NE Alder St"
    let side = reading
        .before(index)
        .is_some_and(|before| before.digits > 0)
        && is_side(reading, index);
    ordinal
        || side
        || !token.is(FUNCTION)
        || before_state(reading, index)
        || (reading.capital(index)
            && (token.len() > 2 || token.is(Class::PARTICLE))
            && !token.is(Class::MONTH))
        || token.len() == 1
}
