//! The decision: one walk over all layers.

use crate::{
    compiled::{Compiled, Layer},
    decision::{Decision, Denial, Seen},
    domain::Site,
    place::Place,
    rules::{Member, Verdict},
    schedule::Closed,
    viewer::{TokenState, Viewer, ViewerPlace},
};

/// What refuses and what it saw.
type Refusal<'v> = (Member, Seen<'v>);

/// One kind of check, on one layer: its refusal, or nothing.
type Check = for<'v> fn(&Layer<'_>, &'v Viewer) -> Option<Refusal<'v>>;

/// The checks in their order. The first refusal is the answer.
const CHECKS: [Check; 6] = [revoked_key, token, network_and_place, schedule, proxy, site];

/// Decides whether the viewer may have what these rules protect.
///
/// Every layer that applies must allow, so that a layer can only narrow. The checks run in the order
/// revoked key, token, network and place, schedule, proxy, site; within a check the layers in the
/// order account, video, right, key.
///
/// # Source
///
/// DESIGN.md, "Which refusal is told, when several apply?"
pub fn decide<'v>(compiled: &Compiled<'_>, viewer: &'v Viewer) -> Decision<'v> {
    walk(|| compiled.layers_at(viewer.now), viewer)
}

/// Decides what the layers that only report would have decided. It is told to operators and
/// enforced nowhere.
pub fn decide_reported<'v>(compiled: &Compiled<'_>, viewer: &'v Viewer) -> Decision<'v> {
    walk(|| compiled.reported_at(viewer.now), viewer)
}

/// The one walk, over those layers that apply.
fn walk<'l, 'a: 'l, 'v, L>(layers: impl Fn() -> L, viewer: &'v Viewer) -> Decision<'v>
where
    L: Iterator<Item = &'l Layer<'a>>,
{
    for check in CHECKS {
        for layer in layers() {
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

fn revoked_key<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Refusal<'v>> {
    let id = viewer.key_id.as_deref()?;
    let is_revoked = layer.revoked_keys.contains(id);
    is_revoked.then_some((Member::RevokedKeys, Seen::Key(id)))
}

/// What a token says is judged where it is verified. Here it is good, bad or not there.
fn token<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Refusal<'v>> {
    let is_refused = layer.is_token_required && viewer.token != TokenState::Valid;
    is_refused.then_some((Member::Token, Seen::Token(viewer.token)))
}

/// A chain from the most specific level to the broadest: address, autonomous system, circle, postal
/// code, metro, subdivision, country, default. The first level with a match decides, so an allow
/// exempts from all broader levels.
fn network_and_place<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Refusal<'v>> {
    let place = || {
        let (verdict, place) = place(layer, &viewer.place)?;
        Some((verdict, Member::GeoDeny, Seen::Place(Some(place))))
    };
    let matched = address(layer, viewer)
        .or_else(|| autonomous_system(layer, viewer))
        .or_else(place);
    match matched {
        Some((Verdict::Deny, member, seen)) => Some((member, seen)),
        Some((Verdict::Allow, ..)) => None,
        None => default(layer, viewer),
    }
}

/// What a level of the chain says that has a match. Of an allow nothing but the verdict counts.
type Level<'v> = (Verdict, Member, Seen<'v>);

/// Lists of addresses are of one level, whether they are written here or kept elsewhere.
fn address<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Level<'v>> {
    let written = layer.ip(viewer.ip);
    let mut kept = viewer.acls.iter().map(String::as_str);
    if written == Some(Verdict::Deny) {
        return Some((Verdict::Deny, Member::IpDeny, Seen::Ip(viewer.ip)));
    }
    if let Some(name) = kept.clone().find(|name| layer.acls.deny.contains(name)) {
        return Some((Verdict::Deny, Member::IpDenyList, Seen::Acl(name)));
    }
    if written == Some(Verdict::Allow) {
        return Some((Verdict::Allow, Member::IpAllow, Seen::Ip(viewer.ip)));
    }
    let name = kept.find(|name| layer.acls.allow.contains(name))?;
    Some((Verdict::Allow, Member::IpAllowList, Seen::Acl(name)))
}

fn autonomous_system<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Level<'v>> {
    let verdict = layer.asn(viewer.asn?)?;
    Some((verdict, Member::AsnDeny, Seen::Asn(viewer.asn)))
}

/// Where no level had a match.
fn default<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Refusal<'v>> {
    let (verdict, member) = layer.place_default;
    let seen = if matches!(member, Member::IpAllow | Member::IpAllowList) {
        Seen::Ip(viewer.ip)
    } else if member == Member::AsnAllow {
        Seen::Asn(viewer.asn)
    } else {
        Seen::Place(viewer.place.country.map(Place::Country))
    };
    (verdict == Verdict::Deny).then_some((member, seen))
}

/// The verdict of the most specific place that has one.
fn place(layer: &Layer<'_>, place: &ViewerPlace) -> Option<(Verdict, Place)> {
    let circle = || {
        let (verdict, circle) = layer.circle(place.position?)?;
        Some((verdict, Place::Circle(circle)))
    };
    let postal = || {
        let found = place.postal?;
        Some((layer.postal(&found)?, Place::Postal(found.area())))
    };
    let metro = || {
        let found = place.metro?;
        Some((layer.metro(found)?, Place::Metro(found)))
    };
    let subdivision = || {
        let found = place.subdivision?;
        Some((layer.subdivision(found)?, Place::Subdivision(found)))
    };
    let country = || {
        let found = place.country?;
        Some((layer.country(found)?, Place::Country(found)))
    };
    circle()
        .or_else(postal)
        .or_else(metro)
        .or_else(subdivision)
        .or_else(country)
}

/// `from` is the first second that plays, `until` the first that no longer does; in between the
/// days and hours of every week.
fn schedule<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Refusal<'v>> {
    let now = viewer.now;
    let member = if layer.from.is_some_and(|from| now < from) {
        Member::From
    } else if layer.until.is_some_and(|until| now >= until) {
        Member::Until
    } else {
        match layer.week.closed(now)? {
            Closed::Day => Member::Days,
            Closed::Hour => Member::Hours,
        }
    };
    Some((member, Seen::Time(now)))
}

fn proxy<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Refusal<'v>> {
    let class = layer.proxy_deny.first_common(viewer.proxy)?;
    Some((Member::ProxyDeny, Seen::Proxy(class)))
}

fn site<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Refusal<'v>> {
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
