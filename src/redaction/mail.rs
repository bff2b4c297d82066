//! E-mail addresses in disguise: "john dot doe at example dot com", "john (at) example (dot) com", "john @ example . com",
//! "john@examplecom", "johngmailcom".

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::reading::Reading;
use super::{Kind, Span};

/// Adds the disguised addresses of a message.
pub(super) fn find(reading: &Reading<'_>, text: &str, spans: &mut Vec<Span>) {
    let mut from = 0;
    for index in 0..reading.tokens.len() {
        let token = &reading.tokens[index];
        if index < from {
            continue;
        }
        let found = if token.is_mark(b'@') || token.is(Class::MAIL_AT) {
            spelled(reading, index, from)
        } else if token.len() >= 7 && ends_like_mail(text, token) {
            Some((mangled_start(reading, index, from), index + 1))
        } else {
            None
        };
        if let Some((start, end)) = found {
            spans.push(reading.span(start, end, Kind::Email, "email_disguised"));
            from = end;
        }
    }
}

/// An address around its at sign: the local part before it, and behind it a domain with at least one dot, or a domain
/// that is glued together.
fn spelled(reading: &Reading<'_>, at: usize, from: usize) -> Option<(usize, usize)> {
    let sign = reading.tokens[at].is_mark(b'@');
    let bracketed = is_open(reading.before(at)) && is_close(reading.get(at + 1));
    let local_end = at - usize::from(bracketed);
    let start = local_start(reading, local_end, from)?;
    let mut index = at + 1 + usize::from(bracketed);
    let mut end = None;
    let mut labels = 0;
    loop {
        let token = reading.get(index)?;
        if !matches!(token.form, Form::Word | Form::Mixed | Form::Number)
            || (token.is(Class::FILLER) && labels == 0 && !token.is(Class::MAIL_PROVIDER))
        {
            break;
        }
        index += 1;
        labels += 1;
        if labels >= 2 {
            end = Some(index);
        }
        // "my-mail", and digits apart from their letters
        while reading.get(index).is_some_and(|next| next.is_mark(b'-'))
            && reading.touches_next(index)
        {
            index += 2;
        }
        match dot(reading, index) {
            Some(after) if labels < 5 => index = after,
            _ => break,
        }
    }
    if end.is_none() && sign {
        // "jo@examplecom": no dot anywhere, but the sign touches both sides.
        let touches = reading.touches_next(at) && at > 0 && reading.touches_next(at - 1);
        end = (touches && labels == 1 && reading.tokens[index - 1].len() >= 4).then_some(index);
    }
    if end.is_none()
        && labels == 1
        && is_provider(&reading.tokens[index - 1])
        && (start..at).any(|part| looks_local(reading, part))
    {
        // "rosyquandel82 at gmail"
        end = Some(index);
    }
    let end = end?.min(reading.tokens.len());
    let last = &reading.tokens[end - 1];
    // "rated at 4.4", "I work at example.com"
    let domain = last.is_word() && (2..=10).contains(&last.len());
    let plain = !sign
        && !bracketed
        && reading.tokens[start..end]
            .iter()
            .all(|token| !token.is(Class::MAIL_DOT));
    let prose = plain && end_is_ordinary(reading, start, at);
    (domain && !prose).then_some((start, end))
}

/// A provider that is no word besides, so that it needs no domain: not "live".
fn is_provider(token: &Token) -> bool {
    token.is(Class::MAIL_PROVIDER) && !token.is(Class::ENGLISH)
}

/// What is rather the local part of an address than a word before "at".
fn looks_local(reading: &Reading<'_>, index: usize) -> bool {
    let token = &reading.tokens[index];
    token.form == Form::Mixed
        || token.is_word() && !reading.ordinary(index)
        || token.is_mark(b'_')
        || token.is_mark(b'.') && reading.touches_next(index)
}

/// "rosy underscore quandel"
fn is_joint(token: &Token) -> bool {
    [b"underscore".as_slice(), b"dash", b"hyphen"]
        .iter()
        .any(|word| token.hash == hash_word(word))
}

/// Whether the local part is one ordinary word.
fn end_is_ordinary(reading: &Reading<'_>, start: usize, at: usize) -> bool {
    start + 1 == at
        && reading.tokens[start].is_word()
        && (reading.ordinary(start) || !reading.english)
}

fn is_open(token: Option<&Token>) -> bool {
    token.is_some_and(|token| {
        matches!(token.mark, b'(' | b'<' | b'{' | b'[') && token.form == Form::Mark
    })
}

fn is_close(token: Option<&Token>) -> bool {
    token.is_some_and(|token| {
        matches!(token.mark, b')' | b'>' | b'}' | b']') && token.form == Form::Mark
    })
}

/// The token behind a dot at `index`, however it is written.
fn dot(reading: &Reading<'_>, index: usize) -> Option<usize> {
    let token = reading.get(index)?;
    if token.is(Class::MAIL_DOT) {
        return Some(index + 1);
    }
    if token.is_mark(b'.') {
        // A sentence's end has a space behind it and none before it.
        let sentence = !reading.touches_next(index) && index > 0 && reading.touches_next(index - 1);
        return (!sentence).then_some(index + 1);
    }
    let bracketed = is_open(Some(token))
        && reading.get(index + 1)?.is(Class::MAIL_DOT)
        && is_close(reading.get(index + 2));
    bracketed.then_some(index + 3)
}

/// The first token of the local part that ends before `end`.
fn local_start(reading: &Reading<'_>, end: usize, from: usize) -> Option<usize> {
    let mut start = end.checked_sub(1)?;
    let last = &reading.tokens[start];
    if start < from || !matches!(last.form, Form::Word | Form::Mixed | Form::Number) {
        return None;
    }
    loop {
        if start <= from {
            break;
        }
        let before = &reading.tokens[start - 1];
        let touching = reading.touches_next(start - 1);
        let part = |form| matches!(form, Form::Word | Form::Mixed | Form::Number);
        let glued = touching
            && matches!(before.mark, b'.' | b'-' | b'_' | b'+')
            && before.form == Form::Mark;
        let spelled = before.is(Class::MAIL_DOT) || is_joint(before);
        let more = start >= from + 2 && part(reading.tokens[start - 2].form);
        if more && (glued || spelled) {
            start -= 2;
        } else if touching && part(before.form) {
            start -= 1;
        } else {
            break;
        }
    }
    Some(start)
}

/// Whether a token ends with a mail provider and a top-level domain without their dot: "priyagmailcom".
fn ends_like_mail(text: &str, token: &Token) -> bool {
    const PROVIDERS: [&str; 11] = [
        "gmail", "yahoo", "hotmail", "outlook", "email", "mail", "ymail", "icloud", "aol", "live",
        "msn",
    ];
    if !matches!(token.form, Form::Word | Form::Mixed) {
        return false;
    }
    let bytes = &text.as_bytes()[token.start as usize..token.end as usize];
    let ends = |bytes: &[u8], ending: &str| {
        bytes.len() >= ending.len()
            && bytes[bytes.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
    };
    ends(bytes, "com")
        && PROVIDERS
            .iter()
            .any(|provider| ends(&bytes[..bytes.len() - 3], provider))
}

/// The local part may stand apart: "janie 69 hotmailcom".
fn mangled_start(reading: &Reading<'_>, index: usize, from: usize) -> usize {
    let mut start = index;
    for _ in 0..3 {
        if start <= from {
            break;
        }
        let before = &reading.tokens[start - 1];
        let part = before.form == Form::Number
            || before.form == Form::Mixed
            || (before.is_word() && !reading.ordinary(start - 1) && !before.is(Class::CUE));
        if !part {
            break;
        }
        start -= 1;
    }
    start
}
