//! Viewer tokens: opened by an account's own key, verified once, gone with the key.

mod errors;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::{Signer, SigningKey};
use http_body_util::Full;
use hyper::Request;
use serde_json::{Value, json};

use crate::{
    broken_origin::facing,
    harness::{
        edge::Ask,
        eventually::eventually,
        http,
        local::{PURGE_TOKEN, SERVICE_ID},
        reply::Reply,
        scripted_case::Case,
        stage::Stage,
    },
};

/// A key pair as a customer's backend has it. It is made of one byte, so it opens nothing real.
pub(crate) struct Backend(SigningKey);

impl Backend {
    pub(crate) fn new(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]))
    }

    /// The public key in base64: an Ed25519 SPKI in DER (RFC 8410 §4).
    pub(crate) fn public_key(&self) -> String {
        let mut der = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".to_vec();
        der.extend(self.0.verifying_key().to_bytes());
        STANDARD.encode(der)
    }

    /// The header of an account that registered it.
    fn registered(&self, id: &str) -> String {
        format!("{id}=:{}:", self.public_key())
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA" })), part(claims));
        let signature = self.0.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(crate) fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("the clock is past 1970").as_secs()
}

/// Registers a backend's public key by way of the CMS.
#[track_caller]
pub(crate) fn register_key(stage: &Stage<'_>, id: &str, backend: &Backend) {
    let path = format!("/v1/accounts/{}/keys", stage.account);
    let body = json!({ "id": id, "value": backend.public_key() });
    let reply = stage.world.origin().cms("POST", &path, Some(&body));
    reply.assert_status(201);
}

/// Deletes it.
#[track_caller]
pub(crate) fn delete_key(stage: &Stage<'_>, id: &str) {
    let path = format!("/v1/accounts/{}/keys/{id}", stage.account);
    let reply = stage.world.origin().cms("DELETE", &path, None);
    reply.assert_status(204);
}

/// Waits until so many edits of the account's keys are purged twice: no answer with older keys is
/// left anywhere, nor on its way.
#[track_caller]
pub(crate) fn settle_keys(stage: &Stage<'_>, edits: usize) {
    let label = format!("\"account-keys-{}\"", stage.account);
    eventually(
        &format!("{edits} edits of {label} are purged twice"),
        || (stage.world.purges.passed(&label) >= 2 * edits).then_some(()),
    );
}

/// Claims that admit everything of an account for an hour.
pub(crate) fn claims_of(account: &str) -> Value {
    json!({ "accid": account, "iat": now(), "exp": now() + 3_600 })
}

/// The same, with others laid over them.
fn claims(case: &Case, others: &Value) -> Value {
    let mut claims = claims_of(&case.account);
    for (name, value) in others.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

/// A video of an account with one registered key. `rules` are the video's.
fn registered(backend: &Backend, rules: &str) -> Case {
    let case = Case::fresh();
    let keys = backend.registered("k1");
    let headers = [
        ("Playback-Account-Keys", keys.as_str()),
        ("Playback-Video-Rules", rules),
    ];
    facing()
        .origin
        .script(&case.account, case.good_with(&headers));
    case
}

fn path(case: &Case) -> String {
    format!(
        "/playback/v1/accounts/{}/videos/{}",
        case.account, case.video
    )
}

/// Asks with a token and without a key.
fn with_token(case: &Case, token: &str) -> Ask {
    let ask = facing().pop.edge().get(&path(case));
    ask.header("authorization", &format!("Bearer {token}"))
}

#[track_caller]
fn assert_invalid(reply: &Reply) {
    reply.assert_error(401, "ACCESS_DENIED", Some("TOKEN_VALIDATION"));
    reply.assert_fit_for_viewers();
}

#[test]
fn a_good_token_opens_without_a_policy_key() {
    let backend = Backend::new(1);
    let case = registered(&backend, "geo-default=allow");
    let token = backend.token(&claims(&case, &json!({})));
    for _ in 0..2 {
        with_token(&case, &token).send().assert_video(&case.video);
    }
    assert_eq!(facing().origin.asked(&case.account).len(), 1);
    let token = backend.token(&claims(&case, &json!({ "vids": [case.video, "1"] })));
    with_token(&case, &token).send().assert_video(&case.video);
}

#[test]
fn a_token_that_is_not_good_opens_nothing() {
    let backend = Backend::new(1);
    let case = registered(&backend, "geo-default=allow");
    let good = backend.token(&claims(&case, &json!({})));
    let (signed, _) = good.rsplit_once('.').expect("a token has three parts");
    let of = |others: Value| backend.token(&claims(&case, &others));
    let tokens = [
        Backend::new(2).token(&claims(&case, &json!({}))),
        format!("{signed}."),
        format!("{signed}.AAAA"),
        of(json!({ "accid": "1" })),
        of(json!({ "exp": now() - 100, "iat": now() - 200 })),
        of(json!({ "exp": null })),
        of(json!({ "exp": now() + 31 * 86_400 })),
        of(json!({ "iat": now() + 600 })),
        of(json!({ "nbf": now() + 600 })),
        of(json!({ "vids": ["1"] })),
        of(json!({ "conid": "1" })),
        of(json!({ "tags": ["premium"] })),
        of(json!({ "ua": "another" })),
        of(json!({ "ip": "198.51.100.0/24" })),
        "a.b.c".to_owned(),
        "e30.e30.".to_owned(),
    ];
    for token in &tokens {
        assert_invalid(&with_token(&case, token).viewer("203.0.113.49").send());
    }
    facing().pop.assert_no_panic();
    let log = facing().pop.log_text();
    assert!(
        tokens
            .iter()
            .all(|token| token.len() < 20 || !log.contains(token.as_str()))
    );
}

#[test]
fn what_is_seen_to_be_no_token_of_ours_never_reaches_the_origin() {
    let case = registered(&Backend::new(1), "geo-default=allow");
    assert_invalid(&with_token(&case, "eyJhbGciOiJub25lIn0.e30.").send());
    let reply = with_token(&case, "not-a-token").send();
    reply.assert_error(401, "INVALID_POLICY_KEY", None);
    assert!(facing().origin.asked(&case.account).is_empty());
}

#[test]
fn a_token_alone_is_held_against_the_rules_like_any_viewer() {
    let backend = Backend::new(1);
    let case = registered(&backend, r#"geo-allow=("FR")"#);
    let token = backend.token(&claims(&case, &json!({})));
    let refused = with_token(&case, &token).viewer("203.0.113.49").send();
    refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
}

#[test]
fn where_a_token_is_required_a_policy_key_is_not_enough() {
    let backend = Backend::new(1);
    let case = registered(&backend, "token=required");
    let with_key = || case.ask(facing().pop.edge());
    let missing = with_key().send();
    missing.assert_error(401, "ACCESS_DENIED", Some("TOKEN_REQUIRED"));
    let bearer = |token: &str| with_key().header("authorization", &format!("Bearer {token}"));
    bearer(&backend.token(&claims(&case, &json!({}))))
        .send()
        .assert_video(&case.video);
    assert_invalid(&bearer("a.b.c").send());
}

#[test]
fn a_token_nobody_needs_does_no_harm_beside_a_policy_key() {
    let case = registered(&Backend::new(1), "geo-default=allow");
    let ask = case.ask(facing().pop.edge());
    let reply = ask.header("authorization", "Bearer a.b.c").send();
    reply.assert_video(&case.video);
}

#[test]
fn a_key_that_is_gone_takes_its_tokens_with_it() {
    let (old, new) = (Backend::new(1), Backend::new(2));
    let case = registered(&old, "geo-default=allow");
    let token = old.token(&claims(&case, &json!({})));
    with_token(&case, &token).send().assert_video(&case.video);
    let keys = new.registered("k2");
    let answer = case.good_with(&[("Playback-Account-Keys", &keys)]);
    facing().origin.script(&case.account, answer);
    let label = format!("account-id-{}", case.account);
    let purge = Request::post(format!("/service/{SERVICE_ID}/purge/{label}"))
        .header("fastly-key", PURGE_TOKEN)
        .body(Full::default())
        .expect("a valid request");
    http::send_now(facing().pop.purge_api, purge).assert_status(200);
    // What is remembered of the token was not purged, and no longer counts.
    assert_invalid(&with_token(&case, &token).send());
    let token = new.token(&claims(&case, &json!({})));
    with_token(&case, &token).send().assert_video(&case.video);
}

#[test]
fn an_account_without_keys_takes_no_token() {
    let case = Case::fresh();
    facing().origin.script(&case.account, case.good());
    let token = Backend::new(1).token(&claims(&case, &json!({})));
    assert_invalid(&with_token(&case, &token).send());
}

#[test]
fn a_token_opens_no_search() {
    let backend = Backend::new(1);
    let case = registered(&backend, "geo-default=allow");
    let token = backend.token(&claims(&case, &json!({})));
    let target = format!("/playback/v1/accounts/{}/videos?q=news", case.account);
    let ask = facing().pop.edge().get(&target);
    let reply = ask
        .header("authorization", &format!("Bearer {token}"))
        .send();
    reply.assert_error(403, "ACCESS_DENIED", Some("API"));
}

#[test]
fn a_token_in_the_query_opens_a_static_address() {
    let backend = Backend::new(1);
    let case = Case::fresh();
    let keys = backend.registered("k1");
    let body = json!({
        "id": case.video, "account_id": case.account, "reference_id": null,
        "src": "https://media.example.com/master.m3u8",
    });
    let answer = case.good_body_with(&body.to_string(), &[("Playback-Account-Keys", &keys)]);
    facing().origin.script(&case.account, answer);
    let ask = |token: &str| {
        let target = format!("{}/master.m3u8?bcov_auth={token}", path(&case));
        facing().pop.edge().get(&target).send()
    };
    // Static addresses may be opened for ever, the contract says.
    for others in [json!({}), json!({ "exp": null })] {
        let mut claims = claims(&case, &others);
        if claims["exp"].is_null() {
            claims.as_object_mut().expect("an object").remove("exp");
        }
        let reply = ask(&backend.token(&claims));
        reply.assert_status(302).assert_fit_for_viewers();
        assert_eq!(
            reply.header("location"),
            Some("https://media.example.com/master.m3u8")
        );
    }
    let refused = ask(&backend.token(&claims(&case, &json!({ "accid": "1" }))));
    refused.assert_error(401, "INVALID_JWT", None);
}
