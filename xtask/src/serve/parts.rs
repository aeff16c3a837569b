//! The same world, started part by part: for who measures one of them, or puts another in its place.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::ports::WantedPorts;
use super::prepare::Demo;
use super::start::World;
use super::{Arguments, VIEWER_HEADER, build, lock};
use crate::children::Running;
use crate::wasm_toolchain::WasmChoice;
use crate::workspace::Workspace;

/// An origin with the demo, a POP, and free ports for both; nothing of it runs yet.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    world: World<'a>,
    _only_one: File,
}

impl<'a> Parts<'a> {
    pub(crate) fn build(workspace: &'a Workspace) -> Result<Self> {
        let arguments = Arguments {
            origin: None,
            origin_secret: None,
            pops: 1,
            shield: false,
            ports: WantedPorts::ANY,
            json: true,
            wasm_toolchain: WasmChoice::Auto,
        };
        let folder = workspace.target("serve");
        let only_one = lock(workspace, &folder)?;
        let demo = Demo::read(workspace)?;
        Ok(Self {
            world: build(workspace, &arguments, &demo, folder, None)?,
            _only_one: only_one,
        })
    }

    /// Adds a catalog to the demo.
    pub(crate) fn load(&self, catalog: &Path) -> Result<()> {
        self.world.prepared.load(self.world.workspace, catalog)
    }

    /// Signs a policy key.
    pub(crate) fn mint(&self, data: &Value) -> Result<String> {
        self.world.prepared.mint(self.world.workspace, data)
    }

    /// The origin, started and not yet answering.
    pub(crate) fn start_origin(&self) -> Result<Running> {
        self.world.start_origin()
    }

    /// The POP, started and not yet answering.
    pub(crate) fn start_pop(&self) -> Result<Running> {
        self.world.start_pops()
    }

    pub(crate) fn origin(&self) -> &str {
        &self.world.file.origin
    }

    pub(crate) fn pop(&self) -> Result<&str> {
        let first = self.world.file.edge.first();
        first.map(String::as_str).context("there is a POP")
    }

    /// What the edge shows to the origin.
    pub(crate) fn edge_proof(&self) -> &str {
        &self.world.edge_proof
    }

    /// The keys that sign policy keys: number and secret.
    pub(crate) fn signing_keys(&self) -> Vec<(String, String)> {
        let keys = self.world.prepared.manifest.signing_keys();
        keys.into_iter().map(|key| (key.name, key.secret)).collect()
    }

    /// The request header that names the viewer's address, on the POP.
    pub(crate) fn viewer_header(&self) -> &'static str {
        VIEWER_HEADER
    }
}
