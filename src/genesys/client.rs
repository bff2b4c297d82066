//! Genesys Cloud in the dialect that is configured.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::watch;

use super::calls::{Calls, footprint};
use super::dialect::Dialect;
use super::endpoints::platform::TOKENS_ME;
use super::platform::Platform;
use super::web_details::WebDetails;
use super::{Errand, Error, ErrorKind, Fetched, Pace};
use crate::config::{ConfigError, DialectName, GenesysConfig};

/// Genesys Cloud in one dialect.
pub struct Genesys {
    pub(super) dialect: Box<dyn Dialect>,
    pub(super) calls: Calls,
}

impl Genesys {
    /// A client for `config` that keeps to `pace`.
    ///
    /// # Errors
    /// GENESYS_CA_FILE where it holds no certificate.
    pub fn new(config: &GenesysConfig, pace: Arc<Pace>) -> Result<Self, ConfigError> {
        let dialect: Box<dyn Dialect> = match config.dialect {
            DialectName::Platform => Box::new(Platform::new(config)),
            DialectName::WebDetails => Box::new(WebDetails::new(config)),
        };
        Ok(Self {
            dialect,
            calls: Calls::new(config, pace)?,
        })
    }

    /// Fetches a conversation, and notes in `errand` what that takes.
    ///
    /// # Errors
    /// [`Error`] after as many tries as the settings allow.
    pub async fn fetch(
        &self,
        conversation_id: &str,
        errand: &mut Errand,
    ) -> Result<Fetched, Error> {
        self.dialect
            .fetch(&self.calls, conversation_id, errand)
            .await
    }

    /// The memory that the largest conversation may use.
    pub fn largest(config: &GenesysConfig) -> usize {
        let transcript = config.max_transcript_bytes;
        match config.dialect {
            DialectName::Platform => Platform::largest(transcript),
            DialectName::WebDetails => footprint(transcript, transcript),
        }
    }

    /// Makes sure that there is a token.
    ///
    /// # Errors
    /// [`Error`] where the credentials are refused or the token endpoint cannot be reached.
    pub async fn authenticate(&self) -> Result<(), Error> {
        self.calls.token(self.dialect.as_ref(), 0).await.map(drop)
    }

    /// Whether a token was given when one was asked for last; false before.
    pub fn token_obtained(&self) -> watch::Receiver<bool> {
        self.calls.token_obtained()
    }

    /// The same, now.
    pub fn has_token(&self) -> bool {
        *self.token_obtained().borrow()
    }

    /// The name of the organization that the credentials belong to, where the API tells.
    ///
    /// # Errors
    /// [`Error`] where the token is refused.
    pub async fn organization(&self) -> Result<Option<String>, Error> {
        /// The answer is small.
        const MAX_BYTES: usize = 64 * 1024;
        #[derive(Deserialize)]
        struct Identity {
            organization: Option<Organization>,
        }
        #[derive(Deserialize)]
        struct Organization {
            name: Option<String>,
        }
        let Some(url) = self.dialect.identity_url() else {
            return Ok(None);
        };
        let mut errand = Errand::single(self.calls.permit().await);
        let dialect = self.dialect.as_ref();
        let answer = self
            .calls
            .json(&mut errand, dialect, TOKENS_ME, MAX_BYTES, |http| {
                http.get(url)
            })
            .await?;
        let identity: Identity = serde_json::from_slice(&answer.body)
            .map_err(|_| answer.error(ErrorKind::InvalidJson))?;
        Ok(identity
            .organization
            .and_then(|organization| organization.name))
    }

    /// Whether conversations may be read: asks for one that does not exist.
    ///
    /// # Errors
    /// [`Error`] where not.
    pub async fn may_read(&self) -> Result<(), Error> {
        let invented = uuid::Uuid::new_v4().to_string();
        let mut errand = Errand::single(self.calls.permit().await);
        let missing = |error: &Error| error.kind == ErrorKind::NotFound;
        match self.fetch(&invented, &mut errand).await {
            Ok(fetched) => return fetched.read(|_| ()),
            Err(error) if missing(&error) => {}
            Err(error) => return Err(error),
        }
        let asked = self
            .dialect
            .ask_for_messages(&self.calls, &invented, &mut errand);
        match asked.await {
            // Rights are looked at before the request is.
            Err(error) if missing(&error) || error.kind == ErrorKind::BadRequest => Ok(()),
            asked => asked,
        }
    }

    /// Which dialect is spoken to which token endpoint, and how to switch, in one line.
    pub fn description(&self) -> String {
        format!(
            "dialect {} (GENESYS_API={} for the other), token from {}",
            self.dialect.name().as_str(),
            self.dialect.name().other().as_str(),
            self.dialect.token_url()
        )
    }
}
