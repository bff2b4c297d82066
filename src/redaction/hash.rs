//! The hash of a word, which stands for the word wherever it is looked up: eight bytes at a time, a byte to a lane.

/// The hash of a word, whatever the case of its ASCII letters.
pub(super) fn hash_word(word: &[u8]) -> u64 {
    let mut hash = SEED;
    for at in (0..word.len()).step_by(STEP) {
        let eight = eight(word, at);
        hash = stir(hash, eight, letters(eight));
    }
    finish(hash, word.len())
}

pub(super) const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// Lanes of a step.
pub(super) const STEP: usize = 8;
/// A one in each lane, and the highest bit of each.
const EACH: u64 = 0x0101_0101_0101_0101;
pub(super) const HIGH: u64 = EACH << 7;

/// Eight bytes from `at` on; zeros behind the end.
pub(super) fn eight(bytes: &[u8], at: usize) -> u64 {
    if let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        return u64::from_le_bytes(*eight);
    }
    let mut eight = [0; STEP];
    let rest = &bytes[at..];
    eight[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(eight)
}

/// The high bit of each lane that holds ASCII from `first` to `last`.
pub(super) const fn lanes(eight: u64, first: u8, last: u8) -> u64 {
    let low = eight & !HIGH;
    let from = low + EACH * (128 - first as u64);
    let behind = low + EACH * (127 - last as u64);
    from & !behind & !eight & HIGH
}

/// The high bit of each lane that holds an ASCII letter.
pub(super) const fn letters(eight: u64) -> u64 {
    lanes(eight | EACH << 5, b'a', b'z')
}

/// A hash with eight more bytes of a word in it, their ASCII `letters` as small ones.
pub(super) const fn stir(hash: u64, eight: u64, letters: u64) -> u64 {
    let hash = (hash ^ (eight | letters >> 2)).wrapping_mul(FACTOR);
    hash ^ hash >> 32
}

/// The hash of several words in their order: that of those so far, and the next.
pub(super) const fn join(words: u64, next: u64) -> u64 {
    stir(words.rotate_left(1), next, 0)
}

/// Once more, so that what the last bytes say reaches every bit.
pub(super) const fn finish(hash: u64, length: usize) -> u64 {
    let hash = (hash ^ length as u64).wrapping_mul(FACTOR);
    hash ^ hash >> 29
}
