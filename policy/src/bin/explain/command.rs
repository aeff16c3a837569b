//! From the command line to what is printed, and the exit status.

mod args;
mod headers;
mod input;
mod rules;
mod viewer;

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use playback_policy::{Compiled, Groups, Verdict, ViewerFacts, explain, where_it_plays};
use serde::Serialize;

use args::Args;
use input::{Input, Wrong};
use viewer::Asked;

/// What there is to print, and what it comes to.
struct Told {
    text: String,
    verdict: Verdict,
}

pub(crate) fn main() -> ExitCode {
    let told = match tell(&Args::parse()) {
        Ok(told) => told,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            return ExitCode::from(2);
        }
    };
    match io::stdout().write_all(told.text.as_bytes()) {
        // Whoever reads only the first lines has heard enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write to standard output: {error}");
            ExitCode::from(2)
        }
        Ok(()) | Err(_) => match told.verdict {
            Verdict::Allow => ExitCode::SUCCESS,
            Verdict::Deny => ExitCode::from(1),
        },
    }
}

fn tell(args: &Args) -> Result<Told, Wrong> {
    let mut input = Input::default();
    let entry = rules::read(args, &mut input)?.compile();
    let compiled = Compiled::read(&entry).map_err(|error| Wrong::new("the rules", error))?;
    let asked = Asked::read(args, &mut input)?;
    let Some(others) = viewer::others(args, &mut input, &asked.viewer)? else {
        let explained = explain(&compiled, &asked.viewer);
        return Ok(Told {
            verdict: explained.verdict,
            text: match args.json {
                true => json(&explained)?,
                false => with_assumed(explained.to_string(), &asked.assumed),
            },
        });
    };
    let played = where_it_plays(&compiled, &asked.viewer, others)
        .map_err(|error| Wrong::new("the viewers", error))?;
    let is_allowed = played.iter().any(|one| one.verdict == Verdict::Allow);
    Ok(Told {
        verdict: match is_allowed {
            true => Verdict::Allow,
            false => Verdict::Deny,
        },
        text: match args.json {
            true => json(&played)?,
            false => with_assumed(Groups::of(&played).to_string(), &asked.assumed),
        },
    })
}

fn json(told: &impl Serialize) -> Result<String, Wrong> {
    let text = serde_json::to_string_pretty(told);
    text.map(|text| text + "\n")
        .map_err(|error| Wrong::new("the answer", error))
}

/// What was made up about the viewer is told, so that nobody takes it for a fact.
fn with_assumed(mut text: String, assumed: &ViewerFacts) -> String {
    if !assumed.is_empty() {
        // Writing to a text never fails.
        writeln!(text, "\nNot told of the viewer, and assumed: {assumed}").ok();
    }
    text
}
