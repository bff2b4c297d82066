//! What words mean: the dictionary, the lists of names, and the word files of each language, in one table.
//!
//! A word is looked up by its hash, which the lexer computes while it reads; the table holds 22 further bits of it, so
//! that a stranger is taken for a known word once in millions.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::class::Class;
use super::hash::hash_word;
use super::kind::Kind;

/// The English dictionary, to tell words from names; see `data/README.md` for origin and licence of these three.
const ENGLISH: &str = include_str!("data/english_words.txt");
const GIVEN_NAMES: &str = include_str!("data/given_names.txt");
const SURNAMES: &str = include_str!("data/surnames.txt");
/// The word files, one per language. All are in force at once, whatever language a conversation is in: a cue is a cue.
const LANGUAGES: [&str; 5] = [
    include_str!("words/en.toml"),
    include_str!("words/es.toml"),
    include_str!("words/de.toml"),
    include_str!("words/fr.toml"),
    include_str!("words/pt.toml"),
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

/// A cue of several words: the hashes of those behind the first.
struct Phrase {
    rest: Vec<u64>,
    cue: Cue,
}

/// The table of words and cues.
pub(super) struct Words {
    /// Open addressing; small, because it is read for every word. The upper bits of a slot are further bits of the word's
    /// hash, the lower ones a place in `classes`, of which the first stands for a free slot.
    slots: Vec<u32>,
    /// What words can be: each combination once.
    classes: Vec<Class>,
    /// By the hash of the first word, longest first.
    phrases: HashMap<u64, Vec<Phrase>, Hashed>,
}

/// A power of two, well above the number of words.
const SLOTS: usize = 1 << 17;
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
            slots: vec![0; SLOTS],
            classes: vec![Class::default()],
            phrases: HashMap::default(),
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
            words.add_phrase(phrase, Cue { kind, weak: false });
        }
        for phrases in words.phrases.values_mut() {
            // Where two lists have the same phrase, the strong cue wins.
            phrases.sort_by_key(|phrase| (std::cmp::Reverse(phrase.rest.len()), phrase.cue.weak));
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
                    self.add_phrase(phrase, Cue { kind, weak });
                }
            }
        }
        for phrase in &language.plain.phrases {
            let kind = None;
            self.add_phrase(phrase, Cue { kind, weak: false });
        }
    }

    /// Adds a phrase as a cue.
    fn add_phrase(&mut self, phrase: &str, cue: Cue) {
        let mut hashes = phrase
            .split_whitespace()
            .map(|word| hash_word(word.as_bytes()));
        let Some(first) = hashes.next() else { return };
        let rest: Vec<u64> = hashes.collect();
        self.add_hash(first, Class::CUE);
        match rest.first() {
            Some(&second) => self.add_hash(second, Class::CUE_SECOND),
            None => self.add_hash(first, Class::CUE_WHOLE),
        }
        self.phrases
            .entry(first)
            .or_default()
            .push(Phrase { rest, cue });
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
        let slot = self.slot(hash);
        let class = self.classes[(self.slots[slot] & CLASS_MASK) as usize].or(class);
        let known = self.classes.iter().position(|known| *known == class);
        let place = known.unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        });
        // The tests hold that there are fewer classes than the bits can tell.
        self.slots[slot] = tag(hash) | place as u32 & CLASS_MASK;
    }

    /// What is known of the word with this hash.
    pub(super) fn class(&self, hash: u64) -> Class {
        self.classes[(self.slots[self.slot(hash)] & CLASS_MASK) as usize]
    }

    /// The slot of the word with this hash, or the free one where it would stand.
    fn slot(&self, hash: u64) -> usize {
        let mut slot = (hash >> 40) as usize % SLOTS;
        while self.slots[slot] & CLASS_MASK != 0 && self.slots[slot] & !CLASS_MASK != tag(hash) {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    /// The longest cue that begins with the first of `hashes`, and its number of words.
    pub(super) fn cue(
        &self,
        mut hashes: impl Iterator<Item = u64> + Clone,
    ) -> Option<(usize, Cue)> {
        let phrases = self.phrases.get(&hashes.next()?)?;
        phrases
            .iter()
            .find(|phrase| {
                let mut hashes = hashes.clone();
                phrase.rest.iter().all(|&word| hashes.next() == Some(word))
            })
            .map(|phrase| (phrase.rest.len() + 1, phrase.cue))
    }
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
        let cues = |words: &Words| {
            let mut cues: Vec<_> = words
                .phrases
                .iter()
                .flat_map(|(first, phrases)| {
                    phrases.iter().enumerate().map(move |(place, phrase)| {
                        (*first, place, phrase.rest.clone(), phrase.cue)
                    })
                })
                .map(|(first, place, rest, cue)| (first, place, rest, cue.kind, cue.weak))
                .collect();
            cues.sort_unstable();
            cues
        };
        assert_eq!(cues(&Words::build(&[])), cues(&Words::build(&[])));
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
