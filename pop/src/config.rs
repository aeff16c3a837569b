//! The manifest (`fastly.toml`), overridden and handed to Viceroy.

mod geolocation;

use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Error, anyhow, bail, ensure};
use toml::{Table, Value};
use tracing::warn;
use viceroy_lib::config::FastlyConfig;
use viceroy_lib::error::FastlyConfigError;

/// A dotted key of the manifest and the value it gets, written as TOML writes it:
/// `local_server.backends.origin.url="http://127.0.0.1:7700"`.
///
/// Missing tables on the way are made. A number addresses an element of a list:
/// `local_server.secret_stores.keys.0.data="…"`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Override {
    path: Vec<String>,
    value: Value,
}

/// Reads the manifest, applies the overrides in their order and lets Viceroy check the outcome.
///
/// # Errors
///
/// A file that cannot be read, text that is not TOML, an override that does not fit, or a setting
/// that Viceroy refuses.
pub(crate) fn load(file: &Path, overrides: &[Override]) -> Result<FastlyConfig, Error> {
    let shown = file.display();
    let text = fs::read_to_string(file)
        .with_context(|| format!("cannot read the manifest `{shown}` (`--config`)"))?;
    let mut manifest: Table = text
        .parse()
        .with_context(|| format!("`{shown}` is not valid TOML"))?;
    for change in overrides {
        change.apply(&mut manifest)?;
    }
    geolocation::read_once(&mut manifest)?;
    for section in unknown_sections(&manifest) {
        warn!(
            "`local_server.{section}` in `{shown}` is no setting Viceroy knows: nothing reads it"
        );
    }
    toml::to_string(&manifest)?
        .parse()
        // Viceroy's errors print their own sources: kept as a chain, each would be read twice.
        .map_err(|error: FastlyConfigError| {
            anyhow!("`{}` in `{shown}` is not usable: {error}", place_of(&error))
        })
}

/// Where in the manifest the fault lies; Viceroy's own message names only the last part.
fn place_of(error: &FastlyConfigError) -> String {
    use FastlyConfigError as E;
    let (section, name) = match error {
        E::InvalidAclDefinition { name, .. } => ("acls", name),
        E::InvalidBackendDefinition { name, .. } => ("backends", name),
        E::InvalidDictionaryDefinition { name, .. } => ("config_stores", name),
        E::InvalidObjectStoreDefinition { name, .. } => ("kv_stores", name),
        E::InvalidSecretStoreDefinition { name, .. } => ("secret_stores", name),
        E::InvalidShieldingSiteDefinition { name, .. } => ("shielding_sites", name),
        E::InvalidDeviceDetectionDefinition { .. } => {
            return "local_server.device_detection".into();
        }
        E::InvalidGeolocationDefinition { .. } => return "local_server.geolocation".into(),
        E::UnsupportedManifestVersion(..) => return "manifest_version".into(),
        _ => return "local_server".into(),
    };
    format!("local_server.{section}.{name}")
}

/// Sections of `[local_server]` that neither Viceroy nor the Fastly CLI reads: most often a misspelt
/// override.
fn unknown_sections(manifest: &Table) -> impl Iterator<Item = &str> {
    const KNOWN: [&str; 15] = [
        "acls",
        "backends",
        "config_stores",
        "device_detection",
        "dictionaries",
        "fake_valid_fastly_keys",
        "geolocation",
        "kv_stores",
        "object_store",
        "object_stores",
        "pushpin",
        "secret_stores",
        "shielding_sites",
        "viceroy_version",
        "websockets_passthrough",
    ];
    manifest
        .get("local_server")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::keys)
        .map(String::as_str)
        .filter(|section| !KNOWN.contains(section))
}

// === impl Override ===

impl Override {
    fn apply(&self, manifest: &mut Table) -> Result<(), Error> {
        let (first, rest) = self
            .path
            .split_first()
            .context("an override without a key")?;
        let mut node = manifest
            .entry(first.as_str())
            .or_insert_with(|| Value::Table(Table::new()));
        for (depth, segment) in rest.iter().enumerate() {
            let parent = || self.path[..=depth].join(".");
            node = match node {
                Value::Table(table) => table
                    .entry(segment.as_str())
                    .or_insert_with(|| Value::Table(Table::new())),
                Value::Array(list) => {
                    let count = list.len();
                    segment
                        .parse()
                        .ok()
                        .and_then(|index: usize| list.get_mut(index))
                        .with_context(|| {
                            format!(
                                "`--set`: `{}` is a list of {count}, it has no `{segment}`",
                                parent()
                            )
                        })?
                }
                _ => bail!("`--set`: `{}` is a value, it has no `{segment}`", parent()),
            };
        }
        *node = self.value.clone();
        Ok(())
    }
}

impl FromStr for Override {
    type Err = Error;

    /// TOML's own parser reads both sides. A quoted key may hold `=`, so the key ends at the first one
    /// that has a whole key on its left.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (path, value) = text
            .match_indices('=')
            .find_map(|(at, _)| Some((key_path(&text[..at])?, &text[at + 1..])))
            .context("expected a dotted key and a TOML value, such as `local_server.backends.origin.url=\"http://…\"`")?;
        let mut parsed: Table = format!("value = {}", value.trim())
            .parse()
            .with_context(|| format!("`{value}` is not a TOML value (a text needs its quotes)"))?;
        ensure!(parsed.len() == 1, "`{text}` sets more than one key");
        let value = parsed
            .remove("value")
            .context("an override without a value")?;
        Ok(Self { path, value })
    }
}

/// The segments of a dotted key, or nothing if TOML does not read it as one key.
fn key_path(key: &str) -> Option<Vec<String>> {
    let mut node = Value::Table(format!("{key} = 0").parse().ok()?);
    let mut path = Vec::new();
    while let Value::Table(table) = node {
        let mut entries = table.into_iter();
        let (segment, child) = entries.next()?;
        if entries.next().is_some() {
            return None;
        }
        path.push(segment);
        node = child;
    }
    Some(path)
}

#[cfg(test)]
mod tests;
