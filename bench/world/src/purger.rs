//! What the purger sends when edits come thick and fast: the calls it makes, one after the other, and for how
//! long a key waits.

use std::collections::{BTreeMap, VecDeque};

use crate::{day::Day, random::exponential};

/// What a storm costs at the purge API.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Purges {
    pub edits: usize,
    pub calls: usize,
    /// Keys in all calls.
    pub keys: usize,
    pub busiest_hour_calls: usize,
    pub busiest_hour_keys: usize,
    /// From the first edit to the last confirmation.
    pub minutes: f64,
    /// How long an edit waited for its first purge, at most.
    pub longest_wait_s: f64,
}

/// A video's key, or its account's searches'; at the shield or at the POPs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// The shield's of the same go first.
    is_of_pops: bool,
    is_search: bool,
    of: usize,
}

#[derive(Clone, Copy)]
struct Open {
    /// How many times it is purged again.
    again: u8,
    /// When it was edited, if it was never purged for that.
    since: Option<f64>,
}

/// So many edits a second for so long.
#[must_use]
pub fn purges(day: &Day, edits: f64, for_ms: f64, shield: bool) -> Purges {
    let mut random = fastrand::Rng::with_seed(day.seed);
    let mut coming = VecDeque::new();
    let mut at = 0.0;
    while (coming.len() as f64) < edits {
        at += exponential(&mut random) * for_ms / edits;
        coming.push_back((
            at,
            random.usize(..day.load.videos),
            random.usize(..day.edits.accounts.max(1)),
        ));
    }
    let again_after = day.purging.margin_ms + day.edge.fill_deadline_ms;
    let mut open: BTreeMap<Key, Open> = BTreeMap::new();
    let mut later: VecDeque<(f64, Key, u8)> = VecDeque::new();
    let (mut now, mut told) = (
        0.0_f64,
        Purges {
            edits: coming.len(),
            ..Purges::default()
        },
    );
    let mut calls: Vec<(f64, usize)> = Vec::new();
    let mut was_of_pops = true;
    loop {
        while let Some((at, video, account)) = coming.pop_front_if(|(at, ..)| *at <= now) {
            for (is_search, of) in [(false, video), (true, account)] {
                let pops = Key {
                    is_of_pops: true,
                    is_search,
                    of,
                };
                add(&mut open, pops, if shield { 2 } else { 1 }, Some(at));
                if shield {
                    add(
                        &mut open,
                        Key {
                            is_of_pops: false,
                            ..pops
                        },
                        1,
                        Some(at),
                    );
                }
            }
        }
        while let Some((_, key, again)) = later.pop_front_if(|(due, ..)| *due <= now) {
            add(&mut open, key, again, None);
        }
        // Copies and answers go in turns, and no answer before its copy.
        let is_callable = |key: &Key| {
            let copy = Key {
                is_of_pops: false,
                ..*key
            };
            !key.is_of_pops || !open.contains_key(&copy)
        };
        let turns = [!was_of_pops, was_of_pops].into_iter();
        let mut turns = turns.filter(|of_pops| {
            let mut keys = open.keys();
            keys.any(|key| key.is_of_pops == *of_pops && is_callable(key))
        });
        let Some(of_pops) = turns.next() else {
            let next = coming.front().map(|(at, ..)| *at).into_iter();
            let due = later.front().map(|(due, ..)| *due);
            match next.chain(due).min_by(f64::total_cmp) {
                Some(next) => now = next,
                None => break,
            }
            continue;
        };
        let of_tier = |is_first: bool| {
            let callable = open.iter().filter(move |(key, open)| {
                key.is_of_pops == of_pops && open.since.is_some() == is_first && is_callable(key)
            });
            callable.map(|(key, _)| *key)
        };
        let batch = of_tier(true)
            .chain(of_tier(false))
            .take(day.purging.keys_per_call as usize);
        let batch: Vec<Key> = batch.collect();
        was_of_pops = of_pops;
        now += day.purging.call_ms;
        calls.push((now, batch.len()));
        for key in batch {
            let Some(Open { again, since }) = open.remove(&key) else {
                continue;
            };
            if let Some(since) = since {
                told.longest_wait_s = told.longest_wait_s.max((now - since) / 1_000.0);
            }
            if again > 0 {
                later.push_back((now + again_after, key, again - 1));
            }
        }
    }
    told.calls = calls.len();
    told.keys = calls.iter().map(|(_, keys)| keys).sum();
    told.minutes = now / 60_000.0;
    let mut first = 0;
    let mut within = (0, 0);
    for &(at, keys) in &calls {
        within = (within.0 + 1, within.1 + keys);
        while calls[first].0 < at - 3_600_000.0 {
            within = (within.0 - 1, within.1 - calls[first].1);
            first += 1;
        }
        told.busiest_hour_calls = told.busiest_hour_calls.max(within.0);
        told.busiest_hour_keys = told.busiest_hour_keys.max(within.1);
    }
    told
}

fn add(open: &mut BTreeMap<Key, Open>, key: Key, again: u8, since: Option<f64>) {
    let there = open.entry(key).or_insert(Open { again, since });
    there.again = there.again.max(again);
    there.since = there.since.or(since);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters;

    #[test]
    fn every_key_is_purged_as_often_as_the_purger_does() {
        let day: Day =
            parameters::parse(include_str!("../parameters.toml"), &[]).expect("the file");
        // Far apart, so that no two share a call: a video's key and its account's searches', twice; with a
        // shield the copies' twice and the entries' three times.
        for (shield, calls, keys) in [(false, 2, 4), (true, 5, 10)] {
            let told = purges(&day, 20.0, 1e9, shield);
            assert_eq!(
                (told.calls, told.keys),
                (20 * calls, 20 * keys),
                "shield: {shield}"
            );
            assert!(told.longest_wait_s <= 0.201, "{}", told.longest_wait_s);
        }
        // A storm keeps nobody waiting, with a shield either.
        let storm = purges(&day, 20_000.0, 720_000.0, true);
        assert!(storm.longest_wait_s < 1.0, "{storm:?}");
        // So close that they do.
        let storm = purges(&day, 2_000.0, 1_000.0, false);
        assert!(storm.calls < 100 && storm.keys > 4_000, "{storm:?}");
    }
}
