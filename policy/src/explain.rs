//! Why: the decision with all that was checked, and what would turn it round.

mod candidates;
mod flip;
mod groups;
mod places;
mod recorder;
mod table;

use serde::Serialize;

use crate::{
    check::Check,
    compiled::{Compiled, HeldLayer},
    decision::{Decision, Denial},
    facts::ViewerFacts,
    playback_error::PlaybackError,
    rules::{LayerKind, Member, Verdict},
    viewer::Viewer,
};
use recorder::Record;

pub use groups::{Grounds, Group, Groups};
pub use places::{InvalidPlaces, Places, Played, where_it_plays};

/// A decision, explained: by the walk that decides, which here records instead of stopping.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// What is enforced.
    pub verdict: Verdict,
    /// The refusal, if it is one.
    pub refusal: Option<Refusal>,
    /// What the layers that only report would have refused.
    pub reported: Option<Refusal>,
    /// The fewest facts that would turn the verdict round, if any were found.
    pub flip: Option<ViewerFacts>,
    /// The viewer, as seen.
    pub viewer: ViewerFacts,
    /// The layers, as the entry holds them.
    pub layers: Vec<HeldLayer>,
    /// Every check of every layer that exists at this time, in the order of checking.
    pub checks: Vec<Checked>,
}

/// Who refuses, and what the viewer is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Whose rules refuse.
    pub layer: LayerKind,
    /// The member that refuses; for a default, the member that set it.
    pub member: Member,
    /// What it saw of the viewer, as logs show it.
    pub seen: String,
    /// The HTTP status.
    pub status: u16,
    /// The `error_code`.
    pub error_code: &'static str,
    /// The `error_subcode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_subcode: Option<&'static str>,
    /// The `client_geo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_geo: Option<String>,
}

/// One check of one layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The kind of check.
    pub check: Check,
    /// Whose rules were checked.
    pub layer: LayerKind,
    /// Whether they are enforced, or only reported.
    pub enforced: bool,
    /// What came of it.
    pub outcome: Outcome,
    /// The member that decided, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<Member>,
    /// What that member saw of the viewer, as logs show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A member refuses.
    Refuses,
    /// A member lets the viewer in by name.
    Allows,
    /// There are rules, and none refuses.
    Passes,
    /// There are no such rules.
    NoRules,
}

/// Explains what [`decide`](crate::decide) decides.
#[must_use]
pub fn explain(compiled: &Compiled<'_>, viewer: &Viewer) -> Explanation {
    let layers = compiled.to_layers(viewer.now);
    let enforced = Record::of(&layers, true, viewer, || compiled.layers_at(viewer.now));
    let reported = Record::of(&layers, false, viewer, || compiled.reported_at(viewer.now));
    Explanation {
        verdict: enforced.decision.verdict(),
        refusal: Refusal::of(&enforced.decision, viewer),
        reported: Refusal::of(&reported.decision, viewer),
        flip: flip::smallest(compiled, &layers, viewer),
        viewer: ViewerFacts::of(viewer),
        layers,
        checks: [enforced.checks, reported.checks].concat(),
    }
}

impl Refusal {
    /// The refusal of a decision, if it is one.
    pub(crate) fn of(decision: &Decision<'_>, viewer: &Viewer) -> Option<Self> {
        match decision {
            Decision::Allow => None,
            Decision::Deny(denial) => Some(Self::new(denial, viewer)),
        }
    }

    fn new(denial: &Denial<'_>, viewer: &Viewer) -> Self {
        let error = PlaybackError::Denied(denial.reason(viewer.place.country));
        Self {
            layer: denial.layer,
            member: denial.member,
            seen: denial.seen.to_string(),
            status: error.status(),
            error_code: error.code(),
            error_subcode: error.subcode(),
            client_geo: error.client_geo(),
        }
    }
}

#[cfg(test)]
mod tests;
