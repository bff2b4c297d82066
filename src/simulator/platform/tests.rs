//! Speaks HTTP with a running simulator in this dialect.

use std::collections::{BTreeMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::http_tests::{Answer, Client, ID};

pub(super) const MESSAGES: &str = "/api/v2/conversations/messages";

pub(super) async fn conversation(client: &Client, id: &str) -> Answer {
    client
        .send("GET", &format!("{MESSAGES}/{id}"), "")
        .await
        .unwrap()
}

pub(super) async fn bulk(client: &Client, id: &str, ids: &[String]) -> Answer {
    let path = format!("{MESSAGES}/{id}/messages/bulk?useNormalizedMessage=true");
    client
        .send("POST", &path, &json!(ids).to_string())
        .await
        .unwrap()
}

/// The ids a conversation lists, those of receipts and events only where `all` is set.
pub(super) fn listed(conversation: &Value, all: bool) -> Vec<String> {
    let mut seen = HashSet::new();
    let participants = conversation["participants"].as_array().unwrap();
    participants
        .iter()
        .flat_map(|participant| participant["messages"].as_array().unwrap())
        .filter(|message| {
            let kind = &message["messageMetadata"]["type"];
            all || (kind != "Receipt" && kind != "Event")
        })
        .map(|message| message["messageId"].as_str().unwrap().to_owned())
        .filter(|id| seen.insert(id.clone()))
        .collect()
}

async fn entities(client: &Client, id: &str, all: bool) -> Vec<Value> {
    let ids = listed(&conversation(client, id).await.json(), all);
    let mut answer = bulk(client, id, &ids).await.json();
    serde_json::from_value(answer["entities"].take()).unwrap()
}

fn texts(entities: &[Value]) -> Vec<String> {
    let by_time: BTreeMap<(String, String), String> = entities
        .iter()
        .map(|entity| {
            let string = |value: &'_ Value| value.as_str().unwrap().to_owned();
            let order = (string(&entity["timestamp"]), string(&entity["id"]));
            (order, string(&entity["normalizedMessage"]["text"]))
        })
        .collect();
    by_time.into_values().collect()
}

/// The texts that the other dialect serves, in the order of their sequence ids.
async fn other_texts(client: &Client, id: &str) -> Vec<String> {
    let body = client.details(id).await.unwrap().json();
    let by_sequence: BTreeMap<i64, String> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            let text = message["text"].as_str().unwrap().to_owned();
            (message["sequenceId"].as_i64().unwrap(), text)
        })
        .collect();
    by_sequence.into_values().collect()
}

#[tokio::test]
async fn both_dialects_serve_the_same_texts() {
    let client = Client::logged_in(&[]).await;
    for n in 0..60_u128 {
        let id = Uuid::from_u128((n << 64) | (n * 7919)).to_string();
        let found = entities(&client, &id, false).await;
        assert_eq!(texts(&found), other_texts(&client, &id).await, "{id}");
        assert!(found.iter().all(|entity| entity.get("textBody").is_none()));
        assert!(
            found
                .iter()
                .rev()
                .is_sorted_by_key(|entity| entity["timestamp"].as_str())
        );
    }
}

#[tokio::test]
async fn a_file_without_times_keeps_its_order() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let line = json!({"id": "chat-1", "messages": [
        {"sequenceId": 2, "from": "agent", "text": "b"},
        {"sequenceId": 1, "from": "customer", "text": "a"},
        {"sequenceId": 3, "from": "system", "text": "c"}]});
    std::fs::write(file.path(), format!("{line}\n")).unwrap();
    let client = Client::logged_in(&["--transcripts", file.path().to_str().unwrap()]).await;
    client.faults(json!({"structured": true})).await;
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"chat-1").to_string();
    let details = listed(&conversation_known_before(&client, &id).await, false);
    assert_eq!(details.len(), 3);
    assert_eq!(texts(&entities(&client, &id, false).await), ["a", "b", "c"]);
    let unknown = conversation(&client, ID).await;
    assert_eq!(
        (unknown.status, unknown.json()["code"].as_str()),
        (404, Some("not.found"))
    );
}

/// The conversation, by way of a message that nobody has asked for yet.
async fn conversation_known_before(client: &Client, id: &str) -> Value {
    let body = conversation(client, id).await.json();
    let message = listed(&body, false).remove(0);
    let found = client.get(&format!("{MESSAGES}/{message}/details")).await;
    assert_eq!(found["conversationId"], id);
    body
}

#[tokio::test]
async fn tokens_are_issued_by_the_login_host() {
    let mut client = Client::start(&[]).await;
    let grant = "grant_type=client_credentials";
    let token = client.send("POST", "/oauth/token", grant).await.unwrap();
    assert_eq!(
        (token.status, token.json()["token_type"].as_str()),
        (200, Some("bearer"))
    );
    let other = client
        .send("POST", "/oauth/token", "grant_type=password")
        .await
        .unwrap();
    assert_eq!(
        (other.status, other.json()["error"].as_str()),
        (400, Some("unsupported_grant_type"))
    );

    let basic = std::mem::replace(
        &mut client.authorization,
        format!("Bearer {}", token.json()["access_token"].as_str().unwrap()),
    );
    let info = client.get("/api/v2/tokens/me").await;
    assert_eq!(info["OAuthClient"]["id"], "demo-client");
    assert!(info["organization"]["name"].is_string());

    client.authorization = String::new();
    let post = format!("{grant}&client_id=demo-client&client_secret=demo%2Dsecret");
    assert_eq!(
        client
            .send("POST", "/oauth/token", &post)
            .await
            .unwrap()
            .status,
        200
    );
    for (authorization, body) in [
        (
            String::new(),
            format!("{grant}&client_id=demo-client&client_secret=guess"),
        ),
        (
            format!("Basic {}", STANDARD.encode("demo-client:guess")),
            post.clone(),
        ),
    ] {
        client.authorization = authorization;
        let refused = client.send("POST", "/oauth/token", &body).await.unwrap();
        assert_eq!(refused.status, 401);
        assert_eq!(
            refused.json(),
            json!({"error": "invalid_client",
            "description": "authentication failed", "error_description": "authentication failed"})
        );
    }
    client.authorization = basic;
    client.faults(json!({"revoked": true})).await;
    assert_eq!(
        client
            .send("POST", "/oauth/token", grant)
            .await
            .unwrap()
            .status,
        401
    );
    assert_eq!(
        client
            .send("GET", "/api/v2/tokens/me", "")
            .await
            .unwrap()
            .status,
        401
    );
}

#[tokio::test]
async fn every_kind_of_message_and_participant_turns_up() {
    let client = Client::logged_in(&[]).await;
    client.faults(json!({"structured": true})).await;
    let (mut types, mut contents, mut events) = (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut purposes, mut twice, mut both, mut shared) = (HashSet::new(), 0, 0, 0);
    for n in 0..80_u128 {
        let id = Uuid::from_u128((n << 64) | (n * 7919)).to_string();
        let body = conversation(&client, &id).await.json();
        let mut users = HashSet::new();
        let (mut kinds, mut places) = (HashSet::new(), 0);
        for participant in body["participants"].as_array().unwrap() {
            purposes.insert(participant["purpose"].as_str().unwrap().to_owned());
            let user = participant["user"]["id"].as_str();
            twice += usize::from(user.is_some_and(|user| !users.insert(user)));
            for message in participant["messages"].as_array().unwrap() {
                places += usize::from(message["messageMetadata"]["type"] != "Receipt");
                kinds.insert((
                    message["messageId"].as_str(),
                    message["messageMetadata"]["type"].as_str(),
                ));
            }
        }
        let ids = listed(&body, true);
        both += kinds.len() - ids.len();
        shared += places
            - kinds
                .iter()
                .filter(|(_, kind)| *kind != Some("Receipt"))
                .count();
        for entity in entities(&client, &id, true).await {
            let normalized = &entity["normalizedMessage"];
            types.insert(normalized["type"].as_str().unwrap().to_owned());
            for content in normalized["content"].as_array().unwrap() {
                contents.insert(content["contentType"].as_str().unwrap().to_owned());
            }
            for event in normalized["events"].as_array().unwrap() {
                events.insert(event["eventType"].as_str().unwrap().to_owned());
            }
        }
    }
    let sorted = |set: HashSet<String>| {
        let mut list: Vec<String> = set.into_iter().collect();
        list.sort();
        list.join(" ")
    };
    assert_eq!(sorted(types), "Event Receipt Structured Text");
    assert_eq!(sorted(events), "CoBrowse Presence Typing Video");
    assert_eq!(sorted(purposes), "acd agent botflow customer");
    assert!(contents.len() >= 19, "{contents:?}");
    assert!(
        twice > 0 && both > 0 && shared > 0,
        "{twice} {both} {shared}"
    );
}

#[tokio::test]
async fn messages_and_guests_lead_to_their_conversation() {
    let client = Client::logged_in(&[]).await;
    let lookup = |id: String| {
        let client = &client;
        async move {
            let path = format!("{MESSAGES}/{id}/details");
            client.send("GET", &path, "").await.unwrap()
        }
    };
    assert_eq!(lookup("0".repeat(32)).await.json()["code"], "not.found");
    let body = conversation(&client, ID).await.json();
    for id in listed(&body, true) {
        let message = lookup(id).await.json();
        assert_eq!(message["conversationId"], ID.to_lowercase());
    }
    let guest = &body["participants"][0]["address"];
    let query = json!({"interval": "2026-06-01T00:00:00Z/2026-06-02T00:00:00Z",
        "segmentFilters": [{"type": "and", "predicates": [
            {"type": "dimension", "dimension": "addressFrom", "operator": "matches", "value": guest}]}]});
    let path = "/api/v2/analytics/conversations/details/query";
    let found = client
        .send("POST", path, &query.to_string())
        .await
        .unwrap()
        .json();
    assert_eq!(found["totalHits"], 1);
    let found = &found["conversations"][0];
    assert_eq!(found["conversationId"], ID.to_lowercase());
    let session = &found["participants"][0]["sessions"][0];
    assert_eq!(
        (&session["mediaType"], &session["addressFrom"]),
        (&json!("message"), guest)
    );
    let nothing = json!({"interval": "1999-06-01T00:00:00Z/1999-06-02T00:00:00Z"});
    let found = client
        .send("POST", path, &nothing.to_string())
        .await
        .unwrap();
    assert_eq!((found.status, found.json()), (200, json!({})));
}
