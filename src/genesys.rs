//! Genesys Cloud: fetches transcripts within the rate limit. The only room that names reqwest.
//!
//! | file | what |
//! |---|---|
//! | `client.rs` | one call: pace, token, send, read with a limit, retry |
//! | `token.rs` | the access token: cached, renewed by one at a time |
//! | `pace.rs` | the rate limit: a governor, and a hold while Genesys asks for patience |
//! | `retry.rs` | the delays between tries |
//! | `dialect.rs` | what differs between the APIs: the trait |
//! | `web_details.rs` | the dialect of the tutorial |
//! | `error.rs` | what can go wrong |

mod client;
mod dialect;
mod error;
mod pace;
mod retry;
mod token;
mod web_details;

pub use client::{Genesys, LONGEST_WAIT};
pub use error::{Error, ErrorKind};
pub use pace::{Pace, Permit};
