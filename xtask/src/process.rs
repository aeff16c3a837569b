//! Running other programs: failures are sentences that name the program and what to do.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How often a running program is looked at when there is no event to wait for.
const POLL: Duration = Duration::from_millis(50);

/// Runs a program that shares our terminal, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a program silently and returns what it printed on stdout; its stderr is told if it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` ended with {}: {}",
            shown(command),
            output.status,
            reason.trim()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed something that is not UTF-8", shown(command)))
}

/// Runs a program whose stdout is printed as it comes and handed line by line to `read`.
///
/// Answers whether the program succeeded: a failing test run is a result, not an error.
pub(crate) fn watch(command: &mut Command, mut read: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| cannot_start(command))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.with_context(|| format!("cannot read from `{}`", shown(command)))?;
            println!("{line}");
            read(&line);
        }
    }
    Ok(child.wait()?.success())
}

/// Runs a program with a limit; when the time is up the program is ended and the call fails.
pub(crate) fn run_within(limit: Duration, command: &mut Command) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| cannot_start(command))?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("`{}` ended with {status}", shown(command));
            }
            return Ok(());
        }
        if started.elapsed() > limit {
            end(&mut child)?;
            bail!(
                "`{}` did not end within {} s",
                shown(command),
                limit.as_secs()
            );
        }
        std::thread::sleep(POLL);
    }
}

/// Waits until a program has ended by itself, for `limit` at most; answers whether it has.
pub(crate) fn ended_within(limit: Duration, child: &mut Child) -> io::Result<bool> {
    let started = Instant::now();
    while child.try_wait()?.is_none() {
        if started.elapsed() > limit {
            return Ok(false);
        }
        std::thread::sleep(POLL);
    }
    Ok(true)
}

/// Ends a program at once and waits until it is gone.
pub(crate) fn end(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}

/// Whether a program can be started at all.
pub(crate) fn exists(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The call as a person would type it, without the environment.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut text = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn cannot_start(command: &Command) -> String {
    format!(
        "cannot start `{}`: is it installed and on the path?",
        shown(command)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_names_the_call_and_what_the_program_said() {
        let error = output(Command::new("sh").args(["-c", "echo out of ink >&2; exit 4"]));
        let error = error.expect_err("it fails").to_string();
        assert!(
            error.contains("sh -c") && error.contains("out of ink"),
            "{error}"
        );
        let error = run(&mut Command::new("no-such-program")).expect_err("there is none");
        assert!(error.to_string().contains("`no-such-program`"), "{error}");
    }

    #[test]
    fn program_that_hangs_is_ended_when_its_time_is_up() {
        let started = Instant::now();
        let error = run_within(Duration::from_millis(100), Command::new("sleep").arg("60"));
        let error = error.expect_err("it takes too long").to_string();
        assert!(error.contains("did not end within"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn lines_are_seen_whether_the_program_succeeds_or_not() {
        let mut lines = Vec::new();
        let succeeded = watch(
            Command::new("sh").args(["-c", "echo one; echo two; exit 1"]),
            |line| {
                lines.push(line.to_owned());
            },
        );
        assert!(!succeeded.expect("it started"));
        assert_eq!(lines, ["one", "two"]);
    }
}
