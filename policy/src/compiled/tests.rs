use super::*;
use crate::Rules;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const RULES: &str = r#"ip-allow=("203.0.113.0/24" "2001:db8::/32"), ip-deny=("203.0.113.9"), geo-allow=("DE" "US-NY" "metro:501"), geo-deny=("KP"), geo-default=deny, proxy-deny=(vpn), domain-allow=("https://www.example.com" "example.org" "*.example.net"), domain-deny=("bad.example"), from=@1, until=@2"#;

fn bytes(text: &str) -> Vec<u8> {
    compile(&[(LayerKind::Video, &text.parse::<Rules>().unwrap())])
}

#[test]
fn rules_cut_short_anywhere_cannot_be_read() {
    let whole = bytes(RULES);
    assert!(Compiled::read(&whole).is_ok());
    for len in 1..whole.len() {
        assert!(
            Compiled::read(&whole[..len]).is_err(),
            "{len} of {} bytes",
            whole.len()
        );
    }
}

#[test]
fn an_unknown_section_is_not_skipped() {
    let mut whole = bytes("from=@1");
    assert_eq!(whole[5], writer::Tag::From as u8);
    for tag in [0, writer::Tag::ALL.len() as u8 + 1, 255] {
        whole[5] = tag;
        assert_eq!(
            Compiled::read(&whole).err(),
            Some(InvalidCompiled("unknown section"))
        );
    }
}

#[test]
fn every_tag_is_at_its_own_position() {
    for (at, tag) in writer::Tag::ALL.into_iter().enumerate() {
        assert_eq!(tag as usize, at + 1, "{tag:?}");
    }
    for (at, kind) in LayerKind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, at);
    }
    for (at, member) in Member::ALL.into_iter().enumerate() {
        assert_eq!(member as usize, at);
    }
}

#[test]
fn only_what_rules_look_at_is_needed() {
    let needs = |text: &str| Compiled::read(&bytes(text)).unwrap().needs();
    let geolocation = Needs {
        geolocation: true,
        site: false,
    };
    assert_eq!(needs(r#"ip-allow=("203.0.113.0/24")"#), Needs::default());
    assert_eq!(needs("from=@1, geo-default=allow"), Needs::default());
    assert_eq!(needs("geo-default=deny"), geolocation);
    assert_eq!(needs(r#"geo-deny=("US-NY")"#), geolocation);
    assert_eq!(needs(r#"geo-allow=("metro:501")"#), geolocation);
    assert_eq!(needs("proxy-deny=(vpn)"), geolocation);
    assert_eq!(
        needs("domain-missing=deny"),
        Needs {
            geolocation: false,
            site: true
        }
    );
}

#[test]
fn touching_networks_become_one_range() {
    let two = bytes(r#"ip-deny=("203.0.113.128/25" "203.0.113.0/25")"#);
    assert_eq!(two, bytes(r#"ip-deny=("203.0.113.0/24")"#));
    let nested = bytes(r#"ip-deny=("203.0.113.0/24" "203.0.113.7" "0.0.0.0/0")"#);
    assert_eq!(nested, bytes(r#"ip-deny=("0.0.0.0/0")"#));
}
