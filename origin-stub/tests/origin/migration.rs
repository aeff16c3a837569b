use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    database::{execute, of_the_first_version},
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
    of_the_first_version(folder.path()).await;
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
