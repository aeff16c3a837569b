use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Origin, Reply},
    purge_api::PurgeApi,
};

const RSA: &str = "\
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuwE/RVa59AMXUwZVI53fd1gE82VBQXmHpNTTqHTkluH7\
    Aa/jwleOljKoDJzIexLif7M/uMiIigvODzBknHUKwg4olvcChfGUQ+ETn65rh38oO//uURuZjYmCmCeb2iqufFkn\
    JBeHoQBv0IjXubteDFWXdw/wjxKMDNe3C4IYGUX6/jDR55L9qZoF9FqOht0FHLhBAtI5E9aICcS7bhA8lbDJh6sM\
    /IGUIGRw5wmZ0/5FbrT5OHXkBdjDanwqgBn7IDKUEG9rioTD65ao1QN1qaBEF5dspdxbprT74bb9mSZ2LaSxxRUd\
    783MbTT6VUgJA8dEdmjZq+WPBsa3t8iv0QIDAQAB";
const OTHER_RSA: &str = "\
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqbvfW+SbLgVNBhvyHqWbTKl3Fiz7wio8W1RZI39dqM96\
    nPCSqzhdVO6Q6+AK58/DImClIooB3ZZC/DdH96k0djScZi7QWbvrvAkccHg00H799PCUC1UTg8D7u2QKGGg6LG3F\
    HKwnzZEhVVUOfnNIVS4YlMwA+OWZzRGuZ3AQtZ0//HeK5n//1jhwEeYNrXjBf/VwPk5np2yDF8p8t6kQ6+MvWDbw\
    5SKVvBiktsRnLPnmaxdUmGKggDnKLgehvdfCqqNlwgg29vdkcJR1EDihfEgt6GosTbzfRg8v5UVTwlm8SCaIJC8g\
    wFcSpVdt/h6rNKk0w+ULjrZYEzKd/54dYwIDAQAB";
const RSA_1024: &str = "\
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCoBtTLQLszPqtd5Y48zQEUL2NastpJu+7vfnUjDA2J1uqrYWnP\
    hK3ivdCyOpvD/j/Cy1wyEN+IbiGpzS4FJm+NbduLLNlT9kAF7szbtq8kRJCMOTBruzWNE6eH76DERHS0SqDSE4Rs\
    MMGmafgciWKCbWDpcOMkfsyROmlVeNN5CwIDAQAB";
const P256: &str = "\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEE7iajVDxaSaZdDAk189P+5Dr7cQTUjnCywCg4yfmhvcwWi0Z9kE6\
    o2meeysuQehILg8j7RK/6RD6FZX91odZjg==";
const P384: &str = "\
    MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEdxcgY4v/N9F32MTGpua47xctZnPyuUayjS7ajsWrSxGkXdpXLZ7UQ74i\
    zUq0UvLoeEb39KZoCTHgA7A2Z4QtNr3Wx2xyQioToN1Vf44B2iCgFVovZaPhNW5aCHvM1/X9";
pub(crate) const ED25519: &str = "MCowBQYDK2VwAyEAjKaHnXXd+3mNmes6hQBSlXitNJz6JSB4V42jjHrBTi0=";
const ED25519_PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEIGUXGXq9PHMMcqEDHVYNLMTq1/UzSuMAATOTDvojlKw1";

async fn register(origin: &Origin, document: Value) -> Reply {
    origin.cms(Method::POST, "1/keys", document).await
}

async fn header(origin: &Origin, path: &str) -> Option<String> {
    let reply = origin.play(path).await;
    reply.header("playback-account-keys").map(str::to_owned)
}

async fn with_video() -> Origin {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    origin
}

#[tokio::test]
async fn keys_are_registered_shown_listed_and_deleted() {
    let origin = with_video().await;
    let registered = register(&origin, json!({ "value": RSA }))
        .await
        .assert_status(201);
    let key = registered.json();
    let id = key["id"].as_str().expect("an id").to_owned();
    let location = format!("/v1/accounts/1/keys/{id}");
    assert_eq!(registered.header("location"), Some(location.as_str()));
    for (name, want) in [("type", "public"), ("algorithm", "rsa"), ("value", RSA)] {
        assert_eq!(key[name], want);
    }
    assert!(key["createdAt"].is_string(), "{key}");
    for (id, value, algorithm) in [("web", P256, "ec"), ("tv-2", ED25519, "ed25519")] {
        let reply = register(&origin, json!({ "id": id, "value": value })).await;
        let reply = reply.assert_status(201).json();
        assert_eq!(
            (&reply["id"], &reply["algorithm"]),
            (&json!(id), &json!(algorithm))
        );
    }
    let list = origin.cms(Method::GET, "1/keys", Value::Null).await.json();
    let ids: Vec<_> = list
        .as_array()
        .expect("keys")
        .iter()
        .map(|key| &key["id"])
        .collect();
    assert_eq!(ids, [&json!(id), &json!("web"), &json!("tv-2")]);
    let path = format!("1/keys/{id}");
    let shown = origin.cms(Method::GET, &path, Value::Null).await;
    assert_eq!(shown.assert_status(200).json(), key);

    let fourth = register(&origin, json!({ "value": OTHER_RSA })).await;
    fourth.assert_error(409, "CONFLICT", "3 keys");
    origin
        .cms(Method::DELETE, &path, Value::Null)
        .await
        .assert_status(204);
    let gone = origin.cms(Method::GET, &path, Value::Null).await;
    gone.assert_error(404, "NOT_FOUND", &id);
    let twice = origin.cms(Method::DELETE, &path, Value::Null).await;
    twice.assert_error(404, "NOT_FOUND", &id);
    register(&origin, json!({ "value": OTHER_RSA }))
        .await
        .assert_status(201);
}

/// What the account of [`with_video`] is asked for, and the status it answers with.
const ANSWERS: [(&str, u16); 11] = [
    ("1/videos/7", 200),
    ("1/videos/7/high.mp4", 200),
    ("1/videos", 200),
    ("1/videos/7/related", 200),
    ("1/playlists/9", 200),
    ("1/videos/404", 404),
    ("1/videos/ref:nobody", 404),
    ("1/videos/404/related", 404),
    ("1/videos/7/master.m3u8", 404),
    ("1/playlists/404", 404),
    ("1/videos/6", 403),
];

#[tokio::test]
async fn every_answer_of_an_account_carries_its_keys() {
    let origin = with_video().await;
    origin.video("1", "6", json!({ "state": "INACTIVE" })).await;
    let playlist = json!({ "name": "P", "type": "ALPHABETICAL" });
    origin
        .cms(Method::PUT, "1/playlists/9", playlist)
        .await
        .assert_status(201);
    for (path, _) in ANSWERS {
        assert_eq!(header(&origin, path).await, None, "{path}");
    }
    register(&origin, json!({ "id": "b", "value": P256 }))
        .await
        .assert_status(201);
    register(&origin, json!({ "id": "a", "value": ED25519 }))
        .await
        .assert_status(201);
    let want = format!("b=:{P256}:, a=:{ED25519}:");
    for (path, status) in ANSWERS {
        let reply = origin.play(path).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        let keys = reply.header("playback-account-keys");
        assert_eq!(keys, Some(want.as_str()), "{path}");
        // An edit of the keys purges by this one.
        let labels = reply.header("surrogate-key").unwrap_or_default();
        let is_the_accounts = labels.split(' ').any(|label| label == "account-id-1");
        assert!(is_the_accounts, "{path}: {labels}");
    }
    origin.account("2").await;
    origin.video("2", "8", json!({})).await;
    for path in ["2/videos/8", "2/videos/404", "3/videos/8"] {
        assert_eq!(header(&origin, path).await, None, "{path}: another account");
    }
}

#[tokio::test]
async fn what_is_no_key_to_verify_with_is_refused_with_its_place() {
    let origin = with_video().await;
    let zeros = format!("MCowBQYDK2VwAyEA{}", "A".repeat(43) + "=");
    for (document, place) in [
        (json!({}), "`value`"),
        (json!([]), "`body`"),
        (json!({ "value": 7 }), "`value`"),
        (json!({ "value": "" }), "`value`"),
        (json!({ "value": "not base64!" }), "`value`"),
        (json!({ "value": RSA_1024 }), "2048"),
        (json!({ "value": P384 }), "P-256"),
        (json!({ "value": ED25519_PRIVATE }), "`value`"),
        (json!({ "value": zeros }), "`value`"),
        (json!({ "value": format!("{RSA}AAAA") }), "`value`"),
        (json!({ "value": "A".repeat(4096) }), "`value`"),
        (json!({ "id": "Web", "value": P256 }), "`id`"),
        (json!({ "id": "", "value": P256 }), "`id`"),
        (json!({ "id": "1", "value": P256 }), "`id`"),
        (json!({ "id": "a".repeat(33), "value": P256 }), "`id`"),
        (
            json!({ "id": "a", "value": P256, "algorithm": "none" }),
            "`algorithm`",
        ),
    ] {
        let reply = register(&origin, document.clone()).await;
        assert_eq!(reply.status, 422, "{document}: {}", reply.text);
        reply.assert_error(422, "VALIDATION_ERROR", place);
    }
    let nowhere = origin
        .cms(Method::POST, "2/keys", json!({ "value": P256 }))
        .await;
    nowhere.assert_error(404, "NOT_FOUND", "`2`");
    for path in ["2/keys", "2/keys/a", "1/keys/A", "1/keys/%00"] {
        let nowhere = origin.cms(Method::GET, path, Value::Null).await;
        nowhere.assert_error(404, "NOT_FOUND", "");
    }
}

#[tokio::test]
async fn a_key_is_registered_once() {
    let origin = with_video().await;
    // Line breaks are of the file it came in.
    let broken = format!("{}\n{}\n", &P256[..64], &P256[64..]);
    let first = register(&origin, json!({ "value": broken }))
        .await
        .assert_status(201)
        .json();
    assert_eq!(first["value"], P256);
    let id = first["id"].as_str().expect("an id").to_owned();
    let same_key = register(&origin, json!({ "id": "other", "value": P256 })).await;
    same_key.assert_error(409, "CONFLICT", &id);
    let same_id = register(&origin, json!({ "id": id, "value": ED25519 })).await;
    same_id.assert_error(409, "CONFLICT", &id);
}

#[tokio::test]
async fn keys_that_come_and_go_are_purged_hard() {
    let mut api = PurgeApi::start([]).await;
    let origin = Origin::purging(&api);
    origin.account("1").await;
    for _round in 0..2 {
        api.call().await;
    }
    let mut purged = async || {
        let mut keys = api.call().await.keys;
        keys.sort();
        let again = api.call().await;
        assert!(!again.is_soft);
        keys
    };
    let want = ["account-id-1", "account-keys-1"];
    register(&origin, json!({ "id": "a", "value": P256 }))
        .await
        .assert_status(201);
    assert_eq!(purged().await, want);
    origin
        .cms(Method::DELETE, "1/keys/a", Value::Null)
        .await
        .assert_status(204);
    assert_eq!(purged().await, want);
}
