//! Builds the redacted text and the findings that say where it was changed.

use super::{Kind, Span};

/// What stands in the place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// `[REDACTED]`, whatever the value was.
    Plain,
    /// The kind of the value: `[EMAIL]`.
    Typed,
}

impl Replacement {
    const fn text(self, kind: Kind) -> &'static str {
        match self {
            Self::Plain => "[REDACTED]",
            Self::Typed => kind.placeholder(),
        }
    }
}

/// One replacement: what was found, by which rule, and where its placeholder stands in the redacted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of personal data.
    pub kind: Kind,
    /// The name of the rule that found it.
    pub rule: &'static str,
    /// Offset of the placeholder's first code point in the redacted text.
    pub start: usize,
    /// Offset behind the placeholder's last code point.
    pub end: usize,
    /// Where the value stood in the raw text, in bytes.
    pub raw: std::ops::Range<usize>,
}

/// A redacted text with its findings, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The text with every found value replaced.
    pub text: String,
    /// One entry per replaced value.
    pub findings: Vec<Finding>,
}

impl Redacted {
    /// A text in which nothing was found.
    pub(super) fn unchanged(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            findings: Vec::new(),
        }
    }
}

/// Where spans of the redacted text (sorted, apart) lie in the original, of which `spans` were replaced; they take in
/// whole what they touch of a placeholder.
pub(super) fn trace_back(found: &[Span], redacted: &Redacted, spans: &[Span]) -> Vec<Span> {
    // Original and redacted text in step: where each placeholder stands in bytes of either.
    let mut places: Vec<(usize, usize, Span)> = Vec::with_capacity(spans.len());
    let (mut original, mut published) = (0, 0);
    for (span, finding) in spans.iter().zip(&redacted.findings) {
        published += span.start - original;
        // Placeholders are ASCII: their code points are their bytes.
        let end = published + (finding.end - finding.start);
        places.push((published, end, *span));
        published = end;
        original = span.end;
    }
    // A position outside of placeholders is as far behind the placeholder before it as in the original.
    let outside = |position: usize, behind: usize| {
        let before = behind
            .checked_sub(1)
            .map_or((0, 0), |last| (places[last].1, places[last].2.end));
        before.1 + (position - before.0)
    };
    found
        .iter()
        .map(|span| {
            let first = places.partition_point(|place| place.1 <= span.start);
            let last = places.partition_point(|place| place.0 < span.end);
            let start = match places.get(first) {
                Some(place) if place.0 < span.start || (first < last && place.0 == span.start) => {
                    place.2.start
                }
                _ => outside(span.start, first),
            };
            let end = match last.checked_sub(1).map(|last| places[last]) {
                Some(place) if span.end <= place.1 => place.2.end,
                _ => outside(span.end, last),
            };
            Span {
                start,
                end,
                ..*span
            }
        })
        .collect()
}

/// Replaces `spans` (sorted, not overlapping) of `text`.
pub(super) fn apply(text: &str, spans: &[Span], replacement: Replacement) -> Redacted {
    let mut output = String::with_capacity(text.len() + spans.len() * 8);
    let mut findings = Vec::with_capacity(spans.len());
    let mut copied = 0;
    let mut code_points = 0;
    for span in spans {
        let kept = &text[copied..span.start];
        output.push_str(kept);
        code_points += kept.chars().count();
        let placeholder = replacement.text(span.kind);
        output.push_str(placeholder);
        let start = code_points;
        // Placeholders are ASCII: bytes are code points.
        code_points += placeholder.len();
        findings.push(Finding {
            kind: span.kind,
            rule: span.rule,
            start,
            end: code_points,
            raw: span.start..span.end,
        });
        copied = span.end;
    }
    output.push_str(&text[copied..]);
    Redacted {
        text: output,
        findings,
    }
}
