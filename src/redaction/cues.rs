//! Cues: the words of a message that say what the value beside them is ("my pin is 4471", "4471 is my pin").

use super::class::Class;
use super::cued::{is_link, value_at};
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::name_ends::ends;
use super::reading::Reading;
use super::told;
use super::values;
use super::words::{Cue, Words};
use super::{Kind, Span, passwords};

/// A cue of a message; token positions, end exclusive.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) cue: Cue,
    /// Where the next strong cue begins, and so a value of this one ends.
    limit: usize,
    /// Whether a value was found beside it.
    pub(super) served: bool,
}

/// The cues of a message, longest first where they begin together; none overlaps another.
pub(super) fn find(reading: &Reading<'_>, words: &Words, found: &mut Vec<Found>) {
    found.clear();
    let mut index = 0;
    while let Some(token) = reading.get(index) {
        let cue = if token.is(Class::CUE) {
            words.cue(
                (index..reading.tokens.len())
                    .filter(|at| !is_joint(reading, *at))
                    .map(|at| reading.tokens[at].hash),
            )
        } else {
            None
        };
        // "a.c." is more often another thing.
        let dotted = |length: usize| {
            length < 3 && is_joint(reading, index + 1) && reading.tokens[index + 1].is_mark(b'.')
        };
        let cue = cue.filter(|(length, _)| *length == 1 || !dotted(*length));
        match cue {
            Some((length, cue)) => {
                let mut end = index;
                let mut left = length;
                while left > 0 {
                    left -= usize::from(!is_joint(reading, end));
                    end += 1;
                }
                // "the name of the hotel" is nobody's.
                let of = reading.get(end).is_some_and(|next| next.is(Class::OF));
                let kind = cue
                    .kind
                    .filter(|kind| !(of && *kind == Kind::Person && !cue.weak && length == 1));
                found.push(Found {
                    start: index,
                    end,
                    cue: Cue { kind, ..cue },
                    limit: reading.tokens.len(),
                    served: false,
                });
                index = end;
            }
            None => index += 1,
        }
    }
}

/// What stands within a cue and says nothing: the hyphen of "e-mail", the dots of "d.o.b".
fn is_joint(reading: &Reading<'_>, index: usize) -> bool {
    let letter = |at: usize| reading.tokens[at].is_word() && reading.tokens[at].len() == 1;
    let Some(token) = reading.get(index) else {
        return false;
    };
    token.is_mark(b'-')
        || token.is_mark(b'.')
            && index > 0
            && letter(index - 1)
            && reading.touches_next(index - 1)
            && reading.touches_next(index)
}

/// Adds the values that stand beside the cues of a message.
pub(super) fn serve(reading: &Reading<'_>, found: &mut [Found], spans: &mut Vec<Span>) {
    let mut limit = reading.tokens.len();
    for cue in found.iter_mut().rev() {
        cue.limit = limit;
        if is_of_value(*cue) && !cue.cue.weak {
            limit = cue.start;
        }
    }
    for position in 0..found.len() {
        let here @ Found { limit, .. } = found[position];
        let Some(kind) = here.cue.kind else { continue };
        let before = position.checked_sub(1).map_or(0, |last| found[last].end);
        // "username jodoe, password sunshine"
        let paired = kind == Kind::Password
            && position.checked_sub(1).is_some_and(|last| {
                let kind = found[last].cue.kind;
                found[last].served && matches!(kind, Some(Kind::Username | Kind::Email))
            });
        let value =
            behind(reading, here, kind, paired).or_else(|| in_front(reading, here, before, kind));
        if let Some((start, end)) = value {
            found[position].served = true;
            push(reading, start, end, kind, "cue", spans);
            if kind.is_number() {
                // What stands behind the next cue, even a weak one, is that cue's.
                let mut later = found[position + 1..].iter();
                let next = later.find(|next| next.cue.kind != Some(Kind::Url));
                let next = next.map_or(limit, |next| next.start);
                further(reading, end, limit.min(next), kind, spans);
            }
            // "login details are jo.doe / Tiger2024"
            if kind == Kind::Username
                && reading
                    .get(end)
                    .is_some_and(|token| token.is_mark(b'/') || token.is_mark(b'|'))
                && let Some(last) = value_at(reading, end + 1, limit, Kind::Password, false, true)
            {
                push(reading, end + 1, last, Kind::Password, "cue", spans);
            }
        }
    }
}

/// "My order number on your website is 77120": a site is mentioned in passing, and the value is still the number's.
fn is_of_value(found: Found) -> bool {
    found.cue.kind.is_some_and(|kind| kind != Kind::Url)
}

fn push(
    reading: &Reading<'_>,
    start: usize,
    end: usize,
    kind: Kind,
    rule: &'static str,
    spans: &mut Vec<Span>,
) {
    spans.push(reading.span(start, end, kind, rule));
}

/// "1596 or 0314": more values of the same kind in a row.
fn further(reading: &Reading<'_>, mut end: usize, limit: usize, kind: Kind, spans: &mut Vec<Span>) {
    while end < limit {
        let mut next = end;
        while next < limit.min(end + 3) && is_between(&reading.tokens[next]) {
            next += 1;
        }
        let Some(value) = (next > end)
            .then(|| values::number(reading, next))
            .flatten()
        else {
            return;
        };
        if value.digits < values::least_digits(kind) || values::is_everyday(reading, &value) {
            return;
        }
        push(reading, value.start, value.end, kind, "cue", spans);
        end = value.end;
    }
}

/// "password manager": whether the word behind a cue makes another thing of it.
fn names_another(reading: &Reading<'_>, end: usize) -> bool {
    const NOTHING: Class = Class::FILLER.or(Class::CONNECTOR).or(Class::STATUS);
    reading
        .get(end)
        .is_some_and(|next| next.is_word() && !next.is(NOTHING))
}

/// "Summer2023!": the mark may be a part of it.
fn is_exclaimed(token: &Token) -> bool {
    token.is_mark(b'!') || token.is_mark(b'?')
}

fn is_between(token: &Token) -> bool {
    token.is(Class::FILLER) || matches!(token.mark, b',' | b'/' | b'&' | b'(' | b'"')
}

/// Most tokens between a cue and its value.
const FARTHEST: usize = 7;

/// Whether a token may stand between a cue and its value.
fn is_skipped(token: &Token) -> bool {
    match token.form {
        Form::Word => token.is(Class::CONNECTOR),
        Form::Mark => b":=-#,\"(.'*>!?".contains(&token.mark),
        Form::Break => true,
        _ => false,
    }
}

/// "my father, Ignatius": a comma before a name with a capital.
fn is_apposition(reading: &Reading<'_>, comma: usize) -> bool {
    reading.tokens[comma].is_mark(b',')
        && reading.get(comma + 1).is_some_and(|name| {
            name.is_word()
                && name.case == Case::Capital
                && reading.capital(comma + 1)
                && !name.is(Class::ENGLISH)
        })
}

/// The value that follows a cue; a `paired` one stands behind another, whose value has been found, as if it had a link.
fn behind(reading: &Reading<'_>, found: Found, kind: Kind, paired: bool) -> Option<(usize, usize)> {
    let (from, limit, weak) = (found.end, found.limit, found.cue.weak);
    // Before what it is for is taken for it: "the password to the R7000 is ...".
    if kind == Kind::Password
        && !weak
        && let Some(value) = passwords::placed(reading, from, limit)
    {
        return Some(value);
    }
    let mut index = from;
    let mut linked = paired || kind == Kind::Person && !weak && told::tells(reading, from);
    // "Date of birth on record: ..."
    let told = kind == Kind::DateOfBirth || kind.is_number() && !weak;
    let colon = |at: &usize| reading.tokens[*at].is_mark(b':');
    if told && let Some(colon) = (from + 1..limit.min(from + 3)).find(colon) {
        let between = &reading.tokens[from..colon];
        if between.iter().all(Token::is_word) {
            index = colon;
        }
    }
    while index < limit.min(from + FARTHEST) {
        let token = &reading.tokens[index];
        // "This is the Contoso Bot": a thing, not a person.
        if weak && kind == Kind::Person && token.is(Class::ARTICLE) {
            return None;
        }
        if let Some(end) = value_at(reading, index, limit, kind, weak, linked) {
            // "Mum, Sainsburys is closed"
            let apposed = weak
                && kind == Kind::Person
                && index == from + 1
                && reading.tokens[from].is_mark(b',');
            let closed = |next: &Token| next.ends_sentence() || next.is_mark(b',');
            return (!apposed || reading.get(end).is_none_or(closed)).then_some((index, end));
        }
        linked |= is_link(token);
        let person = weak && kind == Kind::Person;
        let apposed = || person && index == from && is_apposition(reading, index);
        if !(is_skipped(token) || apposed()) {
            break;
        }
        index += 1;
    }
    if weak || !kind.is_number() || !reading.numeric {
        return None;
    }
    // "the pin could be either 1596": anywhere in the sentence, if it is long enough to be one.
    while index < limit.min(from + 12) && !reading.tokens[index].ends_sentence() {
        // "The cvv on my card is 412", "... says 412", "cvv on the back 412"
        let told = |token: &Token| is_link(token) || token.is(Class::SPEECH);
        let last = |token: &Token| token.ends_sentence() || token.is_mark(b',');
        let plain = kind == Kind::AccessCode
            && (reading.before(index).is_some_and(told) || reading.get(index + 1).is_none_or(last));
        let least = if plain { values::least_digits(kind) } else { 4 };
        let number = values::number(reading, index).filter(|value| {
            value.digits >= least && !values::is_everyday(reading, value) && value.end <= limit
        });
        if let Some(value) = number {
            return Some((value.start, value.end));
        }
        index += 1;
    }
    None
}

/// The value in front of a cue: "4471 is my pin", "Miller is my mother's maiden name".
fn in_front(
    reading: &Reading<'_>,
    found: Found,
    from: usize,
    kind: Kind,
) -> Option<(usize, usize)> {
    const LINK: usize = 4;
    if found.cue.weak {
        return None;
    }
    let mut end = found.start;
    let mut linked = false;
    while end > from && found.start - end < LINK {
        let token = &reading.tokens[end - 1];
        if !(token.is_word() && token.is(Class::CONNECTOR.or(Class::FILLER))) {
            break;
        }
        let used_as =
            matches!(kind, Kind::Password | Kind::DateOfBirth) && token.hash == hash_word(b"as");
        linked |= is_link(token) || used_as;
        end -= 1;
    }
    // "am 3. Mai 1987 geboren", "12/03/1987 dob"
    let last = &reading.tokens[found.end - 1];
    let born = || {
        [b"geboren".as_slice(), b"dob"]
            .map(hash_word)
            .contains(&last.hash)
    };
    let beside = kind == Kind::DateOfBirth && end == found.start && born();
    if !(linked || beside) || end == from {
        return None;
    }
    let longest = if kind == Kind::DateOfBirth { 8 } else { 4 };
    let first = end.saturating_sub(longest).max(from);
    (first..end).find_map(|start| {
        let begins = start == from
            || reading.begins_sentence(start)
            || reading
                .before(start)
                .is_some_and(|token| token.form == Form::Mark || token.is(Class::FILLER));
        // "12/03/1987" does not begin with its year.
        let inside = kind == Kind::DateOfBirth
            && start > from
            && reading.tokens[start - 1].form == Form::Mark
            && reading.touches_next(start - 1);
        let begins = (begins || kind == Kind::DateOfBirth) && !inside;
        // "stone is my last name": nothing goes before it.
        let told = kind == Kind::Person && told::is_first(reading, start);
        let told_end = || told.then(|| told::end(reading, start)).flatten();
        let chosen = kind == Kind::Password
            && passwords::is_chosen(reading, start, end)
            && ends(reading, found.end);
        let value_end = told_end()
            .or(chosen.then_some(end))
            .or_else(|| value_at(reading, start, end, kind, false, true))?;
        // "I tried Summer2023! as my password", but "Windows11 as my password manager"
        let coded = kind == Kind::Password
            && reading.tokens[start].form == Form::Mixed
            && !names_another(reading, found.end);
        let rest = &reading.tokens[value_end..end];
        let last = rest.is_empty() || coded && rest.iter().all(is_exclaimed);
        let said = kind == Kind::Person && reading.ordinary(start) && !told;
        ((begins || coded || chosen) && last && !said).then_some((start, end))
    })
}
