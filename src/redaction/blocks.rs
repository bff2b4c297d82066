//! Addresses that are written in lines, as on an envelope: whom they are for, the street, the unit, the town.

use super::class::Class;
use super::lexer::{Form, Token};
use super::names::NO_NAME;
use super::reading::Reading;
use super::{Kind, Span};

/// Adds the addresses that are written in lines, and whom they are for.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    if reading.glance.classes.is(Class::STREET_UNIT) {
        by_unit(reading, spans);
    }
    addressees(reading, spans);
}

/// Adds the names that stand in lines of their own above an address that begins a line: "Oline Quandel", "Roadfix Ltd", "12 Larch
/// Lane".
fn addressees(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    /// The name, the firm, and the name again.
    const MOST_LINES: usize = 3;
    let tokens = reading.tokens;
    let mut names = Vec::new();
    for span in spans.iter().filter(|span| span.kind == Kind::Address) {
        let first = tokens.partition_point(|token| token.end as usize <= span.start);
        let mut end = line_start(tokens, first);
        // A quoted line begins with a mark.
        if !tokens[end..first]
            .iter()
            .all(|token| token.form == Form::Mark)
        {
            continue;
        }
        for _ in 0..MOST_LINES {
            let Some(last) = tokens[..end]
                .iter()
                .rposition(|token| token.form != Form::Break)
            else {
                break;
            };
            end = line_start(tokens, last);
            if let Some(start) = name(reading, end, last + 1) {
                names.push(reading.span(start, last + 1, Kind::Person, "name_addressee"));
            }
        }
    }
    spans.extend(names);
}

/// Where the line begins that the token at `at` is in.
fn line_start(tokens: &[Token], at: usize) -> usize {
    /// What is longer is no line of an address.
    const LONGEST: usize = 9;
    let line = tokens[..at].iter().rev().take(LONGEST);
    at - line.take_while(|token| token.form != Form::Break).count()
}

/// Where the name begins that a line from `start` to `end` is: two words or three, each a name or in no list, and initials.
fn name(reading: &Reading<'_>, start: usize, end: usize) -> Option<usize> {
    const MOST: usize = 4;
    let marks = reading.tokens[start..end].iter();
    let start = start + marks.take_while(|token| token.form == Form::Mark).count();
    let words = &reading.tokens[start..end];
    let dot = |token: &Token| token.is_mark(b'.') || token.is_mark(b'-');
    let named = |token: &Token| {
        let listed = token.is(Class::GIVEN.or(Class::SURNAME));
        token.is_word()
            && !token.is(NO_NAME.or(Class::BUSINESS))
            && (token.len() == 1 || !token.is(Class::ENGLISH) || listed)
    };
    let whole = words
        .iter()
        .filter(|token| token.is_word() && token.len() > 1);
    let strange = words
        .iter()
        .any(|token| token.is_word() && token.len() > 1 && !token.is(Class::ENGLISH));
    (words.len() <= MOST
        && whole.count() >= 2
        && strange
        && words.iter().all(|token| named(token) || dot(token)))
    .then_some(start)
}

/// Adds the addresses that are written in lines, of which one names the unit, and the postcode that ends one of the next: "417
/// Quandelka 46", "Suite 12", "Testby", "Nowhereland 55012". Alone, town and country tell little.
fn by_unit(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    /// Lines behind that of the unit.
    const MOST_LINES: usize = 3;
    const LONGEST_LINE: usize = 9;
    const SAID: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::REQUEST)
        .or(Class::CUE_WHOLE);
    let tokens = reading.tokens;
    let is_break = |token: &Token| token.form == Form::Break;
    let line_start = |at: usize| {
        let words = tokens[..at].iter().rev().take(LONGEST_LINE);
        at - words.take_while(|token| !is_break(token)).count()
    };
    let line_end = |at: usize| {
        let words = tokens[at..].iter().take(LONGEST_LINE);
        at + words.take_while(|token| !is_break(token)).count()
    };
    let said = |token: &Token| token.is(SAID) && !token.is(Class::STREET.or(Class::PARTICLE));
    for index in 1..tokens.len() {
        if !tokens[index].is(Class::STREET_UNIT) || !tokens[index].is_word() {
            continue;
        }
        // A quoted line begins with a mark.
        let marks = line_start(index)..index;
        if !tokens[marks.clone()]
            .iter()
            .all(|token| token.form == Form::Mark)
        {
            continue;
        }
        let Some(first_break) = marks
            .start
            .checked_sub(1)
            .filter(|at| is_break(&tokens[*at]))
        else {
            continue;
        };
        let street = (line_start(first_break)..first_break).rev();
        let start = street
            .take_while(|at| !said(&tokens[*at]))
            .filter(|at| tokens[*at].form != Form::Mark)
            .last();
        let Some(start) = start else { continue };
        let numbered = |tokens: &[Token]| tokens.iter().any(|token| token.digits > 0);
        let street = &tokens[start..first_break];
        // "1. check the cable" is no street.
        let listed = street
            .get(1)
            .is_some_and(|mark| matches!(mark.mark, b'.' | b')'));
        // "unit 5 stopped working" is no line of an address.
        let unit = tokens[index + 1..line_end(index)].iter();
        let words = unit
            .clone()
            .filter(|token| token.is_word() && token.len() > 1)
            .count();
        if listed || !numbered(street) || words > 0 || !unit.clone().any(|token| token.digits > 0) {
            continue;
        }
        let mut end = line_end(index);
        spans.push(reading.span(start, end, Kind::Address, "address_block"));
        for _ in 0..MOST_LINES {
            let next = (end..tokens.len()).find(|at| !is_break(&tokens[*at]));
            let Some(next) = next else { break };
            end = line_end(next);
            let code = &tokens[end - 1];
            if code.form == Form::Number && matches!(code.digits, 4..=6) {
                spans.push(reading.span(end - 1, end, Kind::PostalCode, "address_block"));
                break;
            }
        }
    }
}
