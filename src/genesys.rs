//! Genesys Cloud: fetches transcripts within the rate limit. The only room that names reqwest.
//!
//! | file | what |
//! |---|---|
//! | `client.rs` | the room's door: fetch a conversation, authenticate |
//! | `http.rs` | the HTTP client, and whom it trusts |
//! | `calls.rs` | one call: pace, token, send, read with a limit, retry |
//! | `answers.rs` | what headers, statuses and bodies of answers mean: the table of errors |
//! | `token.rs` | the access token: cached, renewed by one at a time |
//! | `pace.rs` | the rate limit: a governor, and a hold while Genesys asks for patience |
//! | `retry.rs` | the delays between tries |
//! | `dialect.rs` | what differs between the APIs: the trait |
//! | `platform.rs` | the dialect of the published API; `platform/` has its shapes and how content becomes text |
//! | `web_details.rs` | the dialect of the tutorial |
//! | `discovery.rs` | finding conversations by time and by session |
//! | `endpoints.rs` | what is called, as metrics and spans name it |
//! | `errand.rs` | what one conversation may use on its way through the calls |
//! | `error.rs` | what can go wrong |
//! | `fetched.rs` | a conversation as it was given, to be read once |

mod answers;
mod calls;
mod client;
mod dialect;
mod discovery;
mod endpoints;
mod errand;
mod error;
mod fetched;
mod http;
mod pace;
mod platform;
mod retry;
mod token;
mod web_details;

pub use calls::LONGEST_WAIT;
pub use client::Genesys;
pub use discovery::{DiscoveryError, Found, Search, Span, Step, THREADING};
pub use errand::Errand;
pub use error::{Error, ErrorKind};
pub use fetched::Fetched;
pub use pace::{Pace, Permit};
