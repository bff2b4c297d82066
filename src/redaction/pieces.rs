//! Values split over consecutive messages of one sender: "415", "555", "0143".

use super::class::Class;
use super::lexer::{Form, Token};
use super::reading::Reading;
use super::values;
use super::{Kind, Side, Span};

/// The number with which a message ends.
#[derive(Clone, Copy)]
pub(super) struct Tail {
    /// Where it stands in the folded text.
    start: usize,
    end: usize,
    digits: usize,
    /// Whether the message holds nothing else.
    whole: bool,
}

impl Tail {
    pub(super) fn of(reading: &Reading<'_>, text: &str) -> Option<Self> {
        /// Longer pieces are found by themselves.
        const LONGEST: usize = 8;
        let mut last = reading.tokens.len();
        while last > 0 && reading.tokens[last - 1].form == Form::Mark {
            last -= 1;
        }
        let end = last;
        let mut first = end;
        let mut digits = 0;
        while first > 0 && is_piece(&reading.tokens[first - 1]) && digits <= LONGEST {
            first -= 1;
            digits += match reading.tokens[first].form {
                Form::Number => reading.tokens[first].digits as usize,
                Form::Word => 1,
                _ => 0,
            };
        }
        while first < end && reading.tokens[first].form == Form::Mark {
            first += 1;
        }
        let round = digits <= 3
            && first + 1 == end
            && text[..reading.tokens[first].end as usize].ends_with("00");
        if round || digits == 0 || digits > LONGEST || reading.is_amount(first) || first == end {
            return None;
        }
        let whole = reading.tokens[..first]
            .iter()
            .all(|token| token.form == Form::Mark || token.is(Class::FILLER.or(Class::CONNECTOR)));
        Some(Self {
            start: reading.tokens[first].start as usize,
            end: reading.tokens[end - 1].end as usize,
            digits,
            whole,
        })
    }
}

fn is_piece(token: &Token) -> bool {
    match token.form {
        Form::Number => token.digits <= 8,
        Form::Word => token.is(Class::DIGIT) && !values::is_measure(token),
        Form::Mark => matches!(token.mark, b'-'),
        _ => false,
    }
}

/// Adds the pieces of numbers that go over several messages. `tails` and `spans` have one entry per turn.
pub(super) fn find(tails: &[(Side, Option<Tail>)], spans: &mut [Vec<Span>]) {
    /// The shortest number that is worth joining.
    const LEAST: usize = 9;
    /// The shortest piece: "2" is a quantity.
    const SHORTEST: usize = 3;
    let mut first = 0;
    while first < tails.len() {
        let mut end = first;
        let mut digits = 0;
        while let Some((side, Some(tail))) = tails.get(end) {
            if *side != tails[first].0 || (end > first && !tail.whole) {
                break;
            }
            // Only the last may be a remainder.
            let short = tail.digits < SHORTEST;
            if short && end < first + 2 {
                break;
            }
            digits += tail.digits;
            end += 1;
            if short {
                break;
            }
        }
        if end - first >= 2 && digits >= LEAST {
            for turn in first..end {
                if let Some(tail) = tails[turn].1 {
                    spans[turn].push(Span {
                        start: tail.start,
                        end: tail.end,
                        kind: Kind::AccountNumber,
                        rule: "pieces",
                    });
                }
            }
        }
        first = end.max(first + 1);
    }
}
