//! Answers: the values of a turn that is expected to hold some.

use super::asks::Ask;
use super::class::Class;
use super::cued;
use super::hash::hash_word;
use super::kind::KindSet;
use super::lexer::{Form, Token};
use super::names::{self, Hint};
use super::reading::Reading;
use super::values;
use super::{Kind, Span, addresses, codes};

/// Adds what answers `kinds` in a turn.
pub(super) fn answer(
    reading: &Reading<'_>,
    text: &str,
    kinds: KindSet,
    own: bool,
    spans: &mut Vec<Span>,
) {
    if kinds.is_empty() {
        return;
    }
    if let Some(kind) = kinds.first(Kind::is_number) {
        numbers(reading, text, kinds, kind, own, spans);
    }
    if kinds.contains(Kind::DateOfBirth) {
        dates(reading, spans);
    }
    let content = reading.skip_fillers(0);
    let Some(first) = content else { return };
    if kinds.contains(Kind::Address) {
        address(reading, first, spans);
    }
    if kinds.contains(Kind::SecurityAnswer) {
        secret(reading, first, spans);
    }
    if kinds.contains(Kind::Person) {
        person(reading, first, spans);
        lines(reading, spans);
        beside_values(reading, spans);
    }
    for kind in [Kind::Username, Kind::Password] {
        if kinds.contains(kind) {
            word(reading, first, kind, spans);
        }
    }
    if kinds.contains(Kind::Email)
        && only(reading, first) == Some(first + 1)
        && !reading.ordinary(first)
    {
        spans.push(reading.span(first, first + 1, Kind::Email, "answer"));
    }
}

/// Numbers that are long enough to be one of those that were asked for earlier in the conversation.
pub(super) fn late(reading: &Reading<'_>, text: &str, ask: &Ask, spans: &mut Vec<Span>) {
    const LEAST: usize = 4;
    if !ask.past || ask.neutral {
        return;
    }
    let mut index = 0;
    while index < reading.tokens.len() {
        let Some(value) = values::number(reading, index) else {
            index += 1;
            continue;
        };
        let dated = reading
            .before(index)
            .is_some_and(|before| before.is(Class::MONTH.or(Class::UNIT)));
        if value.digits >= LEAST
            && !dated
            && !values::is_common_number(reading, text, &value)
            && !values::is_everyday(reading, &value)
        {
            spans.push(reading.span(value.start, value.end, Kind::AccountNumber, "answer_late"));
        }
        index = value.end;
    }
}

/// Every number that is long enough; the first kind that fits gives the label.
fn numbers(
    reading: &Reading<'_>,
    text: &str,
    kinds: KindSet,
    fallback: Kind,
    own: bool,
    spans: &mut Vec<Span>,
) {
    let short = reading.tokens.len() <= 12;
    let least = if short && !own { 3 } else { 4 };
    let mut index = 0;
    while index < reading.tokens.len() {
        let locator = kinds.contains(Kind::BookingReference) && codes::is_locator(reading, index);
        if locator || codes::is_capital_code(reading, index) {
            spans.push(reading.span(index, index + 1, fallback, "answer"));
            index += 1;
            continue;
        }
        let value = codes::hyphened(reading, index).or_else(|| values::number(reading, index));
        let Some(value) = value else {
            index += 1;
            continue;
        };
        let few =
            value.digits >= 2 && value.letters || value.digits == 2 && reading.tokens.len() <= 2;
        let common = own && values::is_common_number(reading, text, &value);
        let sort_code =
            kinds.contains(Kind::RoutingNumber) && values::is_sort_code(reading, &value);
        let everyday = values::is_everyday(reading, &value) && !sort_code;
        if (value.digits >= least || few) && !common && !everyday {
            let kind = match value.digits {
                _ if sort_code => Kind::RoutingNumber,
                16 if kinds.contains(Kind::CreditCard) => Kind::CreditCard,
                5 if kinds.contains(Kind::PostalCode) => Kind::PostalCode,
                10 if kinds.contains(Kind::Phone) => Kind::Phone,
                3..=6 if kinds.contains(Kind::Pin) => Kind::Pin,
                _ => fallback,
            };
            spans.push(reading.span(value.start, value.end, kind, "answer"));
        }
        index = value.end;
    }
}

fn dates(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    /// A date in words and what may stand around it has so many tokens.
    const SPELLED: usize = 12;
    let mut index = 0;
    while index < reading.tokens.len() {
        match values::date(reading, index) {
            Some(end) => {
                spans.push(reading.span(index, end, Kind::DateOfBirth, "answer"));
                index = end;
            }
            None => index += 1,
        }
    }
    // "the fourteenth of july nineteen eighty two"
    let century = || {
        let words = [b"nineteen".as_slice(), b"thousand", b"twenty"].map(hash_word);
        let mut tokens = reading.tokens.iter();
        tokens.any(|token| words.contains(&token.hash))
    };
    if reading.glance.digits == 0
        && reading.glance.classes.is(Class::MONTH)
        && reading.tokens.len() <= SPELLED
        && century()
        && let Some(first) = reading.skip_fillers(0)
    {
        let mut end = cued::line_end(reading, first, reading.tokens.len());
        end += usize::from(reading.get(end).is_some_and(|one| one.is(Class::DIGIT)));
        spans.push(reading.span(first, end, Kind::DateOfBirth, "answer"));
    }
    // "4th of march", and then "1987".
    if let [_] = reading.tokens
        && let Some(end) = values::birth_year(reading, 0)
    {
        spans.push(reading.span(0, end, Kind::DateOfBirth, "answer"));
    }
}

/// The end of the answer where nothing but it is said from `first` on, fillers and marks aside; a few tokens at most.
fn only(reading: &Reading<'_>, first: usize) -> Option<usize> {
    let mut end = first;
    while reading.get(end).is_some_and(|token| {
        !matches!(token.form, Form::Mark | Form::Break) && !token.is(Class::FILLER)
    }) {
        end += 1;
    }
    (end > first && reading.skip_fillers(end).is_none()).then_some(end)
}

fn address(reading: &Reading<'_>, first: usize, spans: &mut Vec<Span>) {
    const LONGEST: usize = 24;
    let from = (first..reading.tokens.len()).find(|&index| {
        let token = &reading.tokens[index];
        token.digits > 0 && !values::is_measure(token) && !values::is_quantity(reading, index)
    });
    let start = match from {
        Some(number)
            if number <= first + 3
                && (reading.tokens.len() - number >= 3
                    || is_short(reading, number)
                    || is_last(reading, first, number)) =>
        {
            first.min(number)
        }
        // "7", for the number of the house.
        Some(number) if number == first && only(reading, first) == Some(first + 1) => first,
        _ if reading.tokens.len() - first <= LONGEST / 2
            && addresses::has_street(reading, first, reading.tokens.len()) =>
        {
            first
        }
        // Without a number: a place, if it is all that is said.
        None if reading.tokens[first].is_word()
            && only(reading, first)
                .is_some_and(|end| end - first <= 5 && !reading.ordinary(first)) =>
        {
            first
        }
        _ => return,
    };
    let end = cued::line_end(reading, start, reading.tokens.len().min(start + LONGEST));
    if end > start {
        spans.push(reading.span(start, end, Kind::Address, "answer"));
    }
}

/// "birchwood close 14", "lindenallee 4": a street and its number, and nothing else.
fn is_last(reading: &Reading<'_>, first: usize, number: usize) -> bool {
    const SAID: Class = Class::FILLER.or(Class::NEUTRAL).or(Class::MONTH);
    let mut words = first..number;
    number + 1 == reading.tokens.len()
        && words
            .clone()
            .all(|at| reading.tokens[at].is_word() && !reading.tokens[at].is(SAID))
        && words.any(|at| reading.tokens[at].is(Class::STREET) || !reading.ordinary(at))
}

/// "22 Acacia": a number and one word that is no other.
fn is_short(reading: &Reading<'_>, number: usize) -> bool {
    reading.get(number + 1).is_some_and(|word| {
        word.is_word() && (reading.capital(number + 1) || !reading.ordinary(number + 1))
    })
}

fn secret(reading: &Reading<'_>, first: usize, spans: &mut Vec<Span>) {
    const LATE: usize = 4;
    let question = reading
        .tokens
        .last()
        .is_some_and(|token| token.is_mark(b'?'));
    if let Some(end) = only(reading, first)
        && end - first <= 4
        && first <= LATE
        && !question
    {
        spans.push(reading.span(first, end, Kind::SecurityAnswer, "answer"));
        return;
    }
    let mut index = first;
    while let Some(token) = reading.get(index) {
        let linked = reading
            .before(index)
            .is_some_and(|before| before.is(Class::LINK));
        let named = token.is(Class::GIVEN.or(Class::SURNAME)) || !token.is(Class::ENGLISH);
        let starts = index == first
            && named
            && (reading.capital(index)
                || reading.get(index + 1).is_none_or(|next| {
                    matches!(next.form, Form::Mark | Form::Break) || next.is(Class::LINK)
                }));
        let capital = reading.capital(index)
            && named
            && !reading.begins_sentence(index)
            && token.len() > 1
            && !token.is(Class::AMBIGUOUS.or(Class::MONTH));
        let taken = token.is_word()
            && !token.is(Class::FILLER
                .or(Class::CONNECTOR)
                .or(Class::STOP)
                .or(Class::CUE))
            && (capital
                || token.is(Class::PLAIN_NAME)
                || (token.is(Class::GIVEN.or(Class::SURNAME)) && !token.is(Class::ENGLISH))
                || starts
                || (linked && !token.is(Class::ENGLISH)));
        if taken {
            spans.push(reading.span(index, index + 1, Kind::SecurityAnswer, "answer"));
        }
        index += 1;
    }
}

fn person(reading: &Reading<'_>, first: usize, spans: &mut Vec<Span>) {
    // "thierry lagarrigue": with the words of no list that end the answer.
    let whole = |end: usize| {
        let all = only(reading, first).filter(|all| all - first <= 3)?;
        let mut rest = reading.tokens[end.min(all)..all].iter();
        rest.all(|token| token.is_word() && token.class == Class::default())
            .then_some(all.max(end))
    };
    let name = names::at(reading, first, Hint::Strong);
    let end = name.map(|end| whole(end).unwrap_or(end)).or_else(|| {
        // Nothing else is said: then it is the name, whatever the word.
        only(reading, first).filter(|end| {
            let clear = (first..*end).any(|index| {
                let token = &reading.tokens[index];
                (token.is(Class::GIVEN) && !token.is(Class::ENGLISH)) || !reading.ordinary(index)
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
    let Some(end) = end else { return };
    // A sentence that goes on behind a common word was no name.
    let alone = reading.get(end).is_none_or(|token| {
        !token.is_word() || token.is(Class::FILLER.or(Class::CONNECTOR).or(Class::CUE))
    });
    let sure = reading.tokens[first].is(Class::GIVEN) || alone;
    if sure {
        spans.push(reading.span(first, end, Kind::Person, "answer"));
    }
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

fn word(reading: &Reading<'_>, mut first: usize, kind: Kind, spans: &mut Vec<Span>) {
    // "the.real.gaz" begins with what would be passed over by itself.
    while first > 0 && reading.touches_next(first - 1) {
        first -= 1;
    }
    let run = codes::coded_run(reading, first)
        .or_else(|| codes::joined(reading, first, b".:_-").filter(|end| *end > first + 1));
    if let Some(end) = run
        && reading.skip_fillers(end).is_none()
    {
        spans.push(reading.span(first, end, kind, "answer"));
        return;
    }
    if let Some(end) = only(reading, first)
        && end - first <= 2
    {
        // "Still no", "awesome": what is said of it.
        let said = reading.tokens[first].is(Class::STOP.or(Class::STATUS));
        if !said {
            spans.push(reading.span(first, end, kind, "answer"));
        }
        return;
    }
    let mut index = first;
    while let Some(token) = reading.get(index) {
        let begins = index == 0 || !reading.touches_next(index - 1);
        let letters = |end: &usize| reading.tokens[index..*end].iter().any(Token::is_word);
        let run = codes::coded_run(reading, index).filter(|end| begins && letters(end));
        let mixed = token.form == Form::Mixed && !values::is_measure(token);
        let end = run.unwrap_or(index + 1);
        if run.is_some() || mixed {
            spans.push(reading.span(index, end, kind, "answer"));
        }
        index = end;
    }
}
