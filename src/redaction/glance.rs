//! What a message is made of, at a glance: the gates that spare most messages most rules. Gathered by the lexer.

use super::class::Class;
use super::lexer::{Case, Form, Token};

/// The sum of a message's tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Glance {
    /// What is known of any of its words.
    pub(super) classes: Class,
    /// Number of digits; of one run at most 255 are counted.
    pub(super) digits: usize,
    /// Whether a code of letters and digits is as long as a national number.
    pub(super) long_code: bool,
    /// Whether a word, number or code of eight characters and more is in no list.
    pub(super) long_stranger: bool,
    /// Whether a word with a capital is in no list.
    pub(super) stranger: bool,
    /// The longest run without white space, in bytes.
    pub(super) longest_run: usize,
    /// Whether words are written small, with a capital, and how many there are.
    pub(super) lower: bool,
    pub(super) capital: bool,
    pub(super) words: u32,
    /// Words of two letters and more, and those of them that are English.
    pub(super) long_words: u32,
    pub(super) english: u32,
    /// A bit for each ASCII character that is no letter, digit or blank.
    marks: u128,
}

impl Glance {
    /// Takes note of a token.
    pub(super) fn see(&mut self, token: &Token) {
        if !token.is_word() {
            self.see_other(token);
            return;
        }
        self.see_known(token);
        self.words += 1;
        self.lower |= token.case == Case::Lower;
        self.capital |= token.case == Case::Capital;
        self.stranger |= token.case == Case::Capital && token.class == Class::default();
        if token.len() > 1 {
            self.long_words += 1;
            self.english += u32::from(token.is(Class::ENGLISH));
        }
    }

    /// Apart, so that words, which most tokens are, are read fast.
    #[inline(never)]
    fn see_other(&mut self, token: &Token) {
        const LONG_CODE: usize = 9;
        match token.form {
            Form::Mark => self.marks |= 1 << (token.mark & 127),
            Form::Break => self.marks |= 1 << b'\n',
            Form::Label => {}
            form => {
                self.see_known(token);
                self.digits += usize::from(token.digits);
                self.long_code |= form == Form::Mixed && token.len() >= LONG_CODE;
            }
        }
    }

    fn see_known(&mut self, token: &Token) {
        const LONG_STRANGER: usize = 8;
        self.classes = self.classes.or(token.class);
        self.long_stranger |= token.len() >= LONG_STRANGER && token.class == Class::default();
    }

    /// Whether the mark occurs.
    pub(super) const fn has(&self, mark: u8) -> bool {
        self.marks & 1 << mark != 0
    }
}
