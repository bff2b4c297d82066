//! The checker of the fault tests sees what it is there for: one that misses anything would prove nothing.

use serde_json::{Value, json};

use crate::support::canaries::Canaries;
use crate::support::checker::{Evidence, Verdict, check};
use crate::support::jobs::{Fate, Job};
use crate::support::{DeadLetter, Record};

const GOOD: &str = "550e8400-e29b-41d4-a716-446655440000";
const GONE: &str = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
const ADDRESS: &str = "maya.lin@example.com";

/// A run in which everything is right: one conversation published, one dead after two attempts.
struct Run {
    jobs: Vec<Job>,
    records: Vec<Record>,
    dead: Vec<DeadLetter>,
    log: String,
}

impl Run {
    fn good() -> Self {
        let job = |id: &str, conversation: &str, fate| Job {
            id: id.to_owned(),
            conversation: Some(conversation.to_owned()),
            body: conversation.to_owned(),
            fate,
        };
        let reason = "conversation_not_found";
        let audit = |key: &str, body: Value| record(key, key, body);
        Self {
            jobs: vec![
                job("a", GOOD, Fate::Published),
                job("b", GONE, Fate::Dead(reason)),
            ],
            records: vec![
                transcript("hello"),
                audit(
                    "audit.success",
                    json!({"jobId": "a", "attempt": 1, "transcriptMessageId": "hello"}),
                ),
                audit("audit.retrying", json!({"jobId": "b", "attempt": 1})),
                audit(
                    "audit.failed",
                    json!({"jobId": "b", "attempt": 2, "errorCode": reason}),
                ),
            ],
            dead: vec![DeadLetter {
                body: GONE.into(),
                headers: json!({"interceptor-reason": reason, "interceptor-attempt": 2}),
                message_id: Some("b".to_owned()),
            }],
            log: "{}".to_owned(),
        }
    }

    fn judged(&self) -> Verdict {
        check(&Evidence {
            jobs: &self.jobs,
            records: &self.records,
            dead: &self.dead,
            canaries: &Canaries::planted([(GOOD, ADDRESS)].into_iter()),
            written: &[("the log".to_owned(), self.log.clone())],
        })
    }

    /// Fails unless the first problem holds `text`.
    fn assert_seen(&self, text: &str) {
        let verdict = self.judged();
        let problems = verdict.problems();
        assert!(
            problems.iter().any(|problem| problem.contains(text)),
            "{text:?} is not among {problems:?}"
        );
    }
}

fn transcript(text: &str) -> Record {
    record(
        "transcript.sanitized",
        text,
        json!({"conversationId": GOOD, "text": text}),
    )
}

fn record(key: &str, message_id: &str, body: Value) -> Record {
    Record {
        key: key.to_owned(),
        bytes: body.to_string().into_bytes(),
        body,
        message_id: message_id.to_owned(),
        correlation_id: None,
        headers: json!({}),
    }
}

#[test]
fn a_good_run_is_counted_and_has_no_problems() {
    let verdict = Run::good().judged();
    assert_eq!(verdict.problems(), [""; 0]);
    assert_eq!(
        (verdict.enqueued, verdict.published, verdict.ignored),
        (2, 1, 0)
    );
    assert_eq!(verdict.dead["conversation_not_found"], 1);
}

#[test]
fn what_has_no_end_is_named() {
    let mut run = Run::good();
    run.records.drain(..2);
    run.assert_seen(&format!("NO END: a ({GOOD})"));
    let mut run = Run::good();
    run.dead.clear();
    run.assert_seen("NO END: b");
}

#[test]
fn a_duplicate_must_be_the_same() {
    let mut run = Run::good();
    run.records.push(transcript("hello"));
    assert_eq!(run.judged().duplicate_transcripts, 1);
    assert_eq!(run.judged().problems(), [""; 0]);
    run.records.push(transcript("hallo"));
    run.assert_seen("two transcripts differ");

    let mut run = Run::good();
    let mut copy = run.records[1].clone();
    copy.body["latencyMs"] = json!(7);
    run.records.push(copy.clone());
    assert_eq!(run.judged().problems(), [""; 0]);
    copy.body["attempt"] = json!(2);
    run.records.push(copy);
    run.assert_seen("two copies of an audit differ");
}

#[test]
fn every_outcome_has_its_audit_and_its_place() {
    let mut run = Run::good();
    run.records.swap(0, 1);
    run.assert_seen("precedes its transcript");
    let mut run = Run::good();
    run.records.remove(1);
    run.assert_seen("a transcript without its success audit");
    let mut run = Run::good();
    run.records.remove(2);
    run.assert_seen("no audit of attempt 1 of 2");
    let mut run = Run::good();
    run.records.remove(3);
    run.assert_seen("without its failed audit");
}

#[test]
fn a_job_ends_as_it_must_and_as_what_it_was() {
    let mut run = Run::good();
    run.jobs[1].fate = Fate::Published;
    run.assert_seen("b (6ba7b810-9dad-11d1-80b4-00c04fd430c8) must be Published");
    let mut run = Run::good();
    run.dead[0].headers["interceptor-reason"] = json!("genesys_error");
    run.assert_seen("dead for genesys_error");
    let mut run = Run::good();
    run.dead[0].body.push(b' ');
    run.assert_seen("body is another");
    let mut run = Run::good();
    run.jobs.remove(0);
    run.assert_seen("out of nowhere");
}

#[test]
fn personal_data_is_seen_wherever_it_comes_out_and_not_repeated() {
    let places: [fn(&mut Run); 4] = [
        |run| run.records[0] = transcript(ADDRESS),
        |run| run.records[1].headers = json!({"note": ADDRESS}),
        |run| run.dead[0].headers["interceptor-error"] = json!(ADDRESS),
        |run| run.log = format!("{{\"error\":\"{ADDRESS}\"}}"),
    ];
    for spill in places {
        let mut run = Run::good();
        spill(&mut run);
        run.assert_seen("LEAK: personal data of 1 conversations");
        run.assert_seen(GOOD);
        assert!(
            run.judged()
                .problems()
                .iter()
                .all(|problem| !problem.contains(ADDRESS))
        );
    }
}
