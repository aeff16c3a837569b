//! Policy keys: what a player shows to prove whose videos it may ask for.
//!
//! ```text
//! key     = base64url(format u8 · signing key number u8 · tag 16 bytes · JSON), without padding
//! tag     = the first 16 bytes of HMAC-SHA256(secret, context · format · number · JSON)
//! ```
//!
//! A key is short, since `Accept: application/json;pk=…` stays free of a CORS preflight only up to
//! 128 bytes, and is made of `[A-Za-z0-9_-]` alone, since players and scrapers match exactly that.
//! It is no secret from the page that carries it; the tag keeps it from being altered or made up.

mod signing;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    domain::DomainPattern,
    id::{AccountId, KeyId},
    place::Place,
    proxy::{ProxyClass, ProxyClasses},
    rules::{LayerKind, Rules},
};

pub use signing::{InvalidSigningKey, KeyRing, SigningKey};

/// A policy key whose tag was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyKey {
    /// The account whose videos it opens.
    pub account: AccountId,
    /// The name it is revoked by, if it has one.
    pub key_id: Option<String>,
    /// Whether it opens searches and related videos.
    pub is_search_enabled: bool,
    /// Whether `ad_config_id` must be in the query.
    pub require_ad_config: bool,
    /// What it restricts. Several sets, all of the key's layer: its `geo`, `allowed-domains` and
    /// `rules` each narrow on their own.
    pub rules: Vec<Rules>,
}

/// What a policy key says, in the shape of Brightcove's Policy API, with `key-id` and `rules` of
/// ours.
///
/// # Source
///
/// Playback API contract, policy keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PolicyKeyData {
    /// The account's id.
    pub account_id: String,
    /// A short name, by which the key can be revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// APIs beyond single videos; only `search` exists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apis: Vec<String>,
    /// Origins that may embed the player, such as `https://www.example.com`, compared whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_domains: Vec<String>,
    /// Countries. Any of these also refuses proxies that hide where a viewer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geo: Option<KeyGeo>,
    /// Whether `ad_config_id` must be in the query.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_ad_config: bool,
    /// More rules, as dictionary text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
}

/// The countries of a policy key. Written in snake case, as Brightcove writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyGeo {
    /// ISO 3166-1 codes, or `usmil`, in either case.
    pub countries: Vec<String>,
    /// Whether these are the countries that may not.
    #[serde(default)]
    pub exclude_countries: bool,
}

/// The text is not a policy key of ours, or says something that has no meaning.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidPolicyKey {
    /// Not the form of a key.
    #[error("not the form of a policy key")]
    Malformed,
    /// No live signing key made it.
    #[error("not signed by a live key")]
    Forged,
    /// It says something without meaning.
    #[error("member `{member}`: {reason}")]
    Content {
        /// The member.
        member: &'static str,
        /// What was expected.
        reason: String,
    },
}

/// The proxies a key with `geo` refuses: those that hide where a viewer is.
const HIDING: [ProxyClass; 7] = [
    ProxyClass::Anonymous,
    ProxyClass::Public,
    ProxyClass::Corporate,
    ProxyClass::Transparent,
    ProxyClass::Hosting,
    ProxyClass::Vpn,
    ProxyClass::Tor,
];

impl PolicyKey {
    /// Mints a key: the same data and signing key always give the same text.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicyKey::Content`], when the data has no meaning: an unknown country, API or
    /// domain, or rules that do not parse; and when there is more of it than a key can hold.
    pub fn mint(data: &PolicyKeyData, signing: &SigningKey) -> Result<String, InvalidPolicyKey> {
        Self::try_from(data)?;
        let json = serde_json::to_vec(data).map_err(|error| content("key-data", &error))?;
        Ok(signing.seal(&json))
    }
}

/// What a key may say beside its id, in bytes of JSON. With whatever id, it is then as short as
/// [`KeyRing::verify`] wants it: a longer one would be minted, and open nothing.
const MAX_JSON: usize = 3_000;

impl TryFrom<&PolicyKeyData> for PolicyKey {
    type Error = InvalidPolicyKey;

    fn try_from(data: &PolicyKeyData) -> Result<Self, InvalidPolicyKey> {
        let key = Self::read(data)?;
        let json = serde_json::to_vec(data).map_err(|error| content("key-data", &error))?;
        let id = data.key_id.as_ref();
        let id = id.map_or(0, |id| id.len() + r#""key-id":"","#.len());
        if json.len().saturating_sub(id) > MAX_JSON {
            let reason = format!("expected at most {MAX_JSON} bytes of JSON beside the `key-id`");
            return Err(content("key-data", &reason));
        }
        Ok(key)
    }
}

impl PolicyKey {
    /// What data means that was found good, or is about to be minted.
    fn read(data: &PolicyKeyData) -> Result<Self, InvalidPolicyKey> {
        let account = data
            .account_id
            .parse()
            .map_err(|error| content("account-id", &error))?;
        if data.apis.iter().any(|api| api != "search") {
            return Err(content("apis", &"only `search` exists"));
        }
        if let Some(Err(error)) = data.key_id.as_deref().map(str::parse::<KeyId>) {
            return Err(content("key-id", &error));
        }
        let mut rules = Vec::new();
        if let Some(geo) = &data.geo {
            rules.push(geo_rules(geo)?);
        }
        if !data.allowed_domains.is_empty() {
            rules.push(domain_rules(&data.allowed_domains)?);
        }
        if let Some(text) = &data.rules {
            let own = Rules::in_layer(LayerKind::Key, text);
            rules.push(own.map_err(|error| content("rules", &error))?);
        }
        Ok(Self {
            account,
            key_id: data.key_id.clone(),
            is_search_enabled: !data.apis.is_empty(),
            require_ad_config: data.require_ad_config,
            rules,
        })
    }
}

fn geo_rules(geo: &KeyGeo) -> Result<Rules, InvalidPolicyKey> {
    if geo.countries.is_empty() {
        return Err(content("geo", &"expected at least one country"));
    }
    let places = geo.countries.iter().map(|code| match code.parse() {
        Ok(place @ (Place::Country(_) | Place::UsMilitary)) => Ok(place),
        Ok(_) => Err(content("geo", &"expected countries, or `usmil`")),
        Err(error) => Err(content("geo", &error)),
    });
    let places: Vec<Place> = places.collect::<Result<_, _>>()?;
    let mut rules = Rules {
        proxy_deny: ProxyClasses::from_iter(HIDING),
        ..Rules::default()
    };
    match geo.exclude_countries {
        true => rules.geo_deny = places,
        false => rules.geo_allow = places,
    }
    Ok(rules)
}

fn domain_rules(domains: &[String]) -> Result<Rules, InvalidPolicyKey> {
    let patterns = domains.iter().map(|domain| match domain.parse() {
        Ok(pattern @ DomainPattern::Origin(_)) => Ok(pattern),
        _ => Err(content(
            "allowed-domains",
            &"expected origins such as `https://www.example.com`",
        )),
    });
    Ok(Rules {
        domain_allow: patterns.collect::<Result<_, _>>()?,
        ..Rules::default()
    })
}

fn content(member: &'static str, reason: &dyn fmt::Display) -> InvalidPolicyKey {
    InvalidPolicyKey::Content {
        member,
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests;
