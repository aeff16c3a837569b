//! What operations may take, and how what was counted compares with it.

use std::collections::BTreeMap;
use std::process::Command;
use std::{fmt, fs};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::process;
use crate::workspace::Workspace;

const FILE: &str = "bench/budgets.toml";

const ABOUT: &str = "\
# Instructions that an operation takes: `cargo xtask test --only budgets` fails where one takes 5 % more.
# Written by `cargo xtask bench --only instructions --write`.

";

/// A difference of more percent counts.
const TOLERATED: u64 = 5;

/// The file of budgets.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budgets {
    /// The compiler they were counted with: another one makes other instructions.
    rustc: String,
    instructions: BTreeMap<String, u64>,
}

/// An operation and its budget.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Compared {
    #[serde(rename = "what")]
    pub(super) operation: String,
    pub(super) instructions: Option<u64>,
    pub(super) budget: Option<u64>,
    pub(super) outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Kept,
    /// So much less that the budget should follow.
    Below,
    Over,
    /// There is no budget for it.
    Unknown,
    /// There is a budget, and no such operation.
    Gone,
}

// === impl Budgets ===

impl Budgets {
    pub(super) fn new(counted: &[(String, u64)]) -> Result<Self> {
        Ok(Self {
            rustc: compiler()?,
            instructions: counted.iter().cloned().collect(),
        })
    }

    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read_to_string(workspace.file(FILE))
            .with_context(|| format!("cannot read {FILE}"))?;
        toml::from_str(&text).with_context(|| format!("cannot understand {FILE}"))
    }

    pub(super) fn write(&self, workspace: &Workspace) -> Result<()> {
        let text = format!("{ABOUT}{}", toml::to_string(self)?);
        fs::write(workspace.file(FILE), text).with_context(|| format!("cannot write {FILE}"))
    }

    /// What is counted, then what has a budget and is no more.
    pub(super) fn compare(&self, counted: &[(String, u64)]) -> Vec<Compared> {
        let there = counted.iter().map(|(operation, instructions)| {
            let budget = self.instructions.get(operation).copied();
            Compared {
                operation: operation.clone(),
                instructions: Some(*instructions),
                budget,
                outcome: budget.map_or(Outcome::Unknown, |budget| outcome(*instructions, budget)),
            }
        });
        let is_gone = |operation: &&String| !counted.iter().any(|(known, _)| known == *operation);
        let gone = self.instructions.keys().filter(is_gone);
        let gone = gone.map(|operation| Compared {
            operation: operation.clone(),
            instructions: None,
            budget: self.instructions.get(operation).copied(),
            outcome: Outcome::Gone,
        });
        there.chain(gone).collect()
    }

    /// The compiler they were counted with, where it is not the one at hand.
    pub(super) fn other_compiler(&self) -> Result<Option<&str>> {
        Ok((self.rustc != compiler()?).then_some(&self.rustc))
    }
}

fn outcome(counted: u64, budget: u64) -> Outcome {
    let of_budget = |percent: u64| u128::from(budget) * u128::from(percent);
    let counted = u128::from(counted) * 100;
    if counted > of_budget(100 + TOLERATED) {
        Outcome::Over
    } else if counted < of_budget(100 - TOLERATED) {
        Outcome::Below
    } else {
        Outcome::Kept
    }
}

fn compiler() -> Result<String> {
    let version = process::output(Command::new("rustc").arg("--version"))?;
    Ok(version.trim().to_owned())
}

// === impl Compared ===

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            instructions,
            budget,
            ..
        } = self;
        match (instructions, budget) {
            (Some(counted), Some(budget)) => {
                let more = 100.0 * (*counted as f64 / *budget as f64 - 1.0);
                write!(
                    f,
                    "`{operation}` takes {counted} instead of {budget} ({more:+.1} %)"
                )
            }
            (Some(counted), None) => write!(f, "`{operation}` takes {counted} and has no budget"),
            (None, _) => write!(f, "`{operation}` has a budget and is not counted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(counted: &[(&str, u64)], budgets: &[(&str, u64)]) -> Vec<Compared> {
        let own = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
            let pairs = pairs.iter();
            pairs
                .map(|(name, number)| ((*name).to_owned(), *number))
                .collect()
        };
        let budgets = Budgets {
            rustc: "rustc 1.0.0".to_owned(),
            instructions: own(budgets).into_iter().collect(),
        };
        budgets.compare(&own(counted))
    }

    #[test]
    fn five_percent_either_way_are_kept_and_the_next_instruction_is_not() {
        for (counted, want) in [
            (949, Outcome::Below),
            (950, Outcome::Kept),
            (1000, Outcome::Kept),
            (1050, Outcome::Kept),
            (1051, Outcome::Over),
        ] {
            let found = compared(&[("read", counted)], &[("read", 1000)]);
            assert_eq!(found[0].outcome, want, "{counted} of 1000");
        }
        assert_eq!(outcome(u64::MAX, 1), Outcome::Over);
        assert_eq!(outcome(1, 0), Outcome::Over);
    }

    #[test]
    fn operation_without_budget_and_budget_without_operation_are_told() {
        let found = compared(&[("new", 7)], &[("old", 9)]);
        let told: Vec<_> = found
            .iter()
            .map(|it| (it.outcome, it.to_string()))
            .collect();
        let want = [
            (Outcome::Unknown, "`new` takes 7 and has no budget"),
            (Outcome::Gone, "`old` has a budget and is not counted"),
        ];
        assert_eq!(told, want.map(|(outcome, text)| (outcome, text.to_owned())));
    }

    #[test]
    fn regression_is_told_with_its_numbers() {
        let found = compared(&[("read", 1100)], &[("read", 1000)]);
        assert_eq!(
            found[0].to_string(),
            "`read` takes 1100 instead of 1000 (+10.0 %)"
        );
    }
}
