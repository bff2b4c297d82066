//! Answers: the values of a turn that is expected to hold some.

use super::asks::Ask;
use super::class::Class;
use super::cued;
use super::kind::KindSet;
use super::lexer::{Form, Token};
use super::reading::Reading;
use super::values;
use super::{Kind, Side, Span, addresses, codes, dates, named};

/// Adds what answers `ask` in a turn of `side`.
pub(super) fn answer(
    reading: &Reading<'_>,
    text: &str,
    ask: &Ask,
    side: Side,
    spans: &mut Vec<Span>,
) {
    let kinds = ask.to(side);
    if kinds.is_empty() {
        return;
    }
    if let Some(kind) = kinds.first(Kind::is_number) {
        numbers(reading, text, kinds, kind, ask.is_own(), spans);
    }
    if kinds.contains(Kind::DateOfBirth) {
        dates(reading, spans);
    }
    if kinds.contains(Kind::CreditCard) {
        let valid =
            (0..reading.tokens.len()).filter_map(|at| Some((at, dates::expiry(reading, at)?)));
        spans.extend(valid.map(|(at, end)| reading.span(at, end, Kind::CreditCard, "answer")));
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
        named::find(reading, first, ask.is_fresh(side), spans);
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
        let pairs = values::is_sort_code(reading, &value);
        let sort_code = kinds.contains(Kind::RoutingNumber) && pairs;
        // "77-41-09" is no date where a code was asked for.
        let code = kinds.contains(Kind::AccessCode) && pairs;
        let everyday = values::is_everyday(reading, &value) && !sort_code && !code;
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
    let mut index = 0;
    while index < reading.tokens.len() {
        match dates::date(reading, index) {
            Some(end) => {
                spans.push(reading.span(index, end, Kind::DateOfBirth, "answer"));
                index = end;
            }
            None => index += 1,
        }
    }
    // "4th of march", and then "1987".
    if let [_] = reading.tokens
        && let Some(end) = dates::birth_year(reading, 0)
    {
        spans.push(reading.span(0, end, Kind::DateOfBirth, "answer"));
    }
}

/// The end of the answer where nothing but it is said from `first` on, fillers and marks aside; a few tokens at most.
pub(super) fn only(reading: &Reading<'_>, first: usize) -> Option<usize> {
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

fn word(reading: &Reading<'_>, mut first: usize, kind: Kind, spans: &mut Vec<Span>) {
    // "the.real.gaz" begins with what would be passed over by itself.
    let opens = |token: &Token| b"[(\"'".contains(&token.mark);
    while first > 0 && reading.touches_next(first - 1) && !opens(&reading.tokens[first - 1]) {
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
