//! Message ids: how they are made, and which conversation one belongs to.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use uuid::Uuid;

use super::super::lock;

/// Most ids remembered for generated conversations.
const REMEMBERED: usize = 200_000;

/// The id of what a conversation calls `name`; the same each time.
pub(super) fn message_id(conversation: Uuid, name: &str) -> Uuid {
    Uuid::new_v5(&conversation, name.as_bytes())
}

/// A message id as it is served: an opaque string of 32 hexadecimal digits.
pub(super) fn shown(id: Uuid) -> String {
    id.simple().to_string()
}

/// A message id in exactly the form it is served in.
pub(super) fn parse(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    (shown(id) == text).then_some(id)
}

/// Finds the conversation of a message.
pub(super) struct Directory {
    known: Mutex<Known>,
    most: usize,
}

#[derive(Default)]
struct Known {
    conversations: HashMap<Uuid, Uuid>,
    /// Message ids, oldest first.
    order: VecDeque<Uuid>,
}

impl Directory {
    /// A directory that keeps everything: a file has all its conversations from the start.
    pub(super) fn unbounded() -> Self {
        Self::keeping(usize::MAX)
    }

    /// A directory that forgets what was noted first: generated conversations have no end.
    pub(super) fn bounded() -> Self {
        Self::keeping(REMEMBERED)
    }

    fn keeping(most: usize) -> Self {
        Self {
            known: Mutex::default(),
            most,
        }
    }

    /// Notes the messages of a conversation.
    pub(super) fn note(&self, conversation: Uuid, messages: impl Iterator<Item = Uuid>) {
        let mut known = lock(&self.known);
        for message in messages {
            if known.conversations.insert(message, conversation).is_some() {
                continue;
            }
            known.order.push_back(message);
            if known.order.len() > self.most
                && let Some(oldest) = known.order.pop_front()
            {
                known.conversations.remove(&oldest);
            }
        }
    }

    /// The conversation of a message.
    pub(super) fn conversation_of(&self, message: Uuid) -> Option<Uuid> {
        lock(&self.known).conversations.get(&message).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_opaque_and_stable() {
        let conversation = Uuid::from_u128(7);
        let id = message_id(conversation, "1");
        assert_eq!(id, message_id(conversation, "1"));
        assert_ne!(id, message_id(conversation, "2"));
        assert_ne!(id, message_id(Uuid::from_u128(8), "1"));
        let text = shown(id);
        assert_eq!(text.len(), 32);
        assert_eq!(parse(&text), Some(id));
        assert_eq!(parse(&text.to_uppercase()), None);
        assert_eq!(parse(&id.to_string()), None);
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let directory = Directory::keeping(2);
        let ids = [1, 2, 3].map(Uuid::from_u128);
        let conversation = Uuid::from_u128(9);
        directory.note(conversation, ids[..2].iter().copied());
        directory.note(conversation, ids.into_iter());
        assert_eq!(directory.conversation_of(ids[0]), None);
        assert_eq!(directory.conversation_of(ids[1]), Some(conversation));
        assert_eq!(directory.conversation_of(ids[2]), Some(conversation));
    }
}
