//! How much of a POP's time is the program's own: the platform around it is not Fastly's.
//!
//! `perf` takes samples of the POP's process; the ones that lie in code that Viceroy compiled out of the
//! Wasm are the guest's. Their share times the CPU that a request takes is the guest's time.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::bench::cpu;
use crate::bench::perf::Recording;
use crate::process;

/// What `perf` calls a library that was compiled at run time.
const JIT: [&str; 2] = ["perf-", "[JIT]"];

/// Looks at a process for a while.
pub(super) struct Watch<'a> {
    id: u32,
    samples: &'a Path,
    recording: Recording,
    spent: Duration,
}

/// What requests took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cpu {
    /// Of the process.
    pub(super) spent: Duration,
    /// How much of that was the guest's.
    pub(super) guest_share: f64,
}

impl<'a> Watch<'a> {
    /// Begins; `samples` is a file for what `perf` sees.
    pub(super) fn begin(id: u32, samples: &'a Path) -> Result<Self> {
        Ok(Self {
            id,
            samples,
            recording: Recording::begin(id, samples, &[])?,
            spent: cpu::spent(id)?,
        })
    }

    pub(super) fn end(self) -> Result<Cpu> {
        let spent = cpu::spent(self.id)?.saturating_sub(self.spent);
        self.recording.end()?;
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
            spent,
            guest_share: guest_share(&process::output(&mut report)?),
        })
    }
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
}
