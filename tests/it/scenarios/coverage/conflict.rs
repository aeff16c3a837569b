//! Where two parts of a row's rules disagree about its viewer.

use std::fmt;

use playback_policy::{Decision, LayerKind, Member};

use super::{
    super::question::{Question, Sets},
    part::Part,
};
use crate::harness::scenario::{Scenario, Wanted};

/// Two parts that answer differently, each alone, while both together answer as the row wants: the
/// row shows what comes of them, whatever else is in it.
pub(super) struct Conflict {
    first: Side,
    second: Side,
    are_in_one_set: bool,
    wanted: Wanted,
}

struct Side {
    layer: LayerKind,
    part: Part,
    says: Says,
}

/// What a part answers, alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Allow,
    Refuse,
}

/// Where two parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Anywhere,
    /// In one layer, and of a key in one set of rules.
    Together,
    /// In two layers.
    Apart,
    /// The first in a layer behind the second's.
    FirstBehind,
    /// In these.
    In(LayerKind, LayerKind),
}

/// A conflict that some row must show. Of several parts any will do.
pub(super) struct Need {
    pub(super) because: &'static str,
    pub(super) first: Claim,
    pub(super) second: Claim,
    pub(super) place: Where,
    /// What must come of it, if it could be either.
    pub(super) wanted: Option<Wanted>,
}

/// What any of several parts answers, alone.
pub(super) type Claim = (Vec<Part>, Says);

pub(super) fn allows(parts: impl IntoIterator<Item = Part>) -> Claim {
    (parts.into_iter().collect(), Says::Allow)
}

pub(super) fn refuses(parts: impl IntoIterator<Item = Part>) -> Claim {
    (parts.into_iter().collect(), Says::Refuse)
}

/// Every conflict in a row, both ways round.
///
/// # Errors
///
/// When rules that were just compiled cannot be read.
pub(super) fn in_row(row: &Scenario, question: &Question) -> Result<Vec<Conflict>, String> {
    let ruling = |sets: &Sets| question.decided_by(sets, refused_by);
    let wanted = ruling(&question.sets)?;
    let mut sides = Vec::new();
    for (at, (layer, rules)) in question.sets.iter().enumerate() {
        for part in Part::all_of(rules) {
            let alone = ruling(&vec![(*layer, part.alone(rules))])?;
            sides.push((at, *layer, rules, part, alone));
        }
    }
    let mut conflicts = Vec::new();
    for (at, layer, rules, part, alone) in &sides {
        for (other_at, other_layer, other_rules, other, other_alone) in &sides {
            let both = match at == other_at {
                true => vec![(*layer, part.with(*other, rules))],
                false => vec![
                    (*layer, part.alone(rules)),
                    (*other_layer, other.alone(other_rules)),
                ],
            };
            if alone == other_alone || ruling(&both)? != wanted {
                continue;
            }
            let side = |layer: &LayerKind, part: &Part, alone: &Refusal| Side {
                layer: *layer,
                part: *part,
                says: if alone.is_none() {
                    Says::Allow
                } else {
                    Says::Refuse
                },
            };
            conflicts.push(Conflict {
                first: side(layer, part, alone),
                second: side(other_layer, other, other_alone),
                are_in_one_set: at == other_at,
                wanted: row.want.decision,
            });
        }
    }
    Ok(conflicts)
}

type Refusal = Option<(LayerKind, Member)>;

fn refused_by(decision: &Decision<'_>) -> Refusal {
    match decision {
        Decision::Allow => None,
        Decision::Deny(denial) => Some((denial.layer, denial.member)),
    }
}

impl Need {
    pub(super) fn is_met_by(&self, conflict: &Conflict) -> bool {
        let Conflict { first, second, .. } = conflict;
        let is =
            |(parts, says): &Claim, side: &Side| *says == side.says && parts.contains(&side.part);
        let is_in_place = match self.place {
            Where::Anywhere => true,
            Where::Together => conflict.are_in_one_set,
            Where::Apart => first.layer != second.layer,
            Where::FirstBehind => first.layer > second.layer,
            Where::In(one, other) => (first.layer, second.layer) == (one, other),
        };
        is_in_place
            && is(&self.first, first)
            && is(&self.second, second)
            && self.wanted.is_none_or(|wanted| wanted == conflict.wanted)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |(parts, says): &Claim| {
            let names: Vec<_> = parts.iter().map(ToString::to_string).collect();
            let says = match says {
                Says::Allow => "allows",
                Says::Refuse => "refuses",
            };
            format!("{} that {says}", names.join(" or "))
        };
        let place = match self.place {
            Where::Anywhere => String::new(),
            Where::Together => ", in one layer".to_owned(),
            Where::Apart => ", in two layers".to_owned(),
            Where::FirstBehind => ", the first in a later layer".to_owned(),
            Where::In(one, other) => format!(", in the layers {one} and {other}"),
        };
        let wanted = match self.wanted {
            None => "",
            Some(Wanted::Allow) => ", allowed",
            Some(Wanted::Deny) => ", refused",
        };
        let (first, second) = (side(&self.first), side(&self.second));
        write!(f, "{first}, and {second}{place}{wanted} ({})", self.because)
    }
}
