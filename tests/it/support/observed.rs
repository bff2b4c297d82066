//! A worker, and what it tells of itself over HTTP.

use super::{Process, Stand, until};

/// Has the system choose the port: one that a test chooses may be another process' by the time the worker takes it.
pub(crate) const ANY_PORT: (&str, &str) = ("INTERCEPTOR_ADMIN_ADDR", "127.0.0.1:0");

pub(crate) struct Observed {
    pub(crate) worker: Process,
    /// Where it is asked, without a slash at the end.
    pub(crate) url: String,
}

impl Observed {
    /// Starts a worker; `changes` win over the stand's environment.
    pub(crate) async fn start(stand: &Stand, changes: &[(&str, &str)]) -> Self {
        let mut all = vec![ANY_PORT];
        all.extend(changes);
        let worker = stand.worker(&all);
        let url = admin_url(&worker).await;
        Self { worker, url }
    }

    /// Status and text, or nothing where nobody answers.
    pub(crate) async fn get(&self, path: &str) -> Option<(u16, String)> {
        let answer = reqwest::get(format!("{}/{path}", self.url)).await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// Awaits an answer whose text holds `part`.
    pub(crate) async fn until(&self, path: &str, status: u16, part: &str) -> String {
        let mut found = String::new();
        until(
            &format!("{status} with {part:?} at /{path}"),
            async || match self.get(path).await {
                Some((answered, text)) if answered == status && text.contains(part) => {
                    found = text;
                    true
                }
                _ => false,
            },
        )
        .await;
        found
    }
}

/// Where a worker on [`ANY_PORT`] says that it is asked, without a slash at the end.
pub(crate) async fn admin_url(worker: &Process) -> String {
    let line = worker.stdout_line("\"run.started\"").await;
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = line["status_page"].as_str().unwrap();
    url.trim_end_matches('/').to_owned()
}
