use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    database::execute,
    harness::{Origin, Reply},
    load::loaded,
    search::ids,
};

async fn playlist(origin: &Origin, id: &str, members: Value) {
    let mut document = json!({ "name": "P" });
    let own = members.as_object().expect("members").clone();
    document.as_object_mut().expect("an object").extend(own);
    let path = format!("1/playlists/{id}");
    origin
        .cms(Method::PUT, &path, document)
        .await
        .assert_status(201);
}

fn keys(reply: &Reply) -> Vec<&str> {
    let keys = reply.header("surrogate-key").expect("keys");
    keys.split(' ').collect()
}

/// Account 1 with videos 1 to 4 in different orders, and one that is switched off.
async fn catalog() -> Origin {
    let origin = Origin::start();
    origin.account("1").await;
    for (id, members) in [
        (
            "1",
            json!({
                "name": "beta", "tags": ["x"], "plays_total": 5, "plays_trailing_week": 9,
                "schedule": { "starts_at": "2026-01-05T00:00:00Z" },
            }),
        ),
        (
            "2",
            json!({ "name": "Alpha", "tags": ["x"], "plays_total": 50 }),
        ),
        (
            "3",
            json!({
                "name": "gamma", "tags": ["x"], "plays_trailing_week": 90,
                "schedule": { "starts_at": "2024-01-01T00:00:00Z" },
            }),
        ),
        (
            "4",
            json!({ "name": "delta", "plays_total": 500, "plays_trailing_week": 1 }),
        ),
        (
            "5",
            json!({ "name": "epsilon", "tags": ["x"], "state": "INACTIVE" }),
        ),
    ] {
        origin.video("1", id, members).await;
    }
    let times = "update videos set published_at = '2025-01-0' || (1 + cast(id as integer) * 2 % 5) || 'T00:00:00.000Z'";
    execute(origin.folder().path(), times).await;
    origin
}

#[tokio::test]
async fn each_type_of_smart_playlist_has_its_order() {
    let origin = catalog().await;
    for (at, (kind, want)) in [
        ("ACTIVATED_OLDEST_TO_NEWEST", ["3", "1", "4", "2"]),
        ("ACTIVATED_NEWEST_TO_OLDEST", ["2", "4", "1", "3"]),
        ("ALPHABETICAL", ["2", "1", "4", "3"]),
        ("PLAYS_TOTAL", ["4", "2", "1", "3"]),
        ("PLAYS_TRAILING_WEEK", ["3", "1", "4", "2"]),
        // Publication stands in for a schedule that does not begin.
        ("START_DATE_OLDEST_TO_NEWEST", ["3", "4", "2", "1"]),
        ("START_DATE_NEWEST_TO_OLDEST", ["1", "2", "4", "3"]),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("p{at}");
        playlist(&origin, &id, json!({ "type": kind })).await;
        let reply = origin.play(&format!("1/playlists/{id}")).await;
        assert_eq!(ids(reply), want, "{kind}");
        let searched = json!({ "search": "tags:x" });
        let path = format!("1/playlists/{id}");
        origin.patch(&path, searched).await.assert_status(200);
        let want: Vec<_> = want.into_iter().filter(|id| *id != "4").collect();
        assert_eq!(ids(origin.play(&path).await), want, "{kind}");
    }
}

#[tokio::test]
async fn a_smart_playlist_is_cut_by_its_own_limit_before_it_is_paged() {
    let origin = catalog().await;
    playlist(&origin, "p", json!({ "type": "ALPHABETICAL", "limit": 3 })).await;
    for (query, want) in [
        ("", ["2", "1", "4"].as_slice()),
        ("?limit=2", &["2", "1"]),
        ("?limit=2&offset=2", &["4"]),
        ("?limit=100&offset=3", &[]),
    ] {
        let reply = origin.play(&format!("1/playlists/p{query}")).await;
        assert_eq!(ids(reply), want, "{query}");
    }
}

#[tokio::test]
async fn a_smart_playlist_has_the_members_of_the_contract() {
    let origin = catalog().await;
    let members = json!({
        "type": "PLAYS_TOTAL", "reference_id": "top", "description": "d", "favorite": true,
        "search": "name:beta,alpha",
    });
    playlist(&origin, "9", members).await;
    let reply = origin.play("1/playlists/ref:top").await.assert_status(200);
    let mut body = reply.json();
    let videos = body["videos"].take();
    assert_eq!(videos[0]["$rules"], json!({ "video": "geo-default=allow" }));
    let mut single = origin.play("1/videos/2").await.json();
    single["$rules"] = videos[0]["$rules"].clone();
    assert_eq!(videos[0], single);
    for time in ["created_at", "updated_at"] {
        let time = body[time].take();
        assert!(
            time.as_str()
                .is_some_and(|time| time.ends_with('Z') && time.len() == 24)
        );
    }
    assert_eq!(
        body,
        json!({
            "id": "9",
            "account_id": "1",
            "name": "P",
            "reference_id": "top",
            "description": "d",
            "created_at": null,
            "updated_at": null,
            "type": "PLAYS_TOTAL",
            "favorite": true,
            "limit": 100,
            "search": r#"name:"alpha","beta""#,
            "videos": null,
        })
    );
    let found = keys(&reply);
    let expected = [
        "account-id-1",
        "playlist-id-9",
        "search-account-id-1",
        "video-id-1",
        "video-id-2",
    ];
    for key in expected {
        assert!(found.contains(&key), "{key}: {found:?}");
    }
    assert_eq!(found.len(), 6, "{found:?}");
    assert!(found.iter().any(|key| key.starts_with("playlist-ref-id-")));
    for (name, want) in [
        ("playback-account-rules", Some("geo-default=allow")),
        ("playback-video-rules", None),
        ("surrogate-control", Some("max-age=31536000")),
    ] {
        assert_eq!(reply.header(name), want, "{name}");
    }
}

#[tokio::test]
async fn an_explicit_playlist_is_as_listed_without_what_cannot_play() {
    let origin = catalog().await;
    let listed = json!(["4", "404", "5", "1", "3", "4"]);
    let members = json!({ "type": "EXPLICIT", "video_ids": listed, "reference_id": "r" });
    playlist(&origin, "9", members).await;
    let reply = origin.play("1/playlists/9").await.assert_status(200);
    let body = reply.json();
    assert_eq!(body["video_ids"], listed);
    for name in ["limit", "search", "count"] {
        assert_eq!(body.get(name), None, "{name}");
    }
    let of_listed = ["1", "3", "4", "404", "5"].map(|id| format!("video-id-{id}"));
    let want = [
        vec!["account-id-1".to_owned(), "playlist-id-9".to_owned()],
        of_listed.to_vec(),
    ];
    assert_eq!(keys(&reply), want.concat());
    assert_eq!(ids(reply), ["4", "1", "3", "4"]);
    for (query, want) in [
        ("?limit=2", ["4", "1"].as_slice()),
        ("?limit=2&offset=1", &["1", "3"]),
        ("?offset=4", &[]),
    ] {
        let page = origin.play(&format!("1/playlists/ref:r{query}")).await;
        assert_eq!(ids(page), want, "{query}");
    }
    origin
        .cms(Method::DELETE, "1/videos/1", Value::Null)
        .await
        .assert_status(204);
    origin
        .patch("1/videos/5", json!({ "state": "ACTIVE" }))
        .await
        .assert_status(200);
    assert_eq!(
        ids(origin.play("1/playlists/9").await),
        ["4", "5", "3", "4"]
    );
    let others = json!({ "name": "P", "type": "EXPLICIT", "video_ids": ["4"] });
    origin.account("2").await;
    origin
        .cms(Method::PUT, "2/playlists/8", others)
        .await
        .assert_status(201);
    assert_eq!(ids(origin.play("2/playlists/8").await), [""; 0]);
    playlist(&origin, "empty", json!({ "type": "EXPLICIT" })).await;
    assert_eq!(ids(origin.play("1/playlists/empty").await), [""; 0]);
}

#[tokio::test]
async fn a_thousand_videos_are_too_many_keys_for_a_header() {
    let folder = TempDir::new().expect("a folder");
    let names: Vec<_> = (0..1000)
        .map(|at| format!("video-number-{at:04}"))
        .collect();
    let video = |id: &String| {
        json!({
            "id": id, "name": "v",
            "sources": [{ "src": "https://media.example.com/v.mp4", "container": "MP4" }],
        })
    };
    // The last two hundred are missing.
    let videos: Vec<_> = names.iter().take(800).map(video).collect();
    let long = json!({ "id": "9", "name": "P", "reference_id": "r", "type": "EXPLICIT", "video_ids": names });
    let short = json!({ "id": "8", "name": "P", "type": "EXPLICIT", "video_ids": names[..300] });
    let account = json!({ "id": "1", "name": "a", "videos": videos, "playlists": [long, short] });
    loaded(folder.path(), &json!({ "accounts": [account] }));
    let origin = Origin::start_in(folder.into(), &[]);
    let reply = origin
        .play("1/playlists/9?limit=100&offset=790")
        .await
        .assert_status(200);
    assert_eq!(
        keys(&reply),
        ["account-id-1", "playlist-id-9", "search-account-id-1"]
    );
    assert_eq!(ids(reply), names[790..800]);
    let by_reference = origin.play("1/playlists/ref:r").await.assert_status(200);
    let found = keys(&by_reference);
    assert!(
        found.contains(&"playlist-id-9") && found.contains(&"search-account-id-1"),
        "{found:?}"
    );
    assert_eq!(found.len(), 4, "{found:?}");
    let reply = origin.play("1/playlists/8").await.assert_status(200);
    assert_eq!(keys(&reply).len(), 302);
}

#[tokio::test]
async fn a_playlist_that_is_not_there_may_be_cached_until_it_is() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.account("2").await;
    playlist(
        &origin,
        "9",
        json!({ "type": "ALPHABETICAL", "reference_id": "r" }),
    )
    .await;
    for (path, code, key) in [
        ("1/playlists/404", "PLAYLIST_NOT_FOUND", "playlist-id-404"),
        (
            "1/playlists/ref:none",
            "PLAYLIST_NOT_FOUND",
            "playlist-ref-id-",
        ),
        ("2/playlists/9", "PLAYLIST_NOT_FOUND", "playlist-id-9"),
        (
            "2/playlists/ref:r",
            "PLAYLIST_NOT_FOUND",
            "playlist-ref-id-",
        ),
        ("3/playlists/9", "ACCOUNT_NOT_FOUND", "playlist-id-9"),
    ] {
        let reply = origin.play(path).await.assert_error(404, code, "");
        let account = format!("account-id-{}", &path[..1]);
        let found = keys(&reply);
        assert!(found.contains(&account.as_str()), "{found:?}");
        assert!(found.iter().any(|own| own.starts_with(key)), "{found:?}");
        assert_eq!(reply.header("surrogate-control"), Some("max-age=31536000"));
    }
}

#[tokio::test]
async fn a_smart_playlist_that_the_clock_changes_is_cached_for_a_minute() {
    let origin = catalog().await;
    let search = "published_at:-49000days..";
    playlist(
        &origin,
        "9",
        json!({ "type": "ALPHABETICAL", "search": search }),
    )
    .await;
    let reply = origin.play("1/playlists/9").await.assert_status(200);
    assert_eq!(reply.header("surrogate-control"), Some("max-age=60"));
    assert_eq!(ids(reply), ["2", "1", "4", "3"]);
}

#[tokio::test]
async fn lists_are_counted_with_the_other_answers() {
    let origin = catalog().await;
    playlist(&origin, "9", json!({ "type": "ALPHABETICAL" })).await;
    for path in [
        "1/playlists/9",
        "1/videos",
        "1/videos/1/related",
        "1/playlists/404",
    ] {
        origin.play(path).await;
    }
    let count =
        |status: u16| format!("origin_playback_answers_total{{account=\"1\",status=\"{status}\"}}");
    assert_eq!(origin.metric(&count(200)).await, Some(3));
    assert_eq!(origin.metric(&count(404)).await, Some(1));
}
