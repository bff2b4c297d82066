//! What stands beside a value that was found: a birth behind a name, an extension behind a telephone number, what else is told of
//! a card.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::reading::Reading;
use super::{Kind, Side, Span, dates};

/// What is told behind a card's number: until when it is valid, and the code on its back ("09/27 123", "09/27, 123").
pub(super) fn card_details(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    for index in 0..reading.tokens.len() {
        let Some(end) = dates::expiry(reading, index) else {
            continue;
        };
        spans.push(reading.span(index, end, Kind::CreditCard, "card_expiry"));
        let mark = |token: &Token| token.is_mark(b',') || token.is_mark(b'/');
        let code = end + usize::from(reading.get(end).is_some_and(mark));
        if reading
            .get(code)
            .is_some_and(|token| token.form == Form::Number && matches!(token.digits, 3 | 4))
        {
            spans.push(reading.span(code, code + 1, Kind::AccessCode, "card_code"));
        }
    }
}

/// Full dates behind a name, too long ago to be an appointment: "Hanna Quandel (30/11/2001)", "keisha quandel 4/17/88"; and one of
/// a year before such chats with which a customer begins a message and says little more, unless `neutral` is what was asked for.
pub(super) fn births(reading: &Reading<'_>, side: Side, neutral: bool, spans: &mut Vec<Span>) {
    const MOST_MARKS: usize = 2;
    const MOST_SAID: usize = 4;
    let first = reading.skip_fillers(0).unwrap_or(0);
    if side == Side::Customer
        && !neutral
        && let Some(end) = full_date(reading, first)
    {
        let long_ago = |at: usize| {
            let year = reading.written(at).parse();
            reading.tokens[at].digits == 4 && matches!(year, Ok(1900..=2005_u16))
        };
        // "1999-05-16 11:28:01" was logged.
        let colon = |mark: &Token| mark.is_mark(b':');
        let timed = reading.get(end + 1).is_some_and(colon);
        if reading.tokens.len() <= end + MOST_SAID && !timed && (first..end).any(long_ago) {
            spans.push(reading.span(first, end, Kind::DateOfBirth, "date_long_ago"));
        }
    }
    for at in 0..spans.len() {
        if spans[at].kind != Kind::Person {
            continue;
        }
        let ended = |token: &Token| (token.start as usize) < spans[at].end;
        let mut start = reading.tokens.partition_point(ended);
        for _ in 0..MOST_MARKS {
            let mark = |token: &Token| b",(-:".contains(&token.mark);
            start += usize::from(reading.get(start).is_some_and(mark));
        }
        if let Some(end) = full_date(reading, start)
            .filter(|&end| (start..end).any(|at| is_long_ago(reading, at, at == start)))
        {
            spans.push(reading.span(start, end, Kind::DateOfBirth, "date_behind_name"));
        }
    }
}

/// The token behind a date of day, month and year at `start`: "4/17/88", "8 May 1945"; no version, and no list of numbers.
fn full_date(reading: &Reading<'_>, start: usize) -> Option<usize> {
    const DAYS: u16 = 31;
    const MONTHS: u16 = 12;
    let end = dates::date(reading, start)?;
    let date = &reading.tokens[start..end];
    let month = date.iter().any(|token| token.is(Class::MONTH));
    let mut numbers = Vec::with_capacity(3);
    for (at, token) in (start..).zip(date) {
        if token.form == Form::Number {
            numbers.push((
                token.digits,
                reading.written(at).parse().unwrap_or(u16::MAX),
            ));
        }
    }
    let (year, others): (Vec<_>, Vec<_>) = match numbers.as_slice() {
        // "88" stands last.
        [first, second, last] if first.0 <= 2 && last.0 <= 2 => {
            (vec![*last], vec![*first, *second])
        }
        all => all.iter().partition(|(digits, _)| *digits == 4),
    };
    let days = others.iter().all(|(_, number)| (1..=DAYS).contains(number));
    let months = others.iter().any(|(_, number)| *number <= MONTHS);
    // "1/2/1980", but "10, 12, 1950"
    let marks = date.iter().filter(|token| token.form == Form::Mark);
    let mut marks = marks.map(|token| token.mark);
    let sign = marks.next();
    let joined = matches!(sign, Some(b'/' | b'-' | b'.')) && marks.all(|mark| Some(mark) == sign);
    let plain = month && others.len() == 1 || others.len() == 2 && months && joined;
    (year.len() == 1 && days && plain).then_some(end)
}

/// Whether the token at `index` is a year of somebody's birth; with two digits, not where it is the `first` of a date.
fn is_long_ago(reading: &Reading<'_>, index: usize, first: bool) -> bool {
    /// Days and months are not more.
    const DAYS: u16 = 31;
    match (reading.tokens[index].digits, reading.written(index).parse()) {
        (4, Ok(year)) => matches!(year, 1900..=2015),
        (2, Ok(year)) => !first && year > DAYS,
        _ => false,
    }
}

/// "555-0142 x204", "555-0142 ext. 23": what is dialled behind a telephone number.
pub(super) fn extensions(reading: &Reading<'_>, spans: &mut [Span]) {
    const MOST_DIGITS: u8 = 5;
    for span in spans.iter_mut().filter(|span| span.kind == Kind::Phone) {
        let ended = |token: &Token| (token.start as usize) < span.end;
        let mut sign = reading.tokens.partition_point(ended);
        // "555-0142, ext. 23", "555-0142 (ext 23)"
        let mark = |token: &Token| token.is_mark(b',') || token.is_mark(b'(');
        sign += usize::from(reading.get(sign).is_some_and(mark));
        let Some(token) = reading.get(sign) else {
            continue;
        };
        let short = |token: &Token| (1..=MOST_DIGITS).contains(&token.digits);
        let joined = token.form == Form::Mixed
            && reading.written(sign).starts_with(['x', 'X'])
            && token.len() == usize::from(token.digits) + 1;
        let named = EXTENSION.iter().any(|word| token.hash == hash_word(word));
        let dot = reading
            .get(sign + 1)
            .is_some_and(|dot| dot.is_mark(b'.') || dot.is_mark(b':'));
        let number = sign + usize::from(named) + usize::from(named && dot);
        let dialled = reading
            .get(number)
            .is_some_and(|token| short(token) && (joined || named && token.form == Form::Number));
        if dialled {
            span.end = reading.tokens[number].end as usize;
        }
    }
}

/// What stands before an extension.
const EXTENSION: [&[u8]; 3] = [b"ext", b"extn", b"extension"];
