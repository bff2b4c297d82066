//! Every setting, once: name, default, meaning, and whether it is a secret. The areas take their defaults from here, and
//! docs/configuration.md is printed from here.

use std::fmt::Write;

/// A setting.
pub(super) struct Setting {
    /// The variable.
    pub(super) name: &'static str,
    /// What is in force where it is not set.
    pub(super) default: Fallback,
    /// Whether its value may be shown.
    pub(super) kind: Kind,
    /// For people; Markdown.
    pub(super) meaning: &'static str,
}

/// What is in force where a setting is not set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fallback {
    /// This value.
    Value(&'static str),
    /// What follows from other settings or from the machine, in words.
    Follows(&'static str),
    /// Nothing: what it is for is off.
    Nothing,
    /// It must be set where it is needed.
    Required,
}

/// Whether a setting's value may be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It may.
    Plain,
    /// It may not, and `NAME_FILE` may name a file that holds it.
    Secret,
    /// Likewise, but of a URL only the password is secret.
    SecretUrl,
}

use Fallback::{Follows, Nothing, Required, Value};
use Kind::{Plain, Secret, SecretUrl};

const fn setting(
    name: &'static str,
    default: Fallback,
    kind: Kind,
    meaning: &'static str,
) -> Setting {
    Setting {
        name,
        default,
        kind,
        meaning,
    }
}

impl Setting {
    /// Whether it is a secret, which may also be in a file.
    pub(super) fn is_secret(&self) -> bool {
        self.kind != Plain
    }
}

/// All settings, in the order of their areas.
#[rustfmt::skip]
pub(super) const SETTINGS: &[Setting] = &[
    setting("GENESYS_API", Value("platform"), Plain,
        "the dialect: `platform` is Genesys' published API, `web-details` the tutorial's"),
    setting("GENESYS_REGION", Required, Plain,
        "your organization's domain, such as `mypurecloud.com`; not needed where `GENESYS_API_URL` and, for `platform`, `GENESYS_LOGIN_URL` are set"),
    setting("GENESYS_CLIENT_ID", Required, Plain,
        "of the OAuth client (client credentials)"),
    setting("GENESYS_CLIENT_SECRET", Required, Secret,
        "its secret; a file is read anew for each token"),
    setting("GENESYS_API_URL", Follows("`https://api.` before the region; for `web-details` the region itself"), Plain,
        "another host, such as a gateway or the simulator; a path prefix is kept"),
    setting("GENESYS_LOGIN_URL", Follows("`https://login.` before the region; else the API's"), Plain,
        "another host that gives tokens"),
    setting("GENESYS_CA_FILE", Nothing, Plain,
        "certificates (PEM) to trust besides the system's; read anew when a connection fails"),
    setting("GENESYS_REQUESTS_PER_MINUTE", Value("300"), Plain,
        "of all replicas together; 95 % of it is used; 0 is no limit"),
    setting("GENESYS_RATE_SHARING", Value("members"), Plain,
        "`none`: each replica has the whole limit to itself"),
    setting("GENESYS_TIMEOUT_SECONDS", Value("10"), Plain,
        "of one request, its body included"),
    setting("GENESYS_MAX_RETRIES", Value("3"), Plain,
        "how often a call is tried in all before the job is put off"),
    setting("GENESYS_MAX_TRANSCRIPT_BYTES", Value("2097152"), Plain,
        "decoded; a longer transcript is dead-lettered"),
    setting("GENESYS_BULK_SIZE", Value("100"), Plain,
        "messages asked for at once (`platform`), at most 1,000"),

    setting("AMQP_URL", Value("amqp://guest:guest@127.0.0.1:5672/%2f"), SecretUrl,
        "`amqps://` for TLS, which is always verified"),
    setting("AMQP_USERNAME", Nothing, Plain,
        "wins over the URL's"),
    setting("AMQP_PASSWORD", Nothing, Secret,
        "wins over the URL's; a file is read anew for each connection"),
    setting("AMQP_CA_FILE", Nothing, Plain,
        "certificates (PEM) to trust besides the system's; read anew for each connection"),
    setting("AMQP_CLIENT_CERT_FILE", Nothing, Plain,
        "our certificate (PEM, with its chain), for a broker that asks for one; read anew for each connection. Without a user \
         in `AMQP_USERNAME` or the URL, the certificate is also the login (SASL EXTERNAL)"),
    setting("AMQP_CLIENT_KEY_FILE", Nothing, Plain,
        "its private key (PEM)"),
    setting("AMQP_QUEUE", Value("genesys.conversations"), Plain,
        "the job queue; the names of its helpers follow from it"),
    setting("AMQP_TRANSCRIPTS_EXCHANGE", Value("genesys.transcripts"), Plain,
        "where sanitized transcripts go"),
    setting("AMQP_AUDIT_EXCHANGE", Value("genesys.audit"), Plain,
        "where audit records go"),
    setting("AMQP_RETRY_DELAYS", Value("5s,30s,2m,10m,1h,6h"), Plain,
        "one queue per delay, ascending"),
    setting("AMQP_TOPOLOGY", Value("declare"), Plain,
        "`verify` only checks that everything exists"),

    setting("INTERCEPTOR_CONCURRENCY", Value("32"), Plain,
        "number of workers"),
    setting("INTERCEPTOR_MAX_BYTES_IN_FLIGHT", Follows("67108864, or more where the largest conversation needs it"), Plain,
        "bounds the memory of conversations in hand: large ones take turns"),
    setting("INTERCEPTOR_CONTEXT_WINDOW", Value("50"), Plain,
        "number of last messages that are published; 0 is all"),
    setting("INTERCEPTOR_LANGUAGE_CONFIDENCE", Value("0.8"), Plain,
        "from which a message's or a sender's own language counts; below it the conversation's best guess is published"),
    setting("INTERCEPTOR_UNDETERMINED_LANGUAGE", Value("skip"), Plain,
        "`keep` publishes messages without a language as `und`"),
    setting("INTERCEPTOR_REPLACEMENT", Value("plain"), Plain,
        "`[REDACTED]`; `typed` is `[EMAIL]`, `[PHONE]`, …"),
    setting("INTERCEPTOR_POLICY_FILE", Nothing, Plain,
        "own patterns, cues, allow list and actions (TOML); read at start"),
    setting("INTERCEPTOR_HASH_KEY", Nothing, Secret,
        "key of the messages' fingerprints and of pseudonyms; without it fingerprints are equal across conversations. Read at \
         start, since it is part of `policyVersion`: another key is another run"),
    setting("INTERCEPTOR_MAX_ATTEMPTS", Value("8"), Plain,
        "before a job is dead-lettered"),
    setting("INTERCEPTOR_NOT_FOUND_SECONDS", Value("900"), Plain,
        "for which a conversation may be missing, since a new one may lag"),
    setting("INTERCEPTOR_ADMIN_ADDR", Value("127.0.0.1:9464"), Plain,
        "of the status page `/`, `/livez`, `/readyz` and `/metrics`, the only port that is listened on; `off` for none"),
    setting("INTERCEPTOR_SHUTDOWN_SECONDS", Value("25"), Plain,
        "to finish what is in hand after SIGTERM"),

    setting("HOSTNAME", Follows("the machine's"), Plain,
        "the worker's name in audit records, with its process id"),
    setting("RUST_LOG", Follows("`info` of `run`, `warn` of the other commands"), Plain,
        "log filter; audit lines are written whatever it says"),
    setting("OTEL_EXPORTER_OTLP_ENDPOINT", Nothing, Plain,
        "where set, spans and metrics go there by OTLP over HTTP; sampling and more in [traces.md](traces.md)"),
    setting("HTTPS_PROXY", Nothing, Plain,
        "the proxy for calls to Genesys, with `NO_PROXY` for exceptions; from the process environment only, as `HTTP_PROXY` and `ALL_PROXY`, which are heeded, too"),
];

/// The setting of this name.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// Whether `name` is a setting, or names the file of a secret.
pub(super) fn is_known(name: &str) -> bool {
    let secret = name.strip_suffix("_FILE").and_then(find);
    find(name).is_some() || secret.is_some_and(Setting::is_secret)
}

const INTRODUCTION: &str = "\
# Configuration

<!-- Printed by `interceptor check --settings`. Change src/config/settings.rs, and print it again. -->

Settings come from the process environment, completed by a file `.env` in the working directory: what is set in both is taken from
the environment, and what is empty counts as not set. Every value is validated before anything is connected to; a bad one is one
line that names the variable, and exit code 2. `interceptor check --print-config` shows what is in force and where each value comes
from, without secrets; `interceptor check` also names variables that look like ours and are none. In `.env`, a value with spaces or `$`
stands in single quotes: elsewhere `$NAME` is replaced.

For each secret (marked *) `NAME_FILE` may name a file instead. What of the files may change while the program runs, and how, is in
[operations.md](operations.md#changing-secrets-and-certificates).

| variable | default | meaning |
|---|---|---|
";

/// docs/configuration.md.
pub fn document() -> String {
    let mut document = INTRODUCTION.to_owned();
    for setting in SETTINGS {
        let star = if setting.is_secret() { "*" } else { "" };
        let default = match setting.default {
            Value(value) => format!("`{value}`"),
            Follows(words) => words.to_owned(),
            Nothing => String::new(),
            Required => "must be set".to_owned(),
        };
        let Setting { name, meaning, .. } = setting;
        // Writing to a string cannot fail.
        let _ = writeln!(document, "| `{name}`{star} | {default} | {meaning} |");
    }
    document
}
