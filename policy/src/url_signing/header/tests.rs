use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TEXT: &str = r#"key="media-1", hosts=("media.example.com" "media.example.com:8443"), lifetime=21600, parameter="token", bind=network"#;

fn ok(text: &str) -> UrlSigning {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn ok_a_header_prints_as_it_is_read() {
    let signing = ok(TEXT);
    let want = UrlSigning {
        key: "media-1".to_owned(),
        hosts: vec![
            "media.example.com".to_owned(),
            "media.example.com:8443".to_owned(),
        ],
        lifetime: 21_600,
        parameter: "token".to_owned(),
        bind: Bind::Network,
    };
    assert_eq!(signing, want);
    assert_eq!(signing.to_string(), TEXT);
    let unbound = TEXT.strip_suffix(", bind=network").unwrap();
    assert_eq!(ok(unbound).bind, Bind::Nobody);
    assert_eq!(ok(unbound).to_string(), unbound);
}

#[test]
fn ok_members_in_any_order() {
    let other = r#"bind=network, parameter="token",lifetime=21600,  hosts=("media.example.com" "media.example.com:8443"), key="media-1""#;
    assert_eq!(ok(other), ok(TEXT));
}

/// The good header with one member replaced.
fn with(member: &str, value: &str) -> String {
    let members = [
        ("key", r#""k""#),
        ("hosts", r#"("media.example.com")"#),
        ("lifetime", "60"),
        ("parameter", r#""token""#),
    ];
    let replaced = members.map(|(name, own)| match name == member {
        true => format!("{name}={value}"),
        false => format!("{name}={own}"),
    });
    replaced.join(", ")
}

#[test]
fn ok_values_at_their_limits() {
    for (member, value) in [
        ("key", r#""-""#),
        ("key", r#""aZ09_-89012345678901234567890123""#),
        ("parameter", r#""hdnts""#),
        ("lifetime", "1"),
        ("lifetime", "31536000"),
        ("hosts", r#"("a.example" "b.example:81")"#),
        ("hosts", r#"("media.example.com:80")"#),
        ("hosts", r#"("media.example.com:443")"#),
        ("hosts", r#"("192.0.2.7" "[2001:db8::7]:8443")"#),
        ("hosts", r#"("xn--bcher-kva.example")"#),
        ("hosts", r#"("localhost:8080")"#),
    ] {
        ok(&with(member, value));
    }
}

#[test]
fn err_values_that_are_none() {
    for (member, value) in [
        ("key", r#""""#),
        ("key", r#""a.b""#),
        ("key", r#""a b""#),
        ("key", &format!("\"{}\"", "k".repeat(33))),
        ("key", "k"),
        ("key", "7"),
        ("key", r#""k";x"#),
        ("key", r#"("k")"#),
        ("parameter", r#""""#),
        ("parameter", r#""a=b""#),
        ("parameter", r#""a&b""#),
        ("parameter", "token"),
        ("parameter", r#""token";x=1"#),
        ("lifetime", "0"),
        ("lifetime", "-1"),
        ("lifetime", "31536001"),
        ("lifetime", "4294967297"),
        ("lifetime", "1.5"),
        ("lifetime", r#""60""#),
        ("lifetime", "60;x"),
        ("lifetime", "(60)"),
        ("hosts", "()"),
        ("hosts", r#""media.example.com""#),
        ("hosts", "(media.example.com)"),
        ("hosts", r#"("media.example.com";x)"#),
        ("hosts", r#"("media.example.com");x"#),
        ("hosts", r#"("")"#),
        ("hosts", r#"("Media.example.com")"#),
        ("hosts", r#"("https://media.example.com")"#),
        ("hosts", r#"("media.example.com/")"#),
        ("hosts", r#"("media.example.com/a")"#),
        ("hosts", r#"("media.example.com?a")"#),
        ("hosts", r##"("media.example.com#a")"##),
        ("hosts", r#"("user@media.example.com")"#),
        ("hosts", r#"("media.example.com:")"#),
        ("hosts", r#"("media.example.com:99999")"#),
        ("hosts", r#"("media.example.com:081")"#),
        ("hosts", r#"("*.example.com")"#),
        ("hosts", r#"("a b")"#),
        ("hosts", r#"("192.0.2.007")"#),
        (
            "hosts",
            &format!("({})", r#""a.example" "#.repeat(17).trim()),
        ),
    ] {
        let text = with(member, value);
        match text.parse::<UrlSigning>() {
            Err(InvalidUrlSigning::Member { member: found, .. }) => assert_eq!(found, member),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn err_headers_that_are_unclear() {
    let check = |text: String, want: &str| {
        let error = text.parse::<UrlSigning>().expect_err(&text);
        assert!(error.to_string().contains(want), "{text}: {error}");
    };
    for missing in ["key", "hosts", "lifetime", "parameter"] {
        let all = with("", "");
        let rest: Vec<_> = all
            .split(", ")
            .filter(|member| !member.starts_with(missing))
            .collect();
        check(rest.join(", "), &format!("member `{missing}` must be"));
    }
    let all = with("", "");
    check(format!("{all}, path=\"/a/\""), "unknown member `path`");
    check(
        format!("{all}, lifetime=60"),
        "member `lifetime` is there twice",
    );
    check(format!("{all}, bind=viewer"), "the token `network`");
    check(format!("{all}, bind"), "the token `network`");
    check(format!("{all}, bind=\"network\""), "the token `network`");
    check(format!("{all},"), "not a dictionary");
    check("<html>".to_owned(), "not a dictionary");
    check(String::new(), "member `key` must be");
}
