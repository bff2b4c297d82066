//! Names written in small letters, which what follows tells.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Token};
use super::name_ends::extend;
use super::name_starts::behind_title;
use super::names::{self, NO_NAME};
use super::reading::Reading;

/// "michael is very helpful": a name that is no other word, of which the sentence says what it does.
pub(super) fn is_subject(reading: &Reading<'_>, index: usize) -> bool {
    const DOES: [&[u8]; 10] = [
        b"is", b"was", b"will", b"has", b"had", b"does", b"did", b"can", b"and", b"s",
    ];
    const THING: Class = Class::ARTICLE.or(Class::PLACE).or(Class::UNIT);
    let token = &reading.tokens[index];
    let thing = |before: &Token| before.is(THING) || before.digits > 0;
    reading.english
        && token.len() >= 4
        && !token.is(Class::ENGLISH.or(Class::FILLER))
        && !reading.before(index).is_some_and(thing)
        && reading
            .get(index + 1)
            .is_some_and(|next| DOES.iter().any(|word| next.hash == hash_word(word)))
}

/// "edwin ssn 4417", "edwin stone card no 4417": the name with which one begins to tell what was asked for.
pub(super) fn leads(reading: &Reading<'_>, index: usize) -> bool {
    const MOST_FILLERS: usize = 3;
    let filler = |token: &Token| token.is(Class::FILLER);
    const SAID: Class = Class::FILLER.or(Class::LINK).or(Class::CONNECTOR);
    let cue = |at: usize| {
        reading
            .get(at)
            .is_some_and(|next| next.is(Class::CUE) && !next.is(SAID))
    };
    let surname = reading.get(index + 1).is_some_and(|next| {
        next.is_word() && (next.is(Class::SURNAME.or(Class::GIVEN)) || reading.unknown(index + 1))
    });
    index <= MOST_FILLERS
        && reading.tokens[..index].iter().all(filler)
        && (cue(index + 1) || surname && cue(index + 2))
}

/// "mme Desrosiers", "mr. quandel", "mr rosy quandel": the end of the name behind the title at `index`, which is written small.
pub(super) fn behind_small_title(reading: &Reading<'_>, index: usize) -> Option<usize> {
    let token = &reading.tokens[index];
    let next = behind_title(reading, index);
    let listed = |token: &Token| token.is(Class::GIVEN.or(Class::SURNAME)) && !token.is(NO_NAME);
    let named = reading.get(next).is_some_and(|name| {
        name.case == Case::Capital
            && name.is_word()
            && reading.capital(next)
            && (listed(name) || name.class == Class::default())
    });
    // "mr. quandel flew", "mr stone and"
    let [mr, mrs, ms, dr] = [b"mr".as_slice(), b"mrs", b"ms", b"dr"].map(hash_word);
    let strange = |name: &Token| match reading.english {
        true => reading.unknown(next),
        false => name.class == Class::default(),
    };
    let surname = |name: &Token| {
        name.is_word()
            && name.len() >= 3
            && match name.is(Class::ENGLISH) {
                true => {
                    [mr, mrs].contains(&token.hash)
                        && listed(name)
                        && names::stands_last(reading, next)
                }
                false => listed(name) || !reading.cased && strange(name),
            }
    };
    // "mr rosy quandel"
    let full = [mr, mrs, ms].contains(&token.hash)
        && reading.get(next).is_some_and(|first| {
            first.is_word() && first.len() >= 3 && !first.is(NO_NAME.or(Class::CUE))
        })
        && reading.get(next + 1).is_some_and(|last| {
            last.is(Class::SURNAME) && !last.is(Class::ENGLISH) || reading.unknown(next + 1)
        })
        && names::stands_last(reading, next + 1);
    if full {
        return Some(next + 2);
    }
    let small = !reading.capital(next.min(reading.tokens.len() - 1))
        && ([mr, mrs, ms, dr].contains(&token.hash)
            || !reading.english && !token.is(Class::ENGLISH.or(Class::FILLER)))
        && reading.get(next).is_some_and(surname);
    (named || small).then(|| extend(reading, next))
}
