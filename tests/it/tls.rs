//! TLS to the broker and to Genesys: verified always, and whatever is wrong with a certificate is one line that says what to do.

use std::path::Path;

use crate::support::certificates::{Authority, Issued, TlsFront};
use crate::support::{PrivateBroker, Stand, WEB_DETAILS};

/// What RabbitMQ keeps of certificates that it has read.
const READ_CERTIFICATES_AGAIN: &str = "ssl:clear_pem_cache().";

/// What the broker shows.
fn show(issued: &Issued, folder: &Path) {
    std::fs::write(folder.join("cert.pem"), &issued.certificate).unwrap();
    std::fs::write(folder.join("key.pem"), &issued.key).unwrap();
}

/// Connects as `topology verify` does: nothing, or the one line of the error.
async fn connect(stand: &Stand, url: &str, changes: &[(&str, &str)]) -> Result<(), String> {
    let mut all = vec![("AMQP_URL", url)];
    all.extend(changes);
    let done = stand.interceptor(&["topology", "verify"], &all).await;
    assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
    // Once: an error is told, and its cause is told within it.
    let causes = done.stderr.matches("invalid peer certificate").count();
    assert!(causes <= 1, "{}", done.stderr);
    match done.code {
        Some(0) => Ok(()),
        Some(1 | 2) => Err(done.stderr),
        code => panic!("{code:?}: {}", done.stderr),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_must_show_a_good_certificate_for_its_host() {
    let folder = tempfile::TempDir::new().unwrap();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let write = |name: &str, pem: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ca = write("ca.pem", &authority.pem);
    let other_ca = write("stranger.pem", &stranger.pem);
    show(&authority.issue("localhost"), folder.path());
    let broker = PrivateBroker::start_with_tls(folder.path(), false).await;
    let stand = Stand::with(WEB_DETAILS, &broker.url, &[]).await;
    let port = broker.tls_port();
    let url = format!("amqps://guest:guest@localhost:{port}/%2f");

    let trusted = [("AMQP_CA_FILE", ca.as_str())];
    assert_eq!(connect(&stand, &url, &trusted).await, Ok(()));
    for untrusted in [&[][..], &[("AMQP_CA_FILE", other_ca.as_str())]] {
        let error = connect(&stand, &url, untrusted).await.unwrap_err();
        assert!(error.contains("in AMQP_CA_FILE"), "{error}");
    }
    let by_address = url.replace("localhost", "127.0.0.1");
    let error = connect(&stand, &by_address, &trusted).await.unwrap_err();
    assert!(error.contains("the host in AMQP_URL"), "{error}");
    let plain_port = url.replace(&port.to_string(), &broker.port().to_string());
    let error = connect(&stand, &plain_port, &trusted).await.unwrap_err();
    assert!(error.contains("does not speak TLS"), "{error}");
    let error = connect(&stand, &broker.url, &trusted).await.unwrap_err();
    assert!(error.contains("amqps://"), "{error}");

    show(&authority.issue_expired("localhost"), folder.path());
    broker.ctl(&["eval", READ_CERTIFICATES_AGAIN]).await;
    let error = connect(&stand, &url, &trusted).await.unwrap_err();
    assert!(error.contains("needs a new certificate"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_is_shown_and_may_be_the_login() {
    let folder = tempfile::TempDir::new().unwrap();
    let (authority, stranger) = (Authority::new(), Authority::new());
    std::fs::write(folder.path().join("ca.pem"), &authority.pem).unwrap();
    let ca = folder.path().join("ca.pem").to_str().unwrap().to_owned();
    show(&authority.issue("localhost"), folder.path());
    let broker = PrivateBroker::start_with_tls(folder.path(), true).await;
    let stand = Stand::with(WEB_DETAILS, &broker.url, &[]).await;
    // A user without a password: only a certificate can be its login.
    broker.ctl(&["add_user", "worker", "unknown"]).await;
    broker.ctl(&["clear_password", "worker"]).await;
    broker
        .ctl(&["set_permissions", "worker", ".*", ".*", ".*"])
        .await;

    let port = broker.tls_port();
    let with_password = format!("amqps://guest:guest@localhost:{port}/%2f");
    let without = format!("amqps://localhost:{port}/%2f");
    let write = |name: &str, issued: Issued| issued.write(folder.path(), name);
    let worker = write("worker", authority.issue("worker"));
    let nobody = write("nobody", authority.issue("nobody"));
    let expired = write("expired", authority.issue_expired("worker"));
    let strange = write("strange", stranger.issue("worker"));
    let shown = |[certificate, key]: &[String; 2]| {
        [
            ("AMQP_CA_FILE", ca.clone()),
            ("AMQP_CLIENT_CERT_FILE", certificate.clone()),
            ("AMQP_CLIENT_KEY_FILE", key.clone()),
        ]
    };
    let try_as = async |url: &str, certificate: &[String; 2]| {
        let changes = shown(certificate);
        let changes: Vec<_> = changes.iter().map(|(n, v)| (*n, v.as_str())).collect();
        connect(&stand, url, &changes).await
    };

    assert_eq!(try_as(&with_password, &worker).await, Ok(()));
    assert_eq!(try_as(&without, &worker).await, Ok(()));
    let refused = connect(&stand, &with_password, &[("AMQP_CA_FILE", &ca)]).await;
    let error = refused.unwrap_err();
    assert!(error.contains("AMQP_CLIENT_CERT_FILE"), "{error}");
    for (certificate, says) in [
        (&nobody, "which user the client certificate names"),
        // The broker's word of these two may be lost on the way, and then both are named.
        (&expired, "expired"),
        (&strange, "the certificate in AMQP_CLIENT_CERT_FILE"),
        (
            &[worker[0].clone(), nobody[1].clone()],
            "AMQP_CLIENT_KEY_FILE",
        ),
    ] {
        let error = try_as(&without, certificate).await.unwrap_err();
        assert!(error.contains(says), "{says}: {error}");
    }

    // The whole way, and on after the certificate has been renewed.
    let changes = shown(&worker);
    let mut changes: Vec<_> = changes.iter().map(|(n, v)| (*n, v.as_str())).collect();
    changes.push(("AMQP_URL", &without));
    let checked = stand.interceptor(&["check"], &changes).await;
    let version = checked.stdout.contains("ok    broker: RabbitMQ ");
    assert!(version, "{}", checked.stdout);
    let running = stand.worker(&changes);
    stand.send_conversations(3).await;
    stand.records.until_audits("success", 3).await;
    broker.ctl(&["add_user", "renewed", "unknown"]).await;
    broker
        .ctl(&["set_permissions", "renewed", ".*", ".*", ".*"])
        .await;
    write("worker", authority.issue("renewed"));
    broker.ctl(&["delete_user", "worker"]).await;
    let back = running.one_more("broker.connected");
    broker.end_connections().await;
    back.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn genesys_must_show_a_good_certificate_and_its_authority_may_change() {
    let folder = tempfile::TempDir::new().unwrap();
    let ca = folder.path().join("ca.pem");
    let (authority, next) = (Authority::new(), Authority::new());
    std::fs::write(&ca, &authority.pem).unwrap();
    let stand = Stand::new().await;
    let target = stand.simulator_url.trim_start_matches("http://");
    let front = TlsFront::start(target, &authority.issue("localhost")).await;
    let url = format!("https://localhost:{}", front.port);
    let trusting = [
        ("GENESYS_API_URL", url.as_str()),
        ("GENESYS_CA_FILE", ca.to_str().unwrap()),
    ];

    let by_address = url.replace("localhost", "127.0.0.1");
    for (changes, says) in [
        (&trusting[..1], "not of an authority that is trusted"),
        (
            &[("GENESYS_API_URL", &by_address), trusting[1]],
            "for another host name",
        ),
    ] {
        let checked = stand.interceptor(&["check"], changes).await;
        assert_eq!(checked.code, Some(1));
        let mut lines = checked.stdout.lines();
        let line = lines.find(|line| line.starts_with("FAIL  token"));
        let line = line.unwrap();
        assert!(
            line.contains(says) && line.contains("GENESYS_CA_FILE"),
            "{line}"
        );
    }

    let worker = stand.worker(&trusting);
    stand.send_conversations(2).await;
    stand.records.until_audits("success", 2).await;

    // First the certificate, then the file: what fails in between waits, and is done then.
    let more = stand.conversations(4).await;
    let failing = worker.one_more("retrying");
    front.show(&next.issue("localhost"));
    for id in &more[2..] {
        stand.send(id.as_bytes(), Default::default()).await;
    }
    failing.await;
    std::fs::write(&ca, &next.pem).unwrap();
    stand.records.until_audits("success", 4).await;
}
