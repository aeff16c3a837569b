//! What a decision costs natively, from the bytes of a cached entry to the verdict, and what an answer costs once,
//! when it enters the cache.

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::instructions::Counted;
use super::spread::Spread;
use super::timed::{self, Group, Timed};
use crate::say;
use crate::workspace::Workspace;

#[derive(Debug, Serialize)]
pub(super) struct Report {
    decisions: Vec<Decision>,
    inserts: Vec<Insert>,
}

#[derive(Debug, Serialize)]
struct Decision {
    what: &'static str,
    ns: Spread,
    instructions: u64,
}

#[derive(Debug, Serialize)]
struct Insert {
    what: &'static str,
    us: Spread,
}

/// How the names of operations that decide begin.
pub(super) const DECISIONS: &str = "decision-";

/// Each by its operation's name, and as the page calls it.
const TOLD: [(&str, &str); 10] = [
    ("decision-0", "no networks, all else"),
    ("decision-10", "10 networks"),
    ("decision-600", "600 networks"),
    ("decision-10000", "10,000 networks"),
    ("decision-100000", "100,000 networks"),
    ("decision-1-domain", "1 domain, nothing else"),
    ("decision-5-domains", "5 domains"),
    ("decision-10-domains", "10 domains"),
    ("decision-20-domains", "20 domains"),
    ("decision-every-member", "every member, four layers"),
];

const TOLD_INSERTS: [(&str, &str); 8] = [
    ("insert-1-kib", "a body of 1 KiB, no rules"),
    ("insert-16-kib", "16 KiB"),
    ("insert-128-kib", "128 KiB"),
    ("insert-1-mib", "1 MiB"),
    ("insert-1-network", "1 network in its rules, 4 KiB"),
    ("insert-10-networks", "10 networks"),
    ("insert-600-networks", "600 networks"),
    ("insert-4000-networks", "4,000 networks"),
];

pub(super) fn measure(workspace: &Workspace, counted: &[Counted], rounds: u8) -> Result<Report> {
    timed::build(workspace)?;
    let (mut decisions, mut inserts) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        say::detail(&format!("round {round} of {rounds}"));
        decisions.push(timed::once(workspace, Group::Operations)?);
        inserts.push(timed::once(workspace, Group::Inserts)?);
    }
    report(counted, &decisions, &inserts)
}

fn report(counted: &[Counted], decisions: &[Vec<Timed>], inserts: &[Vec<Timed>]) -> Result<Report> {
    let spread = |operation: &str, rounds: &[Vec<Timed>], unit: f64| {
        let times: Vec<f64> = timed::of(operation, rounds)
            .iter()
            .map(|ns| ns / unit)
            .collect();
        Spread::of(&times).with_context(|| format!("nothing has timed `{operation}`"))
    };
    let decisions = TOLD.iter().map(|(operation, what)| {
        let of_operation = counted.iter().find(|(name, _)| name == operation);
        let instructions = of_operation.with_context(|| format!("`{operation}` is not counted"))?;
        Ok(Decision {
            what,
            ns: spread(operation, decisions, 1.0)?,
            instructions: instructions.1,
        })
    });
    let decisions: Result<_> = decisions.collect();
    let inserts = TOLD_INSERTS.iter().map(|(operation, what)| {
        Ok(Insert {
            what,
            us: spread(operation, inserts, 1e3)?,
        })
    });
    let inserts: Result<_> = inserts.collect();
    Ok(Report {
        decisions: decisions?,
        inserts: inserts?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_stand_beside_the_instructions_of_the_same_operation() {
        let all = |told: &[(&str, &str)], ns: f64| -> Vec<Timed> {
            let names = told.iter();
            names.map(|(name, _)| ((*name).to_owned(), ns)).collect()
        };
        let counted: Vec<Counted> = (1..)
            .zip(TOLD)
            .map(|(at, (name, _))| (name.to_owned(), 100 * at))
            .collect();
        let decisions = [10.0, 30.0, 20.0].map(|ns| all(&TOLD, ns));
        let inserts = [all(&TOLD_INSERTS, 7_000.0)];
        let told = report(&counted, &decisions, &inserts).expect("all are there");
        let of_600 = &told.decisions[2];
        assert_eq!((of_600.what, of_600.instructions), ("600 networks", 300));
        assert_eq!(of_600.ns.range(0), "10 to 30");
        assert_eq!(told.inserts[0].us.range(0), "7 to 7");
        let error = report(&counted[1..], &decisions, &inserts).expect_err("one is missing");
        assert!(error.to_string().contains("`decision-0`"), "{error}");
    }
}
