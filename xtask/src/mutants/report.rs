//! What came of the faults, and how that compares with what is explained.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::explained::without_position;

/// What cargo-mutants writes: the part that is wanted here.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    scenario: Scenario,
    summary: Summary,
}

#[derive(Debug, Deserialize)]
enum Scenario {
    /// Without any fault.
    Baseline,
    Mutant {
        name: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Summary {
    Success,
    Failure,
    CaughtMutant,
    MissedMutant,
    Timeout,
    Unviable,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    /// Faults that compile.
    viable: usize,
    /// Of these: a test failed, or never ended.
    caught: usize,
    /// Faults that do not compile say nothing of the tests.
    unviable: usize,
    /// Noticed by no test, and listed.
    explained: Vec<String>,
    /// Noticed by no test, and not listed: with line and column.
    pub(super) unexplained: Vec<String>,
    /// Listed, but noticed.
    pub(super) outdated: Vec<String>,
}

// === impl Report ===

impl Report {
    pub(super) fn of(found: &[Outcomes], mut listed: Vec<String>) -> Self {
        let mut report = Self::default();
        let mut noticed = Vec::new();
        for outcome in found.iter().flat_map(|found| &found.outcomes) {
            let Scenario::Mutant { name } = &outcome.scenario else {
                continue;
            };
            match outcome.summary {
                Summary::Unviable => report.unviable += 1,
                Summary::CaughtMutant | Summary::Timeout => {
                    report.viable += 1;
                    report.caught += 1;
                    noticed.push(without_position(name));
                }
                Summary::Success | Summary::Failure | Summary::MissedMutant => {
                    report.viable += 1;
                    let name_listed = without_position(name);
                    // Taken off, so that one line explains one fault.
                    match listed.iter().position(|listed| *listed == name_listed) {
                        Some(at) => report.explained.push(listed.swap_remove(at)),
                        None => report.unexplained.push(name.clone()),
                    }
                }
            }
        }
        listed.retain(|name| noticed.contains(name));
        report.outdated = listed;
        report
    }

    /// Whether nothing was tried.
    pub(super) fn is_empty(&self) -> bool {
        self.viable + self.unviable == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = 100.0 * self.caught as f64 / self.viable.max(1) as f64;
        write!(
            f,
            "{} of {} faults noticed ({percent:.1} %), {} explained, {} not; {} did not compile",
            self.caught,
            self.viable,
            self.explained.len(),
            self.unexplained.len(),
            self.unviable,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(rows: &[(&str, &str)]) -> Outcomes {
        let mut outcomes = vec![r#"{"scenario":"Baseline","summary":"Success"}"#.to_owned()];
        outcomes.extend(rows.iter().map(|(name, summary)| {
            format!(r#"{{"scenario":{{"Mutant":{{"name":"{name}"}}}},"summary":"{summary}"}}"#)
        }));
        let text = format!(r#"{{"outcomes":[{}],"missed":1}}"#, outcomes.join(","));
        serde_json::from_str(&text).expect("outcomes")
    }

    #[test]
    fn one_line_explains_one_fault() {
        let found = outcomes(&[
            ("a.rs:1:2: x", "MissedMutant"),
            ("a.rs:7:2: x", "MissedMutant"),
            ("a.rs:9:2: y", "CaughtMutant"),
            ("a.rs:9:9: y", "Timeout"),
            ("b.rs:1:1: z", "Unviable"),
        ]);
        let listed = ["a.rs: x", "a.rs: y", "c.rs: not tried"];
        let report = Report::of(&[found], listed.map(str::to_owned).into());
        let want = Report {
            viable: 4,
            caught: 2,
            unviable: 1,
            explained: vec!["a.rs: x".to_owned()],
            unexplained: vec!["a.rs:7:2: x".to_owned()],
            outdated: vec!["a.rs: y".to_owned()],
        };
        assert_eq!(report, want);
        assert_eq!(
            report.to_string(),
            "2 of 4 faults noticed (50.0 %), 1 explained, 1 not; 1 did not compile"
        );
    }

    #[test]
    fn nothing_tried_is_nothing_missed() {
        let report = Report::of(&[outcomes(&[])], vec!["a.rs: x".to_owned()]);
        assert_eq!(report, Report::default());
        assert!(report.is_empty());
    }
}
