//! Where settings come from: the process environment, else a file `.env` in the working directory.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use secrecy::SecretString;

use super::files::{Authorities, Secret};
use super::settings::{self, Fallback};

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

/// Where a value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Environment,
    DotEnv,
}

impl Origin {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::DotEnv => ".env",
        }
    }
}

/// All variables, read once.
pub struct Source {
    variables: HashMap<String, (String, Origin)>,
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
                    variables.insert(name, (value, Origin::DotEnv));
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
                Ok(value) => drop(variables.insert(name, (value, Origin::Environment))),
                Err(_) if is_ours(&name) => {
                    return Err(ConfigError::new(name, "is not UTF-8 text"));
                }
                Err(_) => {}
            }
        }
        Ok(Self { variables })
    }

    /// Settings from pairs, for tests.
    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| {
            let value = ((*value).to_owned(), Origin::Environment);
            ((*name).to_owned(), value)
        };
        Self {
            variables: pairs.iter().map(own).collect(),
        }
    }

    /// The variables that look like ours and are no settings: misspelt, or of another version.
    pub fn unknown(&self) -> Vec<&str> {
        let names = self.variables.keys().map(String::as_str);
        let mut unknown: Vec<_> = names
            .filter(|name| is_ours(name) && !settings::is_known(name))
            .collect();
        unknown.sort_unstable();
        unknown
    }

    /// The value of `name`; an empty one counts as not set.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.found(name).map(|(value, _)| value)
    }

    /// The same, and where it was found.
    pub(super) fn found(&self, name: &str) -> Option<(&str, Origin)> {
        self.variables
            .get(name)
            .map(|(value, origin)| (value.trim(), *origin))
            .filter(|(value, _)| !value.is_empty())
    }

    /// The value of `name`, or the setting's default; empty where it has none.
    pub(super) fn in_force(&self, name: &str) -> &str {
        let default = || match settings::find(name).map(|setting| setting.default) {
            Some(Fallback::Value(value)) => value,
            _ => "",
        };
        self.text(name).unwrap_or_else(default)
    }

    /// The number `name`, in `range`, or its default.
    pub(super) fn number<T>(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<T>,
    ) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + Display,
    {
        number(name, self.in_force(name), &range)
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
        let text = self.text(name);
        text.map(|text| number(name, text, &range)).transpose()
    }

    /// The choice `name` among `choices`.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let text = self.in_force(name);
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
    pub(super) fn secret(&self, name: &str) -> Result<Option<Secret>, ConfigError> {
        let file = format!("{name}_FILE");
        match (self.text(name), self.text(&file)) {
            (Some(_), Some(_)) => Err(ConfigError::new(
                name,
                format!("is set, and so is {file}: unset one"),
            )),
            (Some(secret), None) => Ok(Some(Secret::from(SecretString::from(secret)))),
            (None, Some(path)) => Secret::in_file(&file, path).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The certificates to trust in the file that `name` names.
    pub(super) fn authorities(&self, name: &str) -> Result<Option<Authorities>, ConfigError> {
        let path = self.text(name);
        path.map(|path| Authorities::in_file(name, path))
            .transpose()
    }
}

fn is_ours(name: &str) -> bool {
    OURS.iter().any(|prefix| name.starts_with(prefix))
}

fn number<T>(name: &str, text: &str, range: &std::ops::RangeInclusive<T>) -> Result<T, ConfigError>
where
    T: FromStr + PartialOrd + Display,
{
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (from, to) = (range.start(), range.end());
        ConfigError::new(
            name,
            format!("{text:?} is not a number from {from} to {to}"),
        )
    })
}

/// The error of a variable that must be set.
pub(super) fn missing(name: &str, what: &str) -> ConfigError {
    ConfigError::new(name, format!("is not set; it is {what}"))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn errors_name_variable_value_and_remedy_on_one_line() {
        let source = Source::from_pairs(&[("N", "many"), ("C", "x"), ("S", "a"), ("S_FILE", "b")]);
        let errors = [
            source.number("N", 1..=9).map(drop),
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
        let source = Source::from_pairs(&[("GENESYS_MAX_RETRIES", " ")]);
        assert_eq!(source.number("GENESYS_MAX_RETRIES", 0..=10), Ok(3));
    }

    #[test]
    fn what_is_no_setting_is_unknown() {
        let names = ["AMQP_QEUE", "AMQP_PASSWORD_FILE", "HOME", "GENESYS_API"];
        let source = Source::from_pairs(&names.map(|name| (name, "")));
        assert_eq!(source.unknown(), ["AMQP_QEUE"]);
        let no_secret = Source::from_pairs(&[("AMQP_QUEUE_FILE", "")]);
        assert_eq!(no_secret.unknown(), ["AMQP_QUEUE_FILE"]);
    }

    #[test]
    fn secrets_come_from_files_without_their_line_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hush\n").unwrap();
        let source = Source::from_pairs(&[("S_FILE", file.path().to_str().unwrap())]);
        let secret = source.secret("S").unwrap().unwrap().read().unwrap();
        assert_eq!(secret.expose_secret(), "hush");
    }
}
