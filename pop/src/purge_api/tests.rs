use std::net::SocketAddr;
use std::time::Duration;

use hyper::{Body, Client, Request as Call, StatusCode};
use viceroy_lib::ExecuteCtx;
use viceroy_lib::cache::{CacheKey, WriteOptions};

use super::*;
use crate::program::Program;
use viceroy_lib::config::ShieldingSites;

const SERVICE: &str = "local0service0playback";
const TOKEN: (&str, &str) = ("Fastly-Key", "local-purge-token");
const SOFT: (&str, &str) = ("Fastly-Soft-Purge", "1");

type Headers<'a> = &'a [(&'a str, &'a str)];

/// Two POPs behind a purge API on a free port.
struct World {
    pops: Vec<Arc<Pop>>,
    address: SocketAddr,
}

impl World {
    async fn new() -> Self {
        let pop = |name: &str| {
            let pop = Pop::new(
                name.to_owned(),
                Program::fixture("trap.wat"),
                ShieldingSites::new(),
            );
            Arc::new(pop.expect("the fixture compiles"))
        };
        let pops = vec![pop("fra"), pop("nrt")];
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let api = PurgeApi::new(SERVICE.to_owned(), TOKEN.1.to_owned(), pops.clone());
        tokio::spawn(serve(api, listener, Stop::never()));
        Self { pops, address }
    }

    /// Puts an entry into the cache of every POP.
    async fn fill(&self, name: &str, surrogate_keys: &str) {
        for pop in &self.pops {
            insert(&pop.context(), name, surrogate_keys).await;
        }
    }

    /// What is left of an entry, the same in every POP: fresh, stale, or gone.
    async fn state(&self, name: &str) -> &'static str {
        let mut states = Vec::new();
        for pop in &self.pops {
            let entry = pop
                .context()
                .cache()
                .lookup(&cache_key(name), &Default::default())
                .await;
            states.push(match entry.found().map(|found| found.meta().is_fresh()) {
                Some(true) => "fresh",
                Some(false) => "stale",
                None => "gone",
            });
        }
        assert_eq!(states[0], states[1], "the POPs agree about {name}");
        states[0]
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        headers: Headers<'_>,
        body: &str,
    ) -> (u16, Value) {
        let mut call = Call::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        let call = call
            .body(Body::from(body.to_owned()))
            .expect("the request is well formed");
        let answer = Client::new().request(call).await.expect("the API answers");
        let status = answer.status();
        assert_eq!(
            answer.headers()["content-type"],
            "application/json",
            "{path}"
        );
        let body = hyper::body::to_bytes(answer)
            .await
            .expect("the answer is complete");
        (
            status.as_u16(),
            serde_json::from_slice(&body).expect("the answer is JSON"),
        )
    }

    async fn post(&self, route: &str, headers: Headers<'_>, body: &str) -> (u16, Value) {
        let headers = [&[TOKEN], headers].concat();
        self.call(
            "POST",
            &format!("/service/{SERVICE}/{route}"),
            &headers,
            body,
        )
        .await
    }
}

fn cache_key(name: &str) -> CacheKey {
    name.try_into().expect("the name is short")
}

async fn insert(context: &ExecuteCtx, name: &str, surrogate_keys: &str) {
    let options = WriteOptions {
        surrogate_keys: surrogate_keys
            .parse()
            .expect("the row holds surrogate keys"),
        ..WriteOptions::new(Duration::from_secs(3600))
    };
    let body = Vec::from(name).into();
    context
        .cache()
        .insert(&cache_key(name), Default::default(), options, body)
        .await;
}

/// Like `108-1391560174-974124`.
#[track_caller]
fn is_purge_id(id: &Value) {
    let id = id.as_str().expect("a purge id is a text");
    assert_eq!(
        id.split('-')
            .filter(|part| part.parse::<u64>().is_ok())
            .count(),
        3,
        "{id}"
    );
}

#[tokio::test]
async fn purge_by_key_removes_what_carries_it_from_every_pop() {
    let world = World::new().await;
    world.fill("a", "video-id-1 account-id-1").await;
    world.fill("b", "video-id-2 account-id-1").await;
    let (status, answer) = world.post("purge/video-id-1", &[], "").await;
    assert_eq!((status, &answer["status"]), (200, &json!("ok")));
    is_purge_id(&answer["id"]);
    assert_eq!(
        (world.state("a").await, world.state("b").await),
        ("gone", "fresh")
    );
}

#[tokio::test]
async fn soft_purge_marks_as_stale() {
    let world = World::new().await;
    world.fill("a", "video-id-1").await;
    world.fill("b", "video-id-2").await;
    world.post("purge/video-id-1", &[SOFT], "").await;
    world
        .post("purge", &[SOFT, ("Surrogate-Key", "video-id-2")], "")
        .await;
    assert_eq!(
        (world.state("a").await, world.state("b").await),
        ("stale", "stale")
    );
}

#[tokio::test]
async fn key_in_the_path_is_percent_decoded_and_may_hold_slashes() {
    let world = World::new().await;
    for (path, key) in [
        ("purge/a%2Fb%25", "a/b%"),
        ("purge/a/b", "a/b"),
        ("purge/a+b", "a+b"),
    ] {
        world.fill("entry", key).await;
        assert_eq!(world.post(path, &[], "").await.0, 200, "{path}");
        assert_eq!(world.state("entry").await, "gone", "{path}");
    }
}

#[tokio::test]
async fn batch_answers_with_a_purge_id_for_each_key() {
    let world = World::new().await;
    let ways: [(Headers, &str); 2] = [
        (&[], r#"{"surrogate_keys":["video-id-1","video-id-2"]}"#),
        (&[("Surrogate-Key", "video-id-1 video-id-2")], ""),
    ];
    for (headers, body) in ways {
        world.fill("a", "video-id-1").await;
        world.fill("b", "video-id-2").await;
        let (status, answer) = world.post("purge", headers, body).await;
        assert_eq!(status, 200);
        assert_eq!(answer.as_object().map(|ids| ids.len()), Some(2), "{answer}");
        is_purge_id(&answer["video-id-1"]);
        is_purge_id(&answer["video-id-2"]);
        assert_eq!(
            (world.state("a").await, world.state("b").await),
            ("gone", "gone")
        );
    }
}

#[tokio::test]
async fn purge_all_empties_every_pop_and_a_fill_in_flight_lands_nowhere() {
    let world = World::new().await;
    world.fill("a", "video-id-1").await;
    let filling = world.pops[0].context();
    assert_eq!(
        world.post("purge_all", &[], "").await,
        (200, json!({"status": "ok"}))
    );
    insert(&filling, "b", "video-id-2").await;
    for name in ["a", "b"] {
        for pop in &world.pops {
            let entry = pop
                .context()
                .cache()
                .lookup(&cache_key(name), &Default::default())
                .await;
            assert!(entry.found().is_none(), "{name} in {}", pop.name());
        }
    }
}

#[tokio::test]
async fn refusals_are_worded_as_fastlys_and_purge_nothing() {
    let world = World::new().await;
    world.fill("a", "video-id-1").await;
    let credentials = json!({"msg": "Provided credentials are missing or invalid"});
    let service = json!({"msg": "Record not found", "detail": "Cannot load service"});
    let path = format!("/service/{SERVICE}/purge/video-id-1");
    for headers in [
        &[][..],
        &[("Fastly-Key", "")],
        &[("Fastly-Key", "local-purge-tokem")],
    ] {
        let answer = world.call("POST", &path, headers, "").await;
        assert_eq!(answer, (401, credentials.clone()), "{headers:?}");
        let answer = world
            .call("POST", "/service/other/purge_all", headers, "")
            .await;
        assert_eq!(
            answer,
            (401, credentials.clone()),
            "before the service is looked for"
        );
    }
    for route in ["purge/video-id-1", "purge", "purge_all"] {
        let answer = world
            .call("POST", &format!("/service/other/{route}"), &[TOKEN], "")
            .await;
        assert_eq!(answer, (404, service.clone()), "{route}");
    }
    assert_eq!(world.call("GET", &path, &[TOKEN], "").await.0, 405);
    assert_eq!(world.call("POST", "/service", &[TOKEN], "").await.0, 404);
    assert_eq!(world.state("a").await, "fresh");
}

#[tokio::test]
async fn bad_requests_tell_what_is_wrong_and_purge_nothing() {
    let world = World::new().await;
    world.fill("a", "video-id-1").await;
    let too_many = (0..257)
        .map(|n| format!("video-id-{n}"))
        .collect::<Vec<_>>()
        .join(" ");
    let too_long = format!("purge/{}", "k".repeat(1025));
    let rows: [(&str, Headers, &str, &str); 10] = [
        ("purge/video-id-1%20b", &[], "", "printable ASCII"),
        ("purge/na%C3%AFve", &[], "", "printable ASCII"),
        ("purge/%FF", &[], "", "printable ASCII"),
        (&too_long, &[], "", "1024"),
        ("purge", &[("Surrogate-Key", &too_many)], "", "257"),
        ("purge", &[], "", "No surrogate keys"),
        ("purge", &[], "video-id-1", "surrogate_keys"),
        (
            "purge",
            &[],
            r#"{"surrogate_keys":["video-id-1",""]}"#,
            "empty",
        ),
        (
            "purge",
            &[("Surrogate-Key", "video-id-1")],
            r#"{"surrogate_keys":["a b"]}"#,
            "printable ASCII",
        ),
        ("purge_all", &[SOFT], "", "soft"),
    ];
    for (route, headers, body, detail) in rows {
        let (status, answer) = world.post(route, headers, body).await;
        assert_eq!(
            (status, &answer["msg"]),
            (400, &json!("Bad request")),
            "{route} {body}"
        );
        assert!(
            answer["detail"]
                .as_str()
                .is_some_and(|text| text.contains(detail)),
            "{answer}"
        );
    }
    assert_eq!(world.state("a").await, "fresh");
}

#[tokio::test]
async fn openid_configuration_needs_no_token_and_names_this_address() {
    let world = World::new().await;
    let path = "/realms/fastly/.well-known/openid-configuration";
    let (status, answer) = world.call("GET", path, &[], "").await;
    assert_eq!(status, StatusCode::OK.as_u16());
    let issuer = answer["issuer"].as_str().expect("an issuer is a text");
    assert!(
        issuer.starts_with(&format!("http://{}/", world.address)),
        "{issuer}"
    );
}
