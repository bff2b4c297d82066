//! Names of persons.
//!
//! The lists of names support, they do not decide: a word that is also an ordinary word or a place needs a capital and a
//! context; a word of no list is a name where a cue or a greeting says so.

use super::lexer::Case;
use super::reading::Reading;
use super::words::Class;
use super::{Kind, Span};

/// How much the surroundings say that a name comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// "My name is": what follows is a name unless it is a word that cannot be one.
    Strong,
    /// "I am": what follows must look like a name.
    Weak,
}

const NO_NAME: Class = Class::FILLER
    .or(Class::CONNECTOR)
    .or(Class::STOP)
    .or(Class::GREETING)
    .or(Class::REQUEST)
    .or(Class::MONTH)
    .or(Class::UNIT);

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
    let titled = first > start;
    if !begins(reading, first, if titled { Hint::Strong } else { hint }) {
        return None;
    }
    Some(extend(reading, first))
}

/// Whether the token at `index` can be the first of a name.
fn begins(reading: &Reading<'_>, index: usize, hint: Hint) -> bool {
    let Some(token) = reading.get(index) else {
        return false;
    };
    if !token.is_word() || token.len() < 2 {
        return initial(reading, index)
            && hint == Hint::Strong
            && begins_after_initial(reading, index);
    }
    let listed = token.is(Class::GIVEN.or(Class::SURNAME));
    let capital = reading.capital(index);
    if token.is(Class::PLAIN_NAME) && (capital || hint == Hint::Strong) {
        return true;
    }
    if token.is(NO_NAME) {
        return false;
    }
    match hint {
        Hint::Strong => {
            (listed && (!token.is(Class::ENGLISH) || capital || ends(reading, index + 1)))
                || reading.unknown(index)
                || (capital
                    && !token.is(Class::CUE)
                    && (!token.is(Class::ENGLISH) || !reading.begins_sentence(index)))
        }
        Hint::Weak => {
            (token.is(Class::GIVEN)
                && !token.is(Class::ENGLISH)
                && (capital || !token.is(Class::AMBIGUOUS)))
                || (capital && token.is(Class::GIVEN) && !reading.begins_sentence(index))
                || (capital
                    && !token.is(Class::ENGLISH.or(Class::AMBIGUOUS).or(Class::CUE))
                    && token.case == Case::Capital
                    && !reading.begins_sentence(index))
                || (reading.unknown(index)
                    && (listed || ends(reading, index + 1))
                    && !reading.cased)
        }
    }
}

fn begins_after_initial(reading: &Reading<'_>, index: usize) -> bool {
    let next = if reading
        .get(index + 1)
        .is_some_and(|token| token.is_mark(b'.'))
    {
        index + 2
    } else {
        index + 1
    };
    reading.get(next).is_some_and(|token| {
        token.is_word()
            && token.len() > 2
            && token.is(Class::SURNAME.or(Class::GIVEN))
            && !token.is(NO_NAME)
    })
}

fn initial(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index)
        .is_some_and(|token| token.is_word() && token.len() == 1 && token.case != Case::Lower)
}

/// Whether nothing more is said from `index` on.
fn ends(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .get(index)
        .is_none_or(super::lexer::Token::ends_sentence)
}

/// The end of the name whose first token is at `first`: further names, initials and particles.
fn extend(reading: &Reading<'_>, first: usize) -> usize {
    const LONGEST: usize = 5;
    let capital = reading.capital(first);
    let mut end = first + 1;
    let mut index = end;
    while let Some(token) = reading.get(index) {
        if index - first >= LONGEST {
            break;
        }
        if token.is_word()
            && token.len() == 1
            && (token.case != Case::Lower || !reading.cased)
            && (!is_i(token) || is_dotted(reading, index))
        {
            // An initial, if a name follows or the message ends.
            index += 1;
            if reading.get(index).is_some_and(|token| token.is_mark(b'.')) {
                index += 1;
            }
            if part(reading, index, capital) {
                continue;
            }
            if ends(reading, index) && capital {
                end = index;
            }
            break;
        }
        if token.is_mark(b'-') && reading.touches_next(index) && part(reading, index + 1, capital) {
            index += 1;
            continue;
        }
        if token.is(Class::PARTICLE) && token.is_word() && part(reading, index + 1, capital) {
            index += 1;
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

/// "Tom I. Hale": with a dot it is an initial, whatever the letter.
fn is_dotted(reading: &Reading<'_>, index: usize) -> bool {
    reading.cased
        && reading
            .get(index + 1)
            .is_some_and(|next| next.is_mark(b'.'))
        && part(reading, index + 2, true)
}

fn is_i(token: &super::lexer::Token) -> bool {
    token.hash == super::lexer::hash_word(b"i") || token.hash == super::lexer::hash_word(b"a")
}

/// Whether the token at `index` continues a name.
fn part(reading: &Reading<'_>, index: usize, capital_before: bool) -> bool {
    let Some(token) = reading.get(index) else {
        return false;
    };
    if !token.is_word()
        || token.len() < 2
        || token.is(NO_NAME.or(Class::TITLE)) && !token.is(Class::PLAIN_NAME)
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

/// "jamie brown and": nothing follows that the word could belong to.
fn stands_last(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index + 1).is_none_or(|next| {
        !next.is_word() || next.is(Class::FILLER.or(Class::CUE).or(Class::CONNECTOR))
    })
}

/// Adds the names that need no cue: given names that are no other word, names behind a title or a greeting.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    let mut index = 0;
    while index < reading.tokens.len() {
        match standing(reading, index) {
            Some((end, rule)) => {
                spans.push(reading.span(index, end, Kind::Person, rule));
                index = end;
            }
            None => index += 1,
        }
    }
}

fn standing(reading: &Reading<'_>, index: usize) -> Option<(usize, &'static str)> {
    const INTERESTING: Class = Class::GIVEN
        .or(Class::TITLE)
        .or(Class::GREETING)
        .or(Class::SURNAME);
    let token = &reading.tokens[index];
    if !token.is_word()
        || !(token.is(INTERESTING) || reading.capital(index))
        || reading
            .before(index)
            .is_some_and(|before| before.is(Class::PLACE) && before.case != Case::Lower)
    {
        return None;
    }
    let given = token.is(Class::GIVEN)
        && !token.is(Class::CUE)
        && !token.is(Class::AMBIGUOUS.or(Class::STOP))
        && token.len() >= 3;
    let clear = given && (!token.is(Class::ENGLISH) || token.is(Class::PLAIN_NAME));
    let capital = reading.capital(index);
    if !capital && !clear {
        // Written small, it is a name only if it is no other word.
        return None;
    }
    // "Thanks Nalu", "Hi, Nalu": a word of no list, with a capital.
    let greeted = reading.before(index).is_some_and(|before| {
        before.is(Class::GREETING)
            || (before.is_mark(b',') && index >= 2 && reading.tokens[index - 2].is(Class::GREETING))
    });
    if greeted
        && capital
        && token.case == Case::Capital
        && !token.is(NO_NAME
            .or(Class::ENGLISH)
            .or(Class::AMBIGUOUS)
            .or(Class::TITLE)
            .or(Class::CUE))
        && token.len() >= 3
        && !reading.begins_sentence(index)
    {
        return Some((extend(reading, index), "name_greeted"));
    }
    let addressed = reading.capital(index)
        && reading
            .before(index)
            .is_some_and(|before| before.is(Class::TOWARDS));
    if !token.is(INTERESTING) && !addressed {
        return None;
    }
    if token.is(Class::TITLE) && capital && token.len() >= 2 && !token.is(Class::FILLER) {
        let next = if reading.get(index + 1)?.is_mark(b'.') {
            index + 2
        } else {
            index + 1
        };
        let name = reading.get(next)?;
        if name.is_word() && name.len() > 1 && reading.capital(next) && !name.is(NO_NAME) {
            return Some((extend(reading, next), "name_titled"));
        }
        return None;
    }
    let next_is_surname = reading.get(index + 1).is_some_and(|next| {
        next.is_word()
            && next.is(Class::SURNAME.or(Class::GIVEN))
            && reading.capital(index + 1) == capital
            && !next.is(NO_NAME)
            && (capital || !next.is(Class::ENGLISH))
    });
    if in_address(reading, index) {
        return None;
    }
    let full = next_is_surname
        && (clear
            || reading
                .get(index + 1)
                .is_some_and(|next| !next.is(Class::ENGLISH)))
        && token.is(Class::GIVEN)
        && !token.is(Class::FILLER)
        && (capital || clear)
        && (!token.is(Class::AMBIGUOUS) || !token.is(Class::ENGLISH) && !token.is(Class::STATE));
    if full && !next_in_address(reading, index) {
        return Some((extend(reading, index), "name_full"));
    }
    // "to Grace": an ordinary word with a capital that nothing else explains.
    let towards = given
        && capital
        && reading
            .before(index)
            .is_some_and(|before| before.is(Class::TOWARDS))
        && (reading
            .get(index + 1)
            .is_none_or(|next| !next.is_word() || !reading.capital(index + 1)));
    let paid = index >= 2
        && reading.before(index)?.is(Class::TOWARDS)
        && capital
        && token.len() >= 2
        && !token.is(NO_NAME.or(Class::ENGLISH).or(Class::CUE))
        && (reading.tokens[index - 2].is(Class::UNIT) || reading.tokens[index - 2].digits > 0);
    if (towards || paid) && !token.is(Class::FILLER) {
        return Some((index + 1, "name_towards"));
    }
    // "at the Lucca" is a place, "at Ben's party" a person's.
    let owner = reading
        .get(index + 1)
        .is_some_and(|next| next.is_word() && next.len() == 1 && next.start == token.end + 1);
    let thing = !owner
        && reading
            .before(index)
            .is_some_and(|before| before.is(Class::ARTICLE));
    if clear && capital && !thing && !next_in_address(reading, index) {
        return Some((extend(reading, index), "name_given"));
    }
    None
}

/// Whether the word names a street: "Castro St", "123 Martin Luther".
fn in_address(reading: &Reading<'_>, index: usize) -> bool {
    let street = |at: usize| {
        reading
            .get(at)
            .is_some_and(|token| token.is(Class::STREET) && token.is_word())
    };
    street(index + 1)
        || reading.before(index).is_some_and(|token| {
            token.digits > 0 && token.start + 8 > token.end && street(index + 2)
        })
}

fn next_in_address(reading: &Reading<'_>, index: usize) -> bool {
    let street = |at: usize| {
        reading
            .get(at)
            .is_some_and(|token| token.is(Class::STREET) && token.is_word())
    };
    street(index + 2)
        && reading
            .get(index + 1)
            .is_some_and(super::lexer::Token::is_word)
}
