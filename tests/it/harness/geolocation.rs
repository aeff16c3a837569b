//! The geolocation the POPs see: one record for each viewer of the scenario tables.

use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

use super::{
    processes,
    scenario::{self, RowPlace, Scenario},
};

/// In Germany, by the tables.
pub(crate) const GERMAN_VIEWER: &str = "203.0.113.49";
/// In France, by the tables.
pub(crate) const FRENCH_VIEWER: &str = "203.0.113.33";

/// Whose geolocation records a POP reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Geolocation {
    /// One for each viewer of the scenario tables.
    Scenarios,
    /// The demo's own file.
    Demo,
    /// There are none.
    Missing,
}

impl Geolocation {
    /// The file, written into the folder if it is not there already.
    #[track_caller]
    pub(crate) fn file(self, folder: &Path) -> PathBuf {
        match self {
            Self::Scenarios => {
                let file = folder.join("geolocation.json");
                write(&file);
                file
            }
            Self::Missing => {
                let file = folder.join("geolocation.json");
                fs::write(&file, "{}").expect("the test's folder takes files");
                file
            }
            Self::Demo => processes::workspace().join("demo/geolocation.json"),
        }
    }
}

/// The record of every address.
///
/// # Panics
///
/// When two rows tell two stories of one address: the file could hold only one of them.
#[track_caller]
pub(crate) fn records(scenarios: &[Scenario]) -> BTreeMap<IpAddr, RowPlace> {
    let mut records = BTreeMap::new();
    let mut told_by = BTreeMap::new();
    for row in scenarios {
        let address = row.viewer.ip.to_canonical();
        let place = &row.viewer.place;
        let first = records.entry(address).or_insert_with(|| place.clone());
        let first_id = told_by.entry(address).or_insert(&row.id);
        assert_eq!(
            first, place,
            "`{first_id}` and `{}` disagree on {address}",
            row.id
        );
    }
    records
}

/// Writes the file in Viceroy's format, whole, since Viceroy reads it at every lookup.
#[track_caller]
fn write(file: &Path) {
    let records = records(&scenario::all());
    let known = records.iter().filter(|(_, place)| place.is_known());
    write_places(
        file,
        known.map(|(address, place)| (*address, place.clone())),
    );
}

/// A file of viewers of whom no more is known than a country.
#[track_caller]
pub(crate) fn write_countries<'c>(
    file: &Path,
    viewers: impl IntoIterator<Item = (IpAddr, &'c str)>,
) {
    let place = |country: &str| RowPlace {
        country: Some(country.to_owned()),
        ..RowPlace::default()
    };
    let viewers = viewers.into_iter();
    write_places(
        file,
        viewers.map(|(address, country)| (address, place(country))),
    );
}

#[track_caller]
fn write_places(file: &Path, places: impl Iterator<Item = (IpAddr, RowPlace)>) {
    let record = |(address, place): (IpAddr, RowPlace)| (address.to_string(), record(&place));
    let table: Map<_, _> = places.map(record).collect();
    let text = Value::Object(table).to_string();
    fs::write(file, text).expect("the test's folder takes files");
}

/// A full record: if a single field is missing, the SDK finds no record at all.
fn record(place: &RowPlace) -> Value {
    let label = |label: &Option<String>| label.clone().unwrap_or_else(|| "?".to_owned());
    let (latitude, longitude) = place.position();
    let mut record = json!({
        "as_name": "example network",
        "as_number": place.as_number(),
        "area_code": 0,
        "city": "?",
        "conn_speed": "broadband",
        "conn_type": "wired",
        "continent": "EU",
        "country_code": label(&place.country),
        "country_code3": "?",
        "country_name": "?",
        "latitude": latitude,
        "longitude": longitude,
        "metro_code": place.metro.unwrap_or(-1),
        "postal_code": label(&place.postal),
        "proxy_description": label(&place.proxy_description),
        "proxy_type": label(&place.proxy_type),
        "utc_offset": 0,
    });
    let region = place
        .subdivision
        .as_deref()
        .and_then(|code| code.split_once('-'));
    if let Some((_, part)) = region {
        record["region"] = json!(part);
    }
    record
}
