//! Memory: what was once found in a conversation is found everywhere in it, earlier and later, on both sides, whole or in
//! parts: a first name alone, a number with other separators.

use std::collections::HashMap;

use super::class::Class;
use super::lexer::{Form, Token};
use super::reading::Reading;
use super::values::{self, Value};
use super::words::Hashed;
use super::{Kind, Span, name_ends, names};

/// What is remembered of one word or number.
#[derive(Clone, Copy)]
struct Remembered {
    kind: Kind,
    /// The word has another meaning: only with a capital inside a sentence it is the name.
    capital: bool,
}

/// The values of one conversation, by hash.
#[derive(Default)]
pub(super) struct Memory {
    words: HashMap<u64, Remembered, Hashed>,
    /// A bit for each remembered word: most words are told from all of them without a look-up.
    filter: u64,
    numbers: HashMap<u64, Kind, Hashed>,
}

/// Least number of digits of a number that is remembered.
const LEAST_DIGITS: usize = 4;

impl Memory {
    /// Number of words and numbers.
    pub(super) fn len(&self) -> usize {
        self.words.len() + self.numbers.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.numbers.is_empty()
    }

    /// Remembers what `span` of a message holds.
    pub(super) fn learn(&mut self, reading: &Reading<'_>, text: &str, span: &Span) {
        let first = reading
            .tokens
            .partition_point(|token| (token.end as usize) <= span.start);
        let last = reading
            .tokens
            .partition_point(|token| (token.start as usize) < span.end);
        if first >= last {
            return;
        }
        let tokens = &reading.tokens[first..last];
        match span.kind {
            Kind::Person | Kind::SecurityAnswer => {
                for (index, token) in tokens.iter().enumerate() {
                    self.learn_name(token, span.kind, reading.capital(first + index));
                }
            }
            Kind::Address => {
                // The street's name alone gives the address away; city and state do not.
                for (index, token) in tokens
                    .iter()
                    .enumerate()
                    .take_while(|(_, token)| !token.is(Class::STREET))
                {
                    let telling = token.is_word()
                        && token.len() >= 4
                        && !token.is(Class::PLACE.or(Class::STATE).or(Class::AMBIGUOUS));
                    if telling
                        && reading.capital(first + index)
                        && tokens.iter().any(|token| token.is(Class::STREET))
                    {
                        self.keep(
                            token.hash,
                            Remembered {
                                kind: Kind::Address,
                                capital: true,
                            },
                        );
                    }
                }
            }
            Kind::Username | Kind::Password => {
                for token in tokens {
                    let telling = token.form == Form::Mixed
                        || (token.is_word() && token.class == Class::default());
                    if telling && token.len() >= LEAST_DIGITS {
                        self.keep(
                            token.hash,
                            Remembered {
                                kind: span.kind,
                                capital: false,
                            },
                        );
                    }
                }
            }
            kind => {
                if let [token] = tokens
                    && (token.form == Form::Mixed || token.is_word())
                    && token.len() >= 5
                    && !token.is(Class::ENGLISH)
                {
                    self.keep(
                        token.hash,
                        Remembered {
                            kind,
                            capital: false,
                        },
                    );
                }
                if let Some(digits) = digits(&text[span.start..span.end], tokens)
                    && kind != Kind::Address
                    && kind != Kind::DateOfBirth
                {
                    self.numbers.entry(digits).or_insert(kind);
                }
            }
        }
    }

    /// Remembers a participant's name as the conversation's metadata have it.
    pub(super) fn learn_participant(&mut self, reading: &Reading<'_>) {
        for (index, token) in reading.tokens.iter().enumerate() {
            let named = token.is(Class::GIVEN.or(Class::SURNAME)) || !token.is(Class::ENGLISH);
            if named && reading.capital(index) {
                self.learn_name(token, Kind::Person, true);
            }
        }
    }

    /// Remembers a word. One that is remembered already, as a name and now as a street, is wanted wherever either is.
    fn keep(&mut self, hash: u64, remembered: Remembered) {
        self.filter |= bit(hash);
        self.words
            .entry(hash)
            .and_modify(|known| {
                known.capital &= remembered.capital;
                // A surname may follow it.
                if remembered.kind == Kind::Person {
                    known.kind = Kind::Person;
                }
            })
            .or_insert(remembered);
    }

    fn learn_name(&mut self, token: &Token, kind: Kind, capital: bool) {
        const NO_NAME: Class = Class::FILLER
            .or(Class::CONNECTOR)
            .or(Class::TITLE)
            .or(Class::PARTICLE)
            .or(Class::REQUEST)
            .or(Class::MONTH)
            .or(Class::GREETING);
        if !token.is_word()
            || token.len() < 3
            || (token.is(NO_NAME) && !token.is(Class::PLAIN_NAME))
        {
            return;
        }
        let ordinary = token.is(Class::ENGLISH
            .or(Class::AMBIGUOUS)
            .or(Class::CUE)
            .or(Class::NEUTRAL));
        if ordinary && !capital && kind != Kind::Person {
            return;
        }
        let capital = ordinary;
        self.keep(token.hash, Remembered { kind, capital });
    }

    /// Adds what is remembered and occurs in a message.
    pub(super) fn find(&self, reading: &Reading<'_>, text: &str, spans: &mut Vec<Span>) {
        let mut index = 0;
        while let Some(token) = reading.get(index) {
            match token.form {
                Form::Word | Form::Mixed => {
                    if self.filter & bit(token.hash) != 0
                        && let Some(known) = self.words.get(&token.hash)
                        && (!known.capital
                            || reading.capital(index) && self.capital_tells(reading, index)
                            || is_addressed(reading, index))
                    {
                        let name = known.kind == Kind::Person && reading.capital(index);
                        let end = match known.kind {
                            Kind::Person if name => name_ends::extend_known(reading, index),
                            Kind::Person => name_ends::with_small_surname(reading, index),
                            _ => index + 1,
                        };
                        // "Rutherford Stanhope", of whom the surname is known.
                        let first = name
                            && index > 0
                            && names::is_strange(reading, index - 1)
                            && !reading.begins_sentence(index - 1);
                        let start = index - usize::from(first);
                        spans.push(reading.span(start, end, known.kind, "memory"));
                    }
                }
                Form::Number if !self.numbers.is_empty() => {
                    if let Some((end, kind)) = self.number(reading, text, index) {
                        spans.push(reading.span(index, end, kind, "memory"));
                        index = end;
                        continue;
                    }
                }
                _ => {}
            }
            index += 1;
        }
    }

    fn capital_tells(&self, reading: &Reading<'_>, index: usize) -> bool {
        !reading.begins_sentence(index)
            || reading
                .get(index + 1)
                .is_none_or(|next| next.form == Form::Mark)
    }

    /// The remembered number that begins at a token, whatever its separators.
    fn number(&self, reading: &Reading<'_>, text: &str, start: usize) -> Option<(usize, Kind)> {
        const MOST_GROUPS: usize = 12;
        let mut key = SEED;
        let mut count = 0;
        let mut found = None;
        let mut index = start;
        while index < start + MOST_GROUPS {
            let Some(token) = reading.get(index) else {
                break;
            };
            match token.form {
                Form::Number => {
                    for byte in text[token.start as usize..token.end as usize].bytes() {
                        key = add(key, byte);
                        count += 1;
                    }
                    if count >= LEAST_DIGITS
                        && let Some(&kind) = self.numbers.get(&key)
                    {
                        found = Some((index + 1, kind));
                    }
                }
                Form::Mark if matches!(token.mark, b'-' | b'.' | b'/' | b'(' | b')') => {}
                _ => break,
            }
            index += 1;
        }
        found.filter(|&(end, _)| {
            let value = Value {
                start,
                end,
                digits: count,
                letters: false,
            };
            !values::is_everyday(reading, &value)
        })
    }
}

/// "hi mark, ...", "thank you so much rosy!": a known name in small letters that is spoken to.
fn is_addressed(reading: &Reading<'_>, index: usize) -> bool {
    const FARTHEST: usize = 12;
    let salutes = |token: &Token| token.is(Class::SALUTATION);
    let closed = reading
        .get(index + 1)
        .is_none_or(|next| matches!(next.form, Form::Mark | Form::Break));
    let greeted = reading.before(index).is_some_and(salutes);
    let thanked = || {
        name_ends::ends(reading, index + 1)
            && reading.tokens[index.saturating_sub(FARTHEST)..index]
                .iter()
                .rev()
                .take_while(|token| !token.ends_sentence())
                .any(salutes)
    };
    closed && (greeted || thanked())
}

const fn bit(hash: u64) -> u64 {
    1 << (hash >> 58)
}

const SEED: u64 = 1;

const fn add(key: u64, digit: u8) -> u64 {
    key.wrapping_mul(0x0100_0000_01b3)
        .wrapping_add(digit as u64)
}

/// The digits of a value as a key; `None` where there are too few, or where it is no number.
fn digits(text: &str, tokens: &[Token]) -> Option<u64> {
    let (mut key, mut count) = (SEED, 0);
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        for byte in text.bytes().filter(u8::is_ascii_digit) {
            key = add(key, byte);
            count += 1;
        }
    } else {
        for token in tokens.iter().filter(|token| token.is(Class::DIGIT)) {
            key = add(key, b'0' + token.class.value());
            count += 1;
        }
    }
    (count >= LEAST_DIGITS).then_some(key)
}
