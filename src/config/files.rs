//! Files that settings name: secrets and certificates, which may be exchanged while the program runs.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::ConfigError;

/// No secret is longer, and no bundle of certificates.
const MAX_BYTES: u64 = 4 << 20;

/// A file that a setting names: as it was at start, and where to look again.
#[derive(Clone, Debug)]
pub(super) struct NamedFile {
    variable: String,
    path: PathBuf,
    at_start: SecretSlice<u8>,
}

impl NamedFile {
    /// Reads the file at `path` that `variable` names.
    pub(super) fn open(variable: &str, path: &str) -> Result<Self, ConfigError> {
        let mut file = Self {
            variable: variable.to_owned(),
            path: path.into(),
            at_start: Vec::new().into(),
        };
        file.at_start = file.load()?;
        Ok(file)
    }

    /// The content now. What is no regular file, such as a pipe, can be read only once.
    fn read(&self) -> Result<SecretSlice<u8>, ConfigError> {
        match self.path.metadata() {
            Ok(metadata) if !metadata.is_file() => Ok(self.at_start.clone()),
            _ => self.load(),
        }
    }

    fn load(&self) -> Result<SecretSlice<u8>, ConfigError> {
        let mut content = Vec::new();
        File::open(&self.path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut content))
            .map_err(|error| self.error(format!("cannot read {}: {error}", self.path.display())))?;
        let content = SecretSlice::from(content);
        if content.expose_secret().len() as u64 > MAX_BYTES {
            return Err(self.error(format!(
                "{} is longer than {MAX_BYTES} bytes",
                self.path.display()
            )));
        }
        Ok(content)
    }

    fn error(&self, problem: String) -> ConfigError {
        ConfigError::new(&*self.variable, problem)
    }

    /// An error about the content: the file "…", and what is wrong with it.
    fn unusable(&self, problem: &str) -> ConfigError {
        self.error(format!("{} {problem}", self.path.display()))
    }

    /// The certificates it holds, at least one.
    fn certificates(
        &self,
        content: &SecretSlice<u8>,
    ) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        CertificateDer::pem_slice_iter(content.expose_secret())
            .collect::<Result<Vec<_>, _>>()
            .ok()
            .filter(|certificates| !certificates.is_empty())
            .ok_or_else(|| self.unusable("holds no PEM certificates"))
    }
}

/// A secret: given as a value, or in a file.
#[derive(Clone, Debug)]
pub struct Secret(Place);

#[derive(Clone, Debug)]
enum Place {
    Value(SecretString),
    File(NamedFile),
}

impl From<SecretString> for Secret {
    fn from(value: SecretString) -> Self {
        Self(Place::Value(value))
    }
}

impl Secret {
    pub(super) fn in_file(variable: &str, path: &str) -> Result<Self, ConfigError> {
        let secret = Self(Place::File(NamedFile::open(variable, path)?));
        secret.read().map(|_| secret)
    }

    /// The secret now: a file is read again.
    ///
    /// # Errors
    /// The file cannot be read, is empty, or is no text.
    pub fn read(&self) -> Result<SecretString, ConfigError> {
        let file = match &self.0 {
            Place::Value(value) => return Ok(value.clone()),
            Place::File(file) => file,
        };
        let content = file.read()?;
        let text = std::str::from_utf8(content.expose_secret())
            .map_err(|_| file.unusable("is not text"))?
            .trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(file.unusable("is empty"));
        }
        Ok(text.into())
    }
}

/// Certificates to trust besides the system's.
#[derive(Clone, Debug)]
pub struct Authorities(NamedFile);

impl Authorities {
    pub(super) fn in_file(variable: &str, path: &str) -> Result<Self, ConfigError> {
        let authorities = Self(NamedFile::open(variable, path)?);
        authorities.read().map(|_| authorities)
    }

    /// The certificates now, as PEM.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn read(&self) -> Result<String, ConfigError> {
        let Self(file) = self;
        let content = file.read()?;
        let mut store = RootCertStore::empty();
        for certificate in file.certificates(&content)? {
            store.add(certificate).map_err(|error| {
                file.unusable(&format!("holds a certificate that cannot be used: {error}"))
            })?;
        }
        Ok(String::from_utf8_lossy(content.expose_secret()).into_owned())
    }
}

/// Who we are for a broker that asks for a certificate.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    chain: NamedFile,
    key: NamedFile,
}

impl ClientCertificate {
    pub(super) fn in_files(
        [chain, chain_path]: [&str; 2],
        [key, key_path]: [&str; 2],
    ) -> Result<Self, ConfigError> {
        let certificate = Self {
            chain: NamedFile::open(chain, chain_path)?,
            key: NamedFile::open(key, key_path)?,
        };
        certificate.read().map(|_| certificate)
    }

    /// Certificate chain and private key now, both PEM.
    ///
    /// # Errors
    /// A file cannot be read or holds something else, or key and certificate do not belong together.
    pub fn read(&self) -> Result<(SecretSlice<u8>, SecretSlice<u8>), ConfigError> {
        let (chain, key) = (self.chain.read()?, self.key.read()?);
        let certificates = self.chain.certificates(&chain)?;
        let parsed = PrivateKeyDer::from_pem_slice(key.expose_secret()).map_err(|_| {
            self.key
                .unusable("holds no PEM private key (without a password)")
        })?;
        CertifiedKey::from_der(certificates, parsed, &ring::default_provider()).map_err(
            |error| match error {
                rustls::Error::InconsistentKeys(_) => self.key.unusable(&format!(
                    "is not the key of the certificate in {}",
                    self.chain.path.display()
                )),
                error => self.key.unusable(&format!("cannot be used: {error}")),
            },
        )?;
        Ok((chain, key))
    }
}

/// What is made from files that may change: made anew whenever it is asked for. Where that fails, such as while a file is
/// half written, what was made last stays in use, and one warning says so.
pub struct Reloaded<T> {
    make: Box<dyn Fn() -> Result<T, ConfigError> + Send + Sync>,
    last: Mutex<Last<T>>,
}

struct Last<T> {
    made: T,
    /// Why it could not be made anew, as the log knows already.
    problem: Option<ConfigError>,
}

impl<T: Clone> Reloaded<T> {
    /// Makes it for the first time.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn new(
        make: impl Fn() -> Result<T, ConfigError> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let last = Last {
            made: make()?,
            problem: None,
        };
        Ok(Self {
            make: Box::new(make),
            last: Mutex::new(last),
        })
    }

    /// Made from what the files hold now, or what was made last.
    pub fn current(&self) -> T {
        let made = (self.make)();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match made {
            Ok(made) => {
                last.made = made;
                last.problem = None;
            }
            Err(error) => {
                if last.problem.as_ref() != Some(&error) {
                    tracing::warn!(
                        event = "settings.kept",
                        %error,
                        "what a setting names cannot be used now: what it held before stays in use"
                    );
                    last.problem = Some(error);
                }
            }
        }
        last.made.clone()
    }

    /// What was made last.
    pub fn last(&self) -> T {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.made.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_used_now_leaves_what_it_held() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let write = |text: &str| std::fs::write(file.path(), text).unwrap();
        write("first\n");
        let secret = Secret::in_file("S_FILE", file.path().to_str().unwrap()).unwrap();
        let kept = Reloaded::new(move || secret.read()).unwrap();
        let now = || kept.current().expose_secret().to_owned();
        assert_eq!(now(), "first");
        write("second\n");
        assert_eq!(now(), "second");
        for bad in ["", "\n"] {
            write(bad);
            assert_eq!(now(), "second");
        }
        std::fs::write(file.path(), [0xff]).unwrap();
        assert_eq!(now(), "second");
        write("third");
        assert_eq!(now(), "third");
        std::fs::remove_file(file.path()).unwrap();
        assert_eq!(now(), "third");
    }

    #[test]
    fn a_file_at_start_must_be_good() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        for error in [
            Secret::in_file("N", path).map(drop).unwrap_err(),
            Secret::in_file("N", "/nonexistent").map(drop).unwrap_err(),
            Secret::in_file("N", "/dev/zero").map(drop).unwrap_err(),
            Authorities::in_file("N", path).map(drop).unwrap_err(),
        ] {
            assert_eq!(error.variable, "N");
            assert!(error.problem.contains('/'), "{error}");
        }
    }
}
