//! `lists.toml`, row by row.

use serde::Deserialize;

use super::{Scripted, ids};
use crate::{
    broken_origin::facing,
    harness::{reply::Reply, scenario},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    spec: String,
    body: String,
    viewer: Option<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    with: Vec<(String, String)>,
    want: Want,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Want {
    status: u16,
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    errors: Vec<String>,
    #[serde(default = "twice")]
    origin_calls: usize,
}

impl scenario::Row for Row {
    fn id(&self) -> &str {
        &self.id
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

fn twice() -> usize {
    2
}

#[test]
fn every_list_is_answered_as_its_row_says() {
    scenario::assert_rows_hold("lists", holds);
    facing().pop.assert_no_panic();
}

fn holds(row: &Row) -> Result<(), String> {
    let list = Scripted::new(&row.body, &row.without, &row.with);
    for _ in 0..2 {
        let mut ask = list.ask(facing().pop.edge());
        if let Some(viewer) = &row.viewer {
            ask = ask.viewer(viewer);
        }
        compare(row, &ask.send())?;
    }
    let asked = facing().origin.asked(&list.case.account).len();
    match asked == row.want.origin_calls {
        true => Ok(()),
        false => Err(format!(
            "the origin was asked {asked} times, not {}",
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
    if reply.status == 502 {
        return reply.differs_from_error(502, "SERVER_ERROR", Some("PLAYLIST_RETRIEVE_FAILURE"));
    }
    let body = reply.json();
    let errors = if reply.status == 200 {
        &body["errors"]
    } else {
        &body
    };
    let told: Vec<_> = errors
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| {
            let text = |member: &str| error[member].as_str().unwrap_or_default();
            format!("{} {}", text("error_subcode"), text("client_geo"))
        })
        .map(|text| text.trim().to_owned())
        .collect();
    if told != want.errors || (want.errors.is_empty() && body.get("errors").is_some()) {
        return Err(format!("expected the errors {:?}: {reply}", want.errors));
    }
    if reply.status == 200 && ids(&body) != want.ids {
        return Err(format!("expected the items {:?}: {reply}", want.ids));
    }
    match String::from_utf8_lossy(&reply.body).contains("\"geo-") {
        true => Err(format!("rules got out: {reply}")),
        false => Ok(()),
    }
}
