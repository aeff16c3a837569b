//! Every developer command, started as `cargo xtask <command>`.
//!
//! One file per command. This package starts things and links none of ours, so that it compiles in
//! seconds on a fresh machine and can then say what it is doing while the rest takes its time.

mod apt;
mod bench;
mod build;
mod children;
mod end_to_end;
mod fuzz;
mod mutants;
mod native;
mod npm;
mod oracle;
mod page;
mod process;
mod reliability;
mod say;
mod serve;
mod test;
mod tidy;
mod tool;
mod wasm_toolchain;
mod workspace;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Every developer command"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure decisions, hits, credentials, starts, sizes, and others beside it, and write docs/performance.md
    Bench(bench::Arguments),
    /// Build the deployable package: bin/main.wasm and pkg/playback-edge.tar.gz
    Build(build::Arguments),
    /// Try the policy crate on inputs that a fuzzer makes up
    Fuzz(fuzz::Arguments),
    /// Put faults into the policy crate and count those its tests notice
    Mutants(mutants::Arguments),
    /// Decide random rules for random viewers, and compare with what Cedar decides
    Oracle(oracle::Arguments),
    /// Put the edge program under load, and draw where its time goes
    Profile(bench::profile::Arguments),
    /// Edit, read and break for long, and write docs/reliability.md from what came of it
    Reliability(reliability::Arguments),
    /// Start edge, origin and purge API on this machine, with the demo catalog
    Serve(serve::Arguments),
    /// Run every check and every test, in order, with one summary
    Test(test::Arguments),
    /// Check what the compiler does not: dependency arrows, file sizes, scenario ids, stray paths
    Tidy,
    /// Let a day of the world pass, and write docs/world.md from what came of it
    World(world::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Workspace::locate().and_then(|workspace| match arguments.command {
        Command::Bench(arguments) => bench::run(&workspace, &arguments),
        Command::Build(arguments) => build::run(&workspace, &arguments),
        Command::Fuzz(arguments) => fuzz::run(&workspace, &arguments),
        Command::Mutants(arguments) => mutants::run(&workspace, &arguments),
        Command::Oracle(arguments) => oracle::run(&workspace, &arguments),
        Command::Profile(arguments) => bench::profile::run(&workspace, &arguments),
        Command::Reliability(arguments) => reliability::run(&workspace, &arguments),
        Command::Serve(arguments) => serve::run(&workspace, &arguments),
        Command::Test(arguments) => test::run(&workspace, &arguments),
        Command::Tidy => tidy::run(&workspace),
        Command::World(arguments) => world::run(&workspace, &arguments),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(&error);
            ExitCode::FAILURE
        }
    }
}
