//! Networks and places: one chain in a layer, from addresses to the default.

use playback_policy::{
    Member::{self, *},
    Verdict::{Allow, Deny},
};

use super::{
    super::{
        conflict::{Need, Where, allows, refuses},
        part::{Level, Part},
    },
    EXEMPTIONS, refusals, together,
};

/// Only these networks, unless a rule about places is beside them.
const NETWORKS: [Member; 3] = [IpAllow, IpAllowList, AsnAllow];

pub(super) fn all() -> Vec<Need> {
    let groups = [
        levels_of_the_chain(),
        one_level(),
        lists_beside_each_other(),
        defaults(),
        refusals_of_one_layer(),
    ];
    groups.into_iter().flatten().collect()
}

/// The levels of the chain, most specific first, by what allows and what denies there.
pub(super) fn levels() -> Vec<(Part, Part)> {
    let networks = [
        (IpAllow, IpDeny),
        (IpAllowList, IpDenyList),
        (AsnAllow, AsnDeny),
    ];
    let networks = networks.map(|(allow, deny)| (Part::Whole(allow), Part::Whole(deny)));
    let places = Level::ALL.map(|level| (Part::Places(Allow, level), Part::Places(Deny, level)));
    networks.into_iter().chain(places).collect()
}

fn levels_of_the_chain() -> Vec<Need> {
    let because = "the more specific level decides";
    let mut needs = Vec::new();
    let mut levels = levels();
    levels.push((Part::Default(Allow), Part::Default(Deny)));
    for (at, (allow, deny)) in levels.iter().enumerate() {
        for (broader, (broadly_allow, broadly_deny)) in levels.iter().enumerate().skip(at + 1) {
            // Written and listed addresses are one level.
            if (at, broader) != (0, 1) {
                needs.push(together(
                    because,
                    allows([*allow]),
                    refuses([*broadly_deny]),
                ));
                needs.push(together(
                    because,
                    refuses([*deny]),
                    allows([*broadly_allow]),
                ));
            }
        }
    }
    needs
}

fn one_level() -> Vec<Need> {
    let because = "deny wins over allow at one level";
    let written_and_listed = [(IpAllow, IpDenyList), (IpAllowList, IpDeny)];
    let written_and_listed =
        written_and_listed.map(|(allow, deny)| (Part::Whole(allow), Part::Whole(deny)));
    let pairs = levels().into_iter().chain(written_and_listed);
    pairs
        .map(|(allow, deny)| together(because, allows([allow]), refuses([deny])))
        .collect()
}

fn lists_beside_each_other() -> Vec<Need> {
    let mut needs = Vec::new();
    for (at, network) in NETWORKS.into_iter().enumerate() {
        let network = || [Part::Whole(network)];
        for place in [GeoAllow, GeoDeny] {
            let because = "a list of networks is exclusive only without a rule about places";
            let place = [Part::Whole(place)];
            needs.push(together(because, refuses(network()), allows(place)));
        }
        for other in &NETWORKS[at + 1..] {
            let other = || [Part::Whole(*other)];
            let because = "one of two lists of networks is enough";
            needs.push(together(because, refuses(network()), allows(other())));
            needs.push(together(because, allows(network()), refuses(other())));
            let because = "of two lists that lack a viewer the first refuses";
            needs.push(together(because, refuses(network()), refuses(other())));
        }
    }
    needs
}

fn defaults() -> Vec<Need> {
    let because = "where no list has a match the default decides";
    let [allow, deny] = [Allow, Deny].map(|verdict| [Part::Default(verdict)]);
    let mut needs = Vec::new();
    for list in EXEMPTIONS.map(|member| [Part::Whole(member)]) {
        needs.push(together(because, refuses(list), allows(allow)));
        needs.push(together(because, refuses(list), refuses(deny)));
    }
    for list in [IpDeny, IpDenyList, AsnDeny, GeoDeny].map(|member| [Part::Whole(member)]) {
        needs.push(together(because, allows(list), refuses(deny)));
    }
    needs
}

fn refusals_of_one_layer() -> Vec<Need> {
    let because = "of two refusals in a chain the more specific is told";
    let denials = [IpDeny, IpDenyList, AsnDeny, GeoDeny];
    let broadest = [IpAllow, IpAllowList, AsnAllow, GeoAllow, GeoDefault];
    let mut needs = Vec::new();
    for (at, denial) in denials.into_iter().enumerate() {
        for other in denials[at + 1..].iter().chain(&broadest) {
            // Beside a `geo-deny` a list of networks refuses nobody.
            if denial != GeoDeny || !NETWORKS.contains(other) {
                needs.push(refusals(because, &[denial], &[*other], Where::Together));
            }
        }
    }
    needs
}
