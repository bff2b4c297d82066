//! Words that are names because the message says so: "my name is river", "you can call me Skip".
//!
//! What is said of a name stands in the same place, "my name is wrong", and so does what is answered in place of one. Where a
//! language has no dictionary, any word could be either.

use super::class::Class;
use super::cued::is_link;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::name_ends::ends;
use super::names::{NO_NAME, stands_last};
use super::reading::Reading;

const NAME: Class = Class::GIVEN.or(Class::SURNAME);
/// Which half of a name.
const HALVES: [&str; 4] = ["last", "first", "family", "middle"];

/// Whether the cue that ends before `end` says by itself that a name comes, as "is" does: "a nombre de", "me llamo", "last name".
pub(super) fn tells(reading: &Reading<'_>, end: usize) -> bool {
    reading
        .before(end)
        .is_some_and(|last| last.is(Class::OF.or(Class::LINK)))
        || is_half(reading, end)
}

/// "my name", "last name", "under the name": whose or which name it is.
fn is_half(reading: &Reading<'_>, end: usize) -> bool {
    const NAMES: [&str; 4] = ["name", "surname", "nam", "nm"];
    const WHICH: [&str; 4] = ["my", "full", "second", "under"];
    let is = |back: usize, words: &[&str]| {
        let token = end.checked_sub(back).and_then(|at| reading.get(at));
        token.is_some_and(|token| is_any(token, words))
    };
    is(1, &NAMES) && (is(2, &HALVES) || is(2, &WHICH) || is(2, &["the"]) && is(3, &["under"]))
}

/// "under the name of"
fn is_under_name_of(reading: &Reading<'_>, end: usize) -> bool {
    let under = end.checked_sub(4).and_then(|at| reading.get(at));
    reading.tokens[end - 1].is(Class::OF) && under.is_some_and(|token| is_any(token, &["under"]))
}

/// The end of the name at `first`, behind a strong cue that says that one comes.
pub(super) fn name(reading: &Reading<'_>, first: usize) -> Option<usize> {
    let quoted = |at: usize| {
        let token = &reading.tokens[at];
        matches!(token.form, Form::Mark | Form::Break) && !is_link(token)
    };
    let end_of_cue = (1..=first).rev().find(|end| !quoted(end - 1))?;
    let last = &reading.tokens[end_of_cue - 1];
    if is_link(last) {
        end(reading, first)
    } else if is_half(reading, end_of_cue) || is_under_name_of(reading, end_of_cue) {
        end_unlinked(reading, first)
    } else if last.is(Class::OF) {
        end(reading, first).filter(|end| looks_like_one(reading, first) || is_alone(reading, *end))
    } else {
        None
    }
}

/// The same behind a weak cue: "you can call me Skip", "pueden llamarme Carmen".
pub(super) fn called(reading: &Reading<'_>, first: usize) -> Option<usize> {
    let called = |before: &Token| before.is(Class::CALLED);
    let told = reading.before(first).is_some_and(called) && looks_like_one(reading, first);
    told.then(|| end(reading, first)).flatten()
}

/// Written as a name, in a list of names and nothing else, or in no dictionary.
fn looks_like_one(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    token.case == Case::Capital && reading.capital(index)
        || token.is(Class::GIVEN)
        || token.is(NAME) && !token.is(Class::ENGLISH)
        || reading.unknown(index)
}

/// "a nombre de kiko": nothing follows at all.
fn is_alone(reading: &Reading<'_>, end: usize) -> bool {
    !reading.english
        && reading
            .get(end)
            .is_none_or(|next| next.ends_sentence() && !next.is_mark(b'?') || next.is_mark(b','))
}

/// "is river, ...", "is happy quandel can you": the end of the name at `first` where nothing more is said of it, whatever else its
/// words are.
pub(super) fn end(reading: &Reading<'_>, first: usize) -> Option<usize> {
    /// Further names behind the first.
    const MOST: usize = 3;
    /// What is not even a given name that is told: "my name is april", but "my name is also".
    const SAID: Class = Class::FILLER
        .or(Class::CONNECTOR)
        .or(Class::GREETING)
        .or(Class::REQUEST)
        .or(Class::UNIT);
    let token = reading.get(first)?;
    // "my name is will", "my name is bo lee"
    let is_name = |next: &Token| next.is_word() && next.is(NAME);
    let last = first + 1 + usize::from(reading.get(first + 1).is_some_and(is_name));
    let given = token.is(Class::GIVEN) && !token.is(Class::STATE) && token.len() >= 2;
    if given && ends(reading, last) {
        return Some(last);
    }
    let never = match token.is(Class::GIVEN) {
        true => SAID,
        false => NO_NAME.or(Class::CUE),
    };
    let belongs = |before: &Token| before.is(Class::ARTICLE.or(Class::OWNER));
    let named = token.is_word()
        && token.len() >= 3
        && !token.is(never)
        && !is_untold(reading, first)
        && !is_predicate(reading, first)
        && !reading.before(first).is_some_and(belongs);
    let further = (first + 1..first + 1 + MOST).take_while(|at| is_further(reading, *at));
    let end = first + 1 + further.count();
    // "is close to the limit", "is river from accounts"
    let compared = |next: &Token| is_any(next, &["to", "as", "at", "in", "on", "than"]);
    let last = &reading.tokens[end - 1];
    let listed = last.is(Class::GIVEN) || last.is(NAME) && !last.is(Class::ENGLISH);
    let closed =
        stands_last(reading, end - 1) && (listed || !reading.get(end).is_some_and(compared));
    (named && closed).then_some(end)
}

/// "my name river and": what is said of a name follows "my name" in the same way, and more closely.
fn end_unlinked(reading: &Reading<'_>, first: usize) -> Option<usize> {
    end(reading, first).filter(|end| {
        // "my name change"
        let other = reading.tokens[first].is(Class::INSTEAD) && !looks_like_one(reading, first);
        !other
            && reading.get(*end).is_none_or(|next| {
                !next.is_word()
                    || next.is(Class::CUE_WHOLE)
                    || is_any(next, &["and", "my"])
                    || is_courtesy(next)
            })
    })
}

/// "my last name is bubble and", "last name tanner booking number": whatever else it is, whoever says so is called so.
pub(super) fn is_ones_own(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    let link = usize::from(reading.before(index).is_some_and(is_link));
    let is = |back: usize, words: &[&str]| {
        let token = index
            .checked_sub(back + link)
            .and_then(|at| reading.get(at));
        token.is_some_and(|token| is_any(token, words))
    };
    let half = is(1, &["surname"]) || is(1, &["name"]) && is(2, &HALVES);
    let closed = reading
        .get(index + 1)
        .is_none_or(|next| !next.is_word() || next.is(Class::CUE) || is_any(next, &["and"]));
    let mine = is(1, &["name", "surname"]) && is(2, &["my"]);
    let whole = index > 0 && reading.tokens[index - 1].is(Class::CUE_WHOLE);
    (half || token.is(NAME) && (mine || whole))
        && closed
        && token.len() >= 3
        && !token.is(Class::AMBIGUOUS)
        && !is_predicate(reading, index)
}

/// What stands where a name is told and is none, "again"; with a capital anything may be one.
pub(super) fn is_untold(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    token.is(Class::UNTOLD) && !(reading.capital(index) && token.case == Case::Capital)
}

/// What says how a name or a password is, or what is done with it: "misspelled", "useless".
pub(super) fn is_predicate(reading: &Reading<'_>, index: usize) -> bool {
    const SAID_OF_IT: Class = Class::STATUS
        .or(Class::NEUTRAL)
        .or(Class::ARTICLE)
        .or(Class::TITLE);
    const ENGLISH: [&str; 17] = [
        "ed", "ing", "able", "ible", "ly", "ful", "less", "ous", "ive", "ical", "ish", "ant",
        "ent", "ary", "ete", "ate", "wards",
    ];
    const ROMANCE: [&str; 11] = [
        "ado", "ada", "ido", "ida", "oso", "osa", "mente", "able", "ible", "ato", "ata",
    ];
    let token = &reading.tokens[index];
    if token.is(SAID_OF_IT) {
        return true;
    }
    if token.is(NAME) {
        return false;
    }
    let word = reading.written(index).to_ascii_lowercase();
    let endings: &[&str] = if reading.english { &ENGLISH } else { &ROMANCE };
    endings.iter().any(|ending| word.ends_with(ending))
}

/// A name behind a name: of a list, or of none.
fn is_further(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_some_and(|token| {
        let listed = token.is(NAME) && !token.is(NO_NAME.or(Class::CUE).or(Class::STATUS));
        let strange = match reading.english {
            true => reading.unknown(index),
            false => token.class == Class::default(),
        };
        token.is_word() && token.len() >= 3 && (listed || strange)
    })
}

/// "i am siva quandel", "this is Stone Kevin": two words of which one is a name and nothing else, and the other may be one.
pub(super) fn pair(reading: &Reading<'_>, index: usize) -> Option<usize> {
    let place = Class::PLACE.or(Class::AMBIGUOUS);
    let [first, second] = [index, index + 1].map(|at| reading.get(at));
    let (first, second) = (first?, second?);
    let capitals = reading.capital(index);
    if capitals != reading.capital(index + 1) || first.is(place) {
        return None;
    }
    let clear = |token: &Token| token.is(NAME) && (capitals || !token.is(Class::ENGLISH));
    let named = if reading.english {
        let may = |at: usize, token: &Token| clear(token) || reading.unknown(at);
        may(index + 1, second)
            && (first.is(NAME) || second.is(NAME) && (may(index, first) || capitals))
    } else {
        clear(first)
    };
    if !named {
        return None;
    }
    let end = match reading.english {
        true => end(reading, index),
        false => end_unlinked(reading, index),
    };
    end.filter(|end| *end >= index + 2)
}

/// "booked under stone", "the table is under cooper": a name of a list, whatever else it is, where something was reserved.
pub(super) fn is_booked(reading: &Reading<'_>, index: usize) -> bool {
    const FARTHEST: usize = 6;
    const BOOKED: [&str; 7] = [
        "booking",
        "booked",
        "reservation",
        "reserved",
        "account",
        "table",
        "order",
    ];
    let token = &reading.tokens[index];
    let under = |before: &Token| is_any(before, &["under"]);
    let mut before = reading.tokens[index.saturating_sub(FARTHEST)..index].iter();
    token.is(NAME)
        && reading.before(index).is_some_and(under)
        && (!token.is(Class::ENGLISH) || before.any(|token| is_any(token, &BOOKED)))
        && end(reading, index).is_some()
}

/// "my security answer is river school": as few words as end what is said, none of which says how it is.
pub(super) fn phrase(reading: &Reading<'_>, first: usize) -> Option<usize> {
    const LONGEST: usize = 3;
    let ends = |at: &usize| reading.get(*at).is_none_or(Token::ends_sentence);
    let end = (first..=first + LONGEST).find(ends)?;
    let said = |at: usize| {
        let token = &reading.tokens[at];
        !token.is_word()
            || token.is(NO_NAME.or(Class::CUE))
            || is_untold(reading, at)
            || is_predicate(reading, at)
    };
    (end > first && !(first..end).any(said)).then_some(end)
}

/// What answers "your name?": a word that is all that is said, or the first of what was asked for; `first` is the first token that
/// is no filler.
pub(super) fn answer(reading: &Reading<'_>, first: usize) -> Option<usize> {
    const LEADS: [&str; 20] = [
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
        "so",
        "sorry",
        "actually",
    ];
    const TRAILS: [&str; 6] = ["you", "u", "sir", "mam", "maam", "ok"];
    let end = end(reading, first)?;
    let word = |at: usize, words: &[&str]| reading.get(at).is_some_and(|next| is_any(next, words));
    let value = |at: usize| {
        reading.get(at).is_some_and(|token| {
            token.digits > 0 || token.is(Class::CUE_WHOLE) && !is_any(token, &["name", "names"])
        })
    };
    let soon = |at: usize| value(at) || value(at + 1);
    let goes_on = value(end)
        || word(end, &["and", "my"]) && soon(end + 1)
        || word(end, &["and"]) && word(end + 1, &["i", "can", "we", "my"])
        || reading.get(end).is_some_and(|next| next.is_mark(b','))
            && (soon(end + 1) || reading.get(end + 1).is_some_and(is_courtesy));
    let leads = |token: &Token| !token.is_word() || is_any(token, &LEADS);
    let trails = |token: &Token| !token.is_word() || is_courtesy(token) || is_any(token, &TRAILS);
    (!reading.tokens[first].is(Class::INSTEAD)
        && reading.tokens[..first].iter().all(leads)
        && (goes_on || reading.tokens[end..].iter().all(trails)))
    .then_some(end)
}

/// "quandel here", "bill here from accounts": who says that he is there.
pub(super) fn is_here(reading: &Reading<'_>, index: usize) -> bool {
    const NOBODY: Class = NO_NAME
        .or(Class::STATUS)
        .or(Class::NEUTRAL)
        .or(Class::AMBIGUOUS)
        .or(Class::NOT_ADDRESSED)
        .or(Class::UNTOLD);
    let here = |at: &usize| reading.get(at + 1).is_some_and(|next| next.is(Class::HERE));
    let Some(last) = (index..index + 2).find(here) else {
        return false;
    };
    let from = reading
        .get(last + 2)
        .is_some_and(|next| is_any(next, &["from"]));
    let closed = from
        || reading
            .get(last + 2)
            .is_none_or(|next| !next.is_word() || is_courtesy(next));
    let greeted = index > 0 && is_first(reading, index);
    // There a capital says nothing.
    let sentence = reading.begins_sentence(index);
    let is_name = |at: usize| {
        let token = &reading.tokens[at];
        let listed = token.is(NAME) && !token.is(Class::ENGLISH);
        let capital = token.case == Case::Capital && reading.capital(at);
        token.len() >= 3
            && !token.is(NOBODY)
            && (listed && (greeted || index == 0)
                || token.is(Class::GIVEN) && (greeted || from)
                || reading.unknown(at) && (capital && !sentence || greeted || from))
    };
    closed && is_name(index) && (last == index || is_name(last))
}

/// What may follow whatever is told: "thx".
pub(super) fn is_courtesy(token: &Token) -> bool {
    is_any(
        token,
        &["please", "pls", "plz", "thanks", "thank", "thx", "ty"],
    )
}

/// Whether somebody begins to tell something at `index`: at the beginning of a message, line or sentence, behind a greeting or a
/// quotation mark.
pub(super) fn is_first(reading: &Reading<'_>, index: usize) -> bool {
    reading.before(index).is_none_or(|before| {
        before.is(Class::SALUTATION) || matches!(before.form, Form::Mark | Form::Break)
    })
}

/// Whether a token is one of a few words.
pub(super) fn is_any(token: &Token, words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| token.hash == hash_word(word.as_bytes()))
}
