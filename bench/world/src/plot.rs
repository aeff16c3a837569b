//! Drawings, as SVG: lines and bars, nothing else.

use std::fmt::Write as _;

use crate::figures::number;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 56.0;
/// Distinguishable without colour vision (Okabe and Ito), and on a light and a dark page.
const COLOURS: [&str; 6] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
];
const INK: &str = "#767676";

/// What the axes say.
pub struct Axes<'a> {
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    /// Whether equal ways are equal factors.
    pub is_x_log: bool,
    pub is_y_log: bool,
}

/// A line with its name.
pub type Line = (String, Vec<(f64, f64)>);

struct Scale {
    from: f64,
    to: f64,
    is_log: bool,
}

impl Scale {
    fn over(values: impl Iterator<Item = f64> + Clone, is_log: bool) -> Self {
        let most = values.clone().fold(f64::MIN, f64::max);
        let least = values
            .filter(|value| !is_log || *value > 0.0)
            .fold(f64::MAX, f64::min);
        match is_log {
            true => Self {
                from: 10_f64.powf(least.log10().floor()),
                to: 10_f64.powf(most.log10().ceil()),
                is_log,
            },
            false => Self {
                from: least.min(0.0),
                to: nice(most),
                is_log,
            },
        }
    }

    /// Its place, from 0 to 1.
    fn place(&self, value: f64) -> f64 {
        match self.is_log {
            true => (value.max(self.from) / self.from).ln() / (self.to / self.from).ln().max(1e-9),
            false => (value - self.from) / (self.to - self.from).max(1e-9),
        }
    }

    fn ticks(&self) -> Vec<f64> {
        match self.is_log {
            true => (0..=20)
                .map(|power| self.from * 10_f64.powi(power))
                .filter(|tick| *tick <= self.to * 1.001)
                .collect(),
            false => (0..=5)
                .map(|part| self.from + (self.to - self.from) * f64::from(part) / 5.0)
                .collect(),
        }
    }
}

/// A round number that is at least this.
fn nice(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1e-9).log10().floor());
    let round = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    round
        .map(|round| round * power)
        .into_iter()
        .find(|round| *round >= value)
        .unwrap_or(value)
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, size: u32, content: &str) {
    let content = content.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{size}" fill="{INK}">{content}</text>"#
    );
}

fn begin(axes: &Axes<'_>) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" role=\"img\">\n<title>{}</title>\n",
        axes.title.replace('&', "&amp;").replace('<', "&lt;")
    );
    text(&mut svg, (LEFT, 20.0), "start", 15, axes.title);
    text(&mut svg, (WIDTH - RIGHT, HEIGHT - 12.0), "end", 12, axes.x);
    text(&mut svg, (8.0, TOP - 10.0), "start", 12, axes.y);
    svg
}

fn grid(svg: &mut String, y: &Scale) {
    for tick in y.ticks() {
        let at = at_y(y, tick);
        let _ = writeln!(
            svg,
            r#"<path d="M{LEFT} {at:.1}H{}" stroke="{INK}" stroke-opacity="0.25"/>"#,
            WIDTH - RIGHT
        );
        text(svg, (LEFT - 8.0, at + 4.0), "end", 11, &number(tick));
    }
}

fn at_y(scale: &Scale, value: f64) -> f64 {
    HEIGHT - BOTTOM - scale.place(value) * (HEIGHT - TOP - BOTTOM)
}

fn legend<'n>(svg: &mut String, names: impl Iterator<Item = &'n str>) {
    let mut x = LEFT + 90.0;
    for (name, colour) in names.zip(COLOURS) {
        let _ = writeln!(
            svg,
            r#"<rect x="{x:.1}" y="34" width="12" height="12" fill="{colour}"/>"#
        );
        text(svg, (x + 17.0, 45.0), "start", 12, name);
        x += 34.0 + 6.6 * name.chars().count() as f64;
    }
}

/// Lines over a number.
#[must_use]
pub fn lines(axes: &Axes<'_>, lines: &[Line]) -> String {
    let points = lines.iter().flat_map(|(_, points)| points);
    let x = Scale::over(points.clone().map(|point| point.0), axes.is_x_log);
    let y = Scale::over(points.map(|point| point.1), axes.is_y_log);
    let mut svg = begin(axes);
    grid(&mut svg, &y);
    let at_x = |value: f64| LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    for tick in x.ticks() {
        text(
            &mut svg,
            (at_x(tick), HEIGHT - BOTTOM + 18.0),
            "middle",
            11,
            &number(tick),
        );
    }
    for ((_, points), colour) in lines.iter().zip(COLOURS) {
        let path = points.iter().enumerate().map(|(at, &(px, py))| {
            let letter = if at == 0 { 'M' } else { 'L' };
            format!("{letter}{:.1} {:.1}", at_x(px), at_y(&y, py))
        });
        let _ = writeln!(
            svg,
            r#"<path d="{}" fill="none" stroke="{colour}" stroke-width="2"/>"#,
            path.collect::<String>()
        );
        for &(px, py) in points.iter().filter(|_| points.len() < 20) {
            let _ = writeln!(
                svg,
                r#"<circle cx="{:.1}" cy="{:.1}" r="3.5" fill="{colour}"/>"#,
                at_x(px),
                at_y(&y, py)
            );
        }
    }
    legend(&mut svg, lines.iter().map(|(name, _)| name.as_str()));
    svg + "</svg>\n"
}

/// Bars side by side, group by group.
#[must_use]
pub fn bars(axes: &Axes<'_>, series: &[&str], groups: &[(String, Vec<f64>)]) -> String {
    let y = Scale::over(
        groups.iter().flat_map(|(_, values)| values.iter().copied()),
        axes.is_y_log,
    );
    let mut svg = begin(axes);
    grid(&mut svg, &y);
    let wide = (WIDTH - LEFT - RIGHT) / groups.len().max(1) as f64;
    let bar = wide * 0.8 / series.len().max(1) as f64;
    for (group, (name, values)) in groups.iter().enumerate() {
        let from = LEFT + wide * (group as f64 + 0.1);
        for (at, (value, colour)) in values.iter().zip(COLOURS).enumerate() {
            let (left, top) = (from + bar * at as f64, at_y(&y, *value));
            let tall = HEIGHT - BOTTOM - top;
            let _ = writeln!(
                svg,
                r#"<rect x="{left:.1}" y="{top:.1}" width="{:.1}" height="{tall:.1}" fill="{colour}"/>"#,
                bar - 1.0
            );
            text(
                &mut svg,
                (left + bar / 2.0, top - 4.0),
                "middle",
                10,
                &format!("{value:.0}"),
            );
        }
        text(
            &mut svg,
            (from + wide * 0.4, HEIGHT - BOTTOM + 18.0),
            "middle",
            11,
            name,
        );
    }
    legend(&mut svg, series.iter().copied());
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_value_is_higher_and_names_are_escaped() {
        let axes = Axes {
            title: "a < b & c",
            x: "x",
            y: "y",
            is_x_log: false,
            is_y_log: false,
        };
        let svg = bars(
            &axes,
            &["one"],
            &[("g".to_owned(), vec![10.0]), ("h".to_owned(), vec![5.0])],
        );
        let heights: Vec<f64> = svg
            .lines()
            .filter_map(|line| {
                line.strip_prefix("<rect")?
                    .split_once("height=\"")?
                    .1
                    .split_once('"')?
                    .0
                    .parse()
                    .ok()
            })
            .collect();
        assert!(heights[0] > 1.9 * heights[1], "{heights:?}");
        assert!(svg.contains("a &lt; b &amp; c"), "{svg}");
    }

    #[test]
    fn equal_factors_are_equal_ways() {
        let scale = Scale::over([1.0, 10.0, 1_000.0].into_iter(), true);
        assert!((scale.place(10.0) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(scale.ticks().len(), 4);
    }
}
