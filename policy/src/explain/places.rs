//! Where it plays: the same decision for many viewers.

use std::{ops::RangeInclusive, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Refusal;
use crate::{
    compiled::Compiled,
    decide::decide,
    facts::{InvalidFacts, ViewerFacts},
    place::CountryCode,
    rules::Verdict,
    viewer::Viewer,
};

/// What one of many viewers gets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Played {
    /// What sets this viewer apart.
    pub facts: ViewerFacts,
    /// What is decided.
    pub verdict: Verdict,
    /// The refusal, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

/// Places that are asked about together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Places {
    /// Every country, and none that is known.
    Countries,
    /// The United States, and the District of Columbia.
    UsStates,
    /// The metros of the United States.
    Metros,
}

/// The text names no such places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected `countries`, `us-states` or `metros`")]
pub struct InvalidPlaces(());

/// Decides for viewers who are like `viewer` but for some facts.
///
/// # Errors
///
/// When facts tell what does not exist.
pub fn where_it_plays(
    compiled: &Compiled<'_>,
    viewer: &Viewer,
    others: impl IntoIterator<Item = ViewerFacts>,
) -> Result<Vec<Played>, InvalidFacts> {
    let played = |facts: ViewerFacts| {
        let viewer = facts.applied_to(viewer)?;
        let decision = decide(compiled, &viewer);
        Ok(Played {
            verdict: decision.verdict(),
            refusal: Refusal::of(&decision, &viewer),
            facts,
        })
    };
    others.into_iter().map(played).collect()
}

impl Places {
    /// All that can be asked about.
    pub const ALL: [Self; 3] = [Self::Countries, Self::UsStates, Self::Metros];

    /// The name they are asked about by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Countries => "countries",
            Self::UsStates => "us-states",
            Self::Metros => "metros",
        }
    }

    /// Somebody in each of them.
    #[must_use]
    pub fn viewers(self) -> Vec<ViewerFacts> {
        match self {
            Self::Countries => ViewerFacts::countries().collect(),
            Self::UsStates => ViewerFacts::us_states().collect(),
            Self::Metros => ViewerFacts::metros().collect(),
        }
    }
}

impl FromStr for Places {
    type Err = InvalidPlaces;

    fn from_str(text: &str) -> Result<Self, InvalidPlaces> {
        let named = Self::ALL.into_iter().find(|places| places.as_str() == text);
        named.ok_or(InvalidPlaces(()))
    }
}

impl ViewerFacts {
    /// Somebody in each country, of whose place nothing closer is known; and one in none that is
    /// known.
    pub fn countries() -> impl Iterator<Item = Self> {
        let codes = CountryCode::all().map(|country| country.to_string());
        codes.chain(["?".to_owned()]).map(|country| Self {
            country: Some(country),
            ..Self::default()
        })
    }

    /// Somebody in each of the United States, and in the District of Columbia.
    pub fn us_states() -> impl Iterator<Item = Self> {
        STATES.split(' ').map(|state| Self {
            region: Some(state.to_owned()),
            ..in_us()
        })
    }

    /// Somebody in each metro of the United States.
    pub fn metros() -> impl Iterator<Item = Self> {
        METROS.into_iter().flatten().map(|code| Self {
            metro: Some(code),
            ..in_us()
        })
    }
}

fn in_us() -> ViewerFacts {
    ViewerFacts {
        country: Some(CountryCode::US.to_string()),
        ..ViewerFacts::default()
    }
}

/// ISO 3166-2:US, without the territories: these are countries of their own in geolocation data.
const STATES: &str = "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS \
    MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY";

/// Nielsen's 210 designated market areas.
#[rustfmt::skip]
const METROS: [RangeInclusive<i64>; 65] = [
    500..=561, 563..=567, 569..=571, 573..=577, 581..=584, 588..=588, 592..=592, 596..=598,
    600..=600, 602..=606, 609..=613, 616..=619, 622..=628, 630..=644, 647..=652, 656..=659,
    661..=661, 662..=662, 669..=671, 673..=673, 675..=675, 676..=676, 678..=678, 679..=679,
    682..=682, 686..=686, 687..=687, 691..=693, 698..=698, 702..=702, 705..=705, 709..=711,
    716..=718, 722..=722, 724..=724, 725..=725, 734..=734, 736..=736, 737..=737, 740..=740,
    743..=747, 749..=749, 751..=760, 762..=762, 764..=767, 770..=770, 771..=771, 773..=773,
    789..=789, 790..=790, 798..=798, 800..=804, 807..=807, 810..=810, 811..=811, 813..=813,
    819..=821, 825..=825, 828..=828, 839..=839, 855..=855, 862..=862, 866..=866, 868..=868,
    881..=881,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compiled::compile,
        place::Metro,
        rules::{LayerKind, Rules},
    };
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[track_caller]
    fn allowed(rules: &str, others: impl Iterator<Item = ViewerFacts>) -> Vec<ViewerFacts> {
        let rules: Rules = rules.parse().unwrap();
        let entry = compile(&[(LayerKind::Video, &rules)]);
        let viewer = Viewer::new([203, 0, 113, 7].into(), 0);
        let played = where_it_plays(&Compiled::read(&entry).unwrap(), &viewer, others).unwrap();
        let is_allowed = |played: &Played| played.verdict == Verdict::Allow;
        assert!(
            played
                .iter()
                .all(|played| is_allowed(played) != played.refusal.is_some())
        );
        played
            .into_iter()
            .filter(is_allowed)
            .map(|played| played.facts)
            .collect()
    }

    #[test]
    fn there_are_250_countries_51_states_and_210_metros() {
        assert_eq!(ViewerFacts::countries().count(), 250 + 1);
        assert_eq!(ViewerFacts::us_states().count(), 51);
        let metros: Vec<_> = ViewerFacts::metros()
            .filter_map(|facts| facts.metro)
            .collect();
        assert_eq!(metros.len(), 210);
        assert!(metros.is_sorted_by(|one, next| one < next));
        assert!(metros.into_iter().all(|code| Metro::new(code).is_ok()));
    }

    #[test]
    fn places_are_asked_about_by_their_names() {
        for (name, count) in [("countries", 251), ("us-states", 51), ("metros", 210)] {
            let places: Places = name.parse().unwrap();
            assert_eq!(places.viewers().len(), count, "{name}");
            assert_eq!(serde_json::to_value(places).unwrap(), name);
        }
        assert!("Countries".parse::<Places>().is_err());
    }

    #[test]
    fn it_plays_where_the_rules_let_it() {
        let countries = |rules| allowed(rules, ViewerFacts::countries()).len();
        assert_eq!(countries("geo-default=allow"), 251);
        assert_eq!(countries(r#"geo-allow=("DE" "AT" "CH")"#), 3);
        assert_eq!(countries(r#"geo-deny=("KP")"#), 250);
        assert_eq!(countries("geo-default=deny"), 0);
        let states = allowed(r#"geo-deny=("US-NY" "US-CA")"#, ViewerFacts::us_states());
        assert_eq!(states.len(), 49);
        let metros = allowed(r#"geo-allow=("metro:501")"#, ViewerFacts::metros());
        assert_eq!(metros.len(), 1);
    }

    #[test]
    fn facts_that_name_nothing_are_refused() {
        let facts = ViewerFacts {
            country: Some("XX".to_owned()),
            ..ViewerFacts::default()
        };
        let viewer = Viewer::new([203, 0, 113, 7].into(), 0);
        let played = where_it_plays(&Compiled::default(), &viewer, [facts]);
        assert_eq!(
            played.unwrap_err().to_string(),
            "`country` must be an ISO 3166-1 code or `?`"
        );
    }
}
