//! Child processes whose output can be awaited.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tokio::sync::watch;

use super::PATIENCE;

/// The binary under test.
pub(crate) fn interceptor() -> &'static str {
    env!("CARGO_BIN_EXE_interceptor")
}

/// A running program; killed when dropped.
pub(crate) struct Process {
    child: Child,
    stdout: watch::Receiver<Arc<Vec<String>>>,
    stderr: watch::Receiver<Arc<Vec<String>>>,
}

/// What came of a program that ran to its end.
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Process {
    /// Starts `program` with nothing of this process' environment but what programs need.
    pub(crate) fn start(
        program: &str,
        arguments: &[&str],
        environment: &[(String, String)],
    ) -> Self {
        let mut child = command(program, arguments, environment)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Awaits a line on stdout that contains `text`.
    pub(crate) async fn stdout_line(&self, text: &str) -> String {
        line(self.stdout.clone(), text, |line| line.contains(text)).await
    }

    /// Awaits a line on stdout of which `condition` holds.
    pub(crate) async fn stdout_matching(&self, condition: impl Fn(&str) -> bool) -> String {
        line(self.stdout.clone(), "of a certain form", condition).await
    }

    /// Awaits a line on stderr that contains `text`.
    pub(crate) async fn stderr_line(&self, text: &str) -> String {
        line(self.stderr.clone(), text, |line| line.contains(text)).await
    }

    /// Number of lines on stdout so far that contain `text`.
    pub(crate) fn stdout_count(&self, text: &str) -> usize {
        count(&self.stdout.borrow(), text)
    }

    /// Awaits that stdout has more lines with `text` than now, or that the program has ended.
    pub(crate) fn one_more(&self, text: &'static str) -> impl Future<Output = ()> + use<> {
        let mut stdout = self.stdout.clone();
        let before = count(&stdout.borrow(), text);
        async move {
            let _ = stdout.wait_for(|lines| count(lines, text) > before).await;
        }
    }

    /// Everything written so far.
    pub(crate) fn output(&self) -> String {
        let mut output = self.stdout.borrow().join("\n");
        output.push('\n');
        output.push_str(&self.stderr.borrow().join("\n"));
        output
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name: TERM, KILL, INT, STOP, CONT.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Awaits the end: exit code and everything that was written.
    pub(crate) async fn finish(mut self) -> Finished {
        super::until("the end of a process", async || !self.is_running()).await;
        let code = self.child.wait().unwrap().code();
        // The pipes end with the process.
        for output in [&mut self.stdout, &mut self.stderr] {
            while output.changed().await.is_ok() {}
        }
        Finished {
            code,
            stdout: self.stdout.borrow().join("\n"),
            stderr: self.stderr.borrow().join("\n"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `program` to its end.
pub(crate) async fn run(
    program: &str,
    arguments: &[&str],
    environment: &[(String, String)],
    input: &[u8],
) -> Finished {
    finish(command(program, arguments, environment), input).await
}

/// Runs `program` in `folder`, which may have a .env, to its end.
pub(crate) async fn run_in(
    folder: &Path,
    program: &str,
    arguments: &[&str],
    environment: &[(String, String)],
) -> Finished {
    let mut command = command(program, arguments, environment);
    command.current_dir(folder);
    finish(command, b"").await
}

async fn finish(mut command: Command, input: &[u8]) -> Finished {
    let input = input.to_vec();
    let running = tokio::task::spawn_blocking(move || {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || {
            // A program that does not read its input is right to close it.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    });
    let output = tokio::time::timeout(PATIENCE, running)
        .await
        .unwrap()
        .unwrap();
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `program` with a stdout that its reader has closed; exit code and stderr.
pub(crate) async fn run_unread(
    program: &str,
    arguments: &[&str],
    environment: &[(String, String)],
) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = command(program, arguments, environment);
    command.stdin(Stdio::null()).stdout(writer);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = tokio::time::timeout(PATIENCE, output)
        .await
        .unwrap()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), stderr)
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn command(program: &str, arguments: &[&str], environment: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        // A directory without a .env.
        .current_dir("/")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn lines(pipe: impl Read + Send + 'static) -> watch::Receiver<Arc<Vec<String>>> {
    let (sender, receiver) = watch::channel(Arc::default());
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            sender.send_modify(|lines: &mut Arc<Vec<String>>| Arc::make_mut(lines).push(line));
        }
    });
    receiver
}

fn count(lines: &[String], text: &str) -> usize {
    lines.iter().filter(|line| line.contains(text)).count()
}

async fn line(
    mut lines: watch::Receiver<Arc<Vec<String>>>,
    text: &str,
    condition: impl Fn(&str) -> bool,
) -> String {
    let found = async {
        loop {
            let found = lines
                .borrow_and_update()
                .iter()
                .find(|line| condition(line))
                .cloned();
            if let Some(line) = found {
                return line;
            }
            assert!(
                lines.changed().await.is_ok(),
                "the program ended without {text:?}: {:?}",
                lines.borrow()
            );
        }
    };
    let awaited = tokio::time::timeout(PATIENCE, found).await;
    awaited.unwrap_or_else(|_| panic!("awaited in vain: a line with {text:?}"))
}
