//! Draws a flame graph of the edge program, for `cargo xtask profile`.
//!
//! Reads what `perf script` prints from standard input, and writes SVG to standard output: of every
//! sample what lies above the Wasm's start, the host's calls included. What is below is the local POP.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;

use inferno::collapse::{Collapse as _, perf};
use inferno::flamegraph;

/// What the SDK's runtime calls first.
const START: &str = ";_start;";

fn main() -> Result<(), Box<dyn Error>> {
    let mut collapsed = Vec::new();
    perf::Folder::default().collapse(io::stdin().lock(), &mut collapsed)?;
    let guest = of_guest(str::from_utf8(&collapsed)?);
    if guest.is_empty() {
        return Err("no sample lies in the Wasm: was it under load, and has it names?".into());
    }
    let lines = guest
        .iter()
        .map(|(stack, count)| format!("{stack} {count}"));
    let lines: Vec<_> = lines.collect();
    let mut options = flamegraph::Options::default();
    options.title = "playback-edge".to_owned();
    options.count_name = "samples".to_owned();
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), io::stdout())?;
    Ok(())
}

/// The stacks above the start, with how often each was seen.
fn of_guest(collapsed: &str) -> BTreeMap<String, u64> {
    let mut guest = BTreeMap::new();
    for line in collapsed.lines() {
        let Some((stack, count)) = line.rsplit_once(' ') else {
            continue;
        };
        if let (Some((_, above)), Ok(count)) = (stack.split_once(START), count.parse::<u64>()) {
            *guest.entry(above.to_owned()).or_default() += count;
        }
    }
    guest
}
