use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Origin, Reply};

#[tokio::test]
async fn editors_need_their_token_everywhere() {
    let origin = Origin::start();
    for path in [
        "/v1/accounts/1",
        "/v1/accounts/1/videos/7",
        "/v1/nothing",
        "/v1",
    ] {
        for method in [
            Method::GET,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::POST,
        ] {
            let request = origin
                .request(method.clone(), path)
                .json(&json!({ "name": "a" }));
            let reply = Reply::of(request.bearer_auth("wrong-cms-token")).await;
            let reply = reply.assert_error(401, "UNAUTHORIZED", "Bearer");
            assert_eq!(
                reply.header("www-authenticate"),
                Some("Bearer"),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_created_video_gets_an_id_and_a_place() {
    let origin = Origin::start();
    origin.account("1").await;
    let reply = origin
        .cms(Method::POST, "1/videos", json!({ "name": "A" }))
        .await;
    let reply = reply.assert_status(201);
    let video = reply.json();
    let id = video["id"].as_str().expect("an id");
    assert!(
        id.len() == 13 && id.bytes().all(|byte| byte.is_ascii_digit()),
        "{id}"
    );
    assert_eq!(
        reply.header("location"),
        Some(format!("/v1/accounts/1/videos/{id}").as_str())
    );
    let again = origin
        .cms(Method::GET, &format!("1/videos/{id}"), Value::Null)
        .await;
    assert_eq!(again.assert_status(200).json(), video);
    let second = origin
        .cms(Method::POST, "1/videos", json!({ "name": "B" }))
        .await;
    assert_ne!(second.assert_status(201).json()["id"], video["id"]);
}

#[tokio::test]
async fn a_video_reads_back_as_written_with_defaults() {
    let origin = Origin::start();
    origin.account("1").await;
    let video = origin.video("1", "7", json!({})).await.json();
    for (name, want) in [
        ("account_id", json!("1")),
        ("state", json!("ACTIVE")),
        ("complete", json!(true)),
        ("economics", json!("AD_SUPPORTED")),
        ("tags", json!([])),
        ("geo", json!(null)),
        ("rules", json!(null)),
    ] {
        assert_eq!(video[name], want, "{name}");
    }
    assert_eq!(video["created_at"], video["published_at"]);
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_clears() {
    let origin = Origin::start();
    origin.account("1").await;
    let geo = json!({ "restricted": true, "countries": ["DE"] });
    origin
        .video(
            "1",
            "7",
            json!({ "tags": ["a"], "custom_fields": { "x": "1", "y": "2" }, "geo": geo }),
        )
        .await;
    let patch = json!({ "name": "B", "custom_fields": { "x": null, "z": "3" }, "geo": null });
    let video = origin
        .patch("1/videos/7", patch)
        .await
        .assert_status(200)
        .json();
    assert_eq!(video["name"], "B");
    assert_eq!(video["custom_fields"], json!({ "y": "2", "z": "3" }));
    assert_eq!(
        (&video["geo"], &video["tags"]),
        (&json!(null), &json!(["a"]))
    );
    let error = origin.patch("1/videos/7", json!({ "name": null })).await;
    error.assert_error(422, "VALIDATION_ERROR", "missing field `name`");
}

#[tokio::test]
async fn what_an_editor_was_shown_it_may_send_back_member_by_member() {
    let origin = Origin::start();
    origin.account("1").await;
    let geo = json!({ "restricted": true, "countries": ["DE"] });
    let rules = r#"proxy-deny=(vpn tor), domain-allow=("*.example.com")"#;
    let track =
        json!([{ "src": "https://media.example.com/en.vtt", "srclang": "en", "account_id": "1" }]);
    let shown = origin
        .video(
            "1",
            "7",
            json!({ "geo": geo, "rules": rules, "text_tracks": track }),
        )
        .await
        .json();
    for (name, value) in shown.as_object().expect("a video") {
        let is_the_cms_own = [
            "id",
            "account_id",
            "created_at",
            "updated_at",
            "published_at",
        ]
        .contains(&name.as_str());
        if !is_the_cms_own {
            let mut patch = json!({});
            patch[name] = value.clone();
            let same = origin
                .patch("1/videos/7", patch)
                .await
                .assert_status(200)
                .json();
            assert_eq!(same[name], *value);
        }
    }
}

#[tokio::test]
async fn simultaneous_edits_of_one_video_are_all_applied() {
    let origin = Origin::start();
    // A second process writes the same database.
    let other = Origin::start_in(origin.folder(), &[]);
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    let edits = (0..40).map(|at| {
        let patch = json!({ "custom_fields": { format!("field{at}"): "x" } });
        let asked = if at % 2 == 0 { &origin } else { &other };
        let request = asked.cms_request(Method::PATCH, "1/videos/7").json(&patch);
        tokio::spawn(async move { request.send().await.expect("an answer").status() })
    });
    for edit in edits.collect::<Vec<_>>() {
        assert_eq!(edit.await.expect("no panic"), 200);
    }
    let video = origin
        .cms(Method::GET, "1/videos/7", Value::Null)
        .await
        .json();
    assert_eq!(
        video["custom_fields"].as_object().map(serde_json::Map::len),
        Some(40)
    );
}

#[tokio::test]
async fn of_simultaneous_claims_of_one_reference_one_wins() {
    let origin = Origin::start();
    origin.account("1").await;
    let claims = (0..10).map(|_| {
        let document = json!({ "name": "A", "reference_id": "r" });
        let request = origin.cms_request(Method::POST, "1/videos").json(&document);
        tokio::spawn(async move { request.send().await.expect("an answer").status().as_u16() })
    });
    let mut statuses = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        statuses.push(claim.await.expect("no panic"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn ids_are_unique_and_free_again_after_deletion() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    origin.video("1", "7", json!({ "reference_id": "r" })).await;
    let named = json!({ "name": "A", "reference_id": "r" });
    for (path, code, hint) in [
        ("1/videos/7", "CONFLICT", "PATCH"),
        ("2/videos/7", "CONFLICT", "id"),
        ("1/videos/8", "REFERENCE_ID_IN_USE", "`7`"),
    ] {
        origin
            .cms(Method::PUT, path, named.clone())
            .await
            .assert_error(409, code, hint);
    }
    origin.video("1", "8", json!({})).await;
    let taken = origin
        .patch("1/videos/8", json!({ "reference_id": "r" }))
        .await;
    taken.assert_error(409, "REFERENCE_ID_IN_USE", "`7`");
    origin
        .cms(Method::PUT, "2/videos/9", named.clone())
        .await
        .assert_status(201);
    origin
        .cms(Method::DELETE, "1/videos/7", Value::Null)
        .await
        .assert_status(204);
    origin
        .cms(Method::GET, "1/videos/7", Value::Null)
        .await
        .assert_error(404, "NOT_FOUND", "`7`");
    origin
        .cms(Method::DELETE, "1/videos/7", Value::Null)
        .await
        .assert_status(404);
    origin
        .cms(Method::PUT, "1/videos/7", named)
        .await
        .assert_status(201);
}

#[tokio::test]
async fn an_account_is_put_then_replaced_or_patched() {
    let origin = Origin::start();
    let account = json!({ "name": "A", "ip_allow": ["192.0.2.7", "2001:db8::/32"] });
    let reply = origin
        .cms(Method::PUT, "1", account)
        .await
        .assert_status(201);
    assert_eq!(reply.header("location"), Some("/v1/accounts/1"));
    origin
        .patch("1", json!({ "name": "B" }))
        .await
        .assert_status(200);
    let shown = origin
        .cms(Method::GET, "1", Value::Null)
        .await
        .assert_status(200)
        .json();
    assert_eq!((&shown["id"], &shown["name"]), (&json!("1"), &json!("B")));
    assert_eq!(shown["ip_allow"].as_array().map(Vec::len), Some(2));
    let replaced = origin
        .cms(Method::PUT, "1", json!({ "name": "C" }))
        .await
        .assert_status(200);
    assert_eq!(replaced.json()["ip_allow"], json!([]));
    origin
        .patch("2", json!({ "name": "B" }))
        .await
        .assert_error(404, "NOT_FOUND", "`2`");
    origin
        .cms(Method::GET, "2", Value::Null)
        .await
        .assert_error(404, "NOT_FOUND", "`2`");
}

#[tokio::test]
async fn a_right_lives_as_long_as_a_video_uses_it() {
    let origin = Origin::start();
    origin.account("1").await;
    let missing = json!({ "name": "A", "playback_rights_id": "r" });
    let reply = origin.cms(Method::PUT, "1/videos/7", missing.clone()).await;
    reply.assert_error(422, "VALIDATION_ERROR", "`playback_rights_id`");
    origin
        .cms(Method::PUT, "1/playback_rights/r", json!({ "name": "R" }))
        .await
        .assert_status(201);
    origin
        .cms(Method::PUT, "1/playback_rights/r", json!({ "name": "S" }))
        .await
        .assert_status(200);
    let right = json!({ "rules": r#"geo-allow=("de")"# });
    let right = origin
        .patch("1/playback_rights/r", right)
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        (&right["name"], &right["rules"]),
        (&json!("S"), &json!(r#"geo-allow=("DE")"#))
    );
    origin
        .cms(Method::PUT, "1/videos/7", missing)
        .await
        .assert_status(201);
    let used = origin
        .cms(Method::DELETE, "1/playback_rights/r", Value::Null)
        .await;
    used.assert_error(409, "REFERENCES_EXIST", "1 videos");
    origin
        .cms(Method::DELETE, "1/videos/7", Value::Null)
        .await
        .assert_status(204);
    origin
        .cms(Method::DELETE, "1/playback_rights/r", Value::Null)
        .await
        .assert_status(204);
    let gone = origin
        .cms(Method::GET, "1/playback_rights/r", Value::Null)
        .await;
    gone.assert_error(404, "NOT_FOUND", "`r`");
}

#[tokio::test]
async fn a_policy_key_is_minted_and_decoded() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    let data = json!({ "key-data": { "account-id": "1", "apis": ["search"], "geo": { "countries": ["ca"] } } });
    let minted = origin
        .cms(Method::POST, "1/policy_keys", data.clone())
        .await
        .assert_status(201);
    let key = minted.json()["key-string"]
        .as_str()
        .expect("a key")
        .to_owned();
    assert_eq!(
        minted.header("location"),
        Some(format!("/v1/accounts/1/policy_keys/{key}").as_str())
    );
    let decoded = origin
        .cms(Method::GET, &format!("1/policy_keys/{key}"), Value::Null)
        .await;
    let decoded = decoded.assert_status(200).json();
    assert_eq!(decoded["key-data"]["apis"], json!(["search"]));
    assert_eq!(decoded["key-string"], json!(key));
    let again = origin.cms(Method::POST, "1/policy_keys", data).await.json();
    assert_eq!(
        again["key-string"],
        json!(key),
        "the same data is the same key"
    );

    let other = origin
        .cms(Method::GET, &format!("2/policy_keys/{key}"), Value::Null)
        .await;
    other.assert_error(404, "NOT_FOUND", "policy key");
    let forged = format!("1/policy_keys/{}A", &key[..key.len() - 1]);
    let forged = origin.cms(Method::GET, &forged, Value::Null).await;
    forged.assert_error(404, "NOT_FOUND", "policy key");
}
