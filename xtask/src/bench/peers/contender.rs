//! Who is measured, and how each is started.

mod nginx;
mod varnish;
mod workerd;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::install;
use super::stage::Stage;
use crate::bench::pop::{self, Pop, Setup};
use crate::children::Running;
use crate::workspace::Workspace;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contender {
    /// A POP around a program that answers the same to everybody: what the POP takes alone.
    Floor,
    /// The real Wasm in a local POP.
    Ours,
    Varnish,
    Nginx,
    Workerd,
}

/// A server that answers; it ends with this value.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) url: String,
    running: Option<Running>,
}

/// The program that answers the same to everybody.
const FLOOR: &str = "bench-constant";

const START_LIMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

// === impl Contender ===

impl Contender {
    pub(super) const ALL: [Self; 5] = [
        Self::Floor,
        Self::Ours,
        Self::Varnish,
        Self::Nginx,
        Self::Workerd,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Floor => "a local POP alone",
            Self::Ours => "ours, local POP",
            Self::Varnish => "Varnish, VCL",
            Self::Nginx => "nginx, njs",
            Self::Workerd => "workerd, Worker",
        }
    }

    pub(super) fn is_here(self, workspace: &Workspace) -> bool {
        match self {
            Self::Floor | Self::Ours => true,
            Self::Varnish => Path::new(varnish::PROGRAM).exists(),
            Self::Nginx => [nginx::PROGRAM, nginx::NJS]
                .iter()
                .all(|file| Path::new(file).exists()),
            Self::Workerd => install::workerd(workspace).is_some_and(|program| program.exists()),
        }
    }

    /// Whether it decides anything, and so can be compared.
    pub(super) fn decides(self) -> bool {
        self != Self::Floor
    }

    /// Whether it is somebody else's.
    pub(super) fn is_peer(self) -> bool {
        !matches!(self, Self::Floor | Self::Ours)
    }

    /// Starts it afresh, with an empty cache, and waits until it listens.
    pub(super) fn start(self, stage: &Stage<'_>) -> Result<Server> {
        let (url, running) = match self {
            Self::Floor => {
                let setup = Setup {
                    name: FLOOR,
                    wasm: &pop::built(stage.workspace, FLOOR)?,
                    origin: None,
                    tells_memory: false,
                };
                Pop::start(stage.workspace, setup, &stage.interrupt)?.into_parts()
            }
            Self::Ours => {
                let mut running = stage.parts.start_pop()?;
                running.ready(&stage.interrupt)?;
                (stage.parts.pop()?.to_owned(), Some(running))
            }
            Self::Varnish => start_peer(stage, "varnish", varnish::prepare)?,
            Self::Nginx => start_peer(stage, "nginx", nginx::prepare)?,
            Self::Workerd => start_peer(stage, "workerd", workerd::prepare)?,
        };
        Ok(Server { url, running })
    }
}

/// Writes into a folder what the peer is told, and answers with how it is called.
type Prepare = fn(&Stage<'_>, &Path, SocketAddr) -> Result<Command>;

/// `name` is its folder in `bench/peers`, too.
fn start_peer(
    stage: &Stage<'_>,
    name: &'static str,
    prepare: Prepare,
) -> Result<(String, Option<Running>)> {
    let folder = stage.empty_folder(name)?;
    let committed = stage.workspace.file("bench/peers");
    copy_files(&committed.join(name), &folder)?;
    // Of both that run JavaScript.
    copy_files(&committed, &folder)?;
    let listen = free_address()?;
    let program = prepare(stage, &folder, listen)?;
    let mut running = Running::start_tethered(name, &program, &folder)?;
    listens(&mut running, listen, stage)?;
    Ok((format!("http://{listen}"), Some(running)))
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

fn listens(running: &mut Running, address: SocketAddr, stage: &Stage<'_>) -> Result<()> {
    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        running.check()?;
        stage.check()?;
        if started.elapsed() > START_LIMIT {
            bail!(
                "nothing listens on {address} after {} s",
                START_LIMIT.as_secs()
            );
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// Writes what a peer is told beside its committed files.
fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// The origin without its scheme, as all of them want it.
fn origin_host(stage: &Stage<'_>) -> Result<SocketAddr> {
    let origin = stage.parts.origin();
    let host = origin.strip_prefix("http://").unwrap_or(origin);
    host.parse().context("the origin is an address and a port")
}

fn authorization(stage: &Stage<'_>) -> String {
    format!("Bearer {}", stage.parts.edge_proof())
}

// === impl Server ===

impl Server {
    /// The number of its first process.
    pub(super) fn id(&self) -> Option<u32> {
        self.running.as_ref().map(Running::id)
    }

    pub(super) fn stop(mut self) -> Result<()> {
        self.running.take().map_or(Ok(()), Running::stop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Something else has failed already.
        let _ = self.running.take().map(Running::stop);
    }
}
