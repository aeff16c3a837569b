//! Samples of a running process, by `perf`.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

use crate::process;

/// Samples a second: often enough to tell microseconds over some thousand requests, and no multiple of
/// anything that happens regularly.
const FREQUENCY: &str = "1999";

/// `perf` at work.
pub(super) struct Recording(Child);

impl Recording {
    /// Begins; `samples` is the file for what `perf` sees. `besides` is what else it is to record.
    pub(super) fn begin(id: u32, samples: &Path, besides: &[&str]) -> Result<Self> {
        let mut perf = Command::new("perf");
        perf.args(["record", "--quiet", "--event", "cpu-clock"])
            .args(["--freq", FREQUENCY, "--pid", &id.to_string()])
            .args(besides)
            .arg("--output")
            .arg(samples)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let perf = perf
            .spawn()
            .context("cannot start `perf`: install `linux-perf`")?;
        Ok(Self(perf))
    }

    /// Ends it; the samples are whole then.
    pub(super) fn end(mut self) -> Result<()> {
        process::run(Command::new("kill").args(["-INT", &self.0.id().to_string()]))?;
        self.0.wait().context("`perf` does not end")?;
        Ok(())
    }
}
