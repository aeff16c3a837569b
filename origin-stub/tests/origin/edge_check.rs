use playback_policy::{Answer, EntryKind, Limits, Overlay, Route};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    harness::{EDGE_PROOF, Origin, Reply},
    playback_body::full_video,
    playlists::url_signing,
    token_keys::ED25519,
};

/// What the edge makes of an answer, by its own check.
async fn checked(origin: &Origin, target: &str, key: Option<&str>) -> EntryKind {
    let target = format!("/playback/v1/accounts/{target}");
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target.as_str(), None),
    };
    let Ok(Route::Playback(asked)) = Route::parse(path, query) else {
        panic!("not a request of the edge's: {target}");
    };
    let mut request = origin.request(Method::GET, asked.cache_key().origin_target());
    let overlay = match key {
        Some(key) => {
            request = request.header("playback-key", key);
            Overlay::Origin
        }
        None => Overlay::Edge,
    };
    let reply = Reply::of(request.bearer_auth(EDGE_PROOF)).await;
    let status = StatusCode::from_u16(reply.status).expect("a status");
    let body = reply.text.into_bytes();
    let answer = Answer::check(&asked, overlay, status, &reply.headers, body, Limits::EDGE);
    let answer = answer.unwrap_or_else(|refused| panic!("{target}: {refused}"));
    answer.entry.kind
}

#[tokio::test]
async fn every_answer_passes_the_edges_own_check() {
    let origin = Origin::start();
    let mut account = url_signing(&json!({ "bind": "network" }));
    account["name"] = json!("a");
    account["rules"] = json!("proxy-deny=(tor)");
    origin
        .cms(Method::PUT, "1", account)
        .await
        .assert_status(201);
    let right = json!({
        "name": "r", "geo": { "allowed_countries": ["DE"] }, "allowed_days": ["mon"],
        "blocked_ips": ["192.0.2.0-192.0.2.9"], "blocked_proxies": { "anonymous": true },
    });
    origin
        .cms(Method::PUT, "1/playback_rights/r", right)
        .await
        .assert_status(201);
    let key = json!({ "value": ED25519 });
    origin
        .cms(Method::POST, "1/keys", key)
        .await
        .assert_status(201);
    let revoked = json!({ "key-data": { "account-id": "1", "key-id": "old" } });
    origin
        .cms(Method::POST, "1/policy_keys", revoked)
        .await
        .assert_status(201);
    origin
        .cms(Method::DELETE, "1/policy_keys/old", Value::Null)
        .await
        .assert_status(204);
    let mut full = full_video();
    full["reference_id"] = json!("Saison 3/Folge 7 ü?#%");
    origin.video("1", "7", full).await;
    origin.video("1", "8", json!({})).await;
    origin
        .video("1", "off", json!({ "state": "INACTIVE" }))
        .await;
    for (id, members) in [
        (
            "9",
            json!({ "type": "EXPLICIT", "video_ids": ["8", "404", "7"], "reference_id": "ü" }),
        ),
        (
            "10",
            json!({ "type": "ALPHABETICAL", "search": "created_at:-1day.." }),
        ),
    ] {
        let mut document = json!({ "name": "P" });
        let own = members.as_object().expect("members").clone();
        document.as_object_mut().expect("an object").extend(own);
        let path = format!("1/playlists/{id}");
        origin
            .cms(Method::PUT, &path, document)
            .await
            .assert_status(201);
    }
    let data = json!({ "key-data": { "account-id": "1", "geo": { "countries": ["de"] } } });
    let key = origin.cms(Method::POST, "1/policy_keys", data).await.json();
    let key = key["key-string"].as_str().expect("a key");

    let by_reference = "1/videos/ref:Saison%203%2FFolge%207%20%C3%BC%3F%23%25";
    for (target, want) in [
        ("1/videos/7", EntryKind::Video),
        ("1/videos/7?ad_config_id=a%20b", EntryKind::Video),
        (by_reference, EntryKind::Video),
        ("1/videos/7/master.m3u8", EntryKind::Location),
        (
            "1/videos/7/hls.vmap?ad_config_id=a%20b",
            EntryKind::Location,
        ),
        ("1/videos/7/poster.jpg", EntryKind::Location),
        (&format!("{by_reference}/high.mp4"), EntryKind::Location),
        ("1/videos/8/master.m3u8", EntryKind::ResourceNotFound),
        ("1/videos", EntryKind::List),
        (
            "1/videos?q=%2Bvideo+-%22a+b%22,c&sort=-name&limit=1&offset=1",
            EntryKind::List,
        ),
        ("1/videos?q=nothing", EntryKind::List),
        ("1/videos/7/related", EntryKind::List),
        (&format!("{by_reference}/related?limit=3"), EntryKind::List),
        ("1/playlists/9", EntryKind::List),
        ("1/playlists/ref:%C3%BC?offset=1", EntryKind::List),
        ("1/playlists/10?ad_config_id=x", EntryKind::List),
        ("1/videos/404", EntryKind::VideoNotFound),
        ("1/videos/off", EntryKind::VideoNotPlayable),
        ("1/videos/off/related", EntryKind::VideoNotPlayable),
        ("1/playlists/404", EntryKind::PlaylistNotFound),
    ] {
        assert_eq!(checked(&origin, target, None).await, want, "{target}");
        assert_eq!(checked(&origin, target, Some(key)).await, want, "{target}");
    }
    // No key opens an account that is not there.
    let nowhere = checked(&origin, "2/playlists/9", None).await;
    assert_eq!(nowhere, EntryKind::AccountNotFound);
}
