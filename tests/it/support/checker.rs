//! What must hold after any fault: nothing is lost, what is there twice is the same, every outcome has its audit record,
//! and no personal data has come out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::canaries::Canaries;
use super::jobs::{Fate, Job};
use super::{DeadLetter, Record};

/// Problems that are shown; there may be thousands of one kind.
const SHOWN: usize = 25;
/// What two copies of an audit record may differ in.
const OF_THE_MOMENT: [&str; 5] = [
    "timestamp",
    "latencyMs",
    "worker",
    "traceId",
    "genesysCorrelationId",
];

/// All that there is to judge by.
pub(crate) struct Evidence<'a> {
    pub(crate) jobs: &'a [Job],
    /// In the order in which one queue held them.
    pub(crate) records: &'a [Record],
    pub(crate) dead: &'a [DeadLetter],
    pub(crate) canaries: &'a Canaries,
    /// Everything that was written for people, by where: logs, admin pages.
    pub(crate) written: &'a [(String, String)],
}

/// The result: what was counted, and what is wrong.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) enqueued: usize,
    /// Conversations.
    pub(crate) published: usize,
    pub(crate) ignored: usize,
    /// Jobs by reason.
    pub(crate) dead: BTreeMap<String, usize>,
    /// Records and dead letters beyond the first of each.
    pub(crate) duplicate_transcripts: usize,
    pub(crate) duplicate_audits: usize,
    pub(crate) duplicate_dead: usize,
    /// By status.
    pub(crate) audits: BTreeMap<String, usize>,
    problems: Vec<String>,
    /// Jobs without an end: names that the logs may know them by.
    endless: Vec<String>,
}

/// What became of the jobs, by job.
struct Outcomes<'a> {
    transcripts: HashMap<&'a str, Vec<&'a Record>>,
    audits: HashMap<&'a str, Vec<&'a Record>>,
    dead: HashMap<&'a str, Vec<&'a DeadLetter>>,
}

/// The ids of the jobs that have ended, from their audit records.
pub(crate) fn ended(record: &Record) -> Option<&str> {
    let ends = ["audit.success", "audit.failed", "audit.ignored"].contains(&record.key.as_str());
    ends.then(|| text(record, "jobId"))
}

/// Judges.
pub(crate) fn check(evidence: &Evidence<'_>) -> Verdict {
    let outcomes = Outcomes::of(evidence);
    let mut verdict = Verdict {
        enqueued: evidence.jobs.len(),
        ..Verdict::default()
    };
    for job in evidence.jobs {
        verdict.job(job, &outcomes);
    }
    verdict.strangers(evidence);
    verdict.order(evidence.records);
    verdict.audit_copies(evidence.records);
    verdict.leaks(evidence);
    verdict.last_seen(evidence);
    verdict
}

fn text<'a>(record: &'a Record, field: &str) -> &'a str {
    record.body[field].as_str().unwrap_or_default()
}

impl<'a> Outcomes<'a> {
    fn of(evidence: &'a Evidence<'a>) -> Self {
        let mut outcomes = Self {
            transcripts: HashMap::new(),
            audits: HashMap::new(),
            dead: HashMap::new(),
        };
        for record in evidence.records {
            let (of_kind, key) = if record.is_transcript() {
                (&mut outcomes.transcripts, record.conversation_id())
            } else {
                (&mut outcomes.audits, text(record, "jobId"))
            };
            of_kind.entry(key).or_default().push(record);
        }
        for letter in evidence.dead {
            let key = letter.message_id.as_deref().unwrap_or_default();
            outcomes.dead.entry(key).or_default().push(letter);
        }
        outcomes
    }
}

impl Verdict {
    /// What is wrong.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Fails the test with what is wrong.
    pub(crate) fn assert_good(&self, context: &str) {
        let mut shown = String::new();
        for problem in self.problems.iter().take(SHOWN) {
            let _ = writeln!(shown, "  {problem}");
        }
        let count = self.problems.len();
        assert!(count == 0, "{count} problems ({context}):\n{shown}");
    }

    /// Notes something that the checker cannot see.
    pub(crate) fn add(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn job(&mut self, job: &Job, outcomes: &Outcomes<'_>) {
        let name = match &job.conversation {
            Some(conversation) => format!("{} ({conversation})", job.id),
            None => job.id.clone(),
        };
        let none = Vec::new();
        let conversation = job.conversation.as_deref().unwrap_or_default();
        let transcripts = outcomes.transcripts.get(conversation);
        let transcripts: &[&Record] = transcripts.unwrap_or(&none);
        let audits = outcomes.audits.get(job.id.as_str()).unwrap_or(&none);
        let dead = outcomes.dead.get(job.id.as_str());
        let dead: &[&DeadLetter] = dead.map_or(&[], Vec::as_slice);
        let with_key = |key: &str| audits.iter().filter(|audit| audit.key == key).count();

        self.published += usize::from(!transcripts.is_empty());
        self.duplicate_transcripts += transcripts.len().saturating_sub(1);
        self.duplicate_dead += dead.len().saturating_sub(1);
        if let Some(letter) = dead.first() {
            *self
                .dead
                .entry(header(letter, "interceptor-reason"))
                .or_default() += 1;
        }
        let ignored = with_key("audit.ignored") > 0;
        self.ignored += usize::from(ignored);

        let is = (!transcripts.is_empty(), !dead.is_empty(), ignored);
        let expected = match job.fate {
            Fate::Published => (true, false, false),
            Fate::Dead(_) => (false, true, false),
            Fate::Ignored => (false, false, true),
        };
        if is == (false, false, false) {
            self.endless.push(job.id.clone());
            self.endless.extend(job.conversation.clone());
            let seen: Vec<_> = audits.iter().map(|audit| audit.key.as_str()).collect();
            self.add(format!("NO END: {name}, whose audits are {seen:?}"));
        } else if is != expected {
            self.add(format!(
                "{name} must be {:?}, but (published, dead, ignored) = {is:?}",
                job.fate
            ));
        }
        for copy in transcripts {
            if (&copy.message_id, &copy.bytes)
                != (&transcripts[0].message_id, &transcripts[0].bytes)
            {
                self.add(format!("{name}: two transcripts differ"));
            }
            let audited = audits.iter().any(|audit| {
                audit.key == "audit.success"
                    && text(audit, "transcriptMessageId") == copy.message_id
            });
            if !audited {
                self.add(format!("{name}: a transcript without its success audit"));
            }
        }
        for letter in dead {
            self.dead_letter(&name, job, letter, audits);
        }
    }

    fn dead_letter(&mut self, name: &str, job: &Job, letter: &DeadLetter, audits: &[&Record]) {
        let reason = header(letter, "interceptor-reason");
        if let Fate::Dead(expected) = job.fate
            && expected != reason
        {
            self.add(format!("{name} is dead for {reason} instead of {expected}"));
        }
        if letter.body != job.body.as_bytes() {
            self.add(format!("{name}: the dead letter's body is another"));
        }
        let failed =
            |audit: &&Record| audit.key == "audit.failed" && text(audit, "errorCode") == reason;
        if !audits.iter().any(failed) {
            self.add(format!(
                "{name}: a dead letter ({reason}) without its failed audit"
            ));
        }
        let attempts = letter.headers["interceptor-attempt"]
            .as_u64()
            .unwrap_or_default();
        for attempt in 1..=attempts {
            if !audits.iter().any(|audit| audit.body["attempt"] == attempt) {
                self.add(format!(
                    "{name}: no audit of attempt {attempt} of {attempts}"
                ));
            }
        }
    }

    /// Nothing may come out that nobody has sent in.
    fn strangers(&mut self, evidence: &Evidence<'_>) {
        let sent: HashSet<&str> = evidence.jobs.iter().map(|job| job.id.as_str()).collect();
        let conversations: HashSet<&str> = evidence
            .jobs
            .iter()
            .filter_map(|job| job.conversation.as_deref())
            .collect();
        for record in evidence.records {
            let known = if record.is_transcript() {
                conversations.contains(record.conversation_id())
            } else {
                sent.contains(text(record, "jobId"))
            };
            if !known {
                self.add(format!(
                    "a record {} out of nowhere: {}",
                    record.key, record.message_id
                ));
            }
        }
        for letter in evidence.dead {
            let id = letter.message_id.as_deref().unwrap_or_default();
            if !sent.contains(id) {
                self.add(format!("a dead letter out of nowhere: {id}"));
            }
        }
    }

    /// A success is told only after the transcript can be had.
    fn order(&mut self, records: &[Record]) {
        let mut seen = HashSet::new();
        for record in records {
            if record.is_transcript() {
                seen.insert(record.message_id.as_str());
            } else if record.key == "audit.success"
                && !seen.contains(text(record, "transcriptMessageId"))
            {
                self.add(format!(
                    "{}: its success audit precedes its transcript",
                    text(record, "jobId")
                ));
            }
        }
    }

    fn audit_copies(&mut self, records: &[Record]) {
        let lasting = |record: &Record| {
            let mut body = record.body.clone();
            for field in OF_THE_MOMENT {
                body[field] = Value::Null;
            }
            body
        };
        let mut first: HashMap<&str, &Record> = HashMap::new();
        for audit in records.iter().filter(|record| !record.is_transcript()) {
            *self
                .audits
                .entry(text(audit, "status").to_owned())
                .or_default() += 1;
            match first.insert(&audit.message_id, audit) {
                None => {}
                Some(earlier) => {
                    self.duplicate_audits += 1;
                    if lasting(earlier) != lasting(audit) {
                        self.add(format!(
                            "{}: two copies of an audit differ",
                            text(audit, "jobId")
                        ));
                    }
                }
            }
        }
    }

    /// The last that the logs say of jobs without an end.
    fn last_seen(&mut self, evidence: &Evidence<'_>) {
        const LINES: usize = 6;
        for (place, text) in evidence.written {
            let told = |line: &&str| self.endless.iter().any(|name| line.contains(&**name));
            let mut last: Vec<_> = text.lines().rev().filter(told).take(LINES).collect();
            last.reverse();
            if !last.is_empty() {
                let lines = last.join("\n    ");
                self.problems
                    .push(format!("of jobs without an end says {place}:\n    {lines}"));
            }
        }
    }

    fn leaks(&mut self, evidence: &Evidence<'_>) {
        if evidence.canaries.count() < evidence.jobs.len() / 2 {
            let count = evidence.canaries.count();
            self.add(format!(
                "only {count} pieces of personal data were planted: nothing is proved"
            ));
        }
        let mut leaks: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
        let mut look = |place: &str, text: &str| {
            let found = evidence.canaries.in_text(text);
            if !found.is_empty() {
                leaks.entry(place.to_owned()).or_default().extend(found);
            }
        };
        for record in evidence.records {
            look(&record.key, &String::from_utf8_lossy(&record.bytes));
            look("headers of records", &record.headers.to_string());
        }
        for letter in evidence.dead {
            look("headers of dead letters", &letter.headers.to_string());
        }
        for (place, text) in evidence.written {
            look(place, text);
        }
        for (place, conversations) in leaks {
            let few: Vec<_> = conversations.iter().take(3).collect();
            let count = conversations.len();
            self.add(format!(
                "LEAK: personal data of {count} conversations in {place}, such as {few:?}"
            ));
        }
        for (place, text) in evidence.written {
            if text.contains("panicked") {
                self.add(format!("a panic in {place}"));
            }
        }
    }
}

fn header(letter: &DeadLetter, name: &str) -> String {
    letter.headers[name].as_str().unwrap_or("none").to_owned()
}
