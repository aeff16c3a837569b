//! What came of the runs.

use std::path::PathBuf;

use serde::Serialize;

use super::libfuzzer::Progress;
use super::runs::Outcome;
use crate::say;
use crate::workspace::Workspace;

/// One target's line of the result.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) target: String,
    seconds: u64,
    #[serde(flatten)]
    progress: Progress,
    /// What happened, if something did not hold.
    pub(super) failure: Option<String>,
    panic: Option<String>,
    pub(super) input: Option<PathBuf>,
}

impl From<Outcome> for Row {
    fn from(outcome: Outcome) -> Self {
        let (failure, panic, input) = match outcome.failure {
            Some(failure) => (Some(failure.what), Some(failure.panic), failure.input),
            None => (None, None, None),
        };
        Self {
            target: outcome.target,
            seconds: outcome.duration.as_secs(),
            progress: outcome.progress,
            failure,
            panic,
            input,
        }
    }
}

/// What does not hold, and how that is seen again without a fuzzer.
pub(super) fn reproduction(workspace: &Workspace, row: &Row) -> String {
    let Row { target, panic, .. } = row;
    let input = row.input.as_deref().unwrap_or(workspace.root());
    let input = workspace.shown(input);
    format!(
        "{target} does not hold for {input}\n{}\n\
         see it again: cargo run --package playback-fuzz --example replay -- {target} {input}\n\
         once it holds, keep it: cp {input} fuzz/corpus/{target}/",
        panic.as_deref().unwrap_or_default()
    )
}

pub(super) fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "\n{:<14}{:>13}{:>10}{:>8}{:>10}{:>9}{:>11}{:>9}  {}\n",
        "target", "executions", "per s", "edges", "features", "inputs", "size", "seconds", "result"
    );
    for row in rows {
        let progress = &row.progress;
        text.push_str(&format!(
            "{:<14}{:>13}{:>10}{:>8}{:>10}{:>9}{:>11}{:>9}  {}\n",
            row.target,
            progress.executions,
            progress.executions_per_s,
            progress.edges,
            progress.features,
            progress.corpus_files,
            say::size(progress.corpus_bytes),
            row.seconds,
            row.failure.as_deref().unwrap_or("holds"),
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_has_a_line_for_each_target_and_tells_what_failed() {
        let row = |target: &str, failure: Option<&str>| Row {
            target: target.to_owned(),
            seconds: 600,
            progress: Progress::default(),
            failure: failure.map(str::to_owned),
            panic: None,
            input: None,
        };
        let text = table(&[row("list", None), row("rules", Some("deadly signal"))]);
        let lines: Vec<&str> = text.trim().lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with("list ") && lines[1].ends_with("holds"));
        assert!(lines[2].ends_with("deadly signal"), "{text}");
    }
}
