//! Circles on the globe, and the positions that lie in them.

use std::{fmt, str::FromStr};

use super::InvalidPlace;

/// A point on the globe, in whole millionths of a degree: a tenth of a metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    latitude: i32,
    longitude: i32,
}

/// The points within a distance of one point, such as `40.4,-3.7,50`: latitude and longitude in
/// degrees of up to 6 decimals, kilometres of up to 3.
///
/// The distance is that of a sphere, rounded to whole metres, and the border belongs to the circle.
/// Nothing is farther than 20,015.2 km, so a circle of 20,037 km (half of the equator) is the globe.
///
/// # Source
///
/// The haversine formula with the mean radius of the earth, 6371.0088 km (IUGG, GRS 80).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Circle {
    pub(crate) centre: Position,
    /// In metres.
    pub(crate) radius: u32,
}

const CIRCLE: InvalidPlace = InvalidPlace(
    "a circle such as `circle:40.4,-3.7,50`: degrees of up to 6 decimals, \
     and 0.001 to 20037 kilometres",
);

const POSITION: InvalidPlace =
    InvalidPlace("degrees of latitude and longitude such as `40.4,-3.7`");

const MAX_METRES: i64 = 20_037_000;
const EARTH_METRES: f64 = 6_371_008.8;

// === impl Position ===

impl Position {
    /// A position from degrees, as geolocation data gives it.
    ///
    /// Nothing for what is no point on the globe (`999.9` is what data says where it knows none),
    /// nor for zero degrees of both: that is open sea, and what data says where it knows nothing.
    #[must_use]
    pub fn from_degrees(latitude: f64, longitude: f64) -> Option<Self> {
        let is_point = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let is_zero = latitude == 0.0 && longitude == 0.0;
        (is_point && !is_zero).then_some(Self {
            latitude: (latitude * 1e6).round() as i32,
            longitude: (longitude * 1e6).round() as i32,
        })
    }

    /// From and to millionths of a degree, as entries store them.
    pub(crate) fn from_micro(latitude: i32, longitude: i32) -> Self {
        Self {
            latitude,
            longitude,
        }
    }

    pub(crate) fn micro(self) -> (i32, i32) {
        (self.latitude, self.longitude)
    }

    /// How far it is to another, in whole metres.
    // Out of line, else a part of it is worked out ahead even where there is no circle.
    #[must_use]
    #[inline(never)]
    pub fn distance(self, other: Self) -> u32 {
        let radians = |micro: i32| (f64::from(micro) / 1e6).to_radians();
        let haversine = |from: i32, to: i32| ((radians(to) - radians(from)) / 2.0).sin().powi(2);
        let along = haversine(self.latitude, other.latitude);
        let across = haversine(self.longitude, other.longitude);
        let narrowing = radians(self.latitude).cos() * radians(other.latitude).cos();
        let half = (along + narrowing * across).sqrt().min(1.0).asin();
        (2.0 * half * EARTH_METRES).round() as u32
    }
}

impl FromStr for Position {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let degrees = text.split_once(',').and_then(|(latitude, longitude)| {
            Some((
                latitude.trim().parse().ok()?,
                longitude.trim().parse().ok()?,
            ))
        });
        degrees
            .and_then(|(latitude, longitude)| Self::from_degrees(latitude, longitude))
            .ok_or(POSITION)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fixed(f, self.latitude.into(), 6)?;
        f.write_str(",")?;
        write_fixed(f, self.longitude.into(), 6)
    }
}

// === impl Circle ===

impl Circle {
    /// Whether the position lies in the circle or on its border.
    #[must_use]
    pub fn contains(self, position: Position) -> bool {
        self.centre.distance(position) <= self.radius
    }
}

impl FromStr for Circle {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let mut parts = text.split(',');
        let mut next = |decimals: usize| parts.next().and_then(|part| fixed(part, decimals));
        let (latitude, longitude, metres) = (next(6), next(6), next(3));
        let within = |value: Option<i64>, least: i64, most: i64| {
            value
                .filter(|value| (least..=most).contains(value))
                .ok_or(CIRCLE)
        };
        let latitude = within(latitude, -90_000_000, 90_000_000)?;
        let longitude = within(longitude, -180_000_000, 180_000_000)?;
        let metres = within(metres, 1, MAX_METRES)?;
        if parts.next().is_some() {
            return Err(CIRCLE);
        }
        let micro = |value: i64| i32::try_from(value).map_err(|_| CIRCLE);
        Ok(Self {
            centre: Position::from_micro(micro(latitude)?, micro(longitude)?),
            radius: u32::try_from(metres).map_err(|_| CIRCLE)?,
        })
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.centre.fmt(f)?;
        f.write_str(",")?;
        write_fixed(f, self.radius.into(), 3)
    }
}

/// A decimal number, counted in units of its last decimal.
fn fixed(text: &str, decimals: usize) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(whole, 5) || !is_number(fraction, decimals) {
        return None;
    }
    let units: i64 = format!("{whole}{fraction:0<decimals$}").parse().ok()?;
    Some(sign * units)
}

fn write_fixed(f: &mut fmt::Formatter<'_>, value: i64, decimals: usize) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits
        .split_at_checked(digits.len() - decimals)
        .unwrap_or_default();
    match fraction.trim_end_matches('0') {
        "" => write!(f, "{sign}{whole}"),
        fraction => write!(f, "{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::from_degrees(latitude, longitude).unwrap()
    }

    #[test]
    fn ok_circles_print_in_canonical_form() {
        for (text, printed) in [
            ("40.4,-3.7,50", "40.4,-3.7,50"),
            ("40.40,-03.700000,50.0", "40.4,-3.7,50"),
            ("-0.5,0.000001,0.001", "-0.5,0.000001,0.001"),
            ("-0,-0.0,1", "0,0,1"),
            ("90,180,20037", "90,180,20037"),
            ("-90,-180,20037.000", "-90,-180,20037"),
        ] {
            let circle: Circle = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(circle.to_string(), printed);
            assert_eq!(printed.parse(), Ok(circle));
        }
    }

    #[test]
    fn err_circles_that_would_hold_nobody_or_are_not_on_the_globe() {
        for text in [
            "",
            "40.4,-3.7",
            "40.4,-3.7,50,1",
            "40.4,-3.7,50,",
            "40.4,-3.7,0",
            "40.4,-3.7,0.0009",
            "40.4,-3.7,-1",
            "40.4,-3.7,20037.001",
            "90.000001,0,1",
            "-90.000001,0,1",
            "0,180.000001,1",
            "0,-180.000001,1",
            "40.1234567,0,1",
            "+40,0,1",
            "40.,0,1",
            ".4,0,1",
            "--4,0,1",
            "4e1,0,1",
            "40, -3,1",
            "NaN,0,1",
            "inf,0,1",
            "1000000000000000000000,0,1",
        ] {
            assert!(text.parse::<Circle>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_data_says_of_nowhere_is_no_position() {
        for (latitude, longitude) in [
            (0.0, 0.0),
            (-0.0, 0.0),
            (999.9, 999.9),
            (999.0, 0.0),
            (f64::NAN, 1.0),
            (1.0, f64::NAN),
            (f64::INFINITY, 1.0),
            (90.1, 0.0),
            (0.0, -180.1),
        ] {
            let found = Position::from_degrees(latitude, longitude);
            assert_eq!(found, None, "{latitude} {longitude}");
        }
        assert_eq!(at(90.0, -180.0).micro(), (90_000_000, -180_000_000));
        assert_eq!(at(0.0, 0.000_000_6).micro(), (0, 1));
    }

    #[test]
    fn positions_print_as_they_parse() {
        for (text, printed) in [
            ("40.4,-3.7", "40.4,-3.7"),
            (" 40.40 , -3.70 ", "40.4,-3.7"),
            ("-90,180", "-90,180"),
            ("0.000001,0", "0.000001,0"),
        ] {
            let position: Position = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(position.to_string(), printed);
            assert_eq!(printed.parse(), Ok(position));
        }
        for text in ["", "40.4", "40.4,", "40.4,-3.7,1", "91,0", "0,0", "NaN,1"] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }

    #[test]
    fn distances_are_those_of_the_sphere() {
        // A degree of a great circle: π · 6371.0088 km / 180.
        assert_eq!(at(1.0, 0.0).distance(at(2.0, 0.0)), 111_195);
        assert_eq!(at(0.0, 10.0).distance(at(0.0, 11.0)), 111_195);
        // At 60° north a degree of longitude is half of that, but for the shortcut.
        assert_eq!(at(60.0, 0.0).distance(at(60.0, 1.0)), 55_597);
        // Across the antimeridian and over the pole.
        assert_eq!(at(0.0, 179.5).distance(at(0.0, -179.5)), 111_195);
        assert_eq!(at(89.5, 0.0).distance(at(89.5, 180.0)), 111_195);
        // To the other end of the world.
        assert_eq!(at(0.0, 90.0).distance(at(0.0, -90.0)), 20_015_114);
        assert_eq!(at(90.0, 7.0).distance(at(-90.0, 120.0)), 20_015_114);
        // Madrid to Barcelona, about 505 km.
        let distance = at(40.4168, -3.7038).distance(at(41.3874, 2.1686));
        assert!((504_000..507_000).contains(&distance), "{distance}");
    }

    #[test]
    fn the_border_belongs_to_the_circle() {
        let contains = |text: &str, position| text.parse::<Circle>().unwrap().contains(position);
        assert!(contains("1,0,111.195", at(2.0, 0.0)));
        assert!(!contains("1,0,111.194", at(2.0, 0.0)));
        assert!(contains("0,0,20037", at(0.0, 180.0)));
        assert!(contains("90,0,20037", at(-90.0, 0.0)));
        assert!(contains("40.4,-3.7,0.001", at(40.4, -3.7)));
    }
}
