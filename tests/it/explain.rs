//! Explanations: what operators are told of a decision, and who may ask.

use playback_policy::ViewerFacts;
use serde_json::{Value, json};

use crate::harness::{
    edge::Ask,
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    reply::Reply,
    scenario::Layers,
    stage::{Props, Stage},
    world,
};

/// The secret in fastly.toml.
const SECRET: &str = "local-explain-secret-not-a-secret";
const HEADER: &str = "playback-explain";

/// The question why, with facts that are told.
pub(crate) fn question_with(ask: Ask, facts: &ViewerFacts) -> Ask {
    let text = match facts.is_empty() {
        true => format!("secret=\"{SECRET}\""),
        false => format!("secret=\"{SECRET}\", {facts}"),
    };
    ask.header(HEADER, &text)
}

/// The explanation that is the answer.
///
/// # Errors
///
/// When the answer is none.
pub(crate) fn told(reply: &Reply) -> Result<Value, String> {
    reply.is_fit_for_viewers()?;
    match reply.status {
        200 => Ok(reply.json()),
        _ => Err(format!("no explanation: {reply}")),
    }
}

/// A video for Germany alone.
fn german() -> Stage<'static> {
    let layers = Layers {
        video: Some(r#"geo-allow=("DE")"#.to_owned()),
        ..Layers::default()
    };
    let props = Props {
        layers,
        ..Props::default()
    };
    Stage::with(world::without_purges(), &props)
}

#[track_caller]
fn explained(ask: Ask, facts: &str) -> Value {
    let facts = facts.parse().expect("tests tell facts");
    told(&question_with(ask, &facts).send()).unwrap()
}

#[test]
fn an_operator_is_told_who_refuses_and_what_would_not() {
    let stage = german();
    let told = explained(stage.ask().viewer(FRENCH_VIEWER), "");
    assert_eq!(told["status"], 403);
    assert_eq!(told["error_subcode"], "CLIENT_GEO");
    assert_eq!(told["cache"], "MISS");
    assert_eq!(told["entry"]["kind"], "video");
    let target = &told["entry"]["target"];
    assert!(target.as_str().unwrap().ends_with(&stage.video), "{target}");
    let explanation = &told["explanation"];
    assert_eq!(explanation["verdict"], "deny");
    assert_eq!(explanation["refusal"]["member"], "geo-allow");
    assert_eq!(explanation["refusal"]["seen"], "FR");
    assert_eq!(explanation["flip"], json!({ "country": "DE" }));
    assert_eq!(explanation["layers"][1]["rules"], r#"geo-allow=("DE")"#);
    let told = explained(stage.ask().viewer(GERMAN_VIEWER), "");
    assert_eq!(
        (&told["status"], &told["cache"]),
        (&json!(200), &json!("HIT"))
    );
}

#[test]
fn a_question_changes_nothing_and_is_kept_nowhere() {
    let stage = german();
    for _ in 0..2 {
        explained(stage.ask().viewer(FRENCH_VIEWER), r#"country="DE""#);
        let reply = stage.ask().viewer(FRENCH_VIEWER).send();
        reply.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
        let reply = stage.ask().viewer(GERMAN_VIEWER).send();
        reply.assert_video(&stage.video);
    }
    assert_eq!(stage.origin_calls(), 1);
}

#[test]
fn facts_that_are_told_count_instead_of_those_seen() {
    let stage = german();
    let verdict = |facts: &str| {
        let told = explained(stage.ask().viewer(FRENCH_VIEWER), facts);
        told["explanation"]["verdict"].clone()
    };
    assert_eq!(verdict(""), "deny");
    assert_eq!(verdict(r#"country="DE""#), "allow");
    assert_eq!(verdict(r#"country="?""#), "deny");
    // Of another address, what the platform knows of that address.
    assert_eq!(verdict(&format!("ip=\"{GERMAN_VIEWER}\"")), "allow");
    let facts = format!("ip=\"{GERMAN_VIEWER}\", country=\"FR\"");
    assert_eq!(verdict(&facts), "deny");
}

#[test]
fn nobody_is_told_without_the_secret() {
    let stage = german();
    let wrong = [
        "",
        "secret",
        "secret=\"\"",
        "secret=\"local-explain-secret-not-a-secre\"",
        "secret=\"local-explain-secret-not-a-secreT\"",
        "secret=\"local-edge-proof-not-a-secret\"",
        "country=\"DE\"",
        "country=\"Mars\", secret=\"guess\"",
        "\u{e4}",
    ];
    for value in wrong {
        let reply = stage
            .ask()
            .viewer(GERMAN_VIEWER)
            .header(HEADER, value)
            .send();
        reply.assert_error(403, "ACCESS_DENIED", Some("EXPLAIN"));
    }
    let twice = question_with(stage.ask(), &ViewerFacts::default()).header(HEADER, "secret=\"x\"");
    twice
        .send()
        .assert_error(403, "ACCESS_DENIED", Some("EXPLAIN"));
    assert_eq!(stage.origin_calls(), 0);
}

#[test]
fn facts_that_name_nothing_are_told_to_who_may_ask() {
    let stage = german();
    for (facts, want) in [
        ("planet=\"Mars\"", "unknown field `planet`"),
        ("country=\"XX\"", "`country` must be an ISO 3166-1 code"),
        ("asn=-5", "expected u32"),
    ] {
        let text = format!("secret=\"{SECRET}\", {facts}");
        let reply = stage
            .ask()
            .viewer(GERMAN_VIEWER)
            .header(HEADER, &text)
            .send();
        reply.assert_status(400).assert_fit_for_viewers();
        let detail = reply.json()["detail"].clone();
        assert!(detail.as_str().unwrap().contains(want), "{facts}: {detail}");
    }
}

#[test]
fn what_fails_before_a_decision_is_explained_too() {
    let stage = german();
    let edge = stage.world.edge();
    let told = explained(edge.get(&stage.path()), "");
    assert_eq!(
        (&told["status"], &told["explanation"]),
        (&json!(401), &Value::Null)
    );
    assert_eq!(told["error_code"], "INVALID_POLICY_KEY");
    let told = explained(stage.ask_at(&format!("{}0", stage.path())), "");
    assert_eq!(
        (&told["status"], &told["error_code"]),
        (&json!(404), &json!("VIDEO_NOT_FOUND"))
    );
    assert_eq!(told["entry"]["kind"], "video-not-found");
}

#[test]
fn a_question_is_logged_as_one_and_counts_as_no_decision() {
    let stage = german();
    explained(stage.ask().viewer(FRENCH_VIEWER), "");
    stage.ask().viewer(FRENCH_VIEWER).send();
    let lines = crate::harness::eventually::eventually("both lines are written", || {
        let lines = stage.world.pop.log_lines();
        let own = lines
            .into_iter()
            .filter(|line| line["video"] == stage.video.as_str());
        let own: Vec<_> = own.collect();
        (own.len() == 2).then_some(own)
    });
    // A line is written when its viewer has the answer, so the second may be first.
    let is_question = |line: &&Value| line["explanation"] == true;
    let question = lines.iter().find(is_question).expect("it is marked");
    let enforced = lines.iter().find(|line| !is_question(line));
    let enforced = enforced.expect("the other is not");
    assert_eq!(
        (&question["decision"], &question["status"]),
        (&Value::Null, &json!(200))
    );
    assert_eq!(enforced.get("explanation"), None);
    assert_eq!(enforced["decision"], "deny");
    let text = stage.world.pop.log_text();
    assert!(!text.contains(SECRET), "the secret is in the log");
}

#[test]
fn a_list_tells_which_items_are_left_out_and_why() {
    let stage = german();
    let everywhere = crate::harness::stage::fresh_number().to_string();
    let body = crate::harness::stage::playable("for everybody");
    stage
        .world
        .origin()
        .put_video(&stage.account, &everywhere, &body);
    let playlist = crate::harness::stage::fresh_number().to_string();
    let body =
        json!({ "name": "both", "type": "EXPLICIT", "video_ids": [stage.video, everywhere] });
    stage
        .world
        .origin()
        .put_playlist(&stage.account, &playlist, &body);
    let path = format!(
        "/playback/v1/accounts/{}/playlists/{playlist}",
        stage.account
    );
    let told = explained(stage.ask_at(&path).viewer(FRENCH_VIEWER), "");
    assert_eq!(told["explanation"]["verdict"], "allow");
    let items = told["items"].as_array().unwrap();
    let of = |at: usize| {
        items
            .iter()
            .find(|set| set["items"] == json!([at]))
            .unwrap()
    };
    assert_eq!(of(0)["refusal"]["member"], "geo-allow");
    assert_eq!(of(1)["verdict"], "allow");
}

#[test]
fn pages_on_other_sites_cannot_ask() {
    let stage = german();
    let preflight = stage.world.edge().ask("OPTIONS", &stage.path());
    let reply = preflight
        .header("origin", "https://example.com")
        .header("access-control-request-headers", HEADER)
        .send();
    let allowed = reply
        .header("access-control-allow-headers")
        .unwrap_or_default();
    assert!(!allowed.to_lowercase().contains(HEADER), "{reply}");
}
