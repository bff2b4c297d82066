//! Streets that are told by their first word, "Calle Mayor 12", or by the end of their only one, "Lindenweg 5".

use super::class::Class;
use super::hash::hash_word;
use super::lexer::Form;
use super::places::tail;
use super::reading::Reading;
use super::values::{is_measure, is_quantity};

/// What a word that is a name and a street ends with, in German, Dutch, Finnish or a Nordic language; folded.
const STREETS: [&str; 48] = [
    "strasse", "str", "weg", "gasse", "allee", "platz", "ring", "damm", "ufer", "hof", "steig",
    "pfad", "stieg", "berg", "markt", "park", "chaussee", "graben", "brucke", "straat", "laan",
    "plein", "gracht", "kade", "dijk", "singel", "dreef", "wal", "steeg", "vej", "gade", "gata",
    "gatan", "gaten", "vagen", "vegen", "veien", "vei", "veg", "haugen", "bakken", "backe",
    "garde", "grand", "straeti", "katu", "kuja", "tie",
];

/// "Lindenweg 5": a word that no dictionary knows and a number, where something says that it is a street. Else they are a
/// product and its version, as "Chromebook 14".
pub(super) fn is_compound(reading: &Reading<'_>, index: usize) -> bool {
    const LONG: usize = 6;
    let token = &reading.tokens[index];
    let unit = |at: usize| {
        reading
            .get(at)
            .is_some_and(|token| token.is(Class::STREET_UNIT) && token.is_word())
    };
    // "Chromebook 14 level 2"
    let level = |at: usize| reading.tokens[at].hash == hash_word(b"level");
    let in_unit = (index + 2..index + 4).any(|at| unit(at) && !level(at));
    let strange = token.class == Class::default() || in_unit && !reading.ordinary(index);
    if !strange || !token.is_word() {
        return false;
    }
    let word = reading.written(index).to_lowercase();
    let long = token.len() >= LONG;
    let numbered = reading.before(index).is_some_and(|token| token.digits > 0);
    // "49 Bergheimer 43", "Bergheimer 43, Apt. 3"
    long && (numbered || STREETS.iter().any(|street| word.ends_with(street)))
        || in_unit
        // "ul. Bergowa 80"
        || index >= 2
            && reading.tokens[index - 1].is_mark(b'.')
            && reading.tokens[index - 2].is(Class::STREET_FIRST)
}

/// "rosenweg 12a", "quandelgracht 412": the same in small letters, where the word cannot be told from a product's but by its end.
pub(super) fn is_small_compound(reading: &Reading<'_>, index: usize) -> bool {
    const LONG: usize = 7;
    const CERTAIN: [&str; 12] = [
        "strasse", "str", "weg", "gasse", "allee", "straat", "laan", "plein", "gracht", "kade",
        "dijk", "singel",
    ];
    /// Ways that are no streets.
    const WAYS: [&str; 8] = [
        "onderweg",
        "ruckweg",
        "rückweg",
        "hinweg",
        "umweg",
        "heimweg",
        "radweg",
        "wanderweg",
    ];
    let token = &reading.tokens[index];
    let number = reading.get(index + 1).is_some_and(|number| {
        number.form != Form::Word
            && (1..=4).contains(&number.digits)
            && number.len() <= 5
            && !is_measure(number)
            && !is_quantity(reading, index + 1)
    });
    number && token.len() >= LONG && token.class == Class::default() && {
        let word = reading.written(index).to_lowercase();
        CERTAIN.iter().any(|street| word.ends_with(street)) && !WAYS.contains(&&*word)
    }
}

/// "Calle Mayor 12", "rue de Rivoli 5", "6 rue Gustave Charpentier".
pub(super) fn street_first(reading: &Reading<'_>, start: usize) -> Option<usize> {
    /// "Avda."
    const LONGEST_SHORTENED: usize = 4;
    let numbered = (start.saturating_sub(4)..start).any(|at| reading.tokens[at].digits > 0);
    // "Av. Paulista 1000"
    let dot = reading.get(start + 1).is_some_and(|dot| dot.is_mark(b'.'));
    let short = dot && reading.tokens[start].len() <= LONGEST_SHORTENED;
    let mut index = start + 1 + usize::from(short);
    let mut words = 0;
    while let Some(token) = reading.get(index) {
        match token.form {
            Form::Word
                if words < 5
                    && (token.is(Class::PARTICLE)
                        || reading.capital(index)
                        || is_elided(reading, index)) =>
            {
                words += 1
            }
            Form::Mark
                if token.is_mark(b',')
                    && reading
                        .get(index + 1)
                        .is_some_and(|next| next.form == Form::Number && next.digits <= 4) => {}
            Form::Number if words > 0 && token.digits <= 4 && !numbered => return Some(index + 1),
            // "Rua do Almada n.º 88"
            Form::Word | Form::Mark if words > 0 && !numbered => {
                match behind_sign(reading, index) {
                    Some(number) => return Some(number + 1),
                    None => break,
                }
            }
            _ => break,
        }
        index += 1;
    }
    (numbered && words > 0).then_some(index)
}

/// [`small_street`] without a cue: only in languages that have streets so, and not where the word says something else more often:
/// seats, courses, yards.
pub(super) fn told_small_street(reading: &Reading<'_>, start: usize) -> Option<usize> {
    const OTHER: [&[u8]; 4] = [b"place", b"plaza", b"corso", b"paseo"];
    let token = &reading.tokens[start];
    let other = OTHER.iter().any(|word| token.hash == hash_word(word));
    if reading.capital(start) || other || reading.english && !is_shortened(reading, start) {
        return None;
    }
    small_street(reading, start)
}

/// "c/ serrano 8"
fn is_shortened(reading: &Reading<'_>, start: usize) -> bool {
    reading.tokens[start].hash == hash_word(b"c")
        && reading.touches_next(start)
        && reading.tokens[start + 1].is_mark(b'/')
}

/// "calle mayor 12", "rua das flores, 120": written small, up to its number.
pub(super) fn small_street(reading: &Reading<'_>, start: usize) -> Option<usize> {
    const LONGEST: usize = 4;
    const NO_NAME: Class = Class::REQUEST.or(Class::CUE).or(Class::NEUTRAL);
    let is_name = |at: usize| {
        reading.get(at).is_some_and(|token| {
            token.is_word() && (token.is(Class::PARTICLE) || token.len() > 2 && !token.is(NO_NAME))
        })
    };
    let short = is_shortened(reading, start);
    if !short && !reading.tokens[start].is(Class::STREET_FIRST) {
        return None;
    }
    let first = start + 1 + usize::from(short);
    let mut end = first;
    while end < first + LONGEST && is_name(end) {
        end += 1;
    }
    let number = end + usize::from(reading.get(end)?.is_mark(b','));
    let token = reading.get(number)?;
    (end > first && token.form == Form::Number && token.digits <= 4)
        .then(|| tail(reading, number + 1))
}

/// The house number at or behind `index`, behind a sign that one comes: ", n.º 88".
fn behind_sign(reading: &Reading<'_>, index: usize) -> Option<usize> {
    let signs = [b"n".as_slice(), b"no", b"nr", b"num", b"numero"].map(hash_word);
    let mut at = index + usize::from(reading.get(index)?.is_mark(b','));
    if !signs.contains(&reading.get(at)?.hash) {
        return None;
    }
    at += 1;
    at += usize::from(reading.get(at)?.is_mark(b'.'));
    at += usize::from(reading.get(at)?.hash == hash_word(b"o"));
    let number = reading.get(at)?;
    (number.form == Form::Number && number.digits <= 4).then_some(at)
}

/// "d'Anglas": an article or preposition that lost its vowel.
fn is_elided(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    token.len() == 1
        && reading
            .get(index + 1)
            .is_some_and(|next| next.is_word() && next.start == token.end + 1)
        && reading.capital(index + 1)
}
