use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fastrand::Rng;
use serde_json::json;
use tokio::time::timeout;

use super::{
    super::{
        record::Country,
        staleness::{self, Over},
        system::{Plan, System},
        viewer::{SORTS, Target, Viewer, path},
    },
    crowd::{UNKNOWN, unknown},
    keeper::{Keeper, Kept},
};
use crate::harness::{gate::Manner, http::RUNTIME};

/// An answer that takes longer waits for somebody who will never come.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything that was ever asked for, asked for at each POP when nothing is cached, and once more.
#[derive(Default)]
pub(super) struct Again {
    pub(super) asked: u64,
    pub(super) origin_calls: u64,
    pub(super) slowest: Duration,
    /// What was not as it should be.
    pub(super) wrong: Vec<String>,
}

/// Purges both accounts whole, and asks: for each answer there is one origin call, and none for the
/// second. A key that is stuck, or a duty to fetch that nobody fulfils, is an answer that never comes.
#[track_caller]
pub(super) fn ask(system: &System, kept: &Kept) -> Again {
    let catalog = &system.catalog;
    system.origins[0].with(|origin| {
        for account in [&catalog.account, &kept.account] {
            origin.patch_account(account, &json!({ "rules": r#"geo-deny=("AQ")"# }));
        }
    });
    staleness::come_to_rest(system);
    let videos = (0..catalog.videos.len()).map(Target::Video);
    let lists = (0..catalog.lists.len()).map(Target::List);
    let searches = (0..SORTS.len()).map(Target::Search);
    let known = videos.chain(lists).chain(searches);
    let mut asked: Vec<_> = known
        .map(|target| (path(catalog, target), &catalog.key))
        .collect();
    asked.extend((0..UNKNOWN).map(|number| (unknown(system, number), &catalog.key)));
    asked.push((kept.path.clone(), &kept.key));
    let mut again = Again::default();
    RUNTIME.block_on(async {
        for pop in 0..system.pop.edges.len() {
            let mut viewer = Viewer::at(system, pop);
            for (path, key) in &asked {
                for want in [1, 0] {
                    again.ask_one(system, &mut viewer, path, key, want).await;
                }
            }
        }
    });
    again
}

// === impl Again ===

impl Again {
    async fn ask_one(
        &mut self,
        system: &System,
        viewer: &mut Viewer,
        path: &str,
        key: &str,
        want: u64,
    ) {
        let before = system.origin_calls();
        let began = Instant::now();
        let asking = viewer.ask(path, key, Country::Germany);
        let told = match timeout(PATIENCE, asking).await {
            Ok(Ok(reply)) if [200, 403, 404].contains(&reply.status) => None,
            Ok(Ok(reply)) => Some(reply.to_string()),
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("no answer".to_owned()),
        };
        self.slowest = self.slowest.max(began.elapsed());
        self.asked += 1;
        let calls = system.origin_calls() - before;
        self.origin_calls += calls;
        if let Some(told) = told {
            self.wrong.push(format!("{path}: {told}"));
        } else if calls != want {
            self.wrong
                .push(format!("{path}: {calls} origin calls, not {want}"));
        }
    }
}

#[test]
fn an_answer_that_never_comes_is_found() {
    let system = Arc::new(System::start(&Plan {
        pops: &["fra"],
        ..Plan::of(1)
    }));
    let over = Over::default();
    over.tell();
    let kept = Keeper::new(&system).keep(Rng::with_seed(1), over);
    let kept = RUNTIME.block_on(kept);
    let stuck = system.fills.bar(&system.fill_label(0), Manner::HoldAnswer);
    let again = ask(&system, &kept);
    stuck.lift();
    let video = path(&system.catalog, Target::Video(0));
    assert_eq!(again.wrong.first(), Some(&format!("{video}: no answer")));
    let others = again.wrong.iter().find(|told| !told.starts_with(&video));
    assert_eq!(others, None, "nothing else was stuck");
}
