//! One run of an operation under callgrind.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process;
use crate::workspace::Workspace;

/// The program whose operations are counted.
pub(super) const PROGRAM: &str = "counted";

/// The function in it that does what is counted.
const COLLECTED: &str = "--toggle-collect=counted::collected*";

/// How often each operation is done; the mean counts.
const TIMES: u64 = 100;

/// The C library chooses its `memcpy` by what the processor can do. So it chooses the same one everywhere.
const TUNABLES: &str = "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX_Fast_Unaligned_Load,-AVX512F,-AVX512VL,-ERMS,-FSRM,-FMA,-FMA4";

/// The names of all operations.
pub(super) fn operations(workspace: &Workspace) -> Result<Vec<String>> {
    let names = process::output(&mut Command::new(program(workspace)))?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// The instructions that an operation takes.
pub(super) fn count(workspace: &Workspace, operation: &str) -> Result<u64> {
    let file = workspace.target(&format!("callgrind.{operation}"));
    let mut valgrind = Command::new("valgrind");
    valgrind
        // What is in the environment moves the stack, and with it what `memcpy` finds aligned.
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("GLIBC_TUNABLES", TUNABLES)
        .args(["--tool=callgrind", "--quiet", COLLECTED])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program(workspace))
        .args([operation, &TIMES.to_string()]);
    process::output(&mut valgrind)?;
    let profile = fs::read_to_string(&file)
        .with_context(|| format!("callgrind left no {}", file.display()))?;
    let total = total(&profile).with_context(|| format!("no total in {}", file.display()))?;
    Ok(total.div_ceil(TIMES))
}

/// The sum that a profile ends with. Nothing at all means that nothing was collected.
fn total(profile: &str) -> Option<u64> {
    let mut lines = profile.lines().rev();
    let total = lines.find_map(|line| line.strip_prefix("totals: "))?;
    total.trim().parse().ok().filter(|total| *total > 0)
}

fn program(workspace: &Workspace) -> PathBuf {
    workspace.target("release").join(PROGRAM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_is_read_by_its_last_line_and_an_empty_one_is_none() {
        for (profile, want) in [
            ("events: Ir\nfn=(1) x\n16 7\ntotals: 1234\n", Some(1234)),
            ("events: Ir\ntotals: 0\n", None),
            ("events: Ir\nsummary: 7\n", None),
            ("totals: many\n", None),
            ("", None),
        ] {
            assert_eq!(total(profile), want, "{profile:?}");
        }
    }
}
