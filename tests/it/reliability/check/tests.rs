//! The checker, on records written by hand.

use super::{
    super::record::{Audience, Call, Country, Evidence, History, Moment, Read, Seen, Version},
    Limits, Wrong, check,
    floor::Why,
};

use Country::{France, Germany};

const LIMITS: Limits = Limits {
    fill_deadline: Moment::from_secs(2),
    store: Moment::from_millis(200),
    spread: Moment::from_millis(250),
    second_purge: Moment::from_secs(2),
    at_all: Moment::from_secs(20),
};

const V0: Seen = Seen::Video {
    rights: 0,
    content: 0,
};
const V1: Seen = Seen::Video {
    rights: 1,
    content: 0,
};

fn seconds(seconds: f64) -> Moment {
    Moment::from_secs_f64(seconds)
}

fn version<T>(number: u32, says: T, started: f64, committed_by: f64) -> Version<T> {
    Version {
        number,
        says,
        started: seconds(started),
        committed_by: seconds(committed_by),
    }
}

fn call(arrived: f64, is_hard: bool) -> Call {
    Call {
        arrived: seconds(arrived),
        confirmed: seconds(arrived + 0.01),
        is_hard,
        videos: vec![0],
    }
}

/// One video, for Germans only from an edit in the eleventh second on.
fn only_germans(calls: &[Call], disturbed: &[f64]) -> Evidence {
    let mut history = History::new();
    history
        .rights
        .push(version(1, Audience::GERMANS, 10.0, 10.1));
    Evidence {
        videos: vec![history],
        calls: calls.to_vec(),
        disturbed: disturbed.iter().copied().map(seconds).collect(),
        ..Evidence::default()
    }
}

fn read(country: Country, started: f64, ended: f64, seen: Seen) -> Read {
    Read {
        pop: 0,
        country,
        started: seconds(started),
        ended: seconds(ended),
        seen: vec![(0, seen)],
    }
}

/// Judges one answer, and tells it apart from a late fill.
#[track_caller]
fn judge(name: &str, evidence: &Evidence, read: Read, want: Option<Wrong>) {
    let mut evidence = evidence.clone();
    evidence.reads = vec![read];
    let verdict = check(&evidence, &LIMITS);
    let found = verdict.findings.first().map(|finding| finding.wrong);
    assert_eq!((found, verdict.judged), (want, 1), "{name}: {verdict}");
}

fn old(why: Why) -> Option<Wrong> {
    Some(Wrong::Old { floor: 1, why })
}

#[test]
#[rustfmt::skip]
fn an_answer_is_of_a_version_between_the_second_purge_and_the_end_of_the_answer() {
    let evidence = only_germans(&[call(10.05, true), call(12.6, true)], &[]);
    let judge = |name, country, started, ended, seen, want| {
        judge(name, &evidence, read(country, started, ended, seen), want);
    };
    //    name                                  who      started ended seen           want
    judge("before the edit",                    France,   9.0,  9.5,  V0,            None);
    judge("the other country, before",          Germany,  9.0,  9.5,  V0,            None);
    judge("refused too early",                  France,   9.0,  9.9,  Seen::Refused, Some(Wrong::NoReason));
    judge("refused while the edit was made",    France,   9.0,  10.0, Seen::Refused, None);
    judge("the new one while it was made",      Germany,  9.0,  10.0, V1,            None);
    judge("the new one too early",              Germany,  9.0,  9.9,  V1,            Some(Wrong::FromTheFuture));
    judge("a version nobody made",              Germany,  9.0,  19.9, Seen::Video { rights: 2, content: 0 }, Some(Wrong::NoSuchVersion));
    judge("content nobody made",                Germany,  9.0,  19.9, Seen::Video { rights: 1, content: 1 }, Some(Wrong::FromTheFuture));
    judge("the new one to the wrong viewer",    France,   11.0, 11.1, V1,            Some(Wrong::LetIn));
    judge("a late fill",                        France,   12.0, 12.1, V0,            None);
    judge("on its way to the last POP",         France,   12.8, 12.9, V0,            None);
    judge("after the second purge",             France,   12.9, 13.0, V0,            old(Why::PurgedTwice));
    judge("asked before, answered after it",    France,   12.5, 15.0, V0,            None);
    judge("old content to the right viewer",    Germany,  12.9, 13.0, V0,            old(Why::PurgedTwice));
    judge("refused after it",                   France,   12.9, 13.0, Seen::Refused, None);
    judge("the right one refused",              Germany,  12.9, 13.0, Seen::Refused, Some(Wrong::NoReason));
    judge("the right one",                      Germany,  12.9, 13.0, V1,            None);
}

#[test]
#[rustfmt::skip]
fn a_second_purge_counts_if_it_is_hard_and_later_than_every_fill() {
    let late = || read(France, 14.0, 14.1, V0);
    let first = call(10.05, true);
    let alone = [call(10.05, true)];
    //    name                      calls                                                    asked   want
    judge("there is none",          &only_germans(&alone, &[]),                              late(), None);
    judge("it was too early",       &only_germans(&[first.clone(), call(12.2, true)], &[]),  late(), None);
    judge("it was soft",            &only_germans(&[first.clone(), call(12.6, false)], &[]), late(), None);
    judge("it was hard",            &only_germans(&[first.clone(), call(12.6, true)], &[]),  late(), old(Why::PurgedTwice));
    let mut of_another = only_germans(&[first, call(12.6, true)], &[]);
    of_another.calls[1].videos = vec![1, 2];
    judge("it was another video's", &of_another,                                             late(), None);
}

/// The first purge is over at 10.06 s; with deadline and margin the second is due at 14.06 s.
#[test]
#[rustfmt::skip]
fn a_second_purge_that_nothing_kept_from_coming_is_missed() {
    let late = |started| read(France, started, started + 0.1, V0);
    let first = [call(10.05, true)];
    let twice = [call(10.05, true), call(11.5, true)];
    //    name                               evidence                            asked        want
    judge("not due yet",                     &only_germans(&first, &[]),         late(14.0),  None);
    judge("due",                             &only_germans(&first, &[]),         late(14.1),  old(Why::SecondPurgeDue));
    judge("soft ones do not count",          &only_germans(&[first[0].clone(), call(12.6, false)], &[]), late(14.1), old(Why::SecondPurgeDue));
    judge("too early ones neither",          &only_germans(&twice, &[]),         late(14.1),  old(Why::SecondPurgeDue));
    judge("disturbed",                       &only_germans(&first, &[11.0]),     late(29.0),  None);
    judge("disturbed when it was over",      &only_germans(&first, &[14.5]),     late(14.6),  old(Why::SecondPurgeDue));
    judge("disturbed before it began",       &only_germans(&first, &[10.04]),    late(14.1),  old(Why::SecondPurgeDue));
    judge("disturbed by the first itself",   &only_germans(&first, &[10.05]),    late(14.1),  None);
    judge("begun anew, and not due",         &only_germans(&twice, &[11.0]),     late(15.5),  None);
    judge("begun anew, and due",             &only_germans(&twice, &[11.0]),     late(15.6),  old(Why::SecondPurgeDue));
}

#[test]
#[rustfmt::skip]
fn nobody_waits_forever_for_a_second_purge() {
    let late = |started| read(France, started, started + 0.1, V0);
    let first = [call(10.05, true)];
    //    name                      evidence                                  asked       want
    judge("being tried",            &only_germans(&[], &[11.0]),              late(30.0), None);
    judge("never tried",            &only_germans(&[], &[11.0]),              late(30.2), old(Why::NotPurged));
    judge("soft, and that is all",  &only_germans(&[call(10.2, false)], &[]), late(30.2), old(Why::NotPurged));
    judge("once, and disturbed",    &only_germans(&first, &[11.0]),           late(30.0), None);
    judge("that was all",           &only_germans(&first, &[11.0]),           late(30.2), old(Why::NotPurged));
}

#[test]
fn a_later_version_ends_the_time_of_all_before_it() {
    let mut evidence = only_germans(&[call(12.0, true), call(20.0, true)], &[11.0, 12.5]);
    let rights = &mut evidence.videos[0].rights;
    rights.push(version(3, Audience::EVERYBODY, 11.9, 11.95));
    // Versions 1 and 3 are settled by one call.
    let seen = |started, seen| read(Germany, started, started + 0.1, seen);
    let wrong = Wrong::Old {
        floor: 3,
        why: Why::PurgedTwice,
    };
    judge("before", &evidence, seen(20.2, V1), None);
    judge("of version 1", &evidence, seen(20.3, V1), Some(wrong));
    judge("of version 0", &evidence, seen(20.3, V0), Some(wrong));
    let refused = read(France, 20.3, 20.4, Seen::Refused);
    judge("refused by version 1", &evidence, refused, Some(wrong));
}

#[test]
fn late_fills_are_counted_and_measured() {
    let mut evidence = only_germans(&[call(10.05, true), call(12.6, true)], &[]);
    evidence.reads = vec![
        read(France, 10.2, 10.3, V0),
        read(France, 11.31, 11.4, V0),
        read(Germany, 11.0, 11.1, V0),
        read(Germany, 11.0, 11.1, V1),
    ];
    let verdict = check(&evidence, &LIMITS);
    verdict.assert_clean();
    // The first purge is everywhere at 10.31 s.
    assert_eq!(
        (verdict.late_fills, verdict.latest, verdict.settled),
        (2, seconds(1.0), 1)
    );
}

#[test]
fn at_rest_only_the_last_version_will_do() {
    let mut evidence = only_germans(&[], &[]);
    evidence.videos[0].content.push(version(1, (), 11.0, 11.1));
    let of = |rights, content| Seen::Video { rights, content };
    for (country, seen, is_last) in [
        (Germany, of(1, 1), true),
        (Germany, of(0, 1), false),
        (Germany, of(1, 0), false),
        (Germany, Seen::Refused, false),
        (France, Seen::Refused, true),
        (France, of(0, 1), false),
    ] {
        evidence.last_reads = vec![read(country, 12.0, 12.1, seen)];
        let verdict = check(&evidence, &LIMITS);
        let is_clean = verdict.wrong == 0;
        assert_eq!(is_clean, is_last, "{country:?} {seen:?}: {verdict}");
        let is_told = verdict.has(|wrong| matches!(wrong, Wrong::NeverVisible { .. }));
        assert_eq!(is_told, !is_last, "{verdict}");
    }
}
