//! Names of users that need no cue: "@kiki_87".

use super::class::Class;
use super::lexer::Form;
use super::reading::Reading;
use super::{Kind, Span, codes};

/// Adds the handles of a message.
pub(super) fn find(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    for (index, token) in reading.tokens.iter().enumerate() {
        if !token.is_mark(b'@') || token.len() > 1 || is_glued(reading, index) {
            continue;
        }
        if let Some(end) = name(reading, index + 1).filter(|_| reading.touches_next(index)) {
            spans.push(reading.span(index, end, Kind::Username, "handle"));
        }
    }
}

/// Whether a word stands right before the sign, as in an e-mail address.
fn is_glued(reading: &Reading<'_>, index: usize) -> bool {
    reading
        .before(index)
        .is_some_and(|before| before.form != Form::Mark)
        && reading.touches_next(index - 1)
}

/// The end of the name of a user that begins at `start`; `None` for "@work" and "@gmail.com".
fn name(reading: &Reading<'_>, start: usize) -> Option<usize> {
    /// Ends of domains that are written behind a sign, without the name before it.
    const DOMAINS: [&str; 12] = [
        "com", "net", "org", "edu", "gov", "info", "co", "uk", "de", "fr", "es", "br",
    ];
    /// How accounts of a business end.
    const BUSINESS: [&str; 7] = [
        "help", "support", "care", "team", "shop", "store", "official",
    ];
    const SHORTEST: u32 = 3;
    let end = codes::joined(reading, start, b"._")?;
    let [first, last] = [start, end - 1].map(|at| &reading.tokens[at]);
    let plain = end == start + 1 && reading.ordinary(start);
    let domain = end > start + 1 && DOMAINS.contains(&reading.written(end - 1));
    let written = reading.written(end - 1).to_lowercase();
    let business = BUSINESS.iter().any(|ending| written.ends_with(ending));
    let length = last.end - first.start;
    (first.form != Form::Number
        && length >= SHORTEST
        && !plain
        && !domain
        && !business
        && !first.is(Class::MAIL_PROVIDER))
    .then_some(end)
}
