//! How the threads of a worker are scheduled.

use std::collections::BTreeMap;

use crate::support::Stand;

/// What `/proc/PID/task/TID/stat` calls `SCHED_OTHER` and `SCHED_BATCH`: `sched(7)`.
const SCHED_OTHER: u32 = 0;
const SCHED_BATCH: u32 = 3;

/// The policy of each thread, by name.
fn policies(process: u32) -> BTreeMap<String, u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let policy = |task: std::io::Result<std::fs::DirEntry>| {
        let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).ok()?;
        // The name is in parentheses and may hold anything; the policy is the 41st field, `proc_pid_stat(5)`.
        let (name, fields) = stat.split_once('(')?.1.rsplit_once(')')?;
        let policy = fields.split_whitespace().nth(38)?;
        Some((name.to_owned(), policy.parse().unwrap()))
    };
    tasks.filter_map(policy).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_thread_preempts_another() {
    let stand = Stand::new().await;
    let worker = stand.worker(&[]);
    worker.stdout_line("broker.connected").await;
    let found = policies(worker.id());
    assert!(found.contains_key("lapin-io-loop"), "{found:?}");
    // One that somebody has chosen for the tests stays.
    let own = policies(std::process::id()).into_values().max().unwrap();
    let expected = if own == SCHED_OTHER { SCHED_BATCH } else { own };
    assert!(
        found.values().all(|policy| *policy == expected),
        "{found:?}"
    );
}
