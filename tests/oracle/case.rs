//! A case: whose rules, and who asks. Everything is kept as it is written on the wire, so that neither
//! side is handed the other's understanding of it.

mod layer;
mod row;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub(crate) use layer::{Layer, MEMBERS};
pub(crate) use row::{Row, Want, rows};

/// The layers' names, in the order they are checked.
pub(crate) const LAYERS: [&str; 4] = ["account", "video", "right", "key"];

/// Proxies that a policy key with a `geo` refuses.
const HIDING: [&str; 7] = [
    "anonymous",
    "public",
    "corporate",
    "transparent",
    "hosting",
    "vpn",
    "tor",
];

/// What one answer is protected by.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RuleSet {
    pub(crate) account: Option<Layer>,
    pub(crate) video: Option<Layer>,
    pub(crate) right: Option<Layer>,
    pub(crate) key: Option<Key>,
}

/// A policy key's data, as far as it restricts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Key {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) geo: Option<Geo>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) allowed_domains: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rules: Option<Layer>,
}

/// The countries of a policy key.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Geo {
    pub(crate) countries: Vec<String>,
    #[serde(default)]
    pub(crate) exclude_countries: bool,
}

/// Who asks, when, and from which page.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Who {
    pub(crate) ip: IpAddr,
    #[serde(flatten)]
    pub(crate) record: Record,
    /// The values of `Origin`, one for each time the header is sent.
    #[serde(
        default,
        with = "row::one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) origin: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) referer: Option<String>,
    /// Seconds since 1970 UTC. Rows without it hold by any clock.
    #[serde(default = "row::any_time")]
    pub(crate) time: i64,
    /// The access control lists that have the address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) acls: Vec<String>,
    /// What VPN and proxy data say of the address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) vpn: Vec<String>,
    /// `valid` or `invalid`; without it none came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
}

/// What geolocation says of an address, label by label. Empty, there is no record.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<String>,
    /// With its country in front: `US-NY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subdivision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metro: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) longitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asn: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy_description: Option<String>,
}

// === impl RuleSet ===

impl RuleSet {
    /// Every layer by its owner's name, a policy key's sets each for itself.
    pub(crate) fn layers(&self) -> Vec<(&'static str, Layer)> {
        let [account, video, right, key] = LAYERS;
        let owned = [
            (account, &self.account),
            (video, &self.video),
            (right, &self.right),
        ];
        let owned = owned
            .into_iter()
            .filter_map(|(kind, layer)| Some((kind, layer.clone()?)));
        let of_the_key = self.key.iter().flat_map(Key::layers);
        owned.chain(of_the_key.map(|layer| (key, layer))).collect()
    }
}

// === impl Key ===

impl Key {
    /// The sets of rules that the key's members are.
    fn layers(&self) -> Vec<Layer> {
        let geo = self.geo.as_ref().map(|geo| {
            let member = match geo.exclude_countries {
                true => "geo-deny",
                false => "geo-allow",
            };
            let hiding = HIDING.map(str::to_owned).to_vec();
            Layer::from_iter([(member, geo.countries.clone()), ("proxy-deny", hiding)])
        });
        let domains = (!self.allowed_domains.is_empty())
            .then(|| Layer::from_iter([("domain-allow", self.allowed_domains.clone())]));
        [geo, domains, self.rules.clone()]
            .into_iter()
            .flatten()
            .collect()
    }
}

// === impl Record ===

impl Record {
    /// Whether the data has a record of the address.
    pub(crate) fn is_known(&self) -> bool {
        *self != Self::default()
    }
}
