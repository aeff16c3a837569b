//! Programs of ours that run while we do: their logs, their readiness, their end.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
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

/// Who waits for an interrupt. The system takes one handler for the whole process.
static WAITING: Mutex<Vec<Sender<()>>> = Mutex::new(Vec::new());

/// Runs a program that knows nothing of our stdin, and ends it when that closes. The watcher goes first
/// where the program ends by itself: its number may then be somebody else's.
const TETHER: &str = r#"exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{ cat <&3 >/dev/null; kill "$program"; } 2>/dev/null &
watcher=$!
exec 3<&-
wait "$program"
status=$?
kill "$watcher" 2>/dev/null
exit "$status""#;

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
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_empty() {
            ctrlc::set_handler(tell_waiting).context("cannot catch Ctrl-C")?;
        }
        waiting.push(sender);
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

fn tell_waiting() {
    let waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    for sender in waiting.iter() {
        // Who is no longer there waits for nothing.
        let _ = sender.send(());
    }
}

// === impl Running ===

impl Running {
    /// Starts a program of ours. What it logs goes to `<folder>/<name>.log`.
    pub(crate) fn start(name: &'static str, command: &mut Command, folder: &Path) -> Result<Self> {
        Self::spawn(name, command.arg("--stop-when-stdin-closes"), folder)
    }

    /// Starts a program of somebody else, which would outlive us: a shell between us ends it. Its
    /// working folder is `folder`.
    pub(crate) fn start_tethered(
        name: &'static str,
        program: &Command,
        folder: &Path,
    ) -> Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", TETHER, name]).arg(program.get_program());
        shell.args(program.get_args()).current_dir(folder);
        for (variable, value) in program.get_envs() {
            shell.env(variable, value.unwrap_or_default());
        }
        Self::spawn(name, &mut shell, folder)
    }

    fn spawn(name: &'static str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(name).with_extension("log");
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut process = command
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

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
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
    fn uninterrupted() -> (Sender<()>, Interrupt) {
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
    fn program_of_somebody_else_ends_with_us_and_we_see_when_it_ends_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let (_sender, interrupt) = uninterrupted();
        let mut shell = Command::new("sh");
        let text = r#"echo '{"ready":true,"pid":'$$'}'; exec sleep 600"#;
        let mut program =
            Running::start_tethered("sleep", shell.args(["-c", text]), folder.path()).expect("sh");
        let ready = program.ready(&interrupt).expect("it says so");
        let itself = PathBuf::from(format!("/proc/{}", ready["pid"]));
        assert!(itself.exists(), "{}", itself.display());
        let started = Instant::now();
        program.stop().expect("it ends");
        assert!(!itself.exists(), "{}", itself.display());
        assert!(started.elapsed() < STOP_LIMIT, "it had to be killed");

        let mut shell = Command::new("sh");
        let text = "echo 'no such file' >&2; exit 3";
        let mut program =
            Running::start_tethered("sh", shell.args(["-c", text]), folder.path()).expect("sh");
        let error = program.ready(&interrupt).expect_err("it died").to_string();
        assert!(
            error.contains("no such file") && error.contains('3'),
            "{error}"
        );
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
