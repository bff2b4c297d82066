//! The bound on the memory of conversations in hand.
//!
//! Each worker has a small room of its own. A conversation that outgrows it must be given one of a few large rooms, each of
//! which holds the largest conversation there may be: whoever has one never waits for more, so nobody waits for ever.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::telemetry::metrics;

/// A worker's own room holds at least a short chat.
const SMALLEST: usize = 16 * 1024;

/// All rooms.
pub struct Memory {
    bound: usize,
    small: usize,
    large: Arc<Semaphore>,
}

/// The room of one conversation; given back when dropped.
pub struct Room {
    used: usize,
    small: usize,
    large: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Memory {
    /// `bytes` for `workers` and for conversations that use at most `largest`.
    ///
    /// # Errors
    /// The least number of bytes that is enough.
    pub fn new(bytes: usize, workers: u16, largest: usize) -> Result<Self, usize> {
        let least = Self::least(workers, largest);
        if bytes < least {
            return Err(least);
        }
        Ok(Self::of(bytes, workers, largest))
    }

    fn of(bytes: usize, workers: u16, largest: usize) -> Self {
        let workers = usize::from(workers);
        let large = (bytes / 2 / largest.max(1)).clamp(1, workers);
        Self {
            bound: bytes,
            small: (bytes - large * largest) / workers,
            large: Arc::new(Semaphore::new(large)),
        }
    }

    fn least(workers: u16, largest: usize) -> usize {
        largest + usize::from(workers) * SMALLEST
    }

    /// The same, with more where `bytes` are not enough.
    pub fn at_least(bytes: usize, workers: u16, largest: usize) -> Self {
        let enough = Self::least(workers, largest);
        Self::of(bytes.max(enough), workers, largest)
    }

    /// What all rooms hold together, in bytes.
    pub const fn bound(&self) -> usize {
        self.bound
    }

    /// A worker's own room.
    pub fn room(&self) -> Room {
        Room {
            used: 0,
            small: self.small,
            large: Arc::clone(&self.large),
            permit: None,
        }
    }
}

impl Room {
    /// For what is no conversation in hand.
    pub fn unbounded() -> Self {
        Self {
            used: 0,
            small: usize::MAX,
            large: Arc::new(Semaphore::new(1)),
            permit: None,
        }
    }

    /// What is used of it.
    pub const fn used(&self) -> usize {
        self.used
    }

    /// Uses `bytes` in all, where the room has them or can be exchanged for a large one at once.
    #[must_use]
    pub fn try_use(&mut self, bytes: usize) -> bool {
        if bytes > self.small && self.permit.is_none() {
            match Arc::clone(&self.large).try_acquire_owned() {
                Ok(permit) => self.permit = Some(permit),
                Err(_) => return false,
            }
        }
        self.set(bytes);
        true
    }

    /// Waits for a large room.
    pub async fn enlarge(&mut self) {
        if self.permit.is_none() {
            // Never closed.
            self.permit = Arc::clone(&self.large).acquire_owned().await.ok();
        }
    }

    /// Uses `bytes` in all, and waits for a large room where that takes one.
    pub async fn use_all(&mut self, bytes: usize) {
        if !self.try_use(bytes) {
            self.enlarge().await;
            self.set(bytes);
        }
    }

    fn set(&mut self, bytes: usize) {
        let signed = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
        metrics().bytes_in_flight(signed(bytes) - signed(self.used));
        self.used = bytes;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_is_refused_with_what_is_enough() {
        let enough = Memory::new(1 << 20, 32, 18 << 20).err().unwrap();
        assert!(Memory::new(enough - 1, 32, 18 << 20).is_err());
        assert!(Memory::new(enough, 32, 18 << 20).is_ok());
    }

    #[tokio::test]
    async fn all_rooms_together_stay_within_the_bound() {
        const BOUND: usize = 64 << 20;
        const LARGEST: usize = 10 << 20;
        const WORKERS: u16 = 128;
        let memory = Memory::new(BOUND, WORKERS, LARGEST).unwrap();
        let mut rooms: Vec<_> = (0..WORKERS).map(|_| memory.room()).collect();
        for room in &mut rooms {
            let size = if room.try_use(LARGEST) {
                LARGEST
            } else {
                memory.small
            };
            assert!(room.try_use(size));
        }
        let used: usize = rooms.iter().map(|room| room.used).sum();
        assert!(used <= BOUND, "{used}");
        assert!(rooms.iter().filter(|room| room.used == LARGEST).count() == 3);
        // One that ends makes room for one that waits.
        let mut last = rooms.pop().unwrap();
        rooms.remove(0);
        last.use_all(LARGEST).await;
        assert_eq!(last.used, LARGEST);
    }
}
