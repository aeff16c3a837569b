//! Layers of network rules: what they must say of an address, and what they do say.

use std::net::IpAddr;

use playback_policy::{
    Compiled, Decision, LayerKind, Member, Network, Rules, Viewer, compile, decide,
};

/// Networks that rules name together.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) name: String,
    pub(crate) networks: Vec<Network>,
}

/// A layer, with the positions of the lists it allows and denies.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) kind: LayerKind,
    pub(crate) allow: Vec<usize>,
    pub(crate) deny: Vec<usize>,
}

/// An address, and which of the lists have it.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) address: IpAddr,
    pub(crate) is_in: Vec<bool>,
}

/// Who refuses, and by which member.
pub(crate) type Refusal = Option<(LayerKind, Member)>;

pub(crate) fn layer(kind: LayerKind, allow: &[usize], deny: &[usize]) -> Layer {
    Layer {
        kind,
        allow: allow.to_vec(),
        deny: deny.to_vec(),
    }
}

impl Layer {
    /// Deny wins over allow, however much longer the prefix that allows. Where something is
    /// allowed, nothing else is.
    fn refuses(&self, probe: &Probe) -> Refusal {
        let is_named = |lists: &[usize]| lists.iter().any(|list| probe.is_in[*list]);
        if is_named(&self.deny) {
            return Some((self.kind, Member::IpDeny));
        }
        let is_admitted = self.allow.is_empty() || is_named(&self.allow);
        (!is_admitted).then_some((self.kind, Member::IpAllow))
    }

    fn to_rules(&self, lists: &[List]) -> Rules {
        let networks = |named: &[usize]| {
            let lists = named.iter().map(|list| lists[*list].networks.as_slice());
            lists.collect::<Vec<_>>().concat()
        };
        Rules {
            ip_allow: networks(&self.allow),
            ip_deny: networks(&self.deny),
            ..Rules::default()
        }
    }

    fn to_text(&self, lists: &[List]) -> String {
        let names = |named: &[usize]| {
            let names = named.iter().map(|list| lists[*list].name.as_str());
            names.collect::<Vec<_>>().join(" ")
        };
        let (allow, deny) = (names(&self.allow), names(&self.deny));
        format!("{}: ip-allow=({allow}), ip-deny=({deny})", self.kind)
    }
}

/// What the program decides about a viewer at this address.
pub(crate) fn decided(compiled: &Compiled<'_>, address: IpAddr) -> Refusal {
    match decide(compiled, &Viewer::new(address, 0)) {
        Decision::Allow => None,
        Decision::Deny(denial) => Some((denial.layer, denial.member)),
    }
}

/// Compiles the layers and holds every decision to what it must be. Tells how many were refused.
#[track_caller]
pub(crate) fn check(lists: &[List], layers: &[Layer], probes: &[Probe]) -> usize {
    let rules: Vec<_> = layers
        .iter()
        .map(|layer| (layer.kind, layer.to_rules(lists)))
        .collect();
    let borrowed: Vec<_> = rules.iter().map(|(kind, rules)| (*kind, rules)).collect();
    let bytes = compile(&borrowed);
    let compiled = Compiled::read(&bytes).unwrap();
    let mut refused = 0;
    for probe in probes {
        let want = layers.iter().find_map(|layer| layer.refuses(probe));
        let found = decided(&compiled, probe.address);
        if found != want {
            let texts: Vec<_> = layers.iter().map(|layer| layer.to_text(lists)).collect();
            let (address, texts) = (probe.address, texts.join("; "));
            panic!("{address}: {found:?} and not {want:?}, of {texts}");
        }
        refused += usize::from(want.is_some());
    }
    refused
}
