//! Places: countries and their parts, as rules name them and viewers are seen in them.

mod circle;
mod postal;

use std::{fmt, str::FromStr};

use thiserror::Error;

pub use circle::{Circle, Position};
pub use postal::Postal;

/// A country by its ISO 3166-1 alpha-2 code, such as `DE`. Read in either case, printed in upper.
///
/// Only assigned codes (and `XK`, Kosovo, which geolocation data uses) are countries: a typo in a
/// deny list would otherwise refuse nobody, silently. Placeholders that data vendors use for "no
/// country", such as `EU`, `AP` or `?`, are not countries.
///
/// # Source
///
/// ISO 3166-1, 249 assigned codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

/// A part of a country by its ISO 3166-2 code, such as `US-NY`: a country and one to three letters
/// or digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subdivision {
    country: CountryCode,
    // INVARIANT: upper-case letters and digits, padded with zeros.
    part: [u8; 3],
}

/// A Nielsen designated market area of the United States, such as 501 for New York.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Metro(u16);

/// A place as a rule names it: `DE`, `US-NY`, `metro:501`, `postal:US-90045` or
/// `circle:40.4,-3.7,50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A whole country.
    Country(CountryCode),
    /// A part of a country.
    Subdivision(Subdivision),
    /// A metro in the United States.
    Metro(Metro),
    /// Every postal code that begins so.
    Postal(Postal),
    /// Everywhere within a distance.
    Circle(Circle),
    /// The bases of the United States' military abroad, `usmil`. Geolocation data says `US` of
    /// them and nothing else, so no viewer is ever seen there: the word allows and denies nobody.
    UsMilitary,
}

/// The text is not a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected {0}")]
pub struct InvalidPlace(&'static str);

const COUNTRY: InvalidPlace = InvalidPlace("an ISO 3166-1 alpha-2 country such as `DE`");
const SUBDIVISION: InvalidPlace = InvalidPlace("an ISO 3166-2 subdivision such as `US-NY`");
const METRO: InvalidPlace = InvalidPlace("a Nielsen metro code from 1 to 9999");
const US_MILITARY: &str = "usmil";

#[rustfmt::skip]
const ASSIGNED: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// How many countries two letters could name: the size of a bit set over all of them.
pub(crate) const COUNTRY_SLOTS: usize = 26 * 26;

/// A bit for each pair of letters, set where the pair is an assigned code.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where a panic is an error"
)]
const IS_ASSIGNED: [bool; COUNTRY_SLOTS] = {
    let mut table = [false; COUNTRY_SLOTS];
    let codes = ASSIGNED.as_bytes();
    let mut at = 0;
    while at < codes.len() {
        table[slot(codes[at], codes[at + 1])] = true;
        at += 3;
    }
    table
};

const fn slot(first: u8, second: u8) -> usize {
    (first - b'A') as usize * 26 + (second - b'A') as usize
}

// === impl CountryCode ===

impl CountryCode {
    /// The United States, the only country with [`Metro`]s.
    pub const US: Self = Self(*b"US");

    /// Every country, in the order of the codes.
    pub fn all() -> impl Iterator<Item = Self> {
        ASSIGNED.split(' ').filter_map(|code| code.parse().ok())
    }

    /// The position of this country among all pairs of letters.
    pub(crate) fn slot(self) -> usize {
        slot(self.0[0], self.0[1])
    }

    /// The code, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CountryCode {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let &[first, second] = text.as_bytes() else {
            return Err(COUNTRY);
        };
        let (first, second) = (first.to_ascii_uppercase(), second.to_ascii_uppercase());
        let are_letters = first.is_ascii_uppercase() && second.is_ascii_uppercase();
        if are_letters && IS_ASSIGNED.get(slot(first, second)) == Some(&true) {
            Ok(Self([first, second]))
        } else {
            Err(COUNTRY)
        }
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl Subdivision ===

impl Subdivision {
    /// A subdivision from its country and the part behind the hyphen, as geolocation data gives it.
    ///
    /// # Errors
    ///
    /// When the part is not one to three letters or digits.
    pub fn new(country: CountryCode, part: &str) -> Result<Self, InvalidPlace> {
        let mut padded = [0; 3];
        let is_part =
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_part {
            return Err(SUBDIVISION);
        }
        for (to, from) in padded.iter_mut().zip(part.bytes()) {
            *to = from.to_ascii_uppercase();
        }
        Ok(Self {
            country,
            part: padded,
        })
    }

    /// The country it is a part of.
    #[must_use]
    pub fn country(self) -> CountryCode {
        self.country
    }

    /// A number that sorts and compares as the code does.
    pub(crate) fn packed(self) -> u64 {
        let [a, b] = self.country.0;
        let [c, d, e] = self.part;
        u64::from_be_bytes([0, 0, 0, a, b, c, d, e])
    }

    /// The subdivision of such a number; `None` when it is none.
    pub(crate) fn from_packed(packed: u64) -> Option<Self> {
        let [_, _, _, code @ ..] = packed.to_be_bytes();
        let (country, part) = std::str::from_utf8(&code).ok()?.split_at_checked(2)?;
        Self::new(country.parse().ok()?, part.trim_end_matches('\0')).ok()
    }
}

impl FromStr for Subdivision {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let (country, part) = text.split_once('-').ok_or(SUBDIVISION)?;
        Self::new(country.parse()?, part)
    }
}

impl fmt::Display for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = std::str::from_utf8(&self.part).unwrap_or_default();
        write!(f, "{}-{}", self.country, part.trim_end_matches('\0'))
    }
}

impl fmt::Debug for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// === impl Metro ===

impl Metro {
    /// A metro by its number, 1 to 9999; Nielsen's run from 500 to 881.
    ///
    /// # Errors
    ///
    /// When the number is out of range: geolocation data writes 0 or -1 for "no metro".
    pub fn new(code: i64) -> Result<Self, InvalidPlace> {
        match u16::try_from(code) {
            Ok(code @ 1..=9999) => Ok(Self(code)),
            _ => Err(METRO),
        }
    }

    /// The number.
    #[must_use]
    pub fn code(self) -> u16 {
        self.0
    }
}

impl FromStr for Metro {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let code = Some(text).filter(|_| is_number);
        code.and_then(|code| code.parse().ok())
            .ok_or(METRO)
            .and_then(Self::new)
    }
}

// === impl Place ===

impl FromStr for Place {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        if let Some((kind, code)) = text.split_once(':') {
            return match kind.to_ascii_lowercase().as_str() {
                "metro" => code.parse().map(Place::Metro),
                "postal" => code.parse().map(Place::Postal),
                "circle" => code.parse().map(Place::Circle),
                _ => Err(InvalidPlace(
                    "a country, a subdivision, or one of `metro:`, `postal:` and `circle:`",
                )),
            };
        }
        if text.eq_ignore_ascii_case(US_MILITARY) {
            return Ok(Place::UsMilitary);
        }
        if text.contains('-') {
            return text.parse().map(Place::Subdivision);
        }
        text.parse().map(Place::Country)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Country(country) => country.fmt(f),
            Place::Subdivision(subdivision) => fmt::Display::fmt(subdivision, f),
            Place::Metro(metro) => write!(f, "metro:{}", metro.0),
            Place::Postal(postal) => write!(f, "postal:{postal}"),
            Place::Circle(circle) => write!(f, "circle:{circle}"),
            Place::UsMilitary => f.write_str(US_MILITARY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_assigned_code_is_a_country() {
        let codes: Vec<_> = ASSIGNED.split(' ').collect();
        assert_eq!(codes.len(), 250);
        for code in codes {
            assert_eq!(code.parse::<CountryCode>().unwrap().as_str(), code);
        }
    }

    #[test]
    fn ok_places_in_either_case() {
        for (text, printed) in [
            ("de", "DE"),
            ("us-ny", "US-NY"),
            ("FR-75C", "FR-75C"),
            ("METRO:501", "metro:501"),
            ("GB-1", "GB-1"),
            ("Postal:gb-sw1a 1aa", "postal:GB-SW1A1AA"),
            ("CIRCLE:40.40,-3.7,50", "circle:40.4,-3.7,50"),
            ("USMIL", "usmil"),
            ("PR", "PR"),
            ("US-PR", "US-PR"),
        ] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn logs_show_a_place_by_its_code() {
        for (text, shown) in [
            ("de", "Country(DE)"),
            ("us-ny", "Subdivision(US-NY)"),
            ("postal:us-9004", "Postal(US-9004)"),
        ] {
            let place: Place = text.parse().unwrap();
            assert_eq!(format!("{place:?}"), shown);
        }
    }

    #[test]
    fn err_places_that_would_match_nobody() {
        for text in [
            "",
            "?",
            "EU",
            "AP",
            "UK",
            "USA",
            "D",
            "D1",
            "ÄÖ",
            "US-",
            "US-NEWY",
            "XX-NY",
            "US-N Y",
            "metro:",
            "metro:0",
            "metro:x",
            "metro:10000",
            "metro:+5",
            "postal:",
            "postal:90045",
            "postal:US",
            "circle:",
            "circle:40.4,-3.7",
            "zone:1",
            ":US",
            "-NY",
            "usmil:",
            "us-mil:1",
        ] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
