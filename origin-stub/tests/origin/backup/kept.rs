use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::world::{World, assert_same, count, moment, report};
use crate::{
    database::execute,
    harness::{Origin, program, run},
};

const ROWS: &str = "select count(*) from journal";

#[tokio::test]
async fn nothing_is_noted_where_nobody_backs_up() {
    let world = World::start();
    world.origin.account("1").await;
    world.origin.video("1", "7", json!({})).await;
    assert_eq!(count(&world.database(), ROWS).await, 0);
    world.back_up(&[]);
    world.origin.video("1", "8", json!({})).await;
    world
        .origin
        .cms(Method::DELETE, "1/videos/8", Value::Null)
        .await;
    assert_eq!(count(&world.database(), ROWS).await, 2);
    world.back_up(&[]);
    assert_eq!(
        count(&world.database(), ROWS).await,
        0,
        "the folder has them"
    );
    assert_eq!(
        count(&world.database(), "select count(*) from journal_commits").await,
        0
    );
}

#[tokio::test]
async fn what_one_folder_has_is_kept_for_another() {
    let world = World::backed_up().await;
    let other = TempDir::new().expect("a folder");
    let mut to_other = program("backup", &world.database());
    to_other.arg("--json").arg("--to").arg(other.path());
    report(&run(&mut to_other));
    for id in ["7", "8", "9"] {
        world.origin.video("1", id, json!({})).await;
        world.back_up(&[]);
    }
    let told = report(&run(&mut to_other));
    assert_eq!(told["whole_because"], Value::Null, "{told}");
    assert_eq!(told["files"][0]["transactions"], 3, "{told}");
    assert_eq!(count(&world.database(), ROWS).await, 0);
}

#[tokio::test]
async fn after_too_long_the_next_backup_is_whole_and_what_is_between_is_a_gap() {
    let world = World::backed_up().await;
    let before = moment().await;
    world.origin.video("1", "7", json!({})).await;
    let between = moment().await;
    let folder = world.origin.folder();
    execute(
        folder.path(),
        "update backups set at = '2026-01-01T00:00:00.000Z'",
    )
    .await;
    // Starting, it looks for what is too old.
    let _pruning = Origin::start_in(folder, &["--keep-changes-days", "2"]);
    for _ in 0..400 {
        if count(&world.database(), ROWS).await == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(
        count(&world.database(), ROWS).await,
        0,
        "the journal is gone"
    );
    world.origin.video("1", "8", json!({})).await;
    assert_eq!(
        count(&world.database(), ROWS).await,
        0,
        "and is kept no more"
    );
    let told = world.back_up(&[]);
    let reason = told["whole_because"].as_str().expect("a reason");
    assert!(reason.contains("not kept"), "{told}");
    let told = world.refused(&between);
    assert!(
        told.contains("gap") && told.contains("was not kept"),
        "{told}"
    );
    let told = world.refused(&before);
    assert!(
        told.contains("gap"),
        "between the two snapshots is no moment that is known: {told}"
    );
    let restored = world.restore(&moment().await);
    assert_same("now", &restored.contents().await, &world.contents().await);
}

#[tokio::test]
async fn a_snapshot_in_between_loses_no_moment() {
    let world = World::backed_up().await;
    world.origin.video("1", "7", json!({})).await;
    let (until, want) = (moment().await, world.contents().await);
    world.origin.video("1", "8", json!({})).await;
    let told = world.back_up(&["--full"]);
    assert_eq!(told["whole_because"], "as asked");
    assert_eq!(told["files"].as_array().map(Vec::len), Some(2), "{told}");
    assert_same("before it", &world.restore(&until).contents().await, &want);
    // Whatever is before a snapshot may go.
    for file in &world.files()[..2] {
        std::fs::remove_file(file).expect("a file");
    }
    let restored = world.restore(&moment().await);
    assert_same(
        "from it",
        &restored.contents().await,
        &world.contents().await,
    );
}

#[tokio::test]
async fn a_database_that_was_put_back_by_hand_is_copied_anew() {
    let world = World::backed_up().await;
    world.origin.video("1", "7", json!({})).await;
    world.back_up(&[]);
    execute(
        world.origin.folder().path(),
        "update backups set checksum = 'of an earlier one'",
    )
    .await;
    let told = world.back_up(&[]);
    let reason = told["whole_because"].as_str().expect("a reason");
    assert!(
        reason.contains("not the one that the database knows of"),
        "{told}"
    );
}
