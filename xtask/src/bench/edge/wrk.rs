//! Load by `wrk`, and its report as numbers.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use crate::bench::load::Load;
use crate::process;

/// Viewers at a time. Two cores are kept busy, and queues stay short.
const CONNECTIONS: &str = "8";

/// What `wrk` saw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Measured {
    pub(super) requests_per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

/// Sends as many requests as get answered in that time.
pub(super) fn run(load: &Load, seconds: u16) -> Result<Measured> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", CONNECTIONS, "--latency"]);
    wrk.args(["--duration", &format!("{seconds}s")]);
    for (name, value) in &load.headers {
        wrk.args(["--header", &format!("{name}: {value}")]);
    }
    let report = process::output(wrk.arg(&load.url))?;
    let refused = report.contains("Non-2xx");
    if refused == (load.status < 300) || report.contains("Socket errors") {
        bail!(
            "{}: not every answer was {}:\n{report}",
            load.what,
            load.status
        );
    }
    read(&report).with_context(|| format!("unexpected report of wrk:\n{report}"))
}

fn read(report: &str) -> Option<Measured> {
    let value = |label: &str| {
        let line = report
            .lines()
            .find(|line| line.trim_start().starts_with(label))?;
        line.split_whitespace().last()
    };
    Some(Measured {
        requests_per_s: value("Requests/sec:")?.parse().ok()?,
        p50_ms: milliseconds(value("50%")?)?,
        p99_ms: milliseconds(value("99%")?)?,
    })
}

fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3)];
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}

impl Measured {
    /// The measurement in the middle, by requests per second.
    pub(super) fn median(mut all: Vec<Self>) -> Option<Self> {
        all.sort_by(|a, b| a.requests_per_s.total_cmp(&b.requests_per_s));
        all.get(all.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "\
Running 5s test @ http://127.0.0.1:7676/
  Latency Distribution
     50%  812.00us
     75%    1.10ms
     90%    2.00ms
     99%    1.02s
  20000 requests in 5.00s, 4.00MB read
Requests/sec:   4000.12
Transfer/sec:    800.00KB
";

    #[test]
    fn ok_report_in_every_unit() {
        let want = Measured {
            requests_per_s: 4000.12,
            p50_ms: 0.812,
            p99_ms: 1020.0,
        };
        assert_eq!(read(REPORT), Some(want));
    }

    #[test]
    fn err_report_without_latencies() {
        assert_eq!(read("Requests/sec: 1\n"), None);
    }
}
