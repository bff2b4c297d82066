//! The program as its users see it: the real binaries, a real RabbitMQ, the simulator over HTTP.
//!
//! `scripts/test.sh` starts the broker that these tests need. One file per promise; `support` is what they share.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod alarm;
mod bad_input;
mod broker_faults;
mod broker_rights;
mod checker;
mod command_line;
mod contracts;
mod crashes;
mod dead_letters;
mod discovery;
mod environment;
mod evaluate;
mod examples;
mod genesys_faults;
mod kubernetes;
mod logging;
mod main_job;
mod metrics;
mod platform;
mod ports;
mod properties;
mod rate_budget;
mod redact;
mod reload;
mod rolling;
mod rooms;
mod runbook;
mod scheduling;
mod secrecy;
mod status_page;
mod storm;
mod support;
mod terminal;
mod tls;
mod traces;
