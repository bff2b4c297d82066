//! The list of conversations: the analytics details query, and the conversation of a message.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::calls::Calls;
use super::super::discovery::{self, Answered, Found, Looked, Span, Whose};
use super::super::endpoints;
use super::super::{Errand, Error, ErrorKind};
use super::Platform;

/// The most that a page may have.
const PAGE_SIZE: usize = 100;
/// The most that all pages of one query may have.
const MAX_RESULTS: usize = 100_000;

impl Platform {
    /// All pages of a query, unless there are more than one query may have.
    pub(super) async fn list(
        &self,
        calls: &Calls,
        whose: Whose<'_>,
        span: Span,
    ) -> Result<Looked, Error> {
        if let Whose::Sessions(ids) = whose
            && !ids.iter().all(|id| discovery::is_uuid(id))
        {
            // Guests have UUIDs: this is the id of a message that does not exist.
            return Ok(Looked::All(Vec::new()));
        }
        let mut all = Vec::new();
        let mut ids = HashSet::new();
        for number in 1..=MAX_RESULTS / PAGE_SIZE {
            let query = query(whose, span, number);
            let answer = match discovery::ask(self, calls, &self.query_url, &query).await {
                Ok(answer) => answer,
                // The first page was good, so it is how far the pages reach that is wrong.
                Err(error) if error.kind == ErrorKind::BadRequest && number > 1 => {
                    return Ok(Looked::TooMany);
                }
                Err(error) if error.is_too_large() => return Ok(Looked::TooMany),
                Err(error) => return Err(error),
            };
            let Answered { found, rows, total } = discovery::read(&answer)?;
            if total.is_some_and(|total| total > MAX_RESULTS) {
                return Ok(Looked::TooMany);
            }
            // A list that ends before its end, or begins again, would leave out conversations that nobody asks for later.
            let short = rows == 0 && total.is_some_and(|total| (number - 1) * PAGE_SIZE < total);
            let known = |found: &Found| ids.contains(&found.id);
            if short || rows == PAGE_SIZE && found.iter().all(known) {
                return Err(answer.error(ErrorKind::Incomplete));
            }
            ids.extend(found.iter().map(|found| found.id.clone()));
            all.extend(found);
            if rows == 0 || total.is_some_and(|total| number * PAGE_SIZE >= total) {
                return Ok(Looked::All(all));
            }
        }
        Ok(Looked::TooMany)
    }

    /// `GET .../messages/{messageId}/details`; `None` where there is no such message.
    pub(super) async fn of_message(
        &self,
        calls: &Calls,
        message_id: &str,
    ) -> Result<Option<String>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Details {
            conversation_id: Option<String>,
        }
        let url = format!("{}/{message_id}/details", self.messages_url);
        let mut errand = Errand::single(calls.permit().await);
        let limit = self.answer_limit();
        let answer = calls
            .json(
                &mut errand,
                self,
                endpoints::platform::MESSAGE,
                limit,
                |http| http.get(&url),
            )
            .await;
        match answer {
            Ok(answer) => Ok(super::parse::<Details>(&answer)?.conversation_id),
            // What has not the form of a message's id may be refused rather than not be found.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::BadRequest) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Message ids are opaque, and a guest's id is made up by the widget: neither need be a UUID.
pub(super) fn check_session(text: &str) -> Result<(), &'static str> {
    const MAX: usize = 64;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    ((1..=MAX).contains(&text.len()) && text.bytes().all(plain))
        .then_some(())
        .ok_or("1 to 64 letters, digits and hyphens")
}

fn query(whose: Whose<'_>, span: Span, page: usize) -> Value {
    let is = |dimension: &str, value: &str| json!({"type": "dimension", "dimension": dimension, "operator": "matches", "value": value});
    let mut query = json!({
        "interval": span.to_string(),
        "order": "asc",
        "orderBy": "conversationStart",
        "segmentFilters": [{
            "type": "and",
            "predicates": [is("mediaType", "message"), is("messageType", "webmessaging")],
        }],
        "paging": {"pageSize": PAGE_SIZE, "pageNumber": page},
    });
    match whose {
        Whose::Anyone => {
            query["conversationFilters"] = json!([{
                "type": "and",
                "predicates": [
                    {"type": "dimension", "dimension": "conversationEnd", "operator": "exists"},
                ],
            }]);
        }
        // One at a time: all predicates must hold.
        Whose::Sessions(guests) => {
            if let Some(predicates) = query["segmentFilters"][0]["predicates"].as_array_mut() {
                predicates.extend(guests.iter().map(|id| is("addressFrom", id)));
            }
        }
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_plain_ids() {
        let longest = "a".repeat(64);
        for good in ["5befde6373a23f32f20b59b4e1cba0e6", "A-1", &longest] {
            assert!(check_session(good).is_ok(), "{good}");
        }
        let too_long = "a".repeat(65);
        for bad in ["", "a/b", "a b", "é", "../x", &too_long] {
            assert!(check_session(bad).is_err(), "{bad}");
        }
    }
}
