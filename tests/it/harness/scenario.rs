//! The scenario tables: rows of rules, a viewer, and what must come of it.
//!
//! A row is data with a stable id, read by every runner there is.

use std::{collections::BTreeSet, net::IpAddr};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// The tables of rules, in the order they are read.
pub(crate) const TABLES: [&str; 16] = [
    "geo",
    "postal",
    "circle",
    "precedence",
    "ip",
    "acl",
    "asn",
    "domain",
    "proxy",
    "window",
    "hours",
    "blackout",
    "layers",
    "keys",
    "token",
    "revoked",
];

/// The texts of all tables. They are part of the program: in Wasm under Node there are no files.
const TEXTS: [(&str, &str); 19] = [
    ("geo", include_str!("../../scenarios/geo.toml")),
    ("postal", include_str!("../../scenarios/postal.toml")),
    ("circle", include_str!("../../scenarios/circle.toml")),
    (
        "precedence",
        include_str!("../../scenarios/precedence.toml"),
    ),
    ("ip", include_str!("../../scenarios/ip.toml")),
    ("acl", include_str!("../../scenarios/acl.toml")),
    ("asn", include_str!("../../scenarios/asn.toml")),
    ("domain", include_str!("../../scenarios/domain.toml")),
    ("proxy", include_str!("../../scenarios/proxy.toml")),
    ("window", include_str!("../../scenarios/window.toml")),
    ("hours", include_str!("../../scenarios/hours.toml")),
    ("blackout", include_str!("../../scenarios/blackout.toml")),
    ("layers", include_str!("../../scenarios/layers.toml")),
    ("keys", include_str!("../../scenarios/keys.toml")),
    ("token", include_str!("../../scenarios/token.toml")),
    ("revoked", include_str!("../../scenarios/revoked.toml")),
    ("requests", include_str!("../../scenarios/requests.toml")),
    ("origin", include_str!("../../scenarios/origin.toml")),
    ("lists", include_str!("../../scenarios/lists.toml")),
];

/// One row of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// Stable, and unique over all tables.
    pub(crate) id: String,
    /// What says so: a section of the project's documents, an RFC, a clause of the contract.
    pub(crate) spec: String,
    #[serde(default)]
    pub(crate) layers: Layers,
    /// Members of the policy key's data; without it the key restricts nothing.
    #[serde(default)]
    pub(crate) key: Value,
    pub(crate) viewer: RowViewer,
    pub(crate) want: Want,
}

/// Dictionary text by layer. No `right` means the video has none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layers {
    pub(crate) account: Option<String>,
    pub(crate) video: Option<String>,
    pub(crate) right: Option<String>,
}

/// Who asks, and from which page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowViewer {
    pub(crate) ip: IpAddr,
    #[serde(flatten)]
    pub(crate) place: RowPlace,
    #[serde(default)]
    pub(crate) origin: Origins,
    pub(crate) referer: Option<String>,
    /// Seconds since 1970 UTC.
    pub(crate) time: Option<i64>,
    /// The access control lists that have the address.
    #[serde(default)]
    pub(crate) acls: Vec<String>,
    /// What Fastly's VPN and proxy data say of the address, by the names of `VpnFacts`.
    #[serde(default)]
    pub(crate) vpn: Vec<String>,
    /// The viewer token that comes; without it none does.
    pub(crate) token: Option<RowToken>,
}

/// A viewer token, as it is found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RowToken {
    Valid,
    Invalid,
}

/// What geolocation says of an address. Without a country it knows nothing at all.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct RowPlace {
    pub(crate) country: Option<String>,
    /// With its country in front: `US-NY`.
    pub(crate) subdivision: Option<String>,
    pub(crate) metro: Option<i64>,
    pub(crate) postal: Option<String>,
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
    pub(crate) asn: Option<u32>,
    pub(crate) proxy_type: Option<String>,
    pub(crate) proxy_description: Option<String>,
}

/// The values of `Origin`, one for each time the header is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub(crate) struct Origins(pub(crate) Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// What must come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Want {
    pub(crate) decision: Wanted,
    pub(crate) status: u16,
    pub(crate) layer: Option<String>,
    pub(crate) member: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) subcode: Option<String>,
    /// Without it the error must not say any.
    pub(crate) client_geo: Option<String>,
    /// How often the origin is asked while the same request is made twice.
    #[serde(default = "once")]
    pub(crate) origin_calls: u64,
}

/// The decision a row wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wanted {
    Allow,
    Deny,
}

fn once() -> u64 {
    1
}

impl From<OneOrMany> for Origins {
    fn from(values: OneOrMany) -> Self {
        match values {
            OneOrMany::One(value) => Self(vec![value]),
            OneOrMany::Many(values) => Self(values),
        }
    }
}

impl Scenario {
    /// Whether only the pure decision can be asked: a POP reads the clock and has no VPN data, and
    /// nobody here makes viewer tokens.
    pub(crate) fn is_pure_only(&self) -> bool {
        let viewer = &self.viewer;
        viewer.time.is_some() || viewer.token.is_some() || !viewer.vpn.is_empty()
    }
}

impl RowPlace {
    /// What data says of a position where it knows none.
    pub(crate) const NOWHERE: f64 = 999.9;

    /// Whether there is a geolocation record.
    pub(crate) fn is_known(&self) -> bool {
        *self != Self::default()
    }

    /// The number of the network in the record: 0 where the data knows none.
    pub(crate) fn as_number(&self) -> u32 {
        self.asn.unwrap_or(0)
    }

    /// Latitude and longitude in the record.
    pub(crate) fn position(&self) -> (f64, f64) {
        let degrees = |degrees: Option<f64>| degrees.unwrap_or(Self::NOWHERE);
        (degrees(self.latitude), degrees(self.longitude))
    }
}

// === loading ===

#[derive(Deserialize)]
struct Table<T> {
    #[serde(alias = "request", alias = "answer")]
    scenario: Vec<T>,
}

/// The rows of one table.
#[track_caller]
pub(crate) fn rows<T: DeserializeOwned>(table: &str) -> Vec<T> {
    let (_, text) = TEXTS
        .into_iter()
        .find(|(name, _)| *name == table)
        .unwrap_or_else(|| panic!("there is no table `{table}`"));
    let table: Table<T> = toml::from_str(text).unwrap_or_else(|error| panic!("`{table}`: {error}"));
    table.scenario
}

/// Every row of every table of rules.
#[track_caller]
pub(crate) fn all() -> Vec<Scenario> {
    TABLES.into_iter().flat_map(rows::<Scenario>).collect()
}

/// A row of a table that is not about rules alone.
pub(crate) trait Row: DeserializeOwned {
    /// Stable, and unique in its table.
    fn id(&self) -> &str;

    /// What says so.
    fn spec(&self) -> &str;
}

/// Runs every row of a table, and fails with every complaint at once.
#[track_caller]
pub(crate) fn assert_rows_hold<T: Row>(table: &str, holds: impl Fn(&T) -> Result<(), String>) {
    let rows: Vec<T> = rows(table);
    assert_unique(rows.iter().map(Row::id));
    let complaint = |row: &T| {
        let (id, spec) = (row.id(), row.spec());
        assert!(!spec.is_empty(), "{id} names nothing that says so");
        Some(format!("{id}: {}", holds(row).err()?))
    };
    let complaints: Vec<_> = rows.iter().filter_map(complaint).collect();
    assert_all_hold(rows.len(), &complaints);
}

/// Refuses ids that come twice.
#[track_caller]
pub(crate) fn assert_unique<'a>(ids: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    let twice: Vec<_> = ids.filter(|id| !seen.insert(*id)).collect();
    assert!(twice.is_empty(), "ids must be unique: {twice:?}");
}

/// Fails with every complaint at once, each at the id of its row.
#[track_caller]
pub(crate) fn assert_all_hold(ran: usize, complaints: &[String]) {
    assert!(ran > 0, "no row was run");
    let list = complaints.join("\n");
    assert!(
        complaints.is_empty(),
        "{} of {ran} rows do not hold:\n{list}",
        complaints.len()
    );
}
