//! Everything that must exist before the first program starts: programs, database, keys.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::catalog::{self, Catalog};
use super::fastly_toml::{FastlyToml, SigningKey};
use super::file::{AccountKeys, NamedKey};
use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{build, native, process, say};

#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) wasm: PathBuf,
    pub(super) origin_stub: PathBuf,
    pub(super) local_pop: PathBuf,
    pub(super) manifest: FastlyToml,
    /// Where the database and the logs are kept.
    pub(super) folder: PathBuf,
}

/// The committed demo.
#[derive(Debug)]
pub(super) struct Demo {
    pub(super) catalog: Catalog,
    /// As the file has them: only programs read them whole.
    pub(super) viewers: Value,
}

// === impl Prepared ===

impl Prepared {
    /// Finds or installs a Wasm toolchain and builds everything.
    pub(super) fn make(workspace: &Workspace, choice: WasmChoice, folder: PathBuf) -> Result<Self> {
        let manifest = FastlyToml::read(&workspace.file("fastly.toml"))?;
        let toolchain = WasmToolchain::find(choice, WasmTarget::Wasip1)?;
        Ok(Self {
            wasm: build::edge(workspace, &toolchain)?,
            origin_stub: native::origin_stub(workspace)?,
            local_pop: native::local_pop(workspace)?,
            manifest,
            folder,
        })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.join("origin.db")
    }

    /// Brings the local origin's database to what the committed catalog says. `media_url` is where
    /// its media will be.
    pub(super) fn load_demo(&self, workspace: &Workspace, media_url: &str) -> Result<()> {
        say::step("Loading the demo catalog");
        let mut load = native::program(&self.origin_stub, workspace);
        load.args(["load", "--database"]).arg(self.database());
        load.args(["--media-url", media_url]);
        say::detail(process::output(load.arg("demo/catalog.json"))?.trim());
        Ok(())
    }

    /// Adds another catalog to that database.
    pub(super) fn load(&self, workspace: &Workspace, catalog: &Path) -> Result<()> {
        let mut load = native::program(&self.origin_stub, workspace);
        load.args(["load", "--database"]).arg(self.database());
        process::output(load.arg(catalog)).map(drop)
    }

    /// Signs the demo's policy keys. The same data and signing key give the same text, always.
    pub(super) fn mint_keys(
        &self,
        workspace: &Workspace,
        catalog: &Catalog,
    ) -> Result<Vec<AccountKeys>> {
        let mut accounts = Vec::new();
        for account in &catalog.accounts {
            let mut policy_keys = Vec::new();
            for key in &account.policy_keys {
                policy_keys.push(NamedKey {
                    name: key.name.clone(),
                    key: self.mint(workspace, &key.data)?,
                });
            }
            accounts.push(AccountKeys {
                id: account.id.clone(),
                name: account.name.clone(),
                policy_keys,
            });
        }
        Ok(accounts)
    }

    pub(super) fn mint(&self, workspace: &Workspace, data: &Value) -> Result<String> {
        let signing_keys = self.manifest.signing_keys();
        let signing_key = signing_keys
            .first()
            .context("fastly.toml has no local signing key")?;
        let mut mint = native::program(&self.origin_stub, workspace);
        mint.args(["mint", "--signing-key", &flag(signing_key)]);
        let key = process::output(mint.args(["--data", &data.to_string()]))?;
        Ok(key.trim().to_owned())
    }
}

// === impl Demo ===

impl Demo {
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            catalog: catalog::read(&workspace.file("demo/catalog.json"))?,
            viewers: catalog::read(&workspace.file("demo/viewers.json"))?,
        })
    }
}

/// A signing key as the command line of `origin-stub` takes it.
pub(super) fn flag(key: &SigningKey) -> String {
    format!("{}={}", key.name, key.secret)
}
