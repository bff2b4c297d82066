//! What machines write: keys, tokens, hardware addresses, web addresses that carry personal data.

use regex::Regex;

use super::glance::Glance;
use super::shapes::compile;
use super::{Kind, Span};

/// The compiled patterns.
pub(super) struct Secrets {
    key: Regex,
    mac: Regex,
    url: Regex,
    query: Regex,
}

impl Secrets {
    pub(super) fn new() -> Self {
        Self {
            // Prefixes as their issuers document them: OpenAI and Stripe, AWS, GitHub, GitLab, Slack, Google; JSON Web
            // Tokens (RFC 7519); PEM private keys (RFC 7468), to their end or as far as the message goes.
            key: compile(
                r"(?x-u)
                -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----(?su:.*?)(?:-----END\ [A-Z\ ]*PRIVATE\ KEY-----|\z)
                | \b(?:sk|pk|rk)[-_](?:live_|test_|proj-)?[A-Za-z0-9_-]{16,}
                | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
                | \bgh[pousr]_[A-Za-z0-9]{20,}
                | \bglpat-[A-Za-z0-9_-]{16,}
                | \bxox[abeoprs]-[A-Za-z0-9-]{10,}
                | \bAIza[A-Za-z0-9_-]{30,}
                | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
            ),
            mac: compile(
                r"(?i-u)\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b|\b[0-9a-f]{2}(?:-[0-9a-f]{2}){5}\b",
            ),
            url: compile(r"(?i)(?-u:\b)[a-z][a-z0-9+.-]{1,10}://[^\s/@:]+:[^\s/@]+@[^\s]+"),
            query: compile(
                r"(?ix)[?&;](?:e-?mail|phone|mobile|tel|name|first_?name|last_?name|user(?:name)?|login|password|pass|pwd|token|access_token
                |key|api_?key|secret|session(?:id)?|sid|auth|signature|sig|ssn|dob|address|zip|account|customer(?:_?id)?|code)=([^\s&\#;]+)",
            ),
        }
    }

    /// Adds what is found. Every pattern has a gate that most messages do not pass.
    pub(super) fn find(&self, text: &str, glance: &Glance, spans: &mut Vec<Span>) {
        /// The shortest run without a space that can be a key.
        const SHORTEST: usize = 14;
        let hyphen = glance.has(b'-');
        if glance.longest_run < SHORTEST && !(hyphen && text.contains("-----BEGIN")) {
            return;
        }
        let whole = |pattern: &Regex, kind, rule, spans: &mut Vec<Span>| {
            spans.extend(pattern.find_iter(text).map(|found| Span {
                start: found.start(),
                end: found.end(),
                kind,
                rule,
            }));
        };
        whole(&self.key, Kind::Secret, "key", spans);
        if hyphen || glance.has(b':') {
            whole(&self.mac, Kind::MacAddress, "mac", spans);
        }
        if glance.has(b':') && text.contains("://") {
            whole(&self.url, Kind::Url, "url_credentials", spans);
            tokens_in_links(text, spans);
        }
        if glance.has(b'=') {
            spans.extend(
                self.query
                    .captures_iter(text)
                    .filter_map(|found| found.get(1))
                    .map(|value| Span {
                        start: value.start(),
                        end: value.end(),
                        kind: Kind::Url,
                        rule: "url_query",
                    }),
            );
        }
    }
}

/// What a link is good for: parts of its path and its query that nobody would think of ("/s/8e1c-44QZ-x17a", "?t=9fK2xQ7LmZ0p").
fn tokens_in_links(text: &str, spans: &mut Vec<Span>) {
    let mut from = 0;
    while let Some(found) = text[from..].find("://") {
        let start = from + found + 3;
        let link = text[start..]
            .find(char::is_whitespace)
            .map_or(&text[start..], |length| &text[start..start + length]);
        let mut at = start;
        // The host is no secret.
        for (number, part) in link.split(['/', '?', '&', '=', '#', ';']).enumerate() {
            let part_end = at + part.len();
            if number > 0 && is_random(part) {
                spans.push(Span {
                    start: at,
                    end: part_end,
                    kind: Kind::Url,
                    rule: "url_token",
                });
            }
            at = part_end + 1;
        }
        from = start + link.len();
    }
}

/// Whether letters and digits alternate as they do in no word, no number and no list of them.
fn is_random(part: &str) -> bool {
    const SHORTEST: usize = 10;
    const LEAST_TURNS: usize = 4;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'%');
    let turns = |word: &str| {
        let pairs = word.as_bytes().windows(2);
        pairs
            .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
            .count()
    };
    if part.len() < SHORTEST || !part.bytes().all(plain) {
        return false;
    }
    let words = part.split(['-', '_', '%']).map(turns);
    let (most, all) = words.fold((0, 0), |(most, all), turns| (turns.max(most), all + turns));
    most > 1 && all >= LEAST_TURNS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::lexer::lex;
    use crate::redaction::words::Words;

    #[test]
    fn what_machines_write_is_found() {
        let secrets = Secrets::new();
        for (text, expected) in [
            (
                "key sk_live_abcdefghij0123456789 ok",
                "sk_live_abcdefghij0123456789",
            ),
            ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
            (
                "ghp_abcdefghijklmnopqrstuvwxyz012345",
                "ghp_abcdefghijklmnopqrstuvwxyz012345",
            ),
            (
                "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln now",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIB",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIB",
            ),
            ("mac 00:1A:2b:3c:4D:5e!", "00:1A:2b:3c:4D:5e"),
            ("mac 00-1A-2b-3c-4D-5e", "00-1A-2b-3c-4D-5e"),
            (
                "see https://jo:pw@example.com/x ok",
                "https://jo:pw@example.com/x",
            ),
            (
                "https://example.com/r?lang=en&email=jo%40example.com&x=1",
                "jo%40example.com",
            ),
        ] {
            let mut spans = Vec::new();
            let glance = lex(text, Words::builtin(), &mut Vec::new());
            secrets.find(text, &glance, &mut spans);
            let found: Vec<&str> = spans
                .iter()
                .map(|span| &text[span.start..span.end])
                .collect();
            assert_eq!(found, [expected], "{text:?}");
        }
    }

    #[test]
    fn plain_addresses_and_words_survive() {
        let secrets = Secrets::new();
        for text in [
            "https://example.com/help?lang=en&page=2",
            "a-well-known-state-of-the-art-thing",
            "risk_assessment_of_things",
        ] {
            let mut spans = Vec::new();
            let glance = lex(text, Words::builtin(), &mut Vec::new());
            secrets.find(text, &glance, &mut spans);
            assert!(spans.is_empty(), "{text:?}");
        }
    }
}
