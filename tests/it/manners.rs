//! HTTP's manners: validators, what caches in between are told, requests that are too large.

use crate::harness::{
    geolocation::{FRENCH_VIEWER, GERMAN_VIEWER},
    reply::Reply,
    scenario::Layers,
    stage::{Props, Stage},
    world,
};

fn for_germany() -> Stage<'static> {
    let video = Some(r#"geo-allow=("DE")"#.to_owned());
    let layers = Layers {
        video,
        ..Layers::default()
    };
    let props = Props {
        layers,
        ..Props::default()
    };
    Stage::with(world::without_purges(), &props)
}

#[track_caller]
fn etag(reply: &Reply) -> String {
    let etag = reply.header("etag").expect("a video has a validator");
    // Weak: the platform may compress what it is the tag of.
    assert!(etag.starts_with("W/\"") && etag.ends_with('"'), "{etag}");
    etag.to_owned()
}

#[test]
fn who_has_the_answer_already_is_told_so() {
    let stage = for_germany();
    let first = stage.ask().viewer(GERMAN_VIEWER).send();
    let etag = etag(first.assert_video(&stage.video));
    let strong = etag.trim_start_matches("W/");
    for tags in [
        &etag,
        strong,
        "*",
        &format!("\"x\", {etag}"),
        &format!("\"x\",{strong} , \"y\""),
    ] {
        for method in ["GET", "HEAD"] {
            let ask = stage
                .world
                .edge()
                .ask(method, &stage.path())
                .key(&stage.key);
            let reply = ask
                .viewer(GERMAN_VIEWER)
                .header("if-none-match", tags)
                .send();
            reply.assert_status(304).assert_fit_for_viewers();
            assert!(reply.body.is_empty(), "{reply}");
            assert_eq!(reply.header("etag"), Some(etag.as_str()));
            assert_eq!(reply.header("content-type"), None, "{reply}");
        }
    }
    assert_eq!(stage.origin_calls(), 1);
}

#[test]
fn another_validator_or_none_at_all_is_answered_whole() {
    let stage = for_germany();
    for tags in ["\"x\"", "W/\"x\"", "x", "", "\"", "\u{e4}", "**"] {
        let ask = stage.ask().viewer(GERMAN_VIEWER);
        let reply = ask.header("if-none-match", tags).send();
        reply.assert_video(&stage.video);
    }
}

#[test]
fn a_refused_viewer_is_never_told_that_nothing_changed() {
    let stage = for_germany();
    let etag = etag(&stage.ask().viewer(GERMAN_VIEWER).send());
    for tags in [etag.as_str(), "*"] {
        let ask = stage.ask().viewer(FRENCH_VIEWER);
        let reply = ask.header("if-none-match", tags).send();
        reply.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
        let ask = stage.world.edge().get(&stage.path());
        let reply = ask.header("if-none-match", tags).send();
        reply.assert_error(401, "INVALID_POLICY_KEY", None);
    }
}

#[test]
fn an_answer_tells_what_it_depends_on_and_may_be_compressed() {
    let stage = for_germany();
    let reply = stage.ask().viewer(GERMAN_VIEWER).send();
    assert_eq!(reply.header("x-compress-hint"), Some("on"));
    let refused = stage.ask().viewer(FRENCH_VIEWER).send();
    for reply in [&reply, &refused] {
        let vary = reply.header("vary").unwrap_or_default().to_lowercase();
        for name in [
            "accept",
            "authorization",
            "bcov-policy",
            "origin",
            "accept-encoding",
        ] {
            assert!(vary.split(", ").any(|one| one == name), "`{name}`: {reply}");
        }
    }
}

#[test]
fn a_preflight_asks_the_origin_nothing_and_says_how_long_it_holds() {
    let stage = for_germany();
    for method in ["GET", "PUT"] {
        let ask = stage.world.edge().ask("OPTIONS", &stage.path());
        let ask = ask.header("origin", "https://www.example.com");
        let reply = ask.header("access-control-request-method", method).send();
        reply.assert_status(204);
        assert_eq!(
            reply.header("access-control-allow-methods"),
            Some("GET, HEAD, OPTIONS"),
            "so a browser sends no PUT"
        );
        assert_eq!(reply.header("access-control-max-age"), Some("86400"));
    }
    assert_eq!(stage.origin_calls(), 0);
}

#[test]
fn what_is_too_large_is_told_so() {
    let stage = for_germany();
    let path = stage.path();
    let long = |len: usize| format!("{path}?_={}", "a".repeat(len - path.len() - 3));
    let ask = |target: &str| stage.ask_at(target).viewer(GERMAN_VIEWER);
    ask(&long(7_168)).send().assert_video(&stage.video);
    ask(&long(7_169))
        .send()
        .assert_error(414, "URI_TOO_LONG", None);
    let kilobytes = |name, count: usize| ask(&path).header(name, &"a".repeat(count * 1_024));
    for read in ["accept", "authorization", "if-none-match"] {
        kilobytes(read, 64).send().assert_video(&stage.video);
        let refused = kilobytes(read, 65).send();
        refused.assert_error(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", None);
        refused.assert_fit_for_viewers();
    }
    // What nobody reads costs nobody anything.
    kilobytes("x-other", 100).send().assert_video(&stage.video);
}

#[test]
fn any_accept_is_answered_in_json() {
    let stage = for_germany();
    for accept in [
        "text/html",
        "application/xml;q=0.9",
        "image/*",
        "",
        "*/*;q=0",
        ";;,,",
    ] {
        let ask = stage.world.edge().get(&stage.path());
        let ask = ask
            .header("accept", accept)
            .header("bcov-policy", &stage.key);
        let reply = ask.viewer(GERMAN_VIEWER).send();
        reply.assert_video(&stage.video);
        assert_eq!(
            reply.header("content-type"),
            Some("application/json; charset=UTF-8")
        );
    }
}
