//! Every row of the scenario tables, by every runner. They must agree with the row, and so with
//! each other. What the rows cover between them is computed.

mod coverage;
mod doors;
mod explained;
mod pure;
mod question;
mod tables;
mod wasm;

use crate::harness::{geolocation, scenario};

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
