//! What several rules found at one place, as one finding.

use super::Span;
use super::lexer::{Form, Token};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::Kind;

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
