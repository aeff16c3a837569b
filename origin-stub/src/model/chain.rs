//! The chain of addresses and places within a layer.

use playback_policy::{Rules, Verdict};

/// Says what comes of a viewer whom no list names, where the lists alone would say otherwise.
pub(crate) fn set_default(rules: &mut Rules, verdict: Verdict) {
    rules.geo_default = (own_default(rules) != verdict).then_some(verdict);
}

/// What a layer without a `geo-default` does where nothing matches.
///
/// # Source
///
/// DESIGN.md, "What can a rule say?" and "Which place wins?"
fn own_default(rules: &Rules) -> Verdict {
    let are_only_addresses_allowed = rules.geo_deny.is_empty()
        && !(rules.ip_allow.is_empty()
            && rules.ip_allow_list.is_empty()
            && rules.asn_allow.is_empty());
    match rules.geo_allow.is_empty() && !are_only_addresses_allowed {
        true => Verdict::Allow,
        false => Verdict::Deny,
    }
}

#[cfg(test)]
mod tests {
    use playback_policy::{Compiled, Decision, LayerKind, Viewer, compile, decide};

    use super::*;

    #[test]
    fn what_is_set_is_what_is_decided() {
        let lists = [
            r#"ip-allow=("192.0.2.0/24")"#,
            r#"ip-deny=("198.51.100.0/24")"#,
            r#"asn-allow=(64496)"#,
            r#"geo-allow=("DE")"#,
            r#"geo-deny=("KP")"#,
        ];
        for some in 0..1 << lists.len() {
            let chosen = lists
                .iter()
                .enumerate()
                .filter(|(at, _)| some & (1 << at) != 0);
            let text: Vec<&str> = chosen.map(|(_, list)| *list).collect();
            for verdict in [Verdict::Allow, Verdict::Deny] {
                let mut rules: Rules = text.join(", ").parse().expect("rules");
                set_default(&mut rules, verdict);
                let entry = compile(&[(LayerKind::Right, &rules)]);
                let compiled = Compiled::read(&entry).expect("what was compiled");
                let nobody = Viewer::new([203, 0, 113, 7].into(), 0);
                let is_allowed = decide(&compiled, &nobody) == Decision::Allow;
                assert_eq!(is_allowed, verdict == Verdict::Allow, "{rules}");
            }
        }
    }
}
