//! The binary `interceptor`.

use std::process::ExitCode;

use clap::Parser;
use transcript_interceptor::cli::{self, Cli};

// Much of what is allocated is freed by another thread than its own, and the system's allocator makes these wait for each
// other: a tenth of the processor time of a conversation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Before anything builds a client: rustls takes no provider by itself.
    let _ = rustls::crypto::ring::default_provider().install_default();
    cli::keep_panics_silent();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::execute(Cli::parse()));
    // Not to wait for a thread that reads a terminal.
    runtime.shutdown_background();
    code
}
