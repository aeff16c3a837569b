//! `requests.toml`, row by row.

use std::{collections::BTreeMap, net::IpAddr};

use serde::Deserialize;
use serde_json::Value;

use super::fill_in::FillIn;
use crate::harness::{
    reply::Reply,
    scenario::{self, Layers},
    stage::{Props, Stage},
    world,
};

/// One request, or several that must be answered alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    spec: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default = "the_video")]
    target: String,
    /// Targets asked afterwards.
    #[serde(default)]
    then: Vec<String>,
    #[serde(default = "the_key")]
    headers: Vec<(String, String)>,
    viewer: Option<IpAddr>,
    #[serde(default)]
    video: RowVideo,
    /// Members of the policy key's data.
    #[serde(default)]
    key: Value,
    want: Want,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowVideo {
    rules: Option<String>,
    reference: Option<String>,
}

/// What each of the answers must be, and what the origin may have seen of all of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Want {
    status: u16,
    code: Option<String>,
    subcode: Option<String>,
    client_geo: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    present: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    /// There is no body.
    #[serde(default)]
    empty: bool,
    #[serde(default)]
    origin_calls: u64,
}

impl scenario::Row for Row {
    fn id(&self) -> &str {
        &self.id
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

fn get() -> String {
    "GET".to_owned()
}

fn the_video() -> String {
    "/playback/v1/accounts/{account}/videos/{video}".to_owned()
}

fn the_key() -> Vec<(String, String)> {
    vec![("Accept".to_owned(), "application/json;pk={key}".to_owned())]
}

#[test]
fn every_request_is_answered_as_its_row_says() {
    scenario::assert_rows_hold("requests", holds);
    world::without_purges().pop.assert_no_panic();
}

fn holds(row: &Row) -> Result<(), String> {
    let layers = Layers {
        video: row.video.rules.clone(),
        ..Layers::default()
    };
    let reference = row.video.reference.clone();
    let stage = Stage::with(
        world::without_purges(),
        &Props {
            layers,
            key: row.key.clone(),
            reference,
        },
    );
    let fill_in = FillIn::new(&stage);
    for target in std::iter::once(&row.target).chain(&row.then) {
        let mut ask = stage.world.edge().ask(&row.method, &fill_in.text(target));
        for (name, value) in &row.headers {
            ask = ask.header(name, &fill_in.text(value));
        }
        if let Some(viewer) = row.viewer {
            ask = ask.viewer(&viewer.to_string());
        }
        let reply = ask.send();
        compare(row, &reply).map_err(|complaint| format!("{target}: {complaint}"))?;
    }
    let calls = stage.origin_calls();
    match calls == row.want.origin_calls {
        true => Ok(()),
        false => Err(format!(
            "the origin was asked {calls} times, not {}",
            row.want.origin_calls
        )),
    }
}

fn compare(row: &Row, reply: &Reply) -> Result<(), String> {
    reply.is_fit_for_viewers()?;
    let want = &row.want;
    if reply.status != want.status {
        return Err(format!("expected {}: {reply}", want.status));
    }
    if want.empty && !reply.body.is_empty() {
        return Err(format!("expected no body: {reply}"));
    }
    if let Some(code) = &want.code {
        reply.differs_from_error(want.status, code, want.subcode.as_deref())?;
        if reply.error()["client_geo"].as_str() != want.client_geo.as_deref() {
            return Err(format!(
                "expected client_geo {:?}: {reply}",
                want.client_geo
            ));
        }
    }
    let value = |name: &str| {
        reply
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    for (name, wanted) in &want.headers {
        if value(name) != Some(wanted) {
            return Err(format!("expected `{name}: {wanted}`: {reply}"));
        }
    }
    if let Some(name) = want.present.iter().find(|name| value(name).is_none()) {
        return Err(format!("expected `{name}`: {reply}"));
    }
    if let Some(name) = want.absent.iter().find(|name| value(name).is_some()) {
        return Err(format!("`{name}` must not be there: {reply}"));
    }
    comes_back_nowhere(row, reply)
}

/// What a viewer sends under our names is not sent back.
fn comes_back_nowhere(row: &Row, reply: &Reply) -> Result<(), String> {
    let ordinary = ["accept", "host", "cache-control", "origin"];
    let sent = row
        .headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value));
    for (name, value) in sent.filter(|(name, _)| !ordinary.contains(&name.as_str())) {
        let returned = reply.headers.get(&name).map(|returned| returned.as_bytes());
        if returned == Some(value.as_bytes()) || name == "x-injected" && returned.is_some() {
            return Err(format!("the viewer's own `{name}` came back: {reply}"));
        }
    }
    match reply.headers.contains_key("x-injected") {
        true => Err(format!("a header was injected: {reply}")),
        false => Ok(()),
    }
}
