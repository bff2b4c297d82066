//! Speaks HTTP with a running simulator over a plain TCP stream.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Parser as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::*;

pub(super) struct Answer {
    pub(super) status: u16,
    /// Status line and headers, in lower case.
    head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines();
        lines
            .into_iter()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

pub(super) struct Client {
    address: SocketAddr,
    pub(super) authorization: String,
}

impl Client {
    pub(super) async fn start(arguments: &[&str]) -> Self {
        let fixed = ["genesys-simulator", "--listen", "127.0.0.1:0"];
        let options = Options::parse_from(fixed.iter().chain(arguments));
        let (address, server) = bind(options).await.unwrap();
        tokio::spawn(server);
        Self {
            address,
            authorization: format!("Basic {}", STANDARD.encode("demo-client:demo-secret")),
        }
    }

    pub(super) async fn logged_in(arguments: &[&str]) -> Self {
        let mut client = Self::start(arguments).await;
        let answer = client.token().await;
        assert_eq!(answer.status, 200);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        client.authorization = format!("Bearer {token}");
        client
    }

    async fn token(&self) -> Answer {
        self.send(
            "POST",
            "/api/v2/oauth/token?grant_type=client_credentials",
            "",
        )
        .await
        .unwrap()
    }

    pub(super) async fn details(&self, id: &str) -> std::io::Result<Answer> {
        self.send(
            "GET",
            &format!("/api/v2/conversations/web/details/{id}"),
            "",
        )
        .await
    }

    pub(super) async fn faults(&self, faults: Value) -> Answer {
        self.send("PUT", "/simulator/faults", &faults.to_string())
            .await
            .unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        self.send("GET", path, "").await.unwrap().json()
    }

    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        body: &str,
    ) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect(self.address).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: simulator\r\nConnection: close\r\n\
             Authorization: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.authorization,
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        let end = bytes
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec())
            .unwrap()
            .to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Ok(Answer {
            status,
            head,
            body: bytes.split_off(end + 4),
        })
    }
}

pub(super) const ID: &str = "0B2F6C1E-55A1-4D3C-9E7B-2A4B6C8D0E1F";

#[tokio::test]
async fn serves_conversations_to_those_with_a_token() {
    let client = Client::start(&[]).await;
    let refused = client.details(ID).await.unwrap();
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (401, Some("bad.credentials"))
    );

    let client = Client::logged_in(&[]).await;
    let answer = client.details(ID).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(Uuid::try_parse(answer.header("inin-correlation-id").unwrap()).is_ok());
    assert_eq!(answer.header("inin-ratelimit-count"), None);
    let body = answer.json();
    assert_eq!(body["id"], ID.to_lowercase());
    assert_eq!(body["type"], "webmessaging");
    assert_eq!(
        client.get(&format!("/simulator/conversations/{ID}")).await,
        body
    );

    assert_eq!(client.details("no-uuid").await.unwrap().status, 400);
    assert_eq!(
        client
            .get("/simulator/conversations")
            .await
            .as_array()
            .unwrap()
            .len(),
        1200
    );
    assert_eq!(
        client.get("/simulator/stats").await,
        json!({"requests": 2, "tokens": 1, "conversations": 1, "byStatus": {"200": 2, "400": 1}})
    );
}

#[tokio::test]
async fn token_requests_are_checked() {
    let mut client = Client::start(&["--token-seconds", "60"]).await;
    assert_eq!(client.token().await.json()["expires_in"], 60);
    let path = "/api/v2/oauth/token";
    let form = client
        .send("POST", path, "grant_type=client_credentials")
        .await
        .unwrap();
    assert_eq!(form.status, 200);
    let wrong = client
        .send("POST", path, "grant_type=password")
        .await
        .unwrap();
    assert_eq!(
        (wrong.status, wrong.json()["error"].as_str()),
        (400, Some("unsupported_grant_type"))
    );
    client.authorization = format!("Basic {}", STANDARD.encode("demo-client:guess"));
    let refused = client.token().await;
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (401, Some("invalid_client"))
    );
}

#[tokio::test]
async fn faults_are_injected() {
    let client = Client::logged_in(&[]).await;
    assert_eq!(client.faults(json!({"hung": 1})).await.status, 400);

    client
        .faults(json!({"status429": 1, "retryAfterSeconds": 7}))
        .await;
    let limited = client.details(ID).await.unwrap();
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("7"))
    );

    client.faults(json!({"reset": 1})).await;
    let error = client.details(ID).await.err().expect("no answer");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);

    client.faults(json!({"hang": 1})).await;
    let wait = std::time::Duration::from_millis(200);
    assert!(
        tokio::time::timeout(wait, client.details(ID))
            .await
            .is_err()
    );

    client.faults(json!({"forbidden": [ID]})).await;
    let forbidden = client.details(ID).await.unwrap();
    assert_eq!(
        (forbidden.status, forbidden.json().get("code")),
        (403, None)
    );
    client
        .faults(json!({"forbidden": [ID], "forbiddenCode": "missing.permissions"}))
        .await;
    assert_eq!(
        client.details(ID).await.unwrap().json()["code"],
        "missing.permissions"
    );
    client.faults(json!({"alwaysError": [ID]})).await;
    assert_eq!(client.details(ID).await.unwrap().status, 500);
    client.faults(json!({"notFound": [ID]})).await;
    assert_eq!(
        client.details(ID).await.unwrap().json()["code"],
        "not.found"
    );

    client.faults(json!({"oversize": true})).await;
    let oversize = client.details(ID).await.unwrap();
    let length: usize = oversize.header("content-length").unwrap().parse().unwrap();
    assert!(length > 3 * 1024 * 1024 && length == oversize.body.len());
    client.faults(json!({"oversizeUndeclared": true})).await;
    let oversize = client.details(ID).await.unwrap();
    assert_eq!(oversize.header("content-length"), None);
    assert_eq!(oversize.header("transfer-encoding"), Some("chunked"));
    assert!(oversize.body.len() > 3 * 1024 * 1024);

    client.faults(json!({"revoked": true})).await;
    assert_eq!(client.details(ID).await.unwrap().status, 401);
    assert_eq!(client.token().await.status, 401);

    let by_status = &client.get("/simulator/stats").await["byStatus"];
    assert_eq!(
        (&by_status["reset"], &by_status["hang"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(client.get("/simulator/faults").await["revoked"], true);
}

#[tokio::test]
async fn the_limit_counts_a_client_over_all_its_tokens() {
    let mut client = Client::logged_in(&["--requests-per-minute", "2"]).await;
    let first = client.details(ID).await.unwrap();
    assert_eq!(first.header("inin-ratelimit-count"), Some("1"));
    assert_eq!(first.header("inin-ratelimit-allowed"), Some("2"));
    assert_eq!(first.header("inin-ratelimit-reset"), Some("60"));
    client.details(ID).await.unwrap();
    let basic = format!("Basic {}", STANDARD.encode("demo-client:demo-secret"));
    client.authorization = basic;
    let token = client.token().await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    client.authorization = format!("Bearer {token}");
    let limited = client.details(ID).await.unwrap();
    assert_eq!(
        (limited.status, limited.json()["code"].as_str()),
        (429, Some("too.many.requests"))
    );
    assert_eq!(
        limited.header("retry-after"),
        limited.header("inin-ratelimit-reset")
    );
}

#[tokio::test]
async fn a_transcripts_file_replaces_the_generated_conversations() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let line = json!({"id": "chat-1", "split": "test", "messages": [
        {"sequenceId": 1, "from": "customer", "text": "hi", "spans": [{"start": 0}]},
        {"sequenceId": 2, "from": "agent", "text": "hello"}]});
    std::fs::write(file.path(), format!("{line}\n")).unwrap();
    let client = Client::logged_in(&["--transcripts", file.path().to_str().unwrap()]).await;

    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"chat-1").to_string();
    assert_eq!(client.get("/simulator/conversations").await, json!([id]));
    let body = client.details(&id).await.unwrap().json();
    assert_eq!(
        body["messages"][0],
        json!({"sequenceId": 1, "from": "customer", "to": "agent", "text": "hi"})
    );
    assert_eq!(body["messages"][1]["to"], "customer");
    assert_eq!(
        client.details(ID).await.unwrap().json()["code"],
        "not.found"
    );

    let now = Timestamp::now();
    let from = now - jiff::SignedDuration::from_hours(24);
    let query =
        json!({"dateRange": {"from": from.to_string(), "to": now.to_string()}, "pageSize": 500});
    let path = "/api/v2/analytics/conversations/web/details/query";
    let found = client
        .send("POST", path, &query.to_string())
        .await
        .unwrap()
        .json();
    assert_eq!(found["conversations"][0]["conversationId"], id);
    let query = json!({"dateRange": {"from": from.to_string(), "to": now.to_string()},
        "entities": {"conversations": [{"id": "chat-1"}, {"id": "unknown"}]}});
    let found = client
        .send("POST", path, &query.to_string())
        .await
        .unwrap()
        .json();
    assert_eq!(found["conversations"].as_array().unwrap().len(), 1);
}
