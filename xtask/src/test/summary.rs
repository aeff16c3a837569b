//! The end of a test run: a table, and one line that adds up the tests.

use std::fmt;
use std::time::Duration;

use super::libtest::Counts;
use crate::say;

/// How one step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) outcome: Outcome,
    pub(super) duration: Duration,
    pub(super) counts: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Failed,
    /// Not run, because this step failed.
    Skipped(&'static str),
}

// === impl Line ===

impl Line {
    pub(super) fn skipped(name: &'static str, needed: &'static str) -> Self {
        println!("\n=== {name}: skipped, it needs {needed} ===");
        Self {
            name,
            outcome: Outcome::Skipped(needed),
            duration: Duration::ZERO,
            counts: Counts::default(),
        }
    }
}

// === impl Outcome ===

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.pad("ok"),
            Self::Failed => f.pad("FAILED"),
            Self::Skipped(_) => f.pad("skipped"),
        }
    }
}

/// The table, and `N passed, M failed` alone on its line.
pub(super) fn text(lines: &[Line]) -> String {
    let mut text = format!(
        "\n{:<14}{:<10}{:>14}{:>10}\n",
        "step", "result", "duration", "tests"
    );
    for Line {
        name,
        outcome,
        duration,
        counts,
    } in lines
    {
        let tests = match counts.ran() {
            0 => String::new(),
            ran => ran.to_string(),
        };
        let row = format!(
            "{name:<14}{outcome:<10}{:>14}{tests:>10}",
            say::duration(*duration)
        );
        text.push_str(row.trim_end());
        text.push('\n');
    }
    let total: Counts = lines.iter().map(|line| line.counts).sum();
    text.push_str(&format!(
        "\n{} passed, {} failed\n",
        total.passed, total.failed
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_line_adds_up_the_tests_of_all_steps() {
        let line = |name, outcome, passed, failed| Line {
            name,
            outcome,
            duration: Duration::from_millis(1_500),
            counts: Counts { passed, failed },
        };
        let lines = [
            line("fmt", Outcome::Ok, 0, 0),
            line("unit", Outcome::Ok, 40, 0),
            line("end-to-end", Outcome::Failed, 10, 2),
            line("docs", Outcome::Skipped("edge"), 0, 0),
        ];
        let want = "
step          result          duration     tests
fmt           ok                 1.5 s
unit          ok                 1.5 s        40
end-to-end    FAILED             1.5 s        12
docs          skipped            1.5 s

50 passed, 2 failed
";
        assert_eq!(text(&lines), want);
    }
}
