//! INTERCEPTOR_*: the worker pool and the rules of redaction.

use std::net::SocketAddr;
use std::time::Duration;

use super::{ConfigError, Source};
use crate::redaction::{Replacement, Rules};
use crate::transcript::{HashKey, LanguagePolicy, Policy};

/// The worker pool and the rules of redaction.
pub struct InterceptorConfig {
    /// INTERCEPTOR_CONCURRENCY: number of workers.
    pub concurrency: u16,
    /// INTERCEPTOR_MAX_BYTES_IN_FLIGHT: the memory of conversations in hand; `None` is 64 MiB, or more where the largest
    /// conversation needs it.
    pub max_bytes_in_flight: Option<usize>,
    /// INTERCEPTOR_CONTEXT_WINDOW: number of last messages that are published; 0 for all.
    pub context_window: usize,
    /// INTERCEPTOR_LANGUAGE_CONFIDENCE and INTERCEPTOR_UNDETERMINED_LANGUAGE.
    pub language: LanguagePolicy,
    /// INTERCEPTOR_REPLACEMENT.
    pub replacement: Replacement,
    /// INTERCEPTOR_HASH_KEY: the key of the fingerprints.
    pub hash_key: Option<HashKey>,
    /// INTERCEPTOR_POLICY_FILE; no rules of its own where there is none.
    pub rules: Rules,
    /// INTERCEPTOR_MAX_ATTEMPTS before a job is dead-lettered.
    pub max_attempts: u32,
    /// INTERCEPTOR_NOT_FOUND_SECONDS for which a conversation may be missing before it counts as not found.
    pub not_found_grace: Duration,
    /// INTERCEPTOR_ADMIN_ADDR; `None` where it is `off`.
    pub admin: Option<Admin>,
    /// INTERCEPTOR_SHUTDOWN_SECONDS to finish what is in hand.
    pub shutdown: Duration,
    /// This process's name in audit records: host name and process id.
    pub worker: String,
}

/// Where the health endpoints are served.
#[derive(Clone, Copy, Debug)]
pub struct Admin {
    /// Address to listen on.
    pub address: SocketAddr,
    /// Whether the operator chose it: then a taken port is an error; else the endpoints are left out.
    pub chosen: bool,
}

impl Admin {
    /// Reads INTERCEPTOR_ADMIN_ADDR; `None` where it is `off`.
    ///
    /// # Errors
    /// A value that is neither an address nor `off`.
    pub fn read(source: &Source) -> Result<Option<Self>, ConfigError> {
        const VARIABLE: &str = "INTERCEPTOR_ADMIN_ADDR";
        match source.in_force(VARIABLE) {
            "off" => Ok(None),
            text => {
                let address = text.parse().map_err(|_| {
                    ConfigError::new(
                        VARIABLE,
                        format!("{text:?} is neither off nor an address such as 127.0.0.1:9464"),
                    )
                })?;
                Ok(Some(Self {
                    address,
                    chosen: source.text(VARIABLE).is_some(),
                }))
            }
        }
    }
}

impl InterceptorConfig {
    /// Reads the INTERCEPTOR_* variables.
    ///
    /// # Errors
    /// The first variable that cannot be used.
    pub fn read(source: &Source) -> Result<Self, ConfigError> {
        Ok(Self {
            concurrency: source.number("INTERCEPTOR_CONCURRENCY", 1..=1024)?,
            max_bytes_in_flight: source
                .optional_number("INTERCEPTOR_MAX_BYTES_IN_FLIGHT", 1..=1 << 40)?,
            context_window: source.number("INTERCEPTOR_CONTEXT_WINDOW", 0..=1_000_000)?,
            language: LanguagePolicy {
                confidence: source.number("INTERCEPTOR_LANGUAGE_CONFIDENCE", 0.0..=1.0)?,
                keep_undetermined: source.choice(
                    "INTERCEPTOR_UNDETERMINED_LANGUAGE",
                    &[("skip", false), ("keep", true)],
                )?,
            },
            replacement: source.choice(
                "INTERCEPTOR_REPLACEMENT",
                &[("plain", Replacement::Plain), ("typed", Replacement::Typed)],
            )?,
            hash_key: source
                .secret("INTERCEPTOR_HASH_KEY")?
                .map(|key| key.read())
                .transpose()?
                .map(|key| HashKey::new(&key)),
            rules: policy_file(source)?,
            max_attempts: source.number("INTERCEPTOR_MAX_ATTEMPTS", 1..=1000)?,
            not_found_grace: Duration::from_secs(
                source.number("INTERCEPTOR_NOT_FOUND_SECONDS", 0..=7 * 24 * 60 * 60)?,
            ),
            admin: Admin::read(source)?,
            shutdown: Duration::from_secs(source.number("INTERCEPTOR_SHUTDOWN_SECONDS", 1..=3600)?),
            worker: worker_name(source),
        })
    }

    /// The rules a transcript is sanitized under.
    pub fn policy(&self) -> Policy {
        Policy::new(
            self.replacement,
            self.context_window,
            self.language,
            self.hash_key.clone(),
            self.rules.clone(),
        )
    }
}

/// Reads and validates a policy file.
///
/// # Errors
/// The file cannot be read, or a line of it cannot be used.
pub fn read_policy_file(path: &str) -> Result<Rules, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    Rules::parse(&text).map_err(|error| format!("{path}, {error}"))
}

fn policy_file(source: &Source) -> Result<Rules, ConfigError> {
    const VARIABLE: &str = "INTERCEPTOR_POLICY_FILE";
    source.text(VARIABLE).map_or_else(
        || Ok(Rules::default()),
        |path| read_policy_file(path).map_err(|reason| ConfigError::new(VARIABLE, reason)),
    )
}

fn worker_name(source: &Source) -> String {
    let host = source
        .text("HOSTNAME")
        .map(str::to_owned)
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .unwrap_or_default();
    let host = match host.trim() {
        "" => "interceptor",
        host => host,
    };
    format!("{host}-{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<InterceptorConfig, ConfigError> {
        InterceptorConfig::read(&Source::from_pairs(pairs))
    }

    #[test]
    fn the_policy_version_changes_with_every_rule() {
        let version =
            |pairs: &[(&str, &str)]| read(pairs).ok().unwrap().policy().version().to_owned();
        let mut versions = vec![version(&[])];
        assert_eq!(versions[0], version(&[("INTERCEPTOR_CONCURRENCY", "4")]));
        for change in [
            ("INTERCEPTOR_CONTEXT_WINDOW", "10"),
            ("INTERCEPTOR_LANGUAGE_CONFIDENCE", "0.5"),
            ("INTERCEPTOR_UNDETERMINED_LANGUAGE", "keep"),
            ("INTERCEPTOR_REPLACEMENT", "typed"),
            ("INTERCEPTOR_HASH_KEY", "one"),
            ("INTERCEPTOR_HASH_KEY", "two"),
        ] {
            versions.push(version(&[change]));
        }
        let count = versions.len();
        versions.sort();
        versions.dedup();
        assert_eq!(versions.len(), count);
    }

    #[test]
    fn bad_values_are_refused() {
        for (variable, value) in [
            ("INTERCEPTOR_CONCURRENCY", "0"),
            ("INTERCEPTOR_CONCURRENCY", "many"),
            ("INTERCEPTOR_LANGUAGE_CONFIDENCE", "1.5"),
            ("INTERCEPTOR_LANGUAGE_CONFIDENCE", "NaN"),
            ("INTERCEPTOR_UNDETERMINED_LANGUAGE", "drop"),
            ("INTERCEPTOR_REPLACEMENT", "stars"),
            ("INTERCEPTOR_ADMIN_ADDR", "9464"),
            ("INTERCEPTOR_SHUTDOWN_SECONDS", "0"),
            ("INTERCEPTOR_HASH_KEY_FILE", "/nonexistent/key"),
            ("INTERCEPTOR_POLICY_FILE", "policy.toml"),
        ] {
            let error = read(&[(variable, value)]).err().unwrap();
            assert_eq!(error.variable, variable, "{value}");
        }
    }
}
