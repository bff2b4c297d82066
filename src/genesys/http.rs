//! The HTTP client, and whom it trusts: what GENESYS_CA_FILE names is read again when a connection fails, so that an authority
//! may be exchanged without a restart.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Certificate, Client};

use crate::config::{ConfigError, GenesysConfig, Reloaded};

/// The HTTP client.
pub(super) struct Http {
    timeout: Duration,
    /// As PEM.
    authorities: Option<Reloaded<String>>,
    held: Mutex<Held>,
}

struct Held {
    authorities: Option<String>,
    client: Client,
}

impl Http {
    /// A client for `config`.
    ///
    /// # Errors
    /// GENESYS_CA_FILE where it cannot be used.
    pub(super) fn new(config: &GenesysConfig) -> Result<Self, ConfigError> {
        let authorities = config
            .authorities
            .clone()
            .map(|authorities| Reloaded::new(move || authorities.read()))
            .transpose()?;
        let pem = authorities.as_ref().map(Reloaded::last);
        let client = client(config.timeout, pem.as_deref())?;
        Ok(Self {
            timeout: config.timeout,
            authorities,
            held: Mutex::new(Held {
                authorities: pem,
                client,
            }),
        })
    }

    /// The client as it is now; a clone shares its connections.
    pub(super) fn client(&self) -> Client {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.client.clone()
    }

    /// Looks whether other authorities are to be trusted: a connection has failed.
    pub(super) fn look_again(&self) {
        let Some(authorities) = &self.authorities else {
            return;
        };
        let now = Some(authorities.current());
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.authorities == now {
            return;
        }
        match client(self.timeout, now.as_deref()) {
            Ok(client) => held.client = client,
            Err(error) => tracing::warn!(
                event = "settings.kept",
                %error,
                "what a setting names cannot be used now: what it held before stays in use"
            ),
        }
        // Also where it cannot be used: it is the same until it changes.
        held.authorities = now;
    }
}

fn client(timeout: Duration, authorities: Option<&str>) -> Result<Client, ConfigError> {
    let invalid = |error| ConfigError::new("GENESYS_CA_FILE", error);
    let mut http = Client::builder()
        .user_agent(concat!(
            "transcript-interceptor/",
            env!("CARGO_PKG_VERSION")
        ))
        .timeout(timeout)
        // An API that redirects is no API: following would carry the token elsewhere.
        .redirect(reqwest::redirect::Policy::none());
    let authorities = authorities.unwrap_or_default().as_bytes();
    for certificate in Certificate::from_pem_bundle(authorities).map_err(invalid)? {
        http = http.add_root_certificate(certificate);
    }
    http.build().map_err(invalid)
}
