//! Bulk requests that are refused, and faults, over HTTP.

use serde_json::{Value, json};

use super::super::http_tests::{Client, ID};
use super::tests::{MESSAGES, bulk, conversation, listed};

#[tokio::test]
async fn bulks_are_checked() {
    let client = Client::logged_in(&[]).await;
    let ids = listed(&conversation(&client, ID).await.json(), false);
    let many: Vec<String> = (0..1001).map(|n: u32| format!("{n:032}")).collect();
    assert_eq!(bulk(&client, ID, &[]).await.status, 400);
    assert_eq!(bulk(&client, ID, &many).await.json()["code"], "bad.request");
    let unknown = bulk(&client, ID, &many[..1000]).await;
    assert_eq!(
        (unknown.status, unknown.json()),
        (200, json!({"entities": []}))
    );
    let path = format!("{MESSAGES}/{ID}/messages/bulk");
    assert_eq!(client.send("POST", &path, "{}").await.unwrap().status, 400);

    client.faults(json!({"incompleteBulk": true})).await;
    let found = bulk(&client, ID, &ids).await.json();
    let found = found["entities"].as_array().unwrap();
    assert_eq!(found.len(), ids.len() - 1);
    assert!(
        found
            .iter()
            .all(|entity| entity["id"] != ids[ids.len() - 1].as_str())
    );

    client.faults(json!({"tooLargeBulk": 2})).await;
    let large = bulk(&client, ID, &ids).await;
    assert_eq!(
        (large.status, large.json()["code"].as_str()),
        (400, Some("response.entity.too.large"))
    );
    assert_eq!(bulk(&client, ID, &ids[..2]).await.status, 200);
}

#[tokio::test]
async fn faults_concern_both_calls() {
    let client = Client::logged_in(&[]).await;
    let body = conversation(&client, ID).await.json();
    let ids = listed(&body, false);
    for (fault, status, code) in [
        (json!({"notFound": [ID]}), 404, "not.found"),
        (
            json!({"forbidden": [ID], "forbiddenCode": "missing.permissions"}),
            403,
            "missing.permissions",
        ),
        (json!({"badRequest": [ID]}), 400, "bad.request"),
        (json!({"alwaysError": [ID]}), 500, "internal.server.error"),
    ] {
        client.faults(fault).await;
        for answer in [
            conversation(&client, ID).await,
            bulk(&client, ID, &ids).await,
        ] {
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (status, Some(code))
            );
        }
    }

    client.faults(json!({"truncatedJson": true})).await;
    assert!(serde_json::from_slice::<Value>(&bulk(&client, ID, &ids).await.body).is_err());
    client.faults(json!({"oversizeUndeclared": true})).await;
    assert!(bulk(&client, ID, &ids).await.body.len() > 3 * 1024 * 1024);
    client.faults(json!({"invalidUtf8": true})).await;
    assert!(String::from_utf8(bulk(&client, ID, &ids).await.body).is_err());
    client.faults(json!({"loneSurrogate": true})).await;
    let surrogate = String::from_utf8(bulk(&client, ID, &ids).await.body).unwrap();
    assert!(surrogate.contains(r"\ud800"));
    client.faults(json!({"missingMessages": true})).await;
    assert_eq!(bulk(&client, ID, &ids).await.json(), json!({}));
    client.faults(json!({"shuffle": true})).await;
    let shuffled = bulk(&client, ID, &ids).await.json();
    let shuffled = shuffled["entities"].as_array().unwrap();
    assert!(
        !shuffled
            .iter()
            .rev()
            .is_sorted_by_key(|entity| entity["timestamp"].as_str())
    );
    client.faults(json!({"legacyTextBody": true})).await;
    let legacy = bulk(&client, ID, &ids).await.json();
    assert!(legacy["entities"][0]["textBody"].is_string());
    assert_eq!(legacy["entities"][0]["normalizedMessage"].get("text"), None);
    client.faults(json!({"shapeChaos": true})).await;
    let chaos = conversation(&client, ID).await.json();
    assert_eq!(chaos["participants"][0]["type"], "WEBMESSAGING");
    assert_eq!(listed(&chaos, true), listed(&body, true));
    assert_eq!(
        bulk(&client, ID, &ids).await.json()["entities"]
            .as_array()
            .unwrap()
            .len(),
        ids.len() + 1
    );

    client.faults(json!({"otherMedia": [ID]})).await;
    let voice = conversation(&client, ID).await.json();
    let participants = voice["participants"].as_array().unwrap();
    assert!(
        participants
            .iter()
            .all(|participant| participant.get("messages").is_none())
    );
    client.faults(json!({"openConversation": [ID]})).await;
    let open = conversation(&client, ID).await.json();
    assert_eq!(open["participants"][0]["endTime"], Value::Null);
    assert_eq!(open["participants"][0]["state"], "connected");
}
