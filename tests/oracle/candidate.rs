//! What the policy decides, by the ways it comes to its rules.

use playback_policy::{
    Compiled, Decision, KeyGeo, LayerKind, PlaybackError, PolicyKey, PolicyKeyData, ProxyClasses,
    Rules, Site, TokenState, Viewer, ViewerPlace, VpnFacts, compile, compile_report_only, decide,
    decide_reported,
};

use crate::case::{Key, RuleSet, Want, Who};

/// What geolocation data says of a position where it knows none.
const NOWHERE: f64 = 999.9;

/// The same rules, compiled in several ways. All of them must decide alike.
pub(crate) struct Candidate {
    /// The answer's rules, and those of the policy key that the edge lays over them.
    entry: Vec<u8>,
    key: Vec<u8>,
    /// All in one, last layer first.
    backwards: Vec<u8>,
    /// All of them only reporting.
    reported: Vec<u8>,
    key_id: Option<String>,
}

/// An answer, and the way it was come to.
pub(crate) struct Answer {
    pub(crate) way: &'static str,
    pub(crate) told: Want,
}

impl Candidate {
    /// Reads and compiles; says what cannot be read.
    pub(crate) fn new(rules: &RuleSet) -> Result<Self, String> {
        let mut entry = Vec::new();
        let owned = [
            (LayerKind::Account, &rules.account),
            (LayerKind::Video, &rules.video),
            (LayerKind::Right, &rules.right),
        ];
        for (kind, layer) in owned {
            if let Some(layer) = layer {
                let text = layer.text();
                let rules = text.parse::<Rules>();
                entry.push((kind, rules.map_err(|error| format!("`{text}`: {error}"))?));
            }
        }
        let key = rules.key.as_ref().map(policy_key).transpose()?;
        let of_the_key = key.iter().flat_map(|key| &key.rules);
        let of_the_key: Vec<_> = of_the_key.map(|rules| (LayerKind::Key, rules)).collect();
        let entry: Vec<_> = entry.iter().map(|(kind, rules)| (*kind, rules)).collect();
        let mut all = [entry.clone(), of_the_key.clone()].concat();
        let reported = [compile(&[]), compile_report_only(&all)].concat();
        all.reverse();
        Ok(Self {
            entry: compile(&entry),
            key: compile(&of_the_key),
            backwards: compile(&all),
            reported,
            key_id: key.as_ref().and_then(|key| key.key_id.clone()),
        })
    }

    pub(crate) fn answers(&self, who: &Who) -> [Answer; 5] {
        let viewer = self.viewer(who);
        let answer = |way, decision| Answer {
            way,
            told: told(decision, &viewer),
        };
        let overlaid = read(&self.entry).overlaid(read(&self.key));
        let twice = read(&self.backwards).overlaid(read(&self.entry));
        let reported = read(&self.reported);
        let needed = needed(&overlaid, viewer.clone());
        [
            answer("overlaid", decide(&overlaid, &viewer)),
            answer("told only what it needs", decide(&overlaid, &needed)),
            answer("backwards", decide(&read(&self.backwards), &viewer)),
            answer("laid over twice", decide(&twice, &viewer)),
            answer("reported only", decide_reported(&reported, &viewer)),
        ]
    }

    fn viewer(&self, who: &Who) -> Viewer {
        let record = &who.record;
        let country = record.country.as_deref().unwrap_or("?");
        let region = record.subdivision.as_deref();
        let region = region.and_then(|code| Some(code.split_once('-')?.1));
        let degrees = |degrees: Option<f64>| degrees.unwrap_or(NOWHERE);
        let label = |label: &Option<String>| label.clone().unwrap_or("?".to_owned());
        let proxy = ProxyClasses::from_labels(
            &label(&record.proxy_type),
            &label(&record.proxy_description),
        );
        Viewer {
            acls: who.acls.clone(),
            asn: record.is_known().then(|| record.asn.unwrap_or(0)),
            place: ViewerPlace::from_labels(country, region, record.metro.unwrap_or(0))
                .with_postal(&label(&record.postal))
                .with_position(degrees(record.latitude), degrees(record.longitude)),
            proxy: proxy.with_vpn(facts(&who.vpn)),
            site: Site::from_headers(
                who.origin.iter().map(String::as_bytes),
                who.referer.as_deref().map(str::as_bytes),
            ),
            token: match who.token.as_deref() {
                None => TokenState::Missing,
                Some("valid") => TokenState::Valid,
                Some(_) => TokenState::Invalid,
            },
            key_id: self.key_id.clone(),
            // As the edge makes one.
            ..Viewer::new(who.ip, who.time)
        }
    }
}

fn read(bytes: &[u8]) -> Compiled<'_> {
    Compiled::read(bytes).expect("what was compiled can be read")
}

/// The viewer of whom nothing is found out that the rules do not look at.
fn needed(rules: &Compiled<'_>, mut viewer: Viewer) -> Viewer {
    let needs = rules.needs();
    if !needs.geolocation {
        viewer.asn = None;
        viewer.place = ViewerPlace::default();
        viewer.proxy = ProxyClasses::default();
    }
    if !needs.site {
        viewer.site = Site::Missing;
    }
    if !needs.token {
        viewer.token = TokenState::Missing;
    }
    let lists = match needs.acls {
        true => rules.acl_names(viewer.now),
        false => Vec::new(),
    };
    viewer.acls.retain(|list| lists.contains(&list.as_str()));
    viewer
}

fn told(decision: Decision<'_>, viewer: &Viewer) -> Want {
    let Decision::Deny(denial) = decision else {
        return Want {
            decision: "allow".to_owned(),
            status: 200,
            ..Want::default()
        };
    };
    let error = PlaybackError::Denied(denial.reason(viewer.place.country));
    Want {
        decision: "deny".to_owned(),
        layer: Some(denial.layer.to_string()),
        member: Some(denial.member.to_string()),
        status: error.status(),
        code: Some(error.code().to_owned()),
        subcode: error.subcode().map(str::to_owned),
        client_geo: error.client_geo(),
    }
}

fn policy_key(key: &Key) -> Result<PolicyKey, String> {
    let data = PolicyKeyData {
        account_id: "1".to_owned(),
        key_id: key.key_id.clone(),
        apis: Vec::new(),
        allowed_domains: key.allowed_domains.clone(),
        geo: key.geo.as_ref().map(|geo| KeyGeo {
            countries: geo.countries.clone(),
            exclude_countries: geo.exclude_countries,
        }),
        require_ad_config: false,
        rules: key.rules.as_ref().map(|rules| rules.text()),
    };
    PolicyKey::try_from(&data).map_err(|error| format!("{data:?}: {error}"))
}

fn facts(names: &[String]) -> VpnFacts {
    let says = |name: &str| names.iter().any(|known| known == name);
    VpnFacts {
        anonymous: says("anonymous"),
        anonymous_vpn: says("anonymous_vpn"),
        hosting_provider: says("hosting_provider"),
        proxy_over_vpn: says("proxy_over_vpn"),
        public_proxy: says("public_proxy"),
        relay_proxy: says("relay_proxy"),
        residential_proxy: says("residential_proxy"),
        smart_dns_proxy: says("smart_dns_proxy"),
        tor_exit_node: says("tor_exit_node"),
        vpn_datacenter: says("vpn_datacenter"),
    }
}
