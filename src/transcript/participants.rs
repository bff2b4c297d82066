//! Who takes part in a conversation, each once: what is made of a name is made once, too.

use std::collections::BTreeMap;

use super::RawMessage;

/// The senders and receivers of a conversation.
pub(super) struct Participants<'a> {
    /// Each name as it was first met; elsewhere a participant is its place here.
    pub(super) names: Vec<&'a str>,
    /// Of each message the sender and the receiver.
    pub(super) messages: Vec<Ends>,
}

/// Sender and receiver of a message.
#[derive(Clone, Copy, Default)]
pub(super) struct Ends {
    pub(super) from: Option<usize>,
    pub(super) to: Option<usize>,
}

impl<'a> Participants<'a> {
    pub(super) fn of(messages: &'a [RawMessage<'_>]) -> Self {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut names: Vec<&str> = Vec::new();
        let mut last = Ends::default();
        let mut place = |name: Option<&'a str>, last: Ends| {
            let name = name?;
            // Mostly one of the two that spoke before.
            let again = [last.from, last.to].into_iter().flatten();
            let again = again.into_iter().find(|&place| names[place] == name);
            Some(again.unwrap_or_else(|| {
                *places.entry(name).or_insert_with(|| {
                    names.push(name);
                    names.len() - 1
                })
            }))
        };
        let messages = messages
            .iter()
            .map(|message| {
                last = Ends {
                    from: place(message.from.as_deref(), last),
                    to: place(message.to.as_deref(), last),
                };
                last
            })
            .collect();
        Self { names, messages }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_participant_is_known_once() {
        let message = |from: Option<&'static str>, to: Option<&'static str>| RawMessage {
            sequence_id: 0,
            message_id: None,
            from: from.map(Into::into),
            to: to.map(Into::into),
            text: "".into(),
            timestamp: None,
        };
        let messages = [
            message(Some("bot"), Some("guest")),
            message(Some("guest"), None),
            message(None, Some("agent")),
            message(Some("guest"), Some("bot")),
        ];
        let participants = Participants::of(&messages);
        assert_eq!(participants.names, ["bot", "guest", "agent"]);
        let ends: Vec<_> = participants
            .messages
            .iter()
            .map(|ends| (ends.from, ends.to))
            .collect();
        assert_eq!(
            ends,
            [
                (Some(0), Some(1)),
                (Some(1), None),
                (None, Some(2)),
                (Some(1), Some(0))
            ]
        );
    }
}
