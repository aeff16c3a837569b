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

fn hard(keys: impl IntoIterator<Item = usize>) -> Purge {
    purge(PurgeKind::Hard, keys)
}

fn soft(keys: impl IntoIterator<Item = usize>) -> Purge {
    purge(PurgeKind::Soft, keys)
}

/// A backlog of these changes, numbered from 1 on.
fn backlog(purges: impl IntoIterator<Item = Option<Purge>>) -> Backlog {
    taken(Backlog::after(Seq::default(), Tiers::One), purges)
}

fn taken(mut backlog: Backlog, purges: impl IntoIterator<Item = Option<Purge>>) -> Backlog {
    for purge in purges {
        let next = Seq::of_row(backlog.taken().to_row() + 1);
        backlog.add(next, purge);
    }
    backlog
}

fn at(seq: i64) -> Seq {
    Seq::of_row(seq)
}

#[track_caller]
fn assert_cursor(backlog: &Backlog, purged: i64, settled: i64) {
    let want = PurgeCursor {
        purged: at(purged),
        settled: at(settled),
    };
    assert_eq!(backlog.cursor(), want);
}

#[test]
fn a_batch_is_of_one_kind_in_turns_hard_first_and_at_most_256_keys() {
    let mut backlog = backlog([Some(soft([0])), Some(hard(1..=300))]);
    let now = Instant::now();
    let mut seen = Vec::new();
    while let Some(batch) = backlog.next_batch(now) {
        seen.push((batch.kind, batch.keys.len()));
        backlog.confirm(&batch, now);
    }
    assert_eq!(
        seen,
        [
            (PurgeKind::Hard, 256),
            (PurgeKind::Soft, 1),
            (PurgeKind::Hard, 44)
        ]
    );
}

#[test]
fn an_edit_does_not_wait_behind_second_purges() {
    let mut backlog = backlog([Some(hard(1..=256))]);
    let now = Instant::now();
    backlog.confirm(&hard(1..=256), now);
    backlog.open_due(now);
    backlog.add(at(2), Some(hard([300])));
    let batch = backlog.next_batch(now).expect("all of them are open");
    assert_eq!(batch, hard((1..=255).chain([300])));
}

#[test]
fn many_changes_of_one_key_are_one_purge() {
    let backlog = backlog((0..1_000).map(|_| Some(soft([1]))));
    assert_eq!(backlog.open_keys(), 1);
}

#[test]
fn a_hard_purge_is_never_softened_by_a_later_one() {
    let mut backlog = backlog([Some(hard([1])), Some(soft([1]))]);
    let now = Instant::now();
    assert_eq!(backlog.next_batch(now), Some(hard([1])));
    backlog.confirm(&hard([1]), now);
    backlog.open_due(now);
    assert_eq!(backlog.next_batch(now), Some(hard([1])), "nor the second");
}

#[test]
fn the_cursor_moves_when_everything_up_to_it_is_purged_and_then_settled() {
    let mut backlog = backlog([Some(hard([1])), None, Some(soft([2])), Some(hard([3]))]);
    let due = Instant::now();
    assert_cursor(&backlog, 0, 0);
    backlog.confirm(&hard([1]), due);
    assert_cursor(&backlog, 2, 0);
    backlog.confirm(&hard([3]), due);
    assert_cursor(&backlog, 2, 0);
    backlog.confirm(&soft([2]), due);
    assert_cursor(&backlog, 4, 0);
    backlog.open_due(due);
    assert_cursor(&backlog, 4, 0);
    backlog.confirm(&hard([3]), due);
    assert_cursor(&backlog, 4, 0);
    backlog.confirm(&hard([1]), due);
    assert_cursor(&backlog, 4, 2);
    backlog.confirm(&soft([2]), due);
    assert_cursor(&backlog, 4, 4);
    assert_eq!(backlog.unfinished_keys(), 0);
    assert!(backlog.next_batch(due).is_none(), "no third time");
}

#[test]
fn a_second_purge_is_not_made_before_it_is_due() {
    let mut backlog = backlog([Some(hard([1]))]);
    let now = Instant::now();
    let due = now + Duration::from_secs(3);
    backlog.confirm(&hard([1]), due);
    backlog.open_due(now);
    assert!(backlog.next_batch(now).is_none());
    assert_eq!(backlog.next_due(), Some(due));
    backlog.open_due(due);
    assert_eq!(backlog.next_batch(due), Some(hard([1])));
}

#[test]
fn an_edit_during_a_second_purge_is_purged_twice_itself() {
    let mut backlog = backlog([Some(soft([1]))]);
    let due = Instant::now();
    backlog.confirm(&soft([1]), due);
    backlog.open_due(due);
    backlog.add(at(2), Some(hard([1])));
    assert_cursor(&backlog, 1, 0);
    backlog.confirm(&hard([1]), due);
    assert_cursor(&backlog, 2, 0);
    backlog.open_due(due);
    backlog.confirm(&hard([1]), due);
    assert_cursor(&backlog, 2, 2);
}

#[test]
fn a_key_that_is_refused_is_found_and_pauses_alone() {
    let bad = 77;
    let mut backlog = backlog([Some(hard(0..256))]);
    let now = Instant::now();
    let mut calls = 0;
    let pause = loop {
        let batch = backlog.next_batch(now).expect("the bad key is open");
        calls += 1;
        assert!(calls < 30, "it is found soon");
        match batch.keys.is_superset(&hard([bad]).keys) {
            true => {
                if let Some(pause) = backlog.refuse(&batch, now) {
                    assert_eq!(batch, hard([bad]));
                    break pause;
                }
            }
            false => backlog.confirm(&batch, now),
        }
    };
    while let Some(batch) = backlog.next_batch(now) {
        assert!(batch.keys.is_disjoint(&hard([bad]).keys), "it pauses");
        backlog.confirm(&batch, now);
    }
    assert_eq!(backlog.open_keys(), 1);
    assert_eq!(backlog.next_batch(now + pause), Some(hard([bad])));
    assert_cursor(&backlog, 0, 0);
}

/// The labels of what the shield keeps of these.
fn copies(keys: impl IntoIterator<Item = usize>) -> Purge {
    let Purge { kind, keys } = hard(keys);
    let keys = keys.iter().filter_map(SurrogateKey::at_shield).collect();
    Purge { kind, keys }
}

/// A POP that was purged before the shield would fetch the old answer from there. And one that fetched
/// it just before the shield was purged the second time keeps it beyond that: only a third purge ends it.
#[test]
fn with_a_shield_its_copies_go_first_and_the_answers_once_more_at_the_end() {
    let mut backlog = taken(
        Backlog::after(Seq::default(), Tiers::Two),
        [Some(soft([1])), Some(hard([2]))],
    );
    let now = Instant::now();
    let expected = [copies([1, 2]), hard([2]), soft([1])];
    for round in 0..3 {
        let due = now + Duration::from_secs(round);
        backlog.open_due(due);
        // The copies are settled after their second purge.
        let calls = expected.iter().skip(usize::from(round == 2));
        for call in calls {
            assert_eq!(
                backlog.next_batch(due).as_ref(),
                Some(call),
                "round {round}"
            );
            backlog.confirm(call, due + Duration::from_secs(1));
        }
        assert_eq!(backlog.next_batch(due), None, "round {round}");
        assert_cursor(&backlog, 2, if round == 2 { 2 } else { 0 });
    }
    backlog.open_due(now + Duration::from_secs(9));
    assert_eq!(backlog.unfinished_keys(), 0);
}

#[test]
fn an_edit_is_not_purged_while_the_shields_copy_is_not() {
    let two = Backlog::after(Seq::default(), Tiers::Two);
    let mut backlog = taken(two, [Some(hard([1]))]);
    assert_eq!(backlog.cursor().purged, Seq::default());
    backlog.confirm(&copies([1]), Instant::now());
    assert_eq!(backlog.cursor().purged, Seq::default(), "only the copy is");
}

/// Edits that come faster than calls end: after each call some of either kind are new.
#[test]
fn a_storm_keeps_no_edit_waiting_and_no_answer_goes_before_its_copy() {
    for tiers in [Tiers::One, Tiers::Two] {
        let mut backlog = Backlog::after(Seq::default(), tiers);
        let now = Instant::now();
        let mut purged = BTreeSet::new();
        for call in 0..60 {
            backlog = taken(
                backlog,
                [Some(hard([2 * call])), Some(soft([2 * call + 1]))],
            );
            let batch = backlog.next_batch(now).expect("there are new ones");
            backlog.confirm(&batch, now + Duration::from_secs(60));
            let is_copy = |key: &&SurrogateKey| key.as_str().starts_with("shield-");
            for answer in batch.keys.iter().filter(|key| !is_copy(key)) {
                let copy = answer.at_shield().expect("a key");
                let is_gone = tiers == Tiers::One || purged.contains(&copy);
                assert!(is_gone, "{tiers:?}: {answer} before its copy");
            }
            purged.extend(batch.keys);
            // Each kind has had its turn by then.
            for waiting in (0..=2 * call + 1).rev().skip(8) {
                let key = hard([waiting]).keys.pop_first().expect("one");
                assert!(purged.contains(&key), "{tiers:?}: {key} at call {call}");
            }
        }
    }
}

#[test]
fn an_answer_does_not_wait_for_a_copy_that_the_api_refuses() {
    let two = Backlog::after(Seq::default(), Tiers::Two);
    let mut backlog = taken(two, [Some(hard([1]))]);
    let now = Instant::now();
    assert_eq!(backlog.next_batch(now), Some(copies([1])));
    let pause = backlog.refuse(&copies([1]), now).expect("it is alone");
    assert_eq!(backlog.next_batch(now), Some(hard([1])));
    backlog.confirm(&hard([1]), now);
    assert_eq!(backlog.next_batch(now + pause), Some(copies([1])));
}
