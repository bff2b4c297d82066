//! Whether the API counts the calls of this replica alone, although there are others: then the limit is not theirs in common,
//! and sharing it wastes most of it.

use super::Window;

/// So many windows in a row must show it.
const WINDOWS: u32 = 5;
/// A window with fewer calls shows nothing: the others may just have had nothing to do.
const FEWEST: u32 = 10;

/// What the API's counters have shown so far.
#[derive(Default)]
pub(super) struct Alone {
    /// Our own answers in the current window.
    own: u32,
    /// The API's greatest count in it.
    counted: u32,
    windows: u32,
    told: bool,
}

impl Alone {
    /// Takes note of the counters on one answer; whether the operator is to be told now, once.
    pub(super) fn observe(&mut self, window: Window, members: u32) -> bool {
        // Answers overtake each other, so a slightly smaller count is no new window.
        if window.count < self.counted / 2 {
            let others = self.counted.saturating_sub(self.own);
            self.windows = match self.own {
                ..FEWEST => self.windows,
                _ if members > 1 && others <= 1 => self.windows + 1,
                _ => 0,
            };
            self.own = 0;
            self.counted = 0;
        }
        self.own += 1;
        self.counted = self.counted.max(window.count);
        let tell = self.windows >= WINDOWS && !self.told;
        self.told |= tell;
        tell
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Windows of our own calls, each counted with those of `others`; how often the operator was told.
    fn told(windows: u32, calls: u32, others: u32, members: u32) -> usize {
        let mut alone = Alone::default();
        (0..windows)
            .flat_map(|_| 1..=calls)
            .filter(|call| {
                let window = Window {
                    count: call + others * call / calls,
                    allowed: 300,
                    reset: Duration::from_secs(30),
                };
                alone.observe(window, members)
            })
            .count()
    }

    #[test]
    fn the_operator_is_told_once_when_no_window_shows_the_others() {
        assert_eq!(told(20, 70, 0, 4), 1);
        assert_eq!(told(20, 70, 210, 4), 0, "the others are seen");
        assert_eq!(told(20, 70, 0, 1), 0, "there are no others");
        assert_eq!(told(20, 9, 0, 4), 0, "too few calls to tell");
        assert_eq!(told(4, 70, 0, 4), 0, "too few windows to tell");
    }
}
