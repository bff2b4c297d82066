//! The settings in force, for people: where each comes from, and no secret.

use super::Source;
use super::settings::{Fallback, Kind, SETTINGS, Setting};
use super::source::Origin;

/// In place of a secret.
const MASK: &str = "****";

/// A setting in force.
pub struct Shown {
    /// The variable.
    pub name: &'static str,
    /// Its value, masked where it is secret.
    pub value: String,
    /// Where that comes from.
    pub origin: String,
}

/// All settings as `source` has them; what is no value but follows from others stands in words.
pub fn shown(source: &Source) -> Vec<Shown> {
    SETTINGS.iter().map(|one| show(source, one)).collect()
}

fn show(source: &Source, setting: &Setting) -> Shown {
    let name = setting.name;
    let (value, origin) = if name == PROXY {
        proxy(source, setting)
    } else if let Some((value, origin)) = source.found(name) {
        (masked(setting, value), origin.as_str().to_owned())
    } else if let Some((path, origin)) = file(source, setting) {
        let origin = format!("file {path} ({name}_FILE, {})", origin.as_str());
        (MASK.to_owned(), origin)
    } else {
        match setting.default {
            Fallback::Value(value) => (masked(setting, value), "default".to_owned()),
            // Backticks are for the document.
            Fallback::Follows(words) => (words.replace('`', ""), "default".to_owned()),
            Fallback::Nothing => (String::new(), "not set".to_owned()),
            Fallback::Required => (String::new(), "NOT SET".to_owned()),
        }
    };
    Shown {
        name,
        value,
        origin,
    }
}

const PROXY: &str = "HTTPS_PROXY";

/// The client reads it from the process environment by itself, under either name.
fn proxy(source: &Source, setting: &Setting) -> (String, String) {
    let set = [PROXY, "https_proxy"]
        .into_iter()
        .filter_map(|name| Some((name, source.found(name)?)));
    let mut ignored = "";
    for (name, (value, origin)) in set {
        match origin {
            Origin::Environment if name == PROXY => {
                return (masked(setting, value), origin.as_str().to_owned());
            }
            Origin::Environment => {
                return (
                    masked(setting, value),
                    format!("{} ({name})", origin.as_str()),
                );
            }
            Origin::DotEnv => ignored = "; that in .env is ignored",
        }
    }
    (String::new(), format!("not set{ignored}"))
}

fn file<'a>(source: &'a Source, setting: &Setting) -> Option<(&'a str, Origin)> {
    if !setting.is_secret() {
        return None;
    }
    source.found(&format!("{}_FILE", setting.name))
}

fn masked(setting: &Setting, value: &str) -> String {
    let url = value
        .split_once("://")
        .map(|(scheme, rest)| (scheme, rest, rest.rsplit_once('@')));
    match (setting.kind, url) {
        (Kind::SecretUrl, Some((scheme, _, Some((user, host))))) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:{MASK}@{host}")
        }
        (Kind::SecretUrl, Some((_, rest, None))) if is_host(rest) => value.to_owned(),
        (Kind::Secret | Kind::SecretUrl, _) => MASK.to_owned(),
        // Such as a proxy's: what stands there may be a token.
        (Kind::Plain, Some((scheme, _, Some((_, host))))) => format!("{scheme}://{MASK}@{host}"),
        (Kind::Plain, None) if value.contains('@') => {
            let host = value.rsplit_once('@').map_or("", |(_, host)| host);
            format!("{MASK}@{host}")
        }
        (Kind::Plain, _) => value.to_owned(),
    }
}

/// Whether it begins with a host and at most a port: else it may be a password whose host was forgotten.
fn is_host(rest: &str) -> bool {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str, set: &str) -> String {
        let source = Source::from_pairs(&[(name, set)]);
        let all = shown(&source);
        let of_name = name.strip_suffix("_FILE").unwrap_or(name);
        let one = all.into_iter().find(|one| one.name == of_name).unwrap();
        format!("{} from {}", one.value, one.origin)
    }

    #[test]
    fn secrets_are_masked_and_hosts_are_not() {
        for (name, set, shown) in [
            ("GENESYS_CLIENT_SECRET", "hush", "**** from environment"),
            ("AMQP_PASSWORD", "amqps://hush", "**** from environment"),
            ("INTERCEPTOR_HASH_KEY", "a:b@c", "**** from environment"),
            (
                "AMQP_PASSWORD_FILE",
                "/run/p",
                "**** from file /run/p (AMQP_PASSWORD_FILE, environment)",
            ),
            (
                "AMQP_URL",
                "amqps://user:h@u/sh@host:5671/%2f",
                "amqps://user:****@host:5671/%2f from environment",
            ),
            (
                "AMQP_URL",
                "amqp://rabbitmq:5672/a",
                "amqp://rabbitmq:5672/a from environment",
            ),
            ("AMQP_URL", "amqp://user:hush", "**** from environment"),
            (
                "HTTPS_PROXY",
                "http://user:hush@proxy:3128",
                "http://****@proxy:3128 from environment",
            ),
            ("GENESYS_REGION", "", " from NOT SET"),
            ("AMQP_QUEUE", "", "genesys.conversations from default"),
        ] {
            assert_eq!(value(name, set), shown, "{name}={set}");
        }
    }
}
