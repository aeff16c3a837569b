//! The decision: one walk over all layers.

use crate::{
    compiled::{Compiled, Layer},
    decision::{Decision, Denial, Seen},
    domain::Site,
    place::Place,
    rules::{Member, Verdict},
    viewer::Viewer,
};

/// One kind of check, on one layer: the member that refuses and what it saw, or nothing.
type Check = for<'v> fn(&Layer<'_>, &'v Viewer) -> Option<(Member, Seen<'v>)>;

/// The checks in their order. The first refusal is the answer.
const CHECKS: [Check; 4] = [network_and_place, schedule, proxy, site];

/// Decides whether the viewer may have what these rules protect.
///
/// Every layer must allow, so that a layer can only narrow. The checks run in the order network
/// and place, schedule, proxy, site; within a check the layers in the order account, video, right,
/// key.
///
/// # Source
///
/// DESIGN.md, "In which order are rules checked?"
pub fn decide<'v>(compiled: &Compiled<'_>, viewer: &'v Viewer) -> Decision<'v> {
    for check in CHECKS {
        for layer in compiled.layers() {
            if let Some((member, seen)) = check(layer, viewer) {
                return Decision::Deny(Denial {
                    layer: layer.kind,
                    member,
                    seen,
                });
            }
        }
    }
    Decision::Allow
}

/// A chain from the most specific level to the broadest: address, metro, subdivision, country,
/// default. The first level with a match decides, so an allow exempts from all broader levels.
fn network_and_place<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<(Member, Seen<'v>)> {
    match layer.ip(viewer.ip) {
        Some(Verdict::Deny) => return Some((Member::IpDeny, Seen::Ip(viewer.ip))),
        Some(Verdict::Allow) => return None,
        None => {}
    }
    let place = &viewer.place;
    let metro = || Some((layer.metro(place.metro?)?, place.metro.map(Place::Metro)));
    let subdivision = || {
        let found = place.subdivision?;
        Some((layer.subdivision(found)?, Some(Place::Subdivision(found))))
    };
    let country = || {
        Some((
            layer.country(place.country?)?,
            place.country.map(Place::Country),
        ))
    };
    match metro().or_else(subdivision).or_else(country) {
        Some((Verdict::Deny, seen)) => Some((Member::GeoDeny, Seen::Place(seen))),
        Some((Verdict::Allow, _)) => None,
        None => match layer.place_default {
            (Verdict::Allow, _) => None,
            (Verdict::Deny, Member::IpAllow) => Some((Member::IpAllow, Seen::Ip(viewer.ip))),
            (Verdict::Deny, member) => {
                Some((member, Seen::Place(place.country.map(Place::Country))))
            }
        },
    }
}

/// `from` is the first second that plays, `until` the first that no longer does.
fn schedule<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<(Member, Seen<'v>)> {
    let seen = Seen::Time(viewer.now);
    if layer.from.is_some_and(|from| viewer.now < from) {
        return Some((Member::From, seen));
    }
    layer
        .until
        .is_some_and(|until| viewer.now >= until)
        .then_some((Member::Until, seen))
}

fn proxy<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<(Member, Seen<'v>)> {
    let class = layer.proxy_deny.first_common(viewer.proxy)?;
    Some((Member::ProxyDeny, Seen::Proxy(class)))
}

fn site<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<(Member, Seen<'v>)> {
    let default = layer.site_default?;
    let member = match (&viewer.site, layer.site(&viewer.site), default.missing) {
        (Site::Missing, _, Verdict::Allow) => return None,
        // A page hides its site at will: that is not the missing header of an app, and any domain
        // rule refuses it.
        (Site::Missing, _, Verdict::Deny) | (Site::Opaque, ..) => Member::DomainMissing,
        (Site::Known { .. }, Some(Verdict::Deny), _) => Member::DomainDeny,
        (Site::Known { .. }, Some(Verdict::Allow), _) => return None,
        (Site::Known { .. }, None, _) if default.unnamed == Verdict::Allow => return None,
        (Site::Known { .. }, None, _) => Member::DomainAllow,
    };
    Some((member, Seen::Site(&viewer.site)))
}

#[cfg(test)]
mod tests;
