//! Prose with places for figures.
//!
//! - `{{staleness.reads}}` is the member `reads` of the member `staleness`; in a list, `rows.hit` is the item
//!   whose `what` is `hit`, and `rows.0` the first.
//! - `{{took.p50_ms:2}}` has two decimals, `{{took.p50_ms?}}` may be missing.
//! - What stands between `{{#rows}}` and `{{/rows}}` is there once for each item of the list `rows`, and a
//!   place in it is the item's member, or else one of what is around it. `{{#rows?}}` may be missing.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// Every place filled. A figure that is missing fails: a page with a hole claims nothing.
pub(crate) fn filled(template: &str, figures: &Value) -> Result<String> {
    let mut text = String::new();
    fill(template, &[figures], &mut text)?;
    Ok(text)
}

/// `scopes` are what a name may be a member of, the innermost last.
fn fill(template: &str, scopes: &[&Value], text: &mut String) -> Result<()> {
    let mut rest = template;
    while let Some((before, place)) = rest.split_once("{{") {
        text.push_str(before);
        let (place, after) = place
            .split_once("}}")
            .with_context(|| format!("a place does not end: {{{{{place}"))?;
        rest = match place.strip_prefix('#') {
            None => {
                text.push_str(&figure(place, scopes)?);
                after
            }
            Some(name) => {
                let end = format!("{{{{/{}}}}}", name.trim_end_matches('?'));
                let (block, after) = after
                    .split_once(&end)
                    .with_context(|| format!("a list does not end: no {end}"))?;
                repeat(name, own_lines(block), scopes, text)?;
                own_lines(after)
            }
        };
    }
    text.push_str(rest);
    Ok(())
}

/// The marks of a list stand on lines of their own, which are not there in the page.
fn own_lines(text: &str) -> &str {
    text.strip_prefix('\n').unwrap_or(text)
}

fn repeat(name: &str, block: &str, scopes: &[&Value], text: &mut String) -> Result<()> {
    let Some(value) = found(name, scopes)? else {
        return Ok(());
    };
    let items = value
        .as_array()
        .with_context(|| format!("`{name}` is no list"))?;
    for item in items {
        let scopes: Vec<&Value> = scopes.iter().copied().chain([item]).collect();
        fill(block, &scopes, text)?;
    }
    Ok(())
}

fn figure(place: &str, scopes: &[&Value]) -> Result<String> {
    let (name, decimals) = match place.split_once(':') {
        Some((name, decimals)) => {
            let wrong = || format!("`{place}`: not a number of decimals");
            (name, Some(decimals.parse().with_context(wrong)?))
        }
        None => (place, None),
    };
    let Some(value) = found(name, scopes)? else {
        return Ok(String::new());
    };
    if let Some(text) = value.as_str() {
        ensure!(decimals.is_none(), "`{name}` is no number: {value}");
        return Ok(text.to_owned());
    }
    if let (Some(count), None) = (value.as_u64(), decimals) {
        return Ok(grouped(&count.to_string()));
    }
    let value = value
        .as_f64()
        .with_context(|| format!("`{name}` is no number: {value}"))?;
    // Tenths matter where there is little else.
    let decimals = decimals.unwrap_or_else(|| usize::from(value.abs() < 100.0));
    Ok(grouped(&format!("{value:.decimals$}")))
}

/// The value of that name; nothing where it is missing and may be.
fn found<'a>(name: &str, scopes: &[&'a Value]) -> Result<Option<&'a Value>> {
    let (name, may_be_missing) = match name.strip_suffix('?') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let mut found = scopes.iter().rev().filter_map(|scope| member(scope, name));
    match found.next() {
        Some(value) => Ok(Some(value)),
        None if may_be_missing => Ok(None),
        None => bail!("nothing has measured `{name}`"),
    }
}

fn member<'a>(scope: &'a Value, path: &str) -> Option<&'a Value> {
    let value = path
        .split('.')
        .try_fold(scope, |value, name| match value.as_array() {
            Some(items) => {
                let mut items_of_name = items.iter().filter(|item| item["what"] == name);
                let first = items_of_name.next();
                first.or_else(|| items.get(name.parse::<usize>().ok()?))
            }
            None => value.get(name),
        });
    value.filter(|value| !value.is_null())
}

/// `1,234,567.8`, with a minus sign that is one.
fn grouped(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", number),
    };
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_put_where_they_belong() {
        let figures = json!({
            "herd": {
                "run": "today", "viewers": 10_000, "cold": { "p50_ms": 12.34, "max_ms": 1_234.6 }, "none": null,
            },
            "rows": [{ "what": "hit", "us": 9.5 }, { "what": "miss", "us": 1_234.567 }],
        });
        for (template, want) in [
            (
                "{{herd.run}}: {{herd.viewers}} viewers: {{herd.cold.p50_ms}}, {{herd.cold.max_ms}} ms",
                "today: 10,000 viewers: 12.3, 1,235 ms",
            ),
            (
                "{{herd.cold.p50_ms:0}} {{herd.cold.max_ms:2}} {{herd.viewers:1}}",
                "12 1,234.60 10,000.0",
            ),
            ("a{{herd.missing?}}b{{herd.none?}}c", "abc"),
            ("{{rows.miss.us:1}} {{rows.0.us}}", "1,234.6 9.5"),
        ] {
            assert_eq!(filled(template, &figures).expect(template), want);
        }
        for (template, complaint) in [
            ("{{herd.missing}}", "`herd.missing`"),
            ("{{herd.none}}", "`herd.none`"),
            ("{{herd.cold}}", "no number"),
            ("{{herd.run:1}}", "no number"),
            ("{{herd.viewers:x}}", "decimals"),
            ("{{herd.viewers", "does not end"),
            ("{{rows.hat.us}}", "`rows.hat.us`"),
            ("{{#herd}}{{/herd}}", "no list"),
            ("{{#rows}}", "no {{/rows}}"),
            ("{{#columns}}{{/columns}}", "`columns`"),
        ] {
            let error = filled(template, &figures).expect_err(template).to_string();
            assert!(error.contains(complaint), "{error}");
        }
    }

    #[test]
    fn a_list_is_told_item_by_item() {
        let figures = json!({
            "unit": "ns",
            "sets": [
                { "networks": 600, "engines": [{ "what": "ours", "ns": 1 }, { "what": "other", "ns": 2 }] },
                { "networks": 10_000, "engines": [{ "what": "ours", "ns": 3 }] },
            ],
        });
        let template = "\
| table |
{{#sets}}
{{#engines}}
| {{networks}} | {{what}} | {{ns}} {{unit}} |
{{/engines}}
{{/sets}}
{{#others?}}
| {{what}} |
{{/others}}
end
";
        let want = "\
| table |
| 600 | ours | 1 ns |
| 600 | other | 2 ns |
| 10,000 | ours | 3 ns |
end
";
        assert_eq!(filled(template, &figures).expect("filled"), want);
    }

    #[test]
    fn thousands_are_marked() {
        for (number, text) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567.25", "1,234,567.25"),
            ("-8.5", "−8.5"),
            ("-123", "−123"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
