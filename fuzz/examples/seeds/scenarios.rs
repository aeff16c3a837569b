//! Rows of the scenario tables, as inputs of the targets that read what is in them.

use std::{error::Error, fs};

use playback_policy::Rules;
use serde_json::{Value, json};

use crate::{Seeds, made, project};

/// What a row asks for that does not say.
const VIDEO: &str = "/playback/v1/accounts/{account}/videos/{video}";

pub(crate) fn add(seeds: &mut Seeds) -> Result<(), Box<dyn Error>> {
    for file in fs::read_dir(project("tests/scenarios"))? {
        let path = file?.path();
        // What explains the tables lies beside them.
        if path.extension().is_none_or(|kind| kind != "toml") {
            continue;
        }
        let text = fs::read_to_string(path)?;
        let table: Value = toml::from_str(&text)?;
        for row in rows(&table, "scenario") {
            rules(seeds, row)?;
        }
        for row in rows(&table, "request") {
            request(seeds, row)?;
        }
        for row in rows(&table, "answer") {
            answer(seeds, row)?;
        }
    }
    Ok(())
}

fn rows<'a>(table: &'a Value, kind: &str) -> impl Iterator<Item = &'a Value> {
    table[kind].as_array().into_iter().flatten()
}

/// A text of a row; without one, nothing.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Places of a row that are filled in as it is run.
fn filled(text: &str) -> String {
    let places = [
        ("{account}", "7"),
        ("{other_account}", "8"),
        ("{video}", "6300000000001"),
        ("{playlist}", "1"),
        ("{reference}", "my-video"),
        ("{key}", "AQEbXJGrBzYs"),
    ];
    places
        .into_iter()
        .fold(text.to_owned(), |text, (place, with)| {
            text.replace(place, with)
        })
}

fn rules(seeds: &mut Seeds, row: &Value) -> Result<(), Box<dyn Error>> {
    let layers = ["account", "video", "right"].map(|layer| text(&row["layers"][layer]));
    let key = text(&row["key"]["rules"]);
    seeds.add("rules", format!("{}\n{key}", layers.join("\n")))?;
    if let Some(members) = row["key"].as_object() {
        let mut data = members.clone();
        data.insert("account-id".to_owned(), json!("7"));
        seeds.add("policy_key", Value::from(data).to_string())?;
    }
    let layers: Vec<Rules> = layers.iter().flat_map(|text| text.parse()).collect();
    seeds.add("entry", made::entry(&layers))?;
    sites(seeds, &layers, &row["viewer"])
}

/// Every pattern of the row, seen from the site that its viewer is on.
fn sites(seeds: &mut Seeds, layers: &[Rules], viewer: &Value) -> Result<(), Box<dyn Error>> {
    let one_or_many = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        Value::Null => Vec::new(),
        value => vec![value.clone()],
    };
    let headers = ["origin", "referer"].map(|name| {
        let values = one_or_many(&viewer[name]);
        let lines = values
            .iter()
            .map(|value| format!("\n{name}: {}", text(value)));
        lines.collect::<String>()
    });
    let patterns = layers
        .iter()
        .flat_map(|rules| rules.domain_allow.iter().chain(&rules.domain_deny));
    for pattern in patterns {
        seeds.add("site", format!("{pattern}{}", headers.concat()))?;
    }
    Ok(())
}

fn request(seeds: &mut Seeds, row: &Value) -> Result<(), Box<dyn Error>> {
    let first = filled(row["target"].as_str().unwrap_or(VIDEO));
    let then = row["then"].as_array().into_iter().flatten();
    for target in then.map(text).chain([VIDEO]) {
        let target = filled(target);
        seeds.add("cache_key", format!("{first}\n{target}"))?;
    }
    if let Some((_, query)) = first.split_once('?') {
        seeds.add("credentials", format!("?{query}"))?;
    }
    let headers = row["headers"].as_array().into_iter().flatten();
    let lines: Vec<_> = headers
        .map(|header| {
            let name = text(&header[0]).to_lowercase();
            format!("{name}: {}", filled(text(&header[1])))
        })
        .collect();
    seeds.add("credentials", lines.join("\n"))
}

fn answer(seeds: &mut Seeds, row: &Value) -> Result<(), Box<dyn Error>> {
    let body = filled(text(&row["body"]));
    if body.starts_with('{') {
        seeds.add("list", &body)?;
    }
    seeds.add("answer", made::answer(row, &body))?;
    for header in row["with"].as_array().into_iter().flatten() {
        let value = text(&header[1]);
        match text(&header[0]) {
            "Playback-Url-Signing" => seeds.add("signed_urls", format!("{value}\n\n/a/b/c\n"))?,
            "Playback-Account-Keys" => seeds.add("account_keys", value)?,
            _ => seeds.add("rules", value)?,
        }
    }
    Ok(())
}
