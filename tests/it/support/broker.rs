//! The broker: the one that scripts/test.sh started, or a private one for a test that breaks it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// URL of the node that all tests share.
pub(crate) fn shared_broker() -> String {
    std::env::var("INTERCEPTOR_TEST_AMQP_URL").expect(
        "INTERCEPTOR_TEST_AMQP_URL is not set: run ./scripts/test.sh, which starts the broker",
    )
}

/// A node of its own, which a test may kill.
pub(crate) struct PrivateBroker {
    directory: tempfile::TempDir,
    pub(crate) url: String,
}

impl PrivateBroker {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A node that listens with TLS, too, and lets certificates be logins; `folder` has ca.pem, cert.pem and key.pem.
    pub(crate) async fn start_with_tls(folder: &Path, clients_need_certificates: bool) -> Self {
        let clients = if clients_need_certificates {
            "required"
        } else {
            "optional"
        };
        Self::start_with(&[
            ("BROKER_PLUGINS", "rabbitmq_auth_mechanism_ssl"),
            ("BROKER_TLS_DIR", folder.to_str().unwrap()),
            ("BROKER_TLS_CLIENTS", clients),
        ])
        .await
    }

    async fn start_with(settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().into();
        let url = script_with(path, "start", &[], settings).await;
        Self { directory, url }
    }

    /// Where it listens with TLS.
    pub(crate) fn tls_port(&self) -> u16 {
        let settings = std::fs::read_to_string(self.directory.path().join("env.sh")).unwrap();
        let mut lines = settings.lines();
        let port = lines.find_map(|line| line.strip_prefix("export BROKER_TLS_PORT="));
        port.unwrap().parse().unwrap()
    }

    /// Ends all connections, as a restart would; their clients come back.
    pub(crate) async fn end_connections(&self) {
        self.ctl(&["close_all_connections", "the test ends them"])
            .await;
    }

    /// Where its settings and data are.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Where it listens, on the loopback interface; the same after a restart.
    pub(crate) fn port(&self) -> u16 {
        let (_, port) = self.url.rsplit_once(':').unwrap();
        port.trim_end_matches("/%2f").parse().unwrap()
    }

    /// Kills the node, whose queues of before come back with it.
    pub(crate) async fn kill(&self) {
        // RabbitMQ 3.10 writes the name of a new quorum queue to disk seconds after its declaration. Killed before that, the
        // node comes back with an empty queue that never elects a leader: all its messages are gone, and whoever uses it
        // waits forever. That is no fault that any client could do something about. Bindings are
        // written later, too: one that was removed a second before a crash was there again, and one that was made was gone.
        const WRITE: &str = "ok = dets:sync(ra_directory_reverse), ok = mnesia:sync_log().";
        self.ctl(&["eval", WRITE]).await;
        script(self.directory.path().into(), "kill", &[]).await;
    }

    pub(crate) async fn restart(&self) {
        let url = script(self.directory.path().into(), "start", &[]).await;
        assert_eq!(url, self.url, "a restarted node keeps its port");
    }

    /// Takes in no message until [`PrivateBroker::end_memory_alarm`].
    pub(crate) async fn memory_alarm(&self) {
        self.ctl(&["set_vm_memory_high_watermark", "0.000001"])
            .await;
    }

    pub(crate) async fn end_memory_alarm(&self) {
        self.ctl(&["set_vm_memory_high_watermark", "0.6"]).await;
    }

    /// What each queue holds, for whoever looks for a job.
    pub(crate) async fn queues(&self) -> String {
        const COLUMNS: &str = "name messages_ready messages_unacknowledged messages consumers";
        let mut arguments = vec!["list_queues", "-q"];
        arguments.extend(COLUMNS.split(' '));
        script(self.directory.path().into(), "ctl", &arguments).await
    }

    pub(crate) async fn ctl(&self, arguments: &[&str]) {
        script(self.directory.path().into(), "ctl", arguments).await;
    }
}

impl Drop for PrivateBroker {
    fn drop(&mut self) {
        let _ = Command::new(script_path())
            .arg("kill")
            .arg(self.directory.path())
            .status();
        let _ = Command::new(script_path())
            .arg("stop")
            .arg(self.directory.path())
            .output();
    }
}

fn script_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scripts/broker.sh")
}

async fn script(directory: PathBuf, action: &str, arguments: &[&str]) -> String {
    script_with(directory, action, arguments, &[]).await
}

async fn script_with(
    directory: PathBuf,
    action: &str,
    arguments: &[&str],
    settings: &[(&str, &str)],
) -> String {
    let mut command = Command::new(script_path());
    command.arg(action).arg(directory).args(arguments);
    command.envs(settings.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "broker.sh {action}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
