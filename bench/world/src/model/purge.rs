//! The purges that follow an edit, as the purger sends them.

use super::Network;

/// An edit that changes one video's answers.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    /// When it is committed.
    pub at: f64,
    /// Of content only: what is stored becomes stale, and stands in.
    pub is_soft: bool,
}

/// Whose copies are purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    Shield,
    Pops,
}

/// One purge, as it takes effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purge {
    pub(super) at: f64,
    pub(super) tier: Tier,
    pub(super) is_soft: bool,
}

impl Network {
    /// What an edit's purges are. Without a shield two of the POPs, a fill deadline apart; with one, two of the
    /// shield's copies and three of the POPs' entries, the shield's always before.
    pub(super) fn purges(&self, edit: &Edit) -> impl Iterator<Item = Purge> + use<'_> {
        let (has_shield, deadline) = (self.shield.is_some(), self.fill_deadline_ms);
        let Edit { at, is_soft } = *edit;
        let rounds = (0..if has_shield { 3 } else { 2 })
            .filter_map(move |round| Some((round, self.purging?)));
        rounds.flat_map(move |(round, purging)| {
            let again = purging.margin_ms + deadline;
            let call = if has_shield { purging.call_ms } else { 0.0 };
            let confirmed = at + purging.confirmed_ms + f64::from(round) * again;
            let shield = Purge {
                at: confirmed + purging.everywhere_ms,
                tier: Tier::Shield,
                is_soft: false,
            };
            let pops = Purge {
                at: confirmed + call + purging.everywhere_ms,
                tier: Tier::Pops,
                is_soft,
            };
            let shield = (has_shield && round < 2).then_some(shield);
            shield.into_iter().chain([pops])
        })
    }

    /// Calls of the purge API that one edit takes, where no other shares them.
    #[must_use]
    pub fn calls_per_edit(&self) -> usize {
        let edit = Edit {
            at: 0.0,
            is_soft: false,
        };
        self.purges(&edit).count()
    }
}
