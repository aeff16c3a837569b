use super::*;
use crate::Rules;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod held;
mod layers;

const RULES: &str = concat!(
    r#"ip-allow=("203.0.113.0/24" "2001:db8::/32"), ip-deny=("203.0.113.9"), "#,
    r#"ip-allow-list=("offices" "partners"), ip-deny-list=("rogues"), "#,
    r#"asn-allow=(0 4294967295), asn-deny=(64496), "#,
    r#"geo-allow=("DE" "US-NY" "metro:501" "postal:US-90045" "circle:40.4,-3.7,50" "usmil"), "#,
    r#"geo-deny=("KP" "postal:GB-SW1" "circle:-1,1,0.5"), geo-default=deny, proxy-deny=(vpn), "#,
    r#"domain-allow=("https://www.example.com" "example.org" "*.example.net"), "#,
    r#"domain-deny=("bad.example"), from=@1, until=@2, days=(mon), hours=("9-17"), "#,
    r#"applies-from=@1, applies-until=@2, token=required, revoked-keys=("a" "b")"#,
);

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
    let whole = bytes("from=@1");
    for bit in 0..64 {
        let mut other = whole.clone();
        other[5..13].copy_from_slice(&(1_u64 << bit).to_le_bytes());
        let message = Compiled::read(&other).err().map(|error| error.0);
        let want = match Tag::numbered(bit + 1) {
            Some(_) => message.filter(|message| *message != "unknown section"),
            None => Some("unknown section"),
        };
        assert_eq!(message, want, "bit {bit}");
    }
}

#[test]
fn every_tag_is_at_its_own_position() {
    for (at, tag) in Tag::ALL.into_iter().enumerate() {
        assert_eq!(tag as usize, at + 1, "{tag:?}");
    }
    for (at, kind) in LayerKind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, at);
    }
}

/// Entries that were cached by older programs name members so.
#[test]
fn every_member_keeps_its_number() {
    let mut names = [""; Member::ALL.len()];
    for member in Member::ALL {
        names[member as usize] = member.as_str();
    }
    let old = "ip-allow ip-deny geo-allow geo-deny geo-default proxy-deny domain-allow \
               domain-deny domain-missing from until";
    let new = "ip-allow-list ip-deny-list asn-allow asn-deny days hours applies-from \
               applies-until token revoked-keys";
    assert_eq!(names.join(" "), format!("{old} {new}"));
}

#[test]
fn every_section_is_written_and_read() {
    let whole = bytes(RULES);
    let tags = Tags::read(whole[5..13].try_into().unwrap()).unwrap();
    // The one address of version 6 that is denied is missing.
    let others = [
        Tag::V6Deny,
        Tag::MetroDeny,
        Tag::SubdivisionDeny,
        Tag::OriginDeny,
        Tag::BelowDeny,
    ];
    let is_written = |tag: &Tag| !others.contains(tag);
    let want: Vec<_> = Tag::ALL.into_iter().filter(is_written).collect();
    assert_eq!(tags.iter().collect::<Vec<_>>(), want);
    assert_eq!(
        whole.len() - 5,
        u32::from_le_bytes(whole[1..5].try_into().unwrap()) as usize
    );
}

#[test]
fn a_section_that_does_not_follow_the_one_before_is_not_read() {
    let whole = bytes("from=@1, until=@2");
    let bounds = |layer: &[u8]| [0, 1, 2].map(|at| layer[13 + 4 * at]);
    assert_eq!(bounds(&whole), [12, 20, 28]);
    for (at, bounds) in [
        (0, [0, 11, 13, 20]),
        (1, [0, 12, 19, 21]),
        (2, [0, 20, 27, 29]),
    ] {
        for bound in bounds.into_iter().chain([28_u32.wrapping_neg(), u32::MAX]) {
            let mut other = whole.clone();
            other[13 + 4 * at..][..4].copy_from_slice(&bound.to_le_bytes());
            assert!(Compiled::read(&other).is_err(), "bound {at} is {bound}");
        }
    }
}

#[test]
fn a_malformed_section_is_not_read() {
    let rows: [(Tag, &[u8]); 16] = [
        (Tag::AsnDeny, &[1, 2, 3]),
        (Tag::AsnAllow, &[1, 2, 3, 4, 5]),
        (Tag::CircleDeny, &[0; 11]),
        (Tag::CircleAllow, &[0; 13]),
        (Tag::PostalDeny, &[1, 0, 0]),
        (Tag::AclDeny, &[1, 0, 0, 0]),
        (Tag::RevokedKeys, &[]),
        (Tag::ProxyDeny, &[1]),
        (Tag::ProxyDeny, &[0, 8]),
        (Tag::Days, &[]),
        (Tag::Days, &[0]),
        (Tag::Days, &[128]),
        (Tag::Hours, &[0; 8]),
        (Tag::Hours, &[0, 0, 0, 0, 0, 0, 1, 0]),
        (Tag::TokenRequired, &[]),
        (Tag::TokenRequired, &[0]),
    ];
    for (tag, content) in rows {
        let len = u8::try_from(content.len()).unwrap();
        let tags = Tags::of(&[tag]).to_bytes();
        let sections = [&tags[..], &[8, 0, 0, 0, 8 + len, 0, 0, 0], content].concat();
        let layer = [&[0, len + 16, 0, 0, 0][..], &sections].concat();
        assert_eq!(
            Compiled::read(&layer).err(),
            Some(InvalidCompiled("malformed section")),
            "{tag:?} {content:?}"
        );
    }
}

#[test]
fn only_what_rules_look_at_is_needed() {
    let needs = |text: &str| Compiled::read(&bytes(text)).unwrap().needs();
    let geolocation = Needs {
        geolocation: true,
        ..Needs::default()
    };
    let acls = Needs {
        acls: true,
        ..Needs::default()
    };
    let token = Needs {
        token: true,
        ..Needs::default()
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
            site: true,
            ..Needs::default()
        }
    );
    assert_eq!(needs("asn-deny=(64496)"), geolocation);
    assert_eq!(needs("asn-allow=(64496)"), geolocation);
    assert_eq!(needs(r#"geo-deny=("circle:1,1,1")"#), geolocation);
    assert_eq!(needs(r#"geo-deny=("postal:US-9")"#), geolocation);
    // Nobody is ever seen there, wherever the viewer is.
    assert_eq!(needs(r#"geo-deny=("usmil")"#), Needs::default());
    assert_eq!(needs(r#"geo-allow=("usmil")"#), geolocation);
    assert_eq!(needs(r#"ip-allow-list=("a")"#), acls);
    assert_eq!(needs(r#"ip-deny-list=("a")"#), acls);
    assert_eq!(needs("token=required"), token);
    assert_eq!(needs("token=required, applies-until=@1"), token);
    assert_eq!(needs(r#"days=(mon), hours=("1-2")"#), Needs::default());
    assert_eq!(needs(r#"revoked-keys=("a")"#), Needs::default());
}

#[test]
fn every_list_that_applies_is_named_once() {
    let account = bytes(r#"ip-deny-list=("rogues" "bots"), applies-from=@10, applies-until=@20"#);
    let video = bytes(r#"ip-allow-list=("offices"), ip-deny-list=("bots")"#);
    let both = [account, video].concat();
    let compiled = Compiled::read(&both).unwrap();
    for (now, want) in [
        (9, &["bots", "offices"][..]),
        (10, &["bots", "offices", "rogues"]),
        (19, &["bots", "offices", "rogues"]),
        (20, &["bots", "offices"]),
    ] {
        assert_eq!(compiled.acl_names(now), want, "{now}");
    }
    assert!(Compiled::default().acl_names(0).is_empty());
}

#[test]
fn touching_networks_become_one_range() {
    let two = bytes(r#"ip-deny=("203.0.113.128/25" "203.0.113.0/25")"#);
    assert_eq!(two, bytes(r#"ip-deny=("203.0.113.0/24")"#));
    let nested = bytes(r#"ip-deny=("203.0.113.0/24" "203.0.113.7" "0.0.0.0/0")"#);
    assert_eq!(nested, bytes(r#"ip-deny=("0.0.0.0/0")"#));
}

#[test]
fn a_list_that_only_reports_is_named_apart() {
    let enforced = bytes(r#"ip-deny-list=("rogues")"#);
    let tried: Rules = r#"ip-allow-list=("offices"), applies-until=@10"#.parse().unwrap();
    let tried = compile_report_only(&[(LayerKind::Video, &tried)]);
    let both = [enforced, tried].concat();
    let compiled = Compiled::read(&both).unwrap();
    for (now, want) in [(9, &["offices"][..]), (10, &[])] {
        assert_eq!(compiled.acl_names(now), ["rogues"], "{now}");
        assert_eq!(compiled.reported_acl_names(now), want, "{now}");
    }
}

#[test]
fn what_is_laid_over_is_judged_too() {
    let of = |layer, text: &str| {
        let rules: Rules = text.parse().unwrap();
        let tried = compile_report_only(&[(layer, &rules)]);
        [compile(&[(layer, &rules)]), tried].concat()
    };
    let entry = of(LayerKind::Video, "until=@1");
    let key = of(LayerKind::Key, "from=@1");
    let (entry, key) = (
        Compiled::read(&entry).unwrap(),
        Compiled::read(&key).unwrap(),
    );
    for both in [entry.clone().overlaid(key.clone()), key.overlaid(entry)] {
        let kinds = both.layers_at(0).map(|layer| layer.kind);
        assert_eq!(
            kinds.collect::<Vec<_>>(),
            [LayerKind::Video, LayerKind::Key]
        );
        let mut reported: Vec<_> = both.reported_at(0).map(|layer| layer.kind).collect();
        reported.sort_unstable();
        assert_eq!(reported, [LayerKind::Video, LayerKind::Key]);
    }
}
