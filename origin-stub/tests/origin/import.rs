//! The command `import`, as far as no table of mappings says it.

use std::{
    fs,
    net::Ipv4Addr,
    process::{Command, Output},
};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Origin, run, stderr};

fn import(from: &str, text: &str, flags: &[&str]) -> Output {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("restrictions.json");
    fs::write(&file, text).expect("the folder can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    run(command
        .args(["import", "--from", from])
        .args(flags)
        .arg(&file))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[tokio::test]
async fn what_is_printed_is_what_the_cms_takes() {
    let origin = Origin::start();
    origin.account("1").await;
    let document = json!({ "RestrictionType": "blacklist", "Items": ["KP"] }).to_string();
    let output = import("cloudfront", &document, &[]);
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(0), "")
    );
    let right: Value = serde_json::from_str(&stdout(&output)).expect("a line of JSON");
    assert_eq!(right["allow_insecure"], true, "nobody needed a token");
    let put = origin.cms(Method::PUT, "1/playback_rights/r", right).await;
    assert_eq!(put.assert_status(201).json()["rules"], r#"geo-deny=("KP")"#);
}

#[test]
fn each_right_is_a_line_and_what_has_no_equal_is_told_apart() {
    let document = json!({ "data": [
        { "id": "a", "referrer": { "allowed_domains": ["a.example"] } },
        { "id": "b", "referrer": { "allowed_domains": ["b.example:80"] } },
        { "id": "c", "referrer": { "allowed_domains": ["c.example"] } },
    ] });
    let output = import("mux", &document.to_string(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let lines = stdout(&output);
    let names: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["name"].clone())
        .collect();
    assert_eq!(
        names,
        ["Mux playback restriction a", "Mux playback restriction c"]
    );
    assert!(
        stderr(&output).contains("no equal: `data[1].referrer.allowed_domains[0]`"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_is_not_of_the_service_is_refused_with_its_place() {
    for (from, text, hint) in [
        ("mux", "{", "not JSON"),
        ("mux", "7", "expected an object"),
        ("mux", "[7]", "`[0]`"),
        ("mux", "{}", "`referrer`"),
        ("mux", r#"{"referrer": {}}"#, "allowed_domains"),
        (
            "mux",
            r#"{"referrer": {"allowed_domains": "*"}}"#,
            "allowed_domains",
        ),
        (
            "mux",
            r#"{"referrer": {"allowed_domains": [1]}}"#,
            "allowed_domains[0]",
        ),
        (
            "mux",
            r#"{"referrer": {"allowed_domains": [], "allow_no_referrer": "no"}}"#,
            "allow_no_referrer",
        ),
        (
            "mux",
            r#"{"referrer": {"allowed_domains": []}, "user_agent": []}"#,
            "`user_agent`",
        ),
        ("cloudflare", "{}", "accessRules"),
        ("cloudflare", r#"{"accessRules": {}}"#, "accessRules"),
        ("cloudflare", r#"[{"action": "block"}]"#, "`[0]`"),
        (
            "cloudflare",
            r#"[{"type": "asn", "action": "block"}]"#,
            "`[0].type`",
        ),
        (
            "cloudflare",
            r#"[{"type": "any", "action": "challenge"}]"#,
            "`[0].action`",
        ),
        (
            "cloudflare",
            r#"[{"type": "any", "action": "allow", "ip": ["192.0.2.1"]}]"#,
            "`[0].ip`",
        ),
        (
            "cloudflare",
            r#"[{"type": "ip.src", "action": "allow"}]"#,
            "`[0].ip`",
        ),
        (
            "cloudflare",
            r#"[{"type": "ip.src", "action": "allow", "ip": []}]"#,
            "`[0].ip`",
        ),
        (
            "cloudflare",
            r#"[{"type": "ip.geoip.country", "action": "allow", "country": []}]"#,
            "`[0].country`",
        ),
        (
            "cloudflare",
            r#"[{"type": "ip.src", "action": "allow", "ip": ["192.0.2.1"], "country": ["DE"]}]"#,
            "`[0].country`",
        ),
        ("cloudfront", "{}", "RestrictionType"),
        (
            "cloudfront",
            r#"{"RestrictionType": "greylist"}"#,
            "`RestrictionType`",
        ),
        (
            "cloudfront",
            r#"{"RestrictionType": "whitelist"}"#,
            "`Items`",
        ),
        (
            "cloudfront",
            r#"{"RestrictionType": "whitelist", "Items": []}"#,
            "`Items`",
        ),
        (
            "cloudfront",
            r#"{"RestrictionType": "none", "Items": ["DE"]}"#,
            "`Items`",
        ),
        (
            "cloudfront",
            r#"{"RestrictionType": "blacklist", "Items": ["DE"], "Quantity": 2}"#,
            "`Quantity`",
        ),
        (
            "cloudfront",
            r#"{"RestrictionType": "blacklist", "Items": ["DE"], "Locations": ["DE"]}"#,
            "Locations",
        ),
        (
            "cloudfront",
            r#"{"RestrictionType": "blacklist", "Items": "DE"}"#,
            "Items",
        ),
    ] {
        let output = import(from, text, &["--json"]);
        assert_eq!(output.status.code(), Some(1), "{from} {text}");
        assert_eq!(stdout(&output), "", "{from} {text}");
        assert!(
            stderr(&output).contains(hint),
            "{text}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    let output = run(command.args(["import", "--from", "mux", "nowhere.json"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("nowhere.json"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_hundred_thousand_networks_are_one_range_or_too_many() {
    let rule = |address: fn(u32) -> u32| {
        let networks: Vec<String> = (0..100_000)
            .map(|at| format!("{}/32", Ipv4Addr::from_bits(address(at))))
            .collect();
        json!([{ "type": "ip.src", "action": "block", "ip": networks }]).to_string()
    };
    // Side by side they are six networks; one by one they are longer than a header takes.
    let joined = import("cloudflare", &rule(|at| (10 << 24) + at), &[]);
    assert_eq!(joined.status.code(), Some(0), "{}", stderr(&joined));
    let right: Value = serde_json::from_str(&stdout(&joined)).expect("a line of JSON");
    assert_eq!(
        right["rules"],
        r#"ip-deny=("10.0.0.0/16" "10.1.0.0/17" "10.1.128.0/22" "10.1.132.0/23" "10.1.134.0/25" "10.1.134.128/27")"#
    );
    let apart = import("cloudflare", &rule(|at| (10 << 24) + 2 * at), &[]);
    assert_eq!(
        (apart.status.code(), stdout(&apart).as_str()),
        (Some(2), "")
    );
    assert!(
        stderr(&apart).contains("bytes as text"),
        "{}",
        stderr(&apart)
    );
}

#[test]
fn more_domains_than_a_restriction_has_are_not_cut_off() {
    let domains: Vec<String> = (0..101).map(|at| format!("a{at}.example")).collect();
    let document = json!({ "referrer": { "allowed_domains": domains } }).to_string();
    let output = import("mux", &document, &[]);
    assert_eq!(
        (output.status.code(), stdout(&output).as_str()),
        (Some(2), "")
    );
    assert!(
        stderr(&output).contains("at most 100"),
        "{}",
        stderr(&output)
    );
}
