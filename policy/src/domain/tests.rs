use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn site(origin: &str) -> Site {
    Site::from_headers([origin.as_bytes()], None)
}

#[track_caller]
fn check(pattern: &str, origin: &str, want: bool) {
    let parsed: DomainPattern = pattern.parse().unwrap_or_else(|_| panic!("{pattern}"));
    assert_eq!(
        parsed.matches(&site(origin)),
        want,
        "{pattern} against {origin}"
    );
}

#[test]
fn an_origin_pattern_names_scheme_host_and_port() {
    check("https://www.example.com", "https://www.example.com", true);
    check(
        "https://www.example.com",
        "https://www.example.com:443",
        true,
    );
    check(
        "https://www.example.com:443",
        "https://www.example.com",
        true,
    );
    check("https://www.example.com", "http://www.example.com", false);
    check(
        "https://www.example.com",
        "https://www.example.com:8443",
        false,
    );
    check(
        "https://www.example.com",
        "https://a.www.example.com",
        false,
    );
    check("https://WWW.Example.com", "https://www.example.com", true);
}

#[test]
fn a_host_pattern_names_one_host_on_any_port() {
    check("example.com", "https://example.com", true);
    check("example.com", "http://example.com:8080", true);
    check("example.com", "https://www.example.com", false);
    check("example.com", "https://notexample.com", false);
    check("example.com.", "https://example.com", true);
    check("example.com", "https://example.com.", true);
    check("bücher.example", "https://xn--bcher-kva.example", true);
    check("192.0.2.7", "http://192.0.2.7:3000", true);
}

#[test]
fn a_wildcard_names_every_depth_below_but_not_the_apex() {
    check("*.example.com", "https://www.example.com", true);
    check("*.example.com", "https://a.b.c.example.com", true);
    check("*.example.com", "https://example.com", false);
    check("*.example.com", "https://badexample.com", false);
    check("*.example.com", "https://example.com.evil.example", false);
}

#[test]
fn err_patterns() {
    for text in [
        "",
        "*",
        "*.",
        "*.*.example.com",
        "*.192.0.2.80",
        "*.80",
        "*.0x7f",
        "*.[2001:db8::1]",
        "www.*.com",
        "https://",
        "ftp://example.com",
        "https://example.com/",
        "https://example.com/path",
        "https://user@example.com",
        "example.com:8080",
        "example.com/path",
        "a b",
        "https://*.example.com",
        "..",
        "example.com..",
        "null",
        "%65xample.com",
        "https://example.com?x",
    ]
    .into_iter()
    .filter(|text| *text != "null")
    {
        assert!(text.parse::<DomainPattern>().is_err(), "{text}");
    }
}

#[test]
fn patterns_print_as_they_parse() {
    for text in [
        "https://www.example.com:8443",
        "example.com",
        "*.example.com",
    ] {
        assert_eq!(text.parse::<DomainPattern>().unwrap().to_string(), text);
    }
}

#[test]
fn the_origin_decides_and_the_referer_only_stands_in() {
    let referer = Some(&b"https://b.example/page?x=1"[..]);
    let both = Site::from_headers([&b"https://a.example"[..]], referer);
    assert_eq!(both.origin(), Some("https://a.example"));
    let alone = Site::from_headers([], referer);
    assert_eq!(
        (alone.origin(), alone.host()),
        (Some("https://b.example"), Some("b.example"))
    );
    assert_eq!(Site::from_headers([], None), Site::Missing);
}

#[test]
fn a_hidden_site_is_opaque_not_missing() {
    for origin in [
        "null",
        "",
        "file://",
        "about:blank",
        "https://",
        "https://a.example/path",
        "\u{0}",
    ] {
        assert_eq!(site(origin), Site::Opaque, "{origin:?}");
    }
    let twice = [&b"https://a.example"[..], b"https://a.example"];
    assert_eq!(Site::from_headers(twice, None), Site::Opaque);
    assert_eq!(Site::from_headers([&b"\xff"[..]], None), Site::Opaque);
    assert_eq!(site(&format!("https://{}", "a".repeat(9000))), Site::Opaque);
}

#[test]
fn a_header_has_8192_bytes_at_most() {
    let referer = |len: usize| {
        let start = "https://a.example/";
        let text = format!("{start}{}", "x".repeat(len - start.len()));
        Site::from_headers([], Some(text.as_bytes()))
    };
    assert_eq!(referer(8192).host(), Some("a.example"));
    assert_eq!(referer(8193), Site::Opaque);
}
