use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use jiff::{Timestamp, TimestampRound, Unit};
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::super::staleness::Over;
use crate::harness::processes;

/// Far more often than anybody would in earnest.
const EVERY: Duration = Duration::from_millis(500);

/// A database, and a folder of backups.
#[derive(Clone)]
pub(super) struct Backups {
    pub(super) database: PathBuf,
    folder: PathBuf,
}

// === impl Backups ===

impl Backups {
    pub(super) fn of(database: &Path) -> Self {
        Self {
            database: database.to_owned(),
            folder: database.with_extension("backups"),
        }
    }

    /// Backs up what was written, again and again; answers how often.
    pub(super) async fn make(self, over: Over) -> u64 {
        let mut made = 0;
        while !over.is_told() {
            let own = self.clone();
            let backing_up = spawn_blocking(move || own.make_one()).await;
            backing_up.expect("a backup is made");
            made += 1;
            over.sleep(EVERY).await;
        }
        made
    }

    #[track_caller]
    pub(super) fn make_one(&self) {
        let mut backup = Command::new(processes::origin_stub());
        run(backup
            .args(["backup", "--json", "--database"])
            .arg(&self.database)
            .arg("--to")
            .arg(&self.folder));
    }

    /// Makes a new database as of a moment, which is cut to the millisecond.
    #[track_caller]
    pub(super) fn restore(&self, until: SystemTime, to: &Path) {
        let until = stamp(until).to_string();
        let mut restore = Command::new(processes::origin_stub());
        let restored = run(restore
            .args(["restore", "--json", "--until", &until, "--from"])
            .arg(&self.folder)
            .arg("--to")
            .arg(to));
        assert_eq!(restored["is_last"], false, "{until}: {restored}");
    }
}

/// The moment, cut to the millisecond.
#[track_caller]
fn stamp(moment: SystemTime) -> Timestamp {
    let moment = Timestamp::try_from(moment).expect("a moment of our times");
    let to_milliseconds = TimestampRound::new().smallest(Unit::Millisecond);
    moment.round(to_milliseconds).expect("it has milliseconds")
}

#[track_caller]
fn run(command: &mut Command) -> Value {
    let output = command.output().expect("the program starts");
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {failed}");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}
