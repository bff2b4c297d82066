//! Postcodes that are told by their form alone, and the addresses that end with one.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::reading::Reading;
use super::values::is_measure;
use super::{Kind, Span};

/// Adds the postcodes that are told by their form alone, British ("SW1A 2AA", "dn99 7tt"), Irish ("D02 AF30") and Canadian
/// ("K1A 0B1"), and the addresses that end with one.
pub(super) fn find(reading: &Reading<'_>, text: &str, spans: &mut Vec<Span>) {
    for index in 1..reading.tokens.len() {
        let [outward, inward] = [index - 1, index].map(|at| &reading.tokens[at]);
        if outward.form != Form::Mixed
            || inward.form != Form::Mixed
            || !matches!(inward.len(), 3 | 4)
            || !(2..=4).contains(&outward.len())
        {
            continue;
        }
        // "dn99 7tt", but "m3 2nd exit"
        let small = [outward, inward]
            .iter()
            .all(|token| token.case == Case::Lower);
        let product = outward.len() == 2 || outward.digits as usize + 1 == outward.len();
        if small && (product || is_measure(outward) || is_measure(inward)) {
            continue;
        }
        let form = |token: &Token| -> Vec<u8> {
            text.as_bytes()[token.start as usize..token.end as usize]
                .iter()
                .map(|byte| match byte {
                    b'0'..=b'9' => b'9',
                    b'A'..=b'Z' => b'A',
                    b'a'..=b'z' if small => b'A',
                    _ => b'?',
                })
                .collect()
        };
        let british = matches!(
            form(outward).as_slice(),
            b"A9" | b"A99" | b"AA9" | b"AA99" | b"A9A" | b"AA9A"
        ) && form(inward) == b"9AA";
        let canadian = form(outward) == b"A9A" && form(inward) == b"9A9";
        // "H91 ZZ99"
        let irish = || {
            let written =
                |token: &Token| &text.as_bytes()[token.start as usize..token.end as usize];
            let letter = |byte: &u8| byte.is_ascii_digit() || b"ACDEFHKNPRTVWXY".contains(byte);
            inward.len() == 4
                && form(outward) == b"A99"
                && [outward, inward]
                    .iter()
                    .all(|token| written(token).iter().all(letter))
        };
        if british || canadian || !small && irish() {
            spans.push(reading.span(index - 1, index + 1, Kind::PostalCode, "postcode"));
            let start = before_postcode(reading, index - 1);
            // "TAKE THE M3 2ND EXIT"
            if start + 1 < index && !is_measure(inward) {
                spans.push(reading.span(start, index + 1, Kind::Address, "address_postcode"));
            }
        }
    }
}

/// Adds the addresses of armed forces abroad: "PSC 4417, Box 20", "APO AP 96299".
pub(super) fn find_military(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    const FARTHEST: usize = 8;
    let word = |at: usize, words: &[&[u8]]| {
        reading
            .get(at)
            .is_some_and(|token| words.iter().any(|word| token.hash == hash_word(word)))
    };
    for index in 0..reading.tokens.len().saturating_sub(2) {
        if reading.tokens[index + 2].digits != 5
            || !word(index + 1, &[b"aa", b"ae", b"ap"])
            || !word(index, &[b"apo", b"fpo", b"dpo"])
        {
            continue;
        }
        let mut before = (index.saturating_sub(FARTHEST)..index).rev();
        let start = before.find(|at| word(*at, &[b"psc", b"unit", b"cmr"]));
        let ends = |at: usize| reading.tokens[at].is_mark(b'.') && !reading.touches_next(at);
        let start = start.filter(|start| !(*start..index).any(ends));
        let start = start.unwrap_or(index);
        spans.push(reading.span(start, index + 3, Kind::Address, "address_military"));
    }
}

/// "519 tamrik way quandelville ky 40099": what a house number begins and a state and its ZIP code end, where `index` is the code's
/// token.
pub(super) fn state_behind(reading: &Reading<'_>, index: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 12;
    const SAID: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::CUE)
        .or(Class::REQUEST)
        .or(Class::MONTH);
    let code = &reading.tokens[index];
    let state = &reading.tokens[index.checked_sub(1)?];
    let zip = code.form == Form::Number && matches!(code.digits, 4 | 5);
    if !zip || !state.is(Class::STATE) || !state.is_word() || index < 3 {
        return None;
    }
    let is_part = |at: usize| {
        let token = &reading.tokens[at];
        let word = token.is_word() && (!token.is(SAID) || token.is(Class::STREET.or(Class::STATE)));
        word || token.form == Form::Number
            || token.is_mark(b',')
            || token.form == Form::Mixed && !is_measure(token)
    };
    let words = (0..index - 1).rev().take(LONGEST);
    let house = |at: &usize| {
        let token = &reading.tokens[*at];
        token.form == Form::Number && token.digits <= 5 && reading.tokens[*at + 1].is_word()
    };
    let start = words.take_while(|at| is_part(*at)).filter(house).last()?;
    (start + 2 < index).then_some((start, index + 1))
}

/// "Kaneohe, HI 96744": the city before a state in capitals and its ZIP code, where `index` is the code's token. Without a comma,
/// "KANEOHE HI 96744", only what is a line of its own, for "ID" is a state, too.
pub(super) fn city_and_state(reading: &Reading<'_>, index: usize) -> Option<(usize, usize)> {
    const MOST_WORDS: usize = 3;
    const NO_CITY: Class = Class::CUE
        .or(Class::FILLER)
        .or(Class::LINK)
        .or(Class::CONNECTOR)
        .or(Class::REQUEST);
    let code = &reading.tokens[index];
    let state = index.checked_sub(1)?;
    let token = &reading.tokens[state];
    let zip = code.form == Form::Number && code.digits == 5 && code.len() == 5;
    if !zip || !token.is(Class::STATE) || token.len() != 2 || token.case != Case::Upper {
        return None;
    }
    let comma = state
        .checked_sub(1)
        .filter(|&at| reading.tokens[at].is_mark(b','));
    let end = comma.unwrap_or(state);
    let is_name = |at: &usize| {
        let token = &reading.tokens[*at];
        token.is_word() && token.case != Case::Lower && token.len() > 1
    };
    let words = (0..end).rev().take(MOST_WORDS).take_while(is_name).count();
    let start = end - words;
    let city = &reading.tokens[start..end];
    let line = || {
        let opens = start > 0 && reading.tokens[start - 1].form == Form::Break;
        let closes = reading
            .get(index + 1)
            .is_none_or(|next| next.form == Form::Break);
        opens && closes && city.iter().all(|word| !word.is(Class::ENGLISH))
    };
    let named = words > 0 && !city.iter().any(|word| word.is(NO_CITY));
    (named && (comma.is_some() && reading.cased || line())).then_some((start, index + 1))
}

/// Where the lines begin that a postcode at `postcode` ends: "Totnes TQ9 0ZZ", "Rose Cottage, Ballyfake, Co. Antrim, BT99 9ZZ".
fn before_postcode(reading: &Reading<'_>, postcode: usize) -> usize {
    const MOST_LINES: usize = 5;
    const LONGEST: usize = 6;
    const COMPANY: [&[u8]; 8] = [
        b"ltd", b"limited", b"llp", b"plc", b"inc", b"llc", b"gmbh", b"corp",
    ];
    const SAID: Class = Class::GREETING
        .or(Class::REQUEST)
        .or(Class::LINK)
        .or(Class::CUE_WHOLE)
        .or(Class::MONTH);
    let is_part = |at: usize| {
        let token = &reading.tokens[at];
        let small = token.is(Class::PARTICLE.or(Class::OF).or(Class::ARTICLE)) && token.len() > 1;
        let capital = reading.capital(at) && !token.is(Class::LINK.or(Class::SALUTATION));
        let name = if reading.cased {
            capital || small && at > 0 && reading.capital(at + 1)
        } else {
            !token.is(SAID) && (!token.is(Class::FILLER) || token.hash == hash_word(b"the"))
        };
        // "Bachelor's Walk", "Swn-y-Mor"
        let joined = at > 0
            && at + 1 < reading.tokens.len()
            && (token.hash == hash_word(b"s") && token.start == reading.tokens[at - 1].end + 1
                || token.is_mark(b'-') && reading.touches_next(at - 1)
                || reading.tokens[at - 1].is_mark(b'-') && reading.tokens[at + 1].is_mark(b'-'));
        token.is_word() && name || token.digits > 0 && !is_measure(token) || joined
    };
    let mut start = postcode;
    for line in 0..MOST_LINES {
        let mut end = start;
        if line > 0 {
            let joint = start.checked_sub(1).filter(|&at| {
                reading.tokens[at].is_mark(b',') || reading.tokens[at].form == Form::Break
            });
            let Some(joint) = joint else { break };
            end = joint;
        } else if !reading.cased
            || reading
                .before(start)
                .is_some_and(|before| before.is_mark(b',') || before.form == Form::Break)
        {
            continue;
        }
        // "Co. Antrim"
        let dot = |at: usize| {
            at > 0 && reading.tokens[at].is_mark(b'.') && reading.tokens[at - 1].len() <= 4
        };
        let parts = (0..end)
            .rev()
            .take(LONGEST)
            .take_while(|&at| is_part(at) || dot(at));
        let words = parts.count();
        let first = end - words;
        let whole = first == 0 || {
            let before = &reading.tokens[first - 1];
            !before.is_word()
                || before.is(Class::TOWARDS
                    .or(Class::ARTICLE)
                    .or(Class::LINK)
                    .or(Class::FILLER))
                || reading.cased
        };
        let company = |at: usize| {
            COMPANY
                .iter()
                .any(|word| reading.tokens[at].hash == hash_word(word))
        };
        if words == 0
            || !whole
            || company(end - 1)
            || !reading.tokens[first].is_word() && reading.tokens[first].digits == 0
        {
            break;
        }
        start = first;
    }
    // "at Garden Flat, 118 ..."
    let said = reading.tokens[start].is(Class::ARTICLE.or(Class::OF)) && reading.cased;
    let article = reading.tokens[start].hash == hash_word(b"the");
    start + usize::from(said && !article && start + 1 < postcode)
}
