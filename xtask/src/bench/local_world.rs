//! The whole system, as `cargo xtask serve` starts it, on free ports.

use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde::Deserialize as _;
use serde_json::Value;

use super::wrk::Load;
use crate::process;

/// A running `serve`, ended with this value: its programs end when it does.
pub(crate) struct LocalWorld {
    serve: Child,
    told: Value,
}

impl LocalWorld {
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args([
                "serve",
                "--json",
                "--edge-port",
                "0",
                "--purge-port",
                "0",
                "--origin-port",
                "0",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut serve = command
            .spawn()
            .context("cannot start `cargo xtask serve`")?;
        let stdout = serve.stdout.take().context("a piped stdout is there")?;
        let mut values = serde_json::Deserializer::from_reader(stdout);
        // It goes on running after this one value, so the end is not waited for.
        let told = Value::deserialize(&mut values);
        let told =
            told.context("`cargo xtask serve` did not get ready: what it printed says why")?;
        Ok(Self { serve, told })
    }

    pub(crate) fn unrestricted(&self) -> Result<Load> {
        self.ask("unrestricted", "london-home")
    }

    /// A video sold to some countries, asked for from one of them.
    pub(crate) fn restricted(&self) -> Result<Load> {
        self.ask("geo-allow", "london-home")
    }

    pub(crate) fn refused(&self) -> Result<Load> {
        self.ask("geo-allow", "paris-home")
    }

    pub(crate) fn bad_key(&self) -> Result<Load> {
        let mut load = self.unrestricted()?;
        load.headers.retain(|(name, _)| name != "Accept");
        load.headers
            .push(("Accept".to_owned(), "application/json;pk=AQEx".to_owned()));
        Ok(load)
    }

    fn ask(&self, kind: &str, viewer: &str) -> Result<Load> {
        let text = |pointer: &str| self.text(&self.told, pointer);
        let video = &self.told["videos"][kind][0];
        let account = self.text(video, "/account")?;
        let accounts = self.told["accounts"]
            .as_array()
            .context("`accounts` is a list")?;
        let of_account = accounts.iter().find(|one| one["id"] == account.as_str());
        let key = self.text(
            of_account.context("the video's account is told")?,
            "/policy_keys/0/key",
        )?;
        let viewers = self.told["viewers"]
            .as_array()
            .context("`viewers` is a list")?;
        let viewer = viewers
            .iter()
            .find(|one| one["name"] == viewer)
            .context("a known viewer")?;
        let video = self.text(video, "/id")?;
        Ok(Load {
            url: format!(
                "{}/playback/v1/accounts/{account}/videos/{video}",
                text("/edge/0")?
            ),
            headers: vec![
                ("Accept".to_owned(), format!("application/json;pk={key}")),
                (text("/viewer_header")?, self.text(viewer, "/address")?),
            ],
            status: 200,
            ..Load::default()
        })
    }

    fn text(&self, value: &Value, pointer: &str) -> Result<String> {
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned)
            .with_context(|| format!("serve.json has no `{pointer}`"))
    }
}

impl Drop for LocalWorld {
    fn drop(&mut self) {
        // Its programs see their stdin close and end by themselves.
        let _ = process::end(&mut self.serve);
    }
}
