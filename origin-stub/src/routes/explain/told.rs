//! What is answered, for programs and for people.

use std::fmt;

use playback_policy::{Check, Explanation, Groups, Outcome, Played, Verdict, Viewer, ViewerFacts};
use serde::Serialize;

/// An explanation, and whether there is anything to explain.
#[derive(Serialize)]
pub(super) struct Explained {
    /// Whether it plays at that time at all, for whomever.
    playable: bool,
    /// Why it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_playable: Option<String>,
    #[serde(flatten)]
    explanation: Explanation,
}

/// What each of many viewers gets.
#[derive(Serialize)]
pub(super) struct WherePlayed {
    /// Why it plays nowhere, whatever the rules are; then nobody is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_playable: Option<&'static str>,
    groups: Groups,
    played: Vec<Played>,
}

impl Explained {
    /// By the rules, of which those about the time hold for everybody.
    pub(super) fn of(explanation: Explanation) -> Self {
        let closed = explanation.checks.iter().find(|checked| {
            checked.enforced
                && checked.check == Check::Schedule
                && checked.outcome == Outcome::Refuses
        });
        let not_playable = closed.map(|checked| {
            let member = checked.member.map_or("", |member| member.as_str());
            format!("`{member}` of the {}'s rules", checked.layer)
        });
        Self {
            playable: not_playable.is_none(),
            not_playable,
            explanation,
        }
    }

    /// The edge is told so, and no rules.
    pub(super) fn not_playable(why: &str, viewer: &Viewer) -> Self {
        Self {
            playable: false,
            not_playable: Some(why.to_owned()),
            explanation: Explanation {
                verdict: Verdict::Deny,
                refusal: None,
                reported: None,
                flip: None,
                viewer: ViewerFacts::of(viewer),
                layers: Vec::new(),
                checks: Vec::new(),
            },
        }
    }
}

impl WherePlayed {
    pub(super) fn of(played: Vec<Played>) -> Self {
        Self {
            not_playable: None,
            groups: Groups::of(&played),
            played,
        }
    }

    pub(super) fn nowhere(why: &'static str) -> Self {
        Self {
            not_playable: Some(why),
            groups: Groups(Vec::new()),
            played: Vec::new(),
        }
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Where there are rules, there are the account's at least.
        match (&self.not_playable, self.explanation.layers.is_empty()) {
            (Some(why), true) => nobody(f, why),
            (Some(_), false) | (None, _) => self.explanation.fmt(f),
        }
    }
}

impl fmt::Display for WherePlayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.not_playable {
            Some(why) => nobody(f, why),
            None => self.groups.fmt(f),
        }
    }
}

fn nobody(f: &mut fmt::Formatter<'_>, why: &str) -> fmt::Result {
    writeln!(
        f,
        "REFUSED: nobody plays it, since {why} (403 VIDEO_NOT_PLAYABLE)."
    )
}
