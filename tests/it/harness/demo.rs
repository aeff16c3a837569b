//! The demo as tests use it: its world, its accounts and keys, its viewers.

use std::{
    fs,
    net::IpAddr,
    sync::{LazyLock, OnceLock},
};

use playback_policy::{PolicyKey, PolicyKeyData, SigningKey};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    edge::Ask,
    geolocation::Geolocation,
    local::SIGNING_KEY,
    processes,
    scenario::RowPlace,
    world::{PLAIN, World, WorldPlan},
};

const CATALOG: &str = "demo/catalog.json";

/// The demo for tests that edit nothing. It is started once, and nobody empties its cache.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        World::start(&WorldPlan {
            pops: &["local"],
            catalog: Some(CATALOG),
            geolocation: Geolocation::Demo,
            ..PLAIN
        })
    })
}

/// An account of the demo.
#[derive(Debug, Deserialize)]
pub(crate) struct DemoAccount {
    pub(crate) id: String,
    policy_keys: Vec<KeyRow>,
    /// As an editor writes them.
    pub(crate) videos: Vec<Value>,
    pub(crate) playlists: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct KeyRow {
    name: String,
    key_data: PolicyKeyData,
}

/// A policy key of the demo.
#[derive(Debug)]
pub(crate) struct DemoKey {
    pub(crate) text: String,
    pub(crate) key: PolicyKey,
}

/// A viewer of the demo.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DemoViewer {
    pub(crate) name: String,
    pub(crate) address: IpAddr,
    #[serde(flatten)]
    pub(crate) place: RowPlace,
}

/// Every account.
pub(crate) fn accounts() -> &'static [DemoAccount] {
    #[derive(Deserialize)]
    struct Catalog {
        accounts: Vec<DemoAccount>,
    }
    static READ: LazyLock<Catalog> = LazyLock::new(|| read(CATALOG));
    &READ.accounts
}

/// Every viewer, in an order of their own: homes by continent, proxies, offices, unknown places.
pub(crate) fn viewers() -> &'static [DemoViewer] {
    static VIEWERS: LazyLock<Vec<DemoViewer>> = LazyLock::new(|| read("demo/viewers.json"));
    &VIEWERS
}

/// The viewer by this name.
#[track_caller]
pub(crate) fn viewer(name: &str) -> &'static DemoViewer {
    let named = viewers().iter().find(|viewer| viewer.name == name);
    named.unwrap_or_else(|| panic!("the demo has no viewer `{name}`"))
}

#[track_caller]
fn read<T: DeserializeOwned>(file: &str) -> T {
    let text = fs::read_to_string(processes::workspace().join(file))
        .unwrap_or_else(|error| panic!("`{file}` cannot be read: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("`{file}`: {error}"))
}

// === impl DemoAccount ===

impl DemoAccount {
    /// The account's keys that open searches, or those that do not.
    pub(crate) fn keys(&self, for_search: bool) -> Vec<DemoKey> {
        let keys = self.policy_keys.iter().map(DemoKey::of);
        keys.filter(|key| key.key.is_search_enabled == for_search)
            .collect()
    }

    /// The key by this name.
    #[track_caller]
    pub(crate) fn key(&self, name: &str) -> DemoKey {
        let named = self.policy_keys.iter().find(|row| row.name == name);
        DemoKey::of(named.unwrap_or_else(|| panic!("{} has no key `{name}`", self.id)))
    }

    /// A path below the account's, which begins with a slash.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("/playback/v1/accounts/{}{below}", self.id)
    }
}

impl DemoKey {
    fn of(row: &KeyRow) -> Self {
        let (number, secret) = SIGNING_KEY.split_once('=').expect("a number and a secret");
        let number = number.parse().expect("a number");
        let signing = SigningKey::new(number, secret.as_bytes()).expect("a long secret");
        Self {
            text: PolicyKey::mint(&row.key_data, &signing).expect("the demo's keys mean something"),
            key: PolicyKey::try_from(&row.key_data).expect("the demo's keys mean something"),
        }
    }
}

/// The account whose id this is.
#[track_caller]
pub(crate) fn account(id: &str) -> &'static DemoAccount {
    let named = accounts().iter().find(|account| account.id == id);
    named.unwrap_or_else(|| panic!("the demo has no account `{id}`"))
}

impl DemoViewer {
    /// Asks as this viewer, from a page of this site if from any.
    pub(crate) fn asks(&self, ask: Ask, site: Option<&str>) -> Ask {
        let ask = ask.viewer(&self.address.to_string());
        match site {
            Some(site) => ask.header("origin", site),
            None => ask,
        }
    }
}
