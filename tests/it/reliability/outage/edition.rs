//! A POP around several editions of the program, of which one is deployed.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{task::JoinHandle, time::sleep};

use super::stage::{Doors, POPS, Stage};
use crate::{
    harness::{
        http::RUNTIME,
        pop::{Pop, PopPlan},
        processes,
    },
    reliability::viewer::{Target, path},
};

/// What the program is deployed as at first.
const CURRENT: &str = "current";

/// Between two traps.
const EVERY: Duration = Duration::from_millis(100);

/// A fill of a video with this in its name traps.
pub(super) const TRAP: &str = "told to trap";

/// Somebody whose requests trap.
pub(super) struct Trapping {
    is_over: Arc<AtomicBool>,
    asking: JoinHandle<Vec<u16>>,
}

/// A POP around all editions.
#[track_caller]
pub(super) fn pop(folder: &Path, plan: &PopPlan<'_>) -> Pop {
    write(folder, CURRENT);
    let settings = [
        ("config_stores.test-edition.format", json!("json")),
        ("config_stores.test-edition.file", json!(file(folder))),
    ];
    let plan = PopPlan {
        settings: &settings,
        ..*plan
    };
    Pop::around(&processes::editions(), folder, &plan)
}

/// Deploys an edition: every request from now on is its. `None` is the one before.
pub(super) fn deploy(stage: &Stage, edition: Option<&str>) {
    write(stage.folder(), edition.unwrap_or(CURRENT));
}

fn file(folder: &Path) -> PathBuf {
    folder.join("edition.json")
}

/// In one step: whoever reads it reads one or the other.
fn write(folder: &Path, edition: &str) {
    let new = folder.join("edition.json.new");
    fs::write(&new, json!({ "edition": edition }).to_string()).expect("the folder takes files");
    fs::rename(new, file(folder)).expect("the folder takes files");
}

// === impl Trapping ===

impl Trapping {
    pub(super) fn start(stage: &Stage) -> Self {
        let body = json!({ "name": TRAP });
        let reply = stage
            .regions
            .cms("PATCH", &stage.scratch_record(), Some(&body));
        reply.assert_status(200);
        let is_over = Arc::<AtomicBool>::default();
        let over = Arc::clone(&is_over);
        let doors = Arc::clone(&stage.doors);
        let path = path(&doors.catalog, Target::Video(stage.scratch()));
        let asking = async move {
            let mut statuses = Vec::new();
            while !over.load(Ordering::Relaxed) {
                statuses.push(trap(&doors, &path, statuses.len()).await);
                sleep(EVERY).await;
            }
            statuses
        };
        Self {
            is_over,
            asking: RUNTIME.spawn(asking),
        }
    }

    /// What is to be complained of.
    #[track_caller]
    pub(super) fn end(self) -> Option<String> {
        self.is_over.store(true, Ordering::Relaxed);
        let statuses = RUNTIME.block_on(self.asking).expect("nobody panicked");
        let is_one_500_each = !statuses.is_empty() && statuses.iter().all(|status| *status == 500);
        (!is_one_500_each).then(|| format!("traps were answered {statuses:?}"))
    }
}

/// The trap has the platform's answer, and no more than one.
async fn trap(doors: &Doors, path: &str, number: usize) -> u16 {
    let (edge, _) = doors.edge(number % POPS.len());
    let ask = edge.get(path).key(&doors.catalog.key);
    ask.send_async().await.map_or(0, |reply| reply.status)
}
