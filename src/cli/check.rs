//! `interceptor check`

use std::fmt::Display;
use std::sync::Arc;

use super::Failure;
use crate::config::{AmqpConfig, GenesysConfig, InterceptorConfig, Source};
use crate::genesys::{Genesys, Pace};
use crate::queue::{Address, Names, plan, verify};

/// One line each; goes on after a failure so that all that is wrong is seen at once.
pub(super) async fn execute(source: &Source) -> Result<(), Failure> {
    let mut report = Report { failed: None };
    let interceptor = report.line("interceptor", InterceptorConfig::read(source), |config| {
        format!(
            "{} workers, window {}, policy {}",
            config.concurrency,
            config.context_window,
            config.policy().version()
        )
    });
    drop(interceptor);
    let client = GenesysConfig::read(source).and_then(|config| {
        let pace = Arc::new(Pace::new(config.requests_per_minute));
        Genesys::new(&config, pace)
    });
    let client = report.line("genesys", client, Genesys::description);
    let amqp = AmqpConfig::read(source).and_then(|config| {
        let address = Address::new(&config, "interceptor")?;
        Ok((address, Names::new(&config)))
    });
    let amqp = report.line("amqp", amqp, |(address, names)| {
        format!("{}, queue {}", address.shown(), names.jobs)
    });

    if let Some((address, names)) = amqp {
        let connection = report.line("broker", address.connect("check").await, |_| {
            "reachable, credentials accepted".to_owned()
        });
        if let Some(connection) = connection {
            // The worker declares what is missing: its absence is no failure.
            match verify(&connection, &plan(&names)).await {
                Ok(()) => println!("ok    topology: complete"),
                Err(error) => println!("note  topology: {error}"),
            }
        }
    }
    if let Some(client) = client {
        report.line("token", client.authenticate().await, |()| {
            "credentials accepted".to_owned()
        });
    }
    report.failed.map_or(Ok(()), Err)
}

struct Report {
    failed: Option<Failure>,
}

impl Report {
    fn line<T, E: Display + Into<CheckError>>(
        &mut self,
        what: &str,
        result: Result<T, E>,
        describe: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                println!("ok    {what}: {}", describe(&value));
                Some(value)
            }
            Err(error) => {
                println!("FAIL  {what}: {error}");
                let failure = match error.into() {
                    CheckError::Config(error) => {
                        // Stands in the line already; only its exit code is still wanted.
                        Failure::Config(error)
                    }
                    CheckError::Other => Failure::Reported,
                };
                self.failed.get_or_insert(failure);
                None
            }
        }
    }
}

enum CheckError {
    Config(crate::config::ConfigError),
    Other,
}

impl From<crate::config::ConfigError> for CheckError {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<crate::queue::SessionError> for CheckError {
    fn from(_: crate::queue::SessionError) -> Self {
        Self::Other
    }
}

impl From<crate::genesys::Error> for CheckError {
    fn from(_: crate::genesys::Error) -> Self {
        Self::Other
    }
}
