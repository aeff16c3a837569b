//! The demo's catalog, as inputs.

use std::{error::Error, fs};

use serde_json::{Value, json};

use crate::{Seeds, made, project};

/// Videos of one account that become bodies: the others are like them.
const VIDEOS: usize = 8;

pub(crate) fn add(seeds: &mut Seeds) -> Result<(), Box<dyn Error>> {
    let catalog: Value = serde_json::from_slice(&fs::read(project("demo/catalog.json"))?)?;
    for account in all(&catalog["accounts"]) {
        for key in all(&account["policy_keys"]) {
            seeds.add("policy_key", key["key-data"].to_string())?;
        }
        for right in all(&account["playback_rights"]) {
            seeds.add("rules", right["rules"].as_str().unwrap_or_default())?;
        }
        for playlist in all(&account["playlists"]) {
            search(seeds, playlist["search"].as_str().unwrap_or_default())?;
        }
        for video in all(&account["videos"]).take(VIDEOS) {
            bodies(seeds, video)?;
        }
    }
    Ok(())
}

fn all(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn search(seeds: &mut Seeds, q: &str) -> Result<(), Box<dyn Error>> {
    seeds.add("search", format!("{q}\n-updated_at"))?;
    let encoded = q.replace('+', "%2B").replace(' ', "+");
    let search = format!("/playback/v1/accounts/7/videos?q={encoded}");
    let page = "&limit=5&offset=1&sort=name";
    seeds.add("cache_key", format!("{search}\n{search}{page}"))
}

/// A video as the body of its own answer, and as the item of a list.
fn bodies(seeds: &mut Seeds, video: &Value) -> Result<(), Box<dyn Error>> {
    let members = ["name", "tags", "poster", "sources"];
    let mut body: Value = members
        .into_iter()
        .map(|name| (name.to_owned(), video[name].clone()))
        .collect();
    body["id"] = json!("9");
    body["account_id"] = json!("7");
    let host = body["poster"]
        .as_str()
        .and_then(|url| url.split('/').nth(2));
    let host = host.unwrap_or_default().to_owned();
    let body_text = body.to_string().replace(&host, "m.example");
    seeds.add(
        "signed_urls",
        format!("{}\n\n/a/b/c\n{body_text}", made::SIGNING),
    )?;
    let mut item: Value = serde_json::from_str(&body_text)?;
    let rules = video["rules"].as_str().unwrap_or("geo-default=allow");
    item["$rules"] = json!({ "video": rules });
    seeds.add("list", json!({ "count": 1, "videos": [item] }).to_string())
}
