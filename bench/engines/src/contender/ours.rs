//! The decision as the edge makes it: read from the bytes of a cached entry, and decided there.

use ipnet::IpNet;
use playback_policy::{
    Compiled, Decision, LayerKind, Rules, Site, Viewer as Judged, ViewerPlace, compile, decide,
};

use super::Contender;
use crate::{
    restrictions::{COUNTRIES, METROS, PROXIES, Restrictions, SUBDIVISIONS, WINDOW},
    viewer::Viewer,
};

pub(super) struct Ours {
    entry: Vec<u8>,
    viewers: Vec<Judged>,
}

impl Ours {
    pub(super) fn new(rules: &Restrictions, viewers: &[Viewer]) -> Self {
        let video = text(rules).parse().expect("rules that can be read");
        Self {
            entry: compile(&[
                (LayerKind::Account, &Rules::default()),
                (LayerKind::Video, &video),
            ]),
            viewers: viewers.iter().map(judged).collect(),
        }
    }
}

impl Contender for Ours {
    fn allows(&mut self, viewer: usize) -> bool {
        let compiled = Compiled::read(&self.entry).expect("the entry was just compiled");
        decide(&compiled, &self.viewers[viewer]) == Decision::Allow
    }
}

fn text(rules: &Restrictions) -> String {
    let networks = |networks: &[IpNet]| list(networks.iter().map(ToString::to_string));
    let mut members = vec![
        format!("geo-allow=({})", list(COUNTRIES.map(str::to_owned))),
        format!(
            "geo-deny=({} {})",
            list(SUBDIVISIONS.map(str::to_owned)),
            list(METROS.map(|metro| format!("metro:{metro}")))
        ),
        format!("proxy-deny=({})", PROXIES.join(" ")),
        format!(
            "domain-allow=({} {} {})",
            list(rules.origins.clone()),
            list(rules.hosts.clone()),
            list(rules.parents.iter().map(|parent| format!("*.{parent}")))
        ),
        format!("from=@{}, until=@{}", WINDOW.0, WINDOW.1),
    ];
    if !rules.denied.is_empty() {
        members.push(format!("ip-deny=({})", networks(&rules.denied)));
    }
    if !rules.allowed.is_empty() {
        members.push(format!("ip-allow=({})", networks(&rules.allowed)));
    }
    members.join(", ")
}

fn list(texts: impl IntoIterator<Item = String>) -> String {
    let quoted: Vec<_> = texts.into_iter().map(|text| format!("{text:?}")).collect();
    quoted.join(" ")
}

fn judged(viewer: &Viewer) -> Judged {
    let part = viewer
        .subdivision
        .and_then(|code| Some(code.split_once('-')?.1));
    let metro = viewer.metro.map_or(0, i64::from);
    let class = |name: &&'static str| name.parse().map_err(|_| *name).expect("a class of proxy");
    Judged {
        place: ViewerPlace::from_labels(viewer.country, part, metro),
        proxy: viewer
            .proxies
            .iter()
            .map(class)
            .collect::<Vec<playback_policy::ProxyClass>>()
            .into_iter()
            .collect(),
        site: Site::from_headers([viewer.origin.as_bytes()], None),
        ..Judged::new(viewer.ip, viewer.now)
    }
}
