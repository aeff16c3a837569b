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
    let text = concat!(
        r#"ip-allow=("203.0.113.0/24" "2001:db8::/32"), ip-deny=("203.0.113.9"), "#,
        r#"ip-allow-list=("offices" "Partners_2"), ip-deny-list=("a-list"), "#,
        r#"asn-allow=(0 64496 4294967295), asn-deny=(64511), "#,
        r#"geo-allow=("DE" "US-NY" "metro:501" "postal:US-90045" "circle:40.4,-3.7,50" "usmil"), "#,
        r#"geo-deny=("KP"), geo-default=deny, proxy-deny=(anonymous smart-dns), "#,
        r#"domain-allow=("https://www.example.com" "example.org" "*.example.net"), "#,
        r#"domain-deny=("bad.example"), domain-missing=allow, "#,
        r#"from=@1767225600, until=@1798761600, days=(mon sun), hours=("9-17" "22-26"), "#,
        r#"applies-from=@-1, applies-until=@1798761600, token=required, revoked-keys=("web-1" "2")"#,
    );
    let rules: Rules = text.parse().unwrap();
    assert_eq!(rules.to_string(), text);
    for member in Member::ALL {
        assert!(text.contains(&format!("{member}=")), "{member}");
    }
}

#[test]
fn ok_each_member_alone_is_not_nothing() {
    let values = [
        r#"("203.0.113.0/24")"#,
        r#"("a")"#,
        "(1)",
        r#"("DE")"#,
        "allow",
        "(vpn)",
        "@1",
        "(mon)",
        r#"("9-17")"#,
        "required",
    ];
    for member in Member::ALL {
        let texts = values.map(|value| format!("{member}={value}"));
        let parsed: Vec<_> = texts
            .iter()
            .filter(|text| text.parse::<Rules>().is_ok())
            .collect();
        assert!(!parsed.is_empty(), "{member}");
        for text in parsed {
            let rules: Rules = text.parse().unwrap();
            assert_ne!(rules, Rules::default(), "{text}");
            for other in Member::ALL {
                assert_eq!(rules.has(other), other == member, "{text}: {other}");
            }
            assert_eq!(rules.to_string().parse(), Ok(rules), "{text}");
        }
    }
}

#[test]
fn what_is_named_twice_is_named() {
    let rules: Rules = "days=(mon sun mon), proxy-deny=(vpn vpn)".parse().unwrap();
    assert_eq!(rules.to_string(), "proxy-deny=(vpn), days=(mon sun)");
}

#[test]
fn unrestricting_rules_are_never_an_empty_header() {
    assert_eq!(Rules::default().to_string(), "geo-default=allow");
    assert_eq!("".parse::<Rules>(), Ok(Rules::default()));
}

#[test]
fn err_what_is_not_known_is_not_ignored() {
    check("asn-alow=(64496)", "unknown member `asn-alow`");
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
        "asn-allow=(\"64496\")",
        "member `asn-allow` must be an inner list of integers, such as `(64496 64511)`",
    );
    check(
        "asn-deny=(1 64496.0)",
        "member `asn-deny` must be an inner list of integers, such as `(64496 64511)`",
    );
    check(
        "asn-deny=64496",
        "member `asn-deny` must be an inner list of integers, such as `(64496 64511)`",
    );
    check(
        "days=(\"mon\")",
        "member `days` must be an inner list of tokens, such as `(sat sun)`",
    );
    check(
        "hours=(9)",
        "member `hours` must be an inner list of strings, such as `(\"a\" \"b\")`",
    );
    for value in ["optional", "?1", "\"required\"", "(required)", "allow"] {
        check(
            &format!("token={value}"),
            "member `token` must be the token `required`",
        );
    }
    check("token", "member `token` must be the token `required`");
    check("token=required;x", "member `token` has parameters");
    check(
        "applies-from=1",
        "member `applies-from` must be a date such as `@1767225600`",
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

/// A value of every type RFC 9651 knows, alone and in a list.
#[rustfmt::skip]
const TYPES: [&str; 16] = [
    "1", "1.5", "\"x\"", "x", ":eA==:", "?1", "@1", "%\"x\"",
    "(1)", "(1.5)", "(\"x\")", "(x)", "(:eA==:)", "(?1)", "(@1)", "(%\"x\")",
];

#[test]
fn err_every_member_of_every_type_but_its_own() {
    use Member::*;
    for member in Member::ALL {
        let own = match member {
            AsnAllow | AsnDeny => "(1)",
            ProxyDeny | Days => "(x)",
            GeoDefault | DomainMissing | Token => "x",
            From | Until | AppliesFrom | AppliesUntil => "@1",
            IpAllow | IpDeny | IpAllowList | IpDenyList | GeoAllow | GeoDeny | DomainAllow
            | DomainDeny | Hours | RevokedKeys => "(\"x\")",
        };
        let others = TYPES.into_iter().filter(|value| *value != own);
        let texts = others.map(|value| format!("{member}={value}"));
        // Without a value it is the boolean `true`.
        for text in texts.chain([member.to_string()]) {
            let error = text.parse::<Rules>().expect_err(&text);
            let is_told =
                matches!(error, InvalidRules::WrongType { member: of, .. } if of == member);
            assert!(is_told, "{text}: {error}");
        }
    }
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
    for member in Member::ALL {
        let error = format!("{member}=()").parse::<Rules>().expect_err("empty");
        let is_told = matches!(
            error,
            InvalidRules::EmptyList(_) | InvalidRules::WrongType { .. }
        );
        assert!(is_told, "{member}: {error}");
    }
    check("ip-allow=()", "member `ip-allow` is an empty list");
    check("asn-allow=()", "member `asn-allow` is an empty list");
    check("from=@2, until=@2", "`from` is not before `until`");
    check(
        "applies-until=@2, applies-from=@3",
        "`applies-from` is not before `applies-until`",
    );
    assert!("from=@3, applies-until=@2".parse::<Rules>().is_ok());
    for number in ["-1", "4294967296", "999999999999999"] {
        check(
            &format!("asn-deny=(1 {number})"),
            "member `asn-deny`, item 2: expected a number from 0 to 4294967295",
        );
    }
    check(
        "ip-deny-list=(\"a\" \"a b\")",
        "member `ip-deny-list`, item 2: expected the name of an ACL: 1 to 255 of the characters `A-Z a-z 0-9 _ -`",
    );
    check(
        "revoked-keys=(\"\")",
        "member `revoked-keys`, item 1: expected 1 to 32 of the characters `A-Z a-z 0-9 _ -`",
    );
    check(
        "days=(mon tues)",
        "member `days`, item 2: expected a day of the week: `mon` `tue` `wed` `thu` `fri` `sat` `sun`",
    );
    check(
        "hours=(\"17-9\")",
        "member `hours`, item 1: expected hours such as `9-17` or, into the next day, `22-26`: from 0 to 48, rising",
    );
    check(
        "geo-deny=(\"postal:90045\")",
        "member `geo-deny`, item 1: expected a country and the first 1 to 10 characters of a postal code: `postal:US-90045`",
    );
    check(
        "geo-allow=(\"circle:91,0,1\")",
        "member `geo-allow`, item 1: expected a circle such as `circle:40.4,-3.7,50`: degrees of up to 6 decimals, and 0.001 to 20037 kilometres",
    );
    check(
        "proxy-deny=(socks)",
        "member `proxy-deny`, item 1: expected a class of proxy: `anonymous` `public` `corporate` `transparent` `hosting` `edu` `vpn` `tor` `residential` `smart-dns` `relay`",
    );
}

#[test]
fn err_keys_are_revoked_by_the_account_only() {
    let rules: Rules = r#"revoked-keys=("web-1")"#.parse().unwrap();
    for layer in LayerKind::ALL {
        let want = match layer {
            LayerKind::Account => Ok(()),
            LayerKind::Video | LayerKind::Right | LayerKind::Key => {
                Err(InvalidRules::Misplaced(Member::RevokedKeys))
            }
        };
        assert_eq!(rules.check_layer(layer), want, "{layer}");
        assert_eq!(Rules::default().check_layer(layer), Ok(()), "{layer}");
    }
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
