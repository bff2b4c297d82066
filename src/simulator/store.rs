//! Which conversations there are, and when they ended.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::conversation::{Conversation, parse_uuid, uuid_of_name};
use super::generator::{self, People};
use super::lock;
use super::transcripts_file::FileConversation;

/// Number of generated conversations that can be listed from the start.
const GENERATED: usize = 1_200;

/// Number of conversations of one size that are made at the start, where all have one size.
const POOL: usize = 512;

/// Listed conversations without times of their own are spread over this long before the start.
const SPREAD: SignedDuration = SignedDuration::from_hours(24);

/// Turns the id of a conversation into that of its guest, and back: neither tells the other at a
/// glance, and both are UUIDs of the same version.
const GUEST_MASK: u128 = 0x5a17_c3e9_94d2_0b6f_0d38_71a4_2ce5_963b;

/// The guest of a conversation: an opaque id, as the widget of a web page makes one up.
pub(super) fn guest_of(conversation: Uuid) -> Uuid {
    Uuid::from_u128(conversation.as_u128() ^ GUEST_MASK)
}

/// An entry of the list of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) id: Uuid,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// The conversations the simulator knows.
pub(super) struct Store {
    /// In file order, or the fixed set of generated conversations.
    listed: Vec<Listed>,
    /// Place in `listed`.
    places: HashMap<Uuid, usize>,
    source: Source,
}

enum Source {
    /// At the same places as in [`Store::listed`].
    File(Vec<Conversation>),
    /// Any id is a conversation; those served that are not in the fixed set are listed too.
    Generator(Mutex<HashMap<Uuid, Listed>>),
    /// Any id is one of these under another name, at the same places as in [`Store::listed`].
    Pool(Vec<Conversation>),
}

impl Store {
    /// Any UUID is a conversation, generated from it. `now` is the start of the program.
    pub(super) fn generated(now: Timestamp) -> Self {
        let listed = (0..GENERATED)
            .map(|place| listed_at(place, GENERATED, &generator::generate(id_at(place)), now))
            .collect();
        Self::new(listed, Source::Generator(Mutex::default()))
    }

    /// Any UUID is one of a few conversations with so many messages: a benchmark's load, which costs next to nothing to
    /// serve. `now` is the start of the program.
    pub(super) fn pool(messages: usize, now: Timestamp) -> Self {
        let pool: Vec<Conversation> = (0..POOL)
            .map(|place| generator::generate_sized(id_at(place), Some(messages)))
            .collect();
        let listed = pool
            .iter()
            .enumerate()
            .map(|(place, conversation)| listed_at(place, POOL, conversation, now))
            .collect();
        Self::new(listed, Source::Pool(pool))
    }

    /// Only these conversations exist; their ids are distinct. `now` is the start of the program.
    pub(super) fn from_conversations(read: Vec<FileConversation>, now: Timestamp) -> Self {
        let count = read.len();
        let listed = read
            .iter()
            .enumerate()
            .map(|(place, read)| {
                let Conversation { id, start, end, .. } = read.conversation;
                if read.has_times {
                    return Listed { id, start, end };
                }
                let listed_end = spread(place, count, now);
                Listed {
                    id,
                    start: listed_end - start.duration_until(end),
                    end: listed_end,
                }
            })
            .collect();
        let conversations = read.into_iter().map(|read| read.conversation).collect();
        Self::new(listed, Source::File(conversations))
    }

    fn new(listed: Vec<Listed>, source: Source) -> Self {
        let places = listed
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.id, place))
            .collect();
        Self {
            listed,
            places,
            source,
        }
    }

    /// The conversation of an id, if there is one.
    pub(super) fn get(&self, id: Uuid) -> Option<Cow<'_, Conversation>> {
        match &self.source {
            Source::File(conversations) => {
                let place = *self.places.get(&id)?;
                conversations.get(place).map(Cow::Borrowed)
            }
            Source::Generator(_) => Some(Cow::Owned(generator::generate(id))),
            Source::Pool(pool) => {
                let of_pool = pool[place_in_pool(id)].clone();
                Some(Cow::Owned(Conversation { id, ..of_pool }))
            }
        }
    }

    /// The conversations read from a file.
    pub(super) fn stored(&self) -> &[Conversation] {
        match &self.source {
            Source::File(conversations) => conversations,
            Source::Generator(_) | Source::Pool(_) => &[],
        }
    }

    /// The people of a generated conversation; those in a file are not known.
    pub(super) fn people(&self, id: Uuid) -> Option<People> {
        match &self.source {
            Source::File(_) => None,
            Source::Generator(_) => Some(generator::people(id)),
            Source::Pool(pool) => Some(generator::people(pool[place_in_pool(id)].id)),
        }
    }

    /// Notes that a conversation was served: from now on it is listed.
    pub(super) fn note_served(&self, conversation: &Conversation) {
        let Conversation { id, start, end, .. } = *conversation;
        if let Source::Generator(served) = &self.source
            && !self.places.contains_key(&id)
        {
            lock(served).insert(id, Listed { id, start, end });
        }
    }

    /// Ids in file order, or those of the fixed generated set.
    pub(super) fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.listed.iter().map(|entry| entry.id)
    }

    /// Conversations with `from <= end < to`, those that ended first first, at most `limit`.
    pub(super) fn ended_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Vec<Listed> {
        let mut found = self.filtered(|entry| from <= entry.end && entry.end < to);
        found.sort_unstable_by_key(|entry| (entry.end, entry.id));
        found.truncate(limit);
        found
    }

    /// Conversations with `from <= start < to`, those that started first first.
    pub(super) fn started_between(&self, from: Timestamp, to: Timestamp) -> Vec<Listed> {
        let mut found = self.filtered(|entry| from <= entry.start && entry.start < to);
        found.sort_unstable_by_key(|entry| (entry.start, entry.id));
        found
    }

    fn filtered(&self, within: impl Fn(&Listed) -> bool) -> Vec<Listed> {
        let within = |entry: &&Listed| within(entry);
        let mut found: Vec<Listed> = self.listed.iter().filter(within).copied().collect();
        if let Source::Generator(served) = &self.source {
            found.extend(lock(served).values().filter(within));
        }
        found
    }

    /// The conversation of a session: the one with that id or guest, or with the UUIDv5 of that
    /// name.
    ///
    /// There is always one among generated conversations, but not in a file.
    pub(super) fn of_session(&self, session: &str) -> Option<Listed> {
        let listed = |id| self.places.get(&id).map(|place| self.listed[*place]);
        if let Some(uuid) = parse_uuid(session) {
            let served = |id| match &self.source {
                Source::File(_) | Source::Pool(_) => None,
                Source::Generator(served) => lock(served).get(&id).copied(),
            };
            // The mask undoes itself: the guest of a guest is the conversation.
            let of_guest = guest_of(uuid);
            let found = listed(uuid).or_else(|| listed(of_guest).or_else(|| served(of_guest)));
            if found.is_some() {
                return found;
            }
        }
        let id = uuid_of_name(session);
        match &self.source {
            Source::File(_) | Source::Pool(_) => listed(id),
            Source::Generator(_) => listed(id).or_else(|| {
                let Conversation { id, start, end, .. } = generator::generate(id);
                Some(Listed { id, start, end })
            }),
        }
    }
}

/// The id of a generated conversation that is listed.
fn id_at(place: usize) -> Uuid {
    uuid_of_name(&format!(
        "https://genesys.example.com/conversations/{place}"
    ))
}

/// The entry of a generated conversation, which has ended not long before `now`.
fn listed_at(place: usize, count: usize, conversation: &Conversation, now: Timestamp) -> Listed {
    let end = spread(place, count, now);
    Listed {
        id: conversation.id,
        start: end - conversation.start.duration_until(conversation.end),
        end,
    }
}

/// Which conversation of the pool an id stands for.
fn place_in_pool(id: Uuid) -> usize {
    (id.as_u128() % POOL as u128) as usize
}

/// End of the conversation at `place` of `count`, spread evenly over [`SPREAD`] before `now`.
fn spread(place: usize, count: usize, now: Timestamp) -> Timestamp {
    let share = (place as f64 + 0.5) / count as f64;
    now - SPREAD.mul_f64(1.0 - share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_set_is_spread_over_the_last_day() {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let store = Store::generated(now);
        let day = store.ended_between(now - SPREAD, now, 5_000);
        assert_eq!(day.len(), GENERATED);
        assert!(day.is_sorted_by_key(|entry| entry.end));
        let hour = store.ended_between(now - SPREAD, now - SignedDuration::from_hours(23), 5_000);
        assert_eq!(hour.len(), GENERATED / 24);
        assert_eq!(store.ended_between(now - SPREAD, now, 7), day[..7]);
    }

    #[test]
    fn served_conversations_are_listed_once() {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let store = Store::generated(now);
        let conversation = generator::generate(Uuid::new_v4());
        let after = conversation.end + SignedDuration::from_millis(1);
        let listed = |store: &Store| {
            let found = store.ended_between(conversation.end, after, 5_000);
            found
                .iter()
                .filter(|entry| entry.id == conversation.id)
                .count()
        };
        assert_eq!(listed(&store), 0);
        store.note_served(&conversation);
        store.note_served(&conversation);
        assert_eq!(listed(&store), 1);
    }

    #[test]
    fn a_pool_serves_any_id_with_conversations_of_one_size() {
        let store = Store::pool(50, Timestamp::now());
        let id = Uuid::new_v4();
        let conversation = store.get(id).unwrap();
        assert_eq!(conversation.id, id);
        assert_eq!(conversation.messages.len(), 50);
        let own = store.listed[place_in_pool(id)].id;
        let people = store.people(id).unwrap();
        assert_eq!(people.email, generator::people(own).email);
    }

    #[test]
    fn sessions_map_to_conversations() {
        let store = Store::generated(Timestamp::now());
        let known = store.listed[0].id;
        let of = |session: &str| store.of_session(session).unwrap().id;
        assert_eq!(of(&known.to_string().to_uppercase()), known);
        assert_eq!(of("session-7"), uuid_of_name("session-7"));
        assert_eq!(of(&guest_of(known).to_string()), known);
        let served = generator::generate(Uuid::new_v4());
        store.note_served(&served);
        let guest = guest_of(served.id);
        assert_eq!(of(&guest.to_string()), served.id);
        assert_eq!(guest.get_version_num(), served.id.get_version_num());
        assert_eq!(guest.get_variant(), served.id.get_variant());
    }
}
