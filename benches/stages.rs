//! The stages of a conversation between the API's answer and the record, on the simulator's chats: `cargo bench --bench
//! stages`. Throughput is in bytes of text and in messages.

use std::collections::BTreeMap;
use std::hint::black_box;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use serde::de::IgnoredAny;
use transcript_interceptor::record::Transcript;
use transcript_interceptor::redaction::{
    Conversation, Engine, Replacement, Rules, Side, Turn, Verdict,
};
use transcript_interceptor::simulator::generated_details;
use transcript_interceptor::transcript::{
    LanguagePolicy, Policy, RawTranscript, decode, redact, scrub,
};
use uuid::Uuid;

fn main() {
    divan::main();
}

/// A conversation of usual length.
const MESSAGES: usize = 50;
const CONVERSATIONS: u128 = 64;
const ID: &str = "6f2d0c9e-35b4-4a1c-9a55-0d7a1a6f4f10";

fn bodies() -> Vec<Vec<u8>> {
    (0..CONVERSATIONS)
        .map(|number| generated_details(Uuid::from_u128(number * 7919 + 1), MESSAGES).to_vec())
        .collect()
}

fn transcripts() -> Vec<RawTranscript<'static>> {
    let bodies = bodies();
    bodies
        .iter()
        .map(|body| decoded(body).into_owned())
        .collect()
}

fn decoded(body: &[u8]) -> RawTranscript<'_> {
    decode(body).expect("the simulator serves transcripts")
}

fn policy() -> Policy {
    let language = LanguagePolicy {
        confidence: 0.8,
        keep_undetermined: false,
    };
    Policy::new(
        Replacement::Plain,
        MESSAGES,
        language,
        None,
        Rules::default(),
    )
}

/// Bytes and messages of the average conversation.
fn counters() -> (BytesCount, ItemsCount) {
    let transcripts = transcripts();
    let messages = transcripts
        .iter()
        .flat_map(|transcript| &transcript.messages);
    let bytes: usize = messages.map(|message| message.text.len()).sum();
    (
        BytesCount::new(bytes / transcripts.len()),
        ItemsCount::new(MESSAGES),
    )
}

/// The inputs again and again, one for each call.
fn bench<I, O>(bencher: Bencher<'_, '_>, inputs: Vec<I>, stage: impl Fn(&I) -> O + Sync)
where
    I: Sync,
{
    let (bytes, items) = counters();
    let next = std::sync::atomic::AtomicUsize::new(0);
    bencher.counter(bytes).counter(items).bench(|| {
        let turn = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        stage(&inputs[turn % inputs.len()])
    });
}

/// The JSON alone, for scale.
#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    bench(bencher, bodies(), |body| {
        serde_json::from_slice::<IgnoredAny>(body).is_ok()
    });
}

/// JSON to model: parsed, each message checked, ordered.
#[divan::bench]
fn validate(bencher: Bencher<'_, '_>) {
    bench(bencher, bodies(), |body| drop(black_box(decoded(body))));
}

/// The detection of languages for each participant, as a conversation needs it in which nobody writes English.
#[divan::bench]
fn language(bencher: Bencher<'_, '_>) {
    const SAMPLE: usize = 512;
    let samples: Vec<Vec<String>> = transcripts()
        .iter()
        .map(|transcript| {
            let mut samples: BTreeMap<Option<&str>, String> = BTreeMap::new();
            for message in &transcript.messages {
                let sample = samples.entry(message.from.as_deref()).or_default();
                let room = SAMPLE.saturating_sub(sample.len());
                sample.push_str(&message.text[..message.text.floor_char_boundary(room)]);
                sample.push('\n');
            }
            samples.into_values().collect()
        })
        .collect();
    bench(bencher, samples, |samples| {
        samples
            .iter()
            .filter_map(|sample| whatlang::detect(sample))
            .count()
    });
}

/// Recognition and replacement, the second scan included.
#[divan::bench(name = "redact")]
fn redaction(bencher: Bencher<'_, '_>) {
    let policy = policy();
    bench(bencher, transcripts(), |transcript| {
        redact(&transcript.messages, 0, &policy).len()
    });
}

/// About what the second scan costs: what has been redacted is read once more.
#[divan::bench]
fn verify(bencher: Bencher<'_, '_>) {
    let policy = policy();
    let engine = Engine::new(Replacement::Plain);
    let redacted: Vec<Vec<(Side, String)>> = transcripts()
        .iter()
        .map(|transcript| {
            let sides = transcript
                .messages
                .iter()
                .map(|m| Side::of_sender(m.from.as_deref()));
            let verdicts = redact(&transcript.messages, 0, &policy).into_iter();
            sides
                .zip(verdicts)
                .filter_map(|(side, verdict)| match verdict {
                    Verdict::Redacted(redacted) => Some((side, redacted.text.into_owned())),
                    Verdict::Withheld { .. } => None,
                })
                .collect()
        })
        .collect();
    bench(bencher, redacted, |turns| {
        let turns: Vec<Turn<'_>> = turns
            .iter()
            .map(|(side, text)| Turn { side: *side, text })
            .collect();
        engine
            .redact(&Conversation {
                turns: &turns,
                redact_from: 0,
                participants: &[],
            })
            .verdicts
            .len()
    });
}

/// Everything from the model to what is published.
#[divan::bench(name = "scrub")]
fn whole_scrub(bencher: Bencher<'_, '_>) {
    let policy = policy();
    let bodies = bodies();
    let (bytes, items) = counters();
    let next = std::sync::atomic::AtomicUsize::new(0);
    bencher
        .counter(bytes)
        .counter(items)
        .with_inputs(|| {
            let turn = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            decoded(&bodies[turn % bodies.len()])
        })
        .bench_refs(|transcript| {
            black_box(&scrub(transcript, ID, &policy));
        });
}

/// To the bytes that are published, with their digest.
#[divan::bench]
fn serialize(bencher: Bencher<'_, '_>) {
    let policy = policy();
    let transcripts = transcripts();
    let sanitized: Vec<_> = transcripts
        .iter()
        .map(|transcript| scrub(transcript, ID, &policy))
        .collect();
    bench(bencher, sanitized, |sanitized| Transcript::new(sanitized));
}
