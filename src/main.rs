//! The binary `interceptor`.

use std::io::Write;
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
    #[cfg(target_os = "linux")]
    do_not_preempt();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(
                std::io::stderr(),
                "error: cannot start the runtime: {error}"
            );
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::execute(Cli::parse()));
    // Not to wait for a thread that reads a terminal.
    runtime.shutdown_background();
    code
}

/// Asks the scheduler to let a running thread go on where one of ours becomes ready (`SCHED_BATCH`), for this thread and all
/// that it starts. Work goes from thread to thread so often that to be switched to at once costs up to a tenth of its time. A
/// policy that somebody has chosen for this process stays.
#[cfg(target_os = "linux")]
fn do_not_preempt() {
    use preempt_rt::sched::{Pid, Scheduler, SchedulerParams, get_scheduler, set_scheduler};

    let thread = Pid::current_thread();
    if let Ok(Scheduler::SCHED_NORMAL) = get_scheduler(thread) {
        // Where it is not allowed, all works as before.
        let _ = set_scheduler(
            thread,
            Scheduler::SCHED_BATCH,
            SchedulerParams { priority: 0 },
        );
    }
}
