//! Programs of ours that run while we do: their logs, their readiness, their end.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;

use crate::process;

/// Enough for a debug build of the POP to compile the edge program on a busy machine.
const READY_LIMIT: Duration = Duration::from_secs(180);

/// How long a program may finish what it is doing once its stdin is closed.
const STOP_LIMIT: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(100);

/// How much of a log is shown when its program died.
const LAST_LINES: usize = 15;

/// Ctrl-C, SIGTERM or the closed terminal, as something that can be waited for.
#[derive(Debug)]
pub(crate) struct Interrupt(Receiver<()>);

/// A running program that ends when its stdin closes, and so cannot outlive us: when we die, even by
/// a SIGKILL, the kernel closes the pipe.
#[derive(Debug)]
pub(crate) struct Running {
    name: &'static str,
    log: PathBuf,
    process: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

// === impl Interrupt ===

impl Interrupt {
    /// From now on an interrupt is a message and no longer the end of this process.
    pub(crate) fn catch() -> Result<Self> {
        let (sender, receiver) = mpsc::channel();
        // The receiver lives as long as `serve`; afterwards nobody waits for an interrupt.
        ctrlc::set_handler(move || _ = sender.send(())).context("cannot catch Ctrl-C")?;
        Ok(Self(receiver))
    }

    /// Waits for an interrupt, for `limit` at most; answers whether there was one.
    pub(crate) fn within(&self, limit: Duration) -> bool {
        matches!(
            self.0.recv_timeout(limit),
            Ok(()) | Err(RecvTimeoutError::Disconnected)
        )
    }
}

// === impl Running ===

impl Running {
    /// Starts a program of ours. What it logs goes to `<folder>/<name>.log`.
    pub(crate) fn start(name: &'static str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(name).with_extension("log");
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut process = command
            .arg("--stop-when-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(file.try_clone()?)
            .spawn()
            .with_context(|| format!("cannot start `{}`", process::shown(command)))?;
        let stdin = process.stdin.take();
        let stdout = process.stdout.take().context("a piped stdout is there")?;
        Ok(Self {
            name,
            log,
            process,
            stdin,
            lines: follow(stdout, file),
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits for the one line of JSON with which a program says that it answers, and for where.
    ///
    /// # Errors
    ///
    /// When the program ends, stays silent, or somebody interrupts.
    pub(crate) fn ready(&mut self, interrupt: &Interrupt) -> Result<Value> {
        let started = Instant::now();
        while started.elapsed() < READY_LIMIT {
            if interrupt.within(Duration::ZERO) {
                bail!("interrupted");
            }
            match self.lines.recv_timeout(POLL) {
                Ok(line) => match serde_json::from_str::<Value>(&line) {
                    Ok(value) if value.get("ready") == Some(&Value::Bool(true)) => {
                        return Ok(value);
                    }
                    _ => {}
                },
                // Its stdout is closed: it is ending, if it has not ended yet.
                Err(RecvTimeoutError::Disconnected) => {
                    process::ended_within(STOP_LIMIT, &mut self.process)?;
                    self.check()?;
                    bail!(
                        "`{}` closed its output before it was ready\n{}",
                        self.name,
                        self.last_lines()
                    );
                }
                Err(RecvTimeoutError::Timeout) => self.check()?,
            }
        }
        bail!(
            "`{}` was not ready after {} s\n{}",
            self.name,
            READY_LIMIT.as_secs(),
            self.last_lines()
        )
    }

    /// Fails when the program has ended, with the end of its log.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => Err(anyhow!(
                "`{}` ended with {status}\n{}",
                self.name,
                self.last_lines()
            )),
        }
    }

    /// Lets the program finish, and ends it if it takes too long.
    pub(crate) fn stop(mut self) -> Result<()> {
        drop(self.stdin.take());
        if !process::ended_within(STOP_LIMIT, &mut self.process)? {
            process::end(&mut self.process)?;
        }
        Ok(())
    }

    fn last_lines(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines
            .get(lines.len().saturating_sub(LAST_LINES)..)
            .unwrap_or_default();
        let end = if last.is_empty() {
            "(it logged nothing)".to_owned()
        } else {
            last.join("\n")
        };
        format!("the end of {}:\n{end}", self.log.display())
    }
}

/// Reads on for as long as the program writes, so that it never blocks on a full pipe. Every line is
/// handed on and kept in the log.
fn follow(stdout: ChildStdout, mut log: File) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Neither a full disk nor a missing reader is a reason to block the program.
            let _ = writeln!(log, "{line}");
            let _ = sender.send(line);
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program as ours are: the option that every one of them gets is the script's `$0`.
    fn script(text: &str, folder: &Path) -> Running {
        let mut shell = Command::new("sh");
        Running::start("script", shell.args(["-c", text]), folder).expect("a shell starts")
    }

    /// Nobody interrupts, as long as the sender lives.
    fn uninterrupted() -> (mpsc::Sender<()>, Interrupt) {
        let (sender, receiver) = mpsc::channel();
        (sender, Interrupt(receiver))
    }

    #[test]
    fn program_is_ready_when_it_says_so_and_ends_with_its_stdin() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_sender, interrupt) = uninterrupted();
        let text = r#"echo starting; echo '{"ready":true,"listen":"192.0.2.1:80"}'; cat"#;
        let mut program = script(text, folder.path());
        let ready = program.ready(&interrupt).expect("it says so");
        assert_eq!(ready["listen"], "192.0.2.1:80");
        program.check().expect("it runs on");
        program.stop().expect("it ends");
    }

    #[test]
    fn program_that_dies_is_named_with_the_end_of_its_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_sender, interrupt) = uninterrupted();
        let mut program = script("echo 'no such file' >&2; exit 3", folder.path());
        let error = program.ready(&interrupt).expect_err("it died").to_string();
        for part in ["`script`", "3", "no such file"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn interrupt_ends_the_wait_for_a_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let (sender, interrupt) = uninterrupted();
        sender.send(()).expect("the receiver lives");
        let mut program = script("cat", folder.path());
        let error = program.ready(&interrupt).expect_err("interrupted");
        assert_eq!(error.to_string(), "interrupted");
        program.stop().expect("it ends");
    }
}
