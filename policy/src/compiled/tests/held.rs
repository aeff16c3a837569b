//! What an entry tells of the rules it holds.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The rules that an entry of these rules tells.
fn held(text: &str) -> String {
    let bytes = bytes(text);
    let layers = Compiled::read(&bytes).unwrap().to_layers(0);
    assert_eq!(layers.len(), 1, "{text}");
    layers[0].rules.to_string()
}

#[test]
fn rules_are_told_as_they_were_written() {
    for text in [
        r#"ip-allow=("203.0.113.0/24" "2001:db8::/32")"#,
        r#"ip-deny=("203.0.113.9" "2001:db8::1")"#,
        r#"ip-allow-list=("offices" "partners"), ip-deny-list=("rogues")"#,
        "asn-allow=(0 4294967295), asn-deny=(64496)",
        r#"geo-allow=("circle:40.4,-3.7,50" "postal:US-90045" "metro:501" "US-NY" "DE")"#,
        r#"geo-deny=("circle:-1,1,0.5" "postal:GB-SW1" "metro:1" "GB-1" "AD" "ZW")"#,
        r#"geo-allow=("usmil")"#,
        "geo-default=deny",
        "geo-default=allow",
        r#"geo-allow=("DE"), geo-default=deny"#,
        r#"geo-allow=("DE"), geo-default=allow"#,
        r#"geo-deny=("DE"), geo-default=deny"#,
        "proxy-deny=(anonymous relay)",
        r#"domain-allow=("https://a.example" "b.example" "*.c.example")"#,
        r#"domain-deny=("https://a.example" "b.example" "*.c.example")"#,
        r#"domain-allow=("b.example"), domain-missing=allow"#,
        r#"domain-deny=("b.example"), domain-missing=deny"#,
        "domain-missing=allow",
        "domain-missing=deny",
        "from=@1, until=@2, applies-from=@-1, applies-until=@2",
        r#"days=(mon sun), hours=("0-1" "9-17" "22-26" "47-48")"#,
        r#"hours=("0-48")"#,
        r#"token=required, revoked-keys=("a" "b")"#,
    ] {
        assert_eq!(held(text), text);
    }
}

#[test]
fn rules_are_told_in_the_fewest_words() {
    for (text, want) in [
        (
            r#"ip-deny=("203.0.113.128/25" "203.0.113.7" "203.0.113.0/25")"#,
            r#"ip-deny=("203.0.113.0/24")"#,
        ),
        (r#"geo-allow=("usmil" "DE")"#, r#"geo-allow=("DE")"#),
        (r#"geo-deny=("usmil")"#, "geo-default=allow"),
        // A rule about places that names nobody still made the networks exempt, not required.
        (
            r#"ip-allow=("203.0.113.7"), geo-deny=("usmil")"#,
            r#"ip-allow=("203.0.113.7"), geo-default=allow"#,
        ),
        (
            r#"geo-deny=("DE"), geo-default=allow"#,
            r#"geo-deny=("DE")"#,
        ),
        (
            r#"domain-allow=("b.example"), domain-missing=deny"#,
            r#"domain-allow=("b.example")"#,
        ),
        (
            r#"domain-deny=("b.example"), domain-missing=allow"#,
            r#"domain-deny=("b.example")"#,
        ),
        (r#"hours=("9-12" "11-17")"#, r#"hours=("9-17")"#),
        (r#"hours=("12-24" "0-12")"#, "geo-default=allow"),
        ("days=(mon tue wed thu fri sat sun)", "geo-default=allow"),
    ] {
        assert_eq!(held(text), want, "{text}");
    }
}

#[test]
fn every_layer_is_told_with_whether_it_holds() {
    let rules: Rules = "until=@1, applies-until=@10".parse().unwrap();
    let enforced = compile(&[(LayerKind::Video, &rules), (LayerKind::Account, &rules)]);
    let tried = compile_report_only(&[(LayerKind::Right, &rules)]);
    let both = [enforced, tried].concat();
    let compiled = Compiled::read(&both).unwrap();
    for (now, applies) in [(9, true), (10, false)] {
        let held = |layer, enforced| HeldLayer {
            layer,
            enforced,
            applies,
            rules: rules.clone(),
        };
        let want = [
            held(LayerKind::Account, true),
            held(LayerKind::Video, true),
            held(LayerKind::Right, false),
        ];
        assert_eq!(compiled.to_layers(now), want, "{now}");
    }
    assert_eq!(
        serde_json::to_string(&compiled.to_layers(10)[2]).unwrap(),
        r#"{"layer":"right","enforced":false,"applies":false,"rules":"until=@1, applies-until=@10"}"#
    );
}
