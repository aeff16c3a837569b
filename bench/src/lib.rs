//! Rule sets and viewers that benchmarks share.

pub mod operations;
pub mod timing;

use std::net::IpAddr;

use playback_policy::{
    DomainPattern, LayerKind, Rules, Site, TokenState, Viewer, ViewerPlace, compile,
};

/// What a large publisher says of one video, beside its networks: 40 countries, 3 regions, 12 metros, 20
/// domains, proxies and a window.
const MEMBERS: &str = r#"
    geo-allow=("AT" "BE" "BG" "CA" "CH" "CY" "CZ" "DE" "DK" "EE" "ES" "FI" "FR" "GB" "GR" "HR" "HU"
        "IE" "IS" "IT" "JP" "KR" "LI" "LT" "LU" "LV" "MT" "MX" "NL" "NO" "NZ" "PL" "PT" "RO" "SE"
        "SG" "SI" "SK" "TW" "US"),
    geo-deny=("US-NY" "US-TX" "US-FL" "metro:602" "metro:618" "metro:623" "metro:641" "metro:751"
        "metro:753" "metro:803" "metro:807" "metro:819" "metro:825" "metro:839" "metro:862"),
    proxy-deny=(anonymous vpn tor),
    from=@1767225600, until=@1798761600
"#;

/// Compiled rules with so many networks, half of each family, and everything else that a large publisher
/// says of a video.
///
/// The networks lie apart from each other, so that none merge.
#[must_use]
pub fn with_networks(count: u32) -> Vec<u8> {
    let v4 = (0..count.div_ceil(2)).map(|at| {
        let octets = (0x0a00_0000 + at * 512).to_be_bytes();
        format!("{}/24", IpAddr::from(octets))
    });
    let v6 = (0..count / 2).map(|at| format!("2001:db8:{:x}:{:x}::/64", at >> 16, at & 0xffff));
    let mut rules = parsed(&MEMBERS.replace('\n', " "));
    rules.ip_deny = v4.chain(v6).map(|text| text.parse().unwrap()).collect();
    rules.domain_allow = domains(20);
    compile(&[
        (LayerKind::Account, &Rules::default()),
        (LayerKind::Video, &rules),
    ])
}

/// Compiled rules that allow so many domains and nothing else; the viewer's is one of them.
#[must_use]
pub fn with_domains(count: usize) -> Vec<u8> {
    let rules = Rules {
        domain_allow: domains(count),
        ..Rules::default()
    };
    compile(&[
        (LayerKind::Account, &Rules::default()),
        (LayerKind::Video, &rules),
    ])
}

/// Compiled rules with every kind of member, in all four layers.
#[must_use]
pub fn with_every_member() -> Vec<u8> {
    let account = parsed(
        r#"ip-deny=("192.0.2.0/24" "2001:db8:bad::/48"), ip-deny-list=("bots"), asn-deny=(64496 64511), proxy-deny=(tor), revoked-keys=("leaked" "old")"#,
    );
    let video = parsed(
        r#"geo-allow=("DE" "AT" "CH" "FR" "US"), geo-deny=("US-NY" "metro:501" "postal:US-90045" "circle:40.4,-3.7,50"), from=@1767225600, until=@1798761600, days=(mon tue wed thu fri), hours=("0-20"), token=required"#,
    );
    let right = parsed(
        r#"ip-allow=("198.51.100.0/24"), ip-allow-list=("offices"), asn-allow=(64500), geo-deny=("KP"), geo-default=allow, proxy-deny=(anonymous vpn), domain-allow=("*.example.com" "https://player.example.org"), domain-deny=("bad.example.com"), domain-missing=allow, applies-from=@1767225600, applies-until=@1798761600"#,
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
    // A Thursday, at midnight.
    let mut viewer = Viewer::new([203, 0, 113, 7].into(), 1_767_225_600);
    viewer.asn = Some(64_499);
    viewer.place = ViewerPlace::from_labels("FR", Some("IDF"), 0)
        .with_postal("75001")
        .with_position(48.86, 2.35);
    viewer.site = Site::from_headers([&b"https://www.example.com"[..]], None);
    viewer.token = TokenState::Valid;
    viewer.key_id = Some("web".to_owned());
    viewer
}

/// Origins, hosts and parents in turns.
fn domains(count: usize) -> Vec<DomainPattern> {
    let other = (1..count).map(|at| match at % 3 {
        0 => format!("https://www{at}.example.com"),
        1 => format!("player{at}.example.net"),
        _ => format!("*.site{at}.example.org"),
    });
    let all = std::iter::once("https://www.example.com".to_owned()).chain(other);
    all.map(|text| text.parse().expect("a domain")).collect()
}

fn parsed(text: &str) -> Rules {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}
