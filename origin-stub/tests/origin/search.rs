use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    database::execute,
    harness::{Origin, Reply},
};

/// Asks for what `q` finds, with more parameters.
pub(crate) async fn find(origin: &Origin, q: &str, more: &str) -> Reply {
    let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    origin.play(&format!("1/videos?q={q}{more}")).await
}

/// The ids of an answer's videos, in order.
#[track_caller]
pub(crate) fn ids(reply: Reply) -> Vec<String> {
    let body = reply.assert_status(200).json();
    let videos = body["videos"].as_array().expect("videos");
    let id = |video: &Value| video["id"].as_str().expect("an id").to_owned();
    videos.iter().map(id).collect()
}

/// Account 1 with videos 1 to 6, and one that is switched off.
async fn catalog() -> Origin {
    let origin = Origin::start();
    origin.account("1").await;
    for (id, members) in [
        (
            "1",
            json!({
                "name": "Running foxes",
                "description": "A film about winter",
                "long_description": "Snow and dens",
                "tags": ["nature", "full match"],
                "reference_id": "wild/fox-1",
                "custom_fields": { "season": "3", "team.name": "Red Rovers" },
                "schedule": { "starts_at": "2026-01-01T12:00:00Z", "ends_at": "2026-02-01T00:00:00Z" },
            }),
        ),
        (
            "2",
            json!({
                "name": "Jumping cats",
                "description": "A run in the park",
                "tags": ["pets"],
                "custom_fields": { "season": "4" },
            }),
        ),
        ("3", json!({ "name": "100% wool_sweater's \"best\"" })),
        (
            "4",
            json!({ "name": "NEAR AND OR NOT", "description": "column name" }),
        ),
        (
            "5",
            json!({ "name": "Café Zürich", "reference_id": "日本語" }),
        ),
        ("6-b_7", json!({ "name": "Plain" })),
    ] {
        origin.video("1", id, members).await;
    }
    let off =
        json!({ "name": "Hidden foxes", "state": "INACTIVE", "custom_fields": { "season": "3" } });
    origin.video("1", "off", off).await;
    let elsewhere = json!({ "name": "Foxes of another account" });
    origin.account("2").await;
    origin.video("2", "elsewhere", elsewhere).await;
    let times = "update videos set created_at = '2020-06-01T10:00:00.000Z' where id = '2';
                 update videos set created_at = '2020-06-01T23:59:59.999Z' where id = '3';
                 update videos set created_at = '2020-06-02T00:00:00.000Z' where id = '4';";
    execute(origin.folder().path(), times).await;
    origin
}

const ALL: [&str; 6] = ["1", "2", "3", "4", "5", "6-b_7"];

#[tokio::test]
async fn a_search_finds_by_words_fields_signs_and_alternatives() {
    let origin = catalog().await;
    let rows: &[(&str, &[&str])] = &[
        ("fox", &["1"]),
        ("FOXES", &["1"]),
        ("run", &["1", "2"]),
        ("runs park", &["1", "2"]),
        ("foxes park", &["1", "2"]),
        ("\"running foxes\"", &["1"]),
        ("\"foxes running\"", &["1"]),
        ("\"foxes park\"", &[]),
        ("\"foxes park\",plain", &["6-b_7"]),
        ("foxes,plain", &["1", "6-b_7"]),
        ("+run +cats", &["2"]),
        ("+run cats", &["1", "2"]),
        ("+run -cats", &["1"]),
        ("run -cats", &["1"]),
        ("-run", &["3", "4", "5", "6-b_7"]),
        ("-run -plain", &["3", "4", "5"]),
        ("name:park", &[]),
        ("name:jump", &["2"]),
        ("description:park", &["2"]),
        ("long_description:dens", &["1"]),
        ("text:snow", &["1"]),
        ("text:nature", &[]),
        ("tags:nature", &["1"]),
        ("tags:nature,pets", &["1", "2"]),
        ("tags:\"full match\"", &["1"]),
        ("tags:\"match nature\"", &["1"]),
        ("reference_id:wild", &["1"]),
        ("wild/fox-1", &["1"]),
        ("custom_fields:rovers", &["1"]),
        ("custom_fields:3,4", &["1", "2"]),
        ("rover", &["1"]),
        ("season:3", &["1"]),
        ("season:3,4", &["1", "2"]),
        ("+season:4 +run", &["2"]),
        ("-season:3", &["2", "3", "4", "5", "6-b_7"]),
        ("team.name:\"rovers red\"", &["1"]),
        ("team.name:3", &[]),
        ("colour:3", &[]),
        ("-colour:3", &ALL),
        ("id:1", &["1"]),
        ("id:2,1,off,elsewhere", &["1", "2"]),
        ("id:6-b_7", &["6-b_7"]),
        ("6-b_7", &["6-b_7"]),
        ("-id:1,2", &["3", "4", "5", "6-b_7"]),
        ("state:active", &ALL),
        ("state:INACTIVE", &[]),
        ("state:INACTIVE,ACTIVE", &ALL),
        ("-state:INACTIVE", &ALL),
        ("-state:ACTIVE", &[]),
        ("complete:true", &ALL),
        ("complete:false", &[]),
        ("+run -complete:true", &[]),
        ("cafe", &["5"]),
        ("ZÜRICH", &["5"]),
        ("zurich", &["5"]),
        ("日本語", &["5"]),
        ("reference_id:日本語", &["5"]),
        // Words too common to tell videos apart ask for nothing, as does what is too short.
        ("the and of", &ALL),
        ("fo", &ALL),
        ("", &ALL),
    ];
    check(&origin, rows).await;
}

#[tokio::test]
async fn a_search_finds_by_moments() {
    let origin = catalog().await;
    let new = ["1", "5", "6-b_7"];
    let rows: &[(&str, &[&str])] = &[
        ("created_at:2020-06-01", &["2", "3"]),
        ("created_at:2020-06-01T10:00:00Z", &["2"]),
        ("created_at:2020-06-01T10:00:01Z..2020-06-02", &["3", "4"]),
        ("created_at:..2020-06-01", &["2", "3"]),
        ("created_at:2020-06-02..", &["1", "4", "5", "6-b_7"]),
        ("created_at:-1day..", &new),
        ("created_at:-1day..NOW", &new),
        ("-created_at:-1day..", &["2", "3", "4"]),
        ("created_at:..-1day", &["2", "3", "4"]),
        ("published_at:-1hour..", &ALL),
        ("updated_at:-1hour..+1hour", &ALL),
        ("created_at:..-49000days", &[]),
        ("created_at:..+49000days", &ALL),
        ("created_at:+49000days..", &[]),
        ("schedule.starts_at:2026-01-01", &["1"]),
        ("schedule_starts_at:2026-01-02..", &[]),
        ("schedule.ends_at:..2026-02-01", &["1"]),
        // Who has no schedule is in no range.
        (
            "-schedule.starts_at:2026-01-01",
            &["2", "3", "4", "5", "6-b_7"],
        ),
        (
            "-schedule.ends_at:2000-01-01..",
            &["2", "3", "4", "5", "6-b_7"],
        ),
        ("+run -schedule.starts_at:2026-01-01", &["2"]),
    ];
    check(&origin, rows).await;
}

#[tokio::test]
async fn whatever_a_word_is_made_of_it_stays_a_word() {
    let origin = catalog().await;
    let rows: &[(&str, &[&str])] = &[
        ("100%", &["3"]),
        ("%00", &[]),
        ("%%%", &ALL),
        ("___", &ALL),
        ("wool_sweater", &["3"]),
        ("wool_%", &["3"]),
        ("w__l_sweater", &[]),
        ("sweater's", &["3"]),
        ("\"wool \"sweater", &["3"]),
        // What the index would take for operators.
        ("NEAR", &["4"]),
        ("NEAR(wool sweater)", &["3"]),
        ("NEAR(wool", &[]),
        ("wool NOT sweater", &["3"]),
        ("foxes OR plain", &["1", "6-b_7"]),
        ("fo*", &[]),
        ("fox*", &["1"]),
        ("^fox", &["1"]),
        ("^running", &["1", "2"]),
        ("name^fox", &[]),
        ("fox+cats", &[]),
        ("{name}:fox", &[]),
        ("-{name}:fox", &ALL),
        ("name:name:fox", &[]),
        ("name:-fox", &["1"]),
        ("name : fox", &["1", "4"]),
        ("rowid:1", &[]),
        ("rank:1", &[]),
        ("value:3", &[]),
        ("video_words:fox", &[]),
        ("(fox)", &["1"]),
        ("((((fox", &["1"]),
        ("\\fox", &["1"]),
        ("fox\u{a0}cats", &["1", "2"]),
        ("ⓐⓑⓒ", &[]),
        ("fox,ⓐ", &["1"]),
        ("🦊🦊🦊", &ALL),
        // What the database would take for statements.
        ("x'; drop table videos; --", &[]),
        ("x\") OR (\"fox", &[]),
        ("\"x') or (1=1) --\"", &[]),
        ("tags:x' or '2'='2", &["2"]),
        ("season:3' union select document from accounts --", &["1"]),
        ("season') or 2=2:4", &["2"]),
        ("$2 ?2 :a @a", &["2"]),
    ];
    check(&origin, rows).await;
}

#[tokio::test]
async fn a_search_that_cannot_be_read_is_refused() {
    let origin = catalog().await;
    for q in [
        "\"fox",
        "name:",
        "fox,",
        ",fox",
        "a,,b",
        "created_at:yesterday",
        "created_at:2020-13-01",
        "state:GONE",
        "complete:maybe",
        "id:a/b",
        "id:1' or 1=1",
        "fox:",
        "fox\0",
        &"fox ".repeat(300),
    ] {
        let reply = find(&origin, q, "").await;
        let reply = reply.assert_error(400, "BAD_REQUEST", "");
        assert_eq!(reply.header("surrogate-key"), None);
    }
    let most: Vec<_> = (0..64).map(|at| format!("w{at}")).collect();
    for q in [
        most.join(" "),
        most.join(","),
        format!("\"{}\"", most.join(" ")),
    ] {
        assert_eq!(ids(find(&origin, &q, "").await), [""; 0]);
    }
}

#[tokio::test]
async fn an_answer_has_a_count_and_whole_videos_with_their_rules() {
    let origin = Origin::start();
    let account = json!({ "name": "a", "rules": "proxy-deny=(tor)" });
    origin
        .cms(Method::PUT, "1", account)
        .await
        .assert_status(201);
    let right = json!({ "name": "r", "rules": r#"domain-allow=("*.example.com")"# });
    origin
        .cms(Method::PUT, "1/playback_rights/r", right)
        .await
        .assert_status(201);
    let with_right =
        json!({ "name": "Fox", "rules": r#"geo-deny=("KP")"#, "playback_rights_id": "r" });
    origin.video("1", "7", with_right).await;
    origin
        .video(
            "1",
            "8",
            json!({ "name": "Another fox", "plays_total": 99 }),
        )
        .await;

    let reply = find(&origin, "fox", "&sort=name&ad_config_id=live")
        .await
        .assert_status(200);
    for (name, want) in [
        ("playback-account-rules", Some("proxy-deny=(tor)")),
        ("playback-video-rules", None),
        ("playback-right-rules", None),
        ("playback-key-rules", None),
        ("playback-url-signing", None),
        (
            "surrogate-key",
            Some("account-id-1 search-account-id-1 video-id-7 video-id-8"),
        ),
        ("surrogate-control", Some("max-age=31536000")),
        ("cache-control", None),
        ("content-type", Some("application/json")),
    ] {
        assert_eq!(reply.header(name), want, "{name}");
    }
    let body = reply.json();
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(body["count"], 2);
    let own = [
        json!({ "video": "geo-default=allow" }),
        json!({ "video": r#"geo-deny=("KP")"#, "right": r#"domain-allow=("*.example.com")"# }),
    ];
    for (at, (id, rules)) in ["8", "7"].into_iter().zip(own).enumerate() {
        let mut item = body["videos"][at].clone();
        let item = item.as_object_mut().expect("a video");
        assert_eq!(item.remove("$rules"), Some(rules));
        let single = origin
            .play(&format!("1/videos/{id}?ad_config_id=live"))
            .await;
        assert_eq!(Value::Object(item.clone()), single.json());
    }
    assert!(!reply.text.contains("plays"), "{}", reply.text);
}

#[tokio::test]
async fn nothing_found_is_an_answer_that_the_next_edit_purges() {
    let origin = Origin::start();
    origin.account("1").await;
    let reply = find(&origin, "fox", "").await.assert_status(200);
    assert_eq!(reply.json(), json!({ "count": 0, "videos": [] }));
    let keys = Some("account-id-1 search-account-id-1");
    assert_eq!(reply.header("surrogate-key"), keys);
    let nowhere = origin.play("9/videos?q=fox").await;
    let nowhere = nowhere.assert_error(404, "ACCOUNT_NOT_FOUND", "");
    let keys = Some("account-id-9 search-account-id-9");
    assert_eq!(nowhere.header("surrogate-key"), keys);
}

/// Each row's search finds these and no others. The order is another test's.
async fn check(origin: &Origin, rows: &[(&str, &[&str])]) {
    for (q, want) in rows {
        let reply = find(origin, q, "&limit=100").await;
        assert_eq!(reply.status, 200, "{q}: {}", reply.text);
        assert_eq!(reply.json()["count"], want.len(), "{q}: {}", reply.text);
        let mut found = ids(reply);
        found.sort();
        assert_eq!(found, *want, "{q}");
    }
}
