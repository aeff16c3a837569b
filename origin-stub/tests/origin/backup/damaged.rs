use std::fs;

use serde_json::json;

use super::world::{World, moment, restore};
use crate::harness::{run, stderr};

/// A snapshot and three journals, with a moment after each.
async fn world() -> (World, Vec<String>) {
    let world = World::backed_up().await;
    let mut moments = vec![moment().await];
    for id in ["7", "8", "9"] {
        world.origin.video("1", id, json!({})).await;
        world.back_up(&[]);
        moments.push(moment().await);
    }
    (world, moments)
}

#[tokio::test]
async fn a_file_that_is_missing_is_a_gap() {
    let (world, moments) = world().await;
    fs::remove_file(&world.files()[2]).expect("a file");
    let told = world.refused(&moments[3]);
    assert!(
        told.contains("gap") && told.contains("file 3 is missing"),
        "{told}"
    );
    let before: Vec<_> = world.restore(&moments[0]).contents().await["videos"].clone();
    assert!(before.is_empty(), "what is before the gap can be restored");
}

#[tokio::test]
async fn nothing_is_made_of_a_damaged_file() {
    let (world, moments) = world().await;
    for (at, file) in world.files().iter().enumerate() {
        let whole = fs::read(file).expect("a file");
        let until = &moments[3];
        for cut in [0, 10, 150, whole.len() / 2, whole.len() - 1] {
            fs::write(file, &whole[..cut]).expect("a file");
            let told = world.refused(until);
            assert!(told.contains("damaged"), "{at}, cut at {cut}: {told}");
        }
        let step = (whole.len() / 40).max(1);
        for flipped in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
            let mut bytes = whole.clone();
            bytes[flipped] ^= 1;
            fs::write(file, &bytes).expect("a file");
            let told = world.refused(until);
            assert!(told.contains("damaged"), "{at}, byte {flipped}: {told}");
        }
        fs::write(file, &whole).expect("a file");
    }
    assert_eq!(
        world.restore(&moments[3]).contents().await["videos"].len(),
        3
    );
}

#[tokio::test]
async fn after_a_damaged_last_file_the_next_backup_is_whole_and_the_gap_is_told() {
    let (world, moments) = world().await;
    let last = &world.files()[3];
    let whole = fs::read(last).expect("a file");
    fs::write(last, &whole[..whole.len() - 1]).expect("a file");
    let told = world.back_up(&[]);
    let reason = told["whole_because"].as_str().expect("a reason");
    assert!(reason.contains("damaged"), "{told}");
    let told = world.refused(&moments[3]);
    assert!(told.contains("damaged"), "{told}");
    assert_eq!(
        world.restore(&moment().await).contents().await["videos"].len(),
        3
    );
}

#[tokio::test]
async fn a_moment_before_the_first_snapshot_is_refused() {
    let before = moment().await;
    let (world, _) = world().await;
    let told = world.refused(&before);
    assert!(
        told.contains("the first snapshot") && told.contains(&before),
        "{told}"
    );
    for nonsense in ["yesterday", "2026-01-01", ""] {
        let told = world.refused(nonsense);
        assert!(
            told.contains("expected a date and time"),
            "{nonsense}: {told}"
        );
    }
    for file in world.files() {
        fs::remove_file(file).expect("a file");
    }
    let told = world.refused(&before);
    assert!(told.contains("there is no backup"), "{told}");
}

#[tokio::test]
async fn the_folder_of_another_database_is_refused() {
    let (world, moments) = world().await;
    let other = World::start();
    other.origin.account("1").await;
    let mut command = crate::harness::program("backup", &other.database());
    command.arg("--to").arg(world.backups.path());
    for flags in [&[][..], &["--full"]] {
        let refused = run(command.args(flags));
        assert!(!refused.status.success());
        let told = stderr(&refused);
        assert!(told.contains("another database"), "{told}");
    }
    // What was restored is another database, too.
    let restored = world.restore(&moments[3]);
    let mut command = crate::harness::program("backup", &restored.folder.path().join("origin.db"));
    let refused = run(command.arg("--to").arg(world.backups.path()));
    assert!(stderr(&refused).contains("another database"), "{refused:?}");
    assert_eq!(world.files().len(), 4);
    // Files of two databases beside each other are none's.
    other.back_up(&[]);
    other.origin.account("2").await;
    other.back_up(&[]);
    let strange = &other.files()[1];
    let name = world.backups.path().join("00000005-x-journal.backup");
    fs::copy(strange, name).expect("a file");
    let told = world.refused("2999-01-01T00:00:00Z");
    assert!(told.contains("another database"), "{told}");
}

#[tokio::test]
async fn no_file_is_overwritten() {
    let (world, moments) = world().await;
    for beside in ["origin.db", "origin.db-wal", "origin.db-shm"] {
        let folder = tempfile::TempDir::new().expect("a folder");
        let there = folder.path().join(beside);
        fs::write(&there, "mine").expect("a file");
        let to = folder.path().join("origin.db");
        let refused = run(&mut restore(world.backups.path(), &moments[1], &to));
        assert!(!refused.status.success(), "{beside}");
        let told = stderr(&refused);
        assert!(told.contains("is there already"), "{beside}: {told}");
        assert_eq!(
            fs::read_to_string(&there).expect("a file"),
            "mine",
            "{beside}"
        );
    }
}

#[tokio::test]
async fn there_is_no_backup_of_a_database_that_is_not_there() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut command = crate::harness::program("backup", &folder.path().join("none.db"));
    let refused = run(command.arg("--to").arg(folder.path().join("backups")));
    assert!(!refused.status.success());
    assert!(
        stderr(&refused).contains("there is no database"),
        "{refused:?}"
    );
    assert!(!folder.path().join("none.db").exists(), "and none is made");
}
