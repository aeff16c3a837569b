//! Checks and layers: whose refusal is told, and that no layer lifts another's.

use playback_policy::{LayerKind, Member::*, Verdict::Allow};

use super::{
    super::{
        conflict::{Need, Where, allows, refuses},
        part::Part,
    },
    CHECKS, chain, need, refusals,
};

pub(super) fn all() -> Vec<Need> {
    let groups = [order_of_checks(), order_of_layers(), layers_only_narrow()];
    groups.into_iter().flatten().collect()
}

fn order_of_checks() -> Vec<Need> {
    let because = "the refusal of the earlier check is told";
    let mut needs = Vec::new();
    for (at, earlier) in CHECKS.into_iter().enumerate() {
        for later in &CHECKS[at + 1..] {
            for first in earlier {
                for second in *later {
                    needs.push(refusals(because, &[*first], &[*second], Where::Anywhere));
                }
            }
            needs.push(refusals(because, earlier, later, Where::Together));
            // Only the account can revoke keys, and no layer is before it.
            if *earlier != [RevokedKeys] {
                needs.push(refusals(because, earlier, later, Where::FirstBehind));
            }
        }
    }
    needs
}

fn order_of_layers() -> Vec<Need> {
    let because = "within a check the earlier layer is told";
    let mut needs = Vec::new();
    for check in &CHECKS[1..] {
        for layers in LayerKind::ALL.windows(2) {
            let place = Where::In(layers[0], layers[1]);
            needs.push(refusals(because, check, check, place));
        }
    }
    for specific in [IpDeny, IpDenyList, AsnDeny] {
        let because = "the earlier layer is told, however broad its refusal is";
        needs.push(refusals(
            because,
            &[specific],
            &[GeoDeny],
            Where::FirstBehind,
        ));
    }
    needs
}

fn layers_only_narrow() -> Vec<Need> {
    let because = "what one layer allows another may refuse";
    let places = chain::levels()
        .into_iter()
        .map(|(allow, _)| (allow, GeoDeny));
    let others = [
        (Part::Default(Allow), GeoDeny),
        (Part::Whole(DomainAllow), DomainDeny),
        (Part::Missing(Allow), DomainMissing),
    ];
    let same = [From, Until, Days, Hours, ProxyDeny].map(|member| (Part::Whole(member), member));
    let need = |(allow, refuse)| {
        let refuse = [Part::Whole(refuse)];
        need(because, allows([allow]), refuses(refuse), Where::Apart)
    };
    places.chain(others).chain(same).map(need).collect()
}
