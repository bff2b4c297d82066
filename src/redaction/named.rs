//! Names that answer: whoever was asked for, alone, a name a line, or among what else was asked for.

use super::answers::only;
use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::names::{self, Hint, NO_NAME, NO_SURNAME};
use super::reading::Reading;
use super::told;
use super::{Kind, Span};

/// Adds the names of a turn that is expected to tell some; what else it was expected to tell is in `spans`. `first` is the first
/// token that is no filler; `fresh` says that the question came just before.
pub(super) fn find(reading: &Reading<'_>, first: usize, fresh: bool, spans: &mut Vec<Span>) {
    person(reading, first, fresh, spans);
    if let Some(led) = behind_lead(reading, first) {
        person(reading, led, false, spans);
    }
    lines(reading, spans);
    beside_values(reading, spans);
}

fn person(reading: &Reading<'_>, first: usize, fresh: bool, spans: &mut Vec<Span>) {
    // "thierry lagarrigue": with the words of no list that end the answer.
    let whole = |end: usize| {
        let all = only(reading, first).filter(|all| all - first <= 3)?;
        let mut rest = reading.tokens[end.min(all)..all].iter();
        rest.all(|token| token.is_word() && token.class == Class::default())
            .then_some(all.max(end))
    };
    // "edwin moonbeam 4417": whatever follows a name that is nothing else, before what else was asked for.
    let surname = |end: usize| {
        let given = &reading.tokens[end - 1];
        let clear = given.is(Class::GIVEN) && !given.is(Class::ENGLISH.or(NO_NAME));
        let next = reading.get(end)?;
        let closed = reading.get(end + 1).is_none_or(|last| !last.is_word());
        (clear && closed && next.is_word() && next.len() > 2 && !next.is(NO_SURNAME))
            .then_some(end + 1)
    };
    let name = names::at(reading, first, Hint::Strong);
    let end = name
        .map(|end| whole(end).or_else(|| surname(end)).unwrap_or(end))
        .or_else(|| {
            // Nothing else is said: then it is the name, whatever the word.
            only(reading, first).filter(|end| {
                let clear = (first..*end).any(|index| {
                    let token = &reading.tokens[index];
                    (token.is(Class::GIVEN) && !token.is(Class::ENGLISH))
                        || !reading.ordinary(index)
                });
                end - first <= 3
                    && (first..*end).all(|index| {
                        let token = &reading.tokens[index];
                        let listed = token.is(Class::GIVEN.or(Class::SURNAME));
                        let alone = end - first == reading.tokens.len();
                        if alone && clear && token.is_word() {
                            return true;
                        }
                        token.is_word()
                            && token.len() > 1
                            && !token.is(Class::MONTH)
                            && (!reading.ordinary(index)
                                || (listed && (alone || reading.capital(index))))
                    })
            })
        });
    let Some(end) = end.or_else(|| told::answer(reading, first).filter(|_| fresh)) else {
        return;
    };
    // A sentence that goes on behind a common word was no name.
    let alone = reading.get(end).is_none_or(|token| {
        // "Kowalczyk K-O-W"
        !token.is_word()
            || token.len() == 1
            || token.is(Class::FILLER.or(Class::CONNECTOR).or(Class::CUE))
    });
    let sure = reading.tokens[first].is(Class::GIVEN) || alone;
    if sure {
        spans.push(reading.span(first, end, Kind::Person, "answer"));
    }
}

/// "he said Chuck Quandel", "my dads, Leon Quandel", "under quandel-stone": where a name begins that does not begin the answer.
fn behind_lead(reading: &Reading<'_>, first: usize) -> Option<usize> {
    const FARTHEST: usize = 3;
    let starts = first.saturating_sub(FARTHEST).max(1)..first + FARTHEST;
    let words = [b"under".as_slice(), b"meant"].map(hash_word);
    let is_lead = |token: &Token| {
        token.is_mark(b',') || token.is(Class::SPEECH) || words.contains(&token.hash)
    };
    let strange = |at: usize| {
        let token = &reading.tokens[at];
        let known = token.is(Class::GIVEN) || reading.capital(at);
        token.is_word() && (known || reading.unknown(at)) && !token.is(NO_NAME)
    };
    starts
        .filter(|at| *at < reading.tokens.len())
        .find(|at| is_lead(&reading.tokens[at - 1]) && strange(*at))
}

/// A name a line, with or without its number: "1. Ann Lee".
fn lines(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    let is_break = |token: &Token| token.form == Form::Break;
    let lines = if reading.glance.has(b'\n') {
        reading.tokens.len()
    } else {
        1
    };
    for index in 0..lines.min(reading.tokens.len()) {
        if !reading.before(index).is_none_or(is_break) {
            continue;
        }
        let numbered = reading.tokens[index].form == Form::Number
            && reading
                .get(index + 1)
                .is_some_and(|mark| matches!(mark.mark, b'.' | b')'));
        if index == 0 && !numbered {
            continue;
        }
        let start = index + 2 * usize::from(numbered);
        let name = names::at(reading, start, Hint::Strong);
        if let Some(end) = name.filter(|end| reading.get(*end).is_none_or(is_break)) {
            spans.push(reading.span(start, end, Kind::Person, "answer"));
        }
    }
}

/// The names among what else was asked for: "k9tt2w nwachukwu", "XQ7L2M, Petersdorff": words of no dictionary between values
/// and marks.
fn beside_values(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    const LONGEST: usize = 16;
    const MOST_WORDS: usize = 4;
    const SHORTEST: usize = 4;
    if spans.is_empty() || reading.tokens.len() > LONGEST {
        return;
    }
    let taken = |token: &Token| {
        let (start, end) = (token.start as usize, token.end as usize);
        spans
            .iter()
            .any(|span| span.start < end && start < span.end)
    };
    let is_part = |at: usize| {
        reading.get(at).is_some_and(|token| {
            let listed = token.is(Class::GIVEN.or(Class::SURNAME));
            let strange =
                token.class == Class::default() && (reading.english || reading.capital(at));
            let particle = token.is(Class::PARTICLE) && !token.is(Class::FILLER);
            token.is_word()
                && !taken(token)
                && !token.is(Class::AMBIGUOUS)
                && !reading.ordinary(at)
                && (listed || strange || particle)
        })
    };
    // Beside names and values nothing is said.
    const ASIDE: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::LINK)
        .or(Class::CUE)
        .or(Class::OF);
    let said = reading.tokens.iter().enumerate().any(|(at, token)| {
        token.form == Form::Word && !token.is(ASIDE) && !taken(token) && !is_part(at)
    });
    if said {
        return;
    }
    let mut names = Vec::new();
    let mut start = 0;
    while start < reading.tokens.len() {
        let parts = (start..reading.tokens.len()).take_while(|at| is_part(*at));
        let end = start + parts.count();
        let words = &reading.tokens[start..end];
        let closed = reading.get(end).is_none_or(|next| {
            taken(next)
                || matches!(next.form, Form::Mark | Form::Break)
                || next.is(Class::CONNECTOR)
        });
        let opened = reading.before(start).is_none_or(|before| {
            taken(before)
                || matches!(before.form, Form::Mark | Form::Break)
                || before.is(Class::LINK.or(Class::CONNECTOR))
        });
        let telling = words.iter().any(|word| word.len() >= SHORTEST);
        if telling && words.len() <= MOST_WORDS && opened && closed {
            names.push(reading.span(start, end, Kind::Person, "answer"));
        }
        start = end + 1;
    }
    spans.extend(names);
}
