//! Postal codes.

use std::{fmt, str::FromStr};

use super::{CountryCode, InvalidPlace};

/// A postal code, or the first characters of one, in its country: `US-90045`, `GB-SW1A`.
///
/// Read in either case; spaces and hyphens do not count, so that `GB-SW1A 1AA` is `GB-SW1A1AA`. At
/// most 10 letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Postal {
    // INVARIANT: a country's two letters, then upper-case letters and digits, padded with zeros.
    text: [u8; Self::COUNTRY + Self::LONGEST],
    len: u8,
}

const POSTAL: InvalidPlace =
    InvalidPlace("a country and the first 1 to 10 characters of a postal code: `postal:US-90045`");

impl Postal {
    const COUNTRY: usize = 2;
    /// Ten digits are Iran's; none has more.
    const LONGEST: usize = 10;
    /// How much of a code may be told: an area, not a street.
    const AREA: usize = 3;

    /// A postal code from its country and its text, as geolocation data gives it.
    ///
    /// # Errors
    ///
    /// When it is not 1 to 10 letters and digits, besides spaces and hyphens: data writes `?` where
    /// it knows none.
    pub fn new(country: CountryCode, code: &str) -> Result<Self, InvalidPlace> {
        let letters = code.bytes().filter(|byte| !b" -".contains(byte));
        let letters = country.as_str().bytes().chain(letters);
        let mut postal = Self {
            text: [0; Self::COUNTRY + Self::LONGEST],
            len: 0,
        };
        for byte in letters {
            let slot = postal.text.get_mut(usize::from(postal.len));
            match slot.filter(|_| byte.is_ascii_alphanumeric()) {
                Some(slot) => *slot = byte.to_ascii_uppercase(),
                None => return Err(POSTAL),
            }
            postal.len += 1;
        }
        (usize::from(postal.len) > Self::COUNTRY)
            .then_some(postal)
            .ok_or(POSTAL)
    }

    /// The country's letters and the code's, as one text: `US90045`.
    pub(crate) fn packed(&self) -> &str {
        let text = self.text.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// The postal code of such a text; `None` when it is none.
    pub(crate) fn from_packed(packed: &str) -> Option<Self> {
        let (country, code) = packed.split_at_checked(Self::COUNTRY)?;
        Self::new(country.parse().ok()?, code).ok()
    }

    /// Its country.
    #[must_use]
    pub fn country(&self) -> Option<CountryCode> {
        self.packed().get(..Self::COUNTRY)?.parse().ok()
    }

    /// The code without its country.
    #[must_use]
    pub fn code(&self) -> &str {
        self.packed().get(Self::COUNTRY..).unwrap_or_default()
    }

    /// What it begins with, the shortest first and itself the last, each as [`Self::packed`].
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &str> {
        let packed = self.packed();
        (Self::COUNTRY + 1..=packed.len()).filter_map(move |len| packed.get(..len))
    }

    /// Its first three characters.
    pub(crate) fn area(mut self) -> Self {
        let len = usize::from(self.len).min(Self::COUNTRY + Self::AREA);
        self.text.iter_mut().skip(len).for_each(|byte| *byte = 0);
        self.len = len as u8;
        self
    }
}

impl FromStr for Postal {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let (country, code) = text.split_once('-').ok_or(POSTAL)?;
        Self::new(country.parse()?, code)
    }
}

impl fmt::Display for Postal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (country, code) = self
            .packed()
            .split_at_checked(Self::COUNTRY)
            .unwrap_or_default();
        write!(f, "{country}-{code}")
    }
}

impl fmt::Debug for Postal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn postal(text: &str) -> Postal {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn ok_codes_are_compared_without_case_spaces_and_hyphens() {
        for (text, printed) in [
            ("US-90045", "US-90045"),
            ("us-90045-1234", "US-900451234"),
            ("gb-sw1a 1aa", "GB-SW1A1AA"),
            ("GB-SW1A1AA", "GB-SW1A1AA"),
            ("PL-00-950", "PL-00950"),
            ("JP-100-0001", "JP-1000001"),
            ("CA-h2y", "CA-H2Y"),
            ("US-9", "US-9"),
            ("IR-12345-67890", "IR-1234567890"),
        ] {
            assert_eq!(postal(text).to_string(), printed, "{text}");
            assert_eq!(postal(printed), postal(text), "{text}");
        }
    }

    #[test]
    fn a_code_is_of_a_country() {
        let code = postal("gb-sw1a 1aa");
        assert_eq!(code.country(), "GB".parse().ok());
        assert_eq!(code.code(), "SW1A1AA");
    }

    #[test]
    fn err_codes_that_would_match_nobody() {
        for text in [
            "",
            "US",
            "US-",
            "US- -",
            "-90045",
            "90045",
            "XX-90045",
            "US-?",
            "US-9*",
            "US-900\u{e4}",
            "US-12345678901",
            "US 90045",
        ] {
            assert!(text.parse::<Postal>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_code_begins_with_itself_and_everything_shorter() {
        let code = postal("US-9004");
        assert!(code.prefixes().eq(["US9", "US90", "US900", "US9004"]));
        assert!(postal("US-9").prefixes().eq(["US9"]));
    }

    #[test]
    fn no_more_than_three_characters_are_told() {
        for (text, told) in [
            ("US-90045", "US-900"),
            ("US-90", "US-90"),
            ("GB-SW1A 1AA", "GB-SW1"),
        ] {
            assert_eq!(postal(text).area(), postal(told), "{text}");
        }
    }
}
