use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{World, assert_same, names};
use crate::{
    database::execute,
    harness::{PATIENCE, run, stderr},
};

/// An origin with more than a copy takes an instant for.
async fn large() -> World {
    let world = World::backed_up().await;
    execute(
        world.origin.folder().path(),
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 6000)
         insert into changes (account_id, object, kind, created_at)
         select '1', hex(randomblob(3000)), 'content', strftime('%Y-%m-%dT%H:%M:%fZ', 'now') from n",
    )
    .await;
    // What comes now goes to the beginning of the log of writes, whose length is no concern here.
    execute(
        world.origin.folder().path(),
        "pragma wal_checkpoint(truncate)",
    )
    .await;
    world
}

fn visible(world: &World) -> Vec<String> {
    let mut names = names(world.backups.path());
    names.retain(|name| !name.starts_with('.'));
    names
}

/// The next backup works, and what it leads to is what there is.
async fn assert_goes_on(world: &World) {
    world.back_up(&[]);
    let left = names(world.backups.path());
    assert!(
        !left.iter().any(|name| name.contains("partial")),
        "{left:?}"
    );
    let restored = world.restore("2999-01-01T00:00:00Z");
    assert_same(
        "after it",
        &restored.contents().await,
        &world.contents().await,
    );
}

#[tokio::test]
async fn a_backup_that_finds_the_disk_full_leaves_the_folder_as_it_was() {
    let world = large().await;
    let before = visible(&world);
    let cms = world
        .origin
        .video("1", "7", json!({ "name": "x".repeat(200) }));
    cms.await;
    // What `ulimit -f` forbids is refused as a full disk is; the database itself grows little.
    let backup = world.backup(&["--full"]);
    let mut command = Command::new("sh");
    command
        .args(["-c", r#"trap "" XFSZ; ulimit -f 4096; exec "$0" "$@""#])
        .arg(backup.get_program())
        .args(backup.get_args());
    let refused = run(&mut command);
    assert!(!refused.status.success(), "{refused:?}");
    let told = stderr(&refused);
    assert!(told.contains("see that its disk has room"), "{told}");
    assert_eq!(visible(&world), before);
    let left = names(world.backups.path());
    assert!(
        !left.iter().any(|name| name.contains("partial")),
        "{left:?}"
    );
    world
        .origin
        .cms(Method::PATCH, "1", json!({ "name": "b" }))
        .await
        .assert_status(200);
    assert_goes_on(&world).await;
}

#[tokio::test]
async fn a_backup_that_is_killed_leaves_the_folder_as_it_was() {
    let world = large().await;
    // At the copy, and at the file that is made of it.
    for partial in [".partial-copy", ".partial-snapshot"] {
        world.origin.patch("1", json!({ "name": partial })).await;
        let before = visible(&world);
        let mut child = world
            .backup(&["--full"])
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let began = Instant::now();
        while !world.backups.path().join(partial).exists() {
            assert!(began.elapsed() < PATIENCE, "{partial} never comes");
            let ended = child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "{partial}: it was too fast");
        }
        child.kill().expect("it runs");
        assert!(!child.wait().expect("it ends").success(), "{partial}");
        // Before its own file, there may be the journal up to it: whole, too.
        let after = visible(&world);
        assert!(after.starts_with(&before), "{partial}: {after:?}");
        let more = &after[before.len()..];
        assert!(
            more.iter().all(|name| name.contains("journal")),
            "{partial}: {more:?}"
        );
        assert_goes_on(&world).await;
    }
}

#[tokio::test]
async fn of_two_backups_to_a_folder_one_is_refused() {
    let world = large().await;
    let mut first = world
        .backup(&["--full"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    while !world.backups.path().join(".partial-copy").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = run(&mut world.backup(&[]));
    assert!(!second.status.success());
    assert!(stderr(&second).contains("is under way"), "{second:?}");
    assert!(first.wait().expect("it ends").success());
    assert_eq!(world.back_up(&[])["whole_because"], Value::Null);
}
