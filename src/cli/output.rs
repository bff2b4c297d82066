//! Stdout and stderr: the one place that knows what to do when whoever reads them has had enough, as `head` has.

use std::fmt;
use std::io::{self, ErrorKind, StdoutLock, Write};

/// Whoever reads stdout has closed it: no fault of ours, and nothing more to say.
#[derive(Debug, thiserror::Error)]
#[error("stdout is closed")]
struct Closed;

/// Stdout, whose errors [`is_closed`] knows.
pub(super) struct Stdout(StdoutLock<'static>);

/// Locks stdout.
pub(super) fn stdout() -> Stdout {
    Stdout(io::stdout().lock())
}

/// Prints a line.
///
/// # Errors
/// Where stdout is closed or cannot be written to.
pub(super) fn print(line: &str) -> anyhow::Result<()> {
    writeln!(stdout(), "{line}").map_err(named)
}

/// Tells somebody something on stderr, a line. Where nobody can read it, the work goes on: `eprintln!` would panic.
macro_rules! tell {
    ($($words:tt)*) => {
        $crate::cli::output::say(format_args!("{}\n", format_args!($($words)*)))
    };
}
pub(super) use tell;

/// Writes to stderr as it is.
pub(super) fn say(words: fmt::Arguments<'_>) {
    let _ = io::stderr().lock().write_fmt(words);
}

/// What could not be done, for people.
pub(super) fn named(error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context("cannot write to stdout")
}

/// Whether it was for a closed stdout that a subcommand failed, and not for a closed connection.
pub(super) fn is_closed(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
        .is_some_and(|inner| inner.is::<Closed>())
}

fn marked(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::BrokenPipe => io::Error::new(ErrorKind::BrokenPipe, Closed),
        _ => error,
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(marked)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(marked)
    }
}
