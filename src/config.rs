//! What an operator sets: the names of stores and their typed content, read once per sandbox.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use fastly::{ConfigStore, SecretStore};
use once_cell::sync::OnceCell;
use playback_policy::{KeyRing, Overlay, SigningKey, UrlSigningKey};

use crate::{error::EdgeError, origin::Origins, rate_limit::RateLimits, shield::Shield};

/// The endpoint request lines are logged to.
pub(crate) const LOG_ENDPOINT: &str = "playback-log";
const CONFIG_STORE: &str = "playback-config";
const SECRET_STORE: &str = "playback-secrets";
/// What the names of secrets that sign URLs begin with; the key's name follows.
const URL_SIGNING: &str = "url-signing-";
/// The secret of those who may ask for explanations.
const EXPLAIN: &str = "explain";
/// The secret by which POPs know each other.
const HOP: &str = "hop";
/// A shorter one could be guessed.
const LEAST_SECRET: usize = 32;

/// The configuration, complete or not at all.
pub(crate) struct Config {
    /// What proves to the origin that the edge asks.
    pub(crate) proof: String,
    /// The keys that sign policy keys, by number.
    pub(crate) keys: KeyRing,
    /// Who lays a policy key's rules over an answer's.
    pub(crate) overlay: Overlay,
    /// An answer that takes longer than this is never stored. The purger purges a second time
    /// after it, so no fill that read old data survives an edit.
    pub(crate) fill_deadline: Duration,
    /// Whom this POP asks for what it does not have.
    pub(crate) origins: Origins,
    /// The POP that asks the origins for all others, if there is one.
    pub(crate) shield: Option<Shield>,
    /// How often each network of clients may cost something.
    pub(crate) rate_limits: RateLimits,
    /// How long a soft-purged copy may stand in while it is refreshed, or while the origin is down.
    pub(crate) stale: Duration,
}

static CONFIG: OnceCell<Config> = OnceCell::new();

impl Config {
    /// Reads the stores, the first time in this sandbox. A failure is not remembered: the next
    /// request tries again.
    pub(crate) fn load() -> Result<&'static Self, EdgeError> {
        CONFIG.get_or_try_init(Self::read)
    }

    fn read() -> Result<Self, EdgeError> {
        let store = ConfigStore::try_open(CONFIG_STORE)
            .map_err(|_| EdgeError::missing("config store", CONFIG_STORE))?;
        let secrets = SecretStore::open(SECRET_STORE)
            .map_err(|_| EdgeError::missing("secret store", SECRET_STORE))?;
        let numbers = item(&store, "policy-signing-keys")?;
        let keys = numbers
            .split_whitespace()
            .map(|number| signing_key(&secrets, number));
        let proof = secret(&secrets, "edge-proof")?;
        let fill_deadline = Duration::from_millis(number(&store, "fill-deadline-ms")?);
        let shield = store.try_get("shield").ok().flatten();
        Ok(Self {
            proof: String::from_utf8(proof)
                .map_err(|_| EdgeError::malformed("edge-proof", "text"))?,
            keys: KeyRing::new(keys.collect::<Result<_, _>>()?),
            overlay: overlay(&store)?,
            fill_deadline,
            shield: shield
                .filter(|name| !name.is_empty())
                .and_then(|name| Shield::find(&name, fill_deadline)),
            origins: Origins::read(|name| store.try_get(name).ok().flatten())?,
            rate_limits: RateLimits {
                misses: limit(&store, "misses-per-10s")?,
                bad_credentials: limit(&store, "bad-credentials-per-10s")?,
            },
            stale: Duration::from_secs(number(&store, "stale-s")?),
        })
    }
}

thread_local! {
    /// The keys that sign URLs, by their names, as far as they were asked for.
    static URL_KEYS: RefCell<BTreeMap<String, UrlSigningKey>> = const { RefCell::new(BTreeMap::new()) };
}

/// Runs `sign` with a key that signs URLs. It is read the first time it is asked for in this
/// sandbox; a new one gets a new name.
pub(crate) fn with_url_key<T>(
    name: &str,
    sign: impl FnOnce(&UrlSigningKey) -> T,
) -> Result<T, EdgeError> {
    URL_KEYS.with(|keys| {
        let mut keys = keys.borrow_mut();
        if let Some(key) = keys.get(name) {
            return Ok(sign(key));
        }
        let secrets = SecretStore::open(SECRET_STORE)
            .map_err(|_| EdgeError::missing("secret store", SECRET_STORE))?;
        let secret = secret(&secrets, &format!("{URL_SIGNING}{name}"))?;
        let key = UrlSigningKey::new(name, &secret)
            .map_err(|_| EdgeError::malformed("url-signing-…", "a secret of at least 32 bytes"))?;
        Ok(sign(keys.entry(name.to_owned()).or_insert(key)))
    })
}

/// What operators prove with that they may ask for explanations. Without it nobody may.
pub(crate) fn explain_secret() -> Result<Option<Vec<u8>>, EdgeError> {
    match long_secret(EXPLAIN) {
        Err(EdgeError::Missing { kind: "secret", .. }) => Ok(None),
        read => read.map(Some),
    }
}

/// What a POP proves with to the shield that it is one.
pub(crate) fn hop_secret() -> Result<Vec<u8>, EdgeError> {
    long_secret(HOP)
}

/// A secret that whoever sends it is believed by.
fn long_secret(name: &'static str) -> Result<Vec<u8>, EdgeError> {
    let secrets = SecretStore::open(SECRET_STORE)
        .map_err(|_| EdgeError::missing("secret store", SECRET_STORE))?;
    let secret = secret(&secrets, name)?;
    match secret.len() < LEAST_SECRET {
        true => Err(EdgeError::malformed(name, "a secret of at least 32 bytes")),
        false => Ok(secret),
    }
}

fn signing_key(secrets: &SecretStore, number: &str) -> Result<SigningKey, EdgeError> {
    const ITEM: &str = "policy-signing-keys";
    let expected = "numbers from 0 to 255, each with a secret of at least 32 bytes";
    let malformed = || EdgeError::malformed(ITEM, expected);
    let secret = secret(secrets, &format!("policy-signing-{number}"))?;
    let number = number.parse().map_err(|_| malformed())?;
    SigningKey::new(number, &secret).map_err(|_| malformed())
}

fn item(store: &ConfigStore, name: &'static str) -> Result<String, EdgeError> {
    let item = store.try_get(name).ok().flatten();
    item.ok_or_else(|| EdgeError::missing("config item", name))
}

fn overlay(store: &ConfigStore) -> Result<Overlay, EdgeError> {
    const ITEM: &str = "overlay";
    match item(store, ITEM)?.as_str() {
        "edge" => Ok(Overlay::Edge),
        "origin" => Ok(Overlay::Origin),
        _ => Err(EdgeError::malformed(ITEM, "`edge` or `origin`")),
    }
}

fn number(store: &ConfigStore, name: &'static str) -> Result<u64, EdgeError> {
    item(store, name)?
        .parse()
        .map_err(|_| EdgeError::malformed(name, "a number"))
}

/// A number, or none where the item is empty or not there.
fn limit(store: &ConfigStore, name: &'static str) -> Result<Option<u32>, EdgeError> {
    let item = store.try_get(name).ok().flatten().unwrap_or_default();
    if item.is_empty() {
        return Ok(None);
    }
    let limit = item.parse();
    limit
        .map(Some)
        .map_err(|_| EdgeError::malformed(name, "a number, or empty for no limit"))
}

fn secret(secrets: &SecretStore, name: &str) -> Result<Vec<u8>, EdgeError> {
    let secret = secrets.try_get(name).ok().flatten();
    let plaintext = secret.and_then(|secret| secret.try_plaintext().ok());
    match plaintext {
        Some(bytes) if !bytes.is_empty() => Ok(bytes.to_vec()),
        _ => Err(EdgeError::missing("secret", name)),
    }
}
