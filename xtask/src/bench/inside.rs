//! Single operations in Wasm, in a loop inside a sandbox of a local POP, beside the same natively.

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use super::pop::{self, Pop, Setup};
use super::spread::Spread;
use super::timed::{self, Group};
use crate::children::Interrupt;
use crate::workspace::Workspace;
use crate::{native, say};

#[derive(Debug, Serialize)]
pub(super) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Row {
    what: String,
    wasm_ns: Spread,
    native_ns: Spread,
    /// How many times the native time of the same round.
    of_native: Spread,
}

/// An operation's time in Wasm and natively, one after the other.
#[derive(Debug, Clone)]
struct Pair {
    operation: String,
    wasm_ns: f64,
    native_ns: f64,
}

const PACKAGE: &str = "bench-inside";

pub(super) fn measure(workspace: &Workspace, rounds: u8) -> Result<Report> {
    timed::build(workspace)?;
    native::local_pop(workspace)?;
    let setup = Setup {
        name: PACKAGE,
        wasm: &pop::built(workspace, PACKAGE)?,
        origin: None,
        tells_memory: false,
    };
    let pop = Pop::start(workspace, setup, &Interrupt::catch()?)?;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut pairs = Vec::new();
    for round in 1..=rounds {
        say::detail(&format!("round {round} of {rounds}"));
        for (operation, native_ns) in timed::once(workspace, Group::Operations)? {
            let wasm_ns = ask(&agent, &pop, &operation)?;
            pairs.push(Pair {
                operation,
                wasm_ns,
                native_ns,
            });
        }
    }
    Ok(Report {
        rows: rows(&pairs)?,
    })
}

fn ask(agent: &ureq::Agent, pop: &Pop, operation: &str) -> Result<f64> {
    let answer = agent.get(format!("{}/{operation}", pop.url())).call();
    let mut answer = answer.with_context(|| format!("{operation}: no answer"))?;
    let (status, text) = (answer.status(), answer.body_mut().read_to_string()?);
    ensure!(status == 200, "{operation}: answered {status}: {text}");
    text.parse()
        .with_context(|| format!("{operation}: answered no number: {text}"))
}

/// In the order of the first round.
fn rows(pairs: &[Pair]) -> Result<Vec<Row>> {
    let mut names: Vec<&str> = Vec::new();
    for pair in pairs {
        if !names.contains(&pair.operation.as_str()) {
            names.push(&pair.operation);
        }
    }
    let rows = names.into_iter().map(|name| {
        let spread = |figure: fn(&Pair) -> f64| {
            let own = pairs.iter().filter(|pair| pair.operation == name);
            Spread::of(&own.map(figure).collect::<Vec<_>>()).context("there was a round")
        };
        Ok(Row {
            what: name.to_owned(),
            wasm_ns: spread(|pair| pair.wasm_ns)?,
            native_ns: spread(|pair| pair.native_ns)?,
            of_native: spread(|pair| pair.wasm_ns / pair.native_ns)?,
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_is_held_against_the_native_time_of_its_own_round() {
        let pair = |operation: &str, wasm_ns, native_ns| Pair {
            operation: operation.to_owned(),
            wasm_ns,
            native_ns,
        };
        let rows = rows(&[
            pair("read", 20.0, 10.0),
            pair("decide", 9.0, 3.0),
            pair("read", 60.0, 20.0),
        ]);
        let rows = rows.expect("both were timed");
        let names: Vec<&str> = rows.iter().map(|row| row.what.as_str()).collect();
        assert_eq!(names, ["read", "decide"]);
        assert_eq!(rows[0].of_native.range(1), "2.0 to 3.0");
        assert_eq!(rows[0].wasm_ns.range(0), "20 to 60");
    }
}
