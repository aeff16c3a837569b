//! The local half of `fastly.toml`: the one place where the demo's values are written down.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use toml::{Table, Value};

const BACKEND: &str = "origin";
const CONFIG_STORE: &str = "playback-config";
const SECRET_STORE: &str = "playback-secrets";
const EDGE_PROOF: &str = "edge-proof";
/// Followed by the key's number.
const SIGNING_KEY: &str = "policy-signing-";
/// Followed by the key's name.
const URL_KEY: &str = "url-signing-";

/// The manifest, with the values that the origin and the edge must agree on.
#[derive(Debug)]
pub(super) struct FastlyToml {
    service_id: String,
    config: toml::map::Map<String, Value>,
    secrets: Vec<Secret>,
}

#[derive(Debug, Clone, Deserialize)]
struct Secret {
    key: String,
    data: String,
}

/// A key that signs policy keys or URLs: its number or name, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SigningKey {
    pub(super) name: String,
    pub(super) secret: String,
}

// === impl FastlyToml ===

impl FastlyToml {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is not as expected", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let manifest: Table = text.parse()?;
        let service_id = manifest
            .get("service_id")
            .and_then(Value::as_str)
            .context("no `service_id`")?
            .to_owned();
        let config = local_server(&manifest, &["config_stores", CONFIG_STORE, "contents"])?
            .as_table()
            .with_context(|| format!("the contents of `{CONFIG_STORE}` are not a table"))?
            .clone();
        let secrets = local_server(&manifest, &["secret_stores", SECRET_STORE])?
            .clone()
            .try_into()
            .with_context(|| format!("`{SECRET_STORE}` is not a list of `key` and `data`"))?;
        Ok(Self {
            service_id,
            config,
            secrets,
        })
    }

    pub(super) fn service_id(&self) -> &str {
        &self.service_id
    }

    /// The longest time that a fill may take: the purger waits as long before it purges again.
    pub(super) fn fill_deadline_ms(&self) -> Result<&str> {
        let item = self.config.get("fill-deadline-ms").and_then(Value::as_str);
        item.with_context(|| format!("`{CONFIG_STORE}` has no `fill-deadline-ms`"))
    }

    /// What the edge shows to the origin.
    pub(super) fn edge_proof(&self) -> Result<&str> {
        let secret = self.secrets.iter().find(|secret| secret.key == EDGE_PROOF);
        let secret = secret.with_context(|| format!("`{SECRET_STORE}` has no `{EDGE_PROOF}`"))?;
        Ok(&secret.data)
    }

    /// The keys that sign policy keys.
    pub(super) fn signing_keys(&self) -> Vec<SigningKey> {
        self.keys(SIGNING_KEY)
    }

    /// The keys that sign URLs.
    pub(super) fn url_keys(&self) -> Vec<SigningKey> {
        self.keys(URL_KEY)
    }

    fn keys(&self, prefix: &str) -> Vec<SigningKey> {
        let keys = self.secrets.iter().filter_map(|secret| {
            let name = secret.key.strip_prefix(prefix)?.to_owned();
            Some(SigningKey {
                name,
                secret: secret.data.clone(),
            })
        });
        keys.collect()
    }

    /// What puts the edge in front of an origin, as `local-pop --set` takes it: keys of the manifest
    /// with their values.
    pub(super) fn in_front_of(&self, origin: &str, edge_proof: &str) -> [String; 2] {
        let secrets = self.secrets.iter().map(|secret| {
            let data = if secret.key == EDGE_PROOF {
                edge_proof
            } else {
                &secret.data
            };
            Value::from(Table::from_iter([
                ("key".to_owned(), Value::from(secret.key.as_str())),
                ("data".to_owned(), Value::from(data)),
            ]))
        });
        let secrets: Value = secrets.collect::<Vec<_>>().into();
        [
            format!(
                "local_server.backends.{BACKEND}.url={}",
                Value::from(origin)
            ),
            format!("local_server.secret_stores.{SECRET_STORE}={secrets}"),
        ]
    }
}

fn local_server<'a>(manifest: &'a Table, path: &[&str]) -> Result<&'a Value> {
    let mut value = manifest.get("local_server");
    for name in path {
        value = value.and_then(|value| value.get(name));
    }
    value.with_context(|| format!("no `local_server.{}`", path.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> FastlyToml {
        FastlyToml::parse(include_str!("../../../fastly.toml")).expect("the committed manifest")
    }

    #[test]
    fn committed_manifest_has_what_the_origin_needs() {
        let manifest = committed();
        assert_eq!(manifest.fill_deadline_ms().expect("a deadline"), "3000");
        assert_eq!(
            manifest.edge_proof().expect("a proof"),
            "local-edge-proof-not-a-secret"
        );
        let names = |keys: Vec<SigningKey>| -> Vec<String> {
            keys.into_iter().map(|key| key.name).collect()
        };
        assert_eq!(names(manifest.signing_keys()), ["1", "2"]);
        assert_eq!(names(manifest.url_keys()), ["media-1", "media-2"]);
    }

    #[test]
    fn another_origin_changes_address_and_proof_and_no_other_secret() {
        let overrides = committed().in_front_of("http://192.0.2.1:80", "a \"quoted\" proof");
        let [url, secrets] = overrides.map(|text| text.parse::<Table>().expect("a line of TOML"));
        let url = local_server(&url, &["backends", "origin", "url"]).expect("an address");
        assert_eq!(url.as_str(), Some("http://192.0.2.1:80"));

        let secrets = local_server(&secrets, &["secret_stores", SECRET_STORE]).expect("secrets");
        let secrets: Vec<Secret> = secrets.clone().try_into().expect("secrets");
        let proof = secrets.iter().find(|secret| secret.key == EDGE_PROOF);
        assert_eq!(
            proof.map(|secret| secret.data.as_str()),
            Some("a \"quoted\" proof")
        );
        let others = |secrets: &[Secret]| {
            let others = secrets.iter().filter(|secret| secret.key != EDGE_PROOF);
            others.map(|secret| secret.data.clone()).collect::<Vec<_>>()
        };
        assert_eq!(others(&secrets), others(&committed().secrets));
    }

    #[test]
    fn err_manifest_without_secrets() {
        let error = FastlyToml::parse("service_id = \"x\"").expect_err("nothing local in it");
        assert!(
            error.to_string().contains("local_server.config_stores"),
            "{error}"
        );
    }
}
