//! Instructions of single operations, counted by callgrind in native programs.
//!
//! Times differ from minute to minute; how many instructions an operation takes does not. So a regression
//! can be told by comparing with what was counted before.

mod budgets;
mod callgrind;

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::workspace::Workspace;
use crate::{apt, process, say};
use budgets::{Budgets, Compared, Outcome};

/// How to accept what was counted as the new budgets.
const WRITE: &str = "cargo xtask bench --only instructions --write";

/// The machine the budgets are of.
const COUNTED_ON: (&str, &str) = ("linux", "x86_64");

/// What was counted, operation by operation.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    operations: Vec<Compared>,
}

/// An operation and how many instructions it takes.
pub(super) type Counted = (String, u64);

pub(super) fn measure(
    workspace: &Workspace,
    counted: &[Counted],
    is_written: bool,
) -> Result<Report> {
    if is_written {
        Budgets::new(counted)?.write(workspace)?;
    }
    let operations = Budgets::read(workspace)?.compare(counted);
    Ok(Report { operations })
}

/// Fails where an operation takes more instructions than its budget allows.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    if COUNTED_ON != (std::env::consts::OS, std::env::consts::ARCH) {
        let (system, processor) = COUNTED_ON;
        say::detail(&format!(
            "not compared: the budgets are those of {system} on {processor}"
        ));
        return Ok(());
    }
    let report = measure(workspace, &count(workspace, "")?, false)?;
    println!("{report}");
    if let Some(compiler) = Budgets::read(workspace)?.other_compiler()? {
        say::detail(&format!(
            "not compared: the budgets are those of {compiler}"
        ));
        return Ok(());
    }
    let with = |outcome| {
        report
            .operations
            .iter()
            .filter(move |it| it.outcome == outcome)
    };
    if with(Outcome::Below).next().is_some() {
        say::detail(&format!(
            "some take fewer than their budget: `{WRITE}` makes that the new one"
        ));
    }
    let failed: Vec<String> = [Outcome::Over, Outcome::Unknown, Outcome::Gone]
        .into_iter()
        .flat_map(with)
        .map(ToString::to_string)
        .collect();
    if !failed.is_empty() {
        bail!(
            "instructions and budgets differ; if that is right, `{WRITE}`: {}",
            failed.join("; ")
        );
    }
    Ok(())
}

/// The operations whose names begin so, in the program's order.
pub(super) fn count(workspace: &Workspace, prefix: &str) -> Result<Vec<Counted>> {
    say::step("Counting instructions");
    apt::install(&["valgrind"])?;
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "playback-bench"]);
    process::run(build.args(["--bin", callgrind::PROGRAM]))?;
    callgrind::operations(workspace)?
        .into_iter()
        .filter(|operation| operation.starts_with(prefix))
        .map(|operation| {
            let instructions = callgrind::count(workspace, &operation)?;
            say::detail(&format!("{operation}: {instructions}"));
            Ok((operation, instructions))
        })
        .collect()
}

// === impl Report ===

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<26} {:>12} {:>12} {:>9}",
            "operation", "instructions", "budget", "of budget"
        )?;
        for Compared {
            operation,
            instructions,
            budget,
            ..
        } in &self.operations
        {
            let text = |number: &Option<u64>| number.map_or("–".to_owned(), |it| it.to_string());
            let share = match (instructions, budget) {
                (Some(counted), Some(budget)) => {
                    format!("{:.1}%", 100.0 * *counted as f64 / *budget as f64)
                }
                _ => "–".to_owned(),
            };
            let (counted, budget) = (text(instructions), text(budget));
            write!(f, "\n{operation:<26} {counted:>12} {budget:>12} {share:>9}")?;
        }
        Ok(())
    }
}
