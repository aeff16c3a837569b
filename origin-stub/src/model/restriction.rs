//! The two restrictions the CMS has forms for. Everything else is written as `rules`.

use playback_policy::Place;
use serde::{Deserialize, Serialize};

use super::{
    check::{self, InvalidField},
    time::IsoTime,
};

/// Where a video may play: only in these countries, or in all but these.
///
/// # Source
///
/// CMS API, `geo`: the list counts only while `restricted` is true; codes are lower case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object or `null`")]
pub(crate) struct Geo {
    /// Whether the list counts at all.
    pub(crate) restricted: bool,
    /// True: everywhere but there. False: only there.
    pub(crate) exclude_countries: bool,
    pub(crate) countries: Vec<Country>,
}

/// An ISO 3166-1 alpha-2 code or `usmil`, read in either case and printed in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Country(
    // INVARIANT: a country, or the United States' military.
    Place,
);

/// When a video may play. Outside it the video keeps its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object or `null`")]
pub(crate) struct Schedule {
    /// Playable from this moment on.
    pub(crate) starts_at: Option<IsoTime>,
    /// Playable until just before this moment.
    pub(crate) ends_at: Option<IsoTime>,
}

impl TryFrom<String> for Country {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let place = text.parse().ok();
        let country = place.filter(|place| matches!(place, Place::Country(_) | Place::UsMilitary));
        country.map(Self).ok_or_else(|| {
            format!("`{text}`: expected an ISO 3166-1 alpha-2 country such as `DE`, or `usmil`")
        })
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0.to_string().to_ascii_lowercase()
    }
}

impl Geo {
    /// The countries of the list.
    pub(crate) fn places(&self) -> Vec<Place> {
        self.countries.iter().map(|country| country.0).collect()
    }

    pub(crate) fn check(&self) -> Result<(), InvalidField> {
        check::count("geo.countries", self.countries.len(), 300)?;
        // Neither "nowhere" nor "everywhere" may be guessed from an empty list.
        if self.restricted && self.countries.is_empty() {
            let reason = "expected at least one country while `geo.restricted` is true";
            return Err(InvalidField::new("geo.countries", reason));
        }
        Ok(())
    }
}

impl Schedule {
    pub(crate) fn check(&self) -> Result<(), InvalidField> {
        match (self.starts_at, self.ends_at) {
            (Some(start), Some(end)) if start.ceil_seconds() >= end.floor_seconds() => {
                let reason = "expected a moment at least a second after `schedule.starts_at`";
                Err(InvalidField::new("schedule.ends_at", reason))
            }
            _ => Ok(()),
        }
    }
}
