//! What words mean: the dictionary, the lists of names, and the word files of each language, in one table.
//!
//! A word is looked up by its hash, which the lexer computes while it reads; the table holds 22 further bits of it, so
//! that a stranger is taken for a known word once in millions.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::class::Class;
use super::hash::{hash_word, join};
use super::kind::Kind;

/// The English dictionary, to tell words from names; see `data/README.md` for origin and licence of these three.
const ENGLISH: &str = include_str!("data/english_words.txt");
const GIVEN_NAMES: &str = include_str!("data/given_names.txt");
const SURNAMES: &str = include_str!("data/surnames.txt");
/// The word files, one per language. All are in force at once, whatever language a conversation is in: a cue is a cue.
const LANGUAGES: [&str; 7] = [
    include_str!("words/en.toml"),
    include_str!("words/es.toml"),
    include_str!("words/de.toml"),
    include_str!("words/fr.toml"),
    include_str!("words/pt.toml"),
    include_str!("words/it.toml"),
    include_str!("words/nl.toml"),
];

/// What a cue says of the value beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    /// `None` for a phrase that says that there is nothing personal.
    pub(super) kind: Option<Kind>,
    /// Whether the value must look like one by itself.
    pub(super) weak: bool,
}

/// Ordered maps: of two cues that claim the same words, the same must win in every process, or a redelivery would not
/// publish the same bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    words: BTreeMap<String, String>,
    #[serde(default)]
    numbers: BTreeMap<String, u8>,
    #[serde(default)]
    repeat: BTreeMap<String, u8>,
    mail: Mail,
    cues: BTreeMap<Kind, Vec<String>>,
    #[serde(default)]
    weak_cues: BTreeMap<Kind, Vec<String>>,
    #[serde(default)]
    plain: Plain,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mail {
    at: Vec<String>,
    dot: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    phrases: Vec<String>,
}

/// What the first words of a cue, one or more, say.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
struct Step {
    /// The cue that they are.
    cue: Option<Cue>,
    /// Whether there are longer ones that begin with them.
    goes_on: bool,
}

/// The table of words and cues.
pub(super) struct Words {
    /// Open addressing; small, because it is read for every word. The upper bits of a slot are further bits of the word's
    /// hash, the lower ones a place in `classes`, of which the first stands for a free slot. A bucket is filled from its
    /// beginning, and what finds it full goes to the next.
    buckets: Vec<[u32; BUCKET]>,
    /// What words can be: each combination once.
    classes: Vec<Class>,
    /// By the hash of the words so far: a step for each word of a cue, whatever the number of cues.
    cues: HashMap<u64, Step, Hashed>,
}

/// A power of two; in all there are half as many slots again as words.
const BUCKETS: usize = 1 << 14;
/// Slots of a bucket, which are compared all at once.
const BUCKET: usize = 8;
/// Bits of a slot that say where the class is.
const CLASS_BITS: u32 = 10;
const CLASS_MASK: u32 = (1 << CLASS_BITS) - 1;

impl Words {
    /// The table of the built-in words, made once.
    #[cfg(test)]
    pub(super) fn builtin() -> &'static Self {
        Self::shared()
    }

    fn shared() -> &'static Arc<Self> {
        static TABLE: OnceLock<Arc<Words>> = OnceLock::new();
        TABLE.get_or_init(|| Arc::new(Self::build(&[])))
    }

    /// The built-in words and a user's own cues.
    pub(super) fn with_cues(cues: &[(Kind, String)]) -> Arc<Self> {
        if cues.is_empty() {
            Self::shared().clone()
        } else {
            Arc::new(Self::build(cues))
        }
    }

    fn build(own: &[(Kind, String)]) -> Self {
        let mut words = Self {
            buckets: vec![[0; BUCKET]; BUCKETS],
            classes: vec![Class::default()],
            cues: HashMap::default(),
        };
        for (list, class) in [
            (ENGLISH, Class::ENGLISH),
            (GIVEN_NAMES, Class::GIVEN),
            (SURNAMES, Class::SURNAME),
        ] {
            words.add_all(list, class);
        }
        for text in LANGUAGES {
            words.add_language(&parse(text));
        }
        for (kind, phrase) in own {
            let kind = Some(*kind);
            words.add_phrase(phrase, Cue { kind, weak: false }, true);
        }

        words
    }

    fn add_language(&mut self, language: &Language) {
        for (name, list) in &language.words {
            self.add_all(list, Class::named(name));
        }
        for (word, &value) in &language.numbers {
            self.add(word, Class::DIGIT.with_value(value));
        }
        for (word, &value) in &language.repeat {
            self.add(word, Class::REPEAT.with_value(value));
        }
        for word in &language.mail.at {
            self.add(word, Class::MAIL_AT);
        }
        for word in &language.mail.dot {
            self.add(word, Class::MAIL_DOT);
        }
        for (table, weak) in [(&language.cues, false), (&language.weak_cues, true)] {
            for (&kind, phrases) in table {
                for phrase in phrases {
                    let kind = Some(kind);
                    self.add_phrase(phrase, Cue { kind, weak }, false);
                }
            }
        }
        for phrase in &language.plain.phrases {
            let kind = None;
            self.add_phrase(phrase, Cue { kind, weak: false }, false);
        }
    }

    /// Adds a phrase as a cue; a user's `own` goes before a built-in one.
    fn add_phrase(&mut self, phrase: &str, cue: Cue, own: bool) {
        let words = phrase.split_whitespace().map(str::as_bytes);
        let hashes: Vec<u64> = words.map(hash_word).collect();
        let Some(&first) = hashes.first() else { return };
        self.add_hash(first, Class::CUE);
        match hashes.get(1) {
            Some(&second) => self.add_hash(second, Class::CUE_SECOND),
            None => self.add_hash(first, Class::CUE_WHOLE),
        }
        let mut path = 0;
        for (place, &hash) in hashes.iter().enumerate() {
            path = join(path, hash);
            let step = self.cues.entry(path).or_default();
            if place + 1 < hashes.len() {
                step.goes_on = true;
            } else if own || step.cue.is_none_or(|known| known.weak && !cue.weak) {
                // Where two lists have the same phrase, the strong cue wins.
                step.cue = Some(cue);
            }
        }
    }

    fn add_all(&mut self, list: &str, class: Class) {
        for word in list.split_whitespace() {
            self.add(word, class);
        }
    }

    fn add(&mut self, word: &str, class: Class) {
        self.add_hash(hash_word(word.as_bytes()), class);
    }

    fn add_hash(&mut self, hash: u64, class: Class) {
        let class = self.class(hash).or(class);
        let known = self.classes.iter().position(|known| *known == class);
        let place = known.unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        });
        let mut at = bucket(hash);
        loop {
            let mut slots = self.buckets[at].iter_mut();
            if let Some(slot) = slots.find(|slot| **slot == 0 || **slot & !CLASS_MASK == tag(hash))
            {
                // The tests hold that there are fewer classes than the bits can tell.
                *slot = tag(hash) | place as u32 & CLASS_MASK;
                return;
            }
            at = (at + 1) % BUCKETS;
        }
    }

    /// What is known of the word with this hash.
    pub(super) fn class(&self, hash: u64) -> Class {
        let mut at = bucket(hash);
        loop {
            let slots = &self.buckets[at];
            // Without a branch on any: which of them holds the word is what a processor cannot foresee.
            let place = slots.iter().fold(0, |place, slot| {
                place
                    | if slot & !CLASS_MASK == tag(hash) {
                        slot & CLASS_MASK
                    } else {
                        0
                    }
            });
            if place != 0 || slots[BUCKET - 1] == 0 {
                return self.classes[place as usize];
            }
            at = (at + 1) % BUCKETS;
        }
    }

    /// The longest cue that begins with the first of `hashes`, and its number of words.
    pub(super) fn cue(&self, hashes: impl Iterator<Item = u64>) -> Option<(usize, Cue)> {
        let (mut longest, mut path) = (None, 0);
        for (place, hash) in hashes.enumerate() {
            path = join(path, hash);
            let Some(step) = self.cues.get(&path) else {
                break;
            };
            longest = step.cue.map(|cue| (place + 1, cue)).or(longest);
            if !step.goes_on {
                break;
            }
        }
        longest
    }
}

/// The bucket where a word's slot is looked for first.
const fn bucket(hash: u64) -> usize {
    (hash >> 40) as usize % BUCKETS
}

#[expect(clippy::cast_possible_truncation, reason = "bits of a hash")]
const fn tag(hash: u64) -> u32 {
    hash as u32 & !CLASS_MASK
}

/// For maps whose keys are hashes already.
pub(super) type Hashed = BuildHasherDefault<AsItIs>;

/// Takes a key that is a hash as it is.
#[derive(Clone, Copy, Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[expect(
    clippy::expect_used,
    reason = "the word files are constants that the tests read"
)]
fn parse(text: &str) -> Language {
    toml::from_str(text).expect("a built-in word file is valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(word: &str) -> Class {
        Words::builtin().class(hash_word(word.as_bytes()))
    }

    #[test]
    fn words_are_known_for_what_they_are() {
        assert!(class("table").is(Class::ENGLISH));
        assert!(class("alice").is(Class::GIVEN));
        assert!(class("seven").is(Class::DIGIT) && class("seven").value() == 7);
        assert_eq!(class("xqzzyv"), Class::default());
    }

    #[test]
    fn two_tables_say_the_same_of_every_cue() {
        assert_eq!(Words::build(&[]).cues, Words::build(&[]).cues);
    }

    #[test]
    fn a_slot_can_tell_every_class() {
        assert!(Words::builtin().classes.len() <= CLASS_MASK as usize);
    }

    #[test]
    fn the_longest_cue_wins() {
        let cue = |text: &str| {
            let hashes: Vec<u64> = text
                .split(' ')
                .map(|word| hash_word(word.as_bytes()))
                .collect();
            Words::builtin().cue(hashes.into_iter())
        };
        let email = cue("email address is").unwrap();
        assert_eq!((email.0, email.1.kind), (2, Some(Kind::Email)));
        assert_eq!(cue("promo code").unwrap().1.kind, None);
        assert_eq!(cue("table for two"), None);
    }

    #[test]
    fn every_language_file_is_valid() {
        for text in LANGUAGES {
            let language = parse(text);
            assert!(
                language
                    .words
                    .keys()
                    .all(|name| name == "stop" || Class::named(name) != Class::STOP)
            );
            assert!(language.cues.contains_key(&Kind::Person));
        }
    }
}
