//! Where a playback right lets a video play: its `geo_global_rule` and its `geo`.

use std::{fmt, str::FromStr};

use playback_policy::{CountryCode, Metro, Place, Postal};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::MAX_ITEMS;
use crate::model::{
    check::{self, InvalidField},
    text,
};

/// Which of the lists count.
///
/// # Source
///
/// Playback Rights API, `geo_global_rule`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum GlobalRule {
    /// All of them, the most specific first.
    #[default]
    #[serde(rename = "")]
    None,
    /// Everybody plays but those whom a list blocks.
    #[serde(rename = "allow_all")]
    AllowAll,
    /// Nobody plays but those whom a list allows.
    #[serde(rename = "block_all")]
    BlockAll,
}

/// Lists of places.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object")]
pub(super) struct RightGeo {
    #[serde(with = "text::list")]
    allowed_countries: Vec<CountryCode>,
    #[serde(with = "text::list")]
    blocked_countries: Vec<CountryCode>,
    #[serde(with = "text::list")]
    allowed_zip_codes: Vec<ZipCode>,
    #[serde(with = "text::list")]
    blocked_zip_codes: Vec<ZipCode>,
    allowed_dmas: Vec<Dma>,
    blocked_dmas: Vec<Dma>,
}

/// A postal code of five digits, which is a whole one in its country: `US-90045`.
///
/// A rule names the beginning of a postal code. Only where every code is as long does it name one
/// code and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ZipCode(Postal);

/// The text is no such code.
#[derive(Clone, Copy, Debug, Error)]
#[error("expected a country whose codes have five digits, and five digits: `US-90045`")]
struct InvalidZipCode(());

/// A Nielsen designated market area, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u16")]
struct Dma(Metro);

/// Those that Brightcove's documentation has examples of.
const FIVE_DIGITS: [&str; 2] = ["US-", "MX-"];

// === impl RightGeo ===

impl RightGeo {
    pub(super) fn check(&self) -> Result<(), InvalidField> {
        for (path, count) in [
            ("geo.allowed_countries", self.allowed_countries.len()),
            ("geo.blocked_countries", self.blocked_countries.len()),
            ("geo.allowed_zip_codes", self.allowed_zip_codes.len()),
            ("geo.blocked_zip_codes", self.blocked_zip_codes.len()),
            ("geo.allowed_dmas", self.allowed_dmas.len()),
            ("geo.blocked_dmas", self.blocked_dmas.len()),
        ] {
            check::count(path, count, MAX_ITEMS)?;
        }
        Ok(())
    }

    /// The places where it may play, the most specific first.
    pub(super) fn allowed(&self) -> Vec<Place> {
        places(
            &self.allowed_zip_codes,
            &self.allowed_dmas,
            &self.allowed_countries,
        )
    }

    /// The places where it may not, the most specific first.
    pub(super) fn blocked(&self) -> Vec<Place> {
        places(
            &self.blocked_zip_codes,
            &self.blocked_dmas,
            &self.blocked_countries,
        )
    }

    /// The first member that names a place.
    pub(super) fn first_member(&self) -> Option<&'static str> {
        let members = [
            ("geo.allowed_countries", self.allowed_countries.is_empty()),
            ("geo.blocked_countries", self.blocked_countries.is_empty()),
            ("geo.allowed_zip_codes", self.allowed_zip_codes.is_empty()),
            ("geo.blocked_zip_codes", self.blocked_zip_codes.is_empty()),
            ("geo.allowed_dmas", self.allowed_dmas.is_empty()),
            ("geo.blocked_dmas", self.blocked_dmas.is_empty()),
        ];
        let used = members.into_iter().find(|(_, is_empty)| !is_empty);
        used.map(|(member, _)| member)
    }
}

fn places(zip_codes: &[ZipCode], dmas: &[Dma], countries: &[CountryCode]) -> Vec<Place> {
    let zip_codes = zip_codes.iter().map(|code| Place::Postal(code.0));
    let dmas = dmas.iter().map(|dma| Place::Metro(dma.0));
    let countries = countries.iter().copied().map(Place::Country);
    zip_codes.chain(dmas).chain(countries).collect()
}

// === impl ZipCode ===

impl FromStr for ZipCode {
    type Err = InvalidZipCode;

    fn from_str(text: &str) -> Result<Self, InvalidZipCode> {
        let text = text.to_ascii_uppercase();
        let digits = FIVE_DIGITS
            .iter()
            .find_map(|start| text.strip_prefix(start));
        let is_whole = digits.is_some_and(|digits| {
            digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        match text.parse() {
            Ok(code) if is_whole => Ok(Self(code)),
            Ok(_) | Err(_) => Err(InvalidZipCode(())),
        }
    }
}

impl fmt::Display for ZipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// === impl Dma ===

impl TryFrom<i64> for Dma {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match Metro::new(number) {
            Ok(metro) => Ok(Self(metro)),
            Err(reason) => Err(format!("`{number}`: {reason}")),
        }
    }
}

impl From<Dma> for u16 {
    fn from(dma: Dma) -> Self {
        dma.0.code()
    }
}
