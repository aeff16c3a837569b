//! Every input that was kept is replayed, without a fuzzer.

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use playback_fuzz::TARGETS;

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
