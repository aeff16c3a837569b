//! The viewer: what may influence a decision, and nothing more.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{
    domain::Site,
    place::{CountryCode, Metro, Position, Postal, Subdivision},
    proxy::ProxyClasses,
};

/// What is known of a viewer at the moment of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The address the request came from. Rules see an IPv4-mapped IPv6 address as IPv4.
    pub ip: IpAddr,
    /// The access control lists that have an entry for that address. Of every list the rules name
    /// it must be known whether it has one: who cannot find that out must refuse.
    pub acls: Vec<String>,
    /// The autonomous system that announces the address; 0 where data knows of none.
    pub asn: Option<u32>,
    /// Where that address is.
    pub place: ViewerPlace,
    /// The proxies it is known as.
    pub proxy: ProxyClasses,
    /// The site that embeds the player.
    pub site: Site,
    /// The viewer token that came with the request.
    pub token: TokenState,
    /// The id of the policy key that came with the request, if it has one.
    pub key_id: Option<String>,
    /// The time, in seconds since 1970 UTC.
    pub now: i64,
}

/// What is known of a viewer token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenState {
    /// None came.
    #[default]
    Missing,
    /// One came that is malformed, forged, expired, or for something else. That matters only where
    /// a token is required.
    Invalid,
    /// One came, and it is good.
    Valid,
}

/// Where a viewer is. What is unknown is `None`, and matches no place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewerPlace {
    /// The country.
    pub country: Option<CountryCode>,
    /// The part of the country.
    pub subdivision: Option<Subdivision>,
    /// The metro; the United States only.
    pub metro: Option<Metro>,
    /// The postal code, or as much of it as is known.
    pub postal: Option<Postal>,
    /// The point on the globe.
    pub position: Option<Position>,
}

impl Viewer {
    /// A viewer of whom only address and time are known.
    #[must_use]
    pub fn new(ip: IpAddr, now: i64) -> Self {
        Self {
            ip: ip.to_canonical(),
            acls: Vec::new(),
            asn: None,
            place: ViewerPlace::default(),
            proxy: ProxyClasses::default(),
            site: Site::Missing,
            token: TokenState::Missing,
            key_id: None,
            now,
        }
    }
}

impl ViewerPlace {
    /// Reads a place from geolocation labels: a country code, the subdivision's part behind the
    /// hyphen, and a metro code.
    ///
    /// A label that names no country (`?`, `EU`, `AP`, empty) leaves the whole place unknown: a
    /// region of no country means nothing. A metro counts in the United States only, since other
    /// countries number theirs from the same range.
    #[must_use]
    pub fn from_labels(country: &str, region: Option<&str>, metro: i64) -> Self {
        let Ok(country) = country.parse::<CountryCode>() else {
            return Self::default();
        };
        let in_us = country == CountryCode::US;
        Self {
            country: Some(country),
            subdivision: region.and_then(|part| Subdivision::new(country, part).ok()),
            metro: Metro::new(metro).ok().filter(|_| in_us),
            postal: None,
            position: None,
        }
    }

    /// The same place, with the postal code of a geolocation label. A label that is none (`?`,
    /// empty) is not known, nor is any in a country that is not.
    #[must_use]
    pub fn with_postal(self, label: &str) -> Self {
        let postal = self
            .country
            .and_then(|country| Postal::new(country, label).ok());
        Self { postal, ..self }
    }

    /// The same place, with a position in degrees. What is no position (`999.9`, zeros) is not
    /// known, nor is any in a country that is not: data puts those in the middle of nowhere.
    #[must_use]
    pub fn with_position(self, latitude: f64, longitude: f64) -> Self {
        let position = self
            .country
            .and_then(|_| Position::from_degrees(latitude, longitude));
        Self { position, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn labels_that_name_no_country_leave_the_place_unknown() {
        for country in ["", "?", "EU", "AP", "**", "A1"] {
            let place = ViewerPlace::from_labels(country, Some("NY"), 501);
            assert_eq!(place, ViewerPlace::default(), "{country}");
        }
    }

    #[test]
    fn a_metro_counts_in_the_united_states_only() {
        assert!(
            ViewerPlace::from_labels("us", Some("NY"), 501)
                .metro
                .is_some()
        );
        assert!(ViewerPlace::from_labels("GB", None, 501).metro.is_none());
        assert!(ViewerPlace::from_labels("US", None, 0).metro.is_none());
        assert!(ViewerPlace::from_labels("US", None, -1).metro.is_none());
    }

    #[test]
    fn a_postal_code_and_a_position_count_in_a_known_country_only() {
        let place = |country| {
            let place = ViewerPlace::from_labels(country, None, 0);
            place.with_postal("90045").with_position(34.0, -118.4)
        };
        for country in ["", "?", "EU"] {
            assert_eq!(place(country), ViewerPlace::default(), "{country}");
        }
        let known = place("US");
        assert_eq!(known.postal, "US-90045".parse().ok());
        assert_eq!(known.position, Position::from_degrees(34.0, -118.4));
        let unknown = known.with_postal("?").with_position(999.9, 999.9);
        assert_eq!((unknown.postal, unknown.position), (None, None));
        assert_eq!(unknown.country, known.country);
    }

    #[test]
    fn a_mapped_address_is_seen_as_ipv4() {
        let viewer = Viewer::new("::ffff:203.0.113.7".parse().unwrap(), 0);
        assert_eq!(viewer.ip, IpAddr::from([203, 0, 113, 7]));
    }
}
