//! The fingerprint of a message: lets consumers tell messages apart without their text.

use hmac::{Hmac, KeyInit, Mac};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::ser::Error;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::redaction::TOKEN_DIGITS;

type HmacSha256 = Hmac<Sha256>;

/// A digest, published as 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(inline, transparent)]
pub(super) struct Fingerprint(#[schemars(with = "String")] [u8; 32]);

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = [0; 64];
        hex::encode_to_slice(self.0, &mut digits).map_err(S::Error::custom)?;
        serializer.serialize_str(std::str::from_utf8(&digits).map_err(S::Error::custom)?)
    }
}

/// The key of the fingerprints, prepared once.
#[derive(Clone)]
pub struct HashKey(HmacSha256);

impl HashKey {
    /// Prepares a key; any length.
    pub fn new(key: &SecretString) -> Self {
        Self(keyed(key.expose_secret().as_bytes()))
    }

    /// Eight hex digits that tell keys apart and say nothing else of them.
    pub fn id(&self) -> String {
        let mut id = hex::encode(self.digest("key id", ""));
        id.truncate(8);
        id
    }

    /// Twelve hex digits in capitals that stand for a value in every conversation.
    pub(super) fn token(&self, value: &str) -> String {
        let mut token = hex::encode_upper(self.digest("value", value));
        token.truncate(TOKEN_DIGITS);
        token
    }

    fn digest(&self, conversation_id: &str, message: &str) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(conversation_id.as_bytes());
        mac.update(b"\n");
        mac.update(message.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn keyed(key: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// With a key: HMAC-SHA256 over the conversation's id and the message's id, or its sequence id where it has none.
/// Without: the SHA-256 of the sequence id, which is equal across conversations.
pub(super) fn fingerprint(
    key: Option<&HashKey>,
    conversation_id: &str,
    message_id: Option<&str>,
    sequence_id: i64,
) -> Fingerprint {
    Fingerprint(match (key, message_id) {
        (Some(key), Some(message_id)) => key.digest(conversation_id, message_id),
        (Some(key), None) => key.digest(conversation_id, &sequence_id.to_string()),
        (None, _) => Sha256::digest(sequence_id.to_string()).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_key_it_is_the_tutorials() {
        // printf 1 | sha256sum
        assert_eq!(
            hex::encode(fingerprint(None, "any", Some("m"), 1).0),
            "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
        );
    }

    #[test]
    fn with_a_key_it_depends_on_key_conversation_and_message() {
        let key = HashKey::new(&"secret".into());
        let other = HashKey::new(&"other".into());
        let one = fingerprint(Some(&key), "a", None, 1);
        assert_eq!(one, fingerprint(Some(&key), "a", None, 1));
        assert_ne!(one, fingerprint(Some(&other), "a", None, 1));
        assert_ne!(one, fingerprint(Some(&key), "b", None, 1));
        assert_ne!(one, fingerprint(Some(&key), "a", Some("m"), 1));
        assert_ne!(key.id(), other.id());
    }
}
