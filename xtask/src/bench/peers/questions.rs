//! What everybody is asked, and must answer alike.

use super::stage::Keys;
use crate::bench::load::Load;

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) path: String,
    key: Option<String>,
    viewer: &'static str,
    /// `Origin` or `Referer`.
    site: Option<(&'static str, &'static str)>,
}

/// What is measured.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    pub(super) what: &'static str,
    pub(super) question: Question,
    pub(super) status: u16,
}

/// In the demo; its account restricts nothing, each video's own rules and its playback right decide.
pub(super) const DEMO: &str = "5820417306001";
/// In `bench/peers/catalog.json`. The video's id is nobody else's: the origin has each only once.
pub(super) const MANY_RULES: &str = "peers-bench";
const MANY_RULES_VIDEO: &str = "many-rules";

const UNRESTRICTED: &str = "6475399118104";
const GEO_ALLOW: &str = "6634752609955";

/// Videos whose rules look at where a viewer is.
const BY_PLACE: [&str; 9] = [
    UNRESTRICTED,
    GEO_ALLOW,
    "62939448109",   // all but two countries
    "5171082116929", // all but one
    "5983253296173", // a list, and all others by default
    "480610833657",  // not from some networks
    "62574941519",   // from some networks only
    "68754873412",   // from some addresses only
    "5425281086601", // a playback right's countries
];

const LONDON: &str = "203.0.113.10";
const PARIS: &str = "203.0.113.5";
/// In London, in Paris, in a newsroom that some videos are for, in a network that some are not for, and
/// nobody knows where.
const VIEWERS: [&str; 5] = [
    LONDON,
    PARIS,
    "203.0.113.129",
    "2001:db8:107e:2::1",
    "203.0.113.245",
];

/// Videos whose rules look at the embedding site.
const BY_SITE: [&str; 5] = [
    "595960730794",  // two hosts
    "6051005911305", // an origin, or no site at all
    "60612018350",   // not on two sites
    "60474091897",   // a playback right's sites
    "59663135862",   // below a domain
];

const SITES: [Option<(&str, &str)>; 7] = [
    None,
    Some(("Origin", "https://www.kittiwake-tv.example")),
    Some(("Origin", "http://www.kittiwake-tv.example:8080")),
    Some(("Origin", "https://a.schools.example:443")),
    Some(("Origin", "https://clip-farm.example")),
    Some(("Origin", "null")),
    Some(("Referer", "https://desk.partner-press.example/page?x=1")),
];

pub(super) fn all(keys: &Keys) -> Vec<Question> {
    let mut all = Vec::new();
    let demo = |video| Question::new(DEMO, video, &keys.demo);
    for video in BY_PLACE {
        all.extend(VIEWERS.map(|viewer| demo(video).of(viewer)));
    }
    for video in BY_SITE {
        all.extend(SITES.map(|site| demo(video).on(site)));
    }
    let many = || Question::new(MANY_RULES, MANY_RULES_VIDEO, &keys.many_rules);
    all.extend(VIEWERS.map(|viewer| many().of(viewer).on(SITES[1])));
    all.extend(
        ["198.18.8.9", "198.19.3.49", "2001:db8:beef:300::1"].map(|viewer| many().of(viewer)),
    );
    all.extend([
        many(),
        demo("no-such-video"),
        demo("6177084409165"), // switched off
        Question {
            key: None,
            ..demo(UNRESTRICTED)
        },
        Question::new(DEMO, UNRESTRICTED, &keys.many_rules),
        Question::new(DEMO, UNRESTRICTED, &forged(&keys.demo)),
        Question::new(DEMO, UNRESTRICTED, "AQEx"),
    ]);
    all
}

/// Videos with rules that are not compared. A peer must refuse them: what cannot be read lets nobody in.
pub(super) fn beyond(keys: &Keys) -> [Question; 4] {
    [
        "565427860420",  // proxies
        "500826718046",  // a subdivision
        "520725015781",  // a window
        "5104190978385", // a metro
    ]
    .map(|video| Question::new(DEMO, video, &keys.demo))
}

/// The first is the plainest.
pub(super) fn kinds(keys: &Keys) -> [Kind; 3] {
    let demo = |video| Question::new(DEMO, video, &keys.demo);
    let many = Question::new(MANY_RULES, MANY_RULES_VIDEO, &keys.many_rules);
    [
        Kind {
            what: "hit, no restriction",
            question: demo(UNRESTRICTED),
            status: 200,
        },
        Kind {
            what: "hit, many rules",
            question: many.on(SITES[1]),
            status: 200,
        },
        Kind {
            what: "refused by country",
            question: demo(GEO_ALLOW).of(PARIS),
            status: 403,
        },
    ]
}

/// The key with another letter in its tag.
fn forged(key: &str) -> String {
    let (head, rest) = key.split_at(10.min(key.len()));
    let other = if rest.starts_with('A') { 'B' } else { 'A' };
    format!("{head}{other}{}", rest.get(1..).unwrap_or_default())
}

// === impl Question ===

impl Question {
    fn new(account: &str, video: &str, key: &str) -> Self {
        Self {
            path: format!("/playback/v1/accounts/{account}/videos/{video}"),
            key: Some(key.to_owned()),
            viewer: LONDON,
            site: None,
        }
    }

    fn of(self, viewer: &'static str) -> Self {
        Self { viewer, ..self }
    }

    fn on(self, site: Option<(&'static str, &'static str)>) -> Self {
        Self { site, ..self }
    }

    /// The same, to one server; the status is for who measures it.
    pub(super) fn to(&self, server: &str, viewer_header: &str) -> Load {
        let mut headers = vec![(viewer_header.to_owned(), self.viewer.to_owned())];
        headers.extend(
            self.site
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let load = Load {
            url: format!("{server}{}", self.path),
            headers,
            ..Load::default()
        };
        match &self.key {
            Some(key) => load.with_key(key),
            None => load,
        }
    }

    /// As a person would tell it.
    pub(super) fn told(&self) -> String {
        let site = self.site.map_or("no site", |(_, site)| site);
        format!("{} of {} on {site}", self.path, self.viewer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_key_differs_in_its_tag_alone() {
        assert_eq!(forged("AQEabcdefgAjk"), "AQEabcdefgBjk");
        assert_eq!(forged("AQEabcdefghjk"), "AQEabcdefgAjk");
    }
}
