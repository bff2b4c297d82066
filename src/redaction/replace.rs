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
}

/// A redacted text with its findings, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// The text with every found value replaced.
    pub text: String,
    /// One entry per replaced value.
    pub findings: Vec<Finding>,
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
        });
        copied = span.end;
    }
    output.push_str(&text[copied..]);
    Redacted {
        text: output,
        findings,
    }
}
