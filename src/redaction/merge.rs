//! What several rules found at one place, as one finding.

use super::class::Class;
use super::lexer::{Case, Form, Token};
use super::{Kind, Span};

/// Joins overlapping spans into one that covers them all, so that no rule can uncover what another found.
/// The longest of the joined spans gives the kind; at equal length one that is no guess, and else the one found first.
pub(super) fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    if spans.len() < 2 {
        return spans;
    }
    spans.sort_by_key(|span| span.start);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    let mut longest = (0, false);
    for span in spans {
        let length = (span.end - span.start, !span.is_guess());
        match merged.last_mut() {
            Some(last) if span.start < last.end => {
                last.end = last.end.max(span.end);
                if length > longest {
                    // What only repeats a guess, such as the memory of it, says less than the guess.
                    if length.0 > longest.0 || span.kind != last.kind {
                        last.kind = span.kind;
                        last.rule = span.rule;
                    }
                    longest = length;
                }
            }
            _ => {
                longest = length;
                merged.push(span);
            }
        }
    }
    merged
}

/// A value that was found within a longer code is as long as the code: "RP-7730418", "TX-0088-4120-F", "Tmp!Zarza88".
pub(super) fn complete_codes(tokens: &[Token], spans: &mut [Span]) {
    const MOST_PARTS: usize = 4;
    for span in spans {
        let (marks, secret): (&[u8], bool) = match span.kind {
            Kind::Password | Kind::Username | Kind::Secret => (b"!@#$%&*+_-", true),
            kind if kind.is_number() => (b"-_#", false),
            _ => continue,
        };
        let joint = |at: usize| {
            let [left, mark, right] = [at - 1, at, at + 1].map(|at| &tokens[at]);
            mark.form == Form::Mark
                && mark.len() == 1
                && marks.contains(&mark.mark)
                && left.end == mark.start
                && mark.end == right.start
        };
        let is_part = |token: &Token| match token.form {
            Form::Number | Form::Mixed => true,
            Form::Word if token.len() == 1 => secret || token.case != Case::Lower,
            Form::Word => secret || token.case == Case::Upper || token.class == Class::default(),
            _ => false,
        };
        let mut first = tokens.partition_point(|token| token.end as usize <= span.start);
        let mut end = tokens.partition_point(|token| (token.start as usize) < span.end);
        // An operator's own pattern may hold no token.
        if first >= end {
            continue;
        }
        for _ in 0..MOST_PARTS {
            if first >= 2 && joint(first - 1) && is_part(&tokens[first - 2]) {
                first -= 2;
                span.start = tokens[first].start as usize;
            }
            if end + 1 < tokens.len() && joint(end) && is_part(&tokens[end + 1]) {
                end += 2;
                span.end = tokens[end - 1].end as usize;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_without_a_token_stays_as_it_is() {
        use crate::redaction::lexer::lex;
        use crate::redaction::words::Words;
        for text in ["a b c ", "- 12 - ", " ", "AB-12 "] {
            let mut tokens = Vec::new();
            lex(text, Words::builtin(), &mut tokens);
            let end = Span {
                start: text.len() - 1,
                end: text.len(),
                kind: Kind::AccountNumber,
                rule: "own",
            };
            let mut spans = vec![end];
            complete_codes(&tokens, &mut spans);
            assert_eq!(spans, [end], "{text:?}");
        }
    }

    #[test]
    fn overlapping_spans_become_one() {
        let span = |start, end, rule| Span {
            start,
            end,
            kind: Kind::Phone,
            rule,
        };
        let merged = merge(vec![
            span(5, 9, "short"),
            span(0, 6, "long"),
            span(9, 12, "apart"),
        ]);
        assert_eq!(merged, vec![span(0, 9, "long"), span(9, 12, "apart")]);
    }
}
