//! Messages that are values and nothing else: identifiers and names, whatever was asked.

use super::asks::Ask;
use super::class::Class;
use super::cues::Found;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::names::{NO_NAME, NO_SURNAME, is_full};
use super::reading::Reading;
use super::values;
use super::words::Words;
use super::{Kind, Span, codes};

/// Most tokens of a message that is looked at.
const LONGEST: usize = 14;

/// Adds the values that make up the whole message, fillers, cues and what was found already aside.
pub(super) fn find(
    reading: &Reading<'_>,
    text: &str,
    words: &Words,
    found: &[Found],
    ask: &Ask,
    spans: &mut Vec<Span>,
) {
    let question = reading
        .tokens
        .last()
        .is_some_and(|token| token.is_mark(b'?'));
    if reading.tokens.is_empty() || reading.tokens.len() > LONGEST || ask.neutral || question {
        return;
    }
    if !ask.heard && is_street(reading) {
        spans.push(reading.span(0, reading.tokens.len(), Kind::Address, "bare_street"));
        return;
    }
    let mut parts: Vec<Part> = Vec::new();
    let alone = !reading
        .tokens
        .iter()
        .enumerate()
        .any(|(index, token)| is_aside(reading, token, index, found, spans));
    let mut index = 0;
    while index < reading.tokens.len() {
        if let Some(cue) = found
            .iter()
            .find(|cue| cue.start == index && is_plain_cue(reading, cue))
        {
            index = cue.end;
            continue;
        }
        if is_aside(reading, &reading.tokens[index], index, found, spans) {
            index += 1;
            continue;
        }
        let aside = |at: usize| is_aside(reading, &reading.tokens[at], at, found, spans);
        let Some(part) = part(reading, text, words, index, ask, alone, aside) else {
            return;
        };
        index = part.end;
        parts.push(part);
    }
    // A lone word that only might be a name needs all the message to itself.
    let certain = parts.iter().any(|part| part.certain) || (parts.len() == 1 && alone);
    if certain {
        spans.extend(
            parts
                .iter()
                .filter(|part| part.kind != Kind::Custom)
                .map(|part| reading.span(part.start, part.end, part.kind, part.rule)),
        );
    }
}

/// "quandelpur street testpur": a street and its town, and nothing else.
fn is_street(reading: &Reading<'_>) -> bool {
    const LONGEST: usize = 8;
    const SAID: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::REQUEST)
        .or(Class::CUE)
        .or(Class::STATUS)
        .or(Class::GREETING);
    let tokens = reading.tokens;
    let is_street =
        |token: &Token| token.is(Class::STREET) && !token.is(Class::STREET_WEAK) && token.len() > 2;
    let mut strange = false;
    tokens.len() <= LONGEST
        && tokens.iter().skip(1).any(is_street)
        && tokens.iter().enumerate().all(|(at, token)| {
            strange |= token.is_word() && !reading.ordinary(at) && !is_street(token);
            is_street(token)
                || token.is_word() && (!token.is(SAID) || token.is(Class::STATE))
                || token.form == Form::Number
        })
        && strange
}

/// One value of a message; `Custom` stands for a place, which is none.
struct Part {
    start: usize,
    end: usize,
    kind: Kind,
    rule: &'static str,
    certain: bool,
}

fn is_plain_cue(reading: &Reading<'_>, cue: &Found) -> bool {
    let one_word = cue.end == cue.start + 1;
    let name = reading.tokens[cue.start].is(Class::GIVEN.or(Class::SURNAME));
    cue.cue.kind.is_some() && !(cue.cue.weak && one_word && name)
}

fn is_aside(
    reading: &Reading<'_>,
    token: &Token,
    index: usize,
    found: &[Found],
    spans: &[Span],
) -> bool {
    matches!(token.form, Form::Mark | Form::Break | Form::Label)
        || (token.is(Class::FILLER)
            && !token.is(Class::PLAIN_NAME)
            && values::number(reading, index).is_none())
        || found
            .iter()
            .any(|cue| cue.start <= index && index < cue.end && is_plain_cue(reading, cue))
        || spans
            .iter()
            .any(|span| span.start < token.end as usize && (token.start as usize) < span.end)
}

/// The value that begins at token `start`; `None` where there is none, and so the message says something else too.
fn part(
    reading: &Reading<'_>,
    text: &str,
    words: &Words,
    start: usize,
    ask: &Ask,
    alone: bool,
    aside: impl Fn(usize) -> bool,
) -> Option<Part> {
    if let Some(part) = identifier(reading, text, start) {
        return Some(part);
    }
    name(reading, text, words, start, ask, alone, aside)
}

/// Whether a code begins at `start`; "tiggo 2014" is a car.
fn is_code(reading: &Reading<'_>, text: &str, start: usize) -> bool {
    let year = |code: &Part| {
        let last = reading.written(code.end - 1);
        code.end == start + 2
            && last.len() == 4
            && (last.starts_with("20") || last.starts_with("19"))
    };
    identifier(reading, text, start).is_some_and(|code| !year(&code))
}

/// "since 2009", "fiber 500": a word of the dictionary with a year or a round number is no code.
fn is_said_of(reading: &Reading<'_>, start: usize) -> bool {
    let number = reading.written(start + 1);
    let year = number.len() == 4 && (number.starts_with("20") || number.starts_with("19"));
    let name = reading.tokens[start].is(Class::GIVEN.or(Class::SURNAME));
    reading.ordinary(start) && !name && (year || number.ends_with("00"))
}

fn identifier(reading: &Reading<'_>, text: &str, start: usize) -> Option<Part> {
    let part = |end, kind, rule| {
        Some(Part {
            start,
            end,
            kind,
            rule,
            certain: true,
        })
    };
    let token = &reading.tokens[start];
    if codes::is_capital_code(reading, start) {
        return part(start + 1, Kind::AccountNumber, "bare_code");
    }
    let letters = token.len() - token.digits as usize;
    if token.form == Form::Mixed
        && letters >= 3
        && token.len() >= 5
        && !values::is_measure(token)
        && !reading.touches_next(start)
    {
        return part(start + 1, Kind::Username, "bare_code");
    }
    let spaced = codes::spaced(reading, start).filter(|value| {
        let next = reading.get(value.end);
        next.is_none_or(|next| next.form == Form::Mark || next.is(Class::FILLER.or(Class::CUE)))
    });
    let value = spaced
        .or_else(|| values::number(reading, start))
        .or_else(|| codes::coded(reading, start).filter(|_| !is_said_of(reading, start)))?;
    if values::is_everyday(reading, &value) || values::is_common_number(reading, text, &value) {
        return None;
    }
    match (value.letters, value.digits) {
        (true, 2..) => part(value.end, Kind::BookingReference, "bare_number"),
        (false, 4..) => part(value.end, Kind::AccountNumber, "bare_number"),
        _ => None,
    }
}

fn name(
    reading: &Reading<'_>,
    text: &str,
    words: &Words,
    start: usize,
    ask: &Ask,
    alone: bool,
    aside: impl Fn(usize) -> bool,
) -> Option<Part> {
    const LONGEST: usize = 3;
    /// The shortest word of no list that is taken for a name.
    const SHORTEST: usize = 4;
    // "grant potter"
    let filler = reading.tokens[0].is(Class::FILLER);
    if !ask.heard && !filler && reading.tokens.len() == 2 && is_full(reading, 0) {
        return Some(Part {
            start: 0,
            end: 2,
            kind: Kind::Person,
            rule: "bare_name",
            certain: true,
        });
    }
    let mut end = start;
    let mut certain = false;
    let mut place = false;
    while let Some(token) = reading.get(end) {
        if end - start == LONGEST
            || !token.is_word()
            || (token.is(Class::FILLER) && !token.is(Class::PLAIN_NAME))
            // "frederick ktr 482", "edwin ssn 4417"
            || end > start && (aside(end) || is_code(reading, text, end))
        {
            break;
        }
        let listed = token.is(Class::GIVEN.or(Class::SURNAME)) && !token.is(Class::AMBIGUOUS);
        let clear = listed && (!token.is(Class::ENGLISH) || token.is(Class::PLAIN_NAME));
        let before_name = reading
            .get(end + 1)
            .is_some_and(|next| next.is(Class::GIVEN.or(Class::SURNAME)));
        let unheard = !ask.heard
            && (token.len() >= SHORTEST || before_name)
            && reading.unknown(end)
            && (certain || !is_typo(text, words, token));
        // "edwin moonbeam"
        let last = certain && end == start + 1 && reading.get(end + 1).is_none();
        let surname = last && !ask.heard && !token.is(NO_SURNAME);
        // "potter edwin"
        let clear_next = reading.get(end + 1).is_some_and(|next| {
            next.is(Class::GIVEN) && !next.is(Class::ENGLISH.or(Class::AMBIGUOUS).or(NO_NAME))
        });
        let first = end == 0 && token.is(Class::SURNAME) && !token.is(NO_NAME) && clear_next;
        // "chennai 600019", "high point nc 27265"
        let located = reading.tokens[end + 1..]
            .iter()
            .any(|token| matches!(token.digits, 5 | 6));
        if !(clear
            || unheard
            || surname
            || first
            || (listed && end > start)
            || (token.len() == 1 && end > start)
            || located)
        {
            return None;
        }
        certain |= clear;
        place |= located && !clear;
        end += 1;
    }
    if end == start
        || (!certain && !place && !alone && !reading.tokens[..start].iter().all(Token::is_word))
    {
        return None;
    }
    Some(Part {
        start,
        end,
        kind: if place && !certain {
            Kind::Custom
        } else {
            Kind::Person
        },
        rule: "bare_name",
        certain,
    })
}

/// Whether a word is an ordinary one but for a slip of the finger: two letters swapped, or in a long word one too many
/// or too few.
fn is_typo(text: &str, words: &Words, token: &Token) -> bool {
    const LONG: usize = 6;
    const TOO_LONG: usize = 16;
    let word = text.as_bytes()[token.start as usize..token.end as usize].to_ascii_lowercase();
    if word.len() > TOO_LONG {
        return false;
    }
    let ordinary = |candidate: &[u8]| {
        let class = words.class(hash_word(candidate));
        class.is(Class::ENGLISH) && !class.is(Class::GIVEN.or(Class::SURNAME))
    };
    let known = |part: &[u8], class: Class| words.class(hash_word(part)).is(class);
    // "yessure", "byee"
    let joined = (2..word.len().saturating_sub(1)).any(|cut| {
        known(&word[..cut], Class::FILLER.or(Class::GREETING))
            && known(&word[cut..], Class::FILLER.or(Class::ENGLISH))
    });
    let mut stretched = word.clone();
    stretched.dedup();
    if joined
        || (stretched != word
            && (ordinary(&stretched)
                || known(
                    &stretched,
                    Class::FILLER.or(Class::GREETING).or(Class::STOP),
                )))
    {
        return true;
    }
    let mut candidate = word.clone();
    for index in 1..word.len() {
        candidate.swap(index - 1, index);
        if ordinary(&candidate) {
            return true;
        }
        candidate.swap(index - 1, index);
    }
    if word.len() < LONG {
        return false;
    }
    (0..word.len()).any(|index| {
        let mut shorter = word.clone();
        shorter.remove(index);
        ordinary(&shorter)
            || (b'a'..=b'z').any(|letter| {
                let mut longer = word.clone();
                longer.insert(index, letter);
                ordinary(&longer)
            })
    })
}
