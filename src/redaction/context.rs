//! The rules that read tokens, in their order; each may look at what those before it found.

use super::asks::Ask;
use super::checksums::luhn;
use super::class::Class;
use super::cues::{self, Found};
use super::glance::Glance;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::reading::Reading;
use super::words::Words;
use super::{
    Kind, Side, Span, addresses, answers, bare, beside, blocks, codes, handles, lists, mail,
    national, numbers, persons, postcodes, values,
};

/// The rule of what is long enough to identify something, whatever it is.
pub(super) const LONG_CODE: &str = "long_code";

/// What the rules know beside the message: what was said before it.
pub(super) struct Context<'a> {
    words: &'a Words,
    /// What the next message may answer.
    pub(super) ask: Ask,
    /// The cues of the message in hand; kept to reuse its memory.
    cues: Vec<Found>,
}

impl<'a> Context<'a> {
    pub(super) fn new(words: &'a Words) -> Self {
        Self {
            words,
            ask: Ask::default(),
            cues: Vec::new(),
        }
    }

    /// Adds the findings of the next message.
    pub(super) fn read(
        &mut self,
        reading: &Reading<'_>,
        text: &str,
        side: Side,
        spans: &mut Vec<Span>,
    ) {
        let Self {
            words,
            ask,
            cues: found,
        } = self;
        let Glance {
            classes: all,
            digits,
            long_code,
            long_stranger,
            ..
        } = reading.glance;
        let digits = digits > 0;
        found.clear();
        if all.is(Class::CUE) {
            cues::find(reading, words, found);
            // The business' own site is known to everybody.
            found.retain(|cue| side == Side::Customer || cue.cue.kind != Some(Kind::Url));
            cues::serve(reading, found, spans);
            // A site is named in its own message or not at all: whoever mentions one neither asks nor announces.
            found.retain(|cue| cue.cue.kind != Some(Kind::Url));
        }
        if persons::possible(&reading.glance) {
            persons::find(reading, spans);
        }
        if digits {
            postcodes::find(reading, text, spans);
            postcodes::find_military(reading, spans);
        }
        if digits && addresses::possible(reading) {
            addresses::find(reading, spans);
        }
        if digits && reading.glance.has(b'\n') {
            blocks::find(reading, spans);
        }
        if all.is(Class::MAIL_AT) || reading.glance.has(b'@') || long_stranger {
            mail::find(reading, text, spans);
        }
        // The business' own are known to everybody.
        if side == Side::Customer && reading.glance.has(b'@') {
            handles::find(reading, spans);
        }
        if reading.numeric {
            long_numbers(reading, text, spans);
            for span in spans.iter_mut() {
                national::refine(text, span);
            }
        }
        if digits {
            standing_codes(reading, spans);
            beside::births(reading, side, ask.neutral, spans);
        }
        if digits {
            beside::extensions(reading, spans);
        }
        if digits && spans.iter().any(|span| span.kind == Kind::CreditCard) {
            beside::card_details(reading, spans);
        }
        if long_code {
            for (index, token) in reading.tokens.iter().enumerate() {
                if token.form != Form::Mixed {
                    continue;
                }
                let (start, end) = (token.start as usize, token.end as usize);
                if let Some(rule) = national::code(&text[start..end]) {
                    spans.push(reading.span(index, index + 1, Kind::NationalId, rule));
                } else if is_long_code(reading, index) {
                    spans.push(reading.span(index, index + 1, Kind::AccountNumber, LONG_CODE));
                }
            }
        }
        answers::answer(reading, text, ask, side, spans);
        if digits && side == Side::Customer {
            answers::late(reading, text, ask, spans);
        }
        bare::find(reading, text, words, found, ask, spans);
        lists::find(reading, spans);
        ask.hear(reading, found, side);
    }
}

/// Codes that are told by their form, whatever stands beside them.
fn standing_codes(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    for (index, token) in reading.tokens.iter().enumerate() {
        if token.case == Case::Lower {
            continue;
        }
        if let Some(end) = codes::standing(reading, index) {
            spans.push(reading.span(index, end, Kind::AccountNumber, LONG_CODE));
        } else if let Some(end) = codes::british_plate(reading, index).or_else(|| {
            // "HH-AB 902"
            let german = || !reading.english && reading.tokens[index].len() <= 3;
            let plate = codes::plate(reading, index).filter(|_| german())?;
            (token.case == Case::Upper || token.len() == 1).then_some(plate)
        }) {
            spans.push(reading.span(index, end, Kind::NationalId, "plate"));
        }
    }
}

/// A few letters and as many digits as identify something, such as a parcel's number, or what is longer than any word, such
/// as a wallet's; not a part of a longer code.
fn is_long_code(reading: &Reading<'_>, index: usize) -> bool {
    const LEAST: usize = 9;
    const MOST_LETTERS: usize = 5;
    /// Digits behind two or three capitals.
    const LEAST_BEHIND: usize = 7;
    const LONG: usize = 26;
    const LEAST_OF_LONG: usize = 3;
    let token = &reading.tokens[index];
    let digits = usize::from(token.digits);
    let long = token.len() >= LONG && digits >= LEAST_OF_LONG;
    let letters = token.len() - digits;
    let written = reading.written(index).as_bytes();
    // "YA1234567", but "KB5034441" is a note of a software's maker.
    let leading =
        || written[..letters].iter().all(u8::is_ascii_uppercase) && written[..2] != *b"KB";
    let few_letters = digits >= LEAST && letters <= MOST_LETTERS
        || digits >= LEAST_BEHIND && (2..=3).contains(&letters) && leading();
    if !(long || few_letters) || token.is(Class::UNIT) {
        return false;
    }
    let joint = |at: usize| b"-/_.=&@%".contains(&reading.tokens[at].mark);
    let joined = index > 0 && reading.touches_next(index - 1) && joint(index - 1)
        || reading.touches_next(index) && reading.touches_next(index + 1) && joint(index + 1);
    // "0x80070005" is an error, "20240115T103000Z" a time, "visa4111111111111111" a card.
    let hexadecimal = !long && matches!(written, [b'0', b'x' | b'X', ..]);
    let time = matches!(written.len(), 15 | 16) && written[8].eq_ignore_ascii_case(&b't');
    let digits = written.iter().filter(|byte| byte.is_ascii_digit());
    let card = luhn(&digits.map(|digit| digit - b'0').collect::<Vec<_>>());
    !joined && !hexadecimal && !time && !card
}

/// "1234567 units", "error 80070005", "a total of 8000000": of many things, or one that is nobody's.
fn is_counted(reading: &Reading<'_>, index: usize) -> bool {
    const NOBODYS: [&[u8]; 8] = [
        b"error",
        b"bug",
        b"total",
        b"population",
        b"model",
        b"version",
        b"article",
        b"part",
    ];
    let things = reading.get(index + 1).is_some_and(|next| {
        next.is_word() && next.is(Class::ENGLISH) && reading.written(index + 1).ends_with('s')
    });
    let nobodys = reading.before(index).is_some_and(|before| {
        before.is(Class::OF) || NOBODYS.iter().any(|word| before.hash == hash_word(word))
    });
    things || nobodys || reading.written(index).ends_with("000")
}

/// Numbers too long for a quantity, however they are grouped or spelled: nine digits and more identify something.
fn long_numbers(reading: &Reading<'_>, text: &str, spans: &mut Vec<Span>) {
    const LEAST: usize = 9;
    const LEAST_WHOLE: usize = 7;
    let mut index = 0;
    while index < reading.tokens.len() {
        let token = &reading.tokens[index];
        if token.form != Form::Number && !token.is(Class::DIGIT.or(Class::REPEAT)) {
            index += 1;
            continue;
        }
        match values::number(reading, index) {
            Some(value) => {
                // "please cancel 48213377": in one piece.
                let whole = value.end == value.start + 1
                    && value.digits >= LEAST_WHOLE
                    && !values::is_common_number(reading, text, &value)
                    && !values::is_everyday(reading, &value)
                    && !is_counted(reading, index);
                if (value.digits >= LEAST || whole)
                    && !value.letters
                    && !is_part_of_code(reading, index)
                    && !is_version(&reading.tokens[value.start..value.end])
                {
                    spans.push(reading.span(
                        value.start,
                        value.end,
                        Kind::AccountNumber,
                        numbers::LONG,
                    ));
                }
                index = value.end;
            }
            None => index += 1,
        }
    }
}

/// "120.0.6099.129": four groups with dots, of which the second is one digit.
fn is_version(tokens: &[Token]) -> bool {
    let mut groups = tokens.chunks(2);
    groups.len() == 4
        && tokens.get(2).is_some_and(|second| second.len() == 1)
        && groups.all(|group| {
            let dot = group.get(1).is_none_or(|dot| dot.is_mark(b'.'));
            group[0].form == Form::Number && dot
        })
}

/// Whether letters are joined to the number with a hyphen: a part of a UUID or of a product's code.
fn is_part_of_code(reading: &Reading<'_>, index: usize) -> bool {
    index >= 2
        && reading.tokens[index - 1].is_mark(b'-')
        && reading.touches_next(index - 1)
        && reading.touches_next(index - 2)
        && matches!(reading.tokens[index - 2].form, Form::Mixed | Form::Word)
}
