//! A message as the rules see it: tokens, and what surrounds each.

use super::class::Class;
use super::glance::Glance;
use super::lexer::{Case, Form, Token};
use super::{Kind, Span};

/// One message, cut into tokens.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    /// The message, folded.
    text: &'a str,
    /// The tokens, in order.
    pub(super) tokens: &'a [Token],
    /// Their sum.
    pub(super) glance: Glance,
    /// Whether the conversation is in English, so that a word in no dictionary is a name or a code.
    pub(super) english: bool,
    /// Whether there is a digit in the message, in figures or in words; without one there is no number.
    pub(super) numeric: bool,
    /// Whether the message has both capitals and small letters, so that a capital says something.
    pub(super) cased: bool,
}

impl<'a> Reading<'a> {
    pub(super) const fn new(
        text: &'a str,
        tokens: &'a [Token],
        glance: Glance,
        english: bool,
    ) -> Self {
        const SHORT: u32 = 4;
        /// Words that only a sentence has: where "My Name Is" is written so, capitals say nothing.
        const SAID: Class = Class::FILLER.or(Class::REQUEST).or(Class::LINK);
        Self {
            text,
            tokens,
            glance,
            english,
            numeric: glance.digits > 0 || glance.classes.is(Class::DIGIT),
            cased: glance.capital
                && (glance.lower || glance.words <= SHORT || !glance.classes.is(SAID)),
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&'a Token> {
        self.tokens.get(index)
    }

    /// The token at `index` as it is written.
    pub(super) fn written(&self, index: usize) -> &'a str {
        let token = &self.tokens[index];
        &self.text[token.start as usize..token.end as usize]
    }

    /// What stands between the token at `index` and the next, which there must be.
    pub(super) fn gap(&self, index: usize) -> &'a str {
        let [left, right] = [index, index + 1].map(|at| &self.tokens[at]);
        &self.text[left.end as usize..right.start as usize]
    }

    /// The token before `index`.
    pub(super) fn before(&self, index: usize) -> Option<&'a Token> {
        self.tokens.get(index.checked_sub(1)?)
    }

    /// Whether nothing stands between the token at `index` and the next.
    pub(super) fn touches_next(&self, index: usize) -> bool {
        match self.tokens.get(index..index + 2) {
            Some([left, right]) => left.end == right.start,
            _ => false,
        }
    }

    /// Whether a sentence begins at `index`.
    pub(super) fn begins_sentence(&self, index: usize) -> bool {
        self.before(index).is_none_or(Token::ends_sentence)
    }

    /// Whether the token at `index` is written with a capital where that says something.
    pub(super) fn capital(&self, index: usize) -> bool {
        self.cased && self.tokens[index].case != Case::Lower
    }

    /// Whether the word at `index` is in the dictionary, or so short that it says nothing.
    pub(super) fn ordinary(&self, index: usize) -> bool {
        const WORDS: Class = Class::ENGLISH
            .or(Class::FILLER)
            .or(Class::CONNECTOR)
            .or(Class::STOP)
            .or(Class::UNIT)
            .or(Class::MONTH)
            .or(Class::REQUEST)
            .or(Class::NEUTRAL);
        let token = &self.tokens[index];
        token.is(WORDS) || token.len() < 2
    }

    /// An unknown word of a conversation in English: a name, a code, a mistake.
    pub(super) fn unknown(&self, index: usize) -> bool {
        let Some(token) = self.get(index) else {
            return false;
        };
        self.english
            && token.is_word()
            && token.len() >= 3
            && !self.ordinary(index)
            && !token.is(Class::CUE
                .or(Class::GREETING)
                .or(Class::TITLE)
                .or(Class::AMBIGUOUS))
    }

    /// Whether the token at `index` is preceded by a currency sign.
    pub(super) fn is_amount(&self, index: usize) -> bool {
        self.before(index).is_some_and(|token| token.is_mark(b'$'))
    }

    /// The tokens from `start` up to `end` as a span.
    pub(super) fn span(&self, start: usize, end: usize, kind: Kind, rule: &'static str) -> Span {
        debug_assert!(start < end, "a span of nothing, by {rule}");
        Span {
            start: self.tokens[start].start as usize,
            end: self.tokens[end - 1].end as usize,
            kind,
            rule,
        }
    }

    /// The first token from `index` on that is no filler and no mark; `None` at the end of the message.
    pub(super) fn skip_fillers(&self, mut index: usize) -> Option<usize> {
        loop {
            let token = self.get(index)?;
            let skipped = matches!(token.form, Form::Mark | Form::Break)
                || (token.is(Class::FILLER) && !self.is_capital_name(index));
            if !skipped {
                return Some(index);
            }
            index += 1;
        }
    }

    fn is_capital_name(&self, index: usize) -> bool {
        self.tokens[index].is(Class::PLAIN_NAME) && self.capital(index)
    }
}
