//! `interceptor enqueue`
//!
//! | file | what |
//! |---|---|
//! | `given.rs` | ids from the command line, a file or stdin |
//! | `period.rs` | the conversations that ended within a time |
//! | `sessions.rs` | the conversations of guests' sessions |
//! | `times.rs` | what --since, --from and --to mean |
//! | `watermark.rs` | the file that makes a search resumable |
//! | `budget.rs` | the rate limit, shared with the workers while Genesys is asked |
//! | `sink.rs` | where ids go: the job queue, or stdout |

mod budget;
mod given;
mod period;
mod sessions;
mod sink;
mod times;
mod watermark;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgGroup, Args};

use self::budget::Budget;
use self::sink::Sink;
use self::times::Times;
use super::Failure;
use crate::config::{GenesysConfig, RateSharing, Source};
use crate::genesys::{Genesys, Pace};
use crate::job;

/// Jobs that may wait while ids that were found are sent, unless told otherwise.
const MAX_DEPTH: u32 = 1_000;

#[derive(Args)]
#[command(
    group = ArgGroup::new("what").required(true).multiple(true)
        .args(["ids", "file", "session", "since", "from", "watermark"]),
    after_help = "\
Examples:
  interceptor enqueue 550e8400-e29b-41d4-a716-446655440000
  interceptor enqueue --file ids.txt
  some-export | interceptor enqueue -
  interceptor enqueue --since 24h --dry-run
  interceptor enqueue --from 2026-05-01 --to 2026-06-01T12:00:00Z
  interceptor enqueue --since 24h --watermark /var/lib/interceptor/watermark    (again and again, from cron)
  interceptor enqueue --session 5befde6373a23f32f20b59b4e1cba0e6

--since, --from and --to ask Genesys' analytics for the web-messaging conversations that ended within that time.
--session wants ids of messages or of guests (GENESYS_API=platform), or of guest sessions (web-details). Never pass a
guest's token: it is a credential.
Malformed ids are named and left out; the others are sent, and the exit code is 1 then."
)]
pub(super) struct Options {
    /// Conversation ids; - reads them from stdin, one a line.
    #[arg(value_name = "ID", conflicts_with_all = ["file", "session", "since", "from", "to", "watermark"])]
    ids: Vec<String>,
    /// A file with one id a line; - is stdin.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["session", "since", "from", "to", "watermark"])]
    file: Option<String>,
    /// Ids of messages, guests or guest sessions, whose conversations are looked up (of the last 28 days, unless a time is
    /// given); never a guest's token.
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "watermark")]
    session: Vec<String>,
    #[command(flatten)]
    times: Times,
    /// A file that remembers how far --since or --from got: run again, it goes on from there, and nothing is skipped.
    #[arg(long, value_name = "FILE")]
    watermark: Option<PathBuf>,
    /// Print the ids, one a line, instead of sending them.
    #[arg(long)]
    dry_run: bool,
    /// Wait while the job queue holds so many jobs, so that live chats need not wait behind a backfill; 1000 unless ids are
    /// given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_depth: Option<u32>,
}

pub(super) async fn execute(source: &Source, options: Options) -> Result<(), Failure> {
    let Options {
        ids,
        file,
        session,
        times,
        watermark,
        dry_run,
        max_depth,
    } = options;
    if session.is_empty() && watermark.is_none() && !times.are_given() {
        let sink = Sink::new(source, dry_run, max_depth)?;
        return given::enqueue(sink, ids, file).await;
    }
    let config = GenesysConfig::read(source)?;
    let pace = Arc::new(Pace::new(config.requests_per_minute));
    let genesys = Genesys::new(&config, Arc::clone(&pace))?;
    let share = config.rate_sharing == RateSharing::Members;
    let budget = Budget::new(pace, share);
    let sink = Sink::new(source, dry_run, max_depth.or(Some(MAX_DEPTH)))?;
    if session.is_empty() {
        period::enqueue(&genesys, budget, sink, &times, watermark, dry_run).await
    } else {
        sessions::enqueue(&genesys, budget, sink, session, &times).await
    }
}

/// The id of a conversation that Genesys names; counts and tells of one that is none.
fn checked(id: &str, sink: &mut Sink) -> Option<job::ConversationId> {
    match job::parse_id(id) {
        Ok(id) => Some(id),
        Err(job::Malformed) => {
            sink.refuse("Genesys names a conversation whose id is no hyphenated UUID");
            None
        }
    }
}
