//! Load by `wrk`, and its report as numbers.

use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;

use crate::process;

/// Viewers at a time. Two cores are kept busy, and queues stay short.
const CONNECTIONS: &str = "8";

/// One kind of request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Load {
    pub(crate) what: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    /// The status that every answer must have.
    pub(crate) status: u16,
}

/// What `wrk` saw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Measured {
    pub(crate) requests_per_s: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Load {
    /// Asks once, so that nothing else than what is meant gets measured, and the cache is warm.
    pub(crate) fn check(&self) -> Result<()> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let request = self
            .headers
            .iter()
            .fold(agent.get(&self.url), |request, (name, value)| {
                request.header(name, value)
            });
        let status = request
            .call()
            .with_context(|| format!("{}: no answer", self.what))?
            .status();
        ensure!(
            status.as_u16() == self.status,
            "{}: expected {}, got {status}",
            self.what,
            self.status
        );
        Ok(())
    }
}

/// Sends as many requests as get answered in that time.
pub(crate) fn run(load: &Load, seconds: u16) -> Result<Measured> {
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
    pub(crate) fn median(mut all: Vec<Self>) -> Option<Self> {
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
