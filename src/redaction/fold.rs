//! Folding: one plain spelling for what people (and keyboards, and evaders) write in many, with the way back.
//!
//! Digits of every script, full-width forms and look-alike letters become ASCII, accents and invisible characters
//! disappear, spaces and dashes become plain ones. Rules read the folded text; their spans are mapped back.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::Span;
use super::lexer::offset;

/// A text as the rules read it.
pub(super) struct Folded<'a> {
    /// The folded text. Beyond ASCII it holds letters only.
    pub(super) text: Cow<'a, str>,
    /// For each byte of the folded text the byte offset of its origin, and at the end the length of the original; empty
    /// where nothing was folded.
    origins: Vec<u32>,
}

impl<'a> Folded<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        if text.is_ascii() && !text.bytes().any(is_control) {
            return Self {
                text: Cow::Borrowed(text),
                origins: Vec::new(),
            };
        }
        let mut folded = String::with_capacity(text.len());
        let mut origins = Vec::with_capacity(text.len() + 1);
        let mut rest = text;
        while !rest.is_empty() {
            let at = offset(text.len() - rest.len());
            let plain = rest
                .bytes()
                .take_while(|byte| byte.is_ascii() && !is_control(*byte))
                .count();
            folded.push_str(&rest[..plain]);
            origins.extend(at..at + offset(plain));
            let mut behind = rest[plain..].chars();
            if let Some(character) = behind.next() {
                push_folded(character, &mut folded);
                origins.resize(folded.len(), at + offset(plain));
            }
            rest = behind.as_str();
        }
        origins.push(offset(text.len()));
        Self {
            text: Cow::Owned(folded),
            origins,
        }
    }

    /// Whether the rules read something else than what was written.
    pub(super) const fn changed(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }

    /// A span of the folded text as a span of the original; it takes in what was folded away behind its last character.
    pub(super) fn unfold(&self, span: Span) -> Span {
        if self.origins.is_empty() {
            return span;
        }
        let mut end = span.end;
        // One character may have become several.
        while end > span.start
            && end + 1 < self.origins.len()
            && self.origins[end] == self.origins[end - 1]
        {
            end += 1;
        }
        Span {
            start: self.origins[span.start] as usize,
            end: self.origins[end] as usize,
            ..span
        }
    }
}

/// Appends what `character`, which is beyond ASCII, folds to: nothing, itself, or its plain spelling.
fn push_folded(character: char, folded: &mut String) {
    if let Some(digit) = digit(character) {
        folded.push(char::from(b'0' + digit));
        return;
    }
    match character {
        // Full-width ASCII.
        '\u{ff01}'..='\u{ff5e}' => {
            folded.extend(char::from_u32(character as u32 - 0xfee0));
        }
        // Invisible: soft hyphen, zero-width and directional marks, joiners, variation selectors, tags; combining marks.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\0'..='\u{8}'
        | '\u{e}'..='\u{1f}'
        | '\u{7f}'..='\u{84}'
        | '\u{86}'..='\u{9f}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}'
        | '\u{300}'..='\u{36f}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' => {}
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{2043}' => {
            folded.push('-')
        }
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '´' => folded.push('\''),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => folded.push('"'),
        '\u{2024}' | '。' | '\u{ff61}' | '·' | '\u{2022}' => folded.push('.'),
        '€' | '£' | '¥' | '₹' => folded.push('$'),
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'Æ' => folded.push_str("AE"),
        'œ' => folded.push_str("oe"),
        'Œ' => folded.push_str("OE"),
        _ => match plain_letter(character) {
            Some(letter) => folded.push(letter),
            None if character.is_alphanumeric() => folded.push(character),
            None => folded.push(' '),
        },
    }
}

/// A control character of ASCII that is no white space.
const fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=31 | 127)
}

/// The value of a decimal digit of any script.
fn digit(character: char) -> Option<u8> {
    /// The zeros of scripts in use; the nine digits follow each.
    const ZEROS: [u32; 24] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
        0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
    ];
    let code = character as u32;
    let zero = ZEROS
        .iter()
        .rev()
        .find(|&&zero| zero <= code && code < zero + 10);
    let value = match (zero, code) {
        (Some(zero), _) => code - zero,
        // Superscript, subscript and circled digits.
        (None, 0x2070 | 0x2074..=0x2079) => code - 0x2070,
        (None, 0xb9) => 1,
        (None, 0xb2 | 0xb3) => code - 0xb0,
        (None, 0x2080..=0x2089) => code - 0x2080,
        (None, 0x2460..=0x2468) => code - 0x245f,
        (None, 0x24ea) => 0,
        _ => return None,
    };
    u8::try_from(value).ok()
}

/// The unaccented Latin letter that a letter is or looks like.
fn plain_letter(character: char) -> Option<char> {
    /// Accented Latin and the Cyrillic and Greek letters that cannot be told from Latin ones by eye.
    const TABLE: [(&str, char); 43] = [
        ("ÀÁÂÃÄÅĀĂĄΑА", 'A'),
        ("àáâãäåāăąа", 'a'),
        ("ÇĆĈĊČС", 'C'),
        ("çćĉċčс", 'c'),
        ("ĎĐ", 'D'),
        ("ďđ", 'd'),
        ("ÈÉÊËĒĔĖĘĚΕЕ", 'E'),
        ("èéêëēĕėęěе", 'e'),
        ("ĜĞĠĢ", 'G'),
        ("ĝğġģ", 'g'),
        ("ĤĦΗН", 'H'),
        ("ĥħ", 'h'),
        ("ÌÍÎÏĨĪĬĮİΙІ", 'I'),
        ("ìíîïĩīĭįıі", 'i'),
        ("Ј", 'J'),
        ("ј", 'j'),
        ("ĶΚК", 'K'),
        ("ķ", 'k'),
        ("ĹĻĽŁ", 'L'),
        ("ĺļľł", 'l'),
        ("ΜМ", 'M'),
        ("ÑŃŅŇΝ", 'N'),
        ("ñńņň", 'n'),
        ("ÒÓÔÕÖØŌŎŐΟО", 'O'),
        ("òóôõöøōŏőοо", 'o'),
        ("ΡР", 'P'),
        ("р", 'p'),
        ("ŔŖŘ", 'R'),
        ("ŕŗř", 'r'),
        ("ŚŜŞŠЅ", 'S'),
        ("śŝşšѕ", 's'),
        ("ŢŤΤТ", 'T'),
        ("ţť", 't'),
        ("ÙÚÛÜŨŪŬŮŰŲ", 'U'),
        ("ùúûüũūŭůűų", 'u'),
        ("ŴẀẂẄ", 'W'),
        ("ŵẁẃẅ", 'w'),
        ("ΧХ", 'X'),
        ("х", 'x'),
        ("ÝŶŸΥ", 'Y'),
        ("ýÿŷу", 'y'),
        ("ŹŻŽΖ", 'Z'),
        ("źżž", 'z'),
    ];
    /// All of the table lies in this range.
    const RANGE: std::ops::RangeInclusive<char> = '\u{c0}'..='\u{1e85}';
    /// The plain letter by place in the range; 0 where there is none.
    static BY_CHARACTER: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut plain = vec![0; RANGE.count()];
        for (letters, letter) in TABLE {
            for alike in letters.chars() {
                plain[alike as usize - *RANGE.start() as usize] = letter as u8;
            }
        }
        plain
    });
    let place = (character as usize).checked_sub(*RANGE.start() as usize)?;
    match BY_CHARACTER.get(place) {
        None | Some(0) => None,
        Some(&letter) => Some(letter.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::Kind;

    #[test]
    fn every_disguise_folds_to_plain_text() {
        for (text, folded) in [
            ("plain", "plain"),
            (
                "\u{ff15}\u{ff15}\u{ff15} \u{661}\u{662} \u{966}\u{1d7d8}",
                "555 12 00",
            ),
            ("5\u{200b}5\u{2060}5", "555"),
            ("a\u{a0}b\u{2009}c", "a b c"),
            ("12\u{2013}34\u{2212}5", "12-34-5"),
            ("José Jose\u{301} Straße", "Jose Jose Strasse"),
            // Cyrillic letters that look Latin.
            ("\u{440}\u{430}ul@ex\u{430}mple.com", "paul@example.com"),
            ("jo\u{ff20}example\u{ff0e}com", "jo@example.com"),
            ("漢字 ok 😀!", "漢字 ok  !"),
            // Control characters and fillers that nobody sees, and white space.
            ("5\u{1}5\u{7f}5\t5\r\n5", "555\t5\r\n5"),
            ("5\u{3164}5\u{ffa0}5\u{9b}5", "5555"),
        ] {
            assert_eq!(Folded::new(text).text, folded, "{text:?}");
        }
    }

    #[test]
    fn spans_are_mapped_back() {
        let text = "x 5\u{200b}5\u{301}! é";
        let folded = Folded::new(text);
        assert_eq!(folded.text, "x 55! e");
        let span = folded.unfold(Span {
            start: 2,
            end: 4,
            kind: Kind::Pin,
            rule: "test",
        });
        assert_eq!(&text[span.start..span.end], "5\u{200b}5\u{301}");
    }
}
