//! Lists of names: those of no list of ours, told in one breath with one that was found.

use std::ops::Range;

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Token};
use super::name_ends::extend;
use super::names::{NO_NAME, is_given, is_strange};
use super::reading::Reading;
use super::{Kind, Span};

/// Adds the names that are told in one breath with one that was found: "Liam Brandt, Noor Haddad and Suki Tanaka".
pub(super) fn find(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    // An operator's own pattern may begin and end within a token, or hold none.
    let places = |span: &Span| {
        let tokens = reading.tokens;
        let first = tokens.partition_point(|token| token.end as usize <= span.start);
        let end = tokens.partition_point(|token| (token.start as usize) < span.end);
        first..end
    };
    // Made where there is a name at all.
    let mut taken: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(span) = spans.get(at).copied() {
        at += 1;
        if span.kind != Kind::Person {
            continue;
        }
        if taken.is_empty() {
            taken.resize(reading.tokens.len(), false);
            for span in spans.iter() {
                taken[places(span)].fill(true);
            }
        }
        let name = places(&span);
        if name.is_empty() {
            continue;
        }
        let small = !reading.capital(name.start);
        let next = behind(reading, name.end, small, name.len() > 1);
        let before = in_front(reading, name.start);
        for found in [next, before].into_iter().flatten() {
            // "Forbes and Murray" is a corner.
            let sure = is_given(reading, found.start) || name.len() > 1 || found.len() > 1;
            if sure && !taken[found.clone()].contains(&true) {
                taken[found.clone()].fill(true);
                spans.push(reading.span(found.start, found.end, Kind::Person, "name_listed"));
            }
        }
    }
}

/// The name behind a comma or "and" at `index`. Behind a comma alone, or written `small`, something must show that the list
/// goes on or ends.
fn behind(
    reading: &Reading<'_>,
    index: usize,
    small: bool,
    full_before: bool,
) -> Option<Range<usize>> {
    let comma = reading.get(index)?.is_mark(b',');
    let joint = index + usize::from(comma);
    let and = is_and(reading.get(joint)?);
    let start = joint + usize::from(and);
    let full = |at: usize| {
        let surname = reading
            .get(at)
            .is_some_and(|token| token.is(Class::SURNAME));
        surname && reading.capital(at)
    };
    // "Liam Brandt, Noor Haddad", whatever the language.
    let strangers = full_before && is_strange_name(reading, start);
    let given = is_given(reading, start)
        && reading.capital(start) != small
        && (full(start + 1) || !reading.tokens[start].is(NO_NAME.or(Class::AMBIGUOUS)));
    if !(comma || and) || !(given || strangers || is_strange(reading, start)) {
        return None;
    }
    let end = extend(reading, start);
    let goes_on = reading
        .get(end)
        .is_none_or(|next| next.ends_sentence() || next.is_mark(b',') || is_and(next));
    (goes_on || and && !small).then_some(start..end)
}

/// The name before "and", which stands before `index`.
fn in_front(reading: &Reading<'_>, index: usize) -> Option<Range<usize>> {
    let and = index.checked_sub(1)?;
    let last = and.checked_sub(1)?;
    if !is_and(&reading.tokens[and]) || !is_strange(reading, last) {
        return None;
    }
    let before = last.checked_sub(1);
    let first = before.filter(|&at| is_strange(reading, at)).unwrap_or(last);
    (!reading.begins_sentence(first)).then_some(first..last + 1)
}

/// Two words of no list, written as a name is.
fn is_strange_name(reading: &Reading<'_>, index: usize) -> bool {
    const LISTED: Class = Class::SURNAME.or(Class::GIVEN);
    (index..index + 2).all(|at| {
        reading.get(at).is_some_and(|token| {
            token.is_word()
                && token.case == Case::Capital
                && token.len() >= 3
                && (token.class == Class::default() || token.is(LISTED) && !reading.ordinary(at))
        }) && reading.capital(at)
    })
}

fn is_and(token: &Token) -> bool {
    token.hash == hash_word(b"and")
}
