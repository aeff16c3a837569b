//! Where it plays, for people: viewers who get the same for the same reason, told together.

use std::fmt;

use serde::Serialize;

use super::{Played, Refusal};
use crate::{
    facts::ViewerFacts,
    rules::{LayerKind, Member, Verdict},
};

/// Groups of viewers: first those who are allowed, then the refused, the most first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Groups(pub Vec<Group>);

/// Viewers who get the same for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What is decided for all of them.
    pub verdict: Verdict,
    /// Who refuses them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Grounds>,
    /// How many they are.
    pub count: usize,
    /// Who they are: a place by its code (`DE`, `US-NY`, `metro:501`, and `?` where none is known),
    /// anybody else by what was told of them.
    pub viewers: Vec<String>,
    /// Whether all of them are told by a place and nothing else.
    #[serde(skip)]
    are_places: bool,
}

/// A refusal without what it saw, which differs from viewer to viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grounds {
    /// Whose rules refuse.
    pub layer: LayerKind,
    /// The member that refuses; for a default, the member that set it.
    pub member: Member,
    /// The HTTP status.
    pub status: u16,
    /// The `error_code`.
    pub error_code: &'static str,
    /// The `error_subcode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_subcode: Option<&'static str>,
}

/// How wide a line of places may be.
const WIDTH: usize = 96;

impl Groups {
    /// Puts together who gets the same for the same reason.
    #[must_use]
    pub fn of(played: &[Played]) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for one in played {
            let refusal = one.refusal.as_ref().map(Grounds::of);
            let place = place(&one.facts);
            let are_places = place.is_some();
            let name = place.unwrap_or_else(|| one.facts.to_string());
            let is_like =
                |group: &&mut Group| (group.verdict, &group.refusal) == (one.verdict, &refusal);
            match groups.iter_mut().find(is_like) {
                Some(group) => {
                    group.count += 1;
                    group.viewers.push(name);
                    group.are_places &= are_places;
                }
                None => groups.push(Group {
                    verdict: one.verdict,
                    refusal,
                    count: 1,
                    viewers: vec![name],
                    are_places,
                }),
            }
        }
        groups.sort_by_key(|group| (group.refusal.is_some(), std::cmp::Reverse(group.count)));
        Self(groups)
    }
}

impl Grounds {
    fn of(refusal: &Refusal) -> Self {
        Self {
            layer: refusal.layer,
            member: refusal.member,
            status: refusal.status,
            error_code: refusal.error_code,
            error_subcode: refusal.error_subcode,
        }
    }
}

/// The code of a place, where nothing but a place is told, and that in one of its usual forms.
fn place(facts: &ViewerFacts) -> Option<String> {
    let country = facts.country.as_deref()?.to_ascii_uppercase();
    let only_country = ViewerFacts {
        country: facts.country.clone(),
        ..ViewerFacts::default()
    };
    if *facts == only_country {
        return Some(country);
    }
    if let Some(region) = &facts.region {
        let only_region = ViewerFacts {
            region: Some(region.clone()),
            ..only_country
        };
        let part = match region.split_once('-') {
            Some((_, part)) => part,
            None => region,
        };
        return (*facts == only_region).then(|| format!("{country}-{}", part.to_ascii_uppercase()));
    }
    let metro = facts.metro.filter(|_| country == "US")?;
    let only_metro = ViewerFacts {
        metro: Some(metro),
        ..only_country
    };
    (*facts == only_metro).then(|| format!("metro:{metro}"))
}

impl fmt::Display for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(groups) = self;
        if let [all] = groups.as_slice()
            && all.are_places
        {
            // Which places there are is not the question.
            return writeln!(f, "{} in all {}{}.", all.outcome(), all.count, all.by());
        }
        groups.iter().try_for_each(|group| group.fmt(f))
    }
}

impl Group {
    fn outcome(&self) -> &'static str {
        match self.verdict {
            Verdict::Allow => "allowed",
            Verdict::Deny => "refused",
        }
    }

    fn by(&self) -> String {
        let by = self.refusal.as_ref();
        by.map(|grounds| format!(" {grounds}")).unwrap_or_default()
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let preposition = if self.are_places { "in" } else { "for" };
        let (outcome, by, count) = (self.outcome(), self.by(), self.count);
        let head = format!("{outcome} {preposition} {count}{by}:");
        if !self.are_places {
            writeln!(f, "{head}")?;
            let mut viewers = self.viewers.iter();
            return viewers.try_for_each(|viewer| match viewer.as_str() {
                "" => writeln!(f, "  the viewer as told"),
                told => writeln!(f, "  {told}"),
            });
        }
        let line = format!("{head} {}", self.viewers.join(" "));
        if line.len() <= WIDTH {
            return writeln!(f, "{line}");
        }
        write!(f, "{head}")?;
        let mut column = WIDTH;
        for name in &self.viewers {
            if column + 1 + name.len() > WIDTH {
                write!(f, "\n ")?;
                column = 1;
            }
            write!(f, " {name}")?;
            column += 1 + name.len();
        }
        writeln!(f)
    }
}

impl fmt::Display for Grounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            layer,
            member,
            status,
            ..
        } = self;
        let code = self.error_subcode.unwrap_or(self.error_code);
        write!(f, "by `{member}` of the {layer}'s rules ({status} {code})")
    }
}

#[cfg(test)]
mod tests;
