//! The budget on a virtual clock, against an API that counts fixed windows.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

const LIMIT: u32 = 300;
const MINUTE: Duration = Duration::from_secs(60);
const HALF_HOUR: u32 = 30;

/// An API that counts fixed windows, and the broker that counts the replicas.
struct World {
    window: Mutex<(Instant, u32)>,
    served: AtomicU32,
    refused: AtomicU32,
    members: AtomicU32,
}

impl World {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            window: Mutex::new((Instant::now(), 0)),
            served: AtomicU32::new(0),
            refused: AtomicU32::new(0),
            members: AtomicU32::new(0),
        })
    }

    fn call(&self) -> Result<Window, Window> {
        let mut window = self.window.lock().unwrap();
        if window.0.elapsed() >= MINUTE {
            *window = (Instant::now(), 0);
        }
        window.1 += 1;
        let counters = Window {
            count: window.1,
            allowed: LIMIT,
            reset: MINUTE - window.0.elapsed(),
        };
        if window.1 > LIMIT {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(counters);
        }
        self.served.fetch_add(1, Ordering::Relaxed);
        Ok(counters)
    }

    /// A replica that calls as fast as its pace lets it, until it is killed.
    fn replica(self: &Arc<Self>) -> tokio::task::JoinHandle<()> {
        let world = Arc::clone(self);
        tokio::spawn(async move {
            let pace = Pace::new(Some(LIMIT));
            pace.join(world.members.fetch_add(1, Ordering::Relaxed) + 1);
            let calls = async {
                loop {
                    let _permit = pace.take().await;
                    let latency = Duration::from_millis(50);
                    tokio::time::sleep(latency).await;
                    match world.call() {
                        Ok(window) => pace.observe(window),
                        Err(window) => pace.hold(window.reset),
                    }
                }
            };
            let count = pace.follow(|| {
                let members = world.members.load(Ordering::Relaxed);
                async move { Some(members) }
            });
            tokio::join!(calls, count);
        })
    }

    fn leave(&self) {
        self.members.fetch_sub(1, Ordering::Relaxed);
    }

    /// At least 94 % of the budget of `minutes` is used, with at most one refusal.
    fn check(&self, minutes: u32) {
        let served = self.served.load(Ordering::Relaxed);
        let refused = self.refused.load(Ordering::Relaxed);
        let share = f64::from(served) / f64::from(LIMIT * minutes);
        assert!(
            share >= 0.94 && refused <= 1,
            "{share} of the budget, {refused} refused"
        );
    }
}

#[test]
fn what_is_in_hand_is_bounded_by_concurrency_and_half_a_minutes_share() {
    assert_eq!(Pace::new(None).in_hand(32), 32);
    assert_eq!(Pace::new(Some(300)).in_hand(32), 32);
    assert_eq!(Pace::new(Some(20)).in_hand(32), 10);
    assert_eq!(Pace::new(Some(1)).in_hand(32), 1);
    let shared = Pace::new(Some(300));
    shared.set_members(10);
    assert_eq!(shared.in_hand(32), 15);
}

#[tokio::test(start_paused = true)]
async fn a_hold_stops_calls_until_it_ends_and_a_shorter_one_does_not_end_it() {
    let pace = Pace::new(None);
    let start = Instant::now();
    pace.hold(Duration::from_secs(5));
    pace.hold(Duration::from_secs(2));
    let _permit = pace.take().await;
    assert_eq!(start.elapsed(), Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn four_replicas_share_the_budget() {
    let world = World::new();
    let _replicas: Vec<_> = (0..4).map(|_| world.replica()).collect();
    tokio::time::sleep(HALF_HOUR * MINUTE).await;
    world.check(HALF_HOUR);
}

#[tokio::test(start_paused = true)]
async fn one_becomes_eight() {
    let world = World::new();
    let mut replicas = vec![world.replica()];
    tokio::time::sleep(MINUTE * 5 + MINUTE / 3).await;
    replicas.extend((0..7).map(|_| world.replica()));
    tokio::time::sleep(HALF_HOUR * MINUTE - MINUTE * 5 - MINUTE / 3).await;
    world.check(HALF_HOUR);
}

#[tokio::test(start_paused = true)]
async fn four_of_eight_are_killed() {
    let world = World::new();
    let replicas: Vec<_> = (0..8).map(|_| world.replica()).collect();
    tokio::time::sleep(MINUTE * 10 + MINUTE / 7).await;
    for replica in &replicas[..4] {
        replica.abort();
        world.leave();
    }
    tokio::time::sleep(HALF_HOUR * MINUTE - MINUTE * 10 - MINUTE / 7).await;
    world.check(HALF_HOUR);
}

#[tokio::test(start_paused = true)]
async fn half_open_ghosts_are_counted_for_a_while() {
    let world = World::new();
    let replicas: Vec<_> = (0..4).map(|_| world.replica()).collect();
    tokio::time::sleep(MINUTE * 10).await;
    replicas[0].abort();
    // Three heartbeats until the broker notices.
    tokio::time::sleep(MINUTE / 2).await;
    world.leave();
    tokio::time::sleep(HALF_HOUR * MINUTE - MINUTE * 10 - MINUTE / 2).await;
    world.check(HALF_HOUR);
}

#[tokio::test(start_paused = true)]
async fn rolling_deploys_stay_within_the_budget() {
    let world = World::new();
    let mut replicas: Vec<_> = (0..4).map(|_| world.replica()).collect();
    for _ in 0..HALF_HOUR {
        // One more comes, then one of the old goes.
        replicas.push(world.replica());
        tokio::time::sleep(MINUTE / 3).await;
        replicas.remove(0).abort();
        world.leave();
        tokio::time::sleep(MINUTE * 2 / 3).await;
    }
    world.check(HALF_HOUR);
}

#[tokio::test(start_paused = true)]
async fn other_users_of_the_client_are_seen_by_the_apis_counters() {
    let pace = Pace::new(Some(LIMIT));
    let start = Instant::now();
    let window = |count| Window {
        count,
        allowed: LIMIT,
        reset: Duration::from_secs(20),
    };
    pace.observe(window(100));
    let _first = pace.take().await;
    assert!(start.elapsed() < Duration::from_secs(1));
    pace.observe(window(299));
    let _second = pace.take().await;
    assert!(start.elapsed() >= Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn a_lower_limit_of_the_api_is_kept_to() {
    let pace = Pace::new(Some(LIMIT));
    pace.observe(Window {
        count: 1,
        allowed: 60,
        reset: MINUTE,
    });
    let start = Instant::now();
    for _ in 0..11 {
        let _permit = pace.take().await;
    }
    assert!(
        start.elapsed() >= Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
}
