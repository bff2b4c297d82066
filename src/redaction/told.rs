//! Words that are names because the message says so: "my name is river", "you can call me skip".

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::names::{NO_NAME, stands_last};
use super::reading::Reading;

/// What stands before a name that answers, and behind it.
const LEADS: [&str; 27] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "ok",
    "okay",
    "of",
    "course",
    "certainly",
    "it",
    "its",
    "s",
    "is",
    "hi",
    "hello",
    "hey",
    "i",
    "m",
    "im",
    "am",
    "this",
    "so",
    "sorry",
    "meant",
    "mean",
    "actually",
];
const TRAILS: [&str; 14] = [
    "please", "pls", "plz", "thanks", "thank", "thx", "ty", "you", "u", "ok", "sir", "mam", "maam",
    "again",
];

/// Whether the cue that ends before `end` says by itself that a name comes, as "is" does: "a nombre de", "ich heisse", "call me",
/// "last name".
pub(super) fn tells(reading: &Reading<'_>, end: usize) -> bool {
    const WHOSE: [&[u8]; 8] = [
        b"my", b"first", b"last", b"middle", b"family", b"full", b"second", b"under",
    ];
    let is = |back: usize, words: &[&[u8]]| {
        let token = end.checked_sub(back).and_then(|at| reading.get(at));
        token.is_some_and(|token| words.iter().any(|word| token.hash == hash_word(word)))
    };
    let whose = || is(2, &WHOSE) || is(2, &[b"the"]) && is(3, &[b"under"]);
    reading
        .before(end)
        .is_some_and(|last| last.is(Class::OF.or(Class::LINK).or(Class::CALLED)))
        || is(1, &[b"name", b"surname", b"nam", b"nm"]) && whose()
}

/// "is river, ...", "is happy quandel can you": the end of the name at `first` where nothing more is said of it, whatever else its
/// words are.
pub(super) fn end(reading: &Reading<'_>, first: usize) -> Option<usize> {
    /// Further names behind the first.
    const MOST: usize = 3;
    /// What is not even a name that is told: "my name is april", but "my name is also".
    const NEVER: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::GREETING)
        .or(Class::REQUEST)
        .or(Class::UNIT);
    let token = reading.get(first)?;
    // "intestato a"
    let belongs =
        |before: &Token| before.is(Class::ARTICLE.or(Class::OWNER)) && !before.is(Class::CALLED);
    let named = token.is_word()
        && token.len() >= 3
        && !token.is(if token.is(Class::GIVEN) {
            NEVER
        } else {
            NO_NAME.or(Class::CUE)
        })
        && !token.is(Class::UNTOLD)
        && !is_said_of_it(reading, first)
        && !reading.before(first).is_some_and(belongs);
    let further = (first + 1..first + 1 + MOST).take_while(|at| is_further(reading, *at));
    let end = first + 1 + further.count();
    // "is close to the limit", "is river from accounts"
    let compared = |next: &Token| is(next, &["to", "as", "at", "in", "on", "than"]);
    let last = &reading.tokens[end - 1];
    let listed = last.is(Class::GIVEN) || last.is(Class::SURNAME) && !last.is(Class::ENGLISH);
    let ends = stands_last(reading, end - 1) && (listed || !reading.get(end).is_some_and(compared));
    (named && ends).then_some(end)
}

fn is(token: &Token, words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| token.hash == hash_word(word.as_bytes()))
}

/// What may follow whatever is told: "thx".
pub(super) fn is_courtesy(token: &Token) -> bool {
    is(token, &TRAILS)
}

/// Whether somebody begins to tell something at `index`: at the beginning of a message, line or sentence, behind a greeting or a
/// quotation mark.
pub(super) fn is_first(reading: &Reading<'_>, index: usize) -> bool {
    reading.before(index).is_none_or(|before| {
        before.is(Class::SALUTATION) || matches!(before.form, Form::Mark | Form::Break)
    })
}

/// The same behind a cue without a link, "my name river": what is said of a name follows it in the same way.
pub(super) fn end_unlinked(reading: &Reading<'_>, first: usize) -> Option<usize> {
    end(reading, first).filter(|end| {
        reading.get(*end).is_none_or(|next| {
            !next.is_word()
                || next.is(Class::CUE_WHOLE)
                || is(next, &["and", "my"])
                || is_courtesy(next)
        })
    })
}

/// "my security answer is river school": as few words as end what is said, none of which says how it is.
pub(super) fn phrase(reading: &Reading<'_>, first: usize) -> Option<usize> {
    const LONGEST: usize = 3;
    let end = (first..first + LONGEST + 1)
        .find(|at| reading.get(*at).is_none_or(Token::ends_sentence))?;
    let said = |at: usize| {
        let token = &reading.tokens[at];
        !token.is_word()
            || token.is(NO_NAME.or(Class::UNTOLD).or(Class::CUE))
            || is_said_of_it(reading, at)
    };
    (end > first && !(first..end).any(said)).then_some(end)
}

/// What answers "your name?": a word that is all that is said, or the first of what was asked for; `first` is the first token that
/// is no filler.
pub(super) fn answer(reading: &Reading<'_>, first: usize) -> Option<usize> {
    let end = end(reading, first)?;
    let value = |at: usize| {
        reading.get(at).is_some_and(|token| {
            token.digits > 0 || token.is(Class::CUE_WHOLE) && !is(token, &["name", "names"])
        })
    };
    let after = |at: usize, words: &[&str]| reading.get(at).is_some_and(|next| is(next, words));
    let goes_on = value(end)
        || after(end, &["and", "my"]) && (value(end + 1) || value(end + 2))
        || after(end, &["and"]) && after(end + 1, &["i", "can", "we", "my"])
        || reading.get(end).is_some_and(|next| next.is_mark(b','))
            && (value(end + 1) || value(end + 2) || reading.get(end + 1).is_some_and(is_courtesy));
    let leads = |token: &Token| !token.is_word() || is(token, &LEADS);
    let trails = |token: &Token| !token.is_word() || is(token, &TRAILS);
    let alone = reading.tokens[end..].iter().all(trails);
    (reading.tokens[..first].iter().all(leads)
        && (alone || goes_on)
        && !reading.tokens[first].is(Class::INSTEAD))
    .then_some(end)
}

/// "quandel here", "bill here from accounts": who says that he is there, at the beginning of a message.
pub(super) fn is_here(reading: &Reading<'_>, index: usize) -> bool {
    const NOBODY: Class = NO_NAME
        .or(Class::STATUS)
        .or(Class::NEUTRAL)
        .or(Class::AMBIGUOUS)
        .or(Class::NOT_ADDRESSED);
    let is_name = |at: usize| {
        reading.get(at).is_some_and(|token| {
            let listed = token.is(Class::GIVEN.or(Class::SURNAME));
            token.len() >= 3 && !token.is(NOBODY) && (listed || reading.unknown(at))
        })
    };
    let last = index + usize::from(is_name(index + 1));
    let here = reading
        .get(last + 1)
        .is_some_and(|next| next.hash == hash_word(b"here"));
    is_first(reading, index)
        && here
        && is_name(index)
        && reading.get(last + 2).is_none_or(|next| {
            !next.is_word() || is_courtesy(next) || next.hash == hash_word(b"from")
        })
}

/// "booked under stone": a name of a list, whatever else it is.
pub(super) fn is_booked(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    let under = |before: &Token| before.hash == hash_word(b"under");
    reading.before(index).is_some_and(under)
        && token.is(Class::GIVEN.or(Class::SURNAME))
        && end(reading, index).is_some()
}

/// "i am siva quandel", "this is Stone Kevin": two words of which one is a name and nothing else, and the other may be one.
pub(super) fn pair(reading: &Reading<'_>, index: usize) -> Option<usize> {
    let name = Class::GIVEN.or(Class::SURNAME);
    let place = Class::PLACE.or(Class::AMBIGUOUS);
    let [first, second] = [index, index + 1].map(|at| reading.get(at));
    let (first, second) = (first?, second?);
    let capitals = reading.capital(index);
    if capitals != reading.capital(index + 1) || first.is(place) {
        return None;
    }
    let clear = |token: &Token| token.is(name) && (capitals || !token.is(Class::ENGLISH));
    let named = if reading.english {
        let may = |at: usize, token: &Token| clear(token) || reading.unknown(at);
        first.is(name) && may(index + 1, second)
            || second.is(name) && may(index + 1, second) && (may(index, first) || capitals)
    } else {
        clear(first)
    };
    let end = match reading.english {
        true => end(reading, index),
        false => end_unlinked(reading, index),
    };
    end.filter(|end| named && *end >= index + 2)
}

/// A name behind a name: of a list, or of none.
fn is_further(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_some_and(|token| {
        let listed = token.is(Class::GIVEN.or(Class::SURNAME))
            && !token.is(NO_NAME.or(Class::CUE).or(Class::STATUS));
        let strange = match reading.english {
            true => reading.unknown(index),
            false => token.class == Class::default(),
        };
        token.is_word() && token.len() >= 3 && (listed || strange)
    })
}

/// What says how a name is, or what is done with it.
fn is_said_of_it(reading: &Reading<'_>, index: usize) -> bool {
    const PROPERTIES: [&str; 4] = ["ed", "ing", "able", "ly"];
    const SAID_OF_IT: Class = Class::STATUS
        .or(Class::NEUTRAL)
        .or(Class::ARTICLE)
        .or(Class::TITLE);
    let token = &reading.tokens[index];
    let word = || reading.written(index).to_ascii_lowercase();
    token.is(SAID_OF_IT)
        || !token.is(Class::GIVEN) && PROPERTIES.iter().any(|ending| word().ends_with(ending))
}
