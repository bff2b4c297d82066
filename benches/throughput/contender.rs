//! A worker that is measured: ours, or the peer.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::broker::{Broker, Names};
use crate::genesys::{CLIENT, Genesys};
use crate::options::{Options, Setting};
use crate::process::{Group, Usage};

/// Until a worker consumes.
const START: Duration = Duration::from_secs(60);

pub(crate) struct Contender {
    pub(crate) who: &'static str,
    pub(crate) names: Names,
    command: String,
    prepare: Option<String>,
    settings: Vec<(String, String)>,
    renamed: Vec<(String, String)>,
    amqp_url: String,
    api: &'static str,
    directory: PathBuf,
    scratch: PathBuf,
}

/// The processes of a contender, consuming.
pub(crate) struct Running {
    pub(crate) groups: Vec<Group>,
    /// From the start of the processes to the first consumer.
    pub(crate) start: Duration,
    pub(crate) began: Instant,
}

impl Contender {
    pub(crate) fn ours(options: &Options) -> Self {
        let program = options.stand.bin_dir.join("interceptor");
        let command = |subcommand: &str| format!("exec '{}' {subcommand}", program.display());
        Self {
            who: "ours",
            names: Names::new("ours"),
            command: command("run"),
            prepare: Some(command("topology apply")),
            settings: options.env.clone(),
            renamed: Vec::new(),
            amqp_url: options.stand.amqp_url.clone(),
            api: options.api.name(),
            // Where nobody's .env is.
            directory: options.stand.scratch.clone(),
            scratch: options.stand.scratch.clone(),
        }
    }

    pub(crate) fn peer(options: &Options) -> Option<Self> {
        let command = options.peer.clone()?;
        Some(Self {
            who: "peer",
            names: Names::new("peer"),
            command,
            prepare: options.peer_prepare.clone(),
            settings: options.peer_env.clone(),
            renamed: options.env_map.clone(),
            directory: PathBuf::from("."),
            ..Self::ours(options)
        })
    }

    fn environment(&self, genesys: &Genesys, setting: Setting) -> Result<HashMap<String, String>> {
        let pairs = [
            ("AMQP_URL", self.amqp_url.as_str()),
            ("AMQP_QUEUE", &self.names.jobs),
            ("AMQP_TRANSCRIPTS_EXCHANGE", &self.names.transcripts),
            ("AMQP_AUDIT_EXCHANGE", &self.names.audits),
            ("GENESYS_API", self.api),
            ("GENESYS_API_URL", &genesys.url),
            ("GENESYS_LOGIN_URL", &genesys.url),
            ("GENESYS_CLIENT_ID", CLIENT.0),
            ("GENESYS_CLIENT_SECRET", CLIENT.1),
            ("GENESYS_REQUESTS_PER_MINUTE", "0"),
            ("INTERCEPTOR_CONCURRENCY", &setting.concurrency.to_string()),
            // Its default, but several share this machine.
            ("INTERCEPTOR_ADMIN_ADDR", "127.0.0.1:0"),
            ("NO_PROXY", "127.0.0.1"),
            ("no_proxy", "127.0.0.1"),
        ];
        let mut environment: HashMap<String, String> = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        for (new, old) in &self.renamed {
            let value = environment.get(old);
            let value =
                value.with_context(|| format!("--env-map {new}={old}: there is no {old}"))?;
            environment.insert(new.clone(), value.clone());
        }
        environment.extend(self.settings.iter().cloned());
        Ok(environment)
    }

    /// Makes its topology exist and be empty.
    pub(crate) async fn prepare(
        &self,
        broker: &Broker,
        genesys: &Genesys,
        setting: Setting,
    ) -> Result<()> {
        let _ = std::fs::remove_file(self.log());
        match &self.prepare {
            None => broker.declare(&self.names).await?,
            Some(prepare) => {
                let log = self.log();
                let mut group = Group::start(
                    prepare,
                    &self.environment(genesys, setting)?,
                    &self.directory,
                    &log,
                )?;
                let ended = group.finish(START).await;
                if !ended.is_some_and(|status| status.success()) {
                    bail!("'{prepare}' failed: {}", end_of(&log));
                }
            }
        }
        broker.clear(&self.names).await
    }

    /// Starts its processes and waits until one of them consumes.
    pub(crate) async fn start(
        &self,
        broker: &Broker,
        genesys: &Genesys,
        setting: Setting,
    ) -> Result<Running> {
        let environment = self.environment(genesys, setting)?;
        let began = Instant::now();
        let mut groups = Vec::new();
        for _ in 0..setting.processes {
            groups.push(Group::start(
                &self.command,
                &environment,
                &self.directory,
                &self.log(),
            )?);
        }
        while broker.consumers(&self.names).await? == 0 {
            self.check(&mut groups)?;
            if began.elapsed() > START {
                bail!(
                    "'{}' does not consume from {}: {}",
                    self.command,
                    self.names.jobs,
                    self.last_words()
                );
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Running {
            groups,
            start: began.elapsed(),
            began,
        })
    }

    /// An error where one of its processes has ended.
    pub(crate) fn check(&self, groups: &mut [Group]) -> Result<()> {
        if groups.iter_mut().all(Group::running) {
            return Ok(());
        }
        bail!("'{}' ended: {}", self.command, self.last_words())
    }

    fn log(&self) -> PathBuf {
        self.scratch.join(format!("{}.log", self.who))
    }

    fn last_words(&self) -> String {
        end_of(&self.log())
    }
}

impl Running {
    pub(crate) fn usage(&self) -> Vec<Usage> {
        self.groups.iter().map(Group::usage).collect()
    }

    pub(crate) async fn stop(self) {
        for group in self.groups {
            group.stop().await;
        }
    }
}

fn end_of(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
