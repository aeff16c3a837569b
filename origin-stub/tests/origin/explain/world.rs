use playback_policy::{Answer, Limits, Overlay, Route, Viewer, ViewerFacts};
use reqwest::{Method, StatusCode, header::ACCEPT};
use serde_json::{Value, json};

use crate::harness::{EDGE_PROOF, Origin, Reply};

pub(super) const NOW: i64 = 1_767_225_600;

pub(super) async fn ask(origin: &Origin, path: &str, question: Value) -> Reply {
    origin.cms(Method::POST, path, question).await
}

pub(super) async fn ask_for_text(origin: &Origin, path: &str, question: Value) -> Reply {
    let request = origin.cms_request(Method::POST, path).json(&question);
    Reply::of(request.header(ACCEPT, "text/plain")).await
}

pub(super) async fn key(origin: &Origin, account: &str, members: Value) -> String {
    let mut data = json!({ "account-id": account });
    let own = members.as_object().expect("members").clone();
    data.as_object_mut().expect("an object").extend(own);
    let path = format!("{account}/policy_keys");
    let minted = ask(origin, &path, json!({ "key-data": data })).await;
    let minted = minted.assert_status(201).json();
    minted["key-string"].as_str().expect("a key").to_owned()
}

/// An account with rules of its own, and videos with a right and without.
pub(super) async fn with_videos() -> Origin {
    let origin = Origin::start();
    let account = json!({
        "name": "a", "rules": "proxy-deny=(tor)", "rules_report_only": r#"geo-deny=("FR")"#,
    });
    origin
        .cms(Method::PUT, "1", account)
        .await
        .assert_status(201);
    origin.account("2").await;
    for (id, right) in [
        (
            "r",
            json!({ "name": "r", "geo": { "allowed_countries": ["DE", "AT"] } }),
        ),
        (
            "week",
            json!({ "name": "w", "allowed_days": ["fri"], "allowed_hours": ["9-17"],
                    "rules_report_only": "token=required" }),
        ),
        (
            "net",
            json!({ "name": "n", "blocked_ips": ["192.0.2.0/24"], "blocked_proxies": { "anonymous": true } }),
        ),
        (
            "off",
            json!({ "name": "o", "geo_global_rule": "block_all", "disabled": true }),
        ),
    ] {
        let path = format!("1/playback_rights/{id}");
        origin
            .cms(Method::PUT, &path, right)
            .await
            .assert_status(201);
        let members =
            json!({ "playback_rights_id": id, "rules": r#"geo-deny=("KP"), until=@1893456000"# });
        origin.video("1", &format!("v-{id}"), members).await;
    }
    let members =
        json!({ "rules": r#"domain-allow=("example.com")"#, "rules_report_only": "days=(sun)" });
    origin.video("1", "plain", members).await;
    origin
}

/// The compiled rules of what the edge is answered, by its own check.
pub(super) async fn entry(origin: &Origin, video: &str, key: Option<&str>) -> Vec<u8> {
    let path = format!("/playback/v1/accounts/1/videos/{video}");
    let Ok(Route::Playback(asked)) = Route::parse(&path, None) else {
        panic!("not a request of the edge's: {path}");
    };
    let request = origin.request(Method::GET, &path).bearer_auth(EDGE_PROOF);
    let (request, overlay) = match key {
        Some(key) => (request.header("playback-key", key), Overlay::Origin),
        None => (request, Overlay::Edge),
    };
    let reply = Reply::of(request).await.assert_status(200);
    let body = reply.text.into_bytes();
    let (status, headers) = (StatusCode::OK, &reply.headers);
    let answer = Answer::check(&asked, overlay, status, headers, body, Limits::EDGE);
    answer
        .expect("an answer that the edge believes")
        .entry
        .rules
}

pub(super) fn viewer(facts: &Value, key_id: Option<&str>) -> Viewer {
    let mut viewer = Viewer::new([192, 0, 2, 1].into(), 0);
    viewer.key_id = key_id.map(str::to_owned);
    let facts: ViewerFacts = serde_json::from_value(facts.clone()).expect("facts");
    facts.applied_to(&viewer).expect("facts that can be")
}

pub(super) fn viewers() -> [Value; 7] {
    [
        json!({ "time": NOW }),
        json!({ "time": NOW, "country": "DE" }),
        json!({ "time": NOW, "country": "FR", "origin": "https://example.com" }),
        json!({ "time": NOW, "country": "KP", "proxy": ["tor"] }),
        json!({ "time": NOW, "ip": "2001:db8::1", "token": "valid", "country": "AT" }),
        // Friday at ten, and when it is all over.
        json!({ "time": NOW + 34 * 3600, "country": "DE", "ip": "203.0.113.7", "origin": "https://example.com" }),
        json!({ "time": 1_893_456_000, "country": "DE" }),
    ]
}

pub(super) const VIDEOS: [&str; 5] = ["v-r", "v-week", "v-net", "v-off", "plain"];
