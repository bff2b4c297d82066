//! A letter as a line of a table. Widths are fixed: lines are printed as letters are read.

use jiff::{SignedDuration, Timestamp};

use crate::queue::{Letter, Place};

/// The columns of a place. What may be long stands last.
pub(super) fn head(place: Place) -> String {
    let columns = match place {
        Place::Dead => ["ID", "REASON", "ATTEMPTS", "FIRST SEEN", "AGE", "ERROR"],
        Place::Waiting => [
            "ID",
            "LAST FAILURE",
            "ATTEMPTS",
            "FIRST SEEN",
            "AGE",
            "QUEUE",
        ],
        Place::Unrouted => ["ID", "KEY", "", "PUBLISHED", "AGE", "MESSAGE ID"],
    };
    line(place, columns.map(str::to_owned))
}

/// A letter as of `now`.
pub(super) fn row(place: Place, letter: &Letter, now: Timestamp) -> String {
    let since = letter.since();
    let (what, attempts, last) = match place {
        Place::Dead => (
            letter.reason(),
            letter.attempts().to_string(),
            letter.error(),
        ),
        Place::Waiting => (
            letter.reason(),
            letter.attempts().to_string(),
            Some(letter.queue().to_owned()),
        ),
        Place::Unrouted => (
            Some(letter.routing_key().to_owned()),
            String::new(),
            letter.message_id().map(str::to_owned),
        ),
    };
    let unknown = || "-".to_owned();
    let columns = [
        letter.id(),
        what.unwrap_or_else(unknown),
        attempts,
        since.map_or_else(unknown, |since| format!("{since:.0}")),
        since.map_or_else(unknown, |since| age(now.duration_since(since))),
        last.unwrap_or_else(unknown),
    ];
    line(place, columns.map(|text| printable(&text)))
}

fn line(place: Place, [id, what, attempts, since, age, last]: [String; 6]) -> String {
    let attempts = match place {
        Place::Dead | Place::Waiting => format!("  {attempts:>8}"),
        Place::Unrouted => String::new(),
    };
    format!("{id:<36}  {what:<22}{attempts}  {since:<20}  {age:>7}  {last}")
}

/// Anybody may put a message into a queue; what it says does not steer the terminal.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// In its two largest units.
fn age(age: SignedDuration) -> String {
    let seconds = age.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if days > 0 => format!("{days}d {}h", hours % 24),
        () if hours > 0 => format!("{hours}h {}m", minutes % 60),
        () if minutes > 0 => format!("{minutes}m {}s", seconds % 60),
        () => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        for (seconds, text) in [
            (-3, "0s"),
            (59, "59s"),
            (61, "1m 1s"),
            (7_260, "2h 1m"),
            (273_600, "3d 4h"),
        ] {
            assert_eq!(age(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn what_a_letter_says_does_not_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\nb"), "a\u{fffd}[2J\u{fffd}b");
    }
}
