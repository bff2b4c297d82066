//! Recognition by shape alone.

use std::net::{Ipv4Addr, Ipv6Addr};

use regex::Regex;

use super::glance::Glance;
use super::secrets::Secrets;
use super::{Kind, Span, iban, numbers};

/// The compiled patterns. Every pattern is linear in the length of the text.
pub(super) struct Shapes {
    tutorial: Regex,
    email: Regex,
    ipv4: Regex,
    ipv6: Regex,
    iban_start: Regex,
    secrets: Secrets,
}

impl Shapes {
    pub(super) fn new() -> Self {
        Self {
            // The tutorial's own pattern, letter for letter, with JavaScript's ASCII meaning of \b, \d and \w. It runs
            // beside the wider rules so that whatever it would redact is redacted whatever becomes of them.
            tutorial: compile(r"(?-u)(\b\d{3}[-.]?\d{3}[-.]?\d{4}\b)|[\w.-]+@[\w.-]+\.\w{2,}"),
            // Letters of any script and the characters that RFC 5322 allows unquoted in a local part.
            email: compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\.\w{2,}"),
            ipv4: compile(r"(?-u:\b)\d{1,3}(?:\.\d{1,3}){3}(?-u:\b)"),
            ipv6: compile(r"(?i-u)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}"),
            iban_start: compile(r"(?i-u)\b[a-z]{2}\d{2}"),
            secrets: Secrets::new(),
        }
    }

    /// Adds all spans of personal data in `text`, in no order, overlapping where rules do.
    pub(super) fn find(&self, text: &str, glance: &Glance, spans: &mut Vec<Span>) {
        /// Digits of the shortest number or IBAN that is found by its shape, of the tutorial's phone number, of an IPv4 address.
        const SHORTEST: usize = 7;
        const TUTORIAL: usize = 10;
        const IPV4: usize = 4;
        // Most messages have neither digits nor an at sign, and then none of the rules can match.
        let (digits, at_sign) = (glance.digits, glance.has(b'@'));
        if at_sign || digits >= TUTORIAL {
            self.find_tutorial(text, spans);
        }
        if at_sign {
            spans.extend(found(&self.email, text, Kind::Email, "email"));
        }
        if digits >= SHORTEST {
            let ibans: Vec<Span> = self
                .iban_start
                .find_iter(text)
                .filter_map(|start| iban::at(text, start.start()))
                .collect();
            let mut numbers = Vec::new();
            numbers::find(text, &mut numbers);
            // Some groups of an IBAN have the form of a phone number.
            numbers.retain(|number| {
                let iban = ibans.partition_point(|iban| iban.end < number.end);
                ibans.get(iban).is_none_or(|iban| number.start < iban.start)
            });
            spans.extend(numbers);
            spans.extend(ibans);
        }
        if digits >= IPV4 && glance.has(b'.') {
            self.find_ipv4(text, spans);
        }
        self.secrets.find(text, glance, spans);
        if glance.has(b':') {
            self.find_ipv6(text, spans);
        }
    }

    /// What the tutorial's own pattern finds.
    pub(super) fn find_tutorial(&self, text: &str, spans: &mut Vec<Span>) {
        spans.extend(self.tutorial.find_iter(text).map(|found| {
            // Only its phone alternative can be without an at sign.
            let email = found.as_str().contains('@');
            Span {
                start: found.start(),
                end: found.end(),
                kind: if email { Kind::Email } else { Kind::Phone },
                rule: if email { "email" } else { "phone_tutorial" },
            }
        }));
    }

    fn find_ipv4(&self, text: &str, spans: &mut Vec<Span>) {
        spans.extend(found(&self.ipv4, text, Kind::Ip, "ipv4").filter(|span| {
            let before = text[..span.start].bytes().next_back();
            let mut after = text[span.end..].bytes();
            // "1.2.3.4.5" is no address, "1.2.3.4." ends a sentence.
            let longer_dotted = before == Some(b'.')
                || (after.next() == Some(b'.') && after.next().is_some_and(|b| b.is_ascii_digit()));
            !longer_dotted && is_ipv4(&text[span.start..span.end])
        }));
    }

    fn find_ipv6(&self, text: &str, spans: &mut Vec<Span>) {
        for found in self.ipv6.find_iter(text) {
            let (mut start, mut end) = (found.start(), found.end());
            // "IP:2001:db8::1: that's me": a colon beside an address belongs to the sentence.
            while text[start..end].starts_with(':') && !text[start..end].starts_with("::") {
                start += 1;
            }
            while text[start..end].ends_with(':') && !text[start..end].ends_with("::") {
                end -= 1;
            }
            let address = &text[start..end];
            // "::" is a valid address and a common piece of punctuation.
            if address.len() > 4
                && address.bytes().any(|byte| byte.is_ascii_hexdigit())
                && address.parse::<Ipv6Addr>().is_ok()
            {
                spans.push(Span {
                    start,
                    end,
                    kind: Kind::Ip,
                    rule: "ipv6",
                });
            }
        }
    }
}

/// Leading zeros, which `Ipv4Addr` refuses, are written by people all the same.
fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
        || text
            .split('.')
            .all(|octet| octet.parse::<u16>().is_ok_and(|octet| octet <= 255))
}

fn found(
    pattern: &Regex,
    text: &str,
    kind: Kind,
    rule: &'static str,
) -> impl Iterator<Item = Span> {
    pattern.find_iter(text).map(move |found| Span {
        start: found.start(),
        end: found.end(),
        kind,
        rule,
    })
}

#[expect(
    clippy::expect_used,
    reason = "the patterns are constants that the tests compile"
)]
pub(super) fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern is valid")
}
