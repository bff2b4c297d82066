//! AMQP_*: the broker and the names on it.

use std::time::Duration;

use secrecy::SecretString;

use super::files::ClientCertificate;
use super::{Authorities, ConfigError, Secret, Source};

/// Whether the worker declares the topology or only verifies that it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopologyMode {
    /// Create what is missing.
    Declare,
    /// Check that everything exists; for users without the right to configure.
    Verify,
}

/// A retry delay as written: the text is part of a queue's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// Such as `5s`, `2m`, `1h`.
    pub text: String,
    /// The same.
    pub duration: Duration,
}

/// The broker, and the names on it.
#[derive(Clone, Debug)]
pub struct AmqpConfig {
    /// AMQP_URL: `amqp://user:password@host:port/vhost` or `amqps://`.
    pub url: Secret,
    /// AMQP_USERNAME, which overrides the URL's.
    pub username: Option<String>,
    /// AMQP_PASSWORD, which overrides the URL's.
    pub password: Option<Secret>,
    /// AMQP_CA_FILE: certificates to trust besides the system's.
    pub authorities: Option<Authorities>,
    /// AMQP_CLIENT_CERT_FILE and AMQP_CLIENT_KEY_FILE: who we are for a broker that asks for a certificate.
    pub client_certificate: Option<ClientCertificate>,
    /// AMQP_QUEUE: the job queue, from which the other names follow.
    pub queue: String,
    /// AMQP_TRANSCRIPTS_EXCHANGE.
    pub transcripts_exchange: String,
    /// AMQP_AUDIT_EXCHANGE.
    pub audit_exchange: String,
    /// AMQP_RETRY_DELAYS, ascending.
    pub retry_delays: Vec<Delay>,
    /// AMQP_TOPOLOGY.
    pub topology: TopologyMode,
}

impl AmqpConfig {
    /// Reads the AMQP_* variables.
    ///
    /// # Errors
    /// The first variable that cannot be used.
    pub fn read(source: &Source) -> Result<Self, ConfigError> {
        Ok(Self {
            url: source
                .secret("AMQP_URL")?
                .unwrap_or_else(|| Secret::from(SecretString::from(source.in_force("AMQP_URL")))),
            username: source.text("AMQP_USERNAME").map(str::to_owned),
            password: source.secret("AMQP_PASSWORD")?,
            authorities: source.authorities("AMQP_CA_FILE")?,
            client_certificate: client_certificate(source)?,
            queue: name(source, "AMQP_QUEUE")?,
            transcripts_exchange: name(source, "AMQP_TRANSCRIPTS_EXCHANGE")?,
            audit_exchange: name(source, "AMQP_AUDIT_EXCHANGE")?,
            retry_delays: delays(source.in_force("AMQP_RETRY_DELAYS"))?,
            topology: source.choice(
                "AMQP_TOPOLOGY",
                &[
                    ("declare", TopologyMode::Declare),
                    ("verify", TopologyMode::Verify),
                ],
            )?,
        })
    }
}

fn client_certificate(source: &Source) -> Result<Option<ClientCertificate>, ConfigError> {
    let [certificate, key] = ["AMQP_CLIENT_CERT_FILE", "AMQP_CLIENT_KEY_FILE"];
    let alone = |set, missing: &str| {
        Err(ConfigError::new(
            set,
            format!("is set without {missing}: set both or neither"),
        ))
    };
    match (source.text(certificate), source.text(key)) {
        (Some(certificate_path), Some(key_path)) => {
            ClientCertificate::in_files([certificate, certificate_path], [key, key_path]).map(Some)
        }
        (Some(_), None) => alone(certificate, key),
        (None, Some(_)) => alone(key, certificate),
        (None, None) => Ok(None),
    }
}

fn name(source: &Source, variable: &str) -> Result<String, ConfigError> {
    // AMQP names end at 255 bytes; the names that follow from this one are longer.
    const MAX: usize = 200;
    let name = source.in_force(variable);
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
    if !plain || name.len() > MAX || name.starts_with("amq.") {
        return Err(ConfigError::new(
            variable,
            format!(
                "{name:?} is no name: use up to {MAX} of A-Z a-z 0-9 . _ : - and not amq. at the beginning"
            ),
        ));
    }
    Ok(name.to_owned())
}

fn delays(text: &str) -> Result<Vec<Delay>, ConfigError> {
    let invalid = |problem: String| ConfigError::new("AMQP_RETRY_DELAYS", problem);
    let delays: Vec<Delay> = text
        .split(',')
        .map(|part| {
            delay(part.trim()).ok_or_else(|| {
                invalid(format!(
                    "{:?} is no delay of 1s to 24h such as 5s, 2m or 1h",
                    part.trim()
                ))
            })
        })
        .collect::<Result<_, _>>()?;
    if !delays.is_sorted_by(|a, b| a.duration < b.duration) {
        return Err(invalid(format!("{text:?} must ascend, each delay once")));
    }
    Ok(delays)
}

fn delay(text: &str) -> Option<Delay> {
    const MAX: Duration = Duration::from_secs(24 * 60 * 60);
    let (number, seconds) = match text.as_bytes().last()? {
        b's' => (&text[..text.len() - 1], 1),
        b'm' => (&text[..text.len() - 1], 60),
        b'h' => (&text[..text.len() - 1], 3600),
        _ => return None,
    };
    let plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let duration = Duration::from_secs(number.parse::<u32>().ok()?.checked_mul(seconds)?.into());
    (plain && duration <= MAX).then(|| Delay {
        text: text.to_owned(),
        duration,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_work() {
        let config = AmqpConfig::read(&Source::from_pairs(&[])).unwrap();
        let seconds: Vec<_> = config
            .retry_delays
            .iter()
            .map(|d| d.duration.as_secs())
            .collect();
        assert_eq!(seconds, [5, 30, 120, 600, 3600, 21600]);
        assert_eq!(config.queue, "genesys.conversations");
    }

    #[test]
    fn bad_values_are_refused() {
        for (variable, value) in [
            ("AMQP_RETRY_DELAYS", "5"),
            ("AMQP_RETRY_DELAYS", "5s,,1m"),
            ("AMQP_RETRY_DELAYS", "0s"),
            ("AMQP_RETRY_DELAYS", "1m,60s"),
            ("AMQP_RETRY_DELAYS", "2m,1m"),
            ("AMQP_RETRY_DELAYS", "25h"),
            ("AMQP_RETRY_DELAYS", "é"),
            ("AMQP_QUEUE", "amq.jobs"),
            ("AMQP_QUEUE", "two words"),
            ("AMQP_TOPOLOGY", "none"),
            ("AMQP_CA_FILE", "/nonexistent/ca.pem"),
            ("AMQP_CLIENT_CERT_FILE", "/client.pem"),
            ("AMQP_CLIENT_KEY_FILE", "/client.key"),
        ] {
            let error = AmqpConfig::read(&Source::from_pairs(&[(variable, value)])).unwrap_err();
            assert_eq!(error.variable, variable, "{value}");
        }
    }
}
