//! What is still to be purged, key by key: an edit storm during an outage costs one entry a key.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use playback_policy::SurrogateKey;
use tokio::time::Instant;

use super::{MAX_KEYS_A_CALL, Purge, PurgeKind, Tiers, backoff::Backoff};
use crate::{change::Seq, store::PurgeCursor};

/// The longest pause of a key that the API refuses by itself.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The open keys.
#[derive(Debug)]
pub(super) struct Backlog {
    open: BTreeMap<SurrogateKey, Open>,
    /// Keys that were confirmed and come due again, in this order.
    second: VecDeque<Second>,
    /// The last change whose keys were added.
    taken: Seq,
    /// How many keys the next call may name.
    batch: usize,
    tiers: Tiers,
    /// What was confirmed last: the others have their turn before it is called again.
    last: Call,
}

/// A key the API has yet to confirm.
#[derive(Debug)]
struct Open {
    call: Call,
    /// How many times it is to be purged again afterwards.
    again: u8,
    /// The first change that it was not purged for at all.
    unpurged: Option<Seq>,
    /// The first change that it was not purged for twice.
    unsettled: Seq,
    /// Set when the API refused this very key: the others go on without it.
    refused: Option<Refused>,
}

#[derive(Debug)]
struct Refused {
    backoff: Backoff,
    until: Instant,
}

/// A key that awaits its second purge, or its third.
#[derive(Debug)]
struct Second {
    due: Instant,
    key: SurrogateKey,
    call: Call,
    again: u8,
    unsettled: Seq,
}

/// What a call is for. Of one key, the later the sooner it is made: where a POP fetches from the shield, the
/// shield's copy has to go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Soft,
    Hard,
    ShieldCopy,
}

impl Call {
    /// All, in the order in which they follow this one.
    fn following(self) -> [Self; 3] {
        match self {
            Self::Soft => [Self::ShieldCopy, Self::Hard, Self::Soft],
            Self::ShieldCopy => [Self::Hard, Self::Soft, Self::ShieldCopy],
            Self::Hard => [Self::Soft, Self::ShieldCopy, Self::Hard],
        }
    }

    /// Copies always go: a POP that got a stale one would take it for fresh.
    fn kind(self) -> PurgeKind {
        match self {
            Self::ShieldCopy | Self::Hard => PurgeKind::Hard,
            Self::Soft => PurgeKind::Soft,
        }
    }
}

impl From<PurgeKind> for Call {
    fn from(kind: PurgeKind) -> Self {
        match kind {
            PurgeKind::Hard => Self::Hard,
            PurgeKind::Soft => Self::Soft,
        }
    }
}

impl Backlog {
    /// Nothing to do for the changes up to `taken`.
    pub(super) fn after(taken: Seq, tiers: Tiers) -> Self {
        Self {
            open: BTreeMap::new(),
            second: VecDeque::new(),
            taken,
            batch: MAX_KEYS_A_CALL,
            tiers,
            last: Call::Soft,
        }
    }

    /// The last change whose keys were added.
    pub(super) fn taken(&self) -> Seq {
        self.taken
    }

    /// Adds what the next change makes untrue.
    pub(super) fn add(&mut self, seq: Seq, purge: Option<Purge>) {
        self.taken = seq;
        let Some(purge) = purge else { return };
        for key in purge.keys {
            if let (Tiers::Two, Some(copy)) = (self.tiers, key.at_shield()) {
                // As if the shield were the only tier.
                self.open(copy, Call::ShieldCopy, Tiers::One, seq);
            }
            self.open(key, purge.kind.into(), self.tiers, seq);
        }
    }

    fn open(&mut self, key: SurrogateKey, call: Call, tiers: Tiers, seq: Seq) {
        let again = tiers.again();
        let open = self.open.entry(key).or_insert(Open {
            call,
            again,
            unpurged: None,
            unsettled: seq,
            refused: None,
        });
        open.call = open.call.max(call);
        open.again = again;
        open.unpurged = open.unpurged.or(Some(seq));
    }

    /// Opens the second purges that are due by `now`.
    pub(super) fn open_due(&mut self, now: Instant) {
        while let Some(second) = self.second.pop_front_if(|second| second.due <= now) {
            let open = self.open.entry(second.key).or_insert(Open {
                call: second.call,
                again: second.again,
                unpurged: None,
                unsettled: second.unsettled,
                refused: None,
            });
            open.call = open.call.max(second.call);
            open.again = open.again.max(second.again);
            open.unsettled = open.unsettled.min(second.unsettled);
        }
    }

    /// What the next call should name: copies at the shield, hard ones and soft ones in turns, since edits may
    /// come faster than calls of one kind end; as many as it may take, and of those the ones an editor is
    /// waiting for before the second purges.
    pub(super) fn next_batch(&self, now: Instant) -> Option<Purge> {
        self.last.following().into_iter().find_map(|call| {
            let keys: BTreeSet<_> = [true, false]
                .into_iter()
                .flat_map(|is_first| self.callable(call, is_first, now))
                .take(self.batch)
                .cloned()
                .collect();
            let kind = call.kind();
            (!keys.is_empty()).then_some(Purge { kind, keys })
        })
    }

    /// The keys that such a call may name, for the first time or again.
    fn callable(
        &self,
        call: Call,
        is_first: bool,
        now: Instant,
    ) -> impl Iterator<Item = &SurrogateKey> {
        let is_callable = move |key: &SurrogateKey, open: &Open| {
            open.call == call
                && open.unpurged.is_some() == is_first
                && open.paused_until().is_none_or(|until| until <= now)
                && !self.awaits_copy(key, call)
        };
        let open = self.open.iter();
        open.filter_map(move |(key, open)| is_callable(key, open).then_some(key))
    }

    /// Whether the shield's copy is still there for POPs to fetch. One that the API refuses by itself may be
    /// for long: then better the answers alone than nothing.
    fn awaits_copy(&self, key: &SurrogateKey, call: Call) -> bool {
        let copy = match (self.tiers, call) {
            (Tiers::Two, Call::Hard | Call::Soft) => key.at_shield(),
            (Tiers::One, _) | (_, Call::ShieldCopy) => None,
        };
        let open = copy.and_then(|copy| self.open.get(&copy));
        open.is_some_and(|copy| copy.refused.is_none())
    }

    /// When there is something to do, unless there is now.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let paused = self.open.values().filter_map(Open::paused_until);
        paused
            .chain(self.second.front().map(|second| second.due))
            .min()
    }

    /// Closes what the API confirmed; what has to be purged again comes due at `due`.
    pub(super) fn confirm(&mut self, batch: &Purge, due: Instant) {
        for key in &batch.keys {
            let Some(open) = self.open.remove(key) else {
                continue;
            };
            self.last = open.call;
            if let Some(again) = open.again.checked_sub(1) {
                self.second.push_back(Second {
                    due,
                    key: key.clone(),
                    call: open.call,
                    again,
                    unsettled: open.unsettled,
                });
            }
        }
        self.batch = (self.batch * 2).min(MAX_KEYS_A_CALL);
    }

    /// Notes that the API refused what the batch says. One bad key among many: smaller and smaller
    /// batches find it, and once it is alone it pauses alone. Answers the pause of such a key.
    pub(super) fn refuse(&mut self, batch: &Purge, now: Instant) -> Option<Duration> {
        if batch.keys.len() > 1 {
            self.batch = batch.keys.len() / 2;
            return None;
        }
        self.batch = MAX_KEYS_A_CALL;
        let open = self.open.get_mut(batch.keys.first()?)?;
        let mut backoff = open
            .refused
            .take()
            .map(|refused| refused.backoff)
            .unwrap_or_default();
        let pause = backoff.fail(LONGEST_PAUSE);
        let until = now + pause;
        open.refused = Some(Refused { backoff, until });
        Some(pause)
    }

    /// How far everything is done.
    pub(super) fn cursor(&self) -> PurgeCursor {
        let (mut purged, mut settled) = (self.taken, self.taken);
        for open in self.open.values() {
            if let Some(unpurged) = open.unpurged {
                purged = purged.min(unpurged.before());
            }
            settled = settled.min(open.unsettled.before());
        }
        for second in &self.second {
            settled = settled.min(second.unsettled.before());
        }
        PurgeCursor { purged, settled }
    }

    /// How many keys the API has yet to confirm.
    pub(super) fn open_keys(&self) -> usize {
        self.open.len()
    }

    /// How many keys are unpurged or await their second purge.
    pub(super) fn unfinished_keys(&self) -> usize {
        self.open.len() + self.second.len()
    }
}

impl Open {
    fn paused_until(&self) -> Option<Instant> {
        self.refused.as_ref().map(|refused| refused.until)
    }
}

#[cfg(test)]
mod tests;
