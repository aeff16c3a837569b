//! Facts about a viewer, as people write them who ask what would be decided.

mod dictionary;
mod header;

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

pub use header::ExplainHeader;

use crate::{
    domain::Site,
    id::{AclName, KeyId},
    place::{CountryCode, Metro, Position, Postal, Subdivision},
    proxy::{ProxyClass, ProxyClasses},
    viewer::{TokenState, Viewer, ViewerPlace},
    wire::StrictError,
};

/// Facts about a viewer. What is absent is not told: it stays as it was seen.
///
/// Written as JSON (`{"country": "DE", "proxy": ["vpn"]}`) or as an RFC 9651 dictionary
/// (`country="DE", proxy=(vpn)`), with the same members.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    default,
    expecting = "an object"
)]
pub struct ViewerFacts {
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// The autonomous system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// The country; `?` where it is not known. It takes the rest of the place with it: what is not
    /// told along with it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The part of the country, with it or without: `US-NY`, `NY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The metro. It counts in the United States only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metro: Option<i64>,
    /// The postal code, without its country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal: Option<String>,
    /// Latitude and longitude in degrees: `40.4,-3.7`. It counts in a known country only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// The classes of proxy; an empty list for none.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "write_classes",
        deserialize_with = "read_classes"
    )]
    pub proxy: Option<ProxyClasses>,
    /// What the `Origin` header says; empty where none is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The access control lists that have the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acls: Option<Vec<String>>,
    /// The viewer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenState>,
    /// The id of the policy key; empty for a key without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The time, in seconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
}

/// The text tells no facts about a viewer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidFacts {
    /// Not a dictionary, or a member twice.
    #[error(transparent)]
    Dictionary(#[from] StrictError),
    /// A member nobody knows, or of a wrong type.
    #[error("{0}")]
    Member(String),
    /// A value that names nothing.
    #[error("`{member}` must be {expected}")]
    Value {
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

/// What geolocation data says where it knows no country.
const UNKNOWN: [&str; 4] = ["?", "EU", "AP", ""];

/// The largest number that a dictionary holds.
///
/// # Source
///
/// RFC 9651 §3.3.1.
const MAX_TIME: u64 = 999_999_999_999_999;

impl ViewerFacts {
    /// All that is known of a viewer.
    #[must_use]
    pub fn of(viewer: &Viewer) -> Self {
        let place = &viewer.place;
        let code = |code: &Postal| code.code().to_owned();
        Self {
            ip: Some(viewer.ip),
            asn: viewer.asn,
            country: Some(
                place
                    .country
                    .map_or_else(|| "?".to_owned(), |country| country.to_string()),
            ),
            region: place.subdivision.map(|region| region.to_string()),
            metro: place.metro.map(|metro| metro.code().into()),
            postal: place.postal.as_ref().map(code),
            position: place.position.map(|position| position.to_string()),
            proxy: Some(viewer.proxy),
            origin: Some(match &viewer.site {
                Site::Missing => String::new(),
                Site::Opaque => "null".to_owned(),
                Site::Known { origin, .. } => origin.clone(),
            }),
            acls: Some(viewer.acls.clone()),
            token: Some(viewer.token),
            key_id: viewer.key_id.clone(),
            time: Some(viewer.now),
        }
    }

    /// Whether nothing is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many kinds of facts are told: a place is one, however closely it is told.
    pub(crate) fn count(&self) -> usize {
        let place = self.country.is_some()
            || self.region.is_some()
            || self.metro.is_some()
            || self.postal.is_some()
            || self.position.is_some();
        let told = [
            self.ip.is_some(),
            self.asn.is_some(),
            place,
            self.proxy.is_some(),
            self.origin.is_some(),
            self.acls.is_some(),
            self.token.is_some(),
            self.key_id.is_some(),
            self.time.is_some(),
        ];
        told.into_iter().filter(|is_told| *is_told).count()
    }

    /// These facts, and where they tell nothing, others. A country brings its own closer place, or
    /// none.
    #[must_use]
    pub fn over(self, others: Self) -> Self {
        let place = match self.country {
            Some(_) => Self::default(),
            None => others.clone(),
        };
        Self {
            ip: self.ip.or(others.ip),
            asn: self.asn.or(others.asn),
            country: self.country.or(place.country),
            region: self.region.or(place.region),
            metro: self.metro.or(place.metro),
            postal: self.postal.or(place.postal),
            position: self.position.or(place.position),
            proxy: self.proxy.or(others.proxy),
            origin: self.origin.or(others.origin),
            acls: self.acls.or(others.acls),
            token: self.token.or(others.token),
            key_id: self.key_id.or(others.key_id),
            time: self.time.or(others.time),
        }
    }

    /// The viewer of whom these facts are true, and all else as it was.
    ///
    /// # Errors
    ///
    /// When a value names nothing: a country that does not exist, a postal code that is none.
    pub fn applied_to(&self, viewer: &Viewer) -> Result<Viewer, InvalidFacts> {
        let mut viewer = viewer.clone();
        if let Some(ip) = self.ip {
            viewer.ip = ip.to_canonical();
        }
        viewer.asn = self.asn.or(viewer.asn);
        viewer.place = self.place(viewer.place)?;
        viewer.proxy = self.proxy.unwrap_or(viewer.proxy);
        match self.origin.as_deref() {
            None => {}
            Some("") => viewer.site = Site::Missing,
            Some(origin) => viewer.site = Site::from_headers([origin.as_bytes()], None),
        }
        if let Some(acls) = &self.acls {
            if acls.iter().any(|name| name.parse::<AclName>().is_err()) {
                return Err(value("acls", "names of access control lists"));
            }
            viewer.acls.clone_from(acls);
        }
        viewer.token = self.token.unwrap_or(viewer.token);
        if let Some(id) = &self.key_id {
            if !id.is_empty() && id.parse::<KeyId>().is_err() {
                return Err(value("key-id", "the id of a policy key, or empty"));
            }
            viewer.key_id = Some(id.clone()).filter(|id| !id.is_empty());
        }
        if self.time.is_some_and(|time| time.unsigned_abs() > MAX_TIME) {
            return Err(value("time", "seconds since 1970, of at most 15 digits"));
        }
        viewer.now = self.time.unwrap_or(viewer.now);
        Ok(viewer)
    }

    fn place(&self, seen: ViewerPlace) -> Result<ViewerPlace, InvalidFacts> {
        let mut place = match self.country.as_deref() {
            None => seen,
            Some(text) if UNKNOWN.contains(&text) => ViewerPlace::default(),
            Some(text) => {
                let code: Result<CountryCode, _> = text.parse();
                ViewerPlace {
                    country: Some(code.map_err(|_| value("country", "an ISO 3166-1 code or `?`"))?),
                    ..ViewerPlace::default()
                }
            }
        };
        // Without a country the rest of a place means nothing, as with geolocation data.
        let Some(country) = place.country else {
            return Ok(place);
        };
        if let Some(region) = &self.region {
            let part = match region.split_once('-') {
                Some((of, part)) if of.eq_ignore_ascii_case(country.as_str()) => part,
                _ => region,
            };
            let region = Subdivision::new(country, part);
            let expected = "a part of the viewer's country, such as `NY` or `US-NY`";
            place.subdivision = Some(region.map_err(|_| value("region", expected))?);
        }
        if let Some(code) = self.metro {
            let metro = Metro::new(code).map_err(|_| value("metro", "a code from 1 to 9999"))?;
            place.metro = Some(metro).filter(|_| country == CountryCode::US);
        }
        if let Some(code) = &self.postal {
            let postal = Postal::new(country, code);
            place.postal = Some(postal.map_err(|_| value("postal", "a postal code"))?);
        }
        if let Some(text) = &self.position {
            let position: Result<Position, _> = text.parse();
            let expected = "degrees such as `40.4,-3.7`";
            place.position = Some(position.map_err(|_| value("position", expected))?);
        }
        Ok(place)
    }
}

fn value(member: &'static str, expected: &'static str) -> InvalidFacts {
    InvalidFacts::Value { member, expected }
}

fn write_classes<S: Serializer>(classes: &Option<ProxyClasses>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(
        classes
            .iter()
            .flat_map(|classes| classes.iter())
            .map(ProxyClass::as_str),
    )
}

fn read_classes<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ProxyClasses>, D::Error> {
    let names: Option<Vec<String>> = Deserialize::deserialize(from)?;
    let Some(names) = names else {
        return Ok(None);
    };
    let classes = names.iter().map(|name| name.parse::<ProxyClass>());
    let classes: Result<ProxyClasses, _> = classes.collect();
    classes.map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests;
