//! Rule sets and viewers that benchmarks share.

use std::net::IpAddr;

use playback_policy::{LayerKind, Rules, Viewer, ViewerPlace, compile};

/// Compiled rules that deny `count` networks of IPv4 and as many of IPv6, and allow six countries.
///
/// The networks lie apart from each other, so that none merge.
#[must_use]
pub fn with_networks(count: u32) -> Vec<u8> {
    let v4 = (0..count).map(|at| {
        let octets = (0x0a00_0000 + at * 512).to_be_bytes();
        format!("{}/24", IpAddr::from(octets))
    });
    let v6 = (0..count).map(|at| format!("2001:db8:{:x}:{:x}::/64", at >> 16, at & 0xffff));
    let mut rules = parsed(r#"geo-allow=("DE" "AT" "CH" "FR" "US" "CA")"#);
    rules.ip_deny = v4.chain(v6).map(|text| text.parse().unwrap()).collect();
    compile(&[
        (LayerKind::Account, &Rules::default()),
        (LayerKind::Video, &rules),
    ])
}

/// Compiled rules with every kind of member, in all four layers.
#[must_use]
pub fn with_every_member() -> Vec<u8> {
    let account = parsed(r#"ip-deny=("192.0.2.0/24" "2001:db8:bad::/48"), proxy-deny=(tor)"#);
    let video = parsed(
        r#"geo-allow=("DE" "AT" "CH" "FR" "US"), geo-deny=("US-NY" "metro:501"), from=@1767225600, until=@1798761600"#,
    );
    let right = parsed(
        r#"geo-deny=("KP"), proxy-deny=(anonymous vpn), domain-allow=("*.example.com" "https://player.example.org")"#,
    );
    let key = parsed(r#"domain-allow=("https://www.example.com")"#);
    compile(&[
        (LayerKind::Account, &account),
        (LayerKind::Video, &video),
        (LayerKind::Right, &right),
        (LayerKind::Key, &key),
    ])
}

/// A viewer in Paris whom all these rules allow.
#[must_use]
pub fn viewer() -> Viewer {
    let mut viewer = Viewer::new([203, 0, 113, 7].into(), 1_767_225_600);
    viewer.place = ViewerPlace::from_labels("FR", Some("IDF"), 0);
    viewer.site = playback_policy::Site::from_headers([&b"https://www.example.com"[..]], None);
    viewer
}

fn parsed(text: &str) -> Rules {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}
