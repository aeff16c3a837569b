use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    time::Duration,
};

use super::super::{record::Moment, system::System};

/// What everything took at a moment.
#[derive(Clone, Debug)]
pub(super) struct Vitals {
    pub(super) at: Moment,
    /// How many requests the POPs had been sent, and the origins, and calls the purge API.
    pub(super) asks: u64,
    pub(super) fills: u64,
    pub(super) calls: u64,
    /// By their names; those that were between two lives are absent.
    pub(super) processes: BTreeMap<String, Process>,
    /// Bytes.
    pub(super) database: u64,
    pub(super) wal: u64,
    /// The log lines of the edge program.
    pub(super) edge_log: u64,
    /// What else the processes logged.
    pub(super) other_logs: u64,
}

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    pub(super) id: u32,
    /// Kilobytes of memory that are its own: neither files nor shared.
    pub(super) own_kb: u64,
    /// Kilobytes in all.
    pub(super) resident_kb: u64,
    pub(super) threads: u64,
    /// Open file descriptors.
    pub(super) descriptors: u64,
}

// === impl Vitals ===

impl Vitals {
    pub(super) fn of(system: &System, at: Moment, asks: u64) -> Self {
        let mut ids = vec![
            ("local-pop".to_owned(), Some(system.pop.process_id())),
            ("purger".to_owned(), system.purger.process_id()),
        ];
        for (at, origin) in system.origins.iter().enumerate() {
            ids.push((format!("origin {}", at + 1), origin.process_id()));
        }
        let processes = ids.into_iter().filter_map(|(name, id)| {
            // It may be killed while it is looked at.
            Some((name, Process::look(id?)?))
        });
        let size =
            |name: &str| fs::metadata(system.folder().join(name)).map_or(0, |file| file.len());
        let names = files(system).into_iter();
        let logs = names.filter(|name| name.ends_with(".log") && name != EDGE_LOG);
        Self {
            at,
            asks,
            fills: system.origin_calls(),
            calls: system.purges.seen().passed.len() as u64,
            processes: processes.collect(),
            database: size("origin.db"),
            wal: size("origin.db-wal"),
            edge_log: size(EDGE_LOG),
            other_logs: logs.map(|name| size(&name)).sum(),
        }
    }
}

const EDGE_LOG: &str = "endpoint.log";

/// The names of all files that the processes write.
pub(super) fn files(system: &System) -> BTreeSet<String> {
    let entries = fs::read_dir(system.folder()).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

impl fmt::Display for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} asks, {} fills;", self.asks, self.fills)?;
        for (name, process) in &self.processes {
            let Process {
                own_kb,
                descriptors,
                threads,
                ..
            } = process;
            write!(
                f,
                " {name} {own_kb} KB {descriptors} fds {threads} threads;"
            )?;
        }
        write!(f, " database {} B, -wal {} B", self.database, self.wal)
    }
}

// === impl Process ===

impl Process {
    /// Nothing if there is no such process any more.
    pub(super) fn look(id: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some(Self {
            id,
            own_kb: number("RssAnon:")?,
            resident_kb: number("VmRSS:")?,
            threads: number("Threads:")?,
            descriptors: fs::read_dir(format!("/proc/{id}/fd")).ok()?.count() as u64,
        })
    }
}

#[test]
fn a_process_is_seen_as_it_is() {
    let before = Process::look(std::process::id()).expect("it runs");
    let file = fs::File::open("/proc/self/status").expect("there is one");
    let taken = vec![1u8; 64 << 20];
    let after = Process::look(std::process::id()).expect("it runs");
    drop(file);
    // Other tests of this process take and give back meanwhile.
    let grown = after.own_kb.saturating_sub(before.own_kb);
    assert!(
        grown > 32 << 10,
        "64 MB more are {grown} KB, {}",
        taken.len()
    );
    assert!(after.resident_kb >= after.own_kb && after.threads > 0 && after.descriptors > 0);
    assert!(Process::look(u32::MAX).is_none());
}

/// A part of a run.
pub(super) fn between(looks: &[Vitals], from: Duration, to: Duration) -> &[Vitals] {
    let first = looks.partition_point(|look| look.at < from);
    let end = looks.partition_point(|look| look.at <= to);
    &looks[first..end]
}
