//! What `run` shows to somebody at a terminal.

use std::process::Command;

use regex::Regex;
use serde_json::json;

use crate::support::{Process, Stand, interceptor};

/// Runs a command in a pseudo-terminal.
const SCRIPT: &str = "/usr/bin/script";

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_shows_the_tutorials_line_for_each_conversation() {
    let version = Command::new(SCRIPT).arg("--version").output();
    if !version.is_ok_and(|it| String::from_utf8_lossy(&it.stdout).contains("util-linux")) {
        eprintln!("skipped: no {SCRIPT} of util-linux to run a terminal with");
        return;
    }
    let stand = Stand::new().await;
    let ids = stand.conversations(2).await;
    stand.faults(json!({"badRequest": [ids[1]]})).await;
    for id in &ids {
        stand.send(id.as_bytes(), Default::default()).await;
    }
    let mut environment = stand.environment();
    environment.push(("PATH".to_owned(), "/usr/bin:/bin".to_owned()));
    // Without a shell in between, so that the terminal's end reaches the worker.
    let run = format!("exec '{}' run", interceptor());
    let terminal = Process::start(SCRIPT, &["-qec", &run, "/dev/null"], &environment);
    for (id, status) in [(&ids[0], "success"), (&ids[1], "failed")] {
        let line = Regex::new(&format!(
            r"^\[INTERCEPT\] {id} \| {status} \| Latency: \d+ms\r?$"
        ));
        let line = line.unwrap();
        terminal.stdout_matching(|it| line.is_match(it)).await;
    }
    // Words, not JSON, but for the audit lines.
    let started = terminal.stdout_line("run.started").await;
    assert!(!started.starts_with('{'), "{started}");
    terminal.stdout_line("\"message\":\"AUDIT_LOG\"").await;
    // The terminal hands it on to the worker: killed, it would leave one behind where SIGHUP is ignored.
    terminal.signal("TERM");
    terminal.finish().await;
}
