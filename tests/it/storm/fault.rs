//! The faults of the storm, and how each is brought about and ended.

use std::future::Future;
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use super::Storm;
use crate::support::proxy::Mode;

/// A fault ends after this even where what it waits for does not happen: others may have come in its way.
const LONGEST: Duration = Duration::from_secs(12);
/// Of the faults at hand, the share that strikes together with another.
const PAIRED: f64 = 0.25;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    WorkerKill,
    WorkerFreeze,
    BrokerCrash,
    ConnectionsClosed,
    LeaderKill,
    MemoryAlarm,
    KillInAlarm,
    LinkCut,
    LinkReset,
    LinkHang,
    ConfirmLost,
    LinkSlow,
    LinkLate,
    Api429,
    Api500,
    ApiHang,
    ApiReset,
    ApiLinkCut,
}

/// Of each family only one strikes at a time.
#[derive(PartialEq, Eq)]
enum Family {
    Worker,
    Broker,
    Link,
    Api,
}

const ALL: [Fault; 18] = [
    Fault::WorkerKill,
    Fault::WorkerFreeze,
    Fault::BrokerCrash,
    Fault::ConnectionsClosed,
    Fault::LeaderKill,
    Fault::MemoryAlarm,
    Fault::KillInAlarm,
    Fault::LinkCut,
    Fault::LinkReset,
    Fault::LinkHang,
    Fault::ConfirmLost,
    Fault::LinkSlow,
    Fault::LinkLate,
    Fault::Api429,
    Fault::Api500,
    Fault::ApiHang,
    Fault::ApiReset,
    Fault::ApiLinkCut,
];

/// A fault and the replica that it strikes, where it strikes one.
pub(super) type Strike = (Fault, usize);

/// What strikes at once, after so many calls for fresh jobs: in the middle of whatever goes on then.
pub(super) struct Round {
    pub(super) after_calls: u64,
    pub(super) strikes: Vec<Strike>,
}

/// `count` faults in rounds of one or two, each kind before any comes again.
pub(super) fn schedule(count: usize, replicas: usize, rng: &mut Rng) -> Vec<Round> {
    const MOST_CALLS: u64 = 20;
    let mut deck = Vec::new();
    while deck.len() < count {
        let mut all = ALL;
        rng.shuffle(&mut all);
        deck.extend(all);
    }
    deck.truncate(count);
    let mut rounds: Vec<Round> = Vec::new();
    for fault in deck {
        let replica = rng.usize(0..replicas);
        let pairs = rng.f64() < PAIRED;
        match rounds.last_mut() {
            Some(Round { strikes, .. })
                if pairs && strikes.len() == 1 && strikes[0].0.family() != fault.family() =>
            {
                let elsewhere = (strikes[0].1 + 1 + replica % (replicas - 1)) % replicas;
                strikes.push((fault, elsewhere));
            }
            _ => rounds.push(Round {
                after_calls: rng.u64(1..=MOST_CALLS),
                strikes: vec![(fault, replica)],
            }),
        }
    }
    rounds
}

impl Fault {
    fn family(self) -> Family {
        match self {
            Self::WorkerKill | Self::WorkerFreeze => Family::Worker,
            Self::BrokerCrash
            | Self::ConnectionsClosed
            | Self::LeaderKill
            | Self::MemoryAlarm
            | Self::KillInAlarm => Family::Broker,
            Self::LinkCut
            | Self::LinkReset
            | Self::LinkHang
            | Self::ConfirmLost
            | Self::LinkSlow
            | Self::LinkLate => Family::Link,
            Self::Api429 | Self::Api500 | Self::ApiHang | Self::ApiReset | Self::ApiLinkCut => {
                Family::Api
            }
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WorkerKill => "worker SIGKILL",
            Self::WorkerFreeze => "worker SIGSTOP",
            Self::BrokerCrash => "broker kill -9",
            Self::ConnectionsClosed => "connections closed",
            Self::LeaderKill => "queue leader killed",
            Self::MemoryAlarm => "memory alarm",
            Self::KillInAlarm => "SIGKILL in alarm",
            Self::LinkCut => "link cut",
            Self::LinkReset => "link reset",
            Self::LinkHang => "link hangs",
            Self::ConfirmLost => "confirm lost",
            Self::LinkSlow => "link slow, then cut",
            Self::LinkLate => "link late",
            Self::Api429 => "Genesys 429",
            Self::Api500 => "Genesys 500",
            Self::ApiHang => "Genesys hangs",
            Self::ApiReset => "Genesys resets",
            Self::ApiLinkCut => "Genesys link cut",
        }
    }
}

/// Awaits what a fault waits for, within bounds.
async fn hold(condition: impl Future<Output = ()>) {
    let _ = tokio::time::timeout(LONGEST, condition).await;
}

impl Storm {
    /// Brings a fault about, holds it until it was felt, and ends it.
    pub(super) async fn strike(&self, (fault, at): Strike) {
        let (replica, broker) = (&self.replicas[at], &self.broker);
        let link = &replica.link;
        match fault {
            Fault::WorkerKill => replica.kill_and_start_again(&self.stand),
            Fault::WorkerFreeze => {
                replica.signal("STOP");
                // The broker closes the connections of a client that has been silent for long.
                hold(link.until_idle()).await;
                replica.signal("CONT");
            }
            Fault::BrokerCrash => {
                broker.kill().await;
                broker.restart().await;
            }
            Fault::ConnectionsClosed => broker.ctl(&["close_all_connections", "storm"]).await,
            Fault::LeaderKill => self.kill_leader(["conversations", "archive"][at % 2]).await,
            Fault::MemoryAlarm => {
                self.begin_alarm(at).await;
                broker.end_memory_alarm().await;
            }
            Fault::KillInAlarm => {
                // The worker has what it could not publish, and could have acknowledged.
                self.begin_alarm(at).await;
                replica.kill_and_start_again(&self.stand);
                broker.end_memory_alarm().await;
            }
            Fault::LinkCut => link.cut(),
            Fault::LinkReset => link.reset(),
            Fault::LinkHang => {
                let felt = replica.one_more("broker.lost");
                link.set(Mode::Hang);
                hold(felt).await;
                link.set(Mode::Pass);
            }
            Fault::ConfirmLost => {
                /// More than heartbeats and acknowledgements: a record is under way.
                const RECORD: u64 = 2_000;
                link.set(Mode::HangDown);
                hold(link.until_sent_up(link.sent_up() + RECORD)).await;
                link.cut();
                link.set(Mode::Pass);
            }
            Fault::LinkSlow => {
                self.degrade(at, Mode::Rate(8_000)).await;
                // Records are under way, and their small acknowledgements would have been faster.
                link.cut();
                link.set(Mode::Pass);
            }
            Fault::LinkLate => {
                self.degrade(at, Mode::Delay(Duration::from_millis(100)))
                    .await;
                link.set(Mode::Pass);
            }
            Fault::Api429 => self.api("429", json!({"status429": 0.6})).await,
            Fault::Api500 => self.api("500", json!({"status500": 0.6})).await,
            Fault::ApiHang => self.api("hang", json!({"hang": 0.4})).await,
            Fault::ApiReset => self.api("reset", json!({"reset": 0.5})).await,
            Fault::ApiLinkCut => self.api_link.reset(),
        }
    }

    async fn kill_leader(&self, queue: &str) {
        let name = format!("'%2F_{}'", self.stand.name(queue));
        let kill =
            format!("case whereis({name}) of undefined -> gone; Pid -> exit(Pid, kill) end.");
        self.broker.ctl(&["eval", &kill]).await;
    }

    /// Until the replica has felt it.
    async fn begin_alarm(&self, at: usize) {
        let felt = self.replicas[at].one_more("broker.blocked");
        self.broker.memory_alarm().await;
        hold(felt).await;
    }

    /// Until the replica has got a job done nevertheless.
    async fn degrade(&self, at: usize, mode: Mode) {
        let replica = &self.replicas[at];
        let done = replica.one_more("AUDIT_LOG");
        replica.link.set(mode);
        hold(done).await;
    }

    /// Until a number of calls have met the fault.
    async fn api(&self, counted_as: &str, shares: Value) {
        const CALLS: u64 = 12;
        let met =
            async || self.stand.get("/simulator/stats").await["byStatus"][counted_as].as_u64();
        let before = met().await.unwrap_or_default();
        self.set_api_faults(shares).await;
        hold(async {
            while met().await.unwrap_or_default() < before + CALLS {
                tokio::time::sleep(super::LOOK_AGAIN).await;
            }
        })
        .await;
        self.set_api_faults(json!({})).await;
    }
}
