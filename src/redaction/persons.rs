//! Names of persons that need no cue: given names that are no other word, names behind a title or a greeting.

use super::class::Class;
use super::glance::Glance;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::name_ends::{ends, extend};
use super::name_starts::{behind_initials, behind_title, with_beginning};
use super::names::{self, NO_NAME};
use super::reading::Reading;
use super::signatures::signed;
use super::small_names::{behind_small_title, is_subject, leads};
use super::spelled::{can_be_spelled, spelled};
use super::told;
use super::{Kind, Span, strangers};

/// What a name with a capital can be or stand behind.
const INTERESTING: Class = Class::GIVEN
    .or(Class::TITLE)
    .or(Class::GREETING)
    .or(Class::SURNAME);

/// Whether any token can be a name or stand before one.
pub(super) fn possible(glance: &Glance) -> bool {
    // "Jools here from the furniture team"
    const SIGNS: Class = Class::GIVEN
        .or(Class::TITLE)
        .or(Class::GREETING)
        .or(Class::HERE);
    // "paid 500 euros to Quandel", "Quandel lives at"
    let told =
        glance.digits > 0 && glance.classes.is(Class::TOWARDS) || glance.classes.is(Class::SPEECH);
    glance.classes.is(SIGNS)
        || glance.capital && told
        || glance.has(b'\n')
        || glance.stranger
        || can_be_spelled(glance)
}

/// Adds the names of a message.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    let spells = can_be_spelled(&reading.glance);
    let mut index = 0;
    while let Some(token) = reading.get(index) {
        let found = match token.form {
            Form::Break => signed(reading, index).map(|(start, end)| (start, end, "name_signed")),
            Form::Word => (spells && token.len() == 1)
                .then(|| spelled(reading, index))
                .flatten()
                .map(|end| (index, end, "name_spelled"))
                .or_else(|| standing(reading, index).map(|(end, rule)| (index, end, rule))),
            _ => None,
        };
        match found {
            Some((start, end, rule)) => {
                let start = with_beginning(reading, start, end);
                spans.push(reading.span(start, end, Kind::Person, rule));
                index = end;
            }
            None => index += 1,
        }
    }
}

/// Whether what is said ends at `index`, or pauses.
pub(super) fn is_closed(reading: &Reading<'_>, index: usize) -> bool {
    reading.get(index).is_none_or(|token| {
        token.form == Form::Break
            || token.form == Form::Mark
                && matches!(token.mark, b',' | b'.' | b'!' | b'?' | b':' | b'-' | b';')
    })
}

/// "Hi Mark,", "Dear Hope": who is spoken to, though the name is also another word.
fn is_addressed(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    let known = token.is(Class::GIVEN)
        && (token.len() >= 3 || reading.capital(index) && !token.is(NO_NAME))
        && !token.is(Class::TITLE.or(Class::NOT_ADDRESSED));
    if !known {
        return false;
    }
    let saluted = |at: Option<usize>| {
        at.and_then(|at| reading.get(at))
            .is_some_and(|token| token.is(Class::SALUTATION))
    };
    let you = |before: &Token| before.hash == hash_word(b"you");
    let greeted = saluted(index.checked_sub(1))
        // "Thank you Hope."
        || reading.before(index).is_some_and(you) && saluted(index.checked_sub(2))
        || reading.before(index).is_some_and(|mark| mark.is_mark(b','))
            && saluted(index.checked_sub(2));
    let surname = reading.get(index + 1).is_some_and(|next| {
        next.is(Class::SURNAME) && next.is_word() && reading.capital(index + 1)
    });
    let clear = !token.is(Class::ENGLISH.or(Class::AMBIGUOUS).or(Class::STOP));
    let follows = |word: &[u8]| {
        let next = reading.get(index + 1);
        next.is_some_and(|next| next.hash == hash_word(word))
    };
    greeted
        && (reading.capital(index) && token.case == Case::Capital || clear)
        && (is_closed(reading, index + 1) || surname && is_closed(reading, index + 2))
        // "hi mark here, any news", "hi daisy how are you"
        || greeted
            && names::is_given(reading, index)
            && (follows(b"here") && is_closed(reading, index + 2)
                || (follows(b"how") || follows(b"i") || follows(b"im"))
                    && token.hash != hash_word(b"hope"))
}

fn standing(reading: &Reading<'_>, index: usize) -> Option<(usize, &'static str)> {
    let token = &reading.tokens[index];
    let capital = reading.capital(index);
    if token.is(Class::TITLE)
        && !capital
        && let Some(end) = behind_small_title(reading, index)
    {
        return Some((end, "name_titled"));
    }
    if reading.english && told::is_here(reading, index) {
        return Some((extend(reading, index), "name_given"));
    }
    if !capital && !token.is(Class::GIVEN) {
        return None;
    }
    if token.len() == 1
        && !in_address(reading, index)
        && let Some(end) = behind_initials(reading, index)
    {
        return Some((end, "name_initial"));
    }
    if let Some(end) = strangers::at(reading, index).filter(|_| !in_address(reading, index)) {
        return Some((end, "name_strange"));
    }
    let before = reading.before(index);
    if before.is_some_and(|before| before.is(Class::PLACE) && before.case != Case::Lower) {
        return None;
    }
    if is_addressed(reading, index) {
        return Some((extend(reading, index), "name_greeted"));
    }
    // "Merci M. Lagarde"
    let monsieur = token.hash == hash_word(b"m") && token.case != Case::Lower && !reading.english;
    if monsieur
        && reading.touches_next(index)
        && reading.tokens[index + 1].is_mark(b'.')
        && reading.get(index + 2).is_some_and(Token::is_word)
        && reading.capital(index + 2)
    {
        return Some((extend(reading, index + 2), "name_titled"));
    }
    let other = token.is(Class::CUE
        .or(Class::AMBIGUOUS)
        .or(Class::STOP)
        .or(Class::STATE))
        || token.is(Class::MONTH) && is_dated(reading, index);
    let given = token.is(Class::GIVEN) && token.len() >= 3 && !other;
    let clear = given && (!token.is(Class::ENGLISH) || token.is(Class::PLAIN_NAME));
    if !capital && !clear {
        // Written small, it is a name only if it is no other word.
        return None;
    }
    // "Thanks Nalu", "Hi, Nalu": a word of no list, with a capital.
    let greeted = before.is_some_and(|before| {
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
    let to = before.is_some_and(|before| before.is(Class::TOWARDS));
    if !(token.is(INTERESTING) || capital && to) {
        return None;
    }
    if token.is(Class::TITLE) && capital && token.len() >= 2 && !token.is(Class::FILLER) {
        let next = behind_title(reading, index);
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
        && to
        && (reading
            .get(index + 1)
            .is_none_or(|next| !next.is_word() || !reading.capital(index + 1)));
    // "paid 500 euros to Quandel"
    let paid = index >= 2
        && before.is_some_and(|before| before.hash == hash_word(b"to"))
        && capital
        && token.case == Case::Capital
        && !token.is(NO_NAME.or(Class::ENGLISH).or(Class::CUE))
        && is_sum(&reading.tokens[index - 2]);
    if (towards || paid) && !token.is(Class::FILLER) {
        return Some((index + 1, "name_towards"));
    }
    // "Is there anything else, Joy?"
    const SAID: usize = 4;
    let spoken_to = given
        && token.case == Case::Capital
        && capital
        && index >= SAID
        && before.is_some_and(|mark| mark.is_mark(b','))
        && ends(reading, index + 1)
        && !token.is(Class::NOT_ADDRESSED.or(Class::FILLER));
    if spoken_to {
        return Some((index + 1, "name_addressed"));
    }
    // "about Rich who served me"
    let who = |next: &Token| next.hash == hash_word(b"who");
    if given
        && capital
        && !reading.begins_sentence(index)
        && reading.get(index + 1).is_some_and(who)
    {
        return Some((index + 1, "name_given"));
    }
    // "spoke to kevin", "to Bill Stone"
    let both = given
        && next_is_surname
        && !(index + 2 < reading.tokens.len() && reading.capital(index + 2));
    // "kevin said", "steve from support"
    let speaks = reading
        .get(index + 1)
        .is_some_and(|next| next.is(Class::SPEECH));
    if (to || speaks)
        && reading.english
        && (clear && !capital || both)
        && !token.is(Class::FILLER.or(Class::STATE))
    {
        return Some((extend(reading, index), "name_towards"));
    }
    // "michelle quandel will call"
    if clear
        && !capital
        && !token.is(Class::FILLER)
        && reading.unknown(index + 1)
        && reading.tokens[index + 1].len() >= 4
        && before.is_none_or(|before| {
            !before.is_word()
                || before.is(Class::LINK)
                || before.is(Class::SPEECH) && names::stands_last(reading, index + 1)
        })
    {
        return Some((extend(reading, index), "name_full"));
    }
    if given && capital && stands_out(reading, index) {
        return Some((extend(reading, index), "name_amid"));
    }
    if clear && !capital && is_subject(reading, index) {
        return Some((extend(reading, index), "name_small"));
    }
    let filler = token.is(Class::FILLER);
    if clear && !capital && !filler && reading.english && leads(reading, index) {
        let end = extend(reading, index);
        let cue = (index + 1..end).find(|at| reading.tokens[*at].is(Class::CUE));
        return Some((cue.unwrap_or(end), "name_leading"));
    }
    // "at the Lucca" is a place, "at Ben's party" a person's.
    let owner = reading
        .get(index + 1)
        .is_some_and(|next| next.is_word() && next.len() == 1 && next.start == token.end + 1);
    let thing = !owner && before.is_some_and(|before| before.is(Class::ARTICLE));
    if clear && capital && !thing && !next_in_address(reading, index) {
        return Some((extend(reading, index), "name_given"));
    }
    None
}

/// "we saw Mark there", "please ask Mark": a capital amid a sentence in small letters, behind a word that no thing follows.
fn stands_out(reading: &Reading<'_>, index: usize) -> bool {
    const OWNERS: [&[u8]; 9] = [
        b"my", b"your", b"our", b"his", b"her", b"their", b"this", b"that", b"no",
    ];
    let capital =
        |at: usize| reading.get(at).is_some_and(|next| next.is_word()) && reading.capital(at);
    let behind_word = reading.before(index).is_some_and(|before| {
        before.is_word()
            && before.case == Case::Lower
            && !before.is(Class::ARTICLE.or(Class::UNIT))
            && !OWNERS.iter().any(|owner| before.hash == hash_word(owner))
    });
    reading.english
        && reading.tokens[index].case == Case::Capital
        && !reading.tokens[index].is(Class::NOT_ADDRESSED)
        && behind_word
        && !capital(index + 1)
}

/// "5 Jan", "15. Jan", "Jan 7": a month, though it is also a name.
fn is_dated(reading: &Reading<'_>, index: usize) -> bool {
    let digits = |at: Option<usize>| {
        at.and_then(|at| reading.get(at))
            .is_some_and(|token| token.digits > 0)
    };
    let dot = |at: Option<usize>| {
        at.and_then(|at| reading.get(at))
            .is_some_and(|token| token.is_mark(b'.'))
    };
    let [before, behind] = [index.checked_sub(1), index.checked_add(1)];
    digits(before)
        || digits(behind)
        || dot(before) && digits(index.checked_sub(2))
        || dot(behind) && digits(index.checked_add(2))
}

/// "500 dollars", but not the m of "I'm".
fn is_sum(token: &Token) -> bool {
    token.digits > 0 || token.is(Class::UNIT) && token.len() > 1
}

/// Whether the word names a street: "Castro St", "123 Martin Luther".
fn in_address(reading: &Reading<'_>, index: usize) -> bool {
    let digits = |at: usize| reading.get(at).is_some_and(|token| token.digits > 0);
    let numbered = index > 0 && digits(index - 1) || (index + 2..index + 4).any(digits);
    let street = |at: usize| {
        reading.get(at).is_some_and(|token| {
            // "Linda Hill" is a person, unless a number says otherwise.
            let name = token.is(Class::STREET_WEAK) && token.is(Class::SURNAME) && !numbered;
            token.is(Class::STREET) && token.is_word() && !name
        })
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
    street(index + 2) && reading.get(index + 1).is_some_and(Token::is_word)
}
