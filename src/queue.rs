//! RabbitMQ: jobs in, records out. The only room that names lapin.
//!
//! | file | what |
//! |---|---|
//! | `topology.rs` | the names, and everything that is declared under them, as data |
//! | `rights.rs` | who needs which rights on them, as data |
//! | `declare.rs` | declares or verifies the topology on a broker |
//! | `address.rs` | where the broker is, and who we are there: TLS and login |
//! | `product.rs` | what the broker says it is: its name and version |
//! | `transport.rs` | the stream that lapin reads |
//! | `frames.rs` | what lapin cannot read in a frame, made readable |
//! | `session.rs` | two connections, and the word when they are no longer good |
//! | `intake.rs` | deliveries in |
//! | `suspects.rs` | the jobs that run alone, taken one at a time |
//! | `outbox.rs` | confirmed publishes out |
//! | `message.rs` | a job as it was delivered, and what it becomes when it is passed on |
//! | `settle.rs` | carries out an outcome: the only place where a worker acknowledges |
//! | `replicas.rs` | what the replicas of one OAuth client tell each other |
//! | `depths.rs` | how much waits in each queue, for the status page |
//! | `client.rs` | what the command line needs: enqueue and tail |
//! | `dead_letters.rs` | what the operator needs: reads, redrives and removes what waits for somebody to act |
//!
//! Two connections, because the broker stops reading a connection that publishes while it is short of memory or disk,
//! and acknowledgements must not get stuck there. One publish channel per worker with one confirm outstanding, because
//! lapin attributes returns and confirms wrongly when several are.

mod address;
mod client;
mod dead_letters;
mod declare;
mod depths;
mod frames;
mod intake;
mod message;
mod outbox;
mod product;
mod replicas;
mod rights;
mod session;
mod settle;
mod suspects;
mod topology;
mod transport;

pub use address::Address;
pub use client::{Producer, Tail};
pub use dead_letters::{Letter, Letters, Place, Receipt, Redriver};
pub use declare::{TopologyError, apply, compare, verify};
pub use depths::{Depth, Depths};
pub use intake::Intake;
pub use message::{Delivered, JobMessage, Origin};
pub use outbox::{Outbox, PublishError};
pub use product::{Advice, Product};
pub use replicas::{Notices, Replicas};
pub use rights::{Rights, rights};
pub(crate) use session::say_goodbye;
pub use session::{Obstacles, Session, SessionError};
pub(crate) use settle::give_back;
pub use settle::{Settlement, acknowledge, settle};
pub use suspects::Suspects;
pub use topology::{Declaration, Names, Shared, plan};
