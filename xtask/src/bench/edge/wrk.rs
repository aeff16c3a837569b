//! Load by `wrk`, and its report as numbers.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use crate::bench::load::Load;
use crate::process;

/// What `wrk` saw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(in crate::bench) struct Measured {
    pub(in crate::bench) requests_per_s: f64,
    pub(in crate::bench) p50_ms: f64,
    pub(in crate::bench) p99_ms: f64,
    /// How many were answered.
    #[serde(skip)]
    pub(in crate::bench) requests: u64,
}

/// Sends as many requests as get answered in that time, by so many viewers at a time.
pub(in crate::bench) fn run(load: &Load, connections: u16, seconds: u16) -> Result<Measured> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--latency"]);
    wrk.args(["--connections", &connections.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s")]);
    for (name, value) in &load.headers {
        wrk.args(["--header", &format!("{name}: {value}")]);
    }
    let report = process::output(wrk.arg(&load.url))?;
    let measured = read(&report).with_context(|| format!("unexpected report of wrk:\n{report}"))?;
    // What it calls an error is 400 and more.
    let refused = match load.status {
        ..400 => 0,
        _ => measured.requests,
    };
    if errors(&report) != Some(refused) || report.contains("Socket errors") {
        bail!(
            "{}: not every answer was {}:\n{report}",
            load.what,
            load.status
        );
    }
    Ok(measured)
}

/// How many answers were an error by their status.
fn errors(report: &str) -> Option<u64> {
    let line = report.lines().find(|line| line.contains("Non-2xx"));
    line.map_or(Some(0), |line| line.split_whitespace().last()?.parse().ok())
}

fn read(report: &str) -> Option<Measured> {
    let value = |label: &str| {
        let line = report
            .lines()
            .find(|line| line.trim_start().starts_with(label))?;
        line.split_whitespace().last()
    };
    let total = report.lines().find(|line| line.contains(" requests in "));
    Some(Measured {
        requests: total?.split_whitespace().next()?.parse().ok()?,
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
            requests_per_s: 4000.12,
            p50_ms: 0.812,
            p99_ms: 1020.0,
            requests: 20_000,
        };
        assert_eq!(read(REPORT), Some(want));
    }

    #[test]
    fn errors_are_counted() {
        assert_eq!(errors(REPORT), Some(0));
        let with_errors = format!("{REPORT}  Non-2xx or 3xx responses: 17\n");
        assert_eq!(errors(&with_errors), Some(17));
    }

    #[test]
    fn err_report_without_latencies() {
        assert_eq!(read("Requests/sec: 1\n"), None);
    }
}
