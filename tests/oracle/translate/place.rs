//! Places, from circles to countries.

mod circle;

use super::{
    chain::Level,
    policy::{any, strings},
};
use crate::case::{Layer, RuleSet};

pub(crate) use circle::distance_m;
pub(super) use circle::{holds, is_clear};

/// What a text names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Circle,
    Postal,
    Metro,
    Subdivision,
    Country,
    /// `usmil`: nobody is ever seen there.
    Nowhere,
}

/// From the most specific to the broadest.
const LEVELS: [Kind; 5] = [
    Kind::Circle,
    Kind::Postal,
    Kind::Metro,
    Kind::Subdivision,
    Kind::Country,
];

pub(super) fn levels(layer: &Layer) -> Vec<Level> {
    let level = |kind| Level {
        deny: matches(kind, layer.items("geo-deny"))
            .map(|matches| ("geo-deny", matches))
            .into_iter()
            .collect(),
        allow: matches(kind, layer.items("geo-allow"))
            .into_iter()
            .collect(),
    };
    LEVELS.map(level).into()
}

/// The circles that the rules name.
pub(super) fn circles(rules: &RuleSet) -> Vec<String> {
    let layers = rules.layers();
    let places = layers
        .iter()
        .flat_map(|(_, layer)| [layer.items("geo-allow"), layer.items("geo-deny")])
        .flatten();
    places
        .filter(|place| Kind::of(place) == Kind::Circle)
        .cloned()
        .collect()
}

/// Whether the viewer is at one of the places of this kind.
fn matches(kind: Kind, places: &[String]) -> Option<String> {
    let places: Vec<_> = places
        .iter()
        .filter(|place| Kind::of(place) == kind)
        .map(|place| plain(place))
        .collect();
    if places.is_empty() {
        return None;
    }
    match kind {
        // Cedar has no trigonometry: it is told which circles hold the viewer.
        Kind::Circle => Some(format!("context.circles.containsAny({})", strings(&places))),
        Kind::Postal => any(places
            .iter()
            .map(|begin| format!("(context has postal && context.postal like \"{begin}*\")"))),
        Kind::Metro => Some(format!(
            "context has metro && [{}].contains(context.metro)",
            places.join(", ")
        )),
        Kind::Subdivision => Some(format!(
            "context has subdivision && {}.contains(context.subdivision)",
            strings(&places)
        )),
        Kind::Country => Some(format!(
            "context has country && {}.contains(context.country)",
            strings(&places)
        )),
        Kind::Nowhere => None,
    }
}

/// A place without the name of its kind; codes in one case, postal codes without their gaps.
fn plain(place: &str) -> String {
    match Kind::of(place) {
        Kind::Circle => place.to_owned(),
        Kind::Postal => postal(place.trim_start_matches("postal:")),
        Kind::Metro => place.trim_start_matches("metro:").to_owned(),
        Kind::Subdivision | Kind::Country | Kind::Nowhere => place.to_uppercase(),
    }
}

/// A postal code with its country in front, in one case: spaces and hyphens do not count.
pub(super) fn postal(code: &str) -> String {
    code.replace([' ', '-'], "").to_uppercase()
}

// === impl Kind ===

impl Kind {
    fn of(place: &str) -> Self {
        match place.split_once(':') {
            Some(("circle", _)) => Self::Circle,
            Some(("postal", _)) => Self::Postal,
            Some(_) => Self::Metro,
            None if place.eq_ignore_ascii_case("usmil") => Self::Nowhere,
            None if place.contains('-') => Self::Subdivision,
            None => Self::Country,
        }
    }
}
