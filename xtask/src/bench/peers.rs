//! The same answers by others: Varnish with VCL, nginx with njs and workerd with a Worker, beside ours.
//!
//! All stand in front of one origin and read the same rules from the headers of its answers. First all must
//! answer alike; only then they are measured, in turns, each turn by a server that was just started. Only
//! one runs at a time: an idle POP spends CPU as well.

mod answer;
mod catalog;
mod contender;
mod install;
mod questions;
mod stage;
mod table;
mod turn;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::workspace::Workspace;
use crate::{apt, say};
use contender::Contender;
use install::Version;
use stage::Stage;
use table::{Divided, Row, Verdicts};

/// One row for each contender and kind of request.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    connections: u16,
    rows: Vec<Row>,
    #[serde(flatten)]
    verdicts: Verdicts,
    ours: Vec<Divided>,
    /// How many requests all answered alike.
    answered_alike: usize,
    /// Who was measured, to the last digit.
    versions: Vec<Version>,
    /// Who is not installed.
    skipped: Vec<&'static str>,
}

/// Who is measured, of whom is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Skip,
    Fail,
    Install,
}

/// `None` where no peer is here to be measured.
pub(super) fn measure(
    workspace: &Workspace,
    missing: Missing,
    rounds: u8,
    seconds: u16,
) -> Result<Option<Report>> {
    if missing == Missing::Install {
        install::install(workspace)?;
    }
    let (here, absent): (Vec<_>, Vec<_>) = Contender::ALL
        .into_iter()
        .partition(|contender| contender.is_here(workspace));
    let skipped: Vec<&str> = absent.iter().map(|contender| contender.name()).collect();
    if !skipped.is_empty() {
        let sentence = format!(
            "not installed: {}; `cargo xtask bench --only peers --install` gets them \
             (apt: {}; npm: workerd {}, below the target folder)",
            skipped.join(", "),
            install::PACKAGES.join(" "),
            install::WORKERD,
        );
        match missing {
            Missing::Fail => bail!("{sentence}"),
            Missing::Skip | Missing::Install => say::detail(&sentence),
        }
    }
    if !here.iter().any(|contender| contender.is_peer()) {
        return Ok(None);
    }
    apt::install(&["wrk"])?;
    let stage = Stage::set(workspace)?;
    say::step("Asking all of them the same");
    let answered_alike = stage.compare(&here)?;
    let mut turns = Vec::new();
    for round in 1..=rounds {
        say::step(&format!("Peers, round {round} of {rounds}"));
        for contender in &here {
            turns.push((*contender, turn::take(&stage, *contender, seconds)?));
        }
    }
    let rows = table::rows(&turns);
    Ok(Some(Report {
        connections: turn::CONNECTIONS,
        ours: table::divided(&rows),
        verdicts: Verdicts::of(&rows),
        rows,
        answered_alike,
        versions: install::versions(workspace),
        skipped,
    }))
}
