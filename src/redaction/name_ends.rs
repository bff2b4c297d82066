//! Where a name ends: further names, initials and particles.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::names::{NO_NAME, stands_last};
use super::reading::Reading;
use super::told;

pub(super) fn initial(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index)
        .is_some_and(|token| token.is_word() && token.len() == 1 && token.case != Case::Lower)
}

/// Whether nothing more is said from `index` on, in the sentence or the quotation.
pub(super) fn ends(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_none_or(|next| {
        next.ends_sentence() || b")]}\"*".contains(&next.mark) || told::is_courtesy(next)
    })
}

/// The end of the name whose first token is at `first`: further names, initials and particles.
pub(super) fn extend(reading: &Reading<'_>, first: usize) -> usize {
    const LONGEST: usize = 5;
    const MOST_PARTICLES: usize = 2;
    let capital = reading.capital(first);
    let mut end = first + 1;
    let mut index = end;
    if initial(reading, first) && reading.get(index).is_some_and(|token| token.is_mark(b'.')) {
        index += 1;
    }
    while let Some(token) = reading.get(index) {
        if index - first >= LONGEST {
            break;
        }
        if token.is_word()
            && token.len() == 1
            && (token.case != Case::Lower || !reading.cased)
            && (!is_i(token) || is_dotted(reading, index))
        {
            // An initial, if it has a dot, a name follows or the message ends.
            index += 1;
            let dotted = reading.touches_next(index - 1) && reading.tokens[index].is_mark(b'.');
            index += usize::from(dotted);
            if part(reading, index, capital) || dotted && capital && initial(reading, index) {
                continue;
            }
            if capital && (ends(reading, index) || dotted) {
                end = index;
            }
            break;
        }
        if token.is_mark(b'-') && reading.touches_next(index) {
            if part(reading, index + 1, capital) {
                index += 1;
                continue;
            }
            if capital && is_second_half(reading, index + 1) {
                index += 2;
                end = index;
                continue;
            }
        }
        // "van der Hoek"
        let particles = reading.tokens[index..].iter();
        let particles = particles
            .take(MOST_PARTICLES)
            .take_while(|token| token.is(Class::PARTICLE) && token.is_word())
            .count();
        if particles > 0 && part(reading, index + particles, capital) {
            index += particles;
            continue;
        }
        if !part(reading, index, capital) {
            break;
        }
        index += 1;
        end = index;
    }
    end
}

/// The same for a name that is known already, of which only what is no English word can be more.
pub(super) fn extend_known(reading: &Reading<'_>, first: usize) -> usize {
    let mut end = extend(reading, first);
    let word = |at: &usize| {
        let token = &reading.tokens[*at];
        token.is_word() && token.is(Class::ENGLISH.or(Class::AMBIGUOUS).or(Class::GREETING))
    };
    end = (first + 1..end).find(word).unwrap_or(end);
    let loose = |token: &Token| token.form == Form::Mark || token.is(Class::PARTICLE);
    while end > first + 1 && loose(&reading.tokens[end - 1]) {
        end -= 1;
    }
    end
}

/// "cosmo de quandelis", in small letters: behind the known name at `first`, a surname of no list that ends what is said.
pub(super) fn with_small_surname(reading: &Reading<'_>, first: usize) -> usize {
    const SHORTEST: usize = 4;
    let is_particle = |at: usize| {
        reading
            .get(at)
            .is_some_and(|token| token.is_word() && token.is(Class::PARTICLE))
    };
    let particle = usize::from(is_particle(first + 1));
    let surname = first + 1 + particle;
    let named = reading.get(surname).is_some_and(|token| {
        let listed = token.is(Class::SURNAME) && !reading.ordinary(surname);
        // Without a dictionary any word is in no list.
        let strange = reading.unknown(surname) || particle > 0 && token.class == Class::default();
        token.is_word() && token.len() >= SHORTEST && (listed || strange)
    });
    let known = !reading.ordinary(first) || particle > 0;
    if !reading.cased && known && named && stands_last(reading, surname) {
        surname + 1
    } else {
        first + 1
    }
}

/// "Hyun-woo": written small behind a hyphen.
fn is_second_half(reading: &Reading<'_>, index: usize) -> bool {
    const LONGEST: usize = 4;
    reading.touches_next(index - 1)
        && !reading.tokens[index - 2].is(Class::ENGLISH)
        && reading.get(index).is_some_and(|token| {
            token.is_word() && token.len() <= LONGEST && !token.is(Class::FILLER)
        })
}

/// "Tom I. Hale": with a dot it is an initial, whatever the letter.
fn is_dotted(reading: &Reading<'_>, index: usize) -> bool {
    reading.cased
        && reading
            .get(index + 1)
            .is_some_and(|next| next.is_mark(b'.'))
        && part(reading, index + 2, true)
}

pub(super) fn is_i(token: &Token) -> bool {
    token.hash == hash_word(b"i") || token.hash == hash_word(b"a")
}

/// Whether the token at `index` continues a name.
fn part(reading: &Reading<'_>, index: usize, capital_before: bool) -> bool {
    let Some(token) = reading.get(index) else {
        return false;
    };
    if !token.is_word()
        || token.len() < 2
        || token.is(NO_NAME.or(Class::TITLE)) && !token.is(Class::PLAIN_NAME)
        // "kevin quandel said"
        || token.is(Class::SPEECH) && token.case == Case::Lower
    {
        return false;
    }
    let capital = reading.capital(index);
    if capital_before && reading.cased {
        return capital && (!token.is(Class::CUE) || token.is(Class::GIVEN.or(Class::SURNAME)));
    }
    (token.is(Class::GIVEN.or(Class::SURNAME))
        && (!token.is(Class::ENGLISH)
            || token.is(Class::PLAIN_NAME)
            || !reading.cased && stands_last(reading, index)))
        || reading.unknown(index)
}
