//! Pages on other sites: they may ask, and they may read the answer, refusals most of all.

use crate::harness::{
    reply::Reply,
    scenario::Layers,
    stage::{Props, Stage},
    world,
};

/// Whether a comma-separated header holds the item, in either case.
#[track_caller]
fn assert_lists(reply: &Reply, header: &str, item: &str) {
    let list = reply.header(header).unwrap_or_default();
    let holds = list
        .split(',')
        .any(|entry| entry.trim().eq_ignore_ascii_case(item));
    assert!(holds, "`{header}` lacks `{item}`: {reply}");
}

#[test]
fn a_preflight_allows_what_players_send() {
    let stage = Stage::open(world::without_purges());
    for header in ["BCOV-Policy", "Authorization", "Accept", "Content-Type"] {
        let preflight = stage
            .world
            .edge()
            .ask("OPTIONS", &stage.path())
            .header("origin", "https://www.example.com")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", header)
            .send();
        preflight.assert_status(204).assert_fit_for_viewers();
        assert_lists(&preflight, "access-control-allow-headers", header);
        assert_lists(&preflight, "access-control-allow-methods", "GET");
        let max_age = preflight
            .header("access-control-max-age")
            .and_then(|age| age.parse().ok());
        assert!(
            max_age.is_some_and(|seconds: u32| seconds >= 600),
            "{preflight}"
        );
        // With credentials a wildcard would be void, and there are no cookies to send.
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
    }
    assert_eq!(stage.origin_calls(), 0);
}

#[test]
fn a_page_can_read_every_kind_of_answer() {
    let denied = Layers {
        video: Some("geo-default=deny".to_owned()),
        ..Layers::default()
    };
    let denied = Stage::with(
        world::without_purges(),
        &Props {
            layers: denied,
            ..Props::default()
        },
    );
    let open = Stage::open(world::without_purges());
    let edge = open.world.edge();
    let answers = [
        (200, open.ask()),
        (
            400,
            open.ask_at(&format!("{}?config_id=1&config_id=2", open.path())),
        ),
        (401, edge.get(&open.path())),
        (403, denied.ask()),
        (403, edge.get(&denied.path()).key(&open.key)),
        (404, open.ask_at(&format!("{}0", open.path()))),
        (404, edge.get("/nothing/here")),
        (405, edge.ask("POST", &open.path())),
    ];
    for (status, ask) in answers {
        let reply = ask.header("origin", "https://www.example.com").send();
        reply.assert_status(status).assert_fit_for_viewers();
        assert_lists(&reply, "access-control-expose-headers", "x-cache");
        assert_lists(&reply, "access-control-expose-headers", "server-timing");
    }
}

#[test]
fn an_answer_is_the_same_whoever_embeds_it() {
    let stage = Stage::open(world::without_purges());
    let here = stage
        .ask()
        .header("origin", "https://www.example.com")
        .send();
    let there = stage
        .ask()
        .header("origin", "https://www.example.org")
        .send();
    for reply in [&here, &there] {
        reply.assert_video(&stage.video);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    }
    assert_eq!(here.body, there.body);
}
