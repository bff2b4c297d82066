//! Passwords and login names behind and before their cues.

use super::class::Class;
use super::cued::is_link;
use super::hash::hash_word;
use super::lexer::{Case, Form, Token};
use super::name_ends::ends;
use super::reading::Reading;
use super::{Kind, codes, told, values};

/// A password or a login name.
pub(super) fn word(
    reading: &Reading<'_>,
    index: usize,
    limit: usize,
    kind: Kind,
    linked: bool,
    weak: bool,
) -> Option<usize> {
    let token = reading.get(index)?;
    let certain = linked || kind == Kind::Password && !weak && token.form != Form::Mark;
    if let Some(end) = codes::coded_run(reading, index).filter(|end| certain && *end <= limit) {
        return Some(end);
    }
    if kind == Kind::Username {
        let run = joined(reading, index, linked, weak)
            .filter(|end| *end <= limit && (!token.is(Class::STATUS) || *end > index + 3));
        // "My Instagram is full", but "my Instagram: jodoe"
        if run.is_some() || weak && !(linked && reading.english) {
            return run;
        }
    }
    let last = |at: usize| ends(reading, at);
    // "correct-horse-battery", but "case-sensitive"
    if let Some(end) = codes::joined(reading, index, b"-")
        && linked
        && kind == Kind::Password
        && end >= index + 5
        && end <= limit
        && last(end)
    {
        return Some(end);
    }
    let taken = match token.form {
        Form::Mixed => true,
        Form::Number => token.digits >= 3,
        Form::Word
            if token.is(Class::CONNECTOR
                .or(Class::STATUS)
                .or(Class::FILLER)
                .or(Class::CUE)) =>
        {
            false
        }
        Form::Word if !reading.ordinary(index) && (token.len() >= 4 || linked) => {
            linked || reading.english
        }
        Form::Word => {
            linked
                && kind == Kind::Password
                && (last(index + 1)
                    || last(index + 2) && reading.tokens[index + 1].form == Form::Number
                    || is_told_in_passing(reading, index))
                && token.len() >= 4
        }
        _ => false,
    };
    if !taken {
        return None;
    }
    // "Tiger!2024", "jo.doe_7": up to the next white space, but not the mark that ends the sentence.
    let mut end = index + 1;
    // What goes beyond the limit is no value.
    while end <= limit && reading.touches_next(end - 1) {
        end += 1;
    }
    while end > index + 1 && reading.tokens[end - 1].form == Form::Mark {
        end -= 1;
    }
    // "password is vj 123": a second piece ends the message.
    let second = kind == Kind::Password
        && last(end + 1)
        && reading.get(end).is_some_and(|token| {
            token.digits > 0 && !values::is_measure(token) || linked && reading.unknown(end)
        });
    Some(end + usize::from(second))
}

/// "live:jo.doe", "k.petrov"; without a link only what no sentence holds: "red_panda". Behind a `weak` cue a hyphen joins
/// words: "discord is read-only".
fn joined(reading: &Reading<'_>, index: usize, linked: bool, weak: bool) -> Option<usize> {
    let marks: &[u8] = if weak { b".:_" } else { b".:_-" };
    let end = codes::joined(reading, index, marks).filter(|end| *end > index + 1)?;
    let run = &reading.tokens[index..end];
    // "usuario tati.moura, ...", but "my login is broken.Please"
    let closed = reading.get(end).is_none_or(|next| {
        matches!(next.mark, b',' | b'/') || next.form == Form::Break || next.is(Class::CUE)
    });
    let strange = run
        .iter()
        .all(|token| !token.is(Class::ENGLISH.or(Class::FILLER)) && token.case == Case::Lower);
    let underscored = run.iter().any(|token| token.is_mark(b'_'));
    (linked || underscored || !weak && closed && strange).then_some(end)
}

/// "is sunshine, ...", "is sunshine and my login", "is sunshine but it": what follows says no more of it, and the word itself
/// is none that says how it is: "is encrypted and we".
fn is_told_in_passing(reading: &Reading<'_>, index: usize) -> bool {
    let goes_on = [b"and", b"but"].map(|word| hash_word(word));
    let closed = reading.get(index + 1).is_some_and(|token| {
        let other = reading.get(index + 2);
        token.is_mark(b',')
            || goes_on.contains(&token.hash) && other.is_some_and(|next| next.is(Class::FILLER))
    });
    closed && !told::is_predicate(reading, index)
}

/// "The password on the router is hT7kLp2Q", "the password you sent Xk29!pQ": what it is for stands between.
pub(super) fn placed(reading: &Reading<'_>, from: usize, limit: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 8;
    const SENT: usize = 4;
    let is_coded = |at: usize| {
        let token = &reading.tokens[at];
        token.form == Form::Mixed && !values::is_measure(token)
            || codes::coded_run(reading, at).is_some()
    };
    let place = reading.get(from)?;
    if place.hash == hash_word(b"to") && is_changed(reading, from) {
        let end = word(reading, from + 1, limit, Kind::Password, true, false)?;
        return (end <= limit).then_some((from + 1, end));
    }
    let within = |longest: usize| from + 1..limit.min(from + longest);
    let start = if place.is(Class::TOWARDS.or(Class::ARTICLE)) || place.hash == hash_word(b"on") {
        let link = within(LONGEST)
            .take_while(|&at| matches!(reading.tokens[at].form, Form::Word | Form::Mixed))
            .find(|&at| is_link(&reading.tokens[at]))?;
        link + 1
    } else if place.is(Class::FILLER) {
        let found = within(SENT).find(|&at| is_coded(at) || !reading.tokens[at].is_word());
        // "the password you use for Office365"
        let found = found.filter(|&at| is_coded(at) && !reading.tokens[at - 1].is(Class::FILLER));
        let Some(start) = found else {
            // "the password i used is sunshine"
            let start = within(SENT).find(|&at| is_link(&reading.tokens[at]))? + 1;
            let end = word(reading, start, limit, Kind::Password, true, false)?;
            let said = told::is_predicate(reading, start) || told::is_untold(reading, start);
            return (end <= limit && !said).then_some((start, end));
        };
        start
    } else {
        return None;
    };
    reading.get(start).filter(|_| is_coded(start))?;
    let end = word(reading, start, limit, Kind::Password, true, false)?;
    (end <= limit).then_some((start, end))
}

/// "I changed my password to": what somebody made it follows; "set my password to" is followed by what for, too.
fn is_changed(reading: &Reading<'_>, to: usize) -> bool {
    const FARTHEST: usize = 5;
    reading.tokens[to.saturating_sub(FARTHEST)..to]
        .iter()
        .any(|token| token.hash == hash_word(b"changed"))
}

/// "sunshine is my password", "I used sunshine as my password": the one word from `start` up to `end`, which begins the message or
/// is what somebody used.
pub(super) fn is_chosen(reading: &Reading<'_>, start: usize, end: usize) -> bool {
    const SHORTEST: usize = 4;
    const NONE: Class = Class::STATUS
        .or(Class::FILLER)
        .or(Class::CONNECTOR)
        .or(Class::REQUEST)
        .or(Class::UNTOLD)
        .or(Class::ARTICLE)
        .or(Class::CUE);
    const VERBS: [&[u8]; 4] = [b"used", b"tried", b"entered", b"typed"];
    let used = |before: &Token| VERBS.iter().any(|verb| before.hash == hash_word(verb));
    let token = &reading.tokens[start];
    end == start + 1
        && token.is_word()
        && token.len() >= SHORTEST
        && !token.is(NONE)
        && !told::is_predicate(reading, start)
        && (told::is_first(reading, start) || reading.before(start).is_some_and(used))
}
