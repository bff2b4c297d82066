//! What this dialect makes of a conversation: who took part, and which messages each of them lists.
//!
//! A pure function of the conversation, so that both calls and every repetition agree. The first
//! participant that lists a message is the one it belongs to.

use std::borrow::Cow;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::super::conversation::{Conversation, rfc3339};
use super::super::generator::People;
use super::ids::message_id;
use super::structured;
use super::times::{in_sequence, times};

/// Agents of conversations from a file, whose people are not known. Their names are unlikely to
/// stand in any text, lest they change what a reader takes for a name there.
const STRANGERS: [&str; 2] = ["Zyndra Quellmark", "Ostrin Velbray"];

/// Everything served for one conversation.
pub(super) struct Plan<'c> {
    pub(super) participants: Vec<Participant<'c>>,
    pub(super) entries: Vec<Entry<'c>>,
}

/// One part that somebody took in a conversation.
pub(super) struct Participant<'c> {
    pub(super) id: Uuid,
    /// `customer`, `acd`, `agent`, `botflow`, or whatever a transcripts file names.
    pub(super) purpose: Cow<'c, str>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    /// Another agent took over.
    pub(super) transferred: bool,
    pub(super) listed: Vec<Listing>,
}

/// A place in the list of a participant's messages.
pub(super) struct Listing {
    /// Place in [`Plan::entries`].
    pub(super) entry: usize,
    /// It is the receipt for that message, under the id of the message.
    pub(super) receipt: bool,
}

/// A message in the sense of this dialect: receipts and events are messages too.
pub(super) struct Entry<'c> {
    pub(super) id: Uuid,
    /// Place in [`Plan::participants`].
    pub(super) owner: usize,
    pub(super) at: Timestamp,
    /// As it is served.
    pub(super) timestamp: String,
    pub(super) kind: Kind<'c>,
}

/// What a message is.
pub(super) enum Kind<'c> {
    Text(&'c str),
    Structured {
        text: Option<&'static str>,
        content: Value,
    },
    Receipt,
    Event(Event),
}

/// What happened besides talking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Typing,
    Join,
    Disconnect,
    CoBrowse,
    Video,
}

impl Participant<'_> {
    pub(super) fn is_customer(&self) -> bool {
        self.purpose == "customer"
    }

    pub(super) fn is_agent(&self) -> bool {
        self.purpose == "agent"
    }

    pub(super) fn is_bot(&self) -> bool {
        self.purpose == "botflow"
    }
}

/// The plan of a conversation; `structured` adds messages of every content type.
pub(super) fn plan<'c>(
    conversation: &'c Conversation,
    people: Option<&People>,
    structured: bool,
) -> Plan<'c> {
    let mut planner = Planner {
        conversation,
        people,
        rng: Rng::with_seed(conversation.id.as_u64_pair().1.rotate_left(17)),
        plan: Plan {
            participants: Vec::new(),
            entries: Vec::new(),
        },
    };
    let order = in_sequence(conversation);
    let times = times(conversation, &order);
    let owners = planner.cast(&order, &times);
    planner.texts(&owners, times);
    planner.events();
    if structured {
        planner.structured(&order);
    }
    planner.share();
    planner.plan
}

struct Planner<'c, 'p> {
    conversation: &'c Conversation,
    people: Option<&'p People>,
    rng: Rng,
    plan: Plan<'c>,
}

impl<'c> Planner<'c, '_> {
    /// Brings in the participants; returns the owner of each message, by its place.
    fn cast(&mut self, order: &[usize], times: &[(Timestamp, String)]) -> Vec<usize> {
        let Conversation {
            messages,
            start,
            end,
            ..
        } = self.conversation;
        self.enter("customer".into(), 0, *start, *end);
        let agent_messages = messages.iter().filter(|m| m.from == "agent").count();
        // The conversation is handed over after half of what its agents say.
        let hand_over =
            (agent_messages >= 4 && self.rng.u8(0..4) == 0).then_some(agent_messages / 2);
        let colleague = u8::from(self.rng.bool());

        let mut owners = vec![0; messages.len()];
        let mut said_by_agents = 0;
        let mut agent = None;
        for place in order.iter().copied() {
            let from: &'c str = &messages[place].from;
            let at = times[place].0.clamp(*start, *end);
            let owner = match from {
                "customer" => 0,
                "agent" => {
                    if agent.is_none() && self.rng.bool() {
                        self.enter("acd".into(), 0, *start, at);
                    }
                    if Some(said_by_agents) == hand_over
                        && let Some(first) = agent.take()
                    {
                        let first: &mut Participant<'_> = &mut self.plan.participants[first];
                        first.transferred = true;
                        agent = Some(self.enter("agent".into(), colleague, at, at));
                    }
                    said_by_agents += 1;
                    match agent {
                        Some(agent) => agent,
                        None => *agent.insert(self.enter("agent".into(), 0, at, at)),
                    }
                }
                "bot" => self.find_or_enter("botflow", at),
                other => self.find_or_enter(other, at),
            };
            let participant = &mut self.plan.participants[owner];
            participant.end = participant.end.max(at);
            owners[place] = owner;
        }
        owners
    }

    fn find_or_enter(&mut self, purpose: &'c str, at: Timestamp) -> usize {
        let mut participants = self.plan.participants.iter();
        match participants.position(|participant| participant.purpose == purpose) {
            Some(place) => place,
            None => self.enter(purpose.into(), 0, at, at),
        }
    }

    fn enter(
        &mut self,
        purpose: Cow<'c, str>,
        agent: u8,
        start: Timestamp,
        end: Timestamp,
    ) -> usize {
        let place = self.plan.participants.len();
        let (mut name, mut email) = (None, None);
        match &*purpose {
            // Half of the guests have not said who they are before they write.
            "customer" if self.rng.bool() => {
                name = self.people.map(|people| people.customer.clone());
                email = self.people.map(|people| people.email.clone());
            }
            "customer" => {}
            "agent" => {
                name = Some(match (self.people, agent) {
                    (Some(people), 0) => people.agent.clone(),
                    (Some(people), _) => people.colleague.clone(),
                    (None, agent) => STRANGERS[usize::from(agent)].to_owned(),
                });
            }
            "acd" => name = Some("Web queue".to_owned()),
            "botflow" => name = Some("Web greeting flow".to_owned()),
            _ => {}
        }
        self.plan.participants.push(Participant {
            id: Uuid::new_v5(
                &self.conversation.id,
                format!("participant/{place}").as_bytes(),
            ),
            purpose,
            name,
            email,
            start,
            end,
            transferred: false,
            listed: Vec::new(),
        });
        place
    }

    /// Adds a message and lists it with its owner.
    fn add(&mut self, name: &str, owner: usize, at: (Timestamp, String), kind: Kind<'c>) {
        let entry = self.plan.entries.len();
        self.plan.entries.push(Entry {
            id: message_id(self.conversation.id, name),
            owner,
            at: at.0,
            timestamp: at.1,
            kind,
        });
        self.list(owner, entry, false);
    }

    fn list(&mut self, participant: usize, entry: usize, receipt: bool) {
        let listed = &mut self.plan.participants[participant].listed;
        listed.push(Listing { entry, receipt });
    }

    /// The texts, some of them with a typing event before or a receipt after them.
    fn texts(&mut self, owners: &[usize], times: Vec<(Timestamp, String)>) {
        let messages = &self.conversation.messages;
        let mut names = std::collections::HashMap::new();
        for (place, ((message, at), owner)) in messages.iter().zip(times).zip(owners).enumerate() {
            // A file may repeat a sequence id, a message id is unique.
            let repeated: &mut u32 = names.entry(message.sequence_id).or_default();
            let name = match *repeated {
                0 => format!("message/{}", message.sequence_id),
                n => format!("message/{}/{n}", message.sequence_id),
            };
            *repeated += 1;
            let shortly = |ms| {
                let time = at.0 + SignedDuration::from_millis(ms);
                (time, rfc3339(time))
            };
            let (before, after) = (shortly(-700), shortly(300));
            if self.rng.u8(0..8) == 0 {
                let typing = Kind::Event(Event::Typing);
                self.add(&format!("typing/{place}"), *owner, before, typing);
            }
            self.add(&name, *owner, at, Kind::Text(&message.text));
            match self.rng.u8(0..8) {
                0 => self.list(*owner, self.plan.entries.len() - 1, true),
                1 => self.add(&format!("receipt/{place}"), *owner, after, Kind::Receipt),
                _ => {}
            }
        }
    }

    /// The guest comes and goes; some agents offer to look at the guest's screen.
    fn events(&mut self) {
        let Conversation { start, end, .. } = *self.conversation;
        let at = |time| (time, rfc3339(time));
        if self.rng.bool() {
            self.add("join", 0, at(start), Kind::Event(Event::Join));
        }
        if self.rng.bool() {
            self.add("disconnect", 0, at(end), Kind::Event(Event::Disconnect));
        }
        let agent = self
            .plan
            .participants
            .iter()
            .position(Participant::is_agent);
        if let Some(agent) = agent
            && self.rng.u8(0..4) == 0
        {
            let offered = self.plan.participants[agent].start;
            self.add(
                "co-browse",
                agent,
                at(offered),
                Kind::Event(Event::CoBrowse),
            );
            self.add("video", agent, at(offered), Kind::Event(Event::Video));
        }
    }

    /// Spreads the samples of content over the conversation, after its first message.
    fn structured(&mut self, order: &[usize]) {
        let samples = structured::samples();
        let participants = &self.plan.participants;
        let business = participants
            .iter()
            .position(Participant::is_agent)
            .or_else(|| participants.iter().position(Participant::is_bot));
        let texts: Vec<Timestamp> = {
            let mut texts: Vec<Timestamp> = self
                .plan
                .entries
                .iter()
                .filter(|entry| matches!(entry.kind, Kind::Text(_)))
                .map(|entry| entry.at)
                .collect();
            texts.sort_unstable();
            texts
        };
        let count = samples.len();
        for (place, sample) in samples.into_iter().enumerate() {
            let owner = if sample.inbound { Some(0) } else { business };
            let Some(owner) = owner.filter(|_| !order.is_empty()) else {
                continue;
            };
            // Messages are more than a second apart.
            let follows = texts[place * texts.len() / count];
            let time = follows + SignedDuration::from_millis(400 + 20 * place as i64);
            let kind = Kind::Structured {
                text: sample.text,
                content: sample.content,
            };
            self.add(
                &format!("structured/{place}"),
                owner,
                (time, rfc3339(time)),
                kind,
            );
        }
    }

    /// Some messages are listed by others as well: the guest's by agents, an agent's by the next.
    fn share(&mut self) {
        let agents: Vec<usize> = (0..self.plan.participants.len())
            .filter(|place| self.plan.participants[*place].is_agent())
            .collect();
        for entry in 0..self.plan.entries.len() {
            let owner = self.plan.entries[entry].owner;
            let from = &self.plan.participants[owner];
            if !from.is_customer() && !from.is_agent() {
                continue;
            }
            for agent in agents.iter().copied().filter(|agent| *agent > owner) {
                if self.rng.u8(0..4) == 0 {
                    self.list(agent, entry, false);
                }
            }
        }
    }
}
