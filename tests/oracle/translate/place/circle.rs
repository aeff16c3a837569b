//! Circles, by the haversine formula in plain floating point.
//!
//! # Source
//!
//! DESIGN.md, "Circles": the mean radius of the earth, whole metres, and the border is inside.

use crate::case::Who;

const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Whether the viewer is seen in the circle. Whose position is unknown is in none.
pub(in crate::translate) fn holds(circle: &str, who: &Who) -> bool {
    beyond_border(circle, who).is_some_and(|metres| metres.round() <= 0.0)
}

/// Whether the viewer is farther than a metre from the border.
pub(in crate::translate) fn is_clear(circle: &str, who: &Who) -> bool {
    beyond_border(circle, who).is_none_or(|metres| metres.abs() > 1.0)
}

/// How far outside the circle the viewer is, in metres.
fn beyond_border(circle: &str, who: &Who) -> Option<f64> {
    let position = (who.record.latitude?, who.record.longitude?);
    let is_on_the_globe = position.0.abs() <= 90.0 && position.1.abs() <= 180.0;
    if !is_on_the_globe || position == (0.0, 0.0) {
        return None;
    }
    let mut numbers = circle
        .trim_start_matches("circle:")
        .split(',')
        .map(|number| number.parse::<f64>().expect("a circle's number"));
    let mut number = || numbers.next().expect("a circle's three numbers");
    let centre = (number(), number());
    Some(distance_m(centre, position) - number() * 1000.0)
}

/// How far it is between two points, in degrees of latitude and longitude.
pub(crate) fn distance_m(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half_sine_squared = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let parallels = from.0.to_radians().cos() * to.0.to_radians().cos();
    let haversine = half_sine_squared(to.0 - from.0) + parallels * half_sine_squared(to.1 - from.1);
    2.0 * EARTH_RADIUS_M * haversine.sqrt().min(1.0).asin()
}
