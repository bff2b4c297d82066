//! The dialect of Genesys Cloud's published API: the conversation names the messages, bulk requests fetch them.
//!
//! `shapes.rs`: what is read of the answers; `render.rs`: how content becomes text; `analytics.rs`: the list of
//! conversations.

mod analytics;
mod render;
mod shapes;

use std::collections::{BTreeSet, HashMap};

use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt};
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use serde_json::value::RawValue;
use tracing::info_span;

use self::shapes::{Conversation, EntityId, Listing, Message, Participant};
use super::calls::{Answer, Calls, footprint};
use super::dialect::Dialect;
use super::discovery::{Looked, Span, THREADING, Whose};
use super::endpoints::{self, Endpoint};
use super::fetched::{Fetched, Form};
use super::{Errand, Error, ErrorKind};
use crate::config::{DialectName, GenesysConfig};
use crate::transcript::{RawMessage, RawTranscript};

/// An answer carries far more than the text of its messages.
const ANSWER_TO_TRANSCRIPT: usize = 4;

/// The endpoints below the two hosts.
pub(super) struct Platform {
    token_url: String,
    identity_url: String,
    messages_url: String,
    query_url: String,
    bulk_size: usize,
    max_bytes: usize,
}

impl Platform {
    pub(super) fn new(config: &GenesysConfig) -> Self {
        let GenesysConfig {
            api_url, login_url, ..
        } = config;
        Self {
            token_url: format!("{login_url}/oauth/token"),
            identity_url: format!("{api_url}/api/v2/tokens/me"),
            messages_url: format!("{api_url}/api/v2/conversations/messages"),
            query_url: format!("{api_url}/api/v2/analytics/conversations/details/query"),
            bulk_size: config.bulk_size,
            max_bytes: config.max_transcript_bytes,
        }
    }

    /// The memory that the largest conversation may use: the conversation's own answer is needed while messages are read.
    pub(super) const fn largest(transcript: usize) -> usize {
        footprint(transcript, 2 * transcript * ANSWER_TO_TRANSCRIPT)
    }

    async fn transcript(
        &self,
        calls: &Calls,
        conversation_id: &str,
        errand: &mut Errand,
    ) -> Result<RawTranscript<'static>, Error> {
        let url = format!("{}/{conversation_id}", self.messages_url);
        let answer = calls
            .json(
                errand,
                self,
                endpoints::platform::CONVERSATION,
                self.answer_limit(),
                |http| http.get(&url),
            )
            .await?;
        let conversation: Conversation = info_span!("validate").in_scope(|| parse(&answer))?;
        let listed =
            Listed::new(&conversation).ok_or_else(|| answer.error(ErrorKind::NoMessagesMedium))?;

        let listing = errand.room.used();
        let mut assembly = Assembly::new(&listed, self.max_bytes);
        let mut chunks: Vec<&[&str]> = listed.ids.chunks(self.bulk_size).rev().collect();
        while let Some(chunk) = chunks.pop() {
            match self.bulk(calls, conversation_id, chunk, errand).await {
                Ok(answer) => {
                    info_span!("validate").in_scope(|| assembly.add(&answer, conversation_id))?;
                    drop(answer);
                    let room = listing + footprint(assembly.bytes, 0);
                    errand.room.use_all(room).await;
                }
                Err(error) if error.is_too_large() && chunk.len() > 1 => {
                    // Fewer at a time, in the order in which they were listed.
                    let (first, second) = chunk.split_at(chunk.len() / 2);
                    chunks.push(second);
                    chunks.push(first);
                }
                Err(error) if error.is_too_large() => {
                    return Err(Error {
                        kind: ErrorKind::TooLarge {
                            limit: self.max_bytes,
                        },
                        ..error
                    });
                }
                Err(error) => return Err(error),
            }
        }
        assembly.finish(&conversation)
    }

    async fn bulk(
        &self,
        calls: &Calls,
        conversation_id: &str,
        ids: &[&str],
        errand: &mut Errand,
    ) -> Result<Answer, Error> {
        let url = format!("{}/{conversation_id}/messages/bulk", self.messages_url);
        let body = serde_json::to_vec(ids).unwrap_or_default();
        calls
            .json(
                errand,
                self,
                endpoints::platform::BULK,
                self.answer_limit(),
                |http| {
                    http.post(&url)
                        .header("content-type", "application/json")
                        .body(body.clone())
                },
            )
            .await
    }

    const fn answer_limit(&self) -> usize {
        self.max_bytes * ANSWER_TO_TRANSCRIPT
    }
}

impl Dialect for Platform {
    fn name(&self) -> DialectName {
        DialectName::Platform
    }

    fn token_url(&self) -> &str {
        &self.token_url
    }

    fn identity_url(&self) -> Option<&str> {
        Some(&self.identity_url)
    }

    fn token_endpoint(&self) -> Endpoint {
        endpoints::platform::TOKEN
    }

    fn query_endpoint(&self) -> Endpoint {
        endpoints::platform::QUERY
    }

    fn token_request(&self, http: &reqwest::Client) -> RequestBuilder {
        http.post(&self.token_url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
    }

    fn fetch<'a>(
        &'a self,
        calls: &'a Calls,
        conversation_id: &'a str,
        errand: &'a mut Errand,
    ) -> BoxFuture<'a, Result<Fetched, Error>> {
        self.transcript(calls, conversation_id, errand)
            .map_ok(|transcript| Fetched(Form::Assembled(transcript)))
            .boxed()
    }

    fn ask_for_messages<'a>(
        &'a self,
        calls: &'a Calls,
        conversation_id: &'a str,
        errand: &'a mut Errand,
    ) -> BoxFuture<'a, Result<(), Error>> {
        // The id of a message looks the same.
        Box::pin(async move {
            let ids = [conversation_id];
            self.bulk(calls, conversation_id, &ids, errand)
                .await
                .map(drop)
        })
    }

    fn begun_before_end(&self) -> SignedDuration {
        THREADING
    }

    fn look<'a>(
        &'a self,
        calls: &'a Calls,
        whose: Whose<'a>,
        span: Span,
    ) -> BoxFuture<'a, Result<Looked, Error>> {
        self.list(calls, whose, span).boxed()
    }

    fn check_session(&self, text: &str) -> Result<(), &'static str> {
        analytics::check_session(text)
    }

    fn sessions_at_once(&self) -> usize {
        1
    }

    fn conversation_of_message<'a>(
        &'a self,
        calls: &'a Calls,
        message_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, Error>> {
        self.of_message(calls, message_id).boxed()
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(answer: &'a Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        answer.error(match error.classify() {
            serde_json::error::Category::Data => ErrorKind::InvalidSchema,
            _ => ErrorKind::InvalidJson,
        })
    })
}

/// The messages that the conversation lists: ids without duplicates, and who lists them.
struct Listed<'a> {
    ids: Vec<&'a str>,
    places: HashMap<&'a str, Place<'a>>,
}

/// Where a message is listed.
struct Place<'a> {
    position: usize,
    /// Of the first participant that lists it.
    role: &'a str,
    /// Of the first participant of the business's side that does.
    business: Option<&'a str>,
}

impl<'a> Listed<'a> {
    /// `None` where no participant has a messages medium.
    fn new(conversation: &'a Conversation) -> Option<Self> {
        let mut listed = Self {
            ids: Vec::new(),
            places: HashMap::new(),
        };
        let mut medium = false;
        for participant in &conversation.participants {
            let Some(messages) = &participant.messages else {
                continue;
            };
            medium = true;
            for Listing { message_id, .. } in messages.iter().filter(|listing| listing.is_content())
            {
                let Some(id) = message_id.as_deref() else {
                    continue;
                };
                let role = participant.role.as_str();
                let business = participant.is_business().then_some(role);
                let position = listed.ids.len();
                let place = listed.places.entry(id).or_insert_with(|| {
                    listed.ids.push(id);
                    Place {
                        position,
                        role,
                        business,
                    }
                });
                place.business = place.business.or(business);
            }
        }
        medium.then_some(listed)
    }
}

/// The transcript as it grows by bulk answers.
struct Assembly<'a> {
    listed: &'a Listed<'a>,
    missing: BTreeSet<&'a str>,
    /// With what they are ordered by.
    messages: Vec<((Timestamp, usize), RawMessage<'static>)>,
    malformed: usize,
    bytes: usize,
    max_bytes: usize,
    last: (Option<u16>, Option<String>),
}

impl<'a> Assembly<'a> {
    fn new(listed: &'a Listed<'a>, max_bytes: usize) -> Self {
        Self {
            listed,
            missing: listed.ids.iter().copied().collect(),
            messages: Vec::with_capacity(listed.ids.len()),
            malformed: 0,
            bytes: 0,
            max_bytes,
            last: (None, None),
        }
    }

    fn add(&mut self, answer: &Answer, conversation_id: &str) -> Result<(), Error> {
        self.last = (Some(answer.status), answer.correlation_id.clone());
        // A message that is not UTF-8 or holds a lone surrogate is malformed; the others of the answer are not.
        let text = crate::transcript::escape_invalid_utf8(&answer.body);
        let listing: shapes::Entities<'_> = serde_json::from_str(&text).map_err(|error| {
            answer.error(match error.classify() {
                serde_json::error::Category::Data => ErrorKind::InvalidSchema,
                _ => ErrorKind::InvalidJson,
            })
        })?;
        for entity in listing.entities {
            self.entity(entity, conversation_id);
        }
        if self.bytes > self.max_bytes {
            return Err(answer.error(ErrorKind::TooLarge {
                limit: self.max_bytes,
            }));
        }
        Ok(())
    }

    fn entity(&mut self, entity: &RawValue, conversation_id: &str) {
        // Read apart from the rest, which may be malformed.
        let Ok(EntityId { id }) = serde_json::from_str(entity.get()) else {
            return;
        };
        let Some((&id, place)) = self.listed.places.get_key_value(id.as_str()) else {
            return;
        };
        if !self.missing.contains(id) {
            return;
        }
        let Ok(message) = serde_json::from_str::<Message>(entity.get()) else {
            self.missing.remove(id);
            self.malformed += 1;
            return;
        };
        let elsewhere = message
            .conversation_id
            .as_deref()
            .is_some_and(|other| !other.eq_ignore_ascii_case(conversation_id));
        if elsewhere {
            return;
        }
        self.missing.remove(id);
        if !message.is_content() {
            return;
        }
        let (from, to) = message.sides(place.role, place.business);
        let text = render::text(&message);
        self.bytes += id.len()
            + from.len()
            + to.len()
            + text.len()
            + message.timestamp.as_deref().map_or(0, str::len);
        // What has no time stands where it is listed, before everything that has one.
        let time = message
            .timestamp
            .as_deref()
            .and_then(|timestamp| timestamp.parse().ok())
            .unwrap_or(Timestamp::MIN);
        self.messages.push((
            (time, place.position),
            RawMessage {
                sequence_id: 0,
                message_id: Some(id.to_owned().into()),
                from: Some(from.to_owned().into()),
                to: Some(to.to_owned().into()),
                text: text.into(),
                timestamp: message.timestamp.map(Into::into),
            },
        ));
    }

    fn finish(mut self, conversation: &Conversation) -> Result<RawTranscript<'static>, Error> {
        if !self.missing.is_empty() {
            return Err(Error {
                kind: ErrorKind::Incomplete,
                status: self.last.0,
                correlation_id: self.last.1,
            });
        }
        self.messages.sort_by_key(|(order, _)| *order);
        let messages = (1..)
            .zip(self.messages)
            .map(|(sequence_id, (_, message))| RawMessage {
                sequence_id,
                ..message
            })
            .collect();
        let participants = &conversation.participants;
        let open = participants.iter().any(Participant::is_open);
        Ok(RawTranscript {
            id: None,
            kind: participants
                .iter()
                .find_map(|participant| participant.kind.as_deref().map(str::to_ascii_lowercase))
                .map(Into::into),
            start_timestamp: participants
                .iter()
                .filter_map(|participant| timed(participant.start_time.as_deref()))
                .min_by_key(|(at, _)| *at)
                .map(|(_, time)| time.to_owned().into()),
            end_timestamp: participants
                .iter()
                .filter(|_| !open)
                .filter_map(|participant| timed(participant.end_time.as_deref()))
                .max_by_key(|(at, _)| *at)
                .map(|(_, time)| time.to_owned().into()),
            names: participants
                .iter()
                .filter_map(Participant::persons_name)
                .map(|name| name.to_owned().into())
                .collect(),
            messages,
            malformed: vec![None; self.malformed],
        })
    }
}

/// A point in time with what it was read from; what is none says nothing.
fn timed(time: Option<&str>) -> Option<(Timestamp, &str)> {
    time.and_then(|time| Some((time.parse().ok()?, time)))
}
