//! What `cargo xtask test` runs, in this order: quick checks first, long builds late.

use std::process::Command;

use anyhow::Result;

use super::{Session, Step, clients, contract, wasm_bindgen};
use crate::wasm_toolchain::WasmTarget;
use crate::{apt, bench, build, native, process, say, tidy};

pub(super) const STEPS: [Step; 16] = [
    Step {
        name: "fmt",
        about: "formatting",
        needs: &[],
        run: fmt,
    },
    Step {
        name: "tidy",
        about: "dependency arrows, file sizes, scenario ids, stray paths",
        needs: &[],
        run: tidy,
    },
    Step {
        name: "demo",
        about: "the demo is what its generator makes",
        needs: &[],
        run: demo,
    },
    Step {
        name: "unit",
        about: "tests of policy, origin-stub, the world model and xtask, and what fuzzing kept",
        needs: &[],
        run: unit,
    },
    Step {
        name: "budgets",
        about: "instructions of decisions, keys, entries and bodies, against their budgets",
        needs: &[],
        run: budgets,
    },
    Step {
        name: "postgres",
        about: "tests of origin-stub on PostgreSQL, and of what only a server can do to it",
        needs: &[],
        run: postgres,
    },
    Step {
        name: "policy-wasm",
        about: "tests of policy and the scenario tables, in Wasm under Node",
        needs: &[],
        run: policy_wasm,
    },
    Step {
        name: "oracle",
        about: "decisions against those of Cedar",
        needs: &[],
        run: oracle,
    },
    Step {
        name: "edge",
        about: "build of the edge program",
        needs: &[],
        run: edge,
    },
    Step {
        name: "native",
        about: "build of origin-stub, local-pop and explain",
        needs: &[],
        run: native_programs,
    },
    Step {
        name: "local-pop",
        about: "tests of local-pop",
        needs: &["native"],
        run: local_pop,
    },
    Step {
        name: "clients",
        about: "installation of Fastly's official clients",
        needs: &[],
        run: official_clients,
    },
    Step {
        name: "end-to-end",
        about: "the real Wasm in local POPs against the real origin",
        needs: &["edge", "native"],
        run: end_to_end,
    },
    Step {
        name: "contract",
        about: "the OpenAPI documents against the running system",
        needs: &["edge", "native"],
        run: contract_tests,
    },
    Step {
        name: "clippy",
        about: "lints of every package, warnings are errors",
        needs: &[],
        run: clippy,
    },
    Step {
        name: "docs",
        about: "documentation, warnings are errors",
        needs: &[],
        run: docs,
    },
];

fn fmt(session: &mut Session<'_>) -> Result<()> {
    process::run(session.workspace.cargo().args(["fmt", "--all", "--check"]))
}

fn tidy(session: &mut Session<'_>) -> Result<()> {
    tidy::run(session.workspace)
}

fn demo(session: &mut Session<'_>) -> Result<()> {
    let mut python = Command::new("python3");
    process::run(
        python
            .current_dir(session.workspace.root())
            .args(["demo/generate.py", "--check"]),
    )
}

/// Package by package: cargo unites the features of what it builds together, and what `native` needs
/// would then be compiled twice.
fn unit(session: &mut Session<'_>) -> Result<()> {
    // All of them, also after one has failed.
    let packages = [
        "playback-policy",
        "playback-fuzz",
        "playback-world",
        "origin-stub",
        "xtask",
    ];
    let outcomes = packages.map(|package| {
        let mut cargo = session.workspace.cargo();
        // They need a server, which the step `postgres` installs.
        let skipped: &[&str] = match package {
            "origin-stub" => &["postgres::"],
            _ => &[],
        };
        session.tests_without(cargo.args(["test", "--package", package]), skipped)
    });
    outcomes.into_iter().collect()
}

fn budgets(session: &mut Session<'_>) -> Result<()> {
    bench::instructions::check(session.workspace)
}

/// The same tests as in `unit`, but for those of SQLite's files.
fn postgres(session: &mut Session<'_>) -> Result<()> {
    apt::install(&["postgresql"])?;
    let mut cargo = session.workspace.cargo();
    cargo
        .args(["test", "--package", "origin-stub", "--test", "origin"])
        .env("ORIGIN_TEST_DATABASE", "postgres");
    session.tests_without(&mut cargo, &["backup::", "migration::", "of_sqlite::"])
}

fn policy_wasm(session: &mut Session<'_>) -> Result<()> {
    let toolchain = session.wasm(WasmTarget::Unknown)?;
    let runner = wasm_bindgen::runner(session.workspace)?;
    let mut cargo = toolchain.cargo(session.workspace, "test");
    // Documentation tests are programs of their own, which the runner does not know.
    cargo.args([
        "--package",
        "playback-policy",
        "--lib",
        "--test",
        "scenarios",
    ]);
    session.tests(cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner))
}

fn edge(session: &mut Session<'_>) -> Result<()> {
    let toolchain = session.wasm(WasmTarget::Wasip1)?;
    let wasm = build::edge(session.workspace, &toolchain)?;
    session.built.insert("PLAYBACK_WASM", wasm);
    let editions = build::editions(session.workspace, &toolchain)?;
    session.built.insert("PLAYBACK_EDITIONS_WASM", editions);
    Ok(())
}

fn native_programs(session: &mut Session<'_>) -> Result<()> {
    session
        .built
        .insert("ORIGIN_STUB_BIN", native::origin_stub(session.workspace)?);
    session
        .built
        .insert("LOCAL_POP_BIN", native::local_pop(session.workspace)?);
    session
        .built
        .insert("EXPLAIN_BIN", native::explain(session.workspace)?);
    Ok(())
}

fn local_pop(session: &mut Session<'_>) -> Result<()> {
    session.tests(
        session
            .workspace
            .cargo()
            .args(["test", "--package", "local-pop"]),
    )
}

fn oracle(session: &mut Session<'_>) -> Result<()> {
    let mut cargo = session.workspace.cargo();
    session.tests(cargo.args(["test", "--package", "playback-tests", "--test", "oracle"]))
}

fn official_clients(session: &mut Session<'_>) -> Result<()> {
    let clients = clients::install(session.workspace)?;
    session.built.insert("FASTLY_CLIENTS_DIR", clients.folder);
    session.built.insert("FASTLY_CLI_BIN", clients.cli);
    Ok(())
}

fn end_to_end(session: &mut Session<'_>) -> Result<()> {
    // The README's tour is pasted as it stands, and it asks by `curl`; what plays is decoded.
    for (program, package) in [("curl", "curl"), ("ffprobe", "ffmpeg")] {
        if !process::exists(program) {
            apt::install(&[package])?;
        }
    }
    let mut cargo = session.workspace.cargo();
    cargo
        .args(["test", "--package", "playback-tests", "--test", "it"])
        .envs(&session.built);
    session.tests(&mut cargo)
}

fn contract_tests(session: &mut Session<'_>) -> Result<()> {
    let mut command = contract::command(session.workspace, &session.built)?;
    session.counted(&mut command)
}

/// Package by package where features matter: see `native`.
fn clippy(session: &mut Session<'_>) -> Result<()> {
    let packages: [&[&str]; 4] = [
        &[],
        &["--package", "local-pop"],
        &["--package", "playback-tests", "--package", "playback-bench"],
        &["--package", "playback-world"],
    ];
    for packages in packages {
        let mut cargo = session.workspace.cargo();
        process::run(
            cargo
                .args(["clippy", "--all-targets"])
                .args(packages)
                .args(["--", "--deny", "warnings"]),
        )?;
    }
    let mut edge = edge_checks(session, "clippy")?;
    process::run(edge.args(["--package", build::EDGE, "--", "--deny", "warnings"]))
}

fn docs(session: &mut Session<'_>) -> Result<()> {
    let packages: [&[&str]; 3] = [
        &[],
        &["--package", "local-pop"],
        &["--package", "playback-world"],
    ];
    for packages in packages {
        let mut cargo = session.workspace.cargo();
        cargo.args(["doc", "--no-deps"]).args(packages);
        process::run(cargo.env("RUSTDOCFLAGS", "--deny warnings"))?;
    }
    let mut edge = edge_checks(session, "doc")?;
    edge.args(["--no-deps", "--package", build::EDGE]);
    process::run(edge.env("RUSTDOCFLAGS", "--deny warnings"))
}

/// A check of the edge program without linking it: for its own target where that is possible, else
/// for this machine, where it compiles too.
fn edge_checks(session: &mut Session<'_>, subcommand: &str) -> Result<Command> {
    let toolchain = session.wasm(WasmTarget::Wasip1)?;
    if toolchain.is_at_hand() {
        return Ok(toolchain.cargo(session.workspace, subcommand));
    }
    say::detail(&format!(
        "{subcommand} of the edge program is for this machine: Debian's compiler has no {subcommand}"
    ));
    let mut cargo = session.workspace.cargo();
    cargo.arg(subcommand);
    Ok(cargo)
}
