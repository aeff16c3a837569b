//! `origin.toml`, row by row.

use serde::Deserialize;

use super::{facing, script};
use crate::harness::{reply::Reply, scenario, scripted_case::Case};

/// One broken answer, or a good one for comparison.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    id: String,
    spec: String,
    #[serde(default = "ok")]
    pub(super) status: u16,
    #[serde(default)]
    pub(super) without: Vec<String>,
    #[serde(default)]
    pub(super) with: Vec<(String, String)>,
    #[serde(default = "video")]
    pub(super) body: String,
    #[serde(default = "whole")]
    pub(super) delivery: String,
    want: Want,
}

/// What the viewer gets, twice, and how often the origin was asked for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Want {
    status: u16,
    code: Option<String>,
    subcode: Option<String>,
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

fn ok() -> u16 {
    200
}

fn video() -> String {
    "video".to_owned()
}

fn whole() -> String {
    "whole".to_owned()
}

fn twice() -> usize {
    2
}

#[test]
fn every_broken_answer_is_refused_and_not_kept() {
    scenario::assert_rows_hold("origin", holds);
    facing().pop.assert_no_panic();
}

fn holds(row: &Row) -> Result<(), String> {
    let (facing, case) = (facing(), Case::fresh());
    facing.origin.script(&case.account, script::of(row, &case));
    for _ in 0..2 {
        compare(row, &case, &case.ask(facing.pop.edge()).send())?;
    }
    let asked = facing.origin.asked(&case.account).len();
    if asked != row.want.origin_calls {
        return Err(format!(
            "the origin was asked {asked} times, not {}",
            row.want.origin_calls
        ));
    }
    if row.want.origin_calls == 1 {
        return Ok(());
    }
    // Nothing of the bad answer stands in the way of a good one.
    facing.origin.script(&case.account, case.good());
    let reply = case.ask(facing.pop.edge()).send();
    match reply.status {
        200 => Ok(()),
        _ => Err(format!("a good answer later did not get through: {reply}")),
    }
}

fn compare(row: &Row, case: &Case, reply: &Reply) -> Result<(), String> {
    reply.is_fit_for_viewers()?;
    let of_the_origin = ["x-debug", "server", "x-slow", "x-endless"];
    if let Some(name) = of_the_origin
        .iter()
        .find(|name| reply.headers.contains_key(**name))
    {
        return Err(format!("the origin's `{name}` got through: {reply}"));
    }
    match &row.want.code {
        Some(code) => {
            reply.differs_from_error(row.want.status, code, row.want.subcode.as_deref())?;
            let told = String::from_utf8_lossy(&reply.body);
            match told.contains("geo-") || told.contains("<html") {
                true => Err(format!("the viewer was told too much: {reply}")),
                false => Ok(()),
            }
        }
        None if reply.status == 200 && reply.json()["id"] == case.video.as_str() => Ok(()),
        None => Err(format!("expected the video: {reply}")),
    }
}
