//! `interceptor check`

mod live;
mod print;

use std::fmt::Display;
use std::sync::Arc;

use clap::Args;

use super::{Failure, output};
use crate::app::memory;
use crate::config::{
    AmqpConfig, ConfigError, GenesysConfig, InterceptorConfig, Source, TopologyMode,
    read_policy_file, shared_client,
};
use crate::genesys::{self, ErrorKind, Genesys, Pace};
use crate::queue::{Address, Advice, Names, Product, compare, plan, say_goodbye, verify};
use crate::telemetry;

#[derive(Args)]
#[group(multiple = false)]
pub(super) struct Options {
    /// Check and explain a policy file, and nothing else.
    #[arg(long, value_name = "FILE")]
    policy: Option<String>,
    /// Only ask the worker that runs here whether it is alive: /livez at INTERCEPTOR_ADMIN_ADDR; needs neither broker nor token.
    #[arg(long)]
    live: bool,
    /// Show every setting that is in force and where it comes from, secrets masked; needs neither broker nor network.
    #[arg(long)]
    print_config: bool,
    /// Print what docs/configuration.md says: every setting with default and meaning.
    #[arg(long)]
    settings: bool,
}

/// Prints a line. The checks go on where nobody reads any more: the exit code is told all the same.
fn say(line: &str) {
    let _ = output::print(line);
}

/// About a variable that looks like ours.
fn unknown(name: &str) -> String {
    format!("note  environment: {name} is no setting of this program; is it misspelt?")
}

/// Says what a policy file does, one line each.
fn explain_policy(path: &str) -> Result<(), Failure> {
    match read_policy_file(path) {
        Ok(rules) => {
            say(&format!("ok    policy: {path}"));
            for line in rules.explain() {
                say(&format!("      {line}"));
            }
            Ok(())
        }
        Err(reason) => {
            say(&format!("FAIL  policy: {reason}"));
            Err(Failure::Reported(2))
        }
    }
}

/// The INTERCEPTOR_* variables, and whether they fit those of Genesys, where these can be read.
fn interceptor(source: &Source) -> Result<InterceptorConfig, ConfigError> {
    let config = InterceptorConfig::read(source)?;
    if let Ok(genesys) = GenesysConfig::read(source) {
        memory(&config, &genesys)?;
    }
    Ok(config)
}

/// One line each; goes on after a failure so that all that is wrong is seen at once.
pub(super) async fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    if let Some(path) = &options.policy {
        return explain_policy(path);
    }
    if options.settings {
        return print::settings();
    }
    if options.print_config {
        return print::in_force(source);
    }
    if options.live {
        return live::execute(source).await;
    }
    let mut report = Report { code: 0 };
    report.config("interceptor", interceptor(source), |config| {
        format!(
            "{} workers, window {}, policy {}",
            config.concurrency,
            config.context_window,
            config.policy().version()
        )
    });
    let client = GenesysConfig::read(source).and_then(|config| {
        let pace = Arc::new(Pace::new(config.requests_per_minute));
        Genesys::new(&config, pace)
    });
    let client = report.config("genesys", client, Genesys::description);
    let amqp = AmqpConfig::read(source).and_then(|config| {
        let address = Address::new(&config, "interceptor")?;
        let declares = config.topology == TopologyMode::Declare;
        Ok((
            address,
            Names::new(&config, shared_client(source)),
            declares,
        ))
    });
    let amqp = report.config("amqp", amqp, |(address, names, _)| {
        format!("{}, queue {}", address.shown(), names.jobs)
    });
    if let Err(error) = telemetry::check(source) {
        say(&format!("FAIL  telemetry: {error}"));
        report.code = 2;
    }
    for name in source.unknown() {
        say(&unknown(name));
    }

    if let Some((address, names, declares)) = amqp {
        broker(&mut report, &address, &names, declares).await;
    }
    if let Some(client) = client {
        let token = report.line("token", client.authenticate().await.map_err(told), |()| {
            "credentials accepted".to_owned()
        });
        if token.is_some() {
            let organization = client.organization().await.map_err(|error| match error.kind {
                ErrorKind::NotFound | ErrorKind::NotJson => {
                    "there is no Genesys API at that address: check GENESYS_API_URL and GENESYS_REGION"
                        .to_owned()
                }
                _ => told(error),
            });
            let organization = report.line("organization", organization, |name| {
                name.clone()
                    .unwrap_or_else(|| "not told by this dialect".to_owned())
            });
            if organization.is_some() {
                report.line("permission", client.may_read().await.map_err(told), |()| {
                    "conversations may be read".to_owned()
                });
            }
        }
    }
    match report.code {
        0 => Ok(()),
        code => Err(Failure::Reported(code)),
    }
}

/// A failed call, with what Genesys' support asks for.
fn told(error: genesys::Error) -> String {
    format!("{error}{}", error.evidence())
}

/// What the broker is, whether it lets us in, and whether everything exists there: with the arguments that the worker
/// declares, where it is the worker that declares it.
async fn broker(report: &mut Report, address: &Address, names: &Names, declares: bool) {
    let connection = address.connect("check").await;
    let product = match connection {
        Ok(_) => address.product().await,
        Err(_) => None,
    };
    let connection = report.line("broker", connection, |_| {
        let shown = product.as_ref().map_or_else(
            || "of an unknown version".to_owned(),
            |product| format!("{} {}", product.name, product.version),
        );
        format!("{shown}, reachable, credentials accepted")
    });
    let Some(connection) = connection else { return };
    match product.as_ref().map(Product::advice) {
        Some(Advice::Note(note)) => say(&format!("note  broker: {note}")),
        Some(Advice::TooOld(problem)) => {
            say(&format!("FAIL  broker: {problem}"));
            report.code = report.code.max(1);
        }
        Some(Advice::Good) | None => {}
    }
    let found = if declares {
        compare(&connection, &plan(names)).await
    } else {
        let verified = verify(&connection, &plan(names)).await;
        verified.map(|()| Vec::new())
    };
    match found {
        Ok(missing) if !missing.is_empty() => say(&format!(
            "note  topology: {} of it is missing; a worker creates it when it connects, `interceptor topology apply` now",
            missing.len()
        )),
        Ok(_) if declares => say("ok    topology: complete"),
        Ok(_) => say(
            "ok    topology: complete; arguments are not compared where AMQP_TOPOLOGY is verify",
        ),
        Err(error) => {
            say(&format!("FAIL  topology: {error}"));
            report.code = report.code.max(Failure::Topology(error).code());
        }
    }
    let _ = say_goodbye(&connection).await;
}

/// The worst exit code so far.
struct Report {
    code: u8,
}

impl Report {
    fn config<T>(
        &mut self,
        what: &str,
        result: Result<T, ConfigError>,
        describe: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        if result.is_err() {
            self.code = 2;
        }
        self.line(what, result, describe)
    }

    fn line<T, E: Display>(
        &mut self,
        what: &str,
        result: Result<T, E>,
        describe: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                say(&format!("ok    {what}: {}", describe(&value)));
                Some(value)
            }
            Err(error) => {
                say(&format!("FAIL  {what}: {error}"));
                self.code = self.code.max(1);
                None
            }
        }
    }
}
