//! One pass over a conversation, and the scan of what came out of it.

use std::sync::Arc;

use super::asks::Ask;
use super::cues::{self, Found};
use super::fold::Folded;
use super::kind::KindSet;
use super::lexer::{self, Form, Token};
use super::memory::Memory;
use super::pieces::{self, Tail};
use super::policy::Rules;
use super::reading::Reading;
use super::replace::{self, Keyed, Replacement, Replacer};
use super::shapes::Shapes;
use super::words::{Class, Words};
use super::{
    Conversation, Kind, Redacted, Side, Span, Turn, Verdict, addresses, answers, bare, mail, names,
    values,
};

/// Which of the layers are at work; all of them, but for measuring what each is worth.
#[derive(Clone, Copy, Debug)]
pub struct Layers {
    /// Cues in the message, and the rules that look at the message as a whole.
    pub cues: bool,
    /// Expectations from earlier turns.
    pub expectations: bool,
    /// Values found elsewhere in the conversation.
    pub memory: bool,
    /// Values split over messages.
    pub pieces: bool,
    /// Disguised writing.
    pub folding: bool,
}

impl Layers {
    /// Everything.
    pub const ALL: Self = Self {
        cues: true,
        expectations: true,
        memory: true,
        pieces: true,
        folding: true,
    };
}

/// The redaction engine: compiled once, shared by all workers.
pub struct Engine {
    replacement: Replacement,
    shapes: Shapes,
    words: Arc<Words>,
    rules: Rules,
    keyed: Option<Keyed>,
    layers: Layers,
}

/// What a pass found: one entry per turn, in offsets of the original text, sorted and apart.
struct Pass {
    spans: Vec<Vec<Span>>,
    memory: Memory,
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
            layers: Layers::ALL,
        }
    }

    /// The same engine with only some of its layers, to measure what each is worth.
    #[must_use]
    pub fn with_layers(mut self, layers: Layers) -> Self {
        self.layers = layers;
        self
    }

    /// Redacts the turns of `conversation` from `redact_from` on: one verdict per turn, in order.
    pub fn redact(&self, conversation: &Conversation<'_>) -> Vec<Verdict> {
        /// Each round finds what the one before uncovered; more than two are rare.
        const ROUNDS: usize = 4;
        let turns = conversation.turns;
        let mut memory = Memory::default();
        for name in conversation.participants {
            self.learn_participant(name, &mut memory);
        }
        let Pass { mut spans, memory } =
            self.pass(turns.iter().map(|turn| (turn.side, turn.text)), memory);
        if spans.iter().all(Vec::is_empty) {
            return turns
                .iter()
                .skip(conversation.redact_from)
                .map(|turn| Verdict::Redacted(Redacted::unchanged(turn.text)))
                .collect();
        }
        let mut memory = memory;
        let mut round = 0;
        loop {
            let mut replacer = self.replacer();
            let redacted: Vec<Redacted> = turns
                .iter()
                .zip(&spans)
                .map(|(turn, spans)| replace::apply(turn.text, spans, &mut replacer))
                .collect();
            let texts = turns
                .iter()
                .zip(&redacted)
                .map(|(turn, redacted)| (turn.side, redacted.text.as_str()));
            let second = self.pass(texts, memory);
            memory = second.memory;
            round += 1;
            let clean = second.spans.iter().all(Vec::is_empty);
            if clean || round == ROUNDS {
                return redacted
                    .into_iter()
                    .zip(second.spans)
                    .skip(conversation.redact_from)
                    .map(|(redacted, residual)| match residual.len() {
                        0 => Verdict::Redacted(redacted),
                        residual => Verdict::Withheld { residual },
                    })
                    .collect();
            }
            for ((redacted, residual), spans) in redacted.iter().zip(&second.spans).zip(&mut spans)
            {
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

    /// Redacts a short string that is published beside the messages, such as a sender's name: by shape, and names of
    /// persons; identifiers stay. `None` where it must be withheld.
    pub fn redact_label(&self, label: &str) -> Option<String> {
        let spans = self.label_spans(label);
        let redacted = replace::apply(label, &spans, &mut self.replacer());
        (spans.is_empty() || self.label_spans(&redacted.text).is_empty()).then_some(redacted.text)
    }

    fn label_spans(&self, label: &str) -> Vec<Span> {
        let folded = Folded::new(label);
        let mut tokens = Vec::new();
        lexer::lex(&folded.text, &self.words, &mut tokens);
        let mut spans = Vec::new();
        self.shapes.find(&folded.text, &mut spans);
        self.rules.find(&folded.text, &mut spans);
        names::find(&Reading::new(&tokens, false), &mut spans);
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
        let mut spans = merge(spans);
        drop_labels(tokens, &mut spans);
        for span in &mut spans {
            *span = folded.unfold(*span);
        }
        if folded.changed() {
            self.shapes.find_tutorial(text, &mut spans);
        }
        spans = merge(spans);
        if !self.rules.keeps_all() {
            spans.retain(|span| self.rules.wants(span.kind, &text[span.start..span.end]));
        }
        spans
    }

    fn learn_participant(&self, name: &str, memory: &mut Memory) {
        let folded = Folded::new(name);
        let mut tokens = Vec::new();
        lexer::lex(&folded.text, &self.words, &mut tokens);
        memory.learn_participant(&Reading::new(&tokens, false));
    }

    /// Reads a conversation from beginning to end, and then again for what the memory holds.
    fn pass<'t>(&self, turns: impl Iterator<Item = (Side, &'t str)>, mut memory: Memory) -> Pass {
        let mut tokens: Vec<Token> = Vec::new();
        let mut read: Vec<(Side, Folded<'t>, &'t str, std::ops::Range<usize>)> = Vec::new();
        for (side, text) in turns {
            let folded = Folded::new(text);
            let start = tokens.len();
            lexer::lex(&folded.text, &self.words, &mut tokens);
            read.push((side, folded, text, start..tokens.len()));
        }
        let english = is_english(&tokens);

        let mut ask = Ask::default();
        let mut found: Vec<Found> = Vec::new();
        let mut tails = Vec::with_capacity(read.len());
        let mut spans: Vec<Vec<Span>> = Vec::with_capacity(read.len());
        for (side, folded, _, range) in &read {
            let reading = Reading::new(&tokens[range.clone()], english);
            let mut here = Vec::new();
            self.shapes.find(&folded.text, &mut here);
            self.rules.find(&folded.text, &mut here);
            self.context(
                &reading,
                &folded.text,
                *side,
                &mut ask,
                &mut found,
                &mut here,
            );
            for span in &here {
                memory.learn(&reading, &folded.text, span);
            }
            tails.push((*side, Tail::of(&reading, &folded.text)));
            spans.push(here);
        }
        if self.layers.pieces {
            pieces::find(&tails, &mut spans);
        }
        if self.layers.memory && !memory.is_empty() {
            for ((_, folded, _, range), spans) in read.iter().zip(&mut spans) {
                let reading = Reading::new(&tokens[range.clone()], english);
                memory.find(&reading, &folded.text, spans);
            }
        }
        for ((_, folded, text, range), spans) in read.iter().zip(&mut spans) {
            if !spans.is_empty() || folded.changed() {
                *spans = self.finish(folded, text, &tokens[range.clone()], std::mem::take(spans));
            }
        }
        Pass { spans, memory }
    }

    /// The rules that read tokens.
    fn context(
        &self,
        reading: &Reading<'_>,
        text: &str,
        side: Side,
        ask: &mut Ask,
        found: &mut Vec<Found>,
        spans: &mut Vec<Span>,
    ) {
        if !self.layers.cues {
            return;
        }
        let all = reading
            .tokens
            .iter()
            .fold(Class::default(), |all, token| all.or(token.class));
        let digits = reading.tokens.iter().any(|token| token.digits > 0);
        found.clear();
        if all.is(Class::CUE) {
            cues::find(reading, &self.words, found);
            cues::serve(reading, found, spans);
        }
        if all.is(Class::GIVEN.or(Class::TITLE).or(Class::GREETING)) {
            names::find(reading, spans);
        }
        if digits && addresses::possible(reading) {
            addresses::find(reading, spans);
        }
        if all.is(Class::MAIL_AT)
            || text.contains('@')
            || reading
                .tokens
                .iter()
                .any(|token| token.len() >= 8 && token.class == Class::default())
        {
            mail::find(reading, text, spans);
        }
        if digits || all.is(Class::DIGIT) {
            long_numbers(reading, spans);
        }
        let expected = if self.layers.expectations {
            ask.to(side)
        } else {
            KindSet::EMPTY
        };
        answers::answer(reading, text, expected, ask.is_own(), spans);
        if self.layers.expectations && digits && side == Side::Customer {
            answers::late(reading, text, ask, spans);
        }
        bare::find(reading, text, &self.words, found, ask, spans);
        ask.hear(reading, found, side);
    }
}

/// Numbers too long for a quantity, however they are grouped or spelled: nine digits and more identify something.
fn long_numbers(reading: &Reading<'_>, spans: &mut Vec<Span>) {
    const LEAST: usize = 9;
    let mut index = 0;
    while index < reading.tokens.len() {
        let token = &reading.tokens[index];
        if token.form != Form::Number && !token.is(Class::DIGIT.or(Class::REPEAT)) {
            index += 1;
            continue;
        }
        match values::number(reading, index) {
            Some(value) => {
                if value.digits >= LEAST && !value.letters && !is_part_of_code(reading, index) {
                    spans.push(reading.span(
                        value.start,
                        value.end,
                        Kind::AccountNumber,
                        "long_number",
                    ));
                }
                index = value.end;
            }
            None => index += 1,
        }
    }
}

/// Whether letters are joined to the number with a hyphen: a part of a UUID or of a product's code.
fn is_part_of_code(reading: &Reading<'_>, index: usize) -> bool {
    index >= 2
        && reading.tokens[index - 1].is_mark(b'-')
        && reading.touches_next(index - 1)
        && reading.touches_next(index - 2)
        && matches!(reading.tokens[index - 2].form, Form::Mixed | Form::Word)
}

/// Whether most words of a conversation are English.
fn is_english(tokens: &[Token]) -> bool {
    let words = tokens.iter().filter(|token| token.is_word());
    let (all, english) = words.fold((0_usize, 0_usize), |(all, english), token| {
        (all + 1, english + usize::from(token.is(Class::ENGLISH)))
    });
    all > 0 && english * 2 >= all
}

/// Labels of redactors are left as they are: a span is cut where it runs into one. `spans` are sorted and apart.
fn drop_labels(tokens: &[Token], spans: &mut Vec<Span>) {
    let labels: Vec<(usize, usize)> = tokens
        .iter()
        .filter(|token| token.form == Form::Label)
        .map(|token| (token.start as usize, token.end as usize))
        .collect();
    if labels.is_empty() {
        return;
    }
    let mut kept = Vec::with_capacity(spans.len());
    for span in spans.drain(..) {
        if is_shape(span.rule) {
            kept.push(span);
            continue;
        }
        let mut start = span.start;
        let first = labels.partition_point(|label| label.1 <= span.start);
        for &(from, to) in labels[first..]
            .iter()
            .take_while(|label| label.0 < span.end)
        {
            if start < from {
                kept.push(Span {
                    start,
                    end: from,
                    ..span
                });
            }
            start = start.max(to);
        }
        if start < span.end {
            kept.push(Span { start, ..span });
        }
    }
    *spans = kept;
}

fn is_shape(rule: &str) -> bool {
    !matches!(
        rule,
        "answer_late"
            | "cue"
            | "answer"
            | "address"
            | "memory"
            | "bare_name"
            | "bare_number"
            | "pieces"
            | "email_disguised"
    )
}

/// Joins overlapping spans into one that covers them all, so that no rule can uncover what another found.
/// The longest of the joined spans gives the kind; at equal length the one found first.
pub(super) fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    if spans.len() < 2 {
        return spans;
    }
    spans.sort_by_key(|span| span.start);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    let mut longest = 0;
    for span in spans {
        let length = span.end - span.start;
        match merged.last_mut() {
            Some(last) if span.start < last.end => {
                last.end = last.end.max(span.end);
                if length > longest {
                    longest = length;
                    last.kind = span.kind;
                    last.rule = span.rule;
                }
            }
            _ => {
                longest = length;
                merged.push(span);
            }
        }
    }
    merged
}
