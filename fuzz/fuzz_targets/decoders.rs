//! The decoders of what comes from outside: jobs, transcripts, marked conversations, policy files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transcript_interceptor::{evaluation, job, redaction::Rules, transcript};

fuzz_target!(|bytes: &[u8]| {
    let _ = job::decode(bytes);
    let _ = transcript::decode(bytes);
    let _ = evaluation::decode(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Rules::parse(text);
    }
});
