//! Where settings come from: the process environment, else a file `.env` in the working directory.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

/// A setting that cannot be used: names the variable, what is wrong with it and what it should be. One line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    /// The variable's name.
    pub variable: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl ConfigError {
    /// An error about `variable`.
    pub fn new(variable: impl Into<String>, problem: impl Display) -> Self {
        Self {
            variable: variable.into(),
            problem: problem.to_string(),
        }
    }
}

/// What the names of our own variables begin with.
const OURS: [&str; 3] = ["GENESYS_", "AMQP_", "INTERCEPTOR_"];

/// All variables, read once.
pub struct Source {
    variables: HashMap<String, String>,
    /// The names that were asked for: with all areas read, the settings that exist.
    asked: Mutex<BTreeSet<String>>,
}

impl Source {
    /// The process environment, completed from `.env` where that file exists.
    ///
    /// # Errors
    /// A `.env` that cannot be read or parsed.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let mut variables = HashMap::new();
        match dotenvy::from_path_iter(".env") {
            Ok(entries) => {
                for entry in entries {
                    // The error's own text repeats the line, which may hold a secret.
                    let (name, value) = entry.map_err(|_| {
                        ConfigError::new(
                            ".env",
                            "a line is not NAME=VALUE; quote values with spaces",
                        )
                    })?;
                    variables.insert(name, value);
                }
            }
            Err(error) if error.not_found() => {}
            Err(error) => return Err(ConfigError::new(".env", error)),
        }
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else {
                continue;
            };
            match value.into_string() {
                Ok(value) => drop(variables.insert(name, value)),
                Err(_) if is_ours(&name) => {
                    return Err(ConfigError::new(name, "is not UTF-8 text"));
                }
                Err(_) => {}
            }
        }
        Ok(Self::new(variables))
    }

    fn new(variables: HashMap<String, String>) -> Self {
        Self {
            variables,
            asked: Mutex::default(),
        }
    }

    /// Settings from pairs, for tests.
    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self::new(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    /// The variables that look like ours and that nobody has asked for: misspelt, or of another version. Complete only
    /// after all areas have been read.
    pub fn unknown(&self) -> Vec<&str> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let names = self.variables.keys().map(String::as_str);
        let mut unknown: Vec<_> = names
            .filter(|name| is_ours(name) && !asked.contains(*name))
            .collect();
        unknown.sort_unstable();
        unknown
    }

    /// The value of `name`; an empty one counts as not set.
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(name.to_owned());
        self.variables
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The number `name`, in `range`, or `default`.
    pub(super) fn number<T>(
        &self,
        name: &str,
        default: T,
        range: std::ops::RangeInclusive<T>,
    ) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + Display,
    {
        Ok(self.optional_number(name, range)?.unwrap_or(default))
    }

    /// The number `name`, in `range`, where it is set.
    pub(super) fn optional_number<T>(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<T>,
    ) -> Result<Option<T>, ConfigError>
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse()
            .ok()
            .filter(|number| range.contains(number))
            .map(Some)
            .ok_or_else(|| {
                let (from, to) = (range.start(), range.end());
                ConfigError::new(
                    name,
                    format!("{text:?} is not a number from {from} to {to}"),
                )
            })
    }

    /// The choice `name` among `choices`, the first being the default.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let text = self.text(name).unwrap_or(choices[0].0);
        choices
            .iter()
            .find(|(choice, _)| *choice == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let names: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
                ConfigError::new(name, format!("{text:?} is none of {}", names.join(", ")))
            })
    }

    /// The secret `name`, or the content of the file that `name`_FILE names.
    pub(super) fn secret(&self, name: &str) -> Result<Option<SecretString>, ConfigError> {
        let file = format!("{name}_FILE");
        match (self.text(name), self.text(&file)) {
            (Some(_), Some(_)) => Err(ConfigError::new(
                name,
                format!("is set, and so is {file}: unset one"),
            )),
            (Some(secret), None) => Ok(Some(secret.into())),
            (None, Some(path)) => {
                let content = read(&file, Path::new(path))?;
                let secret = String::from_utf8(content)
                    .map_err(|_| ConfigError::new(&file, format!("{path} is not text")))?;
                let secret = SecretString::from(secret.trim_end_matches(['\r', '\n']).to_owned());
                if secret.expose_secret().is_empty() {
                    return Err(ConfigError::new(&file, format!("{path} is empty")));
                }
                Ok(Some(secret))
            }
            (None, None) => Ok(None),
        }
    }

    /// The content of the file that `name` names.
    pub(super) fn file(&self, name: &str) -> Result<Option<Vec<u8>>, ConfigError> {
        self.text(name)
            .map(|path| read(name, &PathBuf::from(path)))
            .transpose()
    }
}

fn is_ours(name: &str) -> bool {
    OURS.iter().any(|prefix| name.starts_with(prefix))
}

fn read(name: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    std::fs::read(path)
        .map_err(|error| ConfigError::new(name, format!("cannot read {}: {error}", path.display())))
}

/// The error of a variable that must be set.
pub(super) fn missing(name: &str, what: &str) -> ConfigError {
    ConfigError::new(name, format!("is not set; it is {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_variable_value_and_remedy_on_one_line() {
        let source = Source::from_pairs(&[("N", "many"), ("C", "x"), ("S", "a"), ("S_FILE", "b")]);
        let errors = [
            source.number("N", 1, 1..=9).map(drop),
            source.choice("C", &[("a", 1), ("b", 2)]).map(drop),
            source.secret("S").map(drop),
        ];
        let texts: Vec<_> = errors
            .into_iter()
            .map(|e| e.unwrap_err().to_string())
            .collect();
        assert_eq!(
            texts,
            [
                "N: \"many\" is not a number from 1 to 9",
                "C: \"x\" is none of a, b",
                "S: is set, and so is S_FILE: unset one",
            ]
        );
    }

    #[test]
    fn empty_counts_as_unset() {
        let source = Source::from_pairs(&[("N", " ")]);
        assert_eq!(source.number("N", 7, 1..=9), Ok(7));
    }

    #[test]
    fn what_nobody_asks_for_is_unknown() {
        let names = ["AMQP_QEUE", "AMQP_PASSWORD_FILE", "HOME", "GENESYS_API"];
        let source = Source::from_pairs(&names.map(|name| (name, "")));
        assert!(source.secret("AMQP_PASSWORD").unwrap().is_none());
        assert_eq!(source.text("GENESYS_API"), None);
        assert_eq!(source.unknown(), ["AMQP_QEUE"]);
    }

    #[test]
    fn secrets_come_from_files_without_their_line_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hush\n").unwrap();
        let source = Source::from_pairs(&[("S_FILE", file.path().to_str().unwrap())]);
        assert_eq!(source.secret("S").unwrap().unwrap().expose_secret(), "hush");
    }
}
