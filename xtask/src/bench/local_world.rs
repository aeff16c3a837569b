//! The whole system, as `cargo xtask serve` starts it, on free ports.

use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde::Deserialize as _;
use serde_json::Value;

use super::load::Load;
use crate::process;

/// A running `serve`, ended with this value: its programs end when it does.
pub(super) struct LocalWorld {
    serve: Child,
    told: Value,
}

impl LocalWorld {
    pub(super) fn start() -> Result<Self> {
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

    pub(super) fn unrestricted(&self) -> Result<Load> {
        self.ask("unrestricted", "london-home")
    }

    /// A video sold to some countries, asked for from one of them.
    pub(super) fn restricted(&self) -> Result<Load> {
        self.ask("geo-allow", "london-home")
    }

    pub(super) fn refused(&self) -> Result<Load> {
        self.ask("geo-allow", "paris-home")
    }

    pub(super) fn bad_key(&self) -> Result<Load> {
        let load = self.unrestricted()?;
        Ok(load.with_key("AQEx"))
    }

    /// What the edge answers without looking anything up: that it runs.
    pub(super) fn empty(&self) -> Result<Load> {
        Ok(Load {
            url: format!("{}/healthz", self.told("/edge/0")?),
            status: 200,
            ..Load::default()
        })
    }

    /// A video of any account, without credentials.
    pub(super) fn video(&self, account: &str, video: &str, viewer: &str) -> Result<Load> {
        let edge = self.told("/edge/0")?;
        let viewers = self.told["viewers"]
            .as_array()
            .context("`viewers` is a list")?;
        let viewer = viewers
            .iter()
            .find(|one| one["name"] == viewer)
            .context("a known viewer")?;
        let address = self.text(viewer, "/address")?;
        Ok(Load {
            url: format!("{edge}/playback/v1/accounts/{account}/videos/{video}"),
            headers: vec![(self.told("/viewer_header")?, address)],
            status: 200,
            ..Load::default()
        })
    }

    /// The base URL of the origin's CMS API, and what opens it.
    pub(super) fn cms(&self) -> Result<(String, String)> {
        let origin = self.told("/origin")?;
        Ok((format!("{origin}/v1"), self.told("/cms_token")?))
    }

    fn ask(&self, kind: &str, viewer: &str) -> Result<Load> {
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
        let load = self.video(&account, &self.text(video, "/id")?, viewer)?;
        Ok(load.with_key(&key))
    }

    fn told(&self, pointer: &str) -> Result<String> {
        self.text(&self.told, pointer)
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
