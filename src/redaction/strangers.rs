//! Names of no list that their form tells: an initial between two words, an ending that surnames have.

use super::class::Class;
use super::lexer::Case;
use super::name_ends::{extend, initial};
use super::names::is_strange;
use super::reading::Reading;
use super::told::is_any;

/// How surnames end that no list has; with a word of no list before them.
const SURNAME_ENDINGS: [&str; 26] = [
    "dottir", "sson", "ski", "sky", "ska", "wicz", "czyk", "enko", "chuk", "ov", "ova", "ev",
    "eva", "yan", "shvili", "adze", "nen", "vic", "escu", "oglu", "poulos", "idis", "akis",
    "qvist", "quist", "ez",
];

/// The end of the name that begins at `index` with a word of no list, written with a capital.
pub(super) fn at(reading: &Reading<'_>, index: usize) -> Option<usize> {
    let listed = |at: usize| {
        reading.get(at).is_some_and(|token| {
            token.is(Class::SURNAME)
                && !token.is(Class::ENGLISH)
                && token.case == Case::Capital
                && reading.capital(at)
        })
    };
    if !is_strange(reading, index) {
        return (listed(index) && lives(reading, index + 1)).then_some(index + 1);
    }
    let dot = |at: usize| usize::from(reading.get(at).is_some_and(|mark| mark.is_mark(b'.')));
    let surname = |at: usize| is_strange(reading, at) || listed(at);
    // "Ravil G. Quandelov"
    let between = initial(reading, index + 1);
    let behind = index + 2 + dot(index + 2);
    let ending = |at: usize| {
        let word = || reading.written(at);
        is_strange(reading, at)
            && SURNAME_ENDINGS
                .iter()
                .any(|ending| word().ends_with(ending))
    };
    let end = if between && surname(behind) {
        extend(reading, behind)
    } else if ending(index + 1) {
        extend(reading, index + 1)
    } else if lives(reading, index + 1) {
        index + 1
    } else if is_strange(reading, index + 1) && lives(reading, index + 2) {
        index + 2
    } else {
        return None;
    };
    Some(end)
}

/// "Quandel lives at", "lives in Springfield", but "Zorvento lives in the garage"
fn lives(reading: &Reading<'_>, index: usize) -> bool {
    let is = |at: usize, words: &[&str]| reading.get(at).is_some_and(|token| is_any(token, words));
    let place = reading
        .get(index + 2)
        .is_some_and(|next| next.digits > 0 || next.is_word() && reading.capital(index + 2));
    is(index, &["lives"]) && (is(index + 1, &["at"]) || is(index + 1, &["in", "on"]) && place)
}
