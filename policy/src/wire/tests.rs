use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[track_caller]
fn check(text: &str, want: &str) {
    let error = text.parse::<Rules>().expect_err(text);
    assert_eq!(error.to_string(), want, "{text}");
}

#[test]
fn ok_every_member_prints_as_it_parses() {
    let text = r#"ip-allow=("203.0.113.0/24" "2001:db8::/32"), ip-deny=("203.0.113.9"), geo-allow=("DE" "US-NY" "metro:501"), geo-deny=("KP"), geo-default=deny, proxy-deny=(anonymous smart-dns), domain-allow=("https://www.example.com" "example.org" "*.example.net"), domain-deny=("bad.example"), domain-missing=allow, from=@1767225600, until=@1798761600"#;
    let rules: Rules = text.parse().unwrap();
    assert_eq!(rules.to_string(), text);
}

#[test]
fn unrestricting_rules_are_never_an_empty_header() {
    assert_eq!(Rules::default().to_string(), "geo-default=allow");
    assert_eq!("".parse::<Rules>(), Ok(Rules::default()));
}

#[test]
fn err_what_is_not_known_is_not_ignored() {
    check("asn-allow=(64496)", "unknown member `asn-allow`");
    check("geo-allow=(\"DE\"), x", "unknown member `x`");
    check(
        "geo-allow=(\"DE\"), geo-allow=(\"AT\")",
        "member `geo-allow` is there twice",
    );
    check(
        "geo-allow=(\"DE\");strict",
        "member `geo-allow` has parameters",
    );
    check(
        "geo-allow=(\"DE\";q=1)",
        "member `geo-allow` has parameters",
    );
    check(
        "geo-default=deny;x=1",
        "member `geo-default` has parameters",
    );
}

#[test]
fn err_wrong_types() {
    check(
        "geo-allow=\"DE\"",
        "member `geo-allow` must be an inner list of strings, such as `(\"a\" \"b\")`",
    );
    check(
        "geo-allow=(DE)",
        "member `geo-allow` must be an inner list of strings, such as `(\"a\" \"b\")`",
    );
    check(
        "geo-allow",
        "member `geo-allow` must be an inner list of strings, such as `(\"a\" \"b\")`",
    );
    check(
        "proxy-deny=(\"vpn\")",
        "member `proxy-deny` must be an inner list of tokens, such as `(vpn tor)`",
    );
    check(
        "geo-default=maybe",
        "member `geo-default` must be the token `allow` or `deny`",
    );
    check(
        "geo-default=(deny)",
        "member `geo-default` must be the token `allow` or `deny`",
    );
    check(
        "from=1767225600",
        "member `from` must be a date such as `@1767225600`",
    );
    check(
        "until=(@1)",
        "member `until` must be a date such as `@1767225600`",
    );
}

#[test]
fn err_values_that_name_nothing() {
    check(
        "geo-deny=(\"DE\" \"UK\")",
        "member `geo-deny`, item 2: expected an ISO 3166-1 alpha-2 country such as `DE`",
    );
    check(
        "ip-allow=(\"203.0.113.0/33\")",
        "member `ip-allow`, item 1: expected an address or a network such as `203.0.113.0/24` or `2001:db8::/32`",
    );
    check(
        "domain-allow=(\"*\")",
        "member `domain-allow`, item 1: expected `https://www.example.com`, `example.com` or `*.example.com`",
    );
    check("ip-allow=()", "member `ip-allow` is an empty list");
    check("from=@2, until=@2", "`from` is not before `until`");
    assert!("proxy-deny=(socks)".parse::<Rules>().is_err());
}

#[test]
fn err_what_is_no_dictionary() {
    for text in [
        "geo-allow=(\"DE\"",
        "=",
        "geo-allow=(\"DE\"),",
        "<html>",
        "geo-allow=(\"\u{e4}\")",
        "\u{0}",
    ] {
        let error = text.parse::<Rules>().expect_err(text);
        let is_syntax = matches!(error, InvalidRules::Dictionary(StrictError::Syntax(_)));
        assert!(is_syntax, "{text}: {error}");
    }
}
