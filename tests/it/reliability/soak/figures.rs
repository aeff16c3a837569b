use std::{collections::BTreeSet, process::Command};

use serde_json::{Map, Value, json};

use super::{
    super::{
        check::Verdict,
        editor::Lost,
        record::{Evidence, History},
        staleness::Troubles,
        system::System,
    },
    again::Again,
    crowd::Answers,
    keeper::Kept,
    steady::Trend,
    vitals::{self, Vitals},
};
use crate::harness::{local::SERVICE_ID, processes};

/// All that is known of a run.
pub(super) struct Run<'a> {
    pub(super) system: &'a System,
    pub(super) evidence: &'a Evidence,
    pub(super) crowd: &'a Answers,
    pub(super) kept: &'a Kept,
    pub(super) trouble: &'a Troubles,
    pub(super) lost: Lost,
    pub(super) verdict: &'a Verdict,
    pub(super) again: &'a Again,
    pub(super) looks: &'a [Vitals],
    /// The files' names before anything was done.
    pub(super) files: &'a BTreeSet<String>,
}

/// A run that is shorter is over before everything is warm.
const LONG_S: u64 = 300;

/// How many kilobytes a process may gain in the second half of a run, besides a part of what it has.
const GAIN_KB: f64 = 2_048.0;
const GAIN_PART: f64 = 0.03;

/// No process of this size ever holds more of its own, however short the run.
const MOST_KB: u64 = 1 << 20;

/// How much more of them a process may have at once: viewers come and go.
const MORE_DESCRIPTORS: u64 = 32;
const MORE_THREADS: u64 = 8;

/// SQLite writes its log back to the database from 4 MB on, as soon as nobody reads what is older.
const WAL: u64 = 16 << 20;

/// A line of the edge program's is shorter.
const LOG_LINE: u64 = 1_024;

/// Whose memory is followed: the others are killed to the end.
const FOLLOWED: [&str; 3] = ["local-pop", "origin 1", "purger"];

// === impl Run ===

impl Run<'_> {
    pub(super) fn figures(&self) -> Value {
        let (first, last) = self.ends();
        let count = |of: fn(&History) -> usize| self.evidence.videos.iter().map(of).sum::<usize>();
        let edits = self.edits();
        let seconds = last.at.as_secs_f64();
        let mut memory = Map::new();
        for name in FOLLOWED {
            let Trend {
                quarters,
                gained,
                descriptors,
                threads,
                resident_kb,
                ..
            } = Trend::of(self.looks, name);
            let [first, _, third, fourth] = quarters.map(|kilobytes| kilobytes / 1_024.0);
            memory.insert(
                name.replace([' ', '-'], "_"),
                json!({
                    "first_quarter_mb": first,
                    "third_quarter_mb": third,
                    "last_quarter_mb": fourth,
                    "gained_kb": gained.round(),
                    "resident_mb": resident_kb / 1_024,
                    "descriptors": descriptors[1],
                    "threads": threads[1],
                }),
            );
        }
        let per = |bytes: u64, of: u64| bytes as f64 / of.max(1) as f64;
        json!({
            "soaked_s": seconds,
            "looks": self.looks.len(),
            "asks": last.asks,
            "asks_a_second": last.asks as f64 / seconds,
            "judged": self.verdict.judged,
            "wrong": self.verdict.wrong,
            "late_fills": self.verdict.late_fills,
            "searches": self.crowd.searches,
            "unknown": self.crowd.unknown,
            "bad_keys": self.crowd.bad_keys,
            "no_answers": self.crowd.readers.no_answers.len(),
            "fills": last.fills,
            "purge_calls": last.calls,
            "edits_of_rights": count(|video| video.rights.len() - 1),
            "edits_of_content": count(|video| video.content.len() - 1),
            "lost_edits": self.lost.happened + self.lost.never_happened,
            "keys_revoked": self.kept.revoked,
            "keys_wrong": self.kept.wrong.len(),
            "purger_killed": self.system.purger.crashes(),
            "origin_killed": self.system.origin_crashes(),
            "fills_held": self.trouble.holds,
            "asked_again": self.again.asked,
            "origin_calls_again": self.again.origin_calls,
            "slowest_again_ms": self.again.slowest.as_secs_f64() * 1_000.0,
            "memory": memory,
            "database_mb": last.database as f64 / f64::from(1 << 20),
            "database_bytes_an_edit": per(last.database.saturating_sub(first.database), edits),
            "wal_mb": self.most_wal() as f64 / f64::from(1 << 20),
            "edge_log_bytes_an_ask": per(last.edge_log, last.asks),
            "other_log_bytes_an_edit_or_fill": per(last.other_logs, edits + last.fills),
        })
    }

    /// What must hold of the figures.
    #[track_caller]
    pub(super) fn assert_sound(&self) {
        let (_, last) = self.ends();
        assert_none("policy keys", &self.kept.wrong);
        assert!(self.kept.revoked > 0, "no key was ever revoked");
        assert_none("answers at the end", &self.again.wrong);
        assert_eq!(self.open_calls(), "", "purges are open at the end");
        let left = left_over(self.files, &vitals::files(self.system));
        assert!(left.is_empty(), "left over: {left:?}");
        assert!(
            self.most_wal() < WAL,
            "-wal grew to {} bytes",
            self.most_wal()
        );
        let a_line = last.edge_log / last.asks.max(1);
        assert!(a_line < LOG_LINE, "{a_line} bytes of log a request");
        let grown: Vec<_> = FOLLOWED.iter().flat_map(|name| self.grown(name)).collect();
        assert!(grown.is_empty(), "{}", grown.join("\n"));
    }

    /// What a process takes more and more of.
    fn grown(&self, name: &str) -> Vec<String> {
        let trend = Trend::of(self.looks, name);
        let may = GAIN_KB + GAIN_PART * trend.quarters[2];
        let has_more = |[before, after]: [u64; 2], more: u64| after > before + more;
        let is_long = self.ends().1.at.as_secs() >= LONG_S;
        let most = self
            .looks
            .iter()
            .filter_map(|look| look.processes.get(name));
        let most = most.map(|process| process.own_kb).max().unwrap_or(0);
        let findings = [
            (most == 0 || most > MOST_KB, "holds what no process should"),
            (is_long && !trend.is_one, "was killed in the second half"),
            (is_long && trend.gained > may, "gains memory all the time"),
            (
                is_long && trend.risen() > may,
                "has more memory than before",
            ),
            (
                is_long && has_more(trend.descriptors, MORE_DESCRIPTORS),
                "has more files open",
            ),
            (
                is_long && has_more(trend.threads, MORE_THREADS),
                "has more threads",
            ),
        ];
        let found = findings.into_iter().filter(|(is_so, _)| *is_so);
        found
            .map(|(_, finding)| format!("{name} {finding}: {trend:?}"))
            .collect()
    }

    fn ends(&self) -> (&Vitals, &Vitals) {
        let ends = self.looks.first().zip(self.looks.last());
        ends.expect("there is more than one look")
    }

    fn edits(&self) -> u64 {
        let versions = |video: &History| video.rights.len() + video.content.len() - 2;
        let edits: usize = self.evidence.videos.iter().map(versions).sum();
        edits as u64
    }

    fn most_wal(&self) -> u64 {
        self.looks.iter().map(|look| look.wal).max().unwrap_or(0)
    }

    /// What the purger has yet to call.
    #[track_caller]
    fn open_calls(&self) -> String {
        let output = Command::new(processes::origin_stub())
            .args([
                "purge",
                "--dry-run",
                "--json",
                "--service-id",
                SERVICE_ID,
                "--database",
            ])
            .arg(self.system.folder().join("origin.db"))
            .output()
            .expect("the program starts");
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{failed}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

#[track_caller]
fn assert_none(what: &str, wrong: &[String]) {
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} wrong {what}: {}", wrong[0]);
}

/// What is there now and was not before, but for the logs of later lives.
fn left_over(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<String> {
    let new = after.difference(before);
    new.filter(|name| !name.ends_with(".log"))
        .cloned()
        .collect()
}

#[test]
fn a_file_that_was_not_there_before_is_left_over() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let before = names(&["origin.db", "origin-0-0.log"]);
    let after = names(&[
        "origin.db",
        "origin-0-0.log",
        "origin-0-1.log",
        "origin.db.tmp",
    ]);
    assert_eq!(left_over(&before, &after), ["origin.db.tmp"]);
}
