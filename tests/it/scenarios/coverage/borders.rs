//! Borders: two rows that differ by one second, or by one address, and are answered differently.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use playback_policy::{Member, Rules};

use super::super::question::Question;
use crate::harness::scenario::{RowViewer, Scenario, Wanted};

/// A border, and what a viewer is answered who has just crossed it.
#[derive(PartialEq, Eq)]
pub(super) struct Border {
    of: Of,
    becomes: Wanted,
}

#[derive(PartialEq, Eq)]
enum Of {
    /// The second at which a member opens or closes.
    Time(Member),
    /// Likewise, of one window of hours.
    Hours(&'static str),
    /// The first or last address of a list's network.
    V4(Member),
    V6(Member),
}

/// The windows whose ends must be seen: within a day, at its ends, across midnight, on the next day.
const WINDOWS: [&str; 6] = ["0-1", "9-17", "23-24", "22-26", "24-26", "47-48"];

/// Every border there must be rows on either side of.
pub(super) fn all() -> Vec<Border> {
    use Member::{AppliesFrom, AppliesUntil, Days, From, IpAllow, IpDeny, Until};
    use Wanted::{Allow, Deny};
    let mut all = vec![
        (Of::Time(From), Allow),
        (Of::Time(Until), Deny),
        (Of::Time(Days), Allow),
        (Of::Time(Days), Deny),
        (Of::Time(AppliesFrom), Deny),
        (Of::Time(AppliesUntil), Allow),
    ];
    for becomes in [Allow, Deny] {
        all.extend(WINDOWS.map(|window| (Of::Hours(window), becomes)));
        for list in [IpAllow, IpDeny] {
            all.extend([(Of::V4(list), becomes), (Of::V6(list), becomes)]);
        }
    }
    all.into_iter()
        .map(|(of, becomes)| Border { of, becomes })
        .collect()
}

/// The borders no two rows are on either side of.
pub(super) fn missing(borders: &[Border], rows: &[(Scenario, Question)]) -> Vec<String> {
    let mut alike = BTreeMap::<_, Vec<_>>::new();
    for row in rows {
        alike
            .entry(but_for_time_and_address(&row.0))
            .or_default()
            .push(row);
    }
    let is_crossed = |border: &Border| {
        alike.values().any(|rows| {
            let pairs = rows
                .iter()
                .flat_map(|before| rows.iter().map(move |behind| (before, behind)));
            pairs
                .into_iter()
                .any(|(before, behind)| border.is_between(before, behind))
        })
    };
    let missing = borders.iter().filter(|border| !is_crossed(border));
    missing.map(ToString::to_string).collect()
}

fn but_for_time_and_address(row: &Scenario) -> String {
    let viewer = RowViewer {
        ip: IpAddr::from([0, 0, 0, 0]),
        time: None,
        ..row.viewer.clone()
    };
    format!("{:?} {} {viewer:?}", row.layers, row.key)
}

impl Border {
    fn is_between(
        &self,
        (before, _): &(Scenario, Question),
        (behind, question): &(Scenario, Question),
    ) -> bool {
        if before.want.decision == behind.want.decision || behind.want.decision != self.becomes {
            return false;
        }
        let refused_by = [before, behind]
            .into_iter()
            .find_map(|row| row.want.member.as_deref());
        let is_by = |member: Member| refused_by == Some(member.as_str());
        let viewers = (&before.viewer, &behind.viewer);
        match &self.of {
            Of::Time(Member::AppliesFrom) => {
                is_a_second_apart(viewers)
                    && has(question, |rules| rules.applies_from == behind.viewer.time)
            }
            Of::Time(Member::AppliesUntil) => {
                is_a_second_apart(viewers)
                    && has(question, |rules| rules.applies_until == behind.viewer.time)
            }
            Of::Time(member) => is_by(*member) && is_a_second_apart(viewers),
            Of::Hours(window) => {
                is_by(Member::Hours)
                    && is_a_second_apart(viewers)
                    && has(
                        question,
                        |rules| matches!(rules.hours.as_slice(), [only] if only.to_string() == *window),
                    )
            }
            Of::V4(list) => {
                is_by(*list) && behind.viewer.ip.is_ipv4() && is_an_address_apart(viewers)
            }
            Of::V6(list) => {
                is_by(*list) && behind.viewer.ip.is_ipv6() && is_an_address_apart(viewers)
            }
        }
    }
}

fn has(question: &Question, is: impl Fn(&Rules) -> bool) -> bool {
    question.sets.iter().any(|(_, rules)| is(rules))
}

fn is_a_second_apart((before, behind): (&RowViewer, &RowViewer)) -> bool {
    let next = before.time.and_then(|time| time.checked_add(1));
    before.ip == behind.ip && next.is_some() && next == behind.time
}

fn is_an_address_apart((before, behind): (&RowViewer, &RowViewer)) -> bool {
    let next = match before.ip {
        IpAddr::V4(v4) => v4
            .to_bits()
            .checked_add(1)
            .map(|bits| IpAddr::from(bits.to_be_bytes())),
        IpAddr::V6(v6) => v6
            .to_bits()
            .checked_add(1)
            .map(|bits| IpAddr::from(bits.to_be_bytes())),
    };
    before.time == behind.time && next == Some(behind.ip)
}

impl fmt::Display for Border {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let becomes = match self.becomes {
            Wanted::Allow => "allowed",
            Wanted::Deny => "refused",
        };
        match &self.of {
            Of::Time(member) => write!(f, "the second at which `{member}` has a viewer {becomes}"),
            Of::Hours(window) => write!(f, "the second at which `{window}` has a viewer {becomes}"),
            Of::V4(list) => write!(
                f,
                "the IPv4 address at which `{list}` has a viewer {becomes}"
            ),
            Of::V6(list) => write!(
                f,
                "the IPv6 address at which `{list}` has a viewer {becomes}"
            ),
        }
    }
}
