//! The language of each message: a label, never a gate for redaction.
//!
//! Detection is unreliable on short text ("yes" reads as Hungarian), so it runs on joined text: a message takes its own
//! result only where it is long or of another script and the result is confident; else its participant's, where that is
//! confident; else the conversation's best guess, published with its low confidence. Undetermined is only what belongs
//! to a conversation in which no language is found at all.
//!
//! A detection costs about as much as redacting a whole conversation, so there are as few as possible: of participants
//! whose words are nearly all in the English dictionary, one is detected, among a few languages only, and the others have
//! its result.

use std::sync::LazyLock;

use whatlang::{Detector, Info, Lang, Script};

use super::RawMessage;
use super::participants::{Ends, Participants};
use crate::redaction::Engine;

/// How language is decided and what becomes of messages without one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanguagePolicy {
    /// From which confidence (0 to 1) a result counts.
    pub confidence: f64,
    /// Whether undetermined messages are published as `und`; else they are skipped.
    pub keep_undetermined: bool,
}

/// A detected language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Detected {
    /// ISO 639-3.
    pub(super) code: &'static str,
    /// 0 to 1.
    pub(super) confidence: f64,
}

/// Bytes of joined text per participant: more makes no better result.
const SAMPLE: usize = 512;
/// Bytes from which a message is worth a detection of its own.
const LONG_MESSAGE: usize = 400;
/// Participants beyond this many share the conversation's result, so that the work per conversation is bounded.
const MAX_PARTICIPANTS: usize = 8;

/// For texts of English words, which are compared with the nearest kin of English only: a detection costs as much as it
/// has languages, and among more of them (Danish, French) one such text in ten is not surely English.
static NEARBY: LazyLock<Detector> =
    LazyLock::new(|| Detector::with_allowlist(vec![Lang::Eng, Lang::Deu, Lang::Nld]));
/// Bytes of such a text that are compared; of 8,215 participants in public chats, 98 % are surely English by so many, and
/// as many by twice as many.
const ENOUGH: usize = 160;

/// What a participant writes.
struct Writing {
    sample: String,
    result: Option<(Lang, Detected)>,
}

/// The language of each of the messages from `first` on; `None` is undetermined.
pub(super) fn detect(
    messages: &[RawMessage<'_>],
    participants: &Participants<'_>,
    first: usize,
    threshold: f64,
    engine: &Engine,
) -> Vec<Option<Detected>> {
    /// Of a sender that has written nothing, or is one too many.
    const NONE: usize = MAX_PARTICIPANTS;
    let mut writings: Vec<Writing> = Vec::new();
    // By participant; whoever did not say who they are is one more.
    let mut places = vec![NONE; participants.names.len() + 1];
    let of = |ends: &Ends| ends.from.unwrap_or(participants.names.len());
    for (message, ends) in messages.iter().zip(&participants.messages) {
        let place = &mut places[of(ends)];
        if *place == NONE {
            if writings.len() == MAX_PARTICIPANTS {
                continue;
            }
            *place = writings.len();
            writings.push(Writing {
                sample: String::with_capacity(SAMPLE),
                result: None,
            });
        }
        append_sample(&mut writings[*place].sample, &message.text);
    }
    let in_english = |result: &(Lang, Detected)| {
        let (lang, detected) = result;
        *lang == Lang::Eng && detected.confidence >= threshold
    };
    let mut english = None;
    for writing in &mut writings {
        let sample = &writing.sample;
        if engine.is_english(sample) {
            let enough = &sample[..sample.floor_char_boundary(ENOUGH)];
            english = english.or_else(|| NEARBY.detect(enough).map(detected).filter(in_english));
            writing.result = english;
        }
        writing.result = writing.result.or_else(|| detect_text(sample));
    }

    let confident = |result: &Option<(Lang, Detected)>| {
        result
            .map(|(_, detected)| detected)
            .filter(|detected| detected.confidence >= threshold)
    };
    // The one participant's text is the conversation's.
    let mut best_guess = match writings.as_slice() {
        [only] => Some(only.result.map(|(_, detected)| detected)),
        _ => None,
    };

    messages[first..]
        .iter()
        .zip(&participants.messages[first..])
        .map(|(message, ends)| {
            let writing = writings.get(places[of(ends)]);
            let usual = writing.and_then(|writing| writing.result);
            if differs(&message.text, usual.map(|(lang, _)| lang))
                && let Some(own) = confident(&detect_text(&message.text))
            {
                return Some(own);
            }
            confident(&usual).or_else(|| {
                *best_guess.get_or_insert_with(|| {
                    let joined: String = writings
                        .iter()
                        .flat_map(|writing| [writing.sample.as_str(), "\n"])
                        .collect();
                    detect_text(&joined).map(|(_, detected)| detected)
                })
            })
        })
        .collect()
}

fn append_sample(sample: &mut String, text: &str) {
    let room = SAMPLE.saturating_sub(sample.len());
    if room == 0 {
        return;
    }
    sample.push_str(&text[..text.floor_char_boundary(room)]);
    sample.push('\n');
}

/// Whether a message may be in another language than its participant's: long enough to tell, or of another script.
fn differs(text: &str, usual: Option<Lang>) -> bool {
    if text.len() >= LONG_MESSAGE {
        return true;
    }
    match (script(text), usual) {
        (Some(script), Some(lang)) => !script.langs().contains(&lang),
        (script, None) => script.is_some(),
        (None, _) => false,
    }
}

fn script(text: &str) -> Option<Script> {
    let count = |is: fn(&u8) -> bool| text.as_bytes().iter().filter(|byte| is(byte)).count();
    let letters = count(u8::is_ascii_alphabetic);
    let others = count(|byte| !byte.is_ascii());
    // What the library finds, too, but letter by letter.
    if letters > others {
        return Some(Script::Latin);
    }
    whatlang::detect_script(text)
}

fn detect_text(text: &str) -> Option<(Lang, Detected)> {
    // Of a very long message the beginning tells enough.
    let text = &text[..text.floor_char_boundary(4 * SAMPLE)];
    whatlang::detect(text).map(detected)
}

fn detected(info: Info) -> (Lang, Detected) {
    let detected = Detected {
        code: info.lang().code(),
        // Four decimals: more would only look exact.
        confidence: (info.confidence() * 10_000.0).round() / 10_000.0,
    };
    (info.lang(), detected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::Replacement;

    fn detect(messages: &[RawMessage<'_>]) -> Vec<Option<Detected>> {
        let participants = Participants::of(messages);
        super::detect(
            messages,
            &participants,
            0,
            0.8,
            &Engine::new(Replacement::Plain),
        )
    }

    fn message<'a>(from: &'a str, text: &'a str) -> RawMessage<'a> {
        RawMessage {
            sequence_id: 0,
            message_id: None,
            from: Some(from.into()),
            to: None,
            text: text.into(),
            timestamp: None,
        }
    }

    fn codes(messages: &[RawMessage<'_>]) -> Vec<&'static str> {
        detect(messages)
            .into_iter()
            .map(|detected| detected.map_or("und", |detected| detected.code))
            .collect()
    }

    const ENGLISH: &str = "Good morning, I would like to know where my parcel is, because it should have been here \
        yesterday. The tracking page says that it was handed to somebody in the neighbourhood, but nobody whom I asked \
        knows anything about it. Could you please find out who has it?";

    #[test]
    fn short_messages_take_their_participants_language() {
        let messages = [
            message("customer", ENGLISH),
            message("customer", "yes"),
            message("customer", "84729183"),
        ];
        assert_eq!(codes(&messages), ["eng", "eng", "eng"]);
    }

    #[test]
    fn participants_may_speak_different_languages() {
        let messages = [
            message("customer", ENGLISH),
            message(
                "agent",
                "Guten Tag, vielen Dank für Ihre Nachricht. Ich schaue gleich nach, wo das Paket geblieben ist. \
                 Können Sie mir bitte sagen, an welchem Tag Sie es bestellt haben und ob jemand im Haus es angenommen \
                 haben könnte? Ich melde mich dann sofort wieder bei Ihnen.",
            ),
            message("agent", "ok"),
        ];
        assert_eq!(codes(&messages), ["eng", "deu", "deu"]);
    }

    #[test]
    fn of_those_who_plainly_write_english_one_is_detected() {
        let answer = "Ok, open it. Now open Menu, open Orders, open Details.";
        let messages = [message("customer", ENGLISH), message("agent", answer)];
        let detected = detect(&messages);
        assert_eq!(detected[0].unwrap().code, "eng");
        assert_eq!(detected[0], detected[1]);
        assert_ne!(detected[1], detect(&messages[1..])[0], "its own is another");
    }

    #[test]
    fn another_script_is_another_language() {
        let messages = [
            message("customer", ENGLISH),
            message("customer", "こんにちは、注文について質問があります"),
        ];
        assert_eq!(codes(&messages), ["eng", "jpn"]);
    }

    #[test]
    fn a_doubtful_conversation_takes_its_best_guess_with_its_confidence() {
        let detected = detect(&[message("customer", "yes")]);
        let guess = detected[0].unwrap();
        assert!(guess.confidence < 0.8);
    }

    #[test]
    fn without_letters_there_is_no_language() {
        assert_eq!(codes(&[message("customer", "84729183")]), ["und"]);
    }
}
