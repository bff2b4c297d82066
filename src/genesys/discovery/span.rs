//! A span of time, and how it is cut.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// A time from (inclusive) to (exclusive), in whole milliseconds: what the APIs are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    from: Timestamp,
    to: Timestamp,
}

impl Span {
    /// The time from `from` to `to`; `None` where that is none.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        let whole = |time: Timestamp| Timestamp::from_millisecond(time.as_millisecond()).ok();
        let (from, to) = (whole(from)?, whole(to)?);
        (from < to).then_some(Self { from, to })
    }

    /// Its begin.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// Its end, which is not in it.
    pub const fn to(&self) -> Timestamp {
        self.to
    }

    /// How long it is.
    pub fn length(&self) -> SignedDuration {
        self.from.duration_until(self.to)
    }

    /// The same end, and the begin earlier by `lead`.
    pub(super) fn begun_earlier(self, lead: SignedDuration) -> Self {
        Self {
            from: self.from.checked_sub(lead).unwrap_or(Timestamp::MIN),
            ..self
        }
    }

    /// Both halves; `None` where it is too short to have any.
    pub(super) fn halves(self) -> Option<(Self, Self)> {
        let middle = self.from.checked_add(self.length() / 2).ok()?;
        Some((Self::new(self.from, middle)?, Self::new(middle, self.to)?))
    }

    /// Cut at midnight (UTC), earliest first.
    pub(super) fn in_days(self, day: SignedDuration) -> Vec<Self> {
        let second = self.from.as_second();
        let midnight = second - second.rem_euclid(day.as_secs()) + day.as_secs();
        self.cut(Timestamp::from_second(midnight).unwrap_or(self.to), day)
    }

    /// Cut into steps of `step`, the last one shorter, earliest first.
    pub(super) fn in_steps(self, step: SignedDuration) -> Vec<Self> {
        let first = self.from.checked_add(step).unwrap_or(self.to);
        self.cut(first, step)
    }

    fn cut(self, first: Timestamp, step: SignedDuration) -> Vec<Self> {
        let (mut parts, mut from, mut next) = (Vec::new(), self.from, first);
        while next < self.to {
            parts.extend(Self::new(from, next));
            from = next;
            next = from.checked_add(step).unwrap_or(self.to);
        }
        parts.extend(Self::new(from, self.to));
        parts
    }
}

/// As an ISO 8601 interval.
impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3}/{:.3}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn covers(parts: &[Span], whole: Span) {
        assert_eq!(parts[0].from, whole.from);
        assert_eq!(parts[parts.len() - 1].to, whole.to);
        assert!(parts.windows(2).all(|pair| pair[0].to == pair[1].from));
    }

    #[test]
    fn days_are_cut_at_midnight_without_gaps() {
        let day = SignedDuration::from_hours(24);
        let whole = span("2026-05-30T18:00:00Z", "2026-06-01T12:00:00Z");
        let parts = whole.in_days(day);
        covers(&parts, whole);
        let texts: Vec<_> = parts.iter().map(Span::to_string).collect();
        assert_eq!(
            texts[1],
            "2026-05-31T00:00:00.000Z/2026-06-01T00:00:00.000Z"
        );
        assert_eq!(texts.len(), 3);
        let aligned = span("2026-05-30T00:00:00Z", "2026-06-01T00:00:00Z");
        assert_eq!(aligned.in_days(day).len(), 2);
        let before_1970 = span("1969-12-31T20:00:00Z", "1970-01-01T04:00:00Z");
        covers(&before_1970.in_days(day), before_1970);
    }

    #[test]
    fn steps_begin_where_the_span_does() {
        let month = SignedDuration::from_hours(31 * 24);
        let whole = span("2026-05-01T12:00:00Z", "2026-06-01T12:00:00Z");
        assert_eq!(whole.in_steps(month), [whole]);
        let longer = whole.begun_earlier(SignedDuration::from_hours(1));
        covers(&longer.in_steps(month), longer);
        assert_eq!(longer.in_steps(month).len(), 2);
    }

    #[test]
    fn halving_ends_at_a_millisecond() {
        let mut part = span("2026-05-30T00:00:00.000Z", "2026-05-31T00:00:00.001Z");
        let mut times = 0;
        while let Some((first, second)) = part.halves() {
            covers(&[first, second], part);
            part = second;
            times += 1;
        }
        assert_eq!(part.length(), SignedDuration::from_millis(1));
        assert!(times < 30);
    }

    #[test]
    fn no_time_is_no_span() {
        let at = "2026-05-30T00:00:00.0001Z".parse().unwrap();
        let same_millisecond = "2026-05-30T00:00:00.0009Z".parse().unwrap();
        assert_eq!(Span::new(at, same_millisecond), None);
    }
}
