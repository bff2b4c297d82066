//! Names written in small letters, which what follows tells.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::Token;
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
