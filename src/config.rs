//! The settings: the only reader of the environment. Every value is validated before anything is connected to.
//!
//! One struct per area: `amqp.rs` (AMQP_*), `genesys.rs` (GENESYS_*), `interceptor.rs` (INTERCEPTOR_*). A subcommand reads
//! the areas it needs and no other.
//!
//! | file | what |
//! |---|---|
//! | `settings.rs` | every setting's name, default and meaning; prints docs/configuration.md |
//! | `source.rs` | the process environment, `.env` and `*_FILE` |
//! | `files.rs` | secrets and certificates in files, which are read again when they are next needed |
//! | `shown.rs` | what is in force and where it comes from, without secrets |

mod amqp;
mod files;
mod genesys;
mod interceptor;
mod settings;
mod shown;
mod source;

pub use amqp::{AmqpConfig, Delay, TopologyMode};
pub use files::{Authorities, ClientCertificate, Reloaded, Secret};
pub use genesys::{DialectName, GenesysConfig, RateSharing, shared_client};
pub use interceptor::{Admin, InterceptorConfig, read_policy_file};
pub use settings::document;
pub use shown::{Shown, shown};
pub use source::{ConfigError, Source};
