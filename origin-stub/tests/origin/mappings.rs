//! Every row of `tests/mappings/*.toml`: a document becomes these rules, or is refused so; and the
//! rules, written back, become themselves.

mod export;

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use playback_policy::Rules;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{EDGE_PROOF, Origin, Reply, run, stderr};
use export::export;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mapping: Vec<Mapping>,
}

/// A row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mapping {
    id: String,
    shape: Shape,
    input: String,
    rules: Option<Vec<String>>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    one_way: bool,
    #[serde(default)]
    account: Option<String>,
}

/// Whose document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    CmsGeo,
    CmsSchedule,
    IpList,
    PolicyKey,
    PlaybackRight,
    Mux,
    Cloudflare,
    Cloudfront,
}

/// What became of a document: the rules of each layer or right, and what was said against it.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    rules: Vec<String>,
    refused: Vec<String>,
}

fn rows() -> Vec<Mapping> {
    let files = fs::read_dir("tests/mappings").expect("the folder of tables");
    let mut rows = Vec::new();
    for file in files {
        let path = file.expect("a table").path();
        let text = fs::read_to_string(&path).expect("a text");
        let table: Table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
        rows.extend(table.mapping);
    }
    rows
}

#[tokio::test]
async fn every_row_becomes_its_rules_and_is_written_back() {
    let (origin, folder) = (Origin::start(), TempDir::new().expect("a folder"));
    let (mut ids, mut shapes) = (BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    for (at, row) in rows().iter().enumerate() {
        assert!(ids.insert(row.id.clone()), "`{}` is there twice", row.id);
        shapes.insert(row.shape);
        let document: Value = serde_json::from_str(&row.input)
            .unwrap_or_else(|error| panic!("`{}`: {error}", row.id));
        let world = World {
            origin: &origin,
            folder: folder.path(),
            members: row.account.as_deref().unwrap_or("{}"),
        };
        let found = world
            .take(row.shape, &format!("there-{at}"), &document)
            .await;
        if let Some(problem) = row.differs(&found) {
            wrong.push(format!("{}: {problem}: {found:?}", row.id));
            continue;
        }
        if found.rules.is_empty() || row.one_way {
            continue;
        }
        let back = export(row.shape, &parsed(&found.rules));
        let Some(back) = back else {
            wrong.push(format!("{}: cannot be written back", row.id));
            continue;
        };
        let again = world.take(row.shape, &format!("back-{at}"), &back).await;
        if again != found {
            wrong.push(format!("{}: {back} became {again:?}", row.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(shapes.len(), 8, "every shape has rows");
}

impl Mapping {
    fn differs(&self, found: &Outcome) -> Option<&'static str> {
        if self.rules.clone().unwrap_or_default() != found.rules {
            return Some("other rules");
        }
        if self.rules.is_none() && self.refused.is_empty() {
            return Some("a row without rules and without a refusal");
        }
        let is_told = |text: &String| found.refused.iter().any(|one| one.contains(text));
        if !self.refused.iter().all(is_told) || self.refused.len() != found.refused.len() {
            return Some("other refusals");
        }
        None
    }
}

fn parsed(rules: &[String]) -> Vec<Rules> {
    let parse = |text: &String| text.parse().unwrap_or_else(|_| panic!("{text}"));
    rules.iter().map(parse).collect()
}

/// Where documents are taken.
struct World<'a> {
    origin: &'a Origin,
    folder: &'a Path,
    /// Of the account, as JSON.
    members: &'a str,
}

impl World<'_> {
    /// Takes a document in an account of its own.
    async fn take(&self, shape: Shape, account: &str, document: &Value) -> Outcome {
        match shape {
            Shape::CmsGeo => {
                let members = json!({ "geo": document });
                self.video(account, members, "playback-video-rules").await
            }
            Shape::CmsSchedule => {
                let members = json!({ "schedule": document });
                self.video(account, members, "playback-video-rules").await
            }
            Shape::IpList => self.ip_list(account, document).await,
            Shape::PlaybackRight => self.right(account, document).await,
            Shape::PolicyKey => self.policy_key(account, document).await,
            Shape::Mux => self.import("mux", document),
            Shape::Cloudflare => self.import("cloudflare", document),
            Shape::Cloudfront => self.import("cloudfront", document),
        }
    }

    async fn account(&self, id: &str, more: Value) -> Reply {
        let mut members: Value = serde_json::from_str(self.members).expect("members");
        members["name"] = json!(id);
        for (name, value) in more.as_object().expect("members") {
            members[name] = value.clone();
        }
        self.origin.cms(Method::PUT, id, members).await
    }

    async fn video(&self, account: &str, members: Value, header: &str) -> Outcome {
        self.account(account, json!({})).await.assert_status(201);
        let mut video = json!({
            "name": "A video",
            "sources": [{ "src": "https://media.example.com/v.mp4", "container": "MP4" }],
        });
        for (name, value) in members.as_object().expect("members") {
            video[name] = value.clone();
        }
        let path = format!("{account}/videos/{account}");
        match refusal(&self.origin.cms(Method::PUT, &path, video).await) {
            Some(refused) => refused,
            None => self.rules(account, header, None).await,
        }
    }

    async fn ip_list(&self, account: &str, document: &Value) -> Outcome {
        let reply = self.account(account, json!({ "ip_allow": document })).await;
        if let Some(refused) = refusal(&reply) {
            return refused;
        }
        self.origin.video(account, account, json!({})).await;
        self.rules(account, "playback-account-rules", None).await
    }

    async fn right(&self, account: &str, document: &Value) -> Outcome {
        self.account(account, json!({})).await.assert_status(201);
        let path = format!("{account}/playback_rights/r");
        let reply = self.origin.cms(Method::PUT, &path, document.clone()).await;
        if let Some(refused) = refusal(&reply) {
            return refused;
        }
        // What the CMS shows of it may be sent back.
        let mut shown = reply.json();
        for name in ["id", "account_id", "created_at", "updated_at"] {
            shown.as_object_mut().expect("a right").remove(name);
        }
        let again = self.origin.cms(Method::PUT, &path, shown).await;
        assert_eq!(
            again.json()["updated_at"],
            reply.json()["updated_at"],
            "{}",
            again.text
        );
        let uses = json!({ "playback_rights_id": "r" });
        self.origin.video(account, account, uses).await;
        self.rules(account, "playback-right-rules", None).await
    }

    async fn policy_key(&self, account: &str, document: &Value) -> Outcome {
        self.account(account, json!({})).await.assert_status(201);
        self.origin.video(account, account, json!({})).await;
        let mut data = document.clone();
        data["account-id"] = json!(account);
        let path = format!("{account}/policy_keys");
        let data = json!({ "key-data": data });
        let reply = self.origin.cms(Method::POST, &path, data).await;
        match refusal(&reply) {
            Some(refused) => refused,
            None => {
                let key = reply.json()["key-string"].clone();
                self.rules(account, "playback-key-rules", key.as_str())
                    .await
            }
        }
    }

    /// The lines of a header that the edge is sent with the account's video.
    async fn rules(&self, account: &str, header: &str, key: Option<&str>) -> Outcome {
        let url = format!("/playback/v1/accounts/{account}/videos/{account}");
        let mut request = self
            .origin
            .request(Method::GET, &url)
            .bearer_auth(EDGE_PROOF);
        if let Some(key) = key {
            request = request.header("playback-key", key);
        }
        let reply = Reply::of(request).await.assert_status(200);
        let lines = reply.headers.get_all(header).iter();
        let lines = lines.map(|value| value.to_str().expect("text").to_owned());
        Outcome {
            rules: lines.collect(),
            refused: Vec::new(),
        }
    }

    fn import(&self, from: &str, document: &Value) -> Outcome {
        let file = self.folder.join("document.json");
        fs::write(&file, document.to_string()).expect("the folder can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
        command
            .args(["import", "--json", "--from", from])
            .arg(&file);
        let output = run(&mut command);
        let printed: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{document}: {}", stderr(&output)));
        let texts = |list: &str, text: fn(&Value) -> String| {
            let list = printed[list].as_array().expect("a list").iter();
            list.map(text).collect::<Vec<_>>()
        };
        let refused = texts("no_equal", |one| {
            let text = |name: &str| one[name].as_str().expect("a text").to_owned();
            format!("{}: {}", text("place"), text("reason"))
        });
        let want = if refused.is_empty() { 0 } else { 2 };
        assert_eq!(output.status.code(), Some(want), "{document}");
        Outcome {
            rules: texts("playback_rights", |right| {
                right["rules"].as_str().expect("rules").to_owned()
            }),
            refused,
        }
    }
}

fn refusal(reply: &Reply) -> Option<Outcome> {
    if reply.status < 300 {
        return None;
    }
    assert_eq!(reply.status, 422, "{}", reply.text);
    let message = reply.json()[0]["message"]
        .as_str()
        .expect("a message")
        .to_owned();
    Some(Outcome {
        rules: Vec::new(),
        refused: vec![message],
    })
}
