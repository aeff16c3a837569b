//! A parameter file, and what is set beside it.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// Reads a parameter file, with `name=value` in place of what it says of these names.
///
/// # Errors
///
/// When the file cannot be read, or has no parameter of that name: a typo would change nothing, and nobody
/// would notice.
pub fn read<T: DeserializeOwned>(path: &Path, set: &[String]) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text, set).with_context(|| path.display().to_string())
}

/// The same, of the file's text.
///
/// # Errors
///
/// As above.
pub fn parse<T: DeserializeOwned>(text: &str, set: &[String]) -> Result<T> {
    let mut table: Table = text.parse()?;
    for assignment in set {
        let Some((name, value)) = assignment.split_once('=') else {
            bail!("`{assignment}` is not `name=value`");
        };
        assign(&mut table, name.trim(), value.trim())?;
    }
    let table = Value::Table(table);
    check("", &table)?;
    Ok(table.try_into()?)
}

/// What there must be at least one of: no world is without.
const AT_LEAST_ONE: [&str; 8] = [
    "load.requests",
    "load.videos",
    "pops.count",
    "pops.per_city",
    "edits.accounts",
    "keys.count",
    "purging.keys_per_call",
    "sampling.first",
];

/// Looks at every number: none is negative or without an end.
fn check(name: &str, value: &Value) -> Result<()> {
    let number = match value {
        Value::Table(table) => {
            for (below, value) in table {
                let dot = if name.is_empty() { "" } else { "." };
                check(&format!("{name}{dot}{below}"), value)?;
            }
            return Ok(());
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                check(&format!("{name}.{at}"), value)?;
            }
            return Ok(());
        }
        Value::Float(number) => *number,
        Value::Integer(number) => *number as f64,
        _ => return Ok(()),
    };
    let least = f64::from(u8::from(AT_LEAST_ONE.contains(&name)));
    // What is no number at all lies nowhere.
    if !(least..=MOST).contains(&number) {
        bail!("`{name}` is {number}: it must be from {least} to {MOST:e}");
    }
    Ok(())
}

/// More than a day has of anything.
const MOST: f64 = 1e15;

fn assign(table: &mut Table, name: &str, value: &str) -> Result<()> {
    let known = names(table);
    let Some(place) = find(table, name) else {
        bail!(
            "there is no parameter `{name}`; there are: {}",
            known.join(", ")
        );
    };
    // What is no number, truth or text in quotes is text.
    let given = format!("value = {value}").parse::<Table>();
    let given = given.ok().and_then(|mut table| table.remove("value"));
    let given = given.unwrap_or_else(|| Value::String(value.to_owned()));
    *place = match (&*place, given) {
        (Value::Float(_), Value::Integer(whole)) => Value::Float(whole as f64),
        (old, given) if old.type_str() == given.type_str() => given,
        (old, given) => bail!(
            "`{name}` is of the type {}, `{given}` is not",
            old.type_str()
        ),
    };
    Ok(())
}

fn find<'t>(table: &'t mut Table, name: &str) -> Option<&'t mut Value> {
    match name.split_once('.') {
        None => table.get_mut(name).filter(|value| !value.is_table()),
        Some((first, rest)) => match table.get_mut(first)? {
            Value::Table(inner) => find(inner, rest),
            // The members of a list by their places, from 0.
            Value::Array(list) => {
                let (at, rest) = rest.split_once('.')?;
                let at: usize = at.parse().ok()?;
                find(list.get_mut(at)?.as_table_mut()?, rest)
            }
            _ => None,
        },
    }
}

/// Every parameter that can be set.
fn names(table: &Table) -> Vec<String> {
    let below = |name: &String, inner: &Table| {
        names(inner)
            .into_iter()
            .map(|below| format!("{name}.{below}"))
            .collect::<Vec<_>>()
    };
    let each = table.iter().flat_map(|(name, value)| match value {
        Value::Table(inner) => below(name, inner),
        Value::Array(list) if list.iter().any(Value::is_table) => {
            let first = list.first().and_then(Value::as_table);
            first.map_or_else(Vec::new, |first| below(&format!("{name}.N"), first))
        }
        _ => vec![name.clone()],
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "seed = 1\n[latency]\nroute_factor = 1.4\n[[pops]]\nname = \"a\"\nms = 2.0";

    fn set(assignment: &str) -> Result<Table> {
        parse(TEXT, &[assignment.to_owned()])
    }

    #[test]
    fn one_parameter_is_replaced() {
        let table = set("latency.route_factor=1.6").expect("a known name");
        assert_eq!(table["latency"]["route_factor"].as_float(), Some(1.6));
        let table = set("latency.route_factor=2").expect("a whole number is a number");
        assert_eq!(table["latency"]["route_factor"].as_float(), Some(2.0));
        let table = set("pops.0.name=b").expect("a member of a list");
        assert_eq!(table["pops"][0]["name"].as_str(), Some("b"));
    }

    #[test]
    fn err_unknown_name_or_another_type() {
        for (assignment, complaint) in [
            ("latency.route_facto=1", "there are: latency.route_factor"),
            ("latency=1", "there is no parameter `latency`"),
            ("pops.1.name=b", "pops.N.name"),
            ("seed=x", "type integer"),
            ("seed", "not `name=value`"),
            ("latency.route_factor=-1", "from 0"),
            ("latency.route_factor=nan", "from 0"),
            ("latency.route_factor=inf", "from 0"),
            ("pops.0.ms=-0.5", "`pops.0.ms` is -0.5"),
        ] {
            let error = set(assignment).expect_err(assignment).to_string();
            assert!(error.contains(complaint), "{assignment}: {error}");
        }
    }

    #[test]
    fn err_a_world_without_videos() {
        for name in AT_LEAST_ONE {
            let (table, key) = name.split_once('.').expect("a name in a table");
            let text = format!("[{table}]\n{key} = 1");
            assert!(parse::<Table>(&text, &[]).is_ok(), "{name}");
            let error = parse::<Table>(&text, &[format!("{name}=0")]).expect_err(name);
            assert!(error.to_string().contains("from 1"), "{name}: {error}");
        }
    }
}
