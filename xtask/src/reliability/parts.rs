//! The tests that are run, one after another, and how much each does.

use std::fs;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Arguments;
use crate::end_to_end::Built;
use crate::process;
use crate::workspace::Workspace;

/// Some tests with one purpose.
pub(super) struct Part {
    /// Its figures' name in the templates.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// What the tests' names begin with.
    tests: &'static str,
    /// Nothing where the tests do what they do.
    amount: Option<Amount>,
}

/// How much is done.
struct Amount {
    /// The end of the variable that says so.
    variable: &'static str,
    of: fn(&Arguments) -> u64,
}

/// These measure nothing.
pub(super) const FOUND_OUT: Part = Part {
    name: "found-out",
    about: "",
    tests: "reliability::broken::",
    amount: None,
};

pub(super) const PARTS: [Part; 8] = [
    Part {
        name: "staleness",
        about: "Writing, reading, and letting everything fail",
        tests: "reliability::staleness::",
        amount: Some(Amount {
            variable: "READS",
            of: |arguments| arguments.reads,
        }),
    },
    Part {
        name: "herd",
        about: "Sending everybody at once",
        tests: "reliability::herd::",
        amount: Some(Amount {
            variable: "VIEWERS",
            of: |arguments| arguments.viewers,
        }),
    },
    Part {
        name: "effect",
        about: "Timing edits until they are in effect everywhere",
        tests: "reliability::effect::",
        amount: Some(Amount {
            variable: "EDITS",
            of: |arguments| arguments.edits,
        }),
    },
    Part {
        name: "feed",
        about: "Cutting off a reader of the change feed",
        tests: "reliability::feed::",
        amount: Some(Amount {
            variable: "RECONNECTS",
            of: |arguments| arguments.reconnects,
        }),
    },
    Part {
        name: "restore",
        about: "Going back to a moment while viewers watch",
        tests: "reliability::restored::",
        amount: Some(Amount {
            variable: "RESTORES",
            of: |arguments| arguments.restores,
        }),
    },
    Part {
        name: "soak",
        about: "Letting everything go on at once, for long",
        tests: "reliability::soak::",
        amount: Some(Amount {
            variable: "SOAK_SECONDS",
            of: |arguments| arguments.soak_minutes * 60,
        }),
    },
    Part {
        name: "outage",
        about: "Letting one thing after another fail while viewers ask",
        tests: "reliability::outage::",
        amount: Some(Amount {
            variable: "FAULT_SECONDS",
            of: |arguments| arguments.fault_seconds,
        }),
    },
    Part {
        name: "rolling",
        about: "Replacing POPs while viewers ask",
        tests: "reliability::rolling::",
        amount: Some(Amount {
            variable: "ROUNDS",
            of: |arguments| arguments.rounds,
        }),
    },
];

impl Part {
    /// Whether nothing of it is to be done.
    pub(super) fn is_left_out(&self, arguments: &Arguments) -> bool {
        let amount = self.amount.as_ref();
        amount.is_some_and(|amount| (amount.of)(arguments) == 0)
    }
}

/// What can be run by itself.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().chain([&FOUND_OUT]).map(|part| part.name)
}

/// Runs the part; answers whether it succeeded, and the figures if it got as far as that.
pub(super) fn measure(
    workspace: &Workspace,
    arguments: &Arguments,
    built: &[Built],
    part: &Part,
) -> Result<(Result<()>, Option<Value>)> {
    let summary = workspace.target(&format!("reliability-{}.json", part.name));
    // Of an earlier run; it may not be there.
    let _ = fs::remove_file(&summary);
    let outcome = run(workspace, arguments, built, part);
    let Ok(text) = fs::read_to_string(&summary) else {
        return Ok((outcome, None));
    };
    let figures = serde_json::from_str(&text)
        .with_context(|| format!("{} is not as expected", summary.display()))?;
    Ok((outcome, Some(figures)))
}

/// Runs the part. How it goes is told on stderr.
pub(super) fn run(
    workspace: &Workspace,
    arguments: &Arguments,
    built: &[Built],
    part: &Part,
) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--package", "playback-tests", "--test", "it"])
        .args([part.tests, "--", "--nocapture"])
        .envs(built.iter().map(|(variable, program)| (variable, program)));
    if let Some(Amount { variable, of }) = &part.amount {
        let amount = of(arguments).to_string();
        let summary = workspace.target(&format!("reliability-{}.json", part.name));
        cargo
            .env(format!("PLAYBACK_RELIABILITY_{variable}"), amount)
            .env("PLAYBACK_RELIABILITY_SUMMARY", summary);
    }
    if let Some(seed) = arguments.seed {
        cargo.env("PLAYBACK_RELIABILITY_SEED", seed.to_string());
    }
    if arguments.json {
        cargo.stdout(Stdio::null());
    }
    process::run(&mut cargo)
}
