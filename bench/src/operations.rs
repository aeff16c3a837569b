//! What is counted, held to a budget and timed: each operation as the edge does it, prepared up to the point
//! where a request comes in.

mod insert;
mod list;

use std::hint::black_box;

use playback_policy::{
    Answer, Compiled, Decision, EntryHead, KeyGeo, KeyRing, Limits, Overlay, PlaybackRequest,
    PolicyKey, PolicyKeyData, Route, SigningKey, decide,
};

use crate::{viewer, with_domains, with_every_member, with_networks};

/// Done once; answers whether it came out right.
pub type Operation = Box<dyn FnMut() -> bool>;

/// Makes everything ready that is there before a request comes in.
pub type Prepare = fn() -> Operation;

/// Every operation that a request may need, by its name.
pub const OPERATIONS: [(&str, Prepare); 15] = [
    ("decision-0", || decision(with_networks(0))),
    ("decision-10", || decision(with_networks(10))),
    ("decision-600", || decision(with_networks(600))),
    ("decision-10000", || decision(with_networks(10_000))),
    ("decision-100000", || decision(with_networks(100_000))),
    ("decision-1-domain", || decision(with_domains(1))),
    ("decision-5-domains", || decision(with_domains(5))),
    ("decision-10-domains", || decision(with_domains(10))),
    ("decision-20-domains", || decision(with_domains(20))),
    ("decision-every-member", || decision(with_every_member())),
    ("policy-key-verify", policy_key),
    ("entry-read", entry),
    ("list-select", list::select),
    ("list-render", list::render),
    ("video-sign", list::sign),
];

/// What an answer takes once, when it enters the cache: by the size of its body, and by the networks that it
/// is refused to. These are timed and not counted.
pub const INSERTS: [(&str, Prepare); 8] = [
    ("insert-1-kib", || insert::video(1, 0)),
    ("insert-16-kib", || insert::video(16, 0)),
    ("insert-128-kib", || insert::video(128, 0)),
    ("insert-1-mib", || insert::video(1_024, 0)),
    ("insert-1-network", || insert::video(4, 1)),
    ("insert-10-networks", || insert::video(4, 10)),
    ("insert-600-networks", || insert::video(4, 600)),
    ("insert-4000-networks", || insert::video(4, 4_000)),
];

/// The operation of that name, made ready.
#[must_use]
pub fn prepared(name: &str) -> Option<Operation> {
    let mut all = OPERATIONS.iter().chain(&INSERTS);
    let (_, prepare) = all.find(|(known, _)| *known == name)?;
    Some(prepare())
}

/// From the bytes of an entry to the verdict.
fn decision(entry: Vec<u8>) -> Operation {
    let viewer = viewer();
    Box::new(move || {
        let compiled = Compiled::read(black_box(&entry)).expect("the entry was just compiled");
        decide(&compiled, black_box(&viewer)) == Decision::Allow
    })
}

/// A policy key with something of everything.
fn policy_key() -> Operation {
    let signing = SigningKey::new(1, &[7; 32]).expect("32 bytes");
    let data = PolicyKeyData {
        account_id: "1".to_owned(),
        key_id: Some("web".to_owned()),
        allowed_domains: vec!["https://www.example.com".to_owned()],
        geo: Some(KeyGeo {
            countries: ["DE", "AT", "CH"].map(str::to_owned).into(),
            exclude_countries: false,
        }),
        ..PolicyKeyData::default()
    };
    let text = PolicyKey::mint(&data, &signing).expect("data that means something");
    let ring = KeyRing::new(vec![signing]);
    Box::new(move || ring.verify(black_box(&text)).is_ok())
}

/// The entry of a list, as it is found in the cache: its metadata, and what stands in front of its body.
fn entry() -> Operation {
    let list = list::answer().entry;
    let (metadata, front) = (list.metadata(), list.front());
    Box::new(move || {
        let head = EntryHead::read(black_box(&metadata));
        head.is_ok_and(|head| head.plan(black_box(&front)).is_ok())
    })
}

/// What the edge makes of an origin's answer.
///
/// # Panics
///
/// When it makes nothing of it.
#[must_use]
pub fn checked(path: &str, headers: &[(&'static str, &str)], body: Vec<u8>) -> Answer {
    let headers = headers.iter().map(|(name, value)| {
        let name = http::HeaderName::from_static(name);
        (name, value.parse().expect("a header's value"))
    });
    let (ok, headers) = (http::StatusCode::OK, headers.collect());
    let answer = Answer::check(
        &asked(path),
        Overlay::Edge,
        ok,
        &headers,
        body,
        Limits::EDGE,
    );
    answer.unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn asked(path: &str) -> PlaybackRequest {
    match Route::parse(&format!("/playback/v1/accounts/1{path}"), None) {
        Ok(Route::Playback(request)) => request,
        other => panic!("{path}: {other:?}"),
    }
}
