//! Names that are spelled letter by letter: "S I O B H A N", "k-o-w-a-l".

use super::class::Class;
use super::glance::Glance;
use super::lexer::Case;
use super::persons::is_closed;
use super::reading::Reading;

/// A name that is spelled has so many letters.
const SPELLED: u32 = 5;

/// Whether there are enough single letters.
pub(super) const fn can_be_spelled(glance: &Glance) -> bool {
    glance.words - glance.long_words >= SPELLED
}

/// "thats S I O B H A N", "k-o-w-a-l": the end of letters one by one, where nothing else is said in the sentence.
pub(super) fn spelled(reading: &Reading<'_>, start: usize) -> Option<usize> {
    let letter = |at: usize| {
        reading
            .get(at)
            .is_some_and(|token| token.is_word() && token.len() == 1)
    };
    // "it's M A R I K A": a capital behind a small letter begins anew.
    let anew = |at: usize| {
        let [left, right] = [at, at + 1].map(|at| reading.tokens[at].case == Case::Lower);
        left && !right
    };
    let hyphen = |at: usize| {
        reading.touches_next(at)
            && reading.touches_next(at + 1)
            && reading.tokens[at + 1].is_mark(b'-')
            && letter(at + 2)
    };
    // Only where they begin, so that no letter is read twice.
    let follows = start > 0 && letter(start - 1) && !anew(start - 1)
        || start > 1 && letter(start - 2) && hyphen(start - 2);
    if !letter(start) || follows {
        return None;
    }
    let step = 1 + usize::from(hyphen(start));
    let goes_on = |at: usize| match step {
        1 => letter(at + 1) && !anew(at) && reading.gap(at).trim().is_empty(),
        _ => hyphen(at),
    };
    let (mut last, mut letters, mut alphabet) = (start, 1, true);
    while goes_on(last) {
        let [here, next] = [last, last + step].map(|at| reading.written(at).as_bytes()[0] | 0x20);
        alphabet &= here.checked_add(1) == Some(next);
        last += step;
        letters += 1;
    }
    // "N-G-O-Z-I", "M A R I K A and": nothing else is written so.
    let written = reading.tokens[start].case != Case::Lower && reading.cased;
    let sure = written && (letters > SPELLED || step > 1 && letters >= SPELLED);
    if sure && !alphabet {
        return Some(last + 1);
    }
    if letters < SPELLED || alphabet || !is_closed(reading, last + 1) {
        return None;
    }
    // "Kowal, K-o-w-a-l"
    let told = start > 1
        && step > 1
        && reading.tokens[start - 1].is_mark(b',')
        && !reading.ordinary(start - 2);
    if told {
        return Some(last + 1);
    }
    let before = reading.tokens[..start].iter().rev();
    let mut sentence = before.take_while(|token| !token.ends_sentence()).take(8);
    sentence
        .all(|token| token.is(Class::FILLER.or(Class::CONNECTOR)) || token.is_mark(b','))
        .then_some(last + 1)
}
