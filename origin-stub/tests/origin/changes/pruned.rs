use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    ask, assert_run,
    follower::{Follower, request},
    page,
};
use crate::{
    database::execute,
    harness::{Origin, Reply, program, run, stderr},
};

/// A moment so many days ago, as the database has it.
fn days_ago(days: u32) -> String {
    let age = jiff::SignedDuration::from_hours(24 * i64::from(days));
    let moment = jiff::Timestamp::now() - age;
    format!("'{}'", moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
}

/// Appends so many changes of some length, as if they had been made 8 days ago.
pub(super) async fn fill(origin: &Origin, count: usize) {
    let videos: Vec<_> = (0..255).map(|id| format!("\"video-{id:0>20}\"")).collect();
    let (videos, old) = (videos.join(","), days_ago(8));
    let object = format!(r#"{{"object":"playback_right","id":"r","videos":[{videos}]}}"#);
    let sql = format!(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < {count})
         insert into changes (seq, account_id, object, kind, created_at)
         select i, '1', '{object}', 'rights', {old} from n"
    );
    execute(origin.folder().path(), &sql).await;
}

/// An origin of as many changes, each so many days old.
async fn aged(days: &[u32]) -> Origin {
    let origin = Origin::start();
    let mut sql = String::new();
    for (id, days) in (1..).zip(days) {
        origin.account(&id.to_string()).await;
        let at = days_ago(*days);
        sql += &format!("update changes set created_at = {at} where seq = {id};");
    }
    execute(origin.folder().path(), &sql).await;
    origin
}

/// Waits until a cursor is too old.
async fn expired(origin: &Origin, after: u64) -> Reply {
    let asked = Instant::now();
    loop {
        let reply = ask(origin, &format!("?after={after}")).await;
        if reply.status == 410 {
            return reply;
        }
        assert!(
            asked.elapsed() < Duration::from_secs(10),
            "nothing is pruned: {}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_cursor_that_is_too_old_is_told_where_to_go_on() {
    let old = aged(&[8, 8, 8, 0, 0]).await;
    let origin = Origin::start_in(old.folder(), &[]);
    let reply = expired(&origin, 0).await;
    let reply = reply.assert_error(410, "CURSOR_EXPIRED", "go on from `after=5`");
    assert_eq!(reply.json()[0]["head"], 5);
    for after in [1, 2] {
        let hint = "Changes up to 3";
        let query = format!("?after={after}");
        ask(&origin, &query)
            .await
            .assert_error(410, "CURSOR_EXPIRED", hint);
        let streamed = Reply::of(request(&origin, &query)).await;
        streamed.assert_error(410, "CURSOR_EXPIRED", hint);
    }
    let streamed = Reply::of(request(&origin, "").header("Last-Event-ID", "2")).await;
    streamed.assert_error(410, "CURSOR_EXPIRED", "Changes up to 3");
    let kept = page(&origin, "?after=3").await;
    assert_run(kept["changes"].as_array().expect("changes"), 4, 5);
    assert_run(&Follower::after(&origin, 3).await.changes(2).await, 4, 5);
}

#[tokio::test]
async fn the_newest_change_is_kept_and_numbers_go_on_after_it() {
    let old = aged(&[8, 8, 8, 8, 8]).await;
    let origin = Origin::start_in(old.folder(), &[]);
    expired(&origin, 3).await;
    origin.account("6").await;
    let kept = page(&origin, "?after=4").await;
    assert_run(kept["changes"].as_array().expect("changes"), 5, 6);
}

#[tokio::test]
async fn changes_are_kept_as_many_days_as_asked() {
    for (days, gone) in [("9", 1), ("7", 3), ("1", 4)] {
        let old = aged(&[20, 8, 8, 3, 0]).await;
        let origin = Origin::start_in(old.folder(), &["--keep-changes-days", days]);
        expired(&origin, gone - 1).await;
        let kept = page(&origin, &format!("?after={gone}")).await;
        assert_run(kept["changes"].as_array().expect("changes"), gone + 1, 5);
    }
    let nowhere = TempDir::new().expect("a folder");
    for days in ["0", "3651", "-1", "x", ""] {
        let mut serve = program("serve", &nowhere.path().join("origin.db"));
        let refused = run(serve.arg(format!("--keep-changes-days={days}")));
        assert_eq!(refused.status.code(), Some(2), "{days}");
        let told = stderr(&refused);
        assert!(told.contains("--keep-changes-days"), "{days}: {told}");
    }
}

/// What a clock that was set back has made young again stays, and all that comes after it.
#[tokio::test]
async fn no_gap_is_made_by_times_that_are_out_of_order() {
    let old = aged(&[8, 8, 0, 8, 0]).await;
    let origin = Origin::start_in(old.folder(), &[]);
    expired(&origin, 1).await;
    let kept = page(&origin, "?after=2").await;
    assert_run(kept["changes"].as_array().expect("changes"), 3, 5);
}

#[tokio::test]
async fn thousands_of_old_changes_go_while_editors_write() {
    let origin = Origin::start();
    fill(&origin, 3000).await;
    let pruning = Origin::start_in(origin.folder(), &[]);
    for id in 1..=20 {
        pruning.account(&id.to_string()).await;
    }
    // The last of the old ones stays if nothing came after it when it was looked at.
    expired(&origin, 2998).await;
    let kept = page(&origin, "?after=3000").await;
    assert_run(kept["changes"].as_array().expect("changes"), 3001, 3020);
}

#[tokio::test]
async fn a_stream_that_is_overtaken_says_so_and_ends() {
    let origin = Origin::start();
    fill(&origin, 6000).await;
    origin.account("1").await;
    let mut follower = Follower::after(&origin, 0).await;
    // Nobody reads on while another process prunes.
    let pruning = Origin::start_in(origin.folder(), &[]);
    expired(&pruning, 5998).await;
    let mut told: Vec<Value> = Vec::new();
    let last = loop {
        let event = follower.event().await.expect("an event before the end");
        match event.name.as_str() {
            "change" => told.push(event.data),
            _ => break event,
        }
    };
    assert_run(&told, 1, told.len() as u64);
    assert_eq!((last.name.as_str(), last.id), ("expired", None));
    assert!(told.len() < 5999, "{} were told", told.len());
    assert!(follower.has_ended().await, "it goes on after that");
    let again = request(&origin, "").header("Last-Event-ID", told.len());
    Reply::of(again)
        .await
        .assert_error(410, "CURSOR_EXPIRED", "Read the catalog");
}
