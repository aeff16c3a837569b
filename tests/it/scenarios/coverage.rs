//! What the tables cover between them: members, layers, families of addresses, conflicts, borders.
//!
//! That each row is answered as it says is for the runners to prove. Here it is proved that there is
//! such a row; a failure lists those somebody should write.

mod borders;
mod conflict;
mod pairs;
mod part;

use playback_policy::{LayerKind, Member, ProxyClass, ProxyClasses};

use super::question::Question;
use crate::harness::scenario::{self, Scenario, Wanted};
use part::Part;

/// Every row, and what it asks.
fn questions() -> Vec<(Scenario, Question)> {
    let asked = |row: Scenario| {
        let question = Question::of(&row);
        let question = question.unwrap_or_else(|error| panic!("{}: {error}", row.id));
        (row, question)
    };
    scenario::all().into_iter().map(asked).collect()
}

#[track_caller]
fn assert_none_is_missing(of: usize, missing: &[String]) {
    let list = missing.join("\n");
    let many = missing.len();
    assert!(
        missing.is_empty(),
        "no row shows these, {many} of {of}:\n{list}"
    );
}

fn can_refuse(member: Member) -> bool {
    // These say when the others of their layer hold.
    !matches!(member, Member::AppliesFrom | Member::AppliesUntil)
}

#[test]
fn every_member_refuses_alone_in_every_layer_that_may_have_it() {
    let questions = questions();
    let sets = || questions.iter().flat_map(|(_, question)| &question.sets);
    let (mut of, mut missing) = (0, Vec::new());
    for member in Member::ALL {
        let part = Part::Whole(member);
        let in_layer = |kind| sets().find(|(layer, rules)| *layer == kind && part.is_in(rules));
        let Some((_, sample)) = LayerKind::ALL.into_iter().find_map(in_layer) else {
            missing.push(format!("`{member}` at all"));
            continue;
        };
        let may_have_it = |kind: &LayerKind| part.alone(sample).check_layer(*kind).is_ok();
        for kind in LayerKind::ALL.into_iter().filter(may_have_it) {
            of += 1;
            let is_shown = match can_refuse(member) {
                true => questions.iter().any(|row| refuses_alone(row, kind, member)),
                false => in_layer(kind).is_some(),
            };
            if !is_shown {
                missing.push(format!(
                    "`{member}` in the layer {kind}, with no other rule beside it"
                ));
            }
        }
    }
    assert_none_is_missing(of, &missing);
}

/// Whether a member in a layer is all the rules there are, and the row wants it to refuse.
fn refuses_alone((row, question): &(Scenario, Question), kind: LayerKind, member: Member) -> bool {
    let part = Part::Whole(member);
    let is_alone = match question.sets.as_slice() {
        [(layer, rules)] => *layer == kind && part.is_in(rules) && part.alone(rules) == *rules,
        _ => false,
    };
    let wanted = (row.want.layer.as_deref(), row.want.member.as_deref());
    is_alone && wanted == (Some(kind.as_str()), Some(member.as_str()))
}

#[test]
fn every_member_refuses_viewers_of_either_family() {
    let rows = scenario::all();
    let members = || Member::ALL.into_iter().filter(|member| can_refuse(*member));
    let mut missing = Vec::new();
    for member in members() {
        for (family, is_v4) in [("IPv4", true), ("IPv6", false)] {
            let is_refused = |row: &Scenario| {
                let is_by = row.want.member.as_deref() == Some(member.as_str());
                is_by && row.viewer.ip.to_canonical().is_ipv4() == is_v4
            };
            if !rows.iter().any(is_refused) {
                missing.push(format!("`{member}` that refuses an {family} viewer"));
            }
        }
    }
    assert_none_is_missing(2 * members().count(), &missing);
}

#[test]
fn every_class_of_proxy_is_told_from_all_others() {
    let questions = questions();
    let is_shown = |classes: ProxyClasses, wanted: Wanted| {
        questions.iter().any(|(row, question)| {
            let [(_, rules)] = question.sets.as_slice() else {
                return false;
            };
            let is_alone = Part::Whole(Member::ProxyDeny).alone(rules) == *rules;
            is_alone && rules.proxy_deny == classes && row.want.decision == wanted
        })
    };
    let mut missing = Vec::new();
    for class in ProxyClass::ALL {
        let others = ProxyClass::ALL.into_iter().filter(|other| *other != class);
        if !is_shown([class].into_iter().collect(), Wanted::Deny) {
            missing.push(format!("a viewer whom `{class}` alone refuses"));
        }
        if !is_shown(others.collect(), Wanted::Allow) {
            missing.push(format!("a viewer whom all classes but `{class}` let pass"));
        }
    }
    assert_none_is_missing(2 * ProxyClass::ALL.len(), &missing);
}

#[test]
fn every_conflict_between_two_rules_is_shown() {
    let mut shown = Vec::new();
    for (row, question) in questions() {
        let conflicts = conflict::in_row(&row, &question);
        shown.extend(conflicts.unwrap_or_else(|error| panic!("{}: {error}", row.id)));
    }
    for member in Member::ALL {
        let is_checked = pairs::CHECKS.iter().any(|check| check.contains(&member));
        assert_eq!(is_checked, can_refuse(member), "{member}: in which check?");
    }
    let needs = pairs::all();
    let missing: Vec<_> = needs
        .iter()
        .filter(|need| !shown.iter().any(|conflict| need.is_met_by(conflict)))
        .map(ToString::to_string)
        .collect();
    assert_none_is_missing(needs.len(), &missing);
}

#[test]
fn every_border_has_a_row_on_either_side() {
    let borders = borders::all();
    let missing = borders::missing(&borders, &questions());
    assert_none_is_missing(borders.len(), &missing);
}
