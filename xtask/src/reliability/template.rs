//! Prose with places for figures: `{{staleness.reads}}` is the member `reads` of what the part
//! `staleness` wrote.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// `docs/reliability.md`.
pub(super) fn page(figures: &Value) -> Result<String> {
    filled(include_str!("page.md"), figures)
}

/// What the person in front is told.
pub(super) fn report(figures: &Value) -> Result<String> {
    filled(include_str!("report.txt"), figures)
}

/// Every place filled. A figure that is missing fails: a page with a hole claims nothing.
fn filled(template: &str, figures: &Value) -> Result<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, place)) = rest.split_once("{{") {
        let (name, after) = place
            .split_once("}}")
            .with_context(|| format!("a place does not end: {{{{{place}"))?;
        text.push_str(before);
        text.push_str(&figure(figures, name)?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn figure(figures: &Value, name: &str) -> Result<String> {
    let pointer = format!("/{}", name.replace('.', "/"));
    let Some(value) = figures.pointer(&pointer) else {
        bail!("nothing has measured `{name}`");
    };
    if let Some(text) = value.as_str() {
        return Ok(text.to_owned());
    }
    if let Some(count) = value.as_u64() {
        return Ok(grouped(count));
    }
    let value = value
        .as_f64()
        .with_context(|| format!("`{name}` is no number: {value}"))?;
    // Tenths matter where there is little else.
    Ok(match value < 100.0 {
        true => format!("{value:.1}"),
        false => grouped(value.round() as u64),
    })
}

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_put_where_they_belong() {
        let figures = json!({ "herd": { "run": "today", "viewers": 10_000, "cold": { "p50_ms": 12.34, "max_ms": 1_234.5 } } });
        let filled = |template: &str| filled(template, &figures);
        let text = filled(
            "{{herd.run}}: {{herd.viewers}} viewers: {{herd.cold.p50_ms}}, {{herd.cold.max_ms}} ms",
        );
        assert_eq!(
            text.expect("filled"),
            "today: 10,000 viewers: 12.3, 1,235 ms"
        );
        for (template, complaint) in [
            ("{{herd.missing}}", "`herd.missing`"),
            ("{{herd.cold}}", "no number"),
            ("{{herd.viewers", "does not end"),
        ] {
            let error = filled(template).expect_err(template).to_string();
            assert!(error.contains(complaint), "{error}");
        }
    }

    #[test]
    fn thousands_are_marked() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
