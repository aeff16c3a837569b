//! The CPU that a program and those it has started have spent.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::process;

/// What the system tells of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Process {
    parent: u32,
    ticks: u64,
}

/// The CPU of a process and all below it since they started. Those that have ended are not in it:
/// nobody here starts a process for a request.
pub(super) fn spent(root: u32) -> Result<Duration> {
    let mut processes = BTreeMap::new();
    for entry in fs::read_dir("/proc").context("CPU is told by Linux only, in /proc")? {
        let entry = entry?;
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // It may have ended meanwhile.
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let Some(process) = read(&stat) {
            processes.insert(id, process);
        }
    }
    let per_second: u64 = process::output(Command::new("getconf").arg("CLK_TCK"))?
        .trim()
        .parse()
        .context("`getconf CLK_TCK` is a number")?;
    let ticks = below(root, &processes);
    Ok(Duration::from_micros(ticks * 1_000_000 / per_second))
}

/// # Source
///
/// proc(5), `/proc/pid/stat`: the second field is a name in parentheses, which may hold anything; the
/// fourth is the parent, the fourteenth and fifteenth are the ticks in user and in kernel mode.
fn read(stat: &str) -> Option<Process> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |number: usize| fields.get(number.checked_sub(3)?).copied();
    Some(Process {
        parent: field(4)?.parse().ok()?,
        ticks: field(14)?.parse::<u64>().ok()? + field(15)?.parse::<u64>().ok()?,
    })
}

fn below(root: u32, processes: &BTreeMap<u32, Process>) -> u64 {
    let own = processes.get(&root).map_or(0, |process| process.ticks);
    let children = processes
        .iter()
        .filter(|(_, process)| process.parent == root);
    own + children.map(|(id, _)| below(*id, processes)).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_name_with_a_space_and_a_parenthesis() {
        let stat = "7 (a b) c) S 3 7 7 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 1 0 1 1 1";
        let want = Process {
            parent: 3,
            ticks: 300,
        };
        assert_eq!(read(stat), Some(want));
    }

    #[test]
    fn err_line_that_ends_early() {
        assert_eq!(read("7 (a) S 3 7"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn all_generations_below_count_and_nobody_else() {
        let process = |parent, ticks| Process { parent, ticks };
        let processes = BTreeMap::from([
            (1, process(0, 1000)),
            (2, process(1, 1)),
            (3, process(2, 10)),
            (4, process(3, 100)),
            (5, process(1, 5000)),
        ]);
        assert_eq!(below(2, &processes), 111);
        assert_eq!(below(9, &processes), 0);
    }

    #[test]
    fn a_program_at_work_spends_cpu() {
        let before = spent(std::process::id()).expect("we run");
        let started = std::time::Instant::now();
        while started.elapsed() < Duration::from_secs(10) {
            if spent(std::process::id()).expect("we run") > before {
                return;
            }
        }
        panic!("ten seconds of reading cost nothing");
    }
}
