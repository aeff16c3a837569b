//! Rules that only report: viewers never notice them, operators read who would have been refused.

use serde_json::{Value, json};

use crate::{
    broken_origin::facing,
    harness::{
        eventually::eventually,
        geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
        scripted_case::Case,
    },
};

/// The lines about one video, once there are so many.
#[track_caller]
fn lines(video: &str, count: usize) -> Vec<Value> {
    eventually("the lines are written", || {
        let lines = facing().pop.log_lines();
        let of_video: Vec<_> = lines
            .into_iter()
            .filter(|line| line["video"] == video)
            .collect();
        (of_video.len() >= count).then_some(of_video)
    })
}

#[test]
fn a_viewer_who_would_be_refused_is_served_and_logged() {
    let case = Case::fresh();
    let rules = [(
        "Playback-Video-Rules-Report-Only",
        r#"geo-deny=("DE"), ip-deny-list=("not-there")"#,
    )];
    facing()
        .origin
        .script(&case.account, case.good_with(&rules));
    for viewer in [GERMAN_VIEWER, FRENCH_VIEWER, GERMAN_VIEWER] {
        let reply = case.ask(facing().pop.edge()).viewer(viewer).send();
        reply.assert_video(&case.video).assert_fit_for_viewers();
    }
    let reported: Vec<_> = lines(&case.video, 3)
        .into_iter()
        .map(|line| line["report_only"].clone())
        .collect();
    let german = json!({ "layer": "video", "member": "geo-deny", "seen": "DE" });
    assert_eq!(reported, [german.clone(), Value::Null, german]);
}

#[test]
fn rules_that_report_and_cannot_be_read_are_refused_like_any() {
    let case = Case::fresh();
    let rules = [("Playback-Account-Rules-Report-Only", "moon-phase=full")];
    facing()
        .origin
        .script(&case.account, case.good_with(&rules));
    for _ in 0..2 {
        let reply = case.ask(facing().pop.edge()).send();
        reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
    }
    assert_eq!(facing().origin.asked(&case.account).len(), 2);
}
