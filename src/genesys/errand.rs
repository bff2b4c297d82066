//! What one conversation may use on its way through the calls, and what it has used.

use super::Permit;
use crate::memory::Room;

/// One conversation's way through the calls.
pub struct Errand {
    first: Option<Permit>,
    calls: u32,
    /// The memory that it may use.
    pub room: Room,
}

impl Errand {
    /// `permit` pays for the first call.
    pub fn new(permit: Permit, room: Room) -> Self {
        Self {
            first: Some(permit),
            calls: 0,
            room,
        }
    }

    /// A single call for something other than a conversation.
    pub(super) fn single(permit: Permit) -> Self {
        Self::new(permit, Room::unbounded())
    }

    /// What pays for the next call, where that is paid for.
    pub(super) fn paid(&mut self) -> Option<Permit> {
        self.first.take()
    }

    /// One more call is made.
    pub(super) fn call(&mut self) {
        self.calls += 1;
    }

    /// Calls that were made, tries included.
    pub const fn calls(&self) -> u32 {
        self.calls
    }
}
