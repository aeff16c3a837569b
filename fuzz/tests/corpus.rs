//! Every input that was kept is replayed, without a fuzzer.

use std::{
    collections::BTreeSet,
    env, fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::Command,
};

use playback_fuzz::TARGETS;
use playback_policy::EntryHead;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(name)
}

/// What lies in a folder, in the order of names.
fn listed(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("`{}` cannot be read: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

/// The names of what lies in a folder, without what follows a dot.
fn names(folder: &Path) -> BTreeSet<String> {
    let stem = |path: &PathBuf| path.file_stem().map(|name| name.to_string_lossy().into());
    listed(folder).iter().filter_map(stem).collect()
}

#[test]
fn every_kept_input_holds() {
    for (name, target) in TARGETS {
        let inputs = listed(&folder("corpus").join(name));
        assert!(!inputs.is_empty(), "`{name}` has no corpus");
        for input in inputs {
            let data = fs::read(&input).expect("an input");
            let held = catch_unwind(AssertUnwindSafe(|| target(&data)));
            assert!(
                held.is_ok(),
                "`{name}` does not hold for {}",
                input.display()
            );
        }
    }
}

/// Another format's are refused at once, and reach nothing behind that.
#[test]
fn most_kept_entries_are_of_this_format() {
    let inputs = listed(&folder("corpus/entry"));
    let is_read = |input: &&PathBuf| {
        let data = fs::read(input).expect("an input");
        let (len, rest) = data.split_first_chunk::<2>().unwrap_or((&[0; 2], &[]));
        let len = usize::from(u16::from_le_bytes(*len)).min(rest.len());
        EntryHead::read(&rest[..len]).is_ok()
    };
    let read = inputs.iter().filter(is_read).count();
    let all = inputs.len();
    assert!(
        read > all / 3,
        "{read} of {all}: `cargo xtask fuzz entry --minimise` finds others"
    );
}

#[test]
fn first_inputs_can_be_made() {
    let tests = env::current_exe().expect("this program");
    let seeds = tests
        .parent()
        .and_then(Path::parent)
        .expect("the target folder");
    let folder = tempfile::tempdir().expect("a folder");
    let made = Command::new(seeds.join("examples/seeds"))
        .arg(folder.path())
        .output();
    let made = made.expect("`cargo test` builds examples, too");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    for (name, _) in TARGETS {
        assert!(
            folder.path().join(name).is_dir(),
            "`{name}` has no first input"
        );
    }
}

#[test]
fn every_target_has_its_program_and_its_corpus() {
    let targets: BTreeSet<String> = TARGETS.map(|(name, _)| name.to_owned()).into();
    assert_eq!(names(&folder("corpus")), targets);
    let programs = names(&folder("targets"));
    let programs: BTreeSet<String> = programs
        .into_iter()
        .filter(|name| !["Cargo", "target"].contains(&name.as_str()))
        .collect();
    assert_eq!(programs, targets);
    let mut dictionaries = names(&folder("dictionaries")).into_iter();
    assert!(dictionaries.all(|name| targets.contains(&name)));
}
