//! Names that sign a message: on the line behind "Kind regards,", or alone on the last.

use super::class::Class;
use super::lexer::{Form, Token};
use super::name_ends::extend;
use super::names::{self, Hint};
use super::persons::is_closed;
use super::reading::Reading;

/// The name behind the line break at `index`, on the line behind "Kind regards,": where it begins and ends.
pub(super) fn signed(reading: &Reading<'_>, index: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 5;
    /// Words that thank: what follows them is as often something else.
    const THANKS: Class = Class::SALUTATION.or(Class::FILLER).or(Class::NEUTRAL);
    let is_break = |token: &Token| token.form == Form::Break;
    if let Some(name) = last_line(reading, index) {
        return Some(name);
    }
    if !reading.glance.classes.is(Class::CLOSING) {
        return None;
    }
    let line = reading.tokens[..index].iter().rev();
    let (mut closing, mut formal) = (0, false);
    for token in line.take_while(|token| !is_break(token)) {
        closing += 1;
        formal |= token.is(Class::CLOSING) && !token.is(THANKS);
        let mark = matches!(token.mark, b',' | b'.' | b'!' | b'-');
        if closing > LONGEST || !(mark || token.is(Class::CLOSING)) {
            return None;
        }
    }
    if closing == 0 {
        return None;
    }
    let start = (index..reading.tokens.len()).find(|&at| !is_break(&reading.tokens[at]))?;
    let token = &reading.tokens[start];
    let given = token.is(Class::GIVEN) && token.len() >= 3 && reading.capital(start);
    let end = match names::at(reading, start, Hint::Strong) {
        // "steve b"
        Some(end) if is_last_letter(reading, end) => end + 1,
        Some(end) => end,
        // A month and the like, which here is a name.
        None if given => extend(reading, start),
        None => return None,
    };
    let initial = token.len() == 1;
    let known = token.is(Class::GIVEN.or(Class::TITLE)) || initial || formal || end > start + 1;
    let asks = reading.get(end).is_some_and(|mark| mark.is_mark(b'?'));
    (known && !asks && is_closed(reading, end) && !names::is_of_business(reading, start))
        .then_some((start, end))
}

/// Whether a letter ends the message.
fn is_last_letter(reading: &Reading<'_>, index: usize) -> bool {
    let letter = |token: &Token| token.is_word() && token.len() == 1;
    reading.get(index).is_some_and(letter) && index + 1 == reading.tokens.len()
}

/// "Please cancel it.\nPriyanka": a name of no list that ends the message on a line of its own.
fn last_line(reading: &Reading<'_>, index: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 2;
    const THANKS: Class = Class::CLOSING.or(Class::SALUTATION);
    let is_break = |token: &Token| token.form == Form::Break;
    let said = reading
        .before(index)
        .is_some_and(|before| matches!(before.mark, b'.' | b'!') || before.is(THANKS));
    if !said {
        return None;
    }
    let start = (index..reading.tokens.len()).find(|&at| !is_break(&reading.tokens[at]))?;
    let mut name = reading.tokens[start..].iter();
    let end = name
        .position(is_break)
        .map_or(reading.tokens.len(), |length| start + length);
    let last = reading.tokens[end..].iter().take(LONGEST + 1).all(is_break);
    let looks =
        |at: usize| names::is_strange(reading, at) && looks_like_a_name(reading.written(at));
    (last && end - start <= LONGEST && (start..end).all(looks)).then_some((start, end))
}

/// "Thaaanks", "Wtf", "Xxl" are no names.
fn looks_like_a_name(word: &str) -> bool {
    const SHORTEST: usize = 4;
    const VOWELS: &[u8] = b"aeiouyAEIOUY";
    let bytes = word.as_bytes();
    let drawn_out = bytes
        .windows(3)
        .any(|three| three.iter().all(|byte| byte == &three[0]));
    bytes.len() >= SHORTEST && !drawn_out && bytes.iter().any(|byte| VOWELS.contains(byte))
}
