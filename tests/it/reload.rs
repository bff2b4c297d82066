//! Secrets in files are read again when they are next needed: exchanging one needs no restart.

use std::path::PathBuf;

use lapin::BasicProperties;
use serde_json::json;

use crate::support::{PrivateBroker, Stand, WEB_DETAILS};

/// A file with a secret.
struct SecretFile {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl SecretFile {
    fn new(secret: &str) -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, format!("{secret}\n")).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    /// As Kubernetes does it: the new one takes the place of the old one at once.
    fn exchange(&self, secret: &str) {
        let new = self.path.with_extension("new");
        std::fs::write(&new, secret).unwrap();
        std::fs::rename(new, &self.path).unwrap();
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

async fn send(stand: &Stand, ids: &[String]) {
    for id in ids {
        stand.send(id.as_bytes(), BasicProperties::default()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_client_secret_is_used_without_a_restart() {
    let stand = Stand::new().await;
    let secret = SecretFile::new("demo-secret");
    let worker = stand.worker(&[
        ("GENESYS_CLIENT_SECRET", ""),
        ("GENESYS_CLIENT_SECRET_FILE", secret.path()),
    ]);
    let ids = stand.conversations(6).await;
    send(&stand, &ids[..2]).await;
    stand.records.until_transcripts(2).await;

    // In good order: the file first. The old token is taken back, too.
    secret.exchange("number-two");
    stand.faults(json!({"clientSecret": "number-two"})).await;
    send(&stand, &ids[2..4]).await;
    stand.records.until_transcripts(4).await;
    assert_eq!(worker.stdout_count("intake.paused"), 0);

    // A file that is bad at that moment leaves the old secret in use, and says so once. Here that is refused, until the
    // file is good.
    secret.exchange("");
    stand.faults(json!({"clientSecret": "number-three"})).await;
    send(&stand, &ids[4..]).await;
    let kept = worker.stdout_line("settings.kept").await;
    assert!(
        kept.contains("GENESYS_CLIENT_SECRET_FILE") && kept.contains(secret.path()),
        "{kept}"
    );
    worker.stdout_line("intake.paused").await;
    secret.exchange("number-three");
    stand.records.until_transcripts(6).await;
    assert_eq!(worker.stdout_count("settings.kept"), 1);
    assert!(stand.dead_letters().await.is_empty());
    for secret in ["demo-secret", "number-two", "number-three"] {
        assert_eq!(worker.stdout_count(secret), 0, "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_of_the_broker_is_used_at_the_next_connection() {
    let broker = PrivateBroker::start().await;
    let stand = Stand::with(WEB_DETAILS, &broker.url, &[]).await;
    broker.ctl(&["add_user", "worker", "first"]).await;
    broker
        .ctl(&["set_permissions", "worker", ".*", ".*", ".*"])
        .await;
    let password = SecretFile::new("first");
    let worker = stand.worker(&[
        ("AMQP_USERNAME", "worker"),
        ("AMQP_PASSWORD_FILE", password.path()),
    ]);
    worker.stdout_line("broker.connected").await;

    // The broker first: until the file follows, the worker is refused and goes on trying.
    broker
        .ctl(&["change_password", "worker", "number-two"])
        .await;
    let refused = worker.stdout_line("Login was refused");
    broker.end_connections().await;
    refused.await;
    let back = worker.one_more("broker.connected");
    password.exchange("number-two");
    back.await;

    // The file that is missing: the password of before is good still.
    std::fs::remove_file(password.path()).unwrap();
    let back = worker.one_more("broker.connected");
    broker.end_connections().await;
    back.await;
    let kept = worker.stdout_line("settings.kept").await;
    assert!(kept.contains("AMQP_PASSWORD_FILE"), "{kept}");
    assert_eq!(worker.stdout_count("settings.kept"), 1);
}
