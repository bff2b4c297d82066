//! Expectations: what a turn asks for. What answers it is in `answers.rs`.
//!
//! A question or a request of the business ("your account number, please?") opens an expectation for the customer's next
//! turns; the next question closes it, and so does distance. A turn that names a thing without telling it ("my email is")
//! opens one for the same speaker's next message.

use super::class::Class;
use super::cues::Found;
use super::kind::KindSet;
use super::lexer::Token;
use super::reading::Reading;
use super::{Kind, Side};

/// What the next turns may answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ask {
    /// What was asked for.
    pub(super) kinds: KindSet,
    /// A question was asked whose answer is a number and nobody's secret: how many, what time.
    pub(super) neutral: bool,
    /// Whether any question has been heard at all: without one, it may lie in what we do not see.
    pub(super) heard: bool,
    /// What numbers have been asked for so far: corrections and second tries come late.
    pub(super) past: bool,
    /// The speaker named a thing without telling it; nobody asked.
    own: bool,
    /// Who is to answer.
    answers: Option<Side>,
    /// For how many more turns it holds.
    left: u8,
}

/// Turns of the answering side for which an expectation holds.
const PATIENCE: u8 = 3;
/// Most tokens of a message that names a thing and leaves its value to the next.
const LABEL: usize = 7;

impl Ask {
    /// What a turn of `side` may answer; empty where the question was for the other side or lies too far back.
    pub(super) fn to(&self, side: Side) -> KindSet {
        if self.answers == Some(side) && self.left > 0 {
            self.kinds
        } else {
            KindSet::EMPTY
        }
    }

    /// Whether the question came just before a turn of `side`.
    pub(super) fn is_fresh(&self, side: Side) -> bool {
        self.answers == Some(side) && self.left == PATIENCE
    }

    /// Whether a turn of `side` may complete what the same side began.
    pub(super) fn is_own(&self) -> bool {
        self.own
    }

    /// Takes note of a turn that has been read.
    pub(super) fn hear(&mut self, reading: &Reading<'_>, found: &[Found], side: Side) {
        if self.answers == Some(side) {
            self.left = self.left.saturating_sub(1);
        }
        self.heard |= side == Side::Business;
        // A business asks, whoever names a thing in a few words announces it, and all else does neither.
        let asks = side == Side::Business || reading.tokens.len() <= LABEL;
        let names = found.iter().any(|cue| cue.cue.kind.is_some());
        if asks && (names || reading.glance.has(b'?')) {
            self.follow(&Turn::of(reading, found), side);
        }
        if self.left == 0 || self.kinds.is_empty() {
            // Nothing is expected, whatever it once was: states that mean the same are the same.
            *self = Self {
                neutral: self.neutral,
                heard: self.heard,
                past: self.past,
                ..Self::default()
            };
        }
    }

    fn follow(&mut self, turn: &Turn, side: Side) {
        if side == Side::Business {
            self.past |= turn
                .asked
                .first(|kind| kind.is_number() && kind != Kind::Phone)
                .is_some();
            if !turn.asked.is_empty() || turn.question {
                *self = Self {
                    kinds: turn.asked,
                    neutral: turn.neutral,
                    heard: true,
                    past: self.past,
                    own: false,
                    answers: Some(Side::Customer),
                    left: PATIENCE,
                };
                return;
            }
        }
        if !turn.announced.is_empty() {
            *self = Self {
                kinds: turn.announced,
                neutral: false,
                heard: self.heard,
                past: self.past,
                own: true,
                answers: Some(side),
                left: 1,
            };
        }
    }
}

/// What a turn asks and announces.
struct Turn {
    asked: KindSet,
    announced: KindSet,
    question: bool,
    neutral: bool,
}

impl Turn {
    fn of(reading: &Reading<'_>, found: &[Found]) -> Self {
        const SHORT: usize = 6;

        let mut turn = Self {
            asked: KindSet::EMPTY,
            announced: KindSet::EMPTY,
            question: false,
            neutral: false,
        };
        let mut cues = found.iter().peekable();
        let mut start = 0;
        while start < reading.tokens.len() {
            let end = sentence_end(reading, start);
            let question = reading.tokens[end - 1].is_mark(b'?');
            if !question && cues.peek().is_none_or(|cue| cue.start >= end) {
                start = end;
                continue;
            }
            // "Name, date of birth and member number:" is a form.
            let request = reading.tokens[end - 1].is_mark(b':')
                || reading.tokens[start..end]
                    .iter()
                    .any(|token| token.is(Class::REQUEST));
            let mut kinds = KindSet::EMPTY;
            while let Some(cue) = cues.next_if(|cue| cue.start < end) {
                if let (Some(kind), false) = (cue.cue.kind, cue.served) {
                    let asked = matches!(
                        kind,
                        Kind::AccessCode | Kind::Address | Kind::SecurityAnswer
                    );
                    if !cue.cue.weak || question && asked {
                        kinds = kinds.with(kind);
                    }
                    if reading.tokens[cue.end..].iter().all(|token| {
                        token.is(Class::LINK) || token.is_mark(b':') || token.is_mark(b'=')
                    }) && !question
                        && !request
                        && !cue.cue.weak
                        && reading.tokens.len() <= LABEL
                    {
                        turn.announced = turn.announced.with(kind);
                    }
                }
                if cue.cue.weak && cue.cue.kind == Some(Kind::AccessCode) && request {
                    kinds = kinds.with(Kind::AccessCode);
                }
            }
            if question || request || end - start <= SHORT {
                turn.asked = turn.asked.or(kinds);
            }
            if question || (request && !kinds.is_empty()) {
                turn.question |= question;
                turn.neutral = kinds.is_empty()
                    && reading.tokens[start..end]
                        .iter()
                        .any(|token| token.is(Class::NEUTRAL));
            }
            start = end;
        }
        turn
    }
}

fn sentence_end(reading: &Reading<'_>, start: usize) -> usize {
    reading.tokens[start..]
        .iter()
        .position(Token::ends_sentence)
        .map_or(reading.tokens.len(), |length| start + length + 1)
}
