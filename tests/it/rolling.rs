//! Replicas are replaced one by one under load: nothing is lost, and nothing comes twice.

use std::collections::BTreeMap;

use fastrand::Rng;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::jobs::good_jobs;
use crate::support::trial::dismiss;
use crate::support::{PATIENCE, Process, Stand};

const REPLICAS: usize = 4;
/// Sent before each replacement, so that the replica that goes has jobs in hand.
const PORTION: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn replicas_replaced_one_by_one_lose_and_repeat_nothing() {
    let stand = Stand::new().await;
    stand.archive().await;
    stand.faults(json!({"latencyMs": 150})).await;
    let start = || stand.worker(&[("INTERCEPTOR_CONCURRENCY", "4")]);
    let mut replicas: Vec<Process> = (0..REPLICAS).map(|_| start()).collect();
    join_all(
        replicas
            .iter()
            .map(|replica| replica.stdout_line("broker.connected")),
    )
    .await;

    let jobs = good_jobs(PORTION * (REPLICAS + 1), &mut Rng::with_seed(4));
    let mut portions = jobs.chunks(PORTION);
    let mut written = Vec::new();
    for number in 0..REPLICAS {
        let working = replicas[0].one_more("AUDIT_LOG");
        stand.enqueue_once(portions.next().unwrap()).await;
        working.await;
        written.extend(dismiss(vec![replicas.remove(0)]).await);
        let (_, log) = &written[2 * number];
        assert!(log.contains("drain.finished"), "{log}");
        let next = start();
        next.stdout_line("broker.connected").await;
        replicas.push(next);
    }
    stand.enqueue_once(portions.next().unwrap()).await;

    let archive = stand.read_archive().await;
    let ended = stand.all_end(&archive, &jobs, PATIENCE).await;
    assert_eq!(ended, Ok(()));
    written.extend(dismiss(replicas).await);
    let verdict = stand.judge(&archive, &jobs, &written).await;
    verdict.assert_good("rolling restart");
    assert_eq!(
        (verdict.duplicate_transcripts, verdict.duplicate_audits),
        (0, 0),
        "{:#?}",
        done_twice(&written)
    );
}

/// The audit lines of conversations that have more than one, and where they were written.
fn done_twice(written: &[(String, String)]) -> Vec<(&str, &str)> {
    let mut audits: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
    for (place, log) in written {
        for line in log.lines().filter(|line| line.contains("AUDIT_LOG")) {
            let audit: Value = serde_json::from_str(line).unwrap();
            let of = audits.entry(audit["conversationId"].to_string());
            of.or_default().push((place, line));
        }
    }
    let twice = audits.into_values().filter(|lines| lines.len() > 1);
    twice.flatten().collect()
}
