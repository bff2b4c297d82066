//! GENESYS_*: the API, its dialect and its limits.

use std::time::Duration;

use super::source::missing;
use super::{Authorities, ConfigError, Secret, Source};

/// Which endpoints are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialectName {
    /// The published API: `/api/v2/conversations/messages/{id}` and bulk requests.
    Platform,
    /// The tutorial's: `/api/v2/conversations/web/details/{id}`.
    WebDetails,
}

impl DialectName {
    /// As in GENESYS_API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::WebDetails => "web-details",
        }
    }

    /// The other one, which may be meant where this one fails.
    pub const fn other(self) -> Self {
        match self {
            Self::Platform => Self::WebDetails,
            Self::WebDetails => Self::Platform,
        }
    }
}

/// Who the rate limit is shared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateSharing {
    /// All replicas on the broker that use the same OAuth client.
    Members,
    /// Nobody: each replica has the whole limit.
    None,
}

/// The API, its dialect and its limits.
#[derive(Clone, Debug)]
pub struct GenesysConfig {
    /// GENESYS_CLIENT_ID.
    pub client_id: String,
    /// GENESYS_CLIENT_SECRET.
    pub client_secret: Secret,
    /// GENESYS_API.
    pub dialect: DialectName,
    /// GENESYS_API_URL, else derived from GENESYS_REGION; without a slash at the end.
    pub api_url: String,
    /// GENESYS_LOGIN_URL, else derived from GENESYS_REGION, else the same as the API's.
    pub login_url: String,
    /// GENESYS_CA_FILE: certificates to trust besides the system's.
    pub authorities: Option<Authorities>,
    /// GENESYS_REQUESTS_PER_MINUTE; `None` where it is 0, no limit.
    pub requests_per_minute: Option<u32>,
    /// GENESYS_RATE_SHARING.
    pub rate_sharing: RateSharing,
    /// GENESYS_TIMEOUT_SECONDS: of one request, its body included.
    pub timeout: Duration,
    /// GENESYS_MAX_RETRIES: how often a call is tried in all before the job is put off.
    pub max_tries: u32,
    /// GENESYS_MAX_TRANSCRIPT_BYTES, decoded.
    pub max_transcript_bytes: usize,
    /// GENESYS_BULK_SIZE: messages asked for at once, at most 1,000.
    pub bulk_size: usize,
}

/// The OAuth client whose rate limit the replicas share, where they do.
pub fn shared_client(source: &Source) -> Option<&str> {
    let shared = source.text("GENESYS_RATE_SHARING") != Some("none");
    source.text("GENESYS_CLIENT_ID").filter(|_| shared)
}

impl GenesysConfig {
    /// Reads the GENESYS_* variables.
    ///
    /// # Errors
    /// The first variable that is missing or cannot be used.
    pub fn read(source: &Source) -> Result<Self, ConfigError> {
        let dialect = source.choice(
            "GENESYS_API",
            &[
                ("platform", DialectName::Platform),
                ("web-details", DialectName::WebDetails),
            ],
        )?;
        let region = source.text("GENESYS_REGION").map(domain).transpose()?;
        let (api_url, login_url) = match (url(source, "GENESYS_API_URL")?, region, dialect) {
            (Some(api), Some(region), DialectName::Platform) => (api, hosts(dialect, region).1),
            (Some(api), ..) => (api.clone(), api),
            (None, Some(region), _) => hosts(dialect, region),
            (None, None, _) => {
                return Err(missing(
                    "GENESYS_REGION",
                    "your organization's domain, such as mypurecloud.com",
                ));
            }
        };
        let login_url = url(source, "GENESYS_LOGIN_URL")?.unwrap_or(login_url);
        Ok(Self {
            client_id: source
                .text("GENESYS_CLIENT_ID")
                .map(str::to_owned)
                .ok_or_else(|| missing("GENESYS_CLIENT_ID", "the OAuth client's id"))?,
            client_secret: source.secret("GENESYS_CLIENT_SECRET")?.ok_or_else(|| {
                missing(
                    "GENESYS_CLIENT_SECRET",
                    "the OAuth client's secret; GENESYS_CLIENT_SECRET_FILE may name a file with it",
                )
            })?,
            dialect,
            api_url,
            login_url,
            authorities: source.authorities("GENESYS_CA_FILE")?,
            requests_per_minute: match source
                .number("GENESYS_REQUESTS_PER_MINUTE", 0..=1_000_000)?
            {
                0 => None,
                limit => Some(limit),
            },
            rate_sharing: source.choice(
                "GENESYS_RATE_SHARING",
                &[
                    ("members", RateSharing::Members),
                    ("none", RateSharing::None),
                ],
            )?,
            timeout: Duration::from_secs(source.number("GENESYS_TIMEOUT_SECONDS", 1..=300)?),
            max_tries: source.number("GENESYS_MAX_RETRIES", 0..=10)?.max(1),
            max_transcript_bytes: source
                .number("GENESYS_MAX_TRANSCRIPT_BYTES", 1024..=64 * 1024 * 1024)?,
            bulk_size: source.number("GENESYS_BULK_SIZE", 1..=1000)?,
        })
    }
}

fn url(source: &Source, name: &str) -> Result<Option<String>, ConfigError> {
    let Some(text) = source.text(name) else {
        return Ok(None);
    };
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let text = text.trim_end_matches('/');
    match rest {
        // Not repeated: it may hold a password.
        _ if text.contains('@') => Err(ConfigError::new(name, "must not hold a user or password")),
        Some(_) if text.ends_with("/api/v2") => Err(ConfigError::new(
            name,
            format!("{text:?} ends in /api/v2, which every call adds: leave that out"),
        )),
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ']) => {
            Ok(Some(text.to_owned()))
        }
        _ => Err(ConfigError::new(
            name,
            format!("{text:?} is no http:// or https:// URL without query or fragment"),
        )),
    }
}

/// The API's and the login host of a region.
fn hosts(dialect: DialectName, domain: &str) -> (String, String) {
    match dialect {
        DialectName::Platform => (
            format!("https://api.{domain}"),
            format!("https://login.{domain}"),
        ),
        DialectName::WebDetails => (format!("https://{domain}"), format!("https://{domain}")),
    }
}

fn domain(region: &str) -> Result<&str, ConfigError> {
    let plain = region.contains('.')
        && region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    plain.then_some(region).ok_or_else(|| {
        ConfigError::new(
            "GENESYS_REGION",
            format!("{region:?} is no domain such as mypurecloud.com"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: [(&str, &str); 4] = [
        ("GENESYS_API", "web-details"),
        ("GENESYS_REGION", "mypurecloud.com"),
        ("GENESYS_CLIENT_ID", "id"),
        ("GENESYS_CLIENT_SECRET", "secret"),
    ];

    fn read(changes: &[(&str, &str)]) -> Result<GenesysConfig, ConfigError> {
        let pairs: Vec<_> = MINIMAL.iter().chain(changes).copied().collect();
        GenesysConfig::read(&Source::from_pairs(&pairs))
    }

    #[test]
    fn hosts_follow_from_the_region_unless_given() {
        let config = read(&[]).unwrap();
        assert_eq!(config.api_url, "https://mypurecloud.com");
        let config = read(&[("GENESYS_API", "platform")]).unwrap();
        assert_eq!(config.api_url, "https://api.mypurecloud.com");
        assert_eq!(config.login_url, "https://login.mypurecloud.com");
        let prefixed = ("GENESYS_API_URL", "http://127.0.0.1:8080/prefix/");
        let config = read(&[prefixed]).unwrap();
        assert_eq!(config.api_url, "http://127.0.0.1:8080/prefix");
        assert_eq!(config.login_url, config.api_url);
        let config = read(&[prefixed, ("GENESYS_API", "platform")]).unwrap();
        assert_eq!(config.login_url, "https://login.mypurecloud.com");
        let config = read(&[prefixed, ("GENESYS_LOGIN_URL", "http://login")]).unwrap();
        assert_eq!(config.login_url, "http://login");
    }

    #[test]
    fn zero_means_no_limit() {
        let config = read(&[("GENESYS_REQUESTS_PER_MINUTE", "0")]).unwrap();
        assert_eq!(config.requests_per_minute, None);
    }

    #[test]
    fn bad_values_are_refused() {
        for (variable, value) in [
            ("GENESYS_API", "soap"),
            ("GENESYS_REGION", "mypurecloud"),
            ("GENESYS_REGION", "https://mypurecloud.com"),
            ("GENESYS_CLIENT_ID", ""),
            ("GENESYS_CLIENT_SECRET", ""),
            ("GENESYS_API_URL", "mypurecloud.com"),
            ("GENESYS_API_URL", "https://api.mypurecloud.com/api/v2/"),
            ("GENESYS_LOGIN_URL", "ftp://x"),
            ("GENESYS_LOGIN_URL", "https://user:password@example.com"),
            (
                "GENESYS_API_URL",
                "https://user:password@example.com/api/v2",
            ),
            ("GENESYS_TIMEOUT_SECONDS", "0"),
            ("GENESYS_MAX_RETRIES", "-1"),
            ("GENESYS_REQUESTS_PER_MINUTE", "fast"),
            ("GENESYS_BULK_SIZE", "1001"),
            ("GENESYS_RATE_SHARING", "some"),
        ] {
            let error = read(&[(variable, value)]).unwrap_err();
            assert_eq!(error.variable, variable, "{value}");
            assert!(!error.problem.contains("user:"), "{error}");
        }
    }
}
