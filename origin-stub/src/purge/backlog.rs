//! What is still to be purged, key by key: an edit storm during an outage costs one entry a video.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use playback_policy::SurrogateKey;
use tokio::{sync::oneshot, time::Instant};

use super::{MAX_KEYS_A_CALL, Purge, PurgeKind};

/// Somebody waits for a purge. Every open key of it holds the ticket; the last one to go redeems it.
#[derive(Debug)]
pub(super) struct Ticket(oneshot::Sender<()>);

/// The waiting end of a [`Ticket`].
pub(super) struct Confirmed(oneshot::Receiver<()>);

/// The open keys.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    open: BTreeMap<SurrogateKey, Open>,
    /// Rounds confirmed once, in the order in which they come due again.
    second: VecDeque<(Instant, Purge)>,
}

/// A key the API has yet to confirm.
#[derive(Debug)]
struct Open {
    kind: PurgeKind,
    round: Round,
    tickets: Vec<Arc<Ticket>>,
}

/// Whether the key is purged again once confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    First,
    Second,
}

impl Ticket {
    pub(super) fn new() -> (Self, Confirmed) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), Confirmed(receiver))
    }
}

impl Confirmed {
    /// Returns when the ticket's last key is confirmed.
    pub(super) async fn wait(self) {
        // Nothing is ever sent: the tickets' end is the message.
        self.0.await.ok();
    }
}

impl Backlog {
    /// Adds what an edit changed.
    pub(super) fn add(&mut self, purge: Purge, ticket: &Arc<Ticket>) {
        for key in purge.keys {
            let open = self.open.entry(key).or_insert(Open {
                kind: purge.kind,
                round: Round::First,
                tickets: Vec::new(),
            });
            open.kind = open.kind.max(purge.kind);
            open.round = Round::First;
            // During an outage editors stop waiting and their tickets would pile up.
            open.tickets.retain(|ticket| !ticket.0.is_closed());
            open.tickets.push(Arc::clone(ticket));
        }
    }

    /// Opens the second rounds that are due by `now`.
    pub(super) fn open_due(&mut self, now: Instant) {
        while let Some((_, purge)) = self.second.pop_front_if(|(due, _)| *due <= now) {
            for key in purge.keys {
                let open = self.open.entry(key).or_insert(Open {
                    kind: purge.kind,
                    round: Round::Second,
                    tickets: Vec::new(),
                });
                open.kind = open.kind.max(purge.kind);
            }
        }
    }

    /// When the next second round is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.second.front().map(|(due, _)| *due)
    }

    /// What the next call should name: hard ones first, as many as a call takes.
    pub(super) fn next_batch(&self) -> Option<Purge> {
        [PurgeKind::Hard, PurgeKind::Soft]
            .into_iter()
            .find_map(|kind| {
                let of_kind = self.open.iter().filter(|(_, open)| open.kind == kind);
                let keys: BTreeSet<_> = of_kind
                    .map(|(key, _)| key.clone())
                    .take(MAX_KEYS_A_CALL)
                    .collect();
                (!keys.is_empty()).then_some(Purge { kind, keys })
            })
    }

    /// Closes what the API confirmed; first rounds come due again at `due`.
    pub(super) fn confirm(&mut self, batch: &Purge, due: Instant) {
        let mut again = BTreeSet::new();
        for key in &batch.keys {
            if let Some(open) = self.open.remove(key)
                && open.round == Round::First
            {
                again.insert(key.clone());
            }
        }
        if !again.is_empty() {
            self.second.push_back((
                due,
                Purge {
                    kind: batch.kind,
                    keys: again,
                },
            ));
        }
    }

    /// How many keys the API has yet to confirm.
    pub(super) fn open_keys(&self) -> usize {
        self.open.len()
    }

    /// How many keys are unpurged or await their second round.
    pub(super) fn unfinished_keys(&self) -> usize {
        self.open.len()
            + self
                .second
                .iter()
                .map(|(_, purge)| purge.keys.len())
                .sum::<usize>()
    }

    /// The keys of [`Backlog::unfinished_keys`].
    pub(super) fn unfinished(&self) -> BTreeSet<&SurrogateKey> {
        self.open
            .keys()
            .chain(self.second.iter().flat_map(|(_, purge)| &purge.keys))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purge(kind: PurgeKind, keys: impl IntoIterator<Item = usize>) -> Purge {
        let key = |at| {
            format!("video-id-{at:04}")
                .parse()
                .expect("a surrogate key")
        };
        Purge {
            kind,
            keys: keys.into_iter().map(key).collect(),
        }
    }

    fn add(backlog: &mut Backlog, purge: Purge) -> Confirmed {
        let (ticket, confirmed) = Ticket::new();
        backlog.add(purge, &Arc::new(ticket));
        confirmed
    }

    #[test]
    fn a_batch_is_of_one_kind_hard_first_and_at_most_256_keys() {
        let mut backlog = Backlog::default();
        let _soft = add(&mut backlog, purge(PurgeKind::Soft, [0]));
        let _hard = add(&mut backlog, purge(PurgeKind::Hard, 1..=300));
        let now = Instant::now();
        let mut seen = Vec::new();
        while let Some(batch) = backlog.next_batch() {
            seen.push((batch.kind, batch.keys.len()));
            backlog.confirm(&batch, now);
        }
        assert_eq!(
            seen,
            [
                (PurgeKind::Hard, 256),
                (PurgeKind::Hard, 44),
                (PurgeKind::Soft, 1)
            ]
        );
    }

    #[test]
    fn a_hard_purge_is_never_softened_by_a_later_one() {
        let mut backlog = Backlog::default();
        let _hard = add(&mut backlog, purge(PurgeKind::Hard, [1]));
        let _soft = add(&mut backlog, purge(PurgeKind::Soft, [1]));
        assert_eq!(backlog.next_batch(), Some(purge(PurgeKind::Hard, [1])));
    }

    #[test]
    fn each_key_is_purged_twice_and_no_third_time() {
        let mut backlog = Backlog::default();
        let _open = add(&mut backlog, purge(PurgeKind::Hard, [1]));
        let due = Instant::now();
        let first = backlog.next_batch().expect("a first round");
        backlog.confirm(&first, due);
        assert!(backlog.next_batch().is_none(), "not due");
        backlog.open_due(due);
        let second = backlog.next_batch().expect("a second round");
        backlog.confirm(&second, due);
        backlog.open_due(due);
        assert_eq!((backlog.next_batch(), backlog.unfinished_keys()), (None, 0));
    }

    #[test]
    fn an_edit_during_a_second_round_begins_a_first_one() {
        let mut backlog = Backlog::default();
        let _open = add(&mut backlog, purge(PurgeKind::Soft, [1]));
        let due = Instant::now();
        backlog.confirm(&purge(PurgeKind::Soft, [1]), due);
        backlog.open_due(due);
        let _edit = add(&mut backlog, purge(PurgeKind::Hard, [1]));
        backlog.confirm(&purge(PurgeKind::Hard, [1]), due);
        assert_eq!(backlog.next_due(), Some(due));
    }

    #[tokio::test]
    async fn a_ticket_is_redeemed_by_its_last_key() {
        let mut backlog = Backlog::default();
        let confirmed = add(&mut backlog, purge(PurgeKind::Hard, [1, 2]));
        backlog.confirm(&purge(PurgeKind::Hard, [1]), Instant::now());
        let mut waiting = Box::pin(confirmed.wait());
        let polled = std::future::poll_fn(|context| {
            std::task::Poll::Ready(waiting.as_mut().poll(context).is_ready())
        });
        assert!(!polled.await, "one key is open");
        backlog.confirm(&purge(PurgeKind::Hard, [2]), Instant::now());
        waiting.await;
    }
}
