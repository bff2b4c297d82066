//! The context window: only the last messages are published; the whole conversation is read for context.

/// Index of the first of `messages` messages that lies in a window of `size`; a size of 0 takes all.
pub(super) fn start(messages: usize, size: usize) -> usize {
    match size {
        0 => 0,
        size => messages.saturating_sub(size),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_last_messages_are_in_the_window() {
        assert_eq!(super::start(60, 50), 10);
        assert_eq!(super::start(50, 50), 0);
        assert_eq!(super::start(3, 50), 0);
        assert_eq!(super::start(3, 0), 0);
    }
}
