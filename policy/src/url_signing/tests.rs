use std::net::Ipv4Addr;

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const SECRET: [u8; 32] = [7; 32];
const EXPIRES: i64 = 1_767_225_600;
const V4: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
const FOLDER: UrlTarget<'_> = UrlTarget {
    host: "media.example.com",
    prefix: "/a/b/",
};

fn key(name: &str) -> UrlSigningKey {
    UrlSigningKey::new(name, &SECRET).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

// === terms ===

fn terms(lifetime: u32, bind: Bind) -> UrlTerms<'static> {
    UrlTerms {
        key: "k",
        parameter: "token",
        lifetime,
        bind,
    }
}

#[test]
fn urls_expire_in_steps_and_never_early() {
    for (lifetime, longest) in [(1, 2), (7, 8), (8, 9), (60, 67), (21_600, 24_300)] {
        let terms = terms(lifetime, Bind::Nobody);
        let mut before = i64::MIN;
        let mut changes = 0;
        for now in EXPIRES..EXPIRES + 2 * i64::from(lifetime) {
            let expires = terms.expires(now);
            assert!(expires > now + i64::from(lifetime), "{lifetime} at {now}");
            assert!(expires <= now + longest, "{lifetime} at {now}");
            assert!(expires >= before);
            changes += u32::from(expires != before);
            before = expires;
        }
        assert!(
            changes <= 2 * 8 + 2 || lifetime < 16,
            "{lifetime}: {changes}"
        );
    }
    assert!(
        terms(21_600, Bind::Nobody).expires(-1) > 21_599,
        "before 1970"
    );
}

#[test]
#[rustfmt::skip]
fn a_viewer_is_bound_by_a_network_of_people() {
    let network = |address| terms(60, Bind::Network).network(ip(address)).unwrap().to_string();
    assert_eq!(network("203.0.113.7"),          "203.0.113.0/24");
    assert_eq!(network("::ffff:203.0.113.7"),   "203.0.113.0/24");
    assert_eq!(network("2001:db8:1:2ff:3::4"),  "2001:db8:1:200::/56");
    assert_eq!(terms(60, Bind::Nobody).network(V4), None);
}

#[test]
fn err_keys() {
    for (name, secret) in [
        ("", &SECRET as &[u8]),
        ("a.b", &SECRET),
        ("ä", &SECRET),
        ("k", &SECRET[..31]),
        ("k", b""),
    ] {
        assert!(UrlSigningKey::new(name, secret).is_err(), "{name}");
    }
    assert!(UrlSigningKey::new(&"k".repeat(32), &[0; 1000]).is_ok());
    let printed = format!("{:?}", key("k1"));
    assert_eq!(printed, "UrlSigningKey(k1, redacted)");
    assert_eq!(key("k1").name(), "k1");
}

// === tokens ===

/// Checks who opens what with the token of [`FOLDER`], unbound.
#[track_caller]
fn check(host: &str, path: &str, now: i64, want: Result<(), InvalidUrlToken>) {
    let token = key("k").token(FOLDER, EXPIRES, None);
    let found = UrlSigningKey::verify(&[key("k")], &token, (host, path), V4, now).map(drop);
    assert_eq!(found, want, "{host}{path} at {now}");
}

use InvalidUrlToken::{Expired, Forged, Malformed};

#[test]
#[rustfmt::skip]
fn a_token_opens_a_folder_and_all_below() {
    let host = "media.example.com";
    check(host, "/a/b/master.m3u8",          0, Ok(()));
    check(host, "/a/b/",                     0, Ok(()));
    check(host, "/a/b/720p/segment.ts",      0, Ok(()));
    check(host, "/a/b/720p/..x/.y/z..",      0, Ok(()));
    check(host, "/a/b/%C3%A4%2Fc/%20",       0, Ok(()));
    check(host, "/a/b//c",                   0, Ok(()));
    check(host, "/a/b",                      0, Err(Forged));
    check(host, "/a/x.m3u8",                 0, Err(Forged));
    check(host, "/a/bc/master.m3u8",         0, Err(Forged));
    check(host, "/a/c/master.m3u8",          0, Err(Forged));
    check(host, "/a/B/master.m3u8",          0, Err(Forged));
    check(host, "/x/a/b/master.m3u8",        0, Err(Forged));
    check(host, "//a/b/master.m3u8",         0, Err(Forged));
    check(host, "/a//b/master.m3u8",         0, Err(Forged));
    check(host, "/a/%62/master.m3u8",        0, Err(Forged));
    check(host, "a/b/master.m3u8",           0, Err(Forged));
    check(host, "/",                         0, Err(Forged));
    check(host, "",                          0, Err(Forged));
    check("media.example.org", "/a/b/x",     0, Err(Forged));
    check("example.com", "/a/b/x",           0, Err(Forged));
    check("media.example.com:8443","/a/b/x", 0, Err(Forged));
}

#[test]
fn a_path_never_climbs_out_of_its_folder() {
    for path in [
        "/a/b/../c/x",
        "/a/b/..",
        "/a/b/./x",
        "/a/b/c/../../../x",
        "/a/b/%2e%2e/c/x",
        "/a/b/.%2E/c/x",
        "/a/b/..%2fc/x",
        "/a/b/%2e%2e%2Fc%2fx",
        "/a/b/..\\c\\x",
        "/a/b/..%5Cc/x",
        "/a/b/c%2F..%2F..%2Fx",
        "/a/b/%2e/x",
    ] {
        check("media.example.com", path, 0, Err(Forged));
    }
}

#[test]
fn a_token_expires_exactly_at_its_second() {
    let host = "media.example.com";
    check(host, "/a/b/x", EXPIRES - 1, Ok(()));
    check(host, "/a/b/x", EXPIRES, Err(Expired));
    check(host, "/a/b/x", i64::MAX, Err(Expired));
    // What was not signed tells nothing of its expiry.
    check(host, "/a/c/x", EXPIRES, Err(Forged));
}

#[test]
fn a_token_of_the_root_opens_its_host() {
    let root = UrlTarget::of("media.example.com", "/x.m3u8");
    assert_eq!(root.prefix, "/");
    let token = key("k").token(root, EXPIRES, None);
    let open =
        |host, path| UrlSigningKey::verify(&[key("k")], &token, (host, path), V4, 0).map(drop);
    assert_eq!(open("media.example.com", "/"), Ok(()));
    assert_eq!(open("media.example.com", "/a/b/x"), Ok(()));
    assert_eq!(open("other.example.com", "/a/b/x"), Err(Forged));
}

#[test]
fn a_target_is_the_folder_of_a_path() {
    for (path, want) in [
        ("/a/b/x.m3u8", "/a/b/"),
        ("/a/b/", "/a/b/"),
        ("/x", "/"),
        ("/", "/"),
        ("", ""),
    ] {
        assert_eq!(UrlTarget::of("h", path).prefix, want, "{path}");
    }
}

/// Checks who opens a folder with a token that is bound to one viewer's network.
#[track_caller]
fn check_bound(bound: &str, viewer: &str, want: Result<(), InvalidUrlToken>) {
    let network = terms(60, Bind::Network).network(ip(bound));
    let token = key("k").token(FOLDER, EXPIRES, network);
    let asked = ("media.example.com", "/a/b/x");
    let found = UrlSigningKey::verify(&[key("k")], &token, asked, ip(viewer), 0).map(drop);
    assert_eq!(found, want, "{bound} and {viewer}");
}

#[test]
#[rustfmt::skip]
fn a_bound_token_opens_for_its_network_alone() {
    check_bound("203.0.113.7",         "203.0.113.7",          Ok(()));
    check_bound("203.0.113.7",         "203.0.113.255",        Ok(()));
    check_bound("203.0.113.7",         "203.0.112.7",          Err(Forged));
    check_bound("203.0.113.7",         "::ffff:203.0.113.9",   Ok(()));
    check_bound("::ffff:203.0.113.7",  "203.0.113.9",          Ok(()));
    check_bound("203.0.113.7",         "2001:db8::1",          Err(Forged));
    check_bound("2001:db8::1",         "203.0.113.7",          Err(Forged));
    check_bound("2001:db8:0:ff::1",    "2001:db8:0:1:2:3:4:5", Ok(()));
    check_bound("2001:db8:0:ff::1",    "2001:db8:0:100::1",    Err(Forged));
}

#[test]
fn a_token_is_good_with_the_live_key_of_its_name() {
    let token = key("k").token(FOLDER, EXPIRES, None);
    let open = |keys: &[UrlSigningKey]| {
        UrlSigningKey::verify(keys, &token, ("media.example.com", "/a/b/x"), V4, 0).map(drop)
    };
    let impostor = UrlSigningKey::new("k", &[8; 32]).unwrap();
    assert_eq!(open(&[key("new"), key("k")]), Ok(()));
    assert_eq!(open(&[]), Err(Forged));
    assert_eq!(open(&[key("new")]), Err(Forged));
    assert_eq!(open(&[impostor]), Err(Forged));
}

#[test]
fn a_token_with_anything_altered_opens_nothing() {
    let bound = terms(60, Bind::Network).network(V4);
    for network in [None, bound] {
        let token = key("k").token(FOLDER, EXPIRES, network);
        let open = |token: &str| {
            let keys = [key("k"), key("l")];
            UrlSigningKey::verify(&keys, token, ("media.example.com", "/a/b/x"), V4, 0).map(drop)
        };
        assert_eq!(open(&token), Ok(()));
        let parts: Vec<_> = token.split('.').collect();
        let other_mac = key("l").token(FOLDER, EXPIRES, network);
        let other_mac = other_mac.rsplit('.').next().unwrap();
        for (at, values) in [
            (0, ["1767225601", "9999999999", "0"].as_slice()),
            (1, &["0", "1", "3", "4294967295"]),
            (2, &["24", "56", "0", "32", "255"]),
            (3, &["l", "K", ""]),
            (4, &[other_mac, "AAAAAAAAAAAAAAAAAAAAAA"]),
        ] {
            for value in values.iter().filter(|value| **value != parts[at]) {
                let mut altered = parts.clone();
                altered[at] = value;
                let altered = altered.join(".");
                assert_eq!(open(&altered), Err(Forged), "{altered}");
            }
        }
        // A flipped character anywhere is never a good token.
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'1' { b'2' } else { b'1' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(altered == token || open(&altered).is_err(), "{altered}");
        }
    }
}

#[test]
fn err_texts_without_the_form_of_a_token() {
    let token = key("k").token(FOLDER, EXPIRES, None);
    let (head, mac) = token.rsplit_once('.').unwrap();
    for text in [
        "",
        "....",
        "1.2.0.k",
        &format!("{token}.x"),
        &format!("x{token}"),
        &format!(" {token}"),
        &format!("{token}="),
        &format!("{token}AAAA"),
        &format!("{head}.{}", &mac[..21]),
        &format!("{head}.{}", &mac[..20]),
        &format!("{head}."),
        &format!("{head}.ä"),
        &token.replacen('.', "..", 1),
        &token.replacen("1767225600", "1e9", 1),
        &token.replacen("1767225600", "99999999999999999999", 1),
        &token.replacen(".2.0.", ".-2.0.", 1),
        &token.replacen(".2.0.", ".2.256.", 1),
    ] {
        let asked = ("media.example.com", "/a/b/x");
        let found = UrlSigningKey::verify(&[key("k")], text, asked, V4, 0).map(drop);
        assert_eq!(found, Err(Malformed), "{text}");
    }
}

#[test]
fn a_token_goes_unescaped_into_json_and_urls() {
    for expires in [0, EXPIRES, i64::MAX, i64::MIN] {
        let token = key("a_B-9").token(FOLDER, expires, terms(60, Bind::Network).network(V4));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        assert!(token.bytes().all(is_plain), "{token}");
    }
}
