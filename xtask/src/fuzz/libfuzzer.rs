//! Reads what libFuzzer prints.

use serde::Serialize;

/// How far a run is, by its last status line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Progress {
    pub(super) executions: u64,
    pub(super) executions_per_s: u64,
    /// Edges of the program's control flow that were taken.
    pub(super) edges: u64,
    /// Edges, told apart by how often they were taken, and comparisons by how close they came.
    pub(super) features: u64,
    pub(super) corpus_files: u64,
    pub(super) corpus_bytes: u64,
}

impl Progress {
    /// Reads a line such as `#512 pulse  cov: 80 ft: 92 corp: 7/61b lim: 4 exec/s: 256 rss: 27Mb`.
    ///
    /// Answers nothing for any other line.
    pub(super) fn in_line(line: &str) -> Option<Self> {
        let executions = line.strip_prefix('#')?.split_whitespace().next()?;
        let value = |name: &str| {
            let (_, rest) = line.split_once(name)?;
            rest.split_whitespace().next()
        };
        let (files, size) = value(" corp: ")?.split_once('/')?;
        Some(Self {
            executions: executions.parse().ok()?,
            executions_per_s: value(" exec/s: ")?.parse().ok()?,
            edges: value(" cov: ")?.parse().ok()?,
            features: value(" ft: ")?.parse().ok()?,
            corpus_files: files.parse().ok()?,
            corpus_bytes: bytes(size)?,
        })
    }
}

/// `61b`, `158Kb`, `2Mb`.
fn bytes(size: &str) -> Option<u64> {
    let units = [("Mb", 1 << 20), ("Kb", 1 << 10), ("b", 1)];
    let (number, unit) = units
        .into_iter()
        .find_map(|(name, unit)| Some((size.strip_suffix(name)?, unit)))?;
    Some(number.parse::<u64>().ok()? * unit)
}

/// The input that something did not hold for, if the line names one.
pub(super) fn failing_input(line: &str) -> Option<&str> {
    let (_, path) = line.split_once("Test unit written to ")?;
    // An input that was merely slow is kept as well.
    (!path.contains("slow-unit-")).then_some(path.trim())
}

/// What happened, in libFuzzer's words, if the line says so: `deadly signal`, `timeout after 10
/// seconds`, `out-of-memory (used: 2049Mb; limit: 2048Mb)`.
pub(super) fn failure(line: &str) -> Option<&str> {
    line.split_once("ERROR: libFuzzer: ").map(|(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_read_and_others_are_not() {
        let line = "#1066763\tDONE   cov: 2512 ft: 10203 corp: 2530/227Kb lim: 722 exec/s: 17487 rss: 33Mb";
        let want = Progress {
            executions: 1_066_763,
            executions_per_s: 17_487,
            edges: 2_512,
            features: 10_203,
            corpus_files: 2_530,
            corpus_bytes: 227 * 1024,
        };
        assert_eq!(Progress::in_line(line), Some(want));
        for line in [
            "",
            "INFO: Seed: 1",
            "#",
            "# corp: /",
            "#12 NEW cov: 1 ft: 2 corp: 3/4 lim: 4 exec/s: 0",
        ] {
            assert_eq!(Progress::in_line(line), None, "{line}");
        }
    }

    #[test]
    fn failing_input_is_named_and_a_slow_one_is_no_failure() {
        let line = "artifact_prefix='a/'; Test unit written to a/crash-0a";
        assert_eq!(failing_input(line), Some("a/crash-0a"));
        let slow = "artifact_prefix='a/'; Test unit written to a/slow-unit-0a";
        assert_eq!(failing_input(slow), None);
        let line = "==7== ERROR: libFuzzer: timeout after 10 seconds";
        assert_eq!(failure(line), Some("timeout after 10 seconds"));
    }
}
