//! The settings: the only reader of the environment. Every value is validated before anything is connected to.
//!
//! One struct per area: `amqp.rs` (AMQP_*), `genesys.rs` (GENESYS_*), `interceptor.rs` (INTERCEPTOR_*). A subcommand reads
//! the areas it needs and no other. `source.rs` holds the process environment, `.env` and `*_FILE`.

mod amqp;
mod genesys;
mod interceptor;
mod source;

pub use amqp::{AmqpConfig, Delay, TopologyMode};
pub use genesys::{DialectName, GenesysConfig, RateSharing};
pub use interceptor::{Admin, InterceptorConfig, read_policy_file};
pub use source::{ConfigError, Source};
