//! Every row of the scenario tables, by every runner. They must agree with the row, and so with
//! each other.

mod pure;
mod wasm;

use crate::harness::{geolocation, scenario};

#[test]
fn every_row_has_an_id_of_its_own() {
    let rows = scenario::all();
    scenario::assert_unique(rows.iter().map(|row| row.id.as_str()));
}

#[test]
fn every_row_names_what_says_so() {
    let unfounded: Vec<_> = scenario::all()
        .into_iter()
        .filter(|row| row.spec.is_empty())
        .map(|row| row.id)
        .collect();
    assert!(unfounded.is_empty(), "{unfounded:?}");
}

#[test]
fn rows_that_share_an_address_share_its_geolocation_record() {
    let records = geolocation::records(&scenario::all());
    let is_for_documentation = |address: &std::net::IpAddr| match address {
        std::net::IpAddr::V4(v4) => v4.is_documentation(),
        std::net::IpAddr::V6(v6) => v6.segments()[..2] == [0x2001, 0xdb8],
    };
    let foreign: Vec<_> = records
        .keys()
        .filter(|address| !is_for_documentation(address))
        .collect();
    assert!(
        foreign.is_empty(),
        "addresses of real networks: {foreign:?}"
    );
}
