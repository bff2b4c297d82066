//! `interceptor topology`

mod kubernetes;

use std::io::Write;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::output::tell;
use super::{Failure, output};
use crate::config::{AmqpConfig, Source, shared_client};
use crate::queue::{Address, Names, apply, plan, rights, say_goodbye, verify};

#[derive(Args)]
pub(super) struct Options {
    /// What to do.
    action: Action,
    /// Of `show`: how to print it.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON document a line.
    Json,
    /// Resources of RabbitMQ's Messaging Topology Operator, with a user of least rights for each role.
    Kubernetes,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Print everything that must exist; needs no broker.
    Show,
    /// Create what is missing; changes nothing where something exists with other arguments.
    Apply,
    /// Check that everything exists; needs no right to configure.
    Verify,
}

pub(super) async fn execute(source: &Source, options: &Options) -> Result<(), Failure> {
    let config = AmqpConfig::read(source)?;
    let names = Names::new(&config, shared_client(source));
    let plan = plan(&names);
    let address = Address::new(&config, "interceptor")?;
    if options.action == Action::Show {
        if options.format == Format::Kubernetes {
            let manifests = kubernetes::manifests(&plan, &rights(&names), &address.vhost());
            write!(output::stdout(), "{manifests}").map_err(output::named)?;
            return Ok(());
        }
        for declaration in &plan {
            let line = serde_json::to_string(declaration).context("cannot print the topology")?;
            output::print(&line)?;
        }
        return Ok(());
    }
    let connection = address
        .connect("topology")
        .await
        .with_context(|| address.shown())?;
    match options.action {
        Action::Apply => apply(&connection, &plan).await,
        _ => verify(&connection, &plan).await,
    }
    .map_err(Failure::Topology)?;
    let _ = say_goodbye(&connection).await;
    tell!(
        "topology: {} declarations are in place on {}",
        plan.len(),
        address.shown()
    );
    Ok(())
}
