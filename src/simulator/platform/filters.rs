//! The filters of a details query: what may be asked, and what a conversation answers.

use std::collections::HashMap;

use serde::Deserialize;
use uuid::Uuid;

use super::super::store::Listed;

const CONVERSATION_DIMENSIONS: [&str; 11] = [
    "accessAttribute",
    "conversationEnd",
    "conversationId",
    "conversationInitiator",
    "conversationStart",
    "customerParticipation",
    "divisionId",
    "externalTag",
    "mediaStatsMinConversationMos",
    "originatingDirection",
    "originatingSocialMediaPublic",
];

#[rustfmt::skip]
const SEGMENT_DIMENSIONS: [&str; 80] = [
    "addressFrom", "addressTo", "agentAssistantId", "agentOwned", "ani", "authenticated",
    "bargedParticipantId", "callbackNumber", "callbackScheduledTime",
    "canonicalExternalContactId", "cleared", "coachedParticipantId", "conference",
    "deliveryPushed", "deliveryStatus", "destinationAddress", "destinationConversationId",
    "detectedSpeechEnd", "detectedSpeechStart", "direction", "disconnectType", "dnis", "edgeId",
    "engagementSource", "errorCode", "exitReason", "extendedDeliveryStatus", "externalContactId",
    "externalOrganizationId", "flaggedReason", "flowId", "flowName", "flowOutType", "flowOutcome",
    "flowOutcomeId", "flowOutcomeValue", "flowVersion", "groupId", "journeyActionId",
    "journeyActionMapId", "journeyCustomerId", "journeyCustomerIdType",
    "journeyCustomerSessionId", "mediaCount", "mediaType", "messageType",
    "monitoredParticipantId", "outboundCampaignId", "outboundContactId", "outboundContactListId",
    "participantName", "protocolCallId", "provider", "purpose", "queueId", "recording", "remote",
    "remoteNameDisplayable", "requestedLanguageId", "requestedRouting", "requestedRoutingSkillId",
    "scoredAgentId", "screenMonitoredUserId", "screenRecording", "scriptId", "segmentEnd",
    "segmentType", "sessionDnis", "sipResponseCode", "skillExpressionId", "snippetRecording",
    "subject", "teamId", "transferTargetAddress", "transferTargetName", "transferType",
    "usedRouting", "userId", "wrapUpCode", "wrapUpNote",
];

/// `and` or `or` over predicates and clauses.
#[derive(Deserialize)]
pub(super) struct Filter {
    r#type: String,
    #[serde(default)]
    predicates: Vec<Predicate>,
    #[serde(default)]
    clauses: Vec<Filter>,
}

#[derive(Deserialize)]
struct Predicate {
    r#type: Option<String>,
    dimension: Option<String>,
    operator: Option<String>,
    value: Option<String>,
}

/// Which filters these are: each has dimensions of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    Conversation,
    Segment,
}

/// What the predicates ask about one conversation.
pub(super) struct Subject<'s> {
    pub(super) listed: Listed,
    pub(super) open: bool,
    pub(super) other_media: bool,
    /// The conversations of the guests that the query names.
    pub(super) guests: &'s HashMap<String, Uuid>,
    pub(super) guest: String,
    pub(super) deployment: String,
}

impl Filter {
    /// Checks types, operators and dimensions.
    pub(super) fn check(&self, scope: Scope) -> Result<(), String> {
        if !["and", "or"].contains(&&*self.r#type) {
            return Err(format!("\"{}\" is no filter type", self.r#type));
        }
        self.predicates
            .iter()
            .try_for_each(|predicate| predicate.check(scope))?;
        self.clauses
            .iter()
            .try_for_each(|clause| clause.check(scope))
    }

    /// The values of all `addressFrom` predicates.
    pub(super) fn guests(&self) -> impl Iterator<Item = &str> {
        let clauses = self.clauses.iter().flat_map(|clause| &clause.predicates);
        let guests = self.predicates.iter().chain(clauses);
        guests
            .filter(|predicate| predicate.dimension.as_deref() == Some("addressFrom"))
            .filter_map(|predicate| predicate.value.as_deref())
    }

    pub(super) fn holds(&self, subject: &Subject<'_>) -> bool {
        let predicates = self
            .predicates
            .iter()
            .map(|predicate| predicate.holds(subject));
        let mut all = predicates.chain(self.clauses.iter().map(|clause| clause.holds(subject)));
        match &*self.r#type {
            "or" => all.any(|holds| holds),
            _ => all.all(|holds| holds),
        }
    }
}

impl Predicate {
    fn check(&self, scope: Scope) -> Result<(), String> {
        let known: &[&str] = match scope {
            Scope::Conversation => &CONVERSATION_DIMENSIONS,
            Scope::Segment => &SEGMENT_DIMENSIONS,
        };
        if let Some(dimension) = &self.dimension
            && !known.contains(&&**dimension)
        {
            return Err(format!("\"{dimension}\" is no dimension here"));
        }
        let operator = self.operator.as_deref().unwrap_or("matches");
        if !["matches", "exists", "notExists"].contains(&operator) {
            return Err(format!("\"{operator}\" is no operator"));
        }
        let is_dimension = self
            .r#type
            .as_deref()
            .is_none_or(|kind| kind == "dimension");
        if is_dimension && self.dimension.is_none() {
            return Err("a predicate names no dimension".to_owned());
        }
        Ok(())
    }

    /// What is not simulated holds: whoever asks gets rather too much.
    fn holds(&self, subject: &Subject<'_>) -> bool {
        let Listed { id, .. } = subject.listed;
        let dimension = self.dimension.as_deref().unwrap_or_default();
        let id_text = id.to_string();
        let actual = match dimension {
            "conversationEnd" if subject.open => None,
            "conversationEnd" | "conversationStart" => Some(""),
            "conversationId" => Some(&*id_text),
            "originatingDirection" | "direction" => Some("inbound"),
            "mediaType" if subject.other_media => Some("voice"),
            "mediaType" => Some("message"),
            "messageType" if subject.other_media => None,
            "messageType" => Some("webmessaging"),
            "addressFrom" => Some(&*subject.guest),
            "addressTo" => Some(&*subject.deployment),
            _ => return true,
        };
        match (self.operator.as_deref(), actual, self.value.as_deref()) {
            (Some("exists"), actual, _) => actual.is_some(),
            (Some("notExists"), actual, _) => actual.is_none(),
            (_, _, Some(guest)) if dimension == "addressFrom" => {
                subject.guests.get(guest) == Some(&id)
            }
            (_, Some(actual), Some(value)) => {
                actual.is_empty() || actual.eq_ignore_ascii_case(value)
            }
            (_, actual, None) => actual.is_none(),
            (_, None, Some(_)) => false,
        }
    }
}
