//! Starting the origin and the POPs, and waiting until they answer.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::file::ServeFile;
use super::ports::Addresses;
use super::prepare::{self, Prepared};
use super::{CMS_TOKEN, PURGE_TOKEN, VIEWER_HEADER};
use crate::children::{Interrupt, Running};
use crate::workspace::Workspace;
use crate::{native, say};

/// Once a program says that it listens, its first answer is a matter of milliseconds.
const HEALTHY_LIMIT: Duration = Duration::from_secs(15);

/// What is started, where, and with which words to each other.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) prepared: Prepared,
    pub(super) addresses: Addresses,
    /// Whether the first POP is the shield.
    pub(super) has_shield: bool,
    pub(super) file: ServeFile,
    /// What the edge shows to the origin, ours or another.
    pub(super) edge_proof: String,
}

// === impl World ===

impl World<'_> {
    /// Starts everything in turn. What runs already is in `running` even when the rest fails.
    pub(super) fn start(&self, interrupt: &Interrupt, running: &mut Vec<Running>) -> Result<()> {
        // The CMS of somebody else's origin is not ours to open.
        let is_ours = self.file.cms_token.is_some();
        if is_ours {
            say::step("Starting the origin");
            running.push(self.start_origin()?);
            ready(running, interrupt)?;
            healthy(&self.file.origin, interrupt)?;
        }
        say::step("Starting the POPs");
        running.push(self.start_pops()?);
        ready(running, interrupt)?;
        self.file
            .edge
            .iter()
            .try_for_each(|url| healthy(url, interrupt))
    }

    /// The origin alone, started and not yet answering.
    pub(super) fn start_origin(&self) -> Result<Running> {
        let manifest = &self.prepared.manifest;
        let mut origin = native::program(&self.prepared.origin_stub, self.workspace);
        origin
            .arg("serve")
            .arg("--database")
            .arg(self.prepared.database());
        for key in manifest.signing_keys() {
            origin.args(["--signing-key", &prepare::flag(&key)]);
        }
        origin.arg("--media").arg(self.workspace.file("demo/media"));
        for key in manifest.url_keys() {
            origin.args(["--url-signing-key", &prepare::flag(&key)]);
        }
        for (option, value) in [
            ("--listen", self.addresses.origin.to_string().as_str()),
            ("--edge-proof", &self.edge_proof),
            ("--cms-token", CMS_TOKEN),
            ("--purge-url", &self.file.purge_api),
            ("--purge-token", PURGE_TOKEN),
            ("--service-id", manifest.service_id()),
            ("--fill-deadline-ms", manifest.fill_deadline_ms()?),
            // Purges that are still open then concern caches that end with it.
            ("--stop-timeout-ms", "1000"),
            ("--cache-tiers", if self.has_shield { "2" } else { "1" }),
        ] {
            origin.args([option, value]);
        }
        Running::start("origin-stub", &mut origin, &self.prepared.folder)
    }

    /// The POPs alone, started and not yet answering.
    pub(super) fn start_pops(&self) -> Result<Running> {
        let manifest = &self.prepared.manifest;
        let mut pops = native::program(&self.prepared.local_pop, self.workspace);
        pops.arg("--wasm").arg(&self.prepared.wasm);
        pops.arg("--config").arg(self.workspace.file("fastly.toml"));
        for change in manifest.in_front_of(&self.file.origin, &self.edge_proof) {
            pops.args(["--set", &change]);
        }
        if let Some(shield) = self.file.pops.first().filter(|_| self.has_shield) {
            let item = "local_server.config_stores.playback-config.contents.shield";
            pops.args(["--set", &format!("{item}={:?}", shield.name)]);
        }
        for (pop, address) in self.file.pops.iter().zip(&self.addresses.pops) {
            pops.args(["--pop", &format!("{}={address}", pop.name)]);
        }
        for (option, value) in [
            (
                "--purge-listen",
                self.addresses.purge_api.to_string().as_str(),
            ),
            ("--service-id", manifest.service_id()),
            ("--purge-token", PURGE_TOKEN),
            ("--viewer-header", VIEWER_HEADER),
        ] {
            pops.args([option, value]);
        }
        pops.arg("--endpoint-log")
            .arg(self.prepared.folder.join("playback-log.log"));
        Running::start("local-pop", &mut pops, &self.prepared.folder)
    }
}

/// Waits for the program that was started last.
fn ready(running: &mut [Running], interrupt: &Interrupt) -> Result<()> {
    running
        .last_mut()
        .map_or(Ok(()), |program| program.ready(interrupt).map(drop))
}

/// Waits until `/healthz` answers 200.
fn healthy(url: &str, interrupt: &Interrupt) -> Result<()> {
    let started = Instant::now();
    let client = client();
    loop {
        let Err(error) = client.get(format!("{url}/healthz")).call() else {
            return Ok(());
        };
        if started.elapsed() > HEALTHY_LIMIT {
            bail!("{url}/healthz does not answer 200: {error}");
        }
        if interrupt.within(Duration::from_millis(100)) {
            bail!("interrupted");
        }
    }
}

/// Tells that nothing answers at another origin. It may start later than we do, so that is no error.
pub(super) fn warn_of_silence(origin: &str) {
    // Our client speaks no TLS; the POP does.
    if !origin.starts_with("http://") {
        return;
    }
    match client().get(origin).call() {
        Ok(_) | Err(ureq::Error::StatusCode(_)) => {}
        Err(error) => say::detail(&format!(
            "warning: nothing answers at {origin} yet ({error})"
        )),
    }
}

fn client() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .build()
        .into()
}
