use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    database::{execute, of_version},
    harness::Origin,
};

/// What the first version wrote of a video, but for members without a value.
fn document(members: &Value) -> String {
    let mut document = json!({
        "name": "A video", "tags": [], "labels": [], "custom_fields": {}, "state": "ACTIVE",
        "complete": null, "economics": "AD_SUPPORTED", "offline_enabled": false, "cue_points": [],
        "text_tracks": [], "variants": [], "geo": null, "schedule": null, "rules": null,
        "sources": [{ "src": "https://media.example.com/v.mp4", "container": "MP4" }],
    });
    let own = members.as_object().expect("members").clone();
    document.as_object_mut().expect("an object").extend(own);
    document.to_string()
}

fn insert(id: &str, reference: &str, members: &Value) -> String {
    let document = document(members);
    format!(
        "insert into videos values ('{id}', '1', {reference}, null, '{document}',
             '2024-01-01T00:00:00.000Z', '2024-01-0{id}T00:00:00.000Z', '2024-01-01T00:00:00.000Z');"
    )
}

#[tokio::test]
async fn videos_of_the_first_version_are_found_and_ordered() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    of_version(folder.path(), 1).await;
    let videos = [
        insert(
            "1",
            "'wild/fox'",
            &json!({
                "name": "Zebras running", "description": "in the morning", "tags": ["nature", "wild animals"],
                "long_description": "Savanna", "custom_fields": { "season": "3", "team": "Rovers" },
                "schedule": { "starts_at": "2026-01-01T00:00:00.000Z", "ends_at": null },
            }),
        ),
        insert("2", "null", &json!({ "name": "Badgers", "complete": true })),
        insert(
            "3",
            "null",
            &json!({ "name": "Zebras, switched off", "state": "INACTIVE" }),
        ),
        insert(
            "4",
            "null",
            &json!({ "name": "Zebras, unfinished", "complete": false }),
        ),
        insert(
            "5",
            "null",
            &json!({ "name": "Zebras, without sources", "sources": [] }),
        ),
    ];
    let account = "insert into accounts values
        ('1', '{\"name\":\"a\"}', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z');";
    execute(folder.path(), &format!("{account}{}", videos.concat())).await;

    let origin = Origin::start_in(folder, &[]);
    let ids = async |query: &str| {
        let reply = origin.play(&format!("1/videos?{query}")).await;
        let body = reply.assert_status(200).json();
        let videos = body["videos"].as_array().expect("videos").clone();
        let ids = videos
            .iter()
            .map(|video| video["id"].as_str().expect("an id").to_owned());
        ids.collect::<Vec<_>>()
    };
    for q in [
        "zebra",
        "morning",
        "savanna",
        "tags:%22wild+animal%22",
        "reference_id:fox",
        "custom_fields:rover",
        "season:3",
        "team:rovers",
        "id:1",
        "schedule.starts_at:2026-01-01",
        "%2Bstate:ACTIVE+-badger",
    ] {
        assert_eq!(ids(&format!("q={q}")).await, ["1"], "{q}");
    }
    assert_eq!(ids("").await, ["2", "1"]);
    assert_eq!(ids("q=season:4").await, [""; 0]);
    assert_eq!(ids("sort=name").await, ["2", "1"]);
    assert_eq!(ids("sort=-schedule_starts_at").await, ["1", "2"]);

    // What was found once is found as it was edited, and not as it was.
    let patch = json!({ "name": "Okapi", "custom_fields": { "season": "4", "team": null } });
    origin.patch("1/videos/1", patch).await.assert_status(200);
    assert_eq!(ids("q=okapi").await, ["1"]);
    assert_eq!(ids("q=season:4").await, ["1"]);
    for q in ["zebra", "season:3", "team:rovers", "custom_fields:rovers"] {
        assert_eq!(ids(&format!("q={q}")).await, [""; 0], "{q}");
    }
    let deleted = origin.cms(Method::DELETE, "1/videos/1", Value::Null).await;
    deleted.assert_status(204);
    assert_eq!(ids("q=okapi").await, [""; 0]);
    assert_eq!(ids("q=season:4").await, [""; 0]);
}

/// What the second version wrote has no keys on record and no member that came later.
#[tokio::test]
async fn rows_of_the_second_version_go_on_meaning_what_they_meant() {
    let folder = Arc::new(TempDir::new().expect("a folder"));
    of_version(folder.path(), 2).await;
    let account = json!({
        "name": "a", "ip_allow": ["192.0.2.0/24", "2001:db8::1"], "rules": "proxy-deny=(tor)",
        "url_signing": null,
    });
    let right = json!({ "name": "r", "rules": "geo-allow=(\"DE\")" });
    let video = document(&json!({ "playback_rights_id": "r" }));
    let time = "2024-01-01T00:00:00.000Z";
    let rows = format!(
        "insert into accounts values ('1', '{account}', '{time}', '{time}');
         insert into playback_rights values ('1', 'r', '{right}', '{time}', '{time}');
         insert into videos (id, account_id, playback_rights_id, document, created_at, updated_at,
                             published_at, name, state, is_playable)
             values ('7', '1', 'r', '{video}', '{time}', '{time}', '{time}', 'A video', 'ACTIVE', true);
         insert into playlists values
             ('9', '1', null, '{{\"name\":\"p\",\"type\":\"ALPHABETICAL\"}}', '{time}', '{time}');"
    );
    execute(folder.path(), &rows).await;

    let origin = Origin::start_in(folder, &[]);
    let reply = origin.play("1/videos/7").await.assert_status(200);
    for (name, want) in [
        (
            "playback-account-rules",
            Some(r#"ip-allow=("192.0.2.0/24" "2001:db8::1"), proxy-deny=(tor)"#),
        ),
        ("playback-video-rules", Some("geo-default=allow")),
        ("playback-right-rules", Some(r#"geo-allow=("DE")"#)),
        ("playback-account-keys", None),
    ] {
        assert_eq!(reply.header(name), want, "{name}");
    }
    origin.play("1/playlists/9").await.assert_status(200);
    for (path, member, want) in [
        ("1", "rights_need_tokens", json!(false)),
        ("1", "rules_report_only", Value::Null),
        ("1/playback_rights/r", "is_default", json!(false)),
        ("1/playback_rights/r", "allowed_ips", json!([])),
        ("1/videos/7", "rules_report_only", Value::Null),
    ] {
        let shown = origin
            .cms(Method::GET, path, Value::Null)
            .await
            .assert_status(200);
        assert_eq!(shown.json()[member], want, "{path} {member}");
    }
    for path in ["1/policy_keys", "1/keys"] {
        let shown = origin
            .cms(Method::GET, path, Value::Null)
            .await
            .assert_status(200);
        assert_eq!(shown.json(), json!([]), "{path}");
    }
    let edit = json!({ "is_default": true });
    origin
        .patch("1/playback_rights/r", edit)
        .await
        .assert_status(200);
    let new = origin.video("1", "8", json!({})).await.json();
    assert_eq!(new["playback_rights_id"], "r");
}
