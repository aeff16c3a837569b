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
pub(in crate::bench) struct Measured {
    pub(in crate::bench) requests: f64,
    pub(in crate::bench) requests_per_s: f64,
    pub(in crate::bench) p50_ms: f64,
    pub(in crate::bench) p99_ms: f64,
}

/// Sends as many requests as get answered in that time.
pub(in crate::bench) fn run(load: &Load, seconds: u16) -> Result<Measured> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", CONNECTIONS, "--latency"]);
    wrk.args(["--duration", &format!("{seconds}s")]);
    for (name, value) in &load.headers {
        wrk.args(["--header", &format!("{name}: {value}")]);
    }
    let report = process::output(wrk.arg(&load.url))?;
    // What it calls a failure is 400 and more.
    let refused = report.contains("Non-2xx");
    if refused == (load.status < 400) || report.contains("Socket errors") {
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
    let requests = report.lines().find_map(|line| {
        let (count, rest) = line.trim_start().split_once(' ')?;
        rest.starts_with("requests in ").then_some(count)
    });
    Some(Measured {
        requests: requests?.parse().ok()?,
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
            requests: 20_000.0,
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
