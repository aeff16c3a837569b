//! Which parts of rules can conflict, and why: one group for each reason.

mod chain;
mod layers;

use playback_policy::{
    Member::{self, *},
    Verdict::{Allow, Deny},
};

use super::{
    conflict::{Claim, Need, Where, allows, refuses},
    part::Part,
};
use crate::harness::scenario::Wanted;

/// The checks in their order, each with the members that can refuse in it.
pub(super) const CHECKS: [&[Member]; 6] = [
    &[RevokedKeys],
    &[Token],
    &[
        IpAllow,
        IpDeny,
        IpAllowList,
        IpDenyList,
        AsnAllow,
        AsnDeny,
        GeoAllow,
        GeoDeny,
        GeoDefault,
    ],
    &[From, Until, Days, Hours],
    &[ProxyDeny],
    &[DomainAllow, DomainDeny, DomainMissing],
];

/// What exempts from broader levels of the chain, and from nothing else.
const EXEMPTIONS: [Member; 4] = [IpAllow, IpAllowList, AsnAllow, GeoAllow];

pub(super) fn all() -> Vec<Need> {
    let groups = [
        chain::all(),
        schedules(),
        sites(),
        exemptions_from_places_only(),
        timed_layers(),
        layers::all(),
    ];
    groups.into_iter().flatten().collect()
}

fn schedules() -> Vec<Need> {
    let parts = [From, Until, Days, Hours];
    let mut needs = Vec::new();
    for (at, first) in parts.into_iter().enumerate() {
        for second in parts.into_iter().skip(at + 1) {
            let (one, other) = (|| [Part::Whole(first)], || [Part::Whole(second)]);
            let because = "every part of a schedule must be open";
            needs.push(together(because, refuses(one()), allows(other())));
            needs.push(together(because, allows(one()), refuses(other())));
            // Nothing is both before a window and behind it.
            if (first, second) != (From, Until) {
                let because = "of two parts of a schedule that are closed one is told";
                needs.push(refusals(because, &[first], &[second], Where::Together));
            }
        }
    }
    needs
}

fn sites() -> Vec<Need> {
    let [allow, deny] = [DomainAllow, DomainDeny].map(|member| [Part::Whole(member)]);
    let [missing_passes, missing_fails] = [Allow, Deny].map(|verdict| [Part::Missing(verdict)]);
    let because = "deny wins over allow";
    let lists = [
        together(because, allows(allow), refuses(deny)),
        together(because, refuses(allow), allows(deny)),
        together(because, refuses(allow), refuses(deny)),
    ];
    let because = "`domain-missing` is about missing sites, and about those alone";
    let missing = [
        together(because, allows(missing_passes), refuses(allow)),
        together(because, allows(missing_passes), refuses(deny)),
        together(because, allows(missing_fails), refuses(allow)),
        together(because, allows(missing_fails), refuses(deny)),
        together(because, refuses(missing_fails), allows(deny)),
    ];
    lists.into_iter().chain(missing).collect()
}

fn exemptions_from_places_only() -> Vec<Need> {
    let because = "an allowed network or place is exempt from broader places only";
    let mut needs = Vec::new();
    for exemption in EXEMPTIONS {
        for check in CHECKS
            .into_iter()
            .filter(|check| !check.contains(&exemption))
        {
            let check = check.iter().copied().map(Part::Whole);
            needs.push(together(
                because,
                allows([Part::Whole(exemption)]),
                refuses(check),
            ));
        }
    }
    needs
}

fn timed_layers() -> Vec<Need> {
    let because = "a layer's times hold for all its other members";
    let mut needs = Vec::new();
    for member in CHECKS.into_iter().flatten() {
        for (timing, wanted) in [
            (AppliesFrom, Wanted::Deny),
            (AppliesUntil, Wanted::Deny),
            (AppliesUntil, Wanted::Allow),
        ] {
            let (timing, timed) = ([Part::Whole(timing)], [Part::Whole(*member)]);
            let mut need = together(because, allows(timing), refuses(timed));
            need.wanted = Some(wanted);
            needs.push(need);
        }
    }
    needs
}

// === writing them ===

fn together(because: &'static str, first: Claim, second: Claim) -> Need {
    need(because, first, second, Where::Together)
}

fn refusals(because: &'static str, first: &[Member], second: &[Member], place: Where) -> Need {
    let refuse = |members: &[Member]| refuses(members.iter().copied().map(Part::Whole));
    need(because, refuse(first), refuse(second), place)
}

fn need(because: &'static str, first: Claim, second: Claim, place: Where) -> Need {
    Need {
        because,
        first,
        second,
        place,
        wanted: None,
    }
}
