//! `cargo xtask fuzz`: inputs that libFuzzer makes up, for every target of `fuzz/`.

mod build;
mod corpus;
mod libfuzzer;
mod report;
mod runs;
mod smallest;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::say;
use crate::workspace::Workspace;
use build::Programs;
use report::Row;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only these targets; by default every file in `fuzz/targets`
    targets: Vec<String>,
    /// How long each target runs
    #[arg(long, value_name = "S", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many targets run side by side
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// Afterwards, keep few and small inputs that reach most of what was found, in `fuzz/corpus`
    #[arg(long)]
    minimise: bool,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let targets = chosen(&arguments.targets, build::targets(workspace)?)?;
    let programs = Programs::build(workspace)?;
    corpus::write_seeds(workspace)?;
    let limit = Duration::from_secs(arguments.seconds);
    let outcomes = runs::all(workspace, &programs, &targets, limit, arguments.jobs.into())?;
    let mut rows: Vec<Row> = outcomes.into_iter().map(Row::from).collect();
    rows.sort_by(|one, other| one.target.cmp(&other.target));
    for row in rows.iter().filter(|row| row.input.is_some()) {
        say::detail(&report::reproduction(workspace, row));
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print!("{}", report::table(&rows));
    }
    let failed: Vec<&str> = rows
        .iter()
        .filter(|row| row.failure.is_some())
        .map(|row| row.target.as_str())
        .collect();
    if !failed.is_empty() {
        bail!("not every target holds: {}", failed.join(", "));
    }
    if arguments.minimise {
        for target in &targets {
            corpus::minimise(workspace, &programs, target)?;
        }
    }
    Ok(())
}

/// The given targets, or all.
fn chosen(given: &[String], all: Vec<String>) -> Result<Vec<String>> {
    if let Some(unknown) = given.iter().find(|name| !all.contains(name)) {
        bail!("there is no target `{unknown}`, but {}", all.join(", "));
    }
    Ok(match given.is_empty() {
        true => all,
        false => given.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_names_every_target_runs_and_with_an_unknown_one_none() {
        let all = || vec!["list".to_owned(), "rules".to_owned()];
        assert_eq!(chosen(&[], all()).expect("all"), all());
        let one = ["rules".to_owned()];
        assert_eq!(chosen(&one, all()).expect("one"), one);
        let error = chosen(&["rule".to_owned()], all()).expect_err("unknown");
        assert!(error.to_string().contains("list, rules"), "{error}");
    }
}
