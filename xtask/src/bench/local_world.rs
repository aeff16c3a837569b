//! The whole system, as `cargo xtask serve` starts it, on free ports.

use std::fs;
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
            // So that the program can be told from what runs it.
            .env("LOCAL_POP_PERF_MAP", "true")
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
        self.resource(account, &format!("videos/{video}"), viewer)
    }

    /// A video or playlist of any account, without credentials.
    pub(super) fn resource(&self, account: &str, path: &str, viewer: &str) -> Result<Load> {
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
            url: format!("{edge}/playback/v1/accounts/{account}/{path}"),
            headers: vec![(self.told("/viewer_header")?, address)],
            status: 200,
            ..Load::default()
        })
    }

    /// The process that runs the POPs.
    ///
    /// # Source
    ///
    /// Linux, proc(5): the children of a thread.
    pub(super) fn pops(&self) -> Result<u32> {
        let serve = self.serve.id();
        let children = fs::read_to_string(format!("/proc/{serve}/task/{serve}/children"))?;
        let name = |id: &&str| fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        let pops = children
            .split_whitespace()
            .find(|id| name(id).trim() == "local-pop");
        let id = pops.context("`cargo xtask serve` has started no `local-pop`")?;
        Ok(id.parse()?)
    }

    /// The base URL of the origin's CMS API, and what opens it.
    pub(super) fn cms(&self) -> Result<(String, String)> {
        let origin = self.origin()?;
        Ok((format!("{origin}/v1"), self.told("/cms_token")?))
    }

    pub(super) fn origin(&self) -> Result<String> {
        self.told("/origin")
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
