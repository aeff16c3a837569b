//! CloudFront's geographic restrictions.
//!
//! # Source
//!
//! CloudFront's API reference, `GeoRestriction` and `GeoRestrictionCustomization`; its developer
//! guide, "Restricting the geographic distribution of your content": where it cannot tell where a
//! viewer is, it serves.

use std::collections::BTreeSet;

use playback_policy::{CountryCode, Place, Rules};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Imported, ImportedRight, NoEqual, Tokens,
    document::{InvalidDocument, below, read, unknown},
};

#[derive(Deserialize)]
struct GeoRestriction {
    #[serde(rename = "RestrictionType")]
    kind: Kind,
    #[serde(rename = "Quantity")]
    quantity: Option<usize>,
    /// As the API of distributions has it.
    #[serde(rename = "Items")]
    items: Option<Vec<String>>,
    /// As that of tenants and CloudFormation have it.
    #[serde(rename = "Locations")]
    locations: Option<Vec<String>>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Whitelist,
    Blacklist,
    None,
}

/// A restriction, or what holds it: `GeoRestriction`, or `Restrictions` around that.
pub(super) fn import(document: &Value) -> Result<Imported, InvalidDocument> {
    let mut place = ".".to_owned();
    let mut inside = document;
    let mut no_equal = Vec::new();
    for holder in ["Restrictions", "GeoRestriction"] {
        let Value::Object(members) = inside else {
            break;
        };
        let Some(held) = members.get(holder) else {
            continue;
        };
        let others = members.keys().filter(|name| *name != holder);
        no_equal.extend(others.map(|name| NoEqual::unknown_member(below(&place, name))));
        place = below(&place, holder);
        inside = held;
    }
    let restriction: GeoRestriction = read(inside, &place)?;
    no_equal.extend(unknown(&restriction.other, &place));
    let mut countries = BTreeSet::new();
    let (member, list) = match (&restriction.items, &restriction.locations) {
        (Some(_), Some(_)) => {
            let reason = "expected either `Items` or `Locations`";
            return Err(InvalidDocument::new(place, reason));
        }
        (None, Some(list)) => ("Locations", list.as_slice()),
        (items, None) => ("Items", items.as_deref().unwrap_or_default()),
    };
    let list_place = below(&place, member);
    for (at, code) in list.iter().enumerate() {
        match code.parse::<CountryCode>() {
            Ok(country) => {
                countries.insert(country);
            }
            Err(_) => no_equal.push(NoEqual::new(
                format!("{list_place}[{at}]"),
                format!("`{code}` is no country here"),
            )),
        }
    }
    if let Some(quantity) = restriction
        .quantity
        .filter(|quantity| *quantity != list.len())
    {
        let reason = format!(
            "expected the {} countries of the list, found {quantity}",
            list.len()
        );
        return Err(InvalidDocument::new(below(&place, "Quantity"), reason));
    }
    if (restriction.kind == Kind::None) != list.is_empty() {
        let reason =
            "expected countries beside `whitelist` and `blacklist`, and none beside `none`";
        return Err(InvalidDocument::new(list_place, reason));
    }
    let rights = match no_equal.is_empty() {
        true => vec![right(restriction.kind, &countries)],
        false => Vec::new(),
    };
    Ok(Imported { rights, no_equal })
}

fn right(kind: Kind, countries: &BTreeSet<CountryCode>) -> ImportedRight {
    let denied: Vec<CountryCode> = match kind {
        Kind::None => Vec::new(),
        Kind::Blacklist => countries.iter().copied().collect(),
        // A list of those that may would refuse a viewer whom nobody can place.
        Kind::Whitelist => every_country()
            .filter(|country| !countries.contains(country))
            .collect(),
    };
    ImportedRight {
        name: "CloudFront geographic restriction".to_owned(),
        rules: Rules {
            geo_deny: denied.into_iter().map(Place::Country).collect(),
            ..Rules::default()
        },
        tokens: Tokens::NotNeeded,
    }
}

/// Every country there is, by its code.
fn every_country() -> impl Iterator<Item = CountryCode> {
    let letters = || 'A'..='Z';
    letters().flat_map(move |first| {
        letters().filter_map(move |second| format!("{first}{second}").parse().ok())
    })
}
