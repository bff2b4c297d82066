//! From folded text to tokens: one pass that cuts, lower-cases, hashes and looks up.

use super::class::Class;
use super::glance::Glance;
use super::hash::{HIGH, SEED, STEP, eight, finish, hash_word, lanes, letters, stir};
use super::labels::label_end;
use super::words::Words;

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Letters.
    Word,
    /// Digits.
    Number,
    /// Letters and digits.
    Mixed,
    /// A character that is neither, once or several times in a row.
    Mark,
    /// A line break.
    Break,
    /// A label in brackets or a run of X, as a redactor leaves it.
    Label,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Begins in lower case, or has no case.
    Lower,
    /// Begins with a capital.
    Capital,
    /// Two or more letters, all capitals.
    Upper,
}

/// A token of the folded text; byte offsets, end exclusive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Of the word; of a compound that names a number, that of the one word for all of them.
    pub(super) hash: u64,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) class: Class,
    pub(super) form: Form,
    pub(super) case: Case,
    /// The character, for a mark.
    pub(super) mark: u8,
    /// Number of digits, at most 255.
    pub(super) digits: u8,
}

impl Token {
    pub(super) const fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    pub(super) const fn is(&self, class: Class) -> bool {
        self.class.is(class)
    }

    pub(super) const fn is_mark(&self, mark: u8) -> bool {
        matches!(self.form, Form::Mark) && self.mark == mark
    }

    pub(super) const fn is_word(&self) -> bool {
        matches!(self.form, Form::Word)
    }

    /// What begins cues of several words is an ordinary word where no second one follows: "new" begins "new address", and
    /// "new ridge road" is a street.
    fn drop_cue_before(&mut self, next: Option<&Self>) {
        // Only words have a class.
        let goes_on = |next: &Self| {
            next.is(Class::CUE_SECOND)
                || next.digits > 0
                || next.is_mark(b'-')
                // "d.o.b."
                || next.is_mark(b'.') && self.len() == 1
        };
        if self.is(Class::CUE) && !self.is(Class::CUE_WHOLE) && !next.is_some_and(goes_on) {
            self.class = self.class.without(Class::CUE);
        }
    }

    /// Whether a sentence ends here.
    pub(super) fn ends_sentence(&self) -> bool {
        match self.form {
            Form::Break => true,
            Form::Mark => matches!(self.mark, b'.' | b'!' | b'?' | b';'),
            _ => false,
        }
    }
}

/// Appends the tokens of `text` to `tokens`. White space leaves no token, and neither does an apostrophe in a word.
pub(super) fn lex(text: &str, words: &Words, tokens: &mut Vec<Token>) -> Glance {
    let start = tokens.len();
    let mut glance = cut(text, words, tokens);
    // Looked up apart: where a word stands in the table does not wait for the text, nor the text for the table.
    let tokens = &mut tokens[start..];
    for index in 0..tokens.len() {
        let token = &mut tokens[index];
        if token.is_word() {
            token.class = words.class(token.hash);
            if token.class == Class::default() && is_number_compound(text, token) {
                token.hash = hash_word(NUMBER_COMPOUND);
                token.class = words.class(token.hash);
            }
        }
        glance.see(token);
        let token = *token;
        if let Some(last) = index.checked_sub(1) {
            tokens[last].drop_cue_before(Some(&token));
        }
    }
    if let Some(last) = tokens.last_mut() {
        last.drop_cue_before(None);
    }
    glance
}

/// The word for which every compound of its kind stands.
const NUMBER_COMPOUND: &[u8] = b"kundennummer";

/// "Versicherungsscheinnummer": German and Dutch make a word of every number's name.
fn is_number_compound(text: &str, token: &Token) -> bool {
    const LEAST: usize = 10;
    let end = token.end as usize;
    token.len() >= LEAST && text.as_bytes()[end - 6..end].eq_ignore_ascii_case(b"nummer")
}

/// Appends the tokens of `text`, of which words have no class yet.
fn cut(text: &str, words: &Words, tokens: &mut Vec<Token>) -> Glance {
    let bytes = text.as_bytes();
    let mut glance = Glance::default();
    let mut at = 0;
    let mut run_start = 0;
    // Each kind of token is added where it is made: a choice of tokens that one line adds goes over the stack, byte by byte
    // there and in one piece from there, for which the processor waits.
    macro_rules! add {
        ($token:expr) => {{
            let token = $token;
            at = token.end as usize;
            tokens.push(token);
        }};
    }
    while let Some(&byte) = bytes.get(at) {
        match byte {
            0..=32 | 127 => {
                glance.longest_run = glance.longest_run.max(at - run_start);
                run_start = at + 1;
                at += 1;
                if matches!(byte, b'\n' | b'\r') {
                    add!(mark(Form::Break, at - 1, at, byte));
                }
            }
            b'[' => match label_end(bytes, at, words) {
                Some(end) => {
                    let digits = bytes[at..end].iter().filter(|byte| byte.is_ascii_digit());
                    glance.digits += digits.count();
                    add!(mark(Form::Label, at, end, b'['));
                }
                None => add!(mark(Form::Mark, at, at + 1, byte)),
            },
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 128.. => {
                let run = Run::of(bytes, at);
                if run.is_plain_word(byte) {
                    add!(run.word(bytes, at));
                } else {
                    add!(run.number_or_code(bytes, at, words));
                }
            }
            b'\'' if inside_a_word(bytes, at) => at += 1,
            _ => add!(mark(Form::Mark, at, run_of(bytes, at), byte)),
        }
    }
    glance.longest_run = glance.longest_run.max(bytes.len() - run_start);
    glance
}

/// The end of a run of one mark: "..." is one token, and so is a mebibyte of at signs. Brackets stand by themselves.
fn run_of(bytes: &[u8], start: usize) -> usize {
    let byte = bytes[start];
    if matches!(byte, b'(' | b')' | b']') {
        return start + 1;
    }
    let run = bytes[start..].iter().take_while(|other| **other == byte);
    start + run.count()
}

fn inside_a_word(bytes: &[u8], at: usize) -> bool {
    let letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_alphabetic)
    };
    letter(at.checked_sub(1)) && letter(at.checked_add(1))
}

fn mark(form: Form, start: usize, end: usize, mark: u8) -> Token {
    Token {
        hash: u64::from(mark),
        start: offset(start),
        end: offset(end),
        class: Class::default(),
        form,
        case: Case::Lower,
        mark,
        digits: 0,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a message is far below 4 GiB: answers of the API are bounded"
)]
pub(super) const fn offset(at: usize) -> u32 {
    at as u32
}

/// A run of letters and digits. What is beyond ASCII is a letter.
struct Run {
    length: usize,
    hash: u64,
    has_digit: bool,
    has_small: bool,
}

impl Run {
    /// Eight bytes in each step, and no branch on any of them: that a word ends is what a processor cannot foresee.
    fn of(bytes: &[u8], start: usize) -> Self {
        let (mut length, mut hash, mut digits, mut small) = (0, SEED, 0, 0);
        while start + length < bytes.len() {
            let eight = eight(bytes, start + length);
            let figures = lanes(eight, b'0', b'9');
            let letters = letters(eight);
            let ends = !(figures | letters | eight) & HIGH;
            let here = ends.trailing_zeros() as usize / STEP;
            if here == 0 {
                break;
            }
            let inside = u64::MAX >> (64 - 8 * here);
            digits |= figures & inside;
            // The bit that tells small letters from capitals, moved to the lane's highest.
            small |= (letters & eight << 2 | eight & HIGH) & inside;
            hash = stir(hash, eight & inside, letters & inside);
            length += here;
            if here < STEP {
                break;
            }
        }
        Self {
            length,
            hash: finish(hash, length),
            has_digit: digits != 0,
            has_small: small != 0,
        }
    }

    /// Whether it can be nothing but a word.
    const fn is_plain_word(&self, first: u8) -> bool {
        !self.has_digit && !matches!(first, b'x' | b'X')
    }

    fn word(&self, bytes: &[u8], start: usize) -> Token {
        Token {
            hash: self.hash,
            start: offset(start),
            end: offset(start + self.length),
            class: Class::default(),
            form: Form::Word,
            case: case(bytes[start], self.length, self.has_small),
            mark: 0,
            digits: 0,
        }
    }

    /// Apart from `word`, which is a tenth faster without it.
    #[inline(never)]
    fn number_or_code(&self, bytes: &[u8], start: usize, words: &Words) -> Token {
        let hash = self.hash;
        let end = start + self.length;
        let token = &bytes[start..end];
        let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
        let form = match digits {
            0 if is_masked(token) => Form::Label,
            0 => Form::Word,
            digits if digits == self.length => Form::Number,
            digits if is_swapped(token, digits) => Form::Number,
            _ => Form::Mixed,
        };
        let counted = match form {
            Form::Number => self.length,
            _ => digits,
        };
        Token {
            hash,
            start: offset(start),
            end: offset(end),
            class: match form {
                Form::Mixed => measure(token, words),
                _ => Class::default(),
            },
            form,
            case: case(token[0], self.length - digits, self.has_small),
            mark: 0,
            digits: u8::try_from(counted).unwrap_or(u8::MAX),
        }
    }
}

const fn case(first: u8, letters: usize, small: bool) -> Case {
    match (first.is_ascii_uppercase(), small) {
        (_, false) if letters >= 2 => Case::Upper,
        (true, _) => Case::Capital,
        (false, _) => Case::Lower,
    }
}

/// "XXXX": a masked number.
fn is_masked(token: &[u8]) -> bool {
    token.len() >= 3 && token.iter().all(|byte| matches!(byte, b'x' | b'X'))
}

/// "4O8", "l222": a number in which letters stand for the digits they look like.
fn is_swapped(token: &[u8], digits: usize) -> bool {
    const SHORTEST: usize = 3;
    token.len() >= SHORTEST
        && digits * 2 > token.len()
        && token
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'o' | b'O' | b'l' | b'I'))
}

/// The unit in "7pm" and "12th".
fn measure(token: &[u8], words: &Words) -> Class {
    let letters = token.iter().position(u8::is_ascii_alphabetic).unwrap_or(0);
    let unit = &token[letters..];
    if letters > 0
        && unit.iter().all(u8::is_ascii_alphabetic)
        && words.class(hash_word(unit)).is(Class::UNIT)
    {
        Class::UNIT
    } else {
        Class::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<(&str, Form)> {
        let mut tokens = Vec::new();
        lex(text, Words::builtin(), &mut tokens);
        tokens
            .iter()
            .map(|token| (&text[token.start as usize..token.end as usize], token.form))
            .collect()
    }

    #[test]
    fn a_word_has_one_hash_wherever_it_stands() {
        for word in [
            "a",
            "Alice",
            "exactly8",
            "somewhat longer",
            "Zoë",
            "@[`{AZaz",
        ] {
            let hash = hash_word(word.as_bytes());
            let lower = word.to_ascii_lowercase();
            assert_eq!(hash_word(lower.as_bytes()), hash, "{word}");
        }
        for word in [
            "a",
            "Alice",
            "exactly8",
            "SixteenSixteen16",
            "Zoë",
            "ninety9lives",
        ] {
            for rest in ["", ", and more", "\0", "@"] {
                let text = format!("#{word}{rest}");
                let run = Run::of(text.as_bytes(), 1);
                assert_eq!(run.length, word.len(), "{text}");
                assert_eq!(run.hash, hash_word(word.as_bytes()), "{text}");
                assert_eq!(
                    run.has_digit,
                    word.bytes().any(|byte| byte.is_ascii_digit())
                );
                assert!(run.has_small, "{text}");
            }
        }
        assert!(!Run::of(b"AB1 x", 0).has_small);
        assert_ne!(hash_word(b"@"), hash_word(b"`"));
    }

    #[test]
    fn text_is_cut_into_tokens() {
        assert_eq!(
            forms("I'm ab12, 34\n[card number] XXXX é!"),
            [
                ("I", Form::Word),
                ("m", Form::Word),
                ("ab12", Form::Mixed),
                (",", Form::Mark),
                ("34", Form::Number),
                ("\n", Form::Break),
                ("[card number]", Form::Label),
                ("XXXX", Form::Label),
                ("é", Form::Word),
                ("!", Form::Mark),
            ]
        );
    }
}
