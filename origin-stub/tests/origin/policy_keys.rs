use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Origin, Reply, SIGNING_KEY, run},
    purge_api::PurgeApi,
};

async fn mint(origin: &Origin, members: Value) -> Reply {
    let mut data = json!({ "account-id": "1" });
    for (name, value) in members.as_object().expect("members") {
        data[name] = value.clone();
    }
    let document = json!({ "key-data": data });
    origin.cms(Method::POST, "1/policy_keys", document).await
}

fn text(reply: &Value, name: &str) -> String {
    reply[name].as_str().expect("a text").to_owned()
}

async fn rules(origin: &Origin) -> String {
    let reply = origin.play("1/videos/7").await.assert_status(200);
    let rules = reply.header("playback-account-rules");
    rules.expect("the account's rules").to_owned()
}

async fn with_video() -> Origin {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    origin
}

#[tokio::test]
async fn a_key_without_an_id_gets_a_short_one_and_the_same_data_the_same_key() {
    let origin = with_video().await;
    let search = json!({ "apis": ["search"] });
    let minted = mint(&origin, search.clone())
        .await
        .assert_status(201)
        .json();
    let id = text(&minted["key-data"], "key-id");
    assert!((1..=8).contains(&id.len()), "{id}");
    let again = mint(&origin, search).await.assert_status(200);
    assert_eq!(again.json(), minted);
    let other = mint(&origin, json!({})).await.assert_status(201).json();
    assert_ne!(other["key-data"]["key-id"], minted["key-data"]["key-id"]);
    // A browser sends so long a header without asking first.
    let accept = format!("application/json;pk={}", text(&other, "key-string"));
    assert!(accept.len() <= 128, "{accept}");
}

#[tokio::test]
async fn keys_on_record_are_listed_and_read_by_either_name() {
    let origin = with_video().await;
    let empty = origin.cms(Method::GET, "1/policy_keys", Value::Null).await;
    assert_eq!(empty.assert_status(200).json(), json!([]));
    let first = mint(&origin, json!({ "key-id": "a" })).await.json();
    let second = mint(&origin, json!({ "key-id": "b" })).await.json();
    let list = async |query: &str| {
        let path = format!("1/policy_keys?{query}");
        let listed = origin.cms(Method::GET, &path, Value::Null).await;
        listed.assert_status(200).json()
    };
    let all = list("").await;
    let all = all.as_array().expect("keys");
    assert!(all.contains(&first) && all.contains(&second) && all.len() == 2);
    assert_eq!(
        list("limit=1&offset=1").await.as_array().map(Vec::len),
        Some(1)
    );
    for name in ["a", &text(&first, "key-string")] {
        let path = format!("1/policy_keys/{name}");
        let shown = origin.cms(Method::GET, &path, Value::Null).await;
        assert_eq!(shown.assert_status(200).json(), first, "{name}");
    }
    for path in ["1/policy_keys/c", "2/policy_keys/a"] {
        let missing = origin.cms(Method::GET, path, Value::Null).await;
        missing.assert_error(404, "NOT_FOUND", "policy key");
    }
    let nowhere = origin.cms(Method::GET, "2/policy_keys", Value::Null).await;
    nowhere.assert_error(404, "NOT_FOUND", "`2`");
}

#[tokio::test]
async fn a_revoked_key_joins_the_accounts_rules_and_stays_there() {
    let origin = with_video().await;
    mint(&origin, json!({ "key-id": "a" }))
        .await
        .assert_status(201);
    let b = mint(&origin, json!({ "key-id": "b" })).await.json();
    assert_eq!(rules(&origin).await, "geo-default=allow");
    let revoke = async |name: &str| {
        let path = format!("1/policy_keys/{name}");
        origin.cms(Method::DELETE, &path, Value::Null).await
    };
    revoke("a").await.assert_status(204);
    assert_eq!(rules(&origin).await, r#"revoked-keys=("a")"#);
    revoke(&text(&b, "key-string")).await.assert_status(204);
    assert_eq!(rules(&origin).await, r#"revoked-keys=("a" "b")"#);
    let again = revoke("a").await.assert_status(204);
    assert_eq!(again.header("playback-purge"), Some("nothing"));

    let shown = origin
        .cms(Method::GET, "1/policy_keys/a", Value::Null)
        .await;
    let shown = shown.json();
    assert!(
        shown["revoked-at"].is_string() && shown["created-at"].is_string(),
        "{shown}"
    );
    // An edit of the account brings none back, and its own list is beside theirs.
    let edit = json!({ "name": "x", "rules": r#"revoked-keys=("c" "a")"# });
    origin.cms(Method::PUT, "1", edit).await.assert_status(200);
    assert_eq!(rules(&origin).await, r#"revoked-keys=("c" "a" "b")"#);
}

#[tokio::test]
async fn a_revoked_id_opens_nothing_again() {
    let origin = with_video().await;
    let plain = mint(&origin, json!({})).await.json();
    let id = text(&plain["key-data"], "key-id");
    let path = format!("1/policy_keys/{id}");
    origin
        .cms(Method::DELETE, &path, Value::Null)
        .await
        .assert_status(204);
    let taken = mint(&origin, json!({ "key-id": id })).await;
    taken.assert_error(409, "CONFLICT", "revoked");
    let next = mint(&origin, json!({})).await.assert_status(201).json();
    assert_ne!(
        next["key-data"]["key-id"],
        json!(id),
        "the same data, and another id"
    );
    origin
        .patch("1", json!({ "rules": r#"revoked-keys=("own")"# }))
        .await
        .assert_status(200);
    let own = mint(&origin, json!({ "key-id": "own" })).await;
    own.assert_error(409, "CONFLICT", "revoked");
    mint(&origin, json!({ "key-id": "w" }))
        .await
        .assert_status(201);
    let other = mint(&origin, json!({ "key-id": "w", "apis": ["search"] })).await;
    other.assert_error(409, "CONFLICT", "`w`");
}

/// As `xtask` mints the demo's keys, without a database.
fn offline(data: &Value) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    command.args(["mint", "--signing-key", SIGNING_KEY, "--data"]);
    let output = run(command.arg(data.to_string()));
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

#[tokio::test]
async fn a_key_minted_elsewhere_is_good_and_can_be_revoked_by_its_text() {
    let origin = with_video().await;
    let key = offline(&json!({ "account-id": "1", "key-id": "demo" }));
    let path = format!("1/policy_keys/{key}");
    let shown = origin
        .cms(Method::GET, &path, Value::Null)
        .await
        .assert_status(200);
    assert_eq!(shown.json()["created-at"], Value::Null);
    let by_id = origin
        .cms(Method::DELETE, "1/policy_keys/demo", Value::Null)
        .await;
    by_id.assert_error(404, "NOT_FOUND", "`demo`");
    origin
        .cms(Method::DELETE, &path, Value::Null)
        .await
        .assert_status(204);
    assert_eq!(rules(&origin).await, r#"revoked-keys=("demo")"#);

    let nameless = offline(&json!({ "account-id": "1" }));
    let path = format!("1/policy_keys/{nameless}");
    let refused = origin.cms(Method::DELETE, &path, Value::Null).await;
    refused.assert_error(409, "CONFLICT", "no `key-id`");
    let foreign = offline(&json!({ "account-id": "2", "key-id": "x" }));
    let path = format!("1/policy_keys/{foreign}");
    let refused = origin.cms(Method::DELETE, &path, Value::Null).await;
    refused.assert_error(404, "NOT_FOUND", "policy key");
}

#[tokio::test]
async fn a_revocation_is_purged_hard_by_the_accounts_key() {
    let mut api = PurgeApi::start([]).await;
    let origin = Origin::purging(&api);
    origin.account("1").await;
    for _round in 0..2 {
        api.call().await;
    }
    mint(&origin, json!({ "key-id": "a" }))
        .await
        .assert_status(201);
    let gone = origin
        .cms(Method::DELETE, "1/policy_keys/a", Value::Null)
        .await;
    let gone = gone.assert_status(204);
    assert_eq!(gone.header("playback-purge"), Some("done"));
    for _round in 0..2 {
        let call = api.call().await;
        assert_eq!(
            (call.is_soft, call.keys),
            (false, vec!["account-id-1".to_owned()])
        );
    }
}

#[tokio::test]
async fn as_many_are_revoked_as_the_header_holds_and_no_more() {
    let origin = with_video().await;
    let mut revoked = 0;
    loop {
        let id = format!("{revoked:x>32}");
        mint(&origin, json!({ "key-id": id }))
            .await
            .assert_status(201);
        let path = format!("1/policy_keys/{id}");
        let reply = origin.cms(Method::DELETE, &path, Value::Null).await;
        if reply.status != 204 {
            reply.assert_error(422, "VALIDATION_ERROR", "bytes as text");
            break;
        }
        revoked += 1;
    }
    assert!(revoked > 300, "{revoked}");
    let rules = rules(&origin).await;
    assert_eq!(rules.matches('"').count(), 2 * revoked);
    let longer = json!({ "rules": r#"domain-deny=("a.example" "b.example" "c.example")"# });
    let reply = origin.patch("1", longer).await;
    reply.assert_error(422, "VALIDATION_ERROR", "bytes as text");
}
