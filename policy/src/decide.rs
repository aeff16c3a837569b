//! The decision: one walk over all layers.

use std::ops::ControlFlow;

use crate::{
    check::Check,
    compiled::{Compiled, Layer},
    decision::{Decision, Denial, Seen},
    domain::Site,
    place::Place,
    rules::{LayerKind, Member, Verdict},
    schedule::Closed,
    viewer::{TokenState, Viewer, ViewerPlace},
};

/// What a check found in a layer: what its rules say of the viewer, by which member, and what that
/// member saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found<'v> {
    pub(crate) verdict: Verdict,
    pub(crate) member: Member,
    pub(crate) seen: Seen<'v>,
}

/// One kind of check, on one layer. Nothing is found where no rule refuses or lets in by name.
type Checker = for<'v> fn(&Layer<'_>, &'v Viewer) -> Option<Found<'v>>;

/// The checks in their order.
static CHECKS: [(Check, Checker); 6] = [
    (Check::RevokedKey, revoked_key),
    (Check::Token, token),
    (Check::NetworkAndPlace, network_and_place),
    (Check::Schedule, schedule),
    (Check::Proxy, proxy),
    (Check::Site, site),
];

/// Decides whether the viewer may have what these rules protect.
///
/// Every layer that applies must allow, so that a layer can only narrow. The checks run in the order
/// revoked key, token, network and place, schedule, proxy, site; within a check the layers in the
/// order account, video, right, key. The first refusal is the answer.
///
/// # Source
///
/// DESIGN.md, "Which refusal is told, when several apply?"
pub fn decide<'v>(compiled: &Compiled<'_>, viewer: &'v Viewer) -> Decision<'v> {
    first_refusal(|| compiled.layers_at(viewer.now), viewer)
}

/// Decides what the layers that only report would have decided. It is told to operators and
/// enforced nowhere.
pub fn decide_reported<'v>(compiled: &Compiled<'_>, viewer: &'v Viewer) -> Decision<'v> {
    first_refusal(|| compiled.reported_at(viewer.now), viewer)
}

fn first_refusal<'l, 'a: 'l, 'v, L>(layers: impl Fn() -> L, viewer: &'v Viewer) -> Decision<'v>
where
    L: Iterator<Item = &'l Layer<'a>>,
{
    let stopped = walk(layers, viewer, |_, layer, found| {
        match found.and_then(|found| found.denial(layer)) {
            Some(denial) => ControlFlow::Break(denial),
            None => ControlFlow::Continue(()),
        }
    });
    match stopped {
        ControlFlow::Break(denial) => Decision::Deny(denial),
        ControlFlow::Continue(()) => Decision::Allow,
    }
}

/// The one walk, over those layers that apply. Who decides stops it at the first refusal, who
/// explains records all that is found.
pub(crate) fn walk<'l, 'a: 'l, 'v, L, B>(
    layers: impl Fn() -> L,
    viewer: &'v Viewer,
    mut visit: impl FnMut(Check, LayerKind, Option<Found<'v>>) -> ControlFlow<B>,
) -> ControlFlow<B>
where
    L: Iterator<Item = &'l Layer<'a>>,
{
    for (check, checker) in &CHECKS {
        for layer in layers() {
            let found = match layer.concerns(*check) {
                true => checker(layer, viewer),
                false => None,
            };
            visit(*check, layer.kind, found)?;
        }
    }
    ControlFlow::Continue(())
}

impl<'v> Found<'v> {
    fn new(verdict: Verdict, member: Member, seen: Seen<'v>) -> Self {
        Self {
            verdict,
            member,
            seen,
        }
    }

    fn deny(member: Member, seen: Seen<'v>) -> Self {
        Self::new(Verdict::Deny, member, seen)
    }

    fn allow(member: Member, seen: Seen<'v>) -> Self {
        Self::new(Verdict::Allow, member, seen)
    }

    /// The refusal, if it is one.
    pub(crate) fn denial(self, layer: LayerKind) -> Option<Denial<'v>> {
        (self.verdict == Verdict::Deny).then_some(Denial {
            layer,
            member: self.member,
            seen: self.seen,
        })
    }
}

fn revoked_key<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let id = viewer.key_id.as_deref()?;
    let is_revoked = layer.revokes(id);
    is_revoked.then(|| Found::deny(Member::RevokedKeys, Seen::Key(id)))
}

/// What a token says is judged where it is verified. Here it is good, bad or not there.
fn token<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let verdict = match viewer.token {
        TokenState::Valid => Verdict::Allow,
        TokenState::Missing | TokenState::Invalid => Verdict::Deny,
    };
    let found = Found::new(verdict, Member::Token, Seen::Token(viewer.token));
    layer.is_token_required().then_some(found)
}

/// A chain from the most specific level to the broadest: address, autonomous system, circle, postal
/// code, metro, subdivision, country, default. The first level with a match decides, so an allow
/// exempts from all broader levels.
fn network_and_place<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    address(layer, viewer)
        .or_else(|| autonomous_system(layer, viewer))
        .or_else(|| placed(layer, viewer))
        .or_else(|| default(layer, viewer))
}

/// Lists of addresses are of one level, whether they are written here or kept elsewhere.
fn address<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let written = layer.ip(viewer.ip);
    let mut kept = viewer.acls.iter().map(String::as_str);
    if written == Some(Verdict::Deny) {
        return Some(Found::deny(Member::IpDeny, Seen::Ip(viewer.ip)));
    }
    if let Some(name) = kept
        .clone()
        .find(|name| layer.names_acl(Verdict::Deny, name))
    {
        return Some(Found::deny(Member::IpDenyList, Seen::Acl(name)));
    }
    if written == Some(Verdict::Allow) {
        return Some(Found::allow(Member::IpAllow, Seen::Ip(viewer.ip)));
    }
    let name = kept.find(|name| layer.names_acl(Verdict::Allow, name))?;
    Some(Found::allow(Member::IpAllowList, Seen::Acl(name)))
}

fn autonomous_system<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let verdict = layer.asn(viewer.asn?)?;
    let member = match verdict {
        Verdict::Deny => Member::AsnDeny,
        Verdict::Allow => Member::AsnAllow,
    };
    Some(Found::new(verdict, member, Seen::Asn(viewer.asn)))
}

fn placed<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let (verdict, place) = place(layer, &viewer.place)?;
    let member = match verdict {
        Verdict::Deny => Member::GeoDeny,
        Verdict::Allow => Member::GeoAllow,
    };
    Some(Found::new(verdict, member, Seen::Place(Some(place))))
}

/// Where no level had a match.
fn default<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let (verdict, member) = layer.place_default();
    let seen = if matches!(member, Member::IpAllow | Member::IpAllowList) {
        Seen::Ip(viewer.ip)
    } else if member == Member::AsnAllow {
        Seen::Asn(viewer.asn)
    } else {
        Seen::Place(viewer.place.country.map(Place::Country))
    };
    (verdict == Verdict::Deny).then(|| Found::deny(member, seen))
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
fn schedule<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let now = viewer.now;
    let member = if layer.from().is_some_and(|from| now < from) {
        Member::From
    } else if layer.until().is_some_and(|until| now >= until) {
        Member::Until
    } else {
        match layer.week().closed(now)? {
            Closed::Day => Member::Days,
            Closed::Hour => Member::Hours,
        }
    };
    Some(Found::deny(member, Seen::Time(now)))
}

fn proxy<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let class = layer.proxy_deny().first_common(viewer.proxy)?;
    Some(Found::deny(Member::ProxyDeny, Seen::Proxy(class)))
}

fn site<'v>(layer: &Layer<'_>, viewer: &'v Viewer) -> Option<Found<'v>> {
    let default = layer.site_default()?;
    let seen = Seen::Site(&viewer.site);
    let found = match (&viewer.site, layer.site(&viewer.site), default.missing) {
        (Site::Missing, _, Verdict::Allow) => return None,
        // A page hides its site at will: that is not the missing header of an app, and any domain
        // rule refuses it.
        (Site::Missing, _, Verdict::Deny) | (Site::Opaque, ..) => {
            Found::deny(Member::DomainMissing, seen)
        }
        (Site::Known { .. }, Some(Verdict::Deny), _) => Found::deny(Member::DomainDeny, seen),
        (Site::Known { .. }, Some(Verdict::Allow), _) => Found::allow(Member::DomainAllow, seen),
        (Site::Known { .. }, None, _) if default.unnamed == Verdict::Allow => return None,
        (Site::Known { .. }, None, _) => Found::deny(Member::DomainAllow, seen),
    };
    Some(found)
}

#[cfg(test)]
mod tests;
