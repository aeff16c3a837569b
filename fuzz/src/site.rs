//! Sites. The first line is a pattern, every other a header: `origin: …` or `referer: …`.

use playback_policy::{
    Compiled, Decision, DomainPattern, LayerKind, Rules, Site, Verdict, Viewer, compile, decide,
};

use crate::input::byte_lines;

/// A pattern prints and reads back as itself; a known site is its own `Origin`, and is named by the
/// patterns made of it. Compiled rules match as the pattern does.
pub fn site(data: &[u8]) {
    let mut lines = byte_lines(data);
    let pattern = lines.next().unwrap_or_default();
    let mut origins = Vec::new();
    let mut referer = None;
    for line in lines {
        match (
            line.strip_prefix(b"origin: "),
            line.strip_prefix(b"referer: "),
        ) {
            (Some(origin), _) => origins.push(origin),
            (None, Some(value)) => referer = Some(value),
            (None, None) => {}
        }
    }
    let is_silent = origins.is_empty() && referer.is_none();
    let site = Site::from_headers(origins, referer);
    assert_eq!(site == Site::Missing, is_silent, "{site:?}");
    is_named_by_its_own_patterns(&site);
    let pattern = std::str::from_utf8(pattern).map(str::parse::<DomainPattern>);
    if let Ok(Ok(pattern)) = pattern {
        let text = pattern.to_string();
        assert!(text.is_ascii(), "{text}");
        assert_eq!(text.parse().as_ref(), Ok(&pattern), "{text}");
        decides_alike(&pattern, &site);
    }
}

fn is_named_by_its_own_patterns(site: &Site) {
    let (Some(origin), Some(host)) = (site.origin(), site.host()) else {
        return;
    };
    assert_eq!(
        Site::from_headers([origin.as_bytes()], None),
        *site,
        "{origin}"
    );
    let page = format!("{origin}/a/b?c#d");
    assert_eq!(
        Site::from_headers([], Some(page.as_bytes())),
        *site,
        "{page}"
    );
    let pattern: DomainPattern = origin.parse().expect("an origin is a pattern");
    assert!(pattern.matches(site), "{pattern} and {origin}");
    for (scheme, port) in [("http", 81), ("http", 82), ("https", 81)] {
        let other = format!("{scheme}://{host}:{port}");
        let is_it = pattern.matches(&Site::from_headers([other.as_bytes()], None));
        assert_eq!(is_it, other == origin, "{pattern} and {other}");
    }
    // An IPv6 address is no host of a pattern: it would look like a port.
    if !host.starts_with('[') {
        let pattern: DomainPattern = host.parse().expect("a host is a pattern");
        assert!(pattern.matches(site), "{pattern} and {origin}");
    }
}

/// As the only site that is allowed, and as the only one that is denied.
fn decides_alike(pattern: &DomainPattern, site: &Site) {
    let mut viewer = Viewer::new([203, 0, 113, 7].into(), 0);
    viewer.site = site.clone();
    let is_known = matches!(site, Site::Known { .. });
    let allowing = Rules {
        domain_allow: vec![pattern.clone()],
        ..Rules::default()
    };
    let denying = Rules {
        domain_deny: vec![pattern.clone()],
        domain_missing: Some(Verdict::Deny),
        ..Rules::default()
    };
    let is_allowed = is_allowed(&allowing, &viewer);
    assert_eq!(is_allowed, pattern.matches(site), "{pattern} and {site:?}");
    let is_left = !is_known || pattern.matches(site);
    assert_eq!(
        self::is_allowed(&denying, &viewer),
        !is_left,
        "{pattern} and {site:?}"
    );
}

fn is_allowed(rules: &Rules, viewer: &Viewer) -> bool {
    let bytes = compile(&[(LayerKind::Video, rules)]);
    let compiled = Compiled::read(&bytes).expect("what was compiled is read");
    decide(&compiled, viewer) == Decision::Allow
}
