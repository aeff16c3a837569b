//! Runs of targets, some side by side.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::build::Programs;
use super::corpus;
use super::libfuzzer::{self, Progress};
use crate::workspace::Workspace;
use crate::{process, say};

/// How often a person is told how far the runs are.
const TOLD_EVERY: Duration = Duration::from_secs(30);

/// No input is worth longer, nor more memory: a POP has a second and 128 MB.
const LIMITS: [&str; 2] = ["-timeout=10", "-rss_limit_mb=2048"];

/// How a target's run went.
pub(super) struct Outcome {
    pub(super) target: String,
    pub(super) duration: Duration,
    pub(super) progress: Progress,
    pub(super) failure: Option<Failure>,
}

/// Something did not hold.
pub(super) struct Failure {
    /// In libFuzzer's words.
    pub(super) what: String,
    /// What did not hold, if a panic said so.
    pub(super) panic: String,
    pub(super) input: Option<PathBuf>,
}

/// Runs every target for the same time, `jobs` of them side by side.
pub(super) fn all(
    workspace: &Workspace,
    programs: &Programs,
    targets: &[String],
    limit: Duration,
    jobs: usize,
) -> Result<Vec<Outcome>> {
    let waiting = Mutex::new(targets.iter());
    let next = || waiting.lock().ok()?.next();
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let work = |sender: Sender<(String, Progress)>| {
            let mut outcomes = Vec::new();
            while let Some(target) = next() {
                outcomes.push(one(workspace, programs, target, limit, &sender));
            }
            outcomes
        };
        let workers: Vec<_> = (0..jobs)
            .map(|_| {
                let sender = sender.clone();
                scope.spawn(move || work(sender))
            })
            .collect();
        drop(sender);
        tell(&receiver);
        let outcomes = workers.into_iter().flat_map(|worker| {
            let failed = |_| vec![Err(anyhow::anyhow!("a run was not watched to its end"))];
            worker.join().unwrap_or_else(failed)
        });
        outcomes.collect()
    })
}

/// Tells how far the runs are, now and then, until all have ended.
fn tell(receiver: &mpsc::Receiver<(String, Progress)>) {
    let mut last: BTreeMap<String, Progress> = BTreeMap::new();
    let mut told = Instant::now();
    loop {
        match receiver.recv_timeout(TOLD_EVERY.saturating_sub(told.elapsed())) {
            Ok((target, progress)) => {
                last.insert(target, progress);
            }
            Err(RecvTimeoutError::Timeout) => {
                for (target, progress) in std::mem::take(&mut last) {
                    say::detail(&format!(
                        "{target}: {} executions, {} edges, {} features",
                        progress.executions, progress.edges, progress.features
                    ));
                }
                told = Instant::now();
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn one(
    workspace: &Workspace,
    programs: &Programs,
    target: &str,
    limit: Duration,
    sender: &Sender<(String, Progress)>,
) -> Result<Outcome> {
    say::step(&format!("Fuzzing {target} for {}", say::duration(limit)));
    let mut command = command(workspace, &programs.program(target), target, limit)?;
    let log = workspace.target("fuzz/logs").join(target);
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", process::shown(&command)))?;
    let stderr = child.stderr.take().context("a piped stderr is there")?;
    let mut watched = Watched::new(&log)?;
    for line in BufReader::new(stderr).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        if watched.read(&line)? {
            // Nobody may be listening any more; the run goes on.
            let _ = sender.send((target.to_owned(), watched.progress));
        }
    }
    let has_failed = !child.wait()?.success();
    Ok(Outcome {
        target: target.to_owned(),
        duration: started.elapsed(),
        progress: watched.progress,
        failure: has_failed.then(|| watched.failure(&log)),
    })
}

fn command(
    workspace: &Workspace,
    program: &Path,
    target: &str,
    limit: Duration,
) -> Result<Command> {
    let found = corpus::found(workspace, target);
    let artifacts = workspace.target("fuzz/artifacts").join(target);
    for folder in [&found, &artifacts, &workspace.target("fuzz/logs")] {
        fs::create_dir_all(folder)?;
    }
    let mut command = Command::new(program);
    command
        .current_dir(workspace.root())
        .args(LIMITS)
        .arg(format!("-max_total_time={}", limit.as_secs()))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        // The first folder gets what is new.
        .arg(found);
    let others = [
        corpus::kept(workspace, target),
        corpus::seeds(workspace, target),
    ];
    command.args(others.iter().filter(|folder| folder.exists()));
    let dictionary = workspace.file(&format!("fuzz/dictionaries/{target}.dict"));
    if dictionary.exists() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    Ok(command)
}

/// What a run printed, as far as it is wanted.
struct Watched {
    log: File,
    progress: Progress,
    what: Option<String>,
    panic: Vec<String>,
    is_in_panic: bool,
    input: Option<PathBuf>,
}

impl Watched {
    fn new(log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        Ok(Self {
            log: file,
            progress: Progress::default(),
            what: None,
            panic: Vec::new(),
            is_in_panic: false,
            input: None,
        })
    }

    /// Reads a line; answers whether it told how far the run is.
    fn read(&mut self, line: &str) -> Result<bool> {
        writeln!(self.log, "{line}")?;
        if let Some(progress) = Progress::in_line(line) {
            self.progress = progress;
            return Ok(true);
        }
        // A panic's message, which ends where its backtrace begins.
        self.is_in_panic = (self.is_in_panic || line.contains(" panicked at "))
            && !line.starts_with("stack backtrace:")
            && !line.starts_with("note: ");
        if self.is_in_panic {
            self.panic.push(line.to_owned());
        }
        if let Some(what) = libfuzzer::failure(line) {
            self.what = Some(what.to_owned());
        }
        if let Some(input) = libfuzzer::failing_input(line) {
            self.input = Some(input.into());
        }
        Ok(false)
    }

    fn failure(self, log: &Path) -> Failure {
        let unsaid = || format!("it ended early: {}", log.display());
        Failure {
            what: self.what.unwrap_or_else(unsaid),
            panic: self.panic.join("\n"),
            input: self.input,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_is_told_by_its_panic_and_its_input() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let mut watched = Watched::new(&log).expect("a log");
        let lines = [
            "#2\tINITED cov: 9 ft: 9 corp: 1/1b exec/s: 0 rss: 28Mb",
            "thread '<unnamed>' panicked at fuzz/src/rules.rs:1:1:",
            "assertion failed: text",
            "stack backtrace:",
            "   0: frame",
            "==7== ERROR: libFuzzer: deadly signal",
            "artifact_prefix='a/'; Test unit written to a/crash-0",
        ];
        let told: Vec<bool> = lines
            .iter()
            .map(|line| watched.read(line).expect("a line"))
            .collect();
        assert_eq!(told, [true, false, false, false, false, false, false]);
        assert_eq!(watched.progress.edges, 9);
        let failure = watched.failure(&log);
        assert_eq!(failure.what, "deadly signal");
        assert!(failure.panic.ends_with("\nassertion failed: text"));
        assert_eq!(failure.input, Some("a/crash-0".into()));
        let logged = fs::read_to_string(&log).expect("a log");
        assert_eq!(logged.lines().count(), lines.len());
    }
}
