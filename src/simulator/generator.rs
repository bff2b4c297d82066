//! Generates the conversation of an id: the same one each time.

use std::borrow::Cow;

use fastrand::Rng;
use jiff::Timestamp;
use uuid::Uuid;

use super::conversation::{Conversation, Message, rfc3339};
use super::personal_data::{Persona, pick};
use super::phrases::{Language, Topic};
use super::phrases_de::GERMAN;
use super::phrases_en::ENGLISH;
use super::phrases_es::SPANISH;
use super::phrases_fr::FRENCH;
use super::phrases_pt::PORTUGUESE;

/// All languages with their shares, in percent.
pub(super) static LANGUAGES: [(&Language, u8); 5] = [
    (&ENGLISH, 60),
    (&SPANISH, 10),
    (&GERMAN, 10),
    (&FRENCH, 10),
    (&PORTUGUESE, 10),
];

/// 2026-01-01T00:00:00Z in milliseconds since the Unix epoch.
const YEAR_START_MS: i64 = 1_767_225_600_000;

/// Conversations start within so many milliseconds of the year: its last day is left for the ends.
const STARTS_WITHIN_MS: i64 = 364 * 24 * 60 * 60 * 1000;

/// The people of a generated conversation.
pub(super) struct People {
    /// Whole name of the customer.
    pub(super) customer: String,
    pub(super) email: String,
    /// Whole name of the agent whose first name the texts mention.
    pub(super) agent: String,
    /// Another agent.
    pub(super) colleague: String,
}

fn seeded(id: Uuid) -> Rng {
    let (high, low) = id.as_u64_pair();
    Rng::with_seed(high.rotate_left(29) ^ low)
}

/// The people of the conversation that [`generate`] makes of the same id.
pub(super) fn people(id: Uuid) -> People {
    let mut rng = seeded(id);
    let count = message_count(&mut rng);
    // The persona of the dialogue only comes out the same if all is drawn as there.
    let Dialogue {
        language, persona, ..
    } = Dialogue::new(count, &mut rng);
    let last_name = |rng: &mut Rng| pick(language.last_names, rng);
    People {
        customer: persona.name(),
        email: persona.email().to_owned(),
        agent: format!("{} {}", persona.agent(), last_name(&mut rng)),
        colleague: format!(
            "{} {}",
            pick(language.first_names, &mut rng),
            last_name(&mut rng)
        ),
    }
}

/// The conversation of an id, a pure function of it.
pub(super) fn generate(id: Uuid) -> Conversation {
    generate_sized(id, None)
}

/// The conversation of an id with so many messages, where a number is given.
pub(super) fn generate_sized(id: Uuid, messages: Option<usize>) -> Conversation {
    let mut rng = seeded(id);
    // Drawn in any case, so that the people stay the same.
    let drawn = message_count(&mut rng);
    let count = messages.unwrap_or(drawn);
    let drafts = Dialogue::new(count, &mut rng).write();

    let start_ms = YEAR_START_MS + rng.i64(0..STARTS_WITHIN_MS);
    let mut at_ms = start_ms;
    let mut end_ms = start_ms;
    let mut messages = Vec::with_capacity(count);
    for (sequence_id, draft) in (1..).zip(drafts) {
        messages.push(Message {
            sequence_id,
            from: Cow::Borrowed(draft.from),
            text: draft.text,
            timestamp: Some(rfc3339(from_ms(at_ms))),
        });
        end_ms = at_ms;
        at_ms += rng.i64(1_500..60_000);
    }
    // One conversation in eight is delivered out of order.
    if rng.u8(0..8) == 0 {
        rng.shuffle(&mut messages);
        if messages.is_sorted_by_key(|message| message.sequence_id) {
            messages.reverse();
        }
    }
    Conversation {
        id,
        start: from_ms(start_ms),
        end: from_ms(end_ms),
        messages,
    }
}

fn from_ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// 1 to 400, mostly 5 to 60.
fn message_count(rng: &mut Rng) -> usize {
    match rng.u8(0..100) {
        0..5 => rng.usize(1..=4),
        5..85 => rng.usize(5..=60),
        85..97 => rng.usize(61..=150),
        _ => rng.usize(151..=400),
    }
}

fn language(rng: &mut Rng) -> &'static Language {
    let mut left = rng.u8(0..100);
    for (language, share) in LANGUAGES {
        if left < share {
            return language;
        }
        left -= share;
    }
    &ENGLISH
}

/// A message without its place and time.
struct Draft {
    from: &'static str,
    text: String,
    /// Whether it was written to hold personal data.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests measure the share"))]
    personal: bool,
}

/// A dialogue in the making.
struct Dialogue<'r> {
    rng: &'r mut Rng,
    count: usize,
    language: &'static Language,
    persona: Persona,
    topic: &'static Topic,
    step: usize,
    drafts: Vec<Draft>,
}

impl<'r> Dialogue<'r> {
    fn new(count: usize, rng: &'r mut Rng) -> Self {
        let language = language(rng);
        Self {
            count,
            language,
            persona: Persona::new(language, rng),
            topic: topic(language, rng),
            step: 0,
            drafts: Vec::with_capacity(count),
            rng,
        }
    }

    /// Exactly `count` messages: greeting, matter, question and answer in turns, farewell.
    fn write(mut self) -> Vec<Draft> {
        if self.count > 1 {
            self.say("bot", self.language.greetings);
        }
        self.say("customer", self.topic.openings);
        let farewell = if self.count >= 6 { 3 } else { 0 };
        let end = self.count - farewell;
        while self.drafts.len() + 2 <= end {
            self.exchange();
        }
        if self.drafts.len() < end {
            self.say("agent", self.language.updates);
        }
        if farewell > 0 {
            self.say("agent", self.language.more);
            self.say("customer", self.language.thanks);
            self.say("agent", self.language.goodbyes);
        }
        self.drafts
    }

    fn exchange(&mut self) {
        match self.rng.u8(0..100) {
            0..24 => {
                let personal = self.language.personal;
                let exchange = &personal[self.rng.usize(0..personal.len())];
                // Early on the bot asks for what the agent will need.
                let asker = if self.drafts.len() < 6 {
                    "bot"
                } else {
                    "agent"
                };
                self.push(asker, exchange.ask, false);
                let answer = pick(exchange.give, self.rng);
                self.push("customer", answer, true);
            }
            24..46 => {
                self.say("agent", self.language.updates);
                self.say("customer", self.language.short);
            }
            _ => {
                if let Some((agent, customer)) = self.topic.steps.get(self.step) {
                    self.step += 1;
                    self.push("agent", agent, false);
                    self.push("customer", customer, false);
                } else {
                    self.topic = topic(self.language, self.rng);
                    self.step = 0;
                    self.say("agent", self.language.more);
                    self.say("customer", self.topic.openings);
                }
            }
        }
    }

    fn say(&mut self, from: &'static str, phrases: &[&'static str]) {
        let phrase = pick(phrases, self.rng);
        self.push(from, phrase, false);
    }

    fn push(&mut self, from: &'static str, phrase: &str, personal: bool) {
        let text = self.persona.fill(phrase, self.rng);
        self.drafts.push(Draft {
            from,
            text,
            personal,
        });
    }
}

fn topic(language: &'static Language, rng: &mut Rng) -> &'static Topic {
    &language.topics[rng.usize(0..language.topics.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> impl Iterator<Item = Uuid> {
        (0..3_000_u128).map(|n| Uuid::from_u128((n << 64) | (n * 7919)))
    }

    #[test]
    fn is_a_pure_function_of_the_id() {
        for id in ids().take(100) {
            assert_eq!(generate(id), generate(id));
        }
        assert_ne!(
            generate(Uuid::from_u128(1)).messages,
            generate(Uuid::from_u128(2)).messages
        );
    }

    #[test]
    fn sizes_order_and_times_are_as_promised() {
        let (mut usual, mut out_of_order, mut total) = (0, 0, 0);
        for id in ids() {
            let mut messages = generate(id).messages;
            total += 1;
            assert!((1..=400).contains(&messages.len()));
            usual += usize::from((5..=60).contains(&messages.len()));
            out_of_order += usize::from(!messages.is_sorted_by_key(|m| m.sequence_id));
            messages.sort_by_key(|m| m.sequence_id);
            assert!(
                messages
                    .iter()
                    .map(|m| m.sequence_id)
                    .eq(1..=messages.len() as i64)
            );
            let times: Vec<&str> = messages
                .iter()
                .map(|m| m.timestamp.as_deref().unwrap())
                .collect();
            assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(times[0].starts_with("2026-") && times[0].ends_with('Z'));
            assert_eq!(times[0].len(), "2026-01-01T00:00:00.000Z".len());
            assert!(messages.iter().all(|m| !m.text.contains(['{', '}'])));
        }
        assert!(usual * 100 / total >= 70, "{usual} of {total}");
        assert!(
            (8..=17).contains(&(out_of_order * 100 / total)),
            "{out_of_order} of {total}"
        );
    }

    #[test]
    fn a_fifth_of_customer_messages_hold_personal_data() {
        let (mut personal, mut customer) = (0, 0);
        for seed in 0..2_000 {
            let mut rng = Rng::with_seed(seed);
            let count = message_count(&mut rng);
            let drafts = Dialogue::new(count, &mut rng).write();
            assert_eq!(drafts.len(), count);
            customer += drafts
                .iter()
                .filter(|draft| draft.from == "customer")
                .count();
            personal += drafts.iter().filter(|draft| draft.personal).count();
        }
        assert!(
            (15..=25).contains(&(personal * 100 / customer)),
            "{personal} of {customer}"
        );
    }
}
