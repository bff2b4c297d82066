//! Addresses that are written in lines, as on an envelope: whom they are for, the street, the unit, the town.

use super::class::Class;
use super::lexer::{Case, Form, Token};
use super::names::NO_NAME;
use super::reading::Reading;
use super::{Kind, Span};

/// Tokens of a line; what is longer is no line of an address.
const LONGEST_LINE: usize = 9;

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
            if end > 0 && tokens[end - 1].form != Form::Break {
                break;
            }
            if let Some(start) = name(reading, end, last + 1) {
                names.push(reading.span(start, last + 1, Kind::Person, "name_addressee"));
            }
        }
    }
    spans.extend(names);
}

/// Where the line begins that the token at `at` is in.
fn line_start(tokens: &[Token], at: usize) -> usize {
    let line = tokens[..at].iter().rev().take(LONGEST_LINE);
    at - line.take_while(|token| token.form != Form::Break).count()
}

/// Where the name begins that a line from `start` to `end` is: two words or three, each a name or in no list, and initials.
fn name(reading: &Reading<'_>, start: usize, end: usize) -> Option<usize> {
    const MOST: usize = 4;
    let marks = reading.tokens[start..end].iter();
    let start = start + marks.take_while(|token| token.form == Form::Mark).count();
    let words = &reading.tokens[start..end];
    const LISTED: Class = Class::GIVEN.or(Class::SURNAME);
    let named = |token: &Token| {
        token.is_word()
            && !token.is(NO_NAME.or(Class::BUSINESS))
            && (token.len() == 1 || !token.is(Class::ENGLISH) || token.is(LISTED))
    };
    let joint = |at: usize| {
        let token = &words[at];
        let initial = at > 0 && words[at - 1].len() == 1;
        token.is_mark(b'.') && initial || token.is_mark(b'-')
    };
    let whole = || {
        words
            .iter()
            .filter(|token| token.is_word() && token.len() > 1)
    };
    let listed = whole().any(|token| token.is(LISTED) && !token.is(Class::ENGLISH));
    // Of no list, they must be written as names are.
    let written = whole().all(|token| token.case == Case::Capital);
    (words.len() <= MOST
        && whole().count() >= 2
        && (listed || written && whole().all(|token| !token.is(Class::ENGLISH)))
        && (0..words.len()).all(|at| named(&words[at]) || joint(at)))
    .then_some(start)
}

/// Adds the addresses that are written in lines, of which one names the unit, and the postcode that ends one of the next: "417
/// Quandelka 46", "Suite 12", "Testby", "Nowhereland 55012", with all that stands between.
fn by_unit(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    /// Lines behind that of the unit.
    const MOST_LINES: usize = 3;
    const SAID: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::REQUEST)
        .or(Class::CUE_WHOLE);
    let tokens = reading.tokens;
    let is_break = |token: &Token| token.form == Form::Break;
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
        let marks = line_start(tokens, index)..index;
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
        let street = (line_start(tokens, first_break)..first_break).rev();
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
        let mut plain = true;
        for _ in 0..MOST_LINES {
            let next = (end..tokens.len()).find(|at| !is_break(&tokens[*at]));
            let Some(next) = next else { break };
            end = line_end(next);
            plain &= !tokens[next..end].iter().any(said);
            let code = &tokens[end - 1];
            if code.form == Form::Number && matches!(code.digits, 4..=6) {
                // Of lines that may say something else, the postcode alone.
                let (first, kind) = match plain {
                    true => (start, Kind::Address),
                    false => (end - 1, Kind::PostalCode),
                };
                spans.push(reading.span(first, end, kind, "address_block"));
                break;
            }
        }
    }
}
