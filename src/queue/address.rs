//! Where the broker is and who we are there: read again for each connection, so that what is exchanged in a file needs no
//! restart.

use std::io::ErrorKind;
use std::sync::Arc;

use lapin::tcp::{AMQPUriTcpExt, OwnedIdentity, OwnedTLSConfig};
use lapin::uri::{AMQPScheme, AMQPUri, SASLMechanism};
use lapin::{Connection, ConnectionProperties};
use secrecy::ExposeSecret;

use super::product::{Product, greet};
use super::session::{DEADLINE, SessionError, within};
use super::transport;
use crate::config::{AmqpConfig, ConfigError, Reloaded};

/// A broker that is silent for twice this is gone.
const HEARTBEAT_SECONDS: u16 = 10;

/// Where the broker is and who we are there.
#[derive(Clone)]
pub struct Address {
    target: Arc<Reloaded<Target>>,
    name: String,
}

/// As the settings and the files that they name have it now. Holds secrets.
#[derive(Clone)]
struct Target {
    uri: AMQPUri,
    tls: OwnedTLSConfig,
}

impl Target {
    fn read(config: &AmqpConfig) -> Result<Self, ConfigError> {
        let url = config.url.read()?;
        let url = url.expose_secret();
        // The parser's error could repeat a part of the URL, which holds a password.
        let mut uri: AMQPUri = url.parse().map_err(|_| {
            ConfigError::new(
                "AMQP_URL",
                "is no URL such as amqp://user:password@host:5672/vhost",
            )
        })?;
        if let Some(host) = ipv6_host(url) {
            host.clone_into(&mut uri.authority.host);
        }
        if uri.vhost.is_empty() {
            "/".clone_into(&mut uri.vhost);
        }
        let anonymous = config.username.is_none() && config.password.is_none() && !has_user(url);
        if let Some(username) = &config.username {
            uri.authority.userinfo.username.clone_from(username);
        }
        if let Some(password) = &config.password {
            let password = password.read()?;
            password
                .expose_secret()
                .clone_into(&mut uri.authority.userinfo.password);
        }
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        let deadline = u64::try_from(DEADLINE.as_millis()).unwrap_or(u64::MAX);
        uri.query.connection_timeout.get_or_insert(deadline);

        let mut tls = OwnedTLSConfig::default();
        if let Some(authorities) = &config.authorities {
            only_with_tls(&uri, "AMQP_CA_FILE")?;
            tls.cert_chain = Some(authorities.read()?);
        }
        if let Some(certificate) = &config.client_certificate {
            only_with_tls(&uri, "AMQP_CLIENT_CERT_FILE")?;
            let (pem, key) = certificate.read()?;
            tls.identity = Some(OwnedIdentity::PKCS8 {
                pem: pem.expose_secret().to_vec(),
                key: key.expose_secret().to_vec(),
            });
            if anonymous {
                // Nobody else is named: the certificate is the login.
                let mechanism = &mut uri.query.auth_mechanism;
                mechanism.get_or_insert(SASLMechanism::External);
            }
        }
        Ok(Self { uri, tls })
    }
}

/// To go on would send in the clear what the operator believes to be encrypted.
fn only_with_tls(uri: &AMQPUri, variable: &str) -> Result<(), ConfigError> {
    match uri.scheme {
        AMQPScheme::AMQPS => Ok(()),
        AMQPScheme::AMQP => Err(ConfigError::new(
            variable,
            "is of use with TLS only: let AMQP_URL begin with amqps://, or unset it",
        )),
    }
}

fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether the URL names a user.
fn has_user(url: &str) -> bool {
    authority(url).contains('@')
}

/// The host of a URL that gives it as an IPv6 address, for which the parser puts localhost.
fn ipv6_host(url: &str) -> Option<&str> {
    let (_, address) = authority(url).rsplit_once('[')?;
    let (address, _) = address.split_once(']')?;
    Some(address)
}

impl Address {
    /// The address that `config` gives; `name` is shown by the broker beside the connections.
    ///
    /// # Errors
    /// AMQP_* where they cannot be used.
    pub fn new(config: &AmqpConfig, name: &str) -> Result<Self, ConfigError> {
        let config = config.clone();
        Ok(Self {
            target: Arc::new(Reloaded::new(move || Target::read(&config))?),
            name: name.to_owned(),
        })
    }

    /// The virtual host.
    pub fn vhost(&self) -> String {
        self.target.last().uri.vhost
    }

    /// The address for people, without credentials.
    pub fn shown(&self) -> String {
        let uri = self.target.last().uri;
        let host = &uri.authority.host;
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        format!(
            "{}://{host}:{}, virtual host {}",
            uri.scheme, uri.authority.port, uri.vhost
        )
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// [`SessionError`] where the broker cannot be reached or refuses.
    pub async fn connect(&self, purpose: &str) -> Result<Connection, SessionError> {
        let Target { uri, tls } = self.target.current();
        let name = format!("{} {purpose}", self.name);
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let encrypted = uri.scheme == AMQPScheme::AMQPS;
        let with_certificate = tls.identity.is_some();
        let connected = transport::connect(uri, tls, properties);
        within(DEADLINE, "connect to the broker", connected)
            .await
            .map_err(|error| match error {
                SessionError::Amqp { cause, .. } if encrypted && is_end(&cause) => {
                    SessionError::TlsEnded { with_certificate }
                }
                error => error,
            })
    }

    /// What the broker says it is, over a connection of its own, because lapin keeps it to itself. `None` where it cannot be
    /// told.
    pub async fn product(&self) -> Option<Product> {
        let Target { uri, tls } = self.target.current();
        let runtime = lapin::runtime::default_runtime().ok()?;
        let connected = uri.connect_with_config_async(tls.as_ref(), &runtime);
        let mut stream = tokio::time::timeout(DEADLINE, connected).await.ok()?.ok()?;
        greet(&mut stream, DEADLINE).await
    }
}

/// Whether the other side ended the connection without a word.
fn is_end(error: &lapin::Error) -> bool {
    let lapin::ErrorKind::IOError(error) = error.kind() else {
        return false;
    };
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn target(pairs: &[(&str, &str)]) -> Result<Target, ConfigError> {
        Target::read(&AmqpConfig::read(&Source::from_pairs(pairs))?)
    }

    #[test]
    fn hosts_users_and_virtual_hosts_are_read() {
        for (url, host, vhost) in [
            ("amqp://rabbitmq", "rabbitmq", "/"),
            ("amqp://u:p@10.0.0.1:5672/%2f", "10.0.0.1", "/"),
            ("amqps://u:p@[2001:db8::1]:5671/jobs", "2001:db8::1", "jobs"),
        ] {
            let uri = target(&[("AMQP_URL", url)]).ok().unwrap().uri;
            assert_eq!((&*uri.authority.host, &*uri.vhost), (host, vhost), "{url}");
        }
        let named = [("AMQP_USERNAME", "me"), ("AMQP_PASSWORD", "hush")];
        let user = target(&named).ok().unwrap().uri.authority.userinfo;
        assert_eq!(
            (&*user.username, &*user.password),
            ("me", "hush"),
            "they win over the URL's"
        );
        let error = target(&[("AMQP_URL", "amqp://user:hush")]).err().unwrap();
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}
