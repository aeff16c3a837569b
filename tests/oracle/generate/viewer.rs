//! Random viewers of given rules.

use fastrand::Rng;

use super::{border, chance, one, page, pool, some};
use crate::case::{Record, RuleSet, Who};

pub(crate) fn viewer(rng: &mut Rng, rules: &RuleSet) -> Who {
    let (origin, referer) = page::headers(rng, rules);
    Who {
        ip: border::address(rng, rules),
        record: match chance(rng, 90) {
            true => record(rng, rules),
            false => Record::default(),
        },
        origin,
        referer,
        time: border::time(rng, rules),
        acls: named(rng, 40, 3, &pool::LISTS),
        vpn: named(rng, 20, 2, &pool::VPN_FACTS),
        token: match rng.u8(..10) {
            0..=2 => None,
            3..=8 => Some("valid".to_owned()),
            _ => Some("invalid".to_owned()),
        },
    }
}

/// What the data says of one spot, often of one that the rules speak of, sometimes with a label of
/// another.
fn record(rng: &mut Rng, rules: &RuleSet) -> Record {
    let layers = rules.layers();
    let mut spots = some(rng, 3, |rng| one(rng, &pool::SPOTS)).into_iter();
    let country = |spot: &pool::Spot| spot.country.to_uppercase();
    let is_spoken_of = |spot: &pool::Spot| {
        let mut places = layers
            .iter()
            .flat_map(|(_, layer)| [layer.items("geo-allow"), layer.items("geo-deny")])
            .flatten();
        places.any(|place| place.to_uppercase().contains(&country(spot)))
    };
    let spot = spots.find(is_spoken_of);
    let spot = spot.unwrap_or_else(|| one(rng, &pool::SPOTS));
    let mut other = || match chance(rng, 10) {
        true => one(rng, &pool::SPOTS),
        false => spot,
    };
    let (metro, postal, position) = (other().metro, other().postal, other().position);
    let position = match chance(rng, 5) {
        true => Some((999.9, 999.9)),
        false => position,
    };
    let label =
        |rng: &mut Rng, labels: &[&str]| chance(rng, 30).then(|| one(rng, labels).to_owned());
    Record {
        country: Some(spot.country.to_owned()),
        subdivision: spot.subdivision.map(str::to_owned),
        metro,
        postal: postal.map(str::to_owned),
        latitude: position.map(|(latitude, _)| latitude),
        longitude: position.map(|(_, longitude)| longitude),
        asn: chance(rng, 80).then(|| border::system(rng)),
        proxy_type: label(rng, &pool::PROXY_TYPES),
        proxy_description: label(rng, &pool::PROXY_DESCRIPTIONS),
    }
}

/// Several of the pool, or often none.
fn named(rng: &mut Rng, percent: u8, most: usize, pool: &[&str]) -> Vec<String> {
    if !chance(rng, percent) {
        return Vec::new();
    }
    let mut names = some(rng, most, |rng| one(rng, pool).to_owned());
    names.sort();
    names.dedup();
    names
}
