//! From the command line to listening POPs, and to their end.

use std::env;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{self, Path};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Error};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::{JoinSet, spawn_blocking};
use tracing::{info, warn};
use url::Url;
use viceroy_lib::config::ShieldingSites;

use crate::args::Args;
use crate::endpoint_log::EndpointLog;
use crate::pop::Pop;
use crate::program::Program;
use crate::purge_api::{self, PurgeApi};
use crate::stop::Stop;
use crate::{config, listener};

/// How long requests may go on after a stop was asked for.
const GRACE: Duration = Duration::from_secs(5);

/// Everything read and checked, nothing compiled and nothing listening yet.
pub(crate) struct Plan {
    args: Args,
    program: Arc<Program>,
}

/// The line on standard output that says all listeners accept.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    ready: bool,
    purge: SocketAddr,
    pops: Vec<ReadyPop<'a>>,
}

#[derive(Debug, Serialize)]
struct ReadyPop<'a> {
    name: &'a str,
    listen: SocketAddr,
}

impl Plan {
    /// Reads what the arguments name, and moves the process into the manifest's folder: Viceroy opens
    /// the files that a manifest names, and those that such a file names in turn, relative to the
    /// working directory.
    ///
    /// # Errors
    ///
    /// A file is missing or a setting unusable.
    pub(crate) fn read(args: Args) -> Result<Self, Error> {
        let wasm = path::absolute(&args.wasm).context("`--wasm` is empty")?;
        let manifest = path::absolute(&args.config).context("`--config` is empty")?;
        let log = EndpointLog::open(args.endpoint_log.as_deref())?;
        let folder = manifest.parent().unwrap_or(Path::new("/"));
        env::set_current_dir(folder)
            .with_context(|| format!("there is no folder `{}` (`--config`)", folder.display()))?;
        let config = config::load(&manifest, &args.overrides)?;
        let program = Arc::new(Program::new(wasm, config, log, args.perf_map)?);
        Ok(Self { args, program })
    }
}

/// Runs the POPs and the purge API until it is time to stop.
///
/// # Errors
///
/// A port is taken, the program does not compile, or a listener fails.
pub(crate) async fn run(plan: Plan) -> Result<(), Error> {
    let Plan { args, program } = plan;
    let stop = Stop::listen(args.stop_when_stdin_closes)?;

    // Ports first: the most frequent mistake shows before the compiler starts.
    let purge_listener = bind(args.purge_listen, "--purge-listen").await?;
    let mut listeners = Vec::new();
    for pop in &args.pops {
        listeners.push(bind(pop.listen, &format!("--pop {}", pop.name)).await?);
    }
    let addresses: Vec<_> = listeners
        .iter()
        .map(TcpListener::local_addr)
        .collect::<Result<_, _>>()?;
    let pops = tokio::select! {
        pops = compile(&args, &program, &addresses) => pops?,
        () = stop.requested() => return Ok(()),
    };

    let ready = Ready {
        ready: true,
        purge: purge_listener.local_addr()?,
        pops: pops
            .iter()
            .zip(&addresses)
            .map(|(pop, &listen)| ReadyPop {
                name: pop.name(),
                listen,
            })
            .collect(),
    };
    let ready = serde_json::to_string(&ready)?;

    let mut servers = JoinSet::new();
    let api = PurgeApi::new(args.service_id, args.purge_token, pops.clone());
    servers.spawn(purge_api::serve(api, purge_listener, stop.clone()));
    for (pop, listener) in pops.into_iter().zip(listeners) {
        servers.spawn(listener::serve(
            pop,
            listener,
            args.viewer_header.clone(),
            stop.clone(),
        ));
    }
    writeln!(io::stdout(), "{ready}")
        .context("cannot write the readiness line to standard output")?;

    tokio::select! {
        // A server ends before it is asked to only when it failed.
        Some(ended) = servers.join_next() => ended??,
        () = stop.requested() => {}
    }
    let rest = async {
        while let Some(ended) = servers.join_next().await {
            ended??;
        }
        Ok::<_, Error>(())
    };
    tokio::time::timeout(GRACE, rest).await.unwrap_or_else(|_| {
        warn!(
            "stopped with requests unanswered after {} s",
            GRACE.as_secs()
        );
        Ok(())
    })
}

/// Compiles one context for each POP, side by side.
async fn compile(
    args: &Args,
    program: &Arc<Program>,
    addresses: &[SocketAddr],
) -> Result<Vec<Arc<Pop>>, Error> {
    let started = Instant::now();
    let mut compiling = Vec::new();
    for pop in &args.pops {
        let (name, program) = (pop.name.clone(), Arc::clone(program));
        let shields = shields(&program, args, addresses, &name)?;
        compiling.push(spawn_blocking(move || Pop::new(name, program, shields)));
    }
    let mut pops = Vec::new();
    for pop in compiling {
        pops.push(Arc::new(pop.await??));
    }
    let duration_ms = started.elapsed().as_millis();
    info!(pops = pops.len(), duration_ms, "compiled");
    Ok(pops)
}

/// The shield POPs as one POP sees them: those of the manifest, and every POP here under its name.
/// Without certificates, so what a program takes for encrypted is not.
fn shields(
    program: &Program,
    args: &Args,
    addresses: &[SocketAddr],
    here: &str,
) -> Result<ShieldingSites, Error> {
    let mut shields = program.shields();
    for (pop, address) in args.pops.iter().zip(addresses) {
        shields = if pop.name == here {
            shields.with_local(here)
        } else {
            let url: Url = format!("http://{address}").parse()?;
            shields.with_remote(&pop.name, url.clone(), url)
        };
    }
    Ok(shields)
}

async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address} (`{flag}`; if the port is in use, choose another, or 0 for a free one)")
    })
}
