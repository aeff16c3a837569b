//! The viewer: what may influence a decision, and nothing more.

use std::net::IpAddr;

use crate::{
    domain::Site,
    place::{CountryCode, Metro, Subdivision},
    proxy::ProxyClasses,
};

/// What is known of a viewer at the moment of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The address the request came from. Rules see an IPv4-mapped IPv6 address as IPv4.
    pub ip: IpAddr,
    /// Where that address is.
    pub place: ViewerPlace,
    /// The proxies it is known as.
    pub proxy: ProxyClasses,
    /// The site that embeds the player.
    pub site: Site,
    /// The time, in seconds since 1970 UTC.
    pub now: i64,
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
}

impl Viewer {
    /// A viewer of whom only address and time are known.
    #[must_use]
    pub fn new(ip: IpAddr, now: i64) -> Self {
        Self {
            ip: ip.to_canonical(),
            place: ViewerPlace::default(),
            proxy: ProxyClasses::default(),
            site: Site::Missing,
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
        }
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
    fn a_mapped_address_is_seen_as_ipv4() {
        let viewer = Viewer::new("::ffff:203.0.113.7".parse().unwrap(), 0);
        assert_eq!(viewer.ip, IpAddr::from([203, 0, 113, 7]));
    }
}
