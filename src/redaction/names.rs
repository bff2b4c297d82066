//! Names of persons.
//!
//! The lists of names support, they do not decide: a word that is also an ordinary word or a place needs a capital and a
//! context; a word of no list is a name where a cue or a greeting says so.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::name_ends::{ends, extend, initial};
use super::reading::Reading;
use super::told;

/// How much the surroundings say that a name comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// "My name is", with its "is": a word that stands by itself there is a name, whatever else it is.
    Told,
    /// "My name is": what follows is a name unless it is a word that cannot be one.
    Strong,
    /// "I am": what follows must look like a name.
    Weak,
}

pub(super) const NO_NAME: Class = Class::FILLER
    .or(Class::CONNECTOR)
    .or(Class::STOP)
    .or(Class::GREETING)
    .or(Class::REQUEST)
    .or(Class::MONTH)
    .or(Class::UNIT);

/// What does not follow a given name as a surname, whatever else it is.
pub(super) const NO_SURNAME: Class = NO_NAME
    .or(Class::CUE)
    .or(Class::NEUTRAL)
    .or(Class::STATUS)
    .or(Class::STATE)
    .or(Class::STREET);

/// The name that begins at token `start`, as the token behind it.
pub(super) fn at(reading: &Reading<'_>, start: usize, hint: Hint) -> Option<usize> {
    let mut first = start;
    while reading
        .get(first)
        .is_some_and(|token| token.is(Class::TITLE) && token.is_word())
        && first < start + 2
    {
        first += 1;
        if reading.get(first).is_some_and(|token| token.is_mark(b'.')) {
            first += 1;
        }
    }
    if let Some(name) = behind_particles(reading, first).filter(|_| hint != Hint::Weak) {
        return Some(extend(reading, name));
    }
    let titled = first > start;
    let told = match hint {
        Hint::Told => told::name(reading, first),
        Hint::Weak => told::called(reading, first).or_else(|| told::pair(reading, first)),
        Hint::Strong => None,
    };
    if let Some(end) = told {
        return Some(end.max(extend(reading, first)));
    }
    let untold = first < reading.tokens.len() && told::is_untold(reading, first);
    if hint != Hint::Strong && untold && !told::is_ones_own(reading, first) {
        return None;
    }
    if !begins(reading, first, if titled { Hint::Strong } else { hint }) {
        return None;
    }
    Some(extend(reading, first))
}

/// "de Vries", "van der Merwe": the token behind the particles that a name begins with.
fn behind_particles(reading: &Reading<'_>, index: usize) -> Option<usize> {
    const MOST: usize = 2;
    let particles = (index..index + MOST)
        .take_while(|at| {
            reading
                .get(*at)
                .is_some_and(|token| token.is_word() && token.is(Class::PARTICLE))
        })
        .count();
    let name = index + particles;
    let token = reading.get(name)?;
    let listed = token.is(Class::SURNAME.or(Class::GIVEN)) || token.class == Class::default();
    let capital = token.case == Case::Capital && reading.capital(name);
    let strange = particles == MOST && !reading.ordinary(name);
    (particles > 0 && token.is_word() && token.len() > 2 && listed && (capital || strange))
        .then_some(name)
}

/// Whether the token at `index` can be the first of a name.
fn begins(reading: &Reading<'_>, index: usize, hint: Hint) -> bool {
    let Some(token) = reading.get(index) else {
        return false;
    };
    if !token.is_word() || token.len() < 2 {
        return initial(reading, index)
            && hint != Hint::Weak
            && begins_after_initial(reading, index);
    }
    let listed = token.is(Class::GIVEN.or(Class::SURNAME));
    let capital = reading.capital(index);
    if token.is(Class::PLAIN_NAME) && (capital || hint != Hint::Weak) {
        return true;
    }
    // "First name Will": even a word that is never one else.
    let named = token.is(Class::GIVEN) && token.len() >= 3 && token.case == Case::Capital;
    if hint != Hint::Weak && named && capital && !reading.begins_sentence(index) {
        return true;
    }
    if token.is(NO_NAME) {
        return false;
    }
    match hint {
        Hint::Told | Hint::Strong => {
            (listed && (!token.is(Class::ENGLISH) || capital || ends(reading, index + 1)))
                || (token.is(Class::GIVEN)
                    && !token.is(Class::AMBIGUOUS)
                    && stands_first(reading, index)
                    && stands_last(reading, index))
                || told::is_ones_own(reading, index)
                || is_full(reading, index)
                || is_before_surname(reading, index)
                || reading.unknown(index)
                || (capital
                    && !token.is(Class::CUE)
                    && (!token.is(Class::ENGLISH) || !reading.begins_sentence(index)))
        }
        Hint::Weak => {
            told::is_booked(reading, index)
                || (token.is(Class::GIVEN)
                    && !token.is(Class::ENGLISH)
                    && (capital || !token.is(Class::AMBIGUOUS)))
                || (capital && token.is(Class::GIVEN) && !reading.begins_sentence(index))
                || (capital
                    && !token.is(Class::ENGLISH.or(Class::AMBIGUOUS).or(Class::CUE))
                    && token.case == Case::Capital
                    && !reading.begins_sentence(index)
                    && !is_of_business(reading, index))
                || (reading.unknown(index)
                    && (listed || ends(reading, index + 1))
                    && !reading.cased)
        }
    }
}

/// "hi im mark,", "my wife joy is", "my wife is joy": whoever greets or belongs to somebody, though the name is also a word.
pub(super) fn introduced(reading: &Reading<'_>, index: usize) -> Option<usize> {
    /// As many words stand between greeting and name: "hi, this is".
    const BETWEEN: usize = 4;
    let greeted = reading.tokens[index.saturating_sub(BETWEEN)..index]
        .iter()
        .rev()
        .take_while(|token| !token.ends_sentence())
        .any(|token| token.is(Class::SALUTATION));
    let relation = |at: Option<usize>| {
        at.and_then(|at| reading.get(at)).is_some_and(|before| {
            // What is a relation in English is a link in Spanish.
            let son = reading.english && before.hash == hash_word(b"son");
            let other = before.is(Class::LINK.or(Class::FILLER).or(Class::CONNECTOR));
            before.is(Class::CUE) && (son || !other)
        })
    };
    let related = relation(index.checked_sub(1));
    let is = reading
        .before(index)
        .is_some_and(|before| before.is(Class::LINK));
    let called = is && relation(index.checked_sub(2));
    let closed = reading.get(index + 1).is_none_or(|next| {
        next.ends_sentence()
            || next.hash == hash_word(b"again")
            || next.is_mark(b',')
            || next.is(Class::SPEECH)
            || related && next.is(Class::LINK)
    });
    // "my wife jade made the booking"
    let own = related && index >= 2 && reading.tokens[index - 2].is(Class::OWNER);
    // "my brother mark it as gift"
    let object = |next: &Token| next.is(Class::FILLER.or(Class::ARTICLE).or(Class::CONNECTOR));
    let closed = closed || own && !reading.get(index + 1).is_some_and(object);
    let named = is_given(reading, index)
        || related && reading.unknown(index) && reading.tokens[index].len() >= 4;
    // "my friend said"
    let said = reading.tokens[index].is(Class::SPEECH.or(Class::UNTOLD));
    ((greeted || related || called) && closed && named && !said).then(|| extend(reading, index))
}

/// A given name, though it is also a word: with a capital whichever, else none that says something else most of the time.
pub(super) fn is_given(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_some_and(|token| {
        token.is_word()
            && token.is(Class::GIVEN)
            && token.len() >= 3
            && (token.case == Case::Capital && reading.capital(index)
                || !token.is(NO_NAME
                    .or(Class::AMBIGUOUS)
                    .or(Class::STATUS)
                    .or(Class::NOT_ADDRESSED)))
    })
}

/// "Contoso Support", "Fabrikam Bank": a strange word before what only a business is.
pub(super) fn is_of_business(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index + 1)
        .is_some_and(|next| next.is(Class::BUSINESS) && reading.capital(index + 1))
}

fn begins_after_initial(reading: &Reading<'_>, index: usize) -> bool {
    const MOST: usize = 3;
    let mut next = index;
    // "G S Bhogal", "J.R. Hale"
    while next < index + 2 * MOST && initial(reading, next) {
        let dot = reading
            .get(next + 1)
            .is_some_and(|token| token.is_mark(b'.'));
        next += 1 + usize::from(dot);
    }
    reading.get(next).is_some_and(|token| {
        token.is_word()
            && token.len() > 2
            && (token.is(Class::SURNAME.or(Class::GIVEN))
                || reading.capital(next) && !token.is(Class::ENGLISH))
            && !token.is(NO_NAME)
    })
}

/// "grant wood and": a given name and a surname, though they are also words, and nothing that they could belong to.
pub(super) fn is_full(reading: &Reading<'_>, index: usize) -> bool {
    let [given, surname] = [index, index + 1].map(|at| reading.get(at));
    let first = reading
        .before(index)
        .is_none_or(|before| before.is(Class::FILLER) || !before.is_word());
    first
        && given.is_some_and(|given| given.is(Class::GIVEN) && !given.is(Class::AMBIGUOUS))
        && surname.is_some_and(|next| {
            next.is_word()
                && next.is(Class::SURNAME.or(Class::GIVEN))
                && !next.is(NO_NAME.or(Class::AMBIGUOUS))
        })
        && stands_last(reading, index + 1)
}

/// "happy singh": any word before a name that is nothing else.
fn is_before_surname(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index + 1).is_some_and(|next| {
        next.is_word()
            && next.is(Class::SURNAME)
            && !next.is(Class::ENGLISH.or(NO_NAME).or(Class::AMBIGUOUS))
            && (stands_last(reading, index + 1)
                || reading
                    .get(index + 2)
                    .is_some_and(|last| last.is(Class::SURNAME)))
    })
}

/// "is mark and", "mark, and": nothing goes before that the word could belong to.
fn stands_first(reading: &Reading<'_>, index: usize) -> bool {
    reading.before(index).is_none_or(|before| {
        before.is(Class::LINK) || matches!(before.form, Form::Mark | Form::Break)
    })
}

/// "jamie brown and": nothing follows that the word could belong to.
pub(super) fn stands_last(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index + 1).is_none_or(|next| {
        const GOES_ON: Class = Class::FILLER
            .or(Class::CUE)
            .or(Class::CONNECTOR)
            .or(Class::SPEECH);
        !next.is_word() || next.is(GOES_ON)
    })
}

/// A word of no list, written as a name is.
pub(super) fn is_strange(reading: &Reading<'_>, index: usize) -> bool {
    let capital = |token: &Token| token.case == Case::Capital;
    reading.get(index).is_some_and(capital)
        && reading.capital(index)
        && reading.unknown(index)
        && !is_of_business(reading, index)
}
