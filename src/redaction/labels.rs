//! Labels that a redactor left where something was: they are no text, and stay as they are.

use super::class::Class;
use super::hash::hash_word;
use super::lexer::{Form, Token};
use super::words::Words;
use super::{Kind, Span, TOKEN_DIGITS};

/// The end of a label in brackets, as redactors leave them: `[REDACTED]`, `[card number]`, and with digits none but our own,
/// `[PERSON_1]`, `[PERSON_9F86D081884C]` and `[****1234]`.
#[inline(never)]
pub(super) fn label_end(bytes: &[u8], start: usize, words: &Words) -> Option<usize> {
    const LONGEST: usize = 48;
    let inside = &bytes[start + 1..bytes.len().min(start + LONGEST)];
    let length = inside.iter().position(|byte| *byte == b']')?;
    let inside = &inside[..length];
    let label = is_own_label(inside) || length >= 2 && is_others_label(inside, words);
    label.then_some(start + length + 2)
}

/// `****1234`: masked; `ORDER_ID_12`, `ORDER_ID_9F86D081884C`: a pseudonym.
fn is_own_label(inside: &[u8]) -> bool {
    const MASK: &[u8] = b"****";
    if let Some(last) = inside.strip_prefix(MASK) {
        return last.len() <= 4 && last.iter().all(u8::is_ascii_alphanumeric);
    }
    let Some(border) = inside.iter().rposition(|byte| *byte == b'_') else {
        return false;
    };
    let (kind, token) = (&inside[..border], &inside[border + 1..]);
    let number = token.len() < TOKEN_DIGITS / 2 && token.iter().all(u8::is_ascii_digit);
    let hex = |byte: &u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte);
    let keyed = token.len() == TOKEN_DIGITS && token.iter().all(hex);
    Kind::ALL
        .iter()
        .any(|known| known.as_str().as_bytes() == kind)
        && (number || keyed)
}

/// "card number", "REDACTED": the names of what is told, and of what was done with it. What else stands in brackets may be the value
/// itself: "[swordfish]".
fn is_others_label(inside: &[u8], words: &Words) -> bool {
    const DONE: [&[u8]; 7] = [
        b"redacted",
        b"removed",
        b"masked",
        b"hidden",
        b"deleted",
        b"omitted",
        b"custom",
    ];
    const NAMED: Class = Class::CUE
        .or(Class::CUE_SECOND)
        .or(Class::OF)
        .or(Class::NEUTRAL);
    inside[0].is_ascii_alphabetic()
        && inside
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || b" _-".contains(byte))
        && inside
            .split(|byte| !byte.is_ascii_alphabetic())
            .all(|part| {
                let class = words.class(hash_word(part));
                // "[Ann Lee]"
                let written = matches!(part, [first, second, ..] if first.is_ascii_uppercase() && second.is_ascii_lowercase());
                let known = class.is(NAMED) && !class.is(Class::LINK)
                    || DONE.iter().any(|word| part.eq_ignore_ascii_case(word));
                !written && (part.is_empty() || known)
            })
}

/// Labels of redactors are left as they are: a span is cut where it runs into one. `spans` are sorted and apart.
pub(super) fn drop_labels(tokens: &[Token], spans: &mut Vec<Span>) {
    let labels: Vec<(usize, usize)> = tokens
        .iter()
        .filter(|token| token.form == Form::Label)
        .map(|token| (token.start as usize, token.end as usize))
        .collect();
    if labels.is_empty() {
        return;
    }
    let mut kept = Vec::with_capacity(spans.len());
    for span in spans.drain(..) {
        let mut start = span.start;
        let first = labels.partition_point(|label| label.1 <= span.start);
        for &(from, to) in labels[first..]
            .iter()
            .take_while(|label| label.0 < span.end)
        {
            if start < from {
                kept.push(Span {
                    start,
                    end: from,
                    ..span
                });
            }
            start = start.max(to);
        }
        if start < span.end {
            kept.push(Span { start, ..span });
        }
    }
    *spans = kept;
}
