//! `interceptor check --print-config` and `--settings`: what is in force, and what there is.

use std::io::Write;

use super::super::output::tell;
use super::super::{Failure, output};
use crate::config::{AmqpConfig, ConfigError, GenesysConfig, Shown, Source, document, shown};

/// Prints docs/configuration.md.
pub(super) fn settings() -> Result<(), Failure> {
    write!(output::stdout(), "{}", document()).map_err(output::named)?;
    Ok(())
}

/// Prints all settings, one line each, then what is wrong with them on stderr. Connects to nothing.
pub(super) fn in_force(source: &Source) -> Result<(), Failure> {
    let mut settings = shown(source);
    let genesys = GenesysConfig::read(source);
    if let Ok(config) = &genesys {
        for one in &mut settings {
            let effective = match one.name {
                "GENESYS_API_URL" => &config.api_url,
                "GENESYS_LOGIN_URL" => &config.login_url,
                _ => continue,
            };
            // They follow from other settings where they are not set.
            one.value.clone_from(effective);
        }
    }
    let width = |text: fn(&Shown) -> &str| {
        let widths = settings.iter().map(|one| text(one).chars().count());
        // A long one would push the others off the screen.
        widths
            .filter(|width| *width <= 40)
            .max()
            .unwrap_or_default()
    };
    let (names, values) = (width(|one| one.name), width(|one| &one.value));
    let mut stdout = output::stdout();
    for Shown {
        name,
        value,
        origin,
    } in &settings
    {
        writeln!(stdout, "{name:names$}  {value:values$}  {origin}").map_err(output::named)?;
    }
    drop(stdout);
    for name in source.unknown() {
        tell!("{}", super::unknown(name));
    }

    let errors: Vec<ConfigError> = [
        genesys.map(drop),
        AmqpConfig::read(source)
            .and_then(|config| super::Address::new(&config, ""))
            .map(drop),
        super::interceptor(source).map(drop),
        crate::telemetry::check(source),
    ]
    .into_iter()
    .filter_map(Result::err)
    .collect();
    if errors.is_empty() {
        return Ok(());
    }
    for error in errors {
        tell!("error: {error}");
    }
    Err(Failure::Reported(2))
}
