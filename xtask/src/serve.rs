//! `cargo xtask serve`: the whole local world, on loopback, with the demo catalog.

mod catalog;
mod fastly_toml;
mod file;
mod guide;
mod parts;
mod ports;
mod prepare;
mod start;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::children::{Interrupt, Running};
use crate::say;
use crate::wasm_toolchain::WasmChoice;
use crate::workspace::Workspace;
use file::{Pop, ServeFile};
use ports::{Addresses, WantedPorts};
use prepare::{Demo, Prepared};
use start::World;

pub(crate) use parts::Parts;

/// What the local origin and the local purge API ask their callers for. Neither is a secret.
const CMS_TOKEN: &str = "local-cms-token";
const PURGE_TOKEN: &str = "local-purge-token";

const VIEWER_HEADER: &str = "Local-Viewer";

/// Names in the manner of Fastly's, for as many POPs as one machine may want.
const POP_NAMES: [&str; 8] = ["fra", "iad", "nrt", "gru", "syd", "jnb", "lax", "bom"];

const FILE: &str = "serve.json";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Put the POPs in front of this origin instead of the local one
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// What the edge shows to that origin as its proof
    #[arg(long, value_name = "SECRET", requires = "origin")]
    origin_secret: Option<String>,
    /// How many POPs, each with a cache of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    pops: u8,
    /// Let the first POP be the shield: it alone asks the origin, and the others ask it
    #[arg(long)]
    shield: bool,
    #[command(flatten)]
    ports: WantedPorts,
    /// Print what serve.json holds instead of the tour
    #[arg(long)]
    json: bool,
    /// Where the Rust standard library for Wasm comes from
    #[arg(long, value_enum, default_value_t = WasmChoice::Auto)]
    wasm_toolchain: WasmChoice,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let folder = workspace.target("serve");
    let _only_one = lock(workspace, &folder)?;
    let other_origin = arguments.origin.as_deref().map(checked_url).transpose()?;
    if let Some(url) = &other_origin {
        start::warn_of_silence(url);
    }
    let demo = Demo::read(workspace)?;
    let world = build(workspace, arguments, &demo, folder, other_origin)?;

    let interrupt = Interrupt::catch()?;
    let mut running = Vec::new();
    let outcome = world
        .start(&interrupt, &mut running)
        .and_then(|()| announce(&world, &demo, arguments))
        .and_then(|()| watch(&mut running, &interrupt));
    say::step("Stopping");
    // It may not have been written yet.
    drop(fs::remove_file(workspace.target(FILE)));
    // The POPs first: they were started last, and nothing asks them.
    for program in running.into_iter().rev() {
        program.stop()?;
    }
    outcome
}

/// Builds and loads everything that is then started.
fn build<'a>(
    workspace: &'a Workspace,
    arguments: &Arguments,
    demo: &Demo,
    folder: PathBuf,
    other_origin: Option<String>,
) -> Result<World<'a>> {
    // Tried now, to say so before the long builds, and again when they are over.
    claim(arguments)?;
    let prepared = Prepared::make(workspace, arguments.wasm_toolchain, folder)?;
    let addresses = claim(arguments)?;
    if other_origin.is_none() {
        prepared.load_demo(workspace, &addresses.media_url())?;
    }
    Ok(World {
        workspace,
        file: describe(workspace, &prepared, demo, &addresses, other_origin)?,
        edge_proof: match &arguments.origin_secret {
            Some(secret) => secret.clone(),
            None => prepared.manifest.edge_proof()?.to_owned(),
        },
        prepared,
        addresses,
        has_shield: arguments.shield,
    })
}

/// Two at a time would share one database and overwrite each other's serve.json. The system releases
/// the lock with the process, however that ends.
fn lock(workspace: &Workspace, folder: &Path) -> Result<File> {
    fs::create_dir_all(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
    let file = File::create(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "`cargo xtask serve` is already running, or just being built; its addresses are in {}. \
             Stop it with Ctrl-C in its terminal",
            workspace.shown(&workspace.target(FILE)),
        ),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the folder of `serve`"),
    }
}

fn checked_url(url: &str) -> Result<String> {
    let host = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.starts_with('/') => {
            Ok(url.trim_end_matches('/').to_owned())
        }
        _ => bail!(
            "`--origin {url}` is not a URL such as http://127.0.0.1:7700 or https://origin.example.com"
        ),
    }
}

fn claim(arguments: &Arguments) -> Result<Addresses> {
    Addresses::claim(arguments.ports, usize::from(arguments.pops))
}

/// What programs are told, known before anything runs.
fn describe(
    workspace: &Workspace,
    prepared: &Prepared,
    demo: &Demo,
    addresses: &Addresses,
    other_origin: Option<String>,
) -> Result<ServeFile> {
    let pops = POP_NAMES.iter().zip(&addresses.pops);
    let pops = pops.map(|(name, address)| Pop {
        name: (*name).to_owned(),
        url: format!("http://{address}"),
    });
    let pops: Vec<Pop> = pops.collect();
    Ok(ServeFile {
        edge: pops.iter().map(|pop| pop.url.clone()).collect(),
        pops,
        purge_api: format!("http://{}", addresses.purge_api),
        cms_token: other_origin.is_none().then(|| CMS_TOKEN.to_owned()),
        origin: other_origin.unwrap_or_else(|| format!("http://{}", addresses.origin)),
        service_id: prepared.manifest.service_id().to_owned(),
        purge_token: PURGE_TOKEN.to_owned(),
        viewer_header: VIEWER_HEADER.to_owned(),
        accounts: prepared.mint_keys(workspace, &demo.catalog)?,
        videos: demo.catalog.by_kind(),
        playlists: demo.catalog.playlists(),
        viewers: demo.viewers.clone(),
    })
}

/// Writes serve.json and tells the person; from now on everything answers.
fn announce(world: &World<'_>, demo: &Demo, arguments: &Arguments) -> Result<()> {
    let folder = &world.prepared.folder;
    let file = world.workspace.target(FILE);
    let json = serde_json::to_string_pretty(&world.file)?;
    // Whole or not at all: a program may be waiting for the file to appear.
    let unfinished = folder.join(FILE);
    fs::write(&unfinished, &json)
        .and_then(|()| fs::rename(&unfinished, &file))
        .with_context(|| format!("cannot write {}", file.display()))?;
    if arguments.json {
        println!("{json}");
    } else {
        let (file, logs) = (world.workspace.shown(&file), world.workspace.shown(folder));
        println!("{}", guide::text(&world.file, &demo.catalog, &file, &logs));
    }
    Ok(())
}

/// Waits for Ctrl-C, and looks after the programs meanwhile.
///
/// # Errors
///
/// When one of them has ended by itself.
fn watch(running: &mut [Running], interrupt: &Interrupt) -> Result<()> {
    while !interrupt.within(Duration::from_millis(250)) {
        for program in running.iter_mut() {
            let ended = program.check();
            // A terminal sends Ctrl-C to all of us: the program may have been the first to obey.
            if ended.is_err() && !interrupt.within(Duration::from_millis(250)) {
                return ended;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_a_url_with_a_host() {
        assert_eq!(
            checked_url("http://127.0.0.1:7700/").expect("a URL"),
            "http://127.0.0.1:7700"
        );
        for wrong in [
            "127.0.0.1:7700",
            "ftp://example.com",
            "http://",
            "http:///path",
        ] {
            assert!(checked_url(wrong).is_err(), "{wrong}");
        }
    }
}
