//! What follows of one layer's members for a viewer, without any table.
//!
//! The chain of places is not judged here: `policy/tests/properties` has a naive twin of the whole.

use playback_policy::{
    Decision, DomainPattern, LayerKind, Member, Network, Rules, Site, TokenState, Verdict, Viewer,
};

/// Whether the decision can be the layer's.
pub(super) fn check(
    kind: LayerKind,
    rules: &Rules,
    viewer: &Viewer,
    decision: &Decision<'_>,
) -> Result<(), &'static str> {
    let is_early = rules.applies_from.is_some_and(|from| viewer.now < from);
    let is_over = rules.applies_until.is_some_and(|until| until <= viewer.now);
    let refusing = refusing(rules, viewer);
    match decision {
        Decision::Allow if is_early || is_over => Ok(()),
        Decision::Deny(_) if is_early || is_over => Err("a layer refuses that does not apply"),
        Decision::Allow if refusing.is_empty() => Ok(()),
        Decision::Allow => Err("nothing refuses where something must"),
        Decision::Deny(denial) if denial.layer != kind => Err("another layer refuses"),
        Decision::Deny(denial) if is_judged(denial.member) => refusing
            .contains(&denial.member)
            .then_some(())
            .ok_or("a member refuses that must not"),
        Decision::Deny(_) => Ok(()),
    }
}

/// The members of [`is_judged`] that refuse the viewer.
fn refusing(rules: &Rules, viewer: &Viewer) -> Vec<Member> {
    let key = viewer.key_id.as_deref();
    let is_revoked = rules.revoked_keys.iter().any(|id| key == Some(id.as_str()));
    let is_in = |list: &[Network]| list.iter().any(|network| network.contains(viewer.ip));
    let is_kept = |name: &String| rules.ip_deny_list.iter().any(|own| own.as_str() == name);
    let is_named = |list: &[DomainPattern]| list.iter().any(|one| one.matches(&viewer.site));
    let has_sites = !rules.domain_allow.is_empty() || !rules.domain_deny.is_empty();
    let (is_denied, is_unnamed) = match &viewer.site {
        Site::Known { .. } => (
            is_named(&rules.domain_deny),
            !rules.domain_allow.is_empty() && !is_named(&rules.domain_allow),
        ),
        Site::Missing | Site::Opaque => (false, false),
    };
    let is_siteless = match (&viewer.site, rules.domain_missing) {
        (Site::Known { .. }, _) => false,
        (Site::Opaque, missing) => has_sites || missing.is_some(),
        (Site::Missing, Some(missing)) => missing == Verdict::Deny,
        (Site::Missing, None) => !rules.domain_allow.is_empty(),
    };
    let all = [
        (Member::RevokedKeys, is_revoked),
        (
            Member::Token,
            rules.token_required && viewer.token != TokenState::Valid,
        ),
        (Member::IpDeny, is_in(&rules.ip_deny)),
        (Member::IpDenyList, viewer.acls.iter().any(is_kept)),
        (
            Member::From,
            rules.from.is_some_and(|from| viewer.now < from),
        ),
        (
            Member::Until,
            rules.until.is_some_and(|until| until <= viewer.now),
        ),
        (
            Member::ProxyDeny,
            rules.proxy_deny.first_common(viewer.proxy).is_some(),
        ),
        (Member::DomainDeny, is_denied),
        (Member::DomainAllow, !is_denied && is_unnamed),
        (Member::DomainMissing, is_siteless),
    ];
    let refusing = all.into_iter().filter(|(_, refuses)| *refuses);
    refusing.map(|(member, _)| member).collect()
}

/// Whether a refusal by this member follows from it alone.
fn is_judged(member: Member) -> bool {
    match member {
        Member::RevokedKeys
        | Member::Token
        | Member::IpDeny
        | Member::IpDenyList
        | Member::From
        | Member::Until
        | Member::ProxyDeny
        | Member::DomainDeny
        | Member::DomainAllow
        | Member::DomainMissing => true,
        Member::IpAllow
        | Member::IpAllowList
        | Member::AsnAllow
        | Member::AsnDeny
        | Member::GeoAllow
        | Member::GeoDeny
        | Member::GeoDefault
        | Member::Days
        | Member::Hours
        | Member::AppliesFrom
        | Member::AppliesUntil => false,
    }
}
