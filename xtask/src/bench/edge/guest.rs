//! How much of a POP's time is the program's own: the platform around it is not Fastly's.
//!
//! `perf` takes samples of the POP's process; the ones that lie in code that Viceroy compiled out of the
//! Wasm are the guest's. Their share times the CPU that a request takes is the guest's time.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

use crate::process;

/// Samples a second: often enough to tell microseconds over some thousand requests, and no multiple of
/// anything that happens regularly.
const FREQUENCY: &str = "1999";
/// What `perf` calls a library that was compiled at run time.
const JIT: [&str; 2] = ["perf-", "[JIT]"];

/// Looks at a process for a while.
pub(super) struct Watch<'a> {
    id: u32,
    samples: &'a Path,
    perf: Child,
    ticks: u64,
}

/// What requests took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cpu {
    /// Of the process.
    pub(super) seconds: f64,
    /// How much of that was the guest's.
    pub(super) guest_share: f64,
}

impl<'a> Watch<'a> {
    /// Begins; `samples` is a file for what `perf` sees.
    pub(super) fn begin(id: u32, samples: &'a Path) -> Result<Self> {
        let mut perf = Command::new("perf");
        perf.args([
            "record",
            "--quiet",
            "--event",
            "cpu-clock",
            "--freq",
            FREQUENCY,
        ])
        .args(["--pid", &id.to_string(), "--output"])
        .arg(samples)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
        let perf = perf
            .spawn()
            .context("cannot start `perf`: install `linux-perf`")?;
        Ok(Self {
            id,
            samples,
            perf,
            ticks: ticks(id)?,
        })
    }

    pub(super) fn end(mut self) -> Result<Cpu> {
        let ticks = ticks(self.id)?.saturating_sub(self.ticks);
        process::run(Command::new("kill").args(["-INT", &self.perf.id().to_string()]))?;
        self.perf.wait().context("`perf` does not end")?;
        let mut report = Command::new("perf");
        report
            .args([
                "report",
                "--stdio",
                "--sort",
                "dso",
                "--percent-limit",
                "0",
                "--input",
            ])
            .arg(self.samples);
        Ok(Cpu {
            seconds: ticks as f64 / ticks_a_second()?,
            guest_share: guest_share(&process::output(&mut report)?),
        })
    }
}

/// The CPU time of a process, its own and the kernel's for it.
///
/// # Source
///
/// Linux, proc(5): `/proc/pid/stat`, fields 14 and 15.
fn ticks(id: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name, in parentheses, may hold spaces.
    let (_, after_name) = stat.rsplit_once(')').context("a process has a name")?;
    let fields = after_name.split_whitespace().skip(11).take(2);
    let ticks = fields.map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    Ok(ticks.iter().sum())
}

fn ticks_a_second() -> Result<f64> {
    let told = process::output(Command::new("getconf").arg("CLK_TCK"))?;
    Ok(told.trim().parse()?)
}

/// The share of samples in code that was compiled at run time, from 0 to 1.
fn guest_share(report: &str) -> f64 {
    let percent = |line: &str| {
        let (percent, library) = line.trim().split_once('%')?;
        let is_guest = JIT.iter().any(|name| library.trim().starts_with(name));
        is_guest.then_some(percent.trim().parse::<f64>().ok()?)
    };
    report.lines().filter_map(percent).sum::<f64>() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guests_samples_are_told_from_the_hosts() {
        let report = "\
# Samples: 9K of event 'cpu-clock'
#
# Overhead  Shared Object
    61.50%  local-pop
    25.25%  [kernel.kallsyms]
    10.00%  perf-4711.map
     2.25%  [JIT] tid 4711
     1.00%  libc.so.6
";
        assert!((guest_share(report) - 0.1225).abs() < 1e-9);
        assert!(guest_share("").abs() < 1e-9);
    }

    #[test]
    fn this_process_has_taken_some_time() {
        let id = std::process::id();
        let before = ticks(id).expect("it is there");
        let begun = std::time::Instant::now();
        while ticks(id).expect("it is there") == before {
            assert!(begun.elapsed().as_secs() < 10, "time passes");
        }
        assert!(ticks_a_second().expect("a number") >= 1.0);
    }
}
