//! What an account takes back is gone from every POP after one purge: a policy key, a token's key, a
//! permission.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::{
    harness::{
        edge::{Ask, Edge},
        geolocation::GERMAN_VIEWER,
        stage::{Props, Stage},
        world::{PLAIN, World, WorldPlan},
    },
    token::Backend,
};

/// Three POPs before one origin.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        World::start(&WorldPlan {
            purges: true,
            pops: &["fra", "nrt", "iad"],
            fill_deadline_ms: 2_500,
            ..PLAIN
        })
    })
}

/// The statuses that one request is answered with, POP by POP.
fn everywhere(ask: impl Fn(Edge) -> Ask) -> Vec<u16> {
    let edges = &world().pop.edges;
    edges.iter().map(|edge| ask(*edge).send().status).collect()
}

#[test]
fn a_revoked_policy_key_opens_nothing_anywhere_and_the_others_go_on() {
    let stage = Stage::open(world());
    let revoked = json!({ "key-id": "leaked" });
    let revoked = world().origin().mint_key(&stage.account, &revoked);
    let with = |key: &str| everywhere(|edge| edge.get(&stage.path()).key(key));
    assert_eq!(with(&revoked), [200; 3]);
    let path = format!("/v1/accounts/{}/policy_keys/leaked", stage.account);
    world()
        .origin()
        .cms("DELETE", &path, None)
        .assert_status(204);
    assert_eq!(with(&revoked), [401; 3]);
    assert_eq!(with(&stage.key), [200; 3]);
}

#[test]
fn the_key_of_tokens_is_gone_with_every_token_it_signed() {
    let stage = Stage::with(world(), &Props::default());
    let backend = Backend::new(3);
    let keys = format!("/v1/accounts/{}/keys", stage.account);
    let body = json!({ "id": "app", "value": backend.public_key() });
    world()
        .origin()
        .cms("POST", &keys, Some(&body))
        .assert_status(201);
    let token = backend.token(&claims(&stage.account));
    let with_token = |edge: Edge| {
        let ask = edge.get(&stage.path());
        ask.header("authorization", &format!("Bearer {token}"))
    };
    assert_eq!(everywhere(with_token), [200; 3]);
    assert_eq!(everywhere(with_token), [200; 3], "as it is remembered");
    let path = format!("{keys}/app");
    world()
        .origin()
        .cms("DELETE", &path, None)
        .assert_status(204);
    assert_eq!(everywhere(with_token), [401; 3]);
}

#[test]
fn a_permission_taken_back_is_refused_everywhere() {
    let stage = Stage::open(world());
    let german = |edge: Edge| {
        edge.get(&stage.path())
            .key(&stage.key)
            .viewer(GERMAN_VIEWER)
    };
    assert_eq!(everywhere(german), [200; 3]);
    stage.patch(&json!({ "rules": "geo-deny=(\"DE\")" }));
    assert_eq!(everywhere(german), [403; 3]);
}

fn claims(account: &str) -> Value {
    let now = crate::token::now();
    json!({ "accid": account, "iat": now, "exp": now + 3_600 })
}
