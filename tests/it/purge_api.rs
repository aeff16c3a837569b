//! The local purge API, spoken to as to Fastly's: by hand, and by Fastly's official clients.

mod clients;
mod purged;

use serde_json::{Value, json};

use self::purged::{label, path, purged};
use crate::harness::{
    local::PURGE_TOKEN,
    scripted_origin::{Script, Then},
};

#[test]
fn one_key_is_purged_from_every_pop_and_nothing_else_is() {
    let (purged, _turn) = purged();
    let (case, other) = (purged.cached(), purged.cached());
    let reply = purged.call(&path(&format!("purge/{}", label(&case))), &[], &Value::Null);
    reply.assert_status(200);
    assert_eq!(reply.json()["status"], "ok", "{reply}");
    assert!(
        reply.json()["id"].as_str().is_some_and(|id| !id.is_empty()),
        "{reply}"
    );
    purged.assert_purged(&case);
    purged.assert_kept(&other);
}

#[test]
fn a_batch_is_purged_whether_named_in_the_body_or_in_the_header() {
    let (purged, _turn) = purged();
    for in_body in [true, false] {
        let cases = [purged.cached(), purged.cached()];
        let keys = cases.each_ref().map(label);
        let reply = if in_body {
            purged.call(&path("purge"), &[], &json!({ "surrogate_keys": keys }))
        } else {
            purged.call(
                &path("purge"),
                &[("surrogate-key", &keys.join(" "))],
                &Value::Null,
            )
        };
        reply.assert_status(200);
        for key in &keys {
            assert!(reply.json()[key].is_string(), "{key}: {reply}");
        }
        for case in &cases {
            purged.assert_purged(case);
        }
    }
}

#[test]
fn an_accounts_key_purges_all_it_has() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    let key = format!("account-id-{}", case.account);
    purged
        .call(&path(&format!("purge/{key}")), &[], &Value::Null)
        .assert_status(200);
    purged.assert_purged(&case);
}

#[test]
fn a_soft_purge_leaves_a_copy_that_stands_in_for_a_silent_origin() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    let soft = [("fastly-soft-purge", "1")];
    let purge = || {
        purged.call(
            &path(&format!("purge/{}", label(&case))),
            &soft,
            &Value::Null,
        )
    };
    let ask = || case.ask(purged.pop.edge()).send();
    let silent = Script {
        bytes: Vec::new(),
        then: Then::Silence,
    };
    let failing = Script {
        bytes: b"HTTP/1.1 503 Busy\r\n\r\n".to_vec(),
        then: Then::Close,
    };
    for bad in [silent, failing] {
        purge().assert_status(200);
        purged.origin.script(&case.account, bad);
        assert_eq!(
            ask().assert_video(&case.video).header("x-cache"),
            Some("STALE")
        );
    }
    purged.origin.script(&case.account, case.good());
    assert_eq!(
        ask().assert_video(&case.video).header("x-cache"),
        Some("MISS")
    );
    assert_eq!(
        ask().assert_video(&case.video).header("x-cache"),
        Some("HIT")
    );
}

#[test]
fn a_stale_copy_does_not_stand_in_for_rules_that_cannot_be_read() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    let soft = [("fastly-soft-purge", "1")];
    purged
        .call(
            &path(&format!("purge/{}", label(&case))),
            &soft,
            &Value::Null,
        )
        .assert_status(200);
    purged.origin.script(
        &case.account,
        case.good_with(&[("Playback-Video-Rules", "moon=full")]),
    );
    let reply = case.ask(purged.pop.edge()).send();
    reply.assert_error(502, "SERVER_ERROR", Some("VIDEO_RETRIEVE_FAILURE"));
}

#[test]
fn a_hard_purge_leaves_nothing_to_stand_in() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    purged
        .call(&path(&format!("purge/{}", label(&case))), &[], &Value::Null)
        .assert_status(200);
    purged.origin.script(
        &case.account,
        Script {
            bytes: Vec::new(),
            then: Then::Close,
        },
    );
    case.ask(purged.pop.edge()).send().assert_status(502);
}

#[test]
fn purge_all_empties_every_pop() {
    let (purged, _turn) = purged();
    let cases = [purged.cached(), purged.cached()];
    let reply = purged.call(&path("purge_all"), &[], &Value::Null);
    assert_eq!(reply.assert_status(200).json(), json!({ "status": "ok" }));
    for case in &cases {
        purged.assert_purged(case);
    }
}

#[test]
fn a_wrong_or_missing_token_purges_nothing() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    let target = path(&format!("purge/{}", label(&case)));
    let long = "x".repeat(10_000);
    for headers in [
        &[][..],
        &[("fastly-key", "wrong")],
        &[("fastly-key", "")],
        &[("fastly-key", &long)],
    ] {
        let reply = purged.call_as(headers, "POST", &target, &Value::Null);
        reply.assert_status(401);
        assert!(reply.json()["msg"].is_string(), "{reply}");
        purged
            .call_as(headers, "POST", &path("purge_all"), &Value::Null)
            .assert_status(401);
    }
    purged.assert_kept(&case);
}

#[test]
fn another_service_purges_nothing() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    for rest in [
        format!("purge/{}", label(&case)),
        "purge_all".to_owned(),
        "purge".to_owned(),
    ] {
        let reply = purged.call(
            &format!("/service/another0service/{rest}"),
            &[],
            &Value::Null,
        );
        reply.assert_status(404);
        assert!(reply.json()["msg"].is_string(), "{reply}");
    }
    purged.assert_kept(&case);
}

#[test]
fn a_batch_of_257_keys_is_refused_whole_and_one_of_256_is_not() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    let mut keys: Vec<_> = (0..256).map(|n| format!("filler-{n}")).collect();
    keys.push(label(&case));
    let batch =
        |keys: &[String]| purged.call(&path("purge"), &[], &json!({ "surrogate_keys": keys }));
    batch(&keys).assert_status(400);
    purged.assert_kept(&case);
    let reply = batch(&keys[1..]);
    assert_eq!(
        reply
            .assert_status(200)
            .json()
            .as_object()
            .map(|ids| ids.len()),
        Some(256)
    );
    purged.assert_purged(&case);
}

#[test]
fn nonsense_is_refused_and_purges_nothing() {
    let (purged, _turn) = purged();
    let case = purged.cached();
    for (target, body) in [
        ("purge", json!({})),
        ("purge", json!({ "surrogate_keys": [] })),
        ("purge", json!({ "surrogate_keys": "one" })),
        ("purge", json!([1, 2])),
        ("purge/two%20keys", Value::Null),
    ] {
        let reply = purged.call(&path(target), &[], &body);
        reply.assert_status(400);
        assert!(reply.json()["msg"].is_string(), "{reply}");
    }
    let get = purged.call_as(
        &[("fastly-key", PURGE_TOKEN)],
        "GET",
        &path("purge_all"),
        &Value::Null,
    );
    get.assert_status(405);
    purged.assert_kept(&case);
}
