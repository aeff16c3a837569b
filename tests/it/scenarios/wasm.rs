//! The tables by the whole system: rules written in the CMS, decided by the Wasm in a POP.

use crate::harness::{
    acl,
    edge::Ask,
    reply::Reply,
    scenario::{self, RowViewer, Scenario, Wanted},
    stage::{Props, Stage},
    world::{self, World},
};

#[test]
fn every_row_holds_for_the_whole_system() {
    every_row_holds_in(world::without_purges());
}

/// One decision, wherever the key's rules are laid over the answer's.
#[test]
fn every_row_holds_where_the_origin_overlays_the_key() {
    every_row_holds_in(world::overlaid_by_the_origin());
}

#[track_caller]
fn every_row_holds_in(world: &'static World) {
    let rows: Vec<_> = scenario::all()
        .into_iter()
        .filter(|row| !row.is_pure_only())
        .collect();
    let complaints: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            holds(row, world)
                .err()
                .map(|complaint| format!("{}: {complaint}", row.id))
        })
        .collect();
    scenario::assert_all_hold(rows.len(), &complaints);
}

/// Asks twice, and counts what the origin saw of it.
fn holds(row: &Scenario, world: &'static World) -> Result<(), String> {
    let stage = stage_of(row, world);
    for _ in 0..2 {
        let reply = as_viewer(stage.ask(), &row.viewer).send();
        compare(row, &stage, &reply)?;
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

/// An account and a video with the row's rules.
#[track_caller]
pub(super) fn stage_of(row: &Scenario, world: &'static World) -> Stage<'static> {
    let props = Props {
        layers: acl::in_layers(&row.layers, &row.viewer.acls),
        key: acl::in_key(&row.key, &row.viewer.acls),
        reference: None,
    };
    Stage::with(world, &props)
}

pub(super) fn as_viewer(ask: Ask, viewer: &RowViewer) -> Ask {
    let mut ask = ask.viewer(&viewer.ip.to_string());
    for origin in &viewer.origin.0 {
        ask = ask.header("origin", origin);
    }
    match &viewer.referer {
        Some(referer) => ask.header("referer", referer),
        None => ask,
    }
}

fn compare(row: &Scenario, stage: &Stage<'_>, reply: &Reply) -> Result<(), String> {
    reply.is_fit_for_viewers()?;
    let want = &row.want;
    if want.decision == Wanted::Allow {
        let is_video = reply.status == want.status && reply.json()["id"] == stage.video.as_str();
        return if is_video {
            Ok(())
        } else {
            Err(format!("expected the video, got {reply}"))
        };
    }
    let code = want.code.as_deref().ok_or("a refusal needs a code")?;
    reply.differs_from_error(want.status, code, want.subcode.as_deref())?;
    let client_geo = &reply.error()["client_geo"];
    match client_geo.as_str() == want.client_geo.as_deref() {
        true => Ok(()),
        false => Err(format!(
            "expected client_geo {:?}: {reply}",
            want.client_geo
        )),
    }
}
