//! An explanation for people.

use std::fmt;

use super::{Explanation, Outcome, Played, Refusal};
use crate::{rules::Verdict, search::Moment};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.refusal {
            None => writeln!(f, "ALLOWED: every layer lets this viewer in.")?,
            Some(refusal) => writeln!(f, "REFUSED: {refusal}.")?,
        }
        if let Some(refusal) = &self.reported {
            writeln!(f, "Reported only, not enforced: {refusal}.")?;
        }
        match (&self.flip, self.verdict) {
            (Some(flip), Verdict::Deny) => writeln!(f, "It would be allowed with: {flip}")?,
            (Some(flip), Verdict::Allow) => writeln!(f, "It would be refused with: {flip}")?,
            (None, Verdict::Deny) => {
                writeln!(f, "No change of facts was found that would allow it.")?;
            }
            (None, Verdict::Allow) => writeln!(f, "No fact about the viewer would change that.")?,
        }
        writeln!(f, "\nviewer: {}", self.viewer)?;
        if let Some(time) = self.viewer.time {
            writeln!(f, "at:     {}", Moment::At(time))?;
        }
        writeln!(f, "\n{:<8} {:<12} rules", "layer", "")?;
        for held in &self.layers {
            let state = match (held.enforced, held.applies) {
                (true, true) => "",
                (false, true) => "report only",
                (_, false) => "not now",
            };
            writeln!(f, "{:<8} {state:<12} {}", held.layer.as_str(), held.rules)?;
        }
        writeln!(
            f,
            "\n{:<18} {:<8} {:<9} {:<15} saw",
            "check", "layer", "outcome", "member"
        )?;
        for checked in self
            .checks
            .iter()
            .filter(|checked| checked.outcome != Outcome::NoRules)
        {
            let member = checked.member.map_or("", |member| member.as_str());
            let seen = checked.seen.as_deref().unwrap_or_default();
            let reported = if checked.enforced {
                ""
            } else {
                " (report only)"
            };
            let line = format!(
                "{:<18} {:<8} {:<9} {member:<15} {seen}{reported}",
                checked.check.as_str(),
                checked.layer.as_str(),
                checked.outcome.as_str()
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            layer,
            member,
            seen,
            status,
            ..
        } = self;
        let code = self.error_subcode.unwrap_or(self.error_code);
        write!(
            f,
            "`{member}` of the {layer}'s rules saw {seen} ({status} {code})"
        )
    }
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.refusal {
            None => write!(f, "{}: allowed", self.facts),
            Some(refusal) => write!(f, "{}: refused, {refusal}", self.facts),
        }
    }
}

impl Outcome {
    /// The outcome's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuses => "refuses",
            Self::Allows => "allows",
            Self::Passes => "passes",
            Self::NoRules => "no-rules",
        }
    }
}
