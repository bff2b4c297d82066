//! What a word can be: bits, of which it has as many as there are lists that hold it.

/// Where in a class the value of a digit word is kept.
const VALUE: u32 = 56;

/// What is known of a word: bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Class(u64);

impl Class {
    pub(super) const ENGLISH: Self = Self(1);
    pub(super) const GIVEN: Self = Self(1 << 1);
    pub(super) const SURNAME: Self = Self(1 << 2);
    pub(super) const AMBIGUOUS: Self = Self(1 << 3);
    pub(super) const PLAIN_NAME: Self = Self(1 << 4);
    pub(super) const FILLER: Self = Self(1 << 5);
    pub(super) const CONNECTOR: Self = Self(1 << 6);
    pub(super) const GREETING: Self = Self(1 << 7);
    pub(super) const TITLE: Self = Self(1 << 8);
    pub(super) const PARTICLE: Self = Self(1 << 9);
    pub(super) const MONTH: Self = Self(1 << 10);
    pub(super) const REQUEST: Self = Self(1 << 11);
    pub(super) const NEUTRAL: Self = Self(1 << 12);
    pub(super) const UNIT: Self = Self(1 << 13);
    pub(super) const STREET: Self = Self(1 << 14);
    pub(super) const STREET_FIRST: Self = Self(1 << 15);
    pub(super) const STREET_UNIT: Self = Self(1 << 16);
    pub(super) const STATE: Self = Self(1 << 17);
    pub(super) const STATUS: Self = Self(1 << 18);
    pub(super) const MAIL_PROVIDER: Self = Self(1 << 19);
    pub(super) const STOP: Self = Self(1 << 20);
    pub(super) const DIGIT: Self = Self(1 << 21);
    pub(super) const REPEAT: Self = Self(1 << 22);
    pub(super) const MAIL_AT: Self = Self(1 << 23);
    pub(super) const MAIL_DOT: Self = Self(1 << 24);
    /// Begins a cue; of a token, where what follows can go on with it.
    pub(super) const CUE: Self = Self(1 << 25);
    /// Is a cue by itself.
    pub(super) const CUE_WHOLE: Self = Self(1 << 33);
    /// The second word of a cue.
    pub(super) const CUE_SECOND: Self = Self(1 << 34);
    /// A kind of street that is more often another thing.
    pub(super) const STREET_WEAK: Self = Self(1 << 26);
    /// "is": the value comes.
    pub(super) const LINK: Self = Self(1 << 27);
    pub(super) const OF: Self = Self(1 << 28);
    /// Begins the name of a place: "San", "Fort".
    pub(super) const PLACE: Self = Self(1 << 29);
    /// "the": what follows is a thing.
    pub(super) const ARTICLE: Self = Self(1 << 31);
    /// Goes before a person: "to", "from", "with".
    pub(super) const TOWARDS: Self = Self(1 << 30);
    /// The whole name of a street: "Broadway".
    pub(super) const STREET_WHOLE: Self = Self(1 << 32);

    /// Is followed by the name of whom one speaks to: "hello", "dear".
    pub(super) const SALUTATION: Self = Self(1 << 35);
    /// Ends a letter, before its writer's name: "regards".
    pub(super) const CLOSING: Self = Self(1 << 36);
    /// Is called otherwise when one greets by it, though it is a name: "love", "man".
    pub(super) const NOT_ADDRESSED: Self = Self(1 << 37);
    /// Follows the name of a business: "support", "bank".
    pub(super) const BUSINESS: Self = Self(1 << 38);
    /// Follows a person's name, for only persons do it: "said".
    pub(super) const SPEECH: Self = Self(1 << 39);

    /// Is no name though it stands where one is told: "my name again".
    pub(super) const UNTOLD: Self = Self(1 << 40);
    /// Whose relative or thing follows: "my".
    pub(super) const OWNER: Self = Self(1 << 41);
    /// Is answered in place of a name: "agent".
    pub(super) const INSTEAD: Self = Self(1 << 42);
    /// Ends a cue behind which a name comes without an "is": "call me".
    pub(super) const CALLED: Self = Self(1 << 43);
    /// "here": a name may stand before it.
    pub(super) const HERE: Self = Self(1 << 44);

    /// Whether any of the bits of `other` is set.
    pub(super) const fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The value of a digit word or the count of a repeating word, kept in the upper bits.
    pub(super) const fn value(self) -> u8 {
        (self.0 >> VALUE) as u8
    }

    pub(super) const fn with_value(self, value: u8) -> Self {
        Self(self.0 | (value as u64) << VALUE)
    }

    /// The class that a list of a word file gives; of one with an unknown name that of words which are no names.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "filler" => Self::FILLER,
            "connector" => Self::CONNECTOR,
            "greeting" => Self::GREETING,
            "salutation" => Self::SALUTATION,
            "closing" => Self::CLOSING,
            "not_addressed" => Self::NOT_ADDRESSED,
            "business" => Self::BUSINESS,
            "speech" => Self::SPEECH,
            "untold" => Self::UNTOLD,
            "owner" => Self::OWNER,
            "instead" => Self::INSTEAD,
            "called" => Self::CALLED,
            "here" => Self::HERE,
            "title" => Self::TITLE,
            "particle" => Self::PARTICLE,
            "month" => Self::MONTH,
            "request" => Self::REQUEST,
            "neutral" => Self::NEUTRAL,
            "unit" => Self::UNIT,
            "street" => Self::STREET,
            "place_prefix" => Self::PLACE,
            "article" => Self::ARTICLE,
            "towards" => Self::TOWARDS,
            "street_weak" => Self::STREET.or(Self::STREET_WEAK),
            "link" => Self::LINK.or(Self::CONNECTOR),
            "of" => Self::OF,
            "street_whole" => Self::STREET_WHOLE,
            "street_first" => Self::STREET_FIRST,
            "street_unit" => Self::STREET_UNIT,
            "state" => Self::STATE,
            "status" => Self::STATUS,
            "mail_provider" => Self::MAIL_PROVIDER,
            "ambiguous_name" => Self::AMBIGUOUS,
            "plain_name" => Self::PLAIN_NAME,
            _ => Self::STOP,
        }
    }
}
