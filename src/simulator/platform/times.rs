//! When each message was sent, so that time tells the same order as the sequence ids.

use jiff::{SignedDuration, Timestamp};

use super::super::conversation::{Conversation, rfc3339};

/// Places of the messages in the order of their sequence ids.
pub(super) fn in_sequence(conversation: &Conversation) -> Vec<usize> {
    let mut places: Vec<usize> = (0..conversation.messages.len()).collect();
    places.sort_by_key(|place| conversation.messages[*place].sequence_id);
    places
}

/// The time of each message, by its place, parsed and as it is served.
///
/// This dialect has no sequence ids: a time that is missing is made up, and one that repeats that
/// of the message before is moved by a millisecond. All others are served as they are.
pub(super) fn times(conversation: &Conversation, order: &[usize]) -> Vec<(Timestamp, String)> {
    let messages = &conversation.messages;
    let given: Vec<Option<Timestamp>> = messages
        .iter()
        .map(|message| message.timestamp.as_ref()?.parse().ok())
        .collect();
    let mut times = vec![(conversation.start, String::new()); messages.len()];
    let spread = conversation.start.duration_until(conversation.end);
    let none_given = given.iter().all(Option::is_none);
    let millisecond = SignedDuration::from_millis(1);

    let mut before: Option<(Timestamp, Timestamp)> = None;
    for (rank, place) in order.iter().copied().enumerate() {
        let at = match (given[place], before) {
            (None, _) if none_given => {
                let share = rank as f64 / (order.len().max(2) - 1) as f64;
                conversation.start + whole_milliseconds(spread.mul_f64(share))
            }
            (None, Some((_, served))) => served + millisecond,
            (None, None) => conversation.start - millisecond,
            (Some(at), Some((said, served))) if at >= said && at <= served => served + millisecond,
            (Some(at), _) => at,
        };
        let literal = messages[place]
            .timestamp
            .as_ref()
            .filter(|_| given[place] == Some(at));
        times[place] = (at, literal.cloned().unwrap_or_else(|| rfc3339(at)));
        let said = given[place].or(before.map(|(said, _)| said));
        before = Some((said.unwrap_or(at), at));
    }
    times
}

fn whole_milliseconds(duration: SignedDuration) -> SignedDuration {
    SignedDuration::from_millis(duration.as_millis() as i64)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::super::conversation::Message;
    use super::*;

    fn shown(given: &[(i64, Option<&str>)]) -> Vec<String> {
        let messages = given
            .iter()
            .map(|(sequence_id, timestamp)| Message {
                sequence_id: *sequence_id,
                from: "customer".into(),
                text: String::new(),
                timestamp: timestamp.map(str::to_owned),
            })
            .collect();
        let conversation = Conversation {
            id: Uuid::nil(),
            start: "2026-01-15T09:00:00Z".parse().unwrap(),
            end: "2026-01-15T09:10:00Z".parse().unwrap(),
            messages,
        };
        let order = in_sequence(&conversation);
        times(&conversation, &order)
            .into_iter()
            .map(|(_, shown)| shown)
            .collect()
    }

    #[test]
    fn made_up_times_follow_the_sequence() {
        assert_eq!(
            shown(&[(3, None), (1, None), (2, None)]),
            [
                "2026-01-15T09:10:00.000Z",
                "2026-01-15T09:00:00.000Z",
                "2026-01-15T09:05:00.000Z"
            ]
        );
        assert_eq!(shown(&[(1, None)]), ["2026-01-15T09:00:00.000Z"]);
    }

    #[test]
    fn ties_are_broken_and_the_rest_is_kept() {
        let at = "2026-01-15T09:00:00Z";
        assert_eq!(
            shown(&[
                (1, None),
                (2, Some(at)),
                (3, Some(at)),
                (4, None),
                (5, Some("2026-01-15T10:00:00+01:00")),
                (6, Some("2026-01-15T09:00:01Z")),
            ]),
            [
                "2026-01-15T08:59:59.999Z",
                at,
                "2026-01-15T09:00:00.001Z",
                "2026-01-15T09:00:00.002Z",
                "2026-01-15T09:00:00.003Z",
                "2026-01-15T09:00:01Z",
            ]
        );
    }
}
