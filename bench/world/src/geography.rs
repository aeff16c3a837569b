//! Where everybody is, and how long a packet takes.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;

const POPS: &str = include_str!("../pops.toml");
/// The earth's mean radius (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

/// A city with viewers around it, and with a POP.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    pub name: String,
    pub country: String,
    /// Its place in the list of regions.
    pub region: usize,
    pub latitude: f64,
    pub longitude: f64,
    /// Of all viewers, those who live here.
    pub share: f64,
}

#[derive(Deserialize)]
struct File {
    pops: Vec<(String, String, String, f64, f64, f64)>,
}

/// The regions' names, and the cities: of each region's viewers a city has its part by its people.
///
/// # Errors
///
/// When a region has no share of the viewers.
pub fn cities(regions: &BTreeMap<String, f64>) -> Result<(Vec<String>, Vec<City>)> {
    let file: File = toml::from_str(POPS).context("pops.toml")?;
    let names: Vec<_> = regions.keys().cloned().collect();
    let percent: f64 = regions.values().sum();
    let people = |of: &str| -> f64 {
        file.pops
            .iter()
            .filter(|(_, _, region, ..)| region == of)
            .map(|city| city.5)
            .sum()
    };
    let city = |(name, country, region, latitude, longitude, own): &(
        String,
        String,
        String,
        f64,
        f64,
        f64,
    )| {
        let share = regions
            .get(region)
            .with_context(|| format!("nobody watches in `{region}`"))?;
        Ok(City {
            name: name.clone(),
            country: country.clone(),
            region: names
                .iter()
                .position(|name| name == region)
                .unwrap_or_default(),
            latitude: *latitude,
            longitude: *longitude,
            share: share / percent * own / people(region),
        })
    };
    let cities = file.pops.iter().map(city).collect::<Result<Vec<_>>>()?;
    Ok((names, cities))
}

/// The city of this name.
///
/// # Errors
///
/// When there is none.
pub fn find<'c>(cities: &'c [City], name: &str) -> Result<&'c City> {
    let found = cities.iter().find(|city| city.name == name);
    found.with_context(|| format!("`{name}` is not in pops.toml"))
}

/// Along the surface, in kilometres.
#[must_use]
pub fn distance_km(one: &City, other: &City) -> f64 {
    let (a, b) = (one.latitude.to_radians(), other.latitude.to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let haversine = half(other.latitude - one.latitude)
        + a.cos() * b.cos() * half(other.longitude - one.longitude);
    2.0 * EARTH_KM * haversine.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> City {
        City {
            name: String::new(),
            country: String::new(),
            region: 0,
            latitude,
            longitude,
            share: 0.0,
        }
    }

    #[test]
    fn distances_are_great_circles() {
        for (name, one, other, want) in [
            (
                "a quarter of the equator",
                at(0.0, 0.0),
                at(0.0, 90.0),
                10_007.6,
            ),
            ("over the pole", at(60.0, 0.0), at(60.0, 180.0), 6_671.7),
            (
                "over the 180th meridian",
                at(0.0, 179.0),
                at(0.0, -179.0),
                222.4,
            ),
            ("antipodes", at(10.0, 20.0), at(-10.0, -160.0), 20_015.1),
            ("nowhere", at(1.0, 1.0), at(1.0, 1.0), 0.0),
        ] {
            let got = distance_km(&one, &other);
            assert!((got - want).abs() < 0.2, "{name}: {got}");
        }
    }

    /// What the parameter file says of its sources.
    #[test]
    fn the_route_factor_is_that_of_published_times() {
        let virginia = at(39.04, -77.49);
        let mut factors: Vec<f64> = [
            (53.35, -6.26, 80.5),
            (50.11, 8.68, 88.7),
            (-23.55, -46.63, 119.5),
            (35.68, 139.69, 145.3),
            (37.57, 126.98, 178.4),
            (1.35, 103.82, 216.7),
            (-33.87, 151.21, 230.0),
        ]
        .iter()
        .map(|&(latitude, longitude, ms)| {
            ms / (2.0 * distance_km(&virginia, &at(latitude, longitude)) * 4.897 / 1_000.0)
        })
        .collect();
        factors.sort_by(f64::total_cmp);
        assert!((factors[3] - 1.49).abs() < 0.01, "{factors:?}");
    }

    #[test]
    fn a_hundred_cities_share_all_viewers() {
        let names = [
            "North America",
            "Europe",
            "Asia",
            "Australasia",
            "South America",
            "Africa",
            "Middle East",
        ];
        let regions = names
            .iter()
            .map(|name| ((*name).to_owned(), 10.0))
            .collect();
        let (_, cities) = cities(&regions).expect("pops.toml");
        assert_eq!(cities.len(), 100);
        let all: f64 = cities.iter().map(|city| city.share).sum();
        assert!((all - 1.0).abs() < 1e-9, "{all}");
    }
}
