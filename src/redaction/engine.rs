//! The passes over a conversation, and the scan of what came out of them.

use std::borrow::Cow;
use std::sync::Arc;

use super::asks::Ask;
use super::context::Context;
use super::fold::Folded;
use super::glance::Glance;
use super::labels::drop_labels;
use super::lexer::{self, Token};
use super::memory::Memory;
use super::merge::{complete_codes, merge};
use super::pieces::{self, Tail};
use super::policy::Rules;
use super::reading::Reading;
use super::replace::{self, Keyed, Replacement, Replacer};
use super::shapes::Shapes;
use super::words::Words;
use super::{Conversation, Redacted, RedactedConversation, Side, Span, Verdict, persons};

/// The redaction engine: compiled once, shared by all workers.
pub struct Engine {
    replacement: Replacement,
    shapes: Shapes,
    words: Arc<Words>,
    rules: Rules,
    keyed: Option<Keyed>,
}

/// What a pass found: one entry per turn, in offsets of the original text, sorted and apart.
struct Pass {
    spans: Vec<Vec<Span>>,
    /// What was expected before each turn and after it, and the number it ended with: what a later pass needs of a turn
    /// that it need not read again.
    states: Vec<(Ask, Ask, Option<Tail>)>,
    english: bool,
}

/// A message that has been read: folded, cut into tokens, and where they stand among all.
struct Text<'a> {
    folded: Folded<'a>,
    start: usize,
    end: usize,
    glance: Glance,
}

impl Text<'_> {
    fn reading<'a>(&'a self, tokens: &'a [Token], english: bool) -> Reading<'a> {
        let tokens = &tokens[self.start..self.end];
        Reading::new(&self.folded.text, tokens, self.glance, english)
    }
}

impl Engine {
    /// An engine with the built-in rules that replaces what it finds as `replacement` says.
    pub fn new(replacement: Replacement) -> Self {
        Self::with_rules(replacement, Rules::default(), None)
    }

    /// An engine with a user's own rules beside the built-in ones; pseudonyms are tokens that `keyed` makes, where it is
    /// given, and numbers within a conversation where not.
    pub fn with_rules(replacement: Replacement, rules: Rules, keyed: Option<Keyed>) -> Self {
        Self {
            replacement,
            shapes: Shapes::new(),
            words: Words::with_cues(rules.cues()),
            rules,
            keyed,
        }
    }

    /// Redacts the turns of `conversation` from `redact_from` on, and the names of those who take part.
    pub fn redact<'a>(&self, conversation: &Conversation<'_, 'a>) -> RedactedConversation<'a> {
        /// Each round finds what the one before uncovered; more than two are rare.
        const ROUNDS: usize = 4;
        let turns = conversation.turns;
        let mut memory = Memory::default();
        for name in conversation.participants {
            self.learn_participant(name, &mut memory);
        }
        let raw: Vec<(Side, &str)> = turns.iter().map(|turn| (turn.side, turn.text)).collect();
        let first = self.pass(&raw, &mut memory, None);
        let mut spans = first.spans.clone();
        let mut round = 0;
        loop {
            let mut replacer = self.replacer();
            // With the pseudonyms that the texts have.
            let names = conversation.participants.iter();
            let participants = names.map(|name| self.label(name, &mut replacer)).collect();
            let redacted: Vec<Redacted<'_>> = turns
                .iter()
                .zip(&spans)
                .map(|(turn, spans)| replace::apply(turn.text, spans, &mut replacer))
                .collect();
            let texts: Vec<(Side, &str)> = turns
                .iter()
                .zip(&redacted)
                .map(|(turn, redacted)| (turn.side, &*redacted.text))
                .collect();
            let residual = if spans.iter().all(Vec::is_empty) {
                // The texts are what the pass read, and that found nothing.
                vec![Vec::new(); turns.len()]
            } else {
                self.pass(&texts, &mut memory, Some((&first, &spans))).spans
            };
            round += 1;
            if round == ROUNDS || residual.iter().all(Vec::is_empty) {
                let verdicts = redacted
                    .into_iter()
                    .zip(residual)
                    .skip(conversation.redact_from)
                    .map(|(redacted, residual)| match residual.len() {
                        0 => Verdict::Redacted(redacted),
                        residual => Verdict::Withheld { residual },
                    })
                    .collect();
                return RedactedConversation {
                    verdicts,
                    participants,
                };
            }
            for ((redacted, residual), spans) in redacted.iter().zip(&residual).zip(&mut spans) {
                if !residual.is_empty() {
                    let more = replace::trace_back(residual, redacted, spans);
                    spans.extend(more);
                    *spans = merge(std::mem::take(spans));
                }
            }
        }
    }

    fn replacer(&self) -> Replacer<'_> {
        Replacer::new(self.replacement, &self.rules, self.keyed.as_ref())
    }

    /// Redacts a short string that is published beside the messages, such as a message's identifier: by shape, and names of
    /// persons; identifiers of 128 bits stay. `None` where it must be withheld.
    pub fn redact_label<'a>(&self, label: &'a str) -> Option<Cow<'a, str>> {
        self.label(label, &mut self.replacer())
    }

    fn label<'a>(&self, label: &'a str, replacer: &mut Replacer<'_>) -> Option<Cow<'a, str>> {
        let spans = self.label_spans(label);
        let redacted = replace::apply(label, &spans, replacer);
        (spans.is_empty() || self.label_spans(&redacted.text).is_empty()).then_some(redacted.text)
    }

    /// Whether nearly all words of a text are in the English dictionary, and there are enough of them to tell.
    pub fn is_english(&self, text: &str) -> bool {
        const ENOUGH: u32 = 8;
        let mut tokens = Vec::with_capacity(text.len() / 3);
        let glance = lexer::lex(text, &self.words, &mut tokens);
        glance.long_words >= ENOUGH && glance.english * 4 >= glance.long_words * 3
    }

    fn label_spans(&self, label: &str) -> Vec<Span> {
        let folded = Folded::new(label);
        let mut tokens = Vec::new();
        let mut spans = Vec::new();
        if is_identifier(label) {
            self.rules.find(&folded.text, &mut spans);
        } else {
            let glance = lexer::lex(&folded.text, &self.words, &mut tokens);
            self.shapes.find(&folded.text, &glance, &mut spans);
            self.rules.find(&folded.text, &mut spans);
            persons::find(
                &Reading::new(&folded.text, &tokens, glance, false),
                &mut spans,
            );
        }
        self.finish(&folded, label, &tokens, spans)
    }

    /// Spans of the folded text as spans of the original, sorted and apart, without what the policy leaves.
    fn finish(
        &self,
        folded: &Folded<'_>,
        text: &str,
        tokens: &[Token],
        spans: Vec<Span>,
    ) -> Vec<Span> {
        if self.rules.keeps_all() {
            return self.joined(folded, text, tokens, spans);
        }
        let mandatory = spans
            .iter()
            .copied()
            .filter(|span| span.kind.is_mandatory());
        let mandatory = self.joined(folded, text, tokens, mandatory.collect());
        let spans = self.joined(folded, text, tokens, spans);
        self.rules.keep(text, spans, &mandatory)
    }

    /// Spans of the folded text as spans of the original, sorted and apart.
    fn joined(
        &self,
        folded: &Folded<'_>,
        text: &str,
        tokens: &[Token],
        spans: Vec<Span>,
    ) -> Vec<Span> {
        let mut spans = merge(spans);
        drop_labels(tokens, &mut spans);
        complete_codes(tokens, &mut spans);
        for span in &mut spans {
            *span = folded.unfold(*span);
        }
        if folded.changed() {
            self.shapes.find_tutorial(text, &mut spans);
        }
        merge(spans)
    }

    fn learn_participant(&self, name: &str, memory: &mut Memory) {
        let folded = Folded::new(name);
        let mut tokens = Vec::new();
        let glance = lexer::lex(&folded.text, &self.words, &mut tokens);
        memory.learn_participant(&Reading::new(&folded.text, &tokens, glance, false));
    }

    fn read<'a>(&self, text: &'a str, tokens: &mut Vec<Token>) -> Text<'a> {
        let folded = Folded::new(text);
        let start = tokens.len();
        let glance = lexer::lex(&folded.text, &self.words, tokens);
        Text {
            folded,
            start,
            end: tokens.len(),
            glance,
        }
    }

    /// Reads a conversation from beginning to end, and then again for what the memory holds. A later pass knows the
    /// first and what was replaced since: turns that are as they were, and before which the same is expected, it takes as
    /// read.
    fn pass(
        &self,
        turns: &[(Side, &str)],
        memory: &mut Memory,
        before: Option<(&Pass, &[Vec<Span>])>,
    ) -> Pass {
        /// A token for so many bytes: more than there are, so that the memory is taken once.
        const BYTES_PER_TOKEN: usize = 3;
        let same = |turn: usize| {
            before
                .filter(|(_, replaced)| replaced[turn].is_empty())
                .map(|(first, _)| first)
        };
        let bytes = turns
            .iter()
            .enumerate()
            .map(|(turn, (_, text))| match same(turn) {
                Some(_) => 0,
                None => text.len(),
            });
        let mut tokens: Vec<Token> = Vec::with_capacity(bytes.sum::<usize>() / BYTES_PER_TOKEN);
        let read = |text, tokens: &mut Vec<Token>| self.read(text, tokens);
        // Of turns that may be taken as read, nothing.
        let mut texts: Vec<Option<Text<'_>>> = (turns.iter().enumerate())
            .map(|(turn, (_, text))| same(turn).is_none().then(|| read(text, &mut tokens)))
            .collect();
        let english = before.map_or_else(|| is_english(&texts), |(first, _)| first.english);

        let known = memory.len();
        let mut context = Context::new(&self.words);
        let mut states = Vec::with_capacity(turns.len());
        let mut spans: Vec<Vec<Span>> = Vec::with_capacity(turns.len());
        for (turn, (side, raw)) in turns.iter().enumerate() {
            let entry = context.ask;
            if let Some(state) = same(turn)
                .map(|first| first.states[turn])
                .filter(|state| state.0 == entry)
            {
                context.ask = state.1;
                states.push(state);
                spans.push(Vec::new());
                continue;
            }
            let text = texts[turn].get_or_insert_with(|| read(raw, &mut tokens));
            let reading = text.reading(&tokens, english);
            let folded = &text.folded.text;
            let mut here = Vec::new();
            self.shapes.find(folded, &text.glance, &mut here);
            self.rules.find(folded, &mut here);
            context.read(&reading, folded, *side, &mut here);
            for span in &here {
                memory.learn(&reading, folded, span);
            }
            states.push((entry, context.ask, Tail::of(&reading, folded)));
            spans.push(here);
        }
        let tails: Vec<(Side, Option<Tail>)> = turns
            .iter()
            .zip(&states)
            .map(|(turn, state)| (turn.0, state.2))
            .collect();
        pieces::find(&tails, &mut spans);
        let grown = memory.len() > known;
        if !memory.is_empty() {
            for (turn, text) in texts.iter_mut().enumerate() {
                if text.is_none() && !grown {
                    // As it was, and searched for all of the memory when it was read.
                    continue;
                }
                let text = text.get_or_insert_with(|| read(turns[turn].1, &mut tokens));
                let reading = text.reading(&tokens, english);
                memory.find(&reading, &text.folded.text, &mut spans[turn]);
            }
        }
        for (turn, (_, raw)) in turns.iter().enumerate() {
            let spans = &mut spans[turn];
            // What was taken as read can still end a value that began before.
            let text = match &mut texts[turn] {
                None if spans.is_empty() => continue,
                text => text.get_or_insert_with(|| read(raw, &mut tokens)),
            };
            if !spans.is_empty() || text.folded.changed() {
                let tokens = &tokens[text.start..text.end];
                *spans = self.finish(&text.folded, raw, tokens, std::mem::take(spans));
            }
        }
        Pass {
            spans,
            states,
            english,
        }
    }
}

/// Whether most words of a conversation are English.
fn is_english(texts: &[Option<Text<'_>>]) -> bool {
    let glances = texts.iter().flatten().map(|text| &text.glance);
    let (all, english) = glances.fold((0, 0), |(all, english), glance| {
        (all + glance.long_words, english + glance.english)
    });
    all > 0 && english * 2 >= all
}

/// Whether a label is an identifier of 128 bits in hexadecimal, as a UUID is written or without its hyphens: what looks
/// like a telephone number in one of 300 of them is chance. Without a letter among its digits it could be numbers.
fn is_identifier(label: &str) -> bool {
    const DIGITS: usize = 32;
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let hyphens = match label.len() {
        DIGITS => &[][..],
        36 => &HYPHENS,
        _ => return false,
    };
    let bytes = || label.bytes().enumerate();
    bytes().all(|(place, byte)| match hyphens.contains(&place) {
        true => byte == b'-',
        false => byte.is_ascii_hexdigit(),
    }) && bytes().any(|(_, byte)| byte.is_ascii_alphabetic())
}
