//! From the commit of an edit of rights to the last POP's first right answer, step by step, while
//! others watch other videos.

/// What the feed tells, and when it arrives.
mod told;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    editor::Editor,
    record::{Audience, Country, Moment, Seen},
    scale::{Scale, Spread},
    staleness,
    system::{POPS, Plan, System},
    viewer::{Outcome, Target, Viewer},
};
use crate::harness::http::RUNTIME;
use told::{Told, listen};

/// Edits are measured side by side, each editor's one by one.
const EDITORS: usize = 2;

/// Edited in turns, so that the second purge of one edit is rarely near the first of the next.
const VIDEOS_AN_EDITOR: usize = 12;

/// Watched by others, and not edited.
const WATCHED: usize = 12;
const WATCHERS: usize = 12;

/// Between two looks at a POP, and between two of a watcher.
const LOOK: Duration = Duration::from_millis(1);
const WATCH: Duration = Duration::from_millis(10);

/// No edit takes longer. What matters is how much shorter it takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// One edit, step by step.
#[derive(Clone, Copy)]
struct Steps {
    /// By the origin's clock, rounded down to the millisecond.
    committed: Moment,
    told: Moment,
    purge_called: Moment,
    in_effect: Moment,
}

#[test]
fn an_edit_of_rights_is_soon_in_effect_everywhere() {
    let scale = Arc::new(Scale::of("EDITS", 100));
    let edited = EDITORS * VIDEOS_AN_EDITOR;
    let system = Arc::new(System::start(&Plan::of(edited + WATCHED)));
    staleness::come_to_rest(&system);
    let told = listen(&system);
    let over = Arc::new(AtomicBool::new(false));
    let watched = watch(&system, edited, &over);
    let done = Arc::new(AtomicUsize::new(0));
    let mut editing = JoinSet::new();
    for editor in 0..EDITORS {
        let measuring = Measuring {
            system: Arc::clone(&system),
            scale: Arc::clone(&scale),
            told: Arc::clone(&told),
            done: Arc::clone(&done),
            first_video: editor * VIDEOS_AN_EDITOR,
        };
        editing.spawn_on(measuring.run(), RUNTIME.handle());
    }
    let steps = RUNTIME.block_on(editing.join_all()).concat();
    over.store(true, Ordering::Relaxed);
    let between = |from: fn(&Steps) -> Moment, to: fn(&Steps) -> Moment| {
        // What overtook the reader of the feed has waited for nothing.
        let waits = steps.iter().map(|one| to(one).saturating_sub(from(one)));
        Spread::of(waits).figures()
    };
    scale.sum_up(json!({
        "edits": steps.len(),
        "pops": POPS.len(),
        "answers_meanwhile": watched.load(Ordering::Relaxed),
        "commit_to_effect": between(|one| one.committed, |one| one.in_effect),
        "commit_to_feed": between(|one| one.committed, |one| one.told),
        "feed_to_purge_call": between(|one| one.told, |one| one.purge_called),
        "purge_call_to_effect": between(|one| one.purge_called, |one| one.in_effect),
    }));
    assert_eq!(steps.len(), scale.amount);
    for one in &steps {
        let took = one.in_effect.saturating_sub(one.committed);
        assert!(took < PATIENCE, "an edit took {took:?}");
    }
}

/// Others' reads, counted.
fn watch(system: &Arc<System>, from: usize, over: &Arc<AtomicBool>) -> Arc<AtomicU64> {
    let answers = Arc::new(AtomicU64::new(0));
    for watcher in 0..WATCHERS {
        let (system, over) = (Arc::clone(system), Arc::clone(over));
        let answers = Arc::clone(&answers);
        RUNTIME.spawn(async move {
            let mut viewer = Viewer::at(&system, watcher % POPS.len());
            let mut videos = (from..from + WATCHED).cycle();
            while !over.load(Ordering::Relaxed) {
                let video = Target::Video(videos.next().unwrap_or(from));
                viewer.read(&system.catalog, Country::France, video).await;
                answers.fetch_add(1, Ordering::Relaxed);
                sleep(WATCH).await;
            }
        });
    }
    answers
}

/// One editor, and what is measured of the edits.
struct Measuring {
    system: Arc<System>,
    scale: Arc<Scale>,
    told: Arc<Told>,
    done: Arc<AtomicUsize>,
    first_video: usize,
}

impl Measuring {
    async fn run(self) -> Vec<Steps> {
        let own: Vec<_> = (0..VIDEOS_AN_EDITOR)
            .map(|at| self.first_video + at)
            .collect();
        let mut editor = Editor::new(&self.system, self.scale.dice(0), &own);
        let mut viewers = [0, 1, 2].map(|pop| Viewer::at(&self.system, pop));
        let mut steps = Vec::new();
        for turn in 0.. {
            let done = self.done.fetch_add(1, Ordering::Relaxed);
            if done >= self.scale.amount {
                break;
            }
            self.scale.tell(|| format!("{done} edits"));
            let at = turn % VIDEOS_AN_EDITOR;
            let measured = timeout(PATIENCE, self.measure(&mut editor, at, &mut viewers)).await;
            steps.push(measured.expect("an edit is in effect, sooner or later"));
        }
        steps
    }

    /// Lets the other country in, and looks at every POP until it is.
    async fn measure(&self, editor: &mut Editor, at: usize, viewers: &mut [Viewer; 3]) -> Steps {
        let video = self.first_video + at;
        let (audience, country) = match editor.audience(at) {
            Audience::GERMANS => (Audience::FRENCH, Country::France),
            _ => (Audience::GERMANS, Country::Germany),
        };
        for viewer in viewers.iter_mut() {
            // So that there is something to purge.
            let target = Target::Video(video);
            viewer.read(&self.system.catalog, country, target).await;
        }
        let number = editor.next_rights(at);
        let look = |viewer| look(&self.system, viewer, country, video, number);
        let [here, there, yonder] = viewers;
        let (_, first, second, third) = tokio::join!(
            editor.edit_rights(at, audience),
            look(here),
            look(there),
            look(yonder)
        );
        let in_effect = first.max(second).max(third);
        let (committed, told) = self.told.of(video, number).await;
        Steps {
            committed,
            told,
            purge_called: self.purge_called(video, committed).await,
            in_effect,
        }
    }

    /// When the edit was purged. Its effect may be seen before the purge API has said so.
    async fn purge_called(&self, video: usize, committed: Moment) -> Moment {
        let key = self.system.video_key(video);
        loop {
            if let Some(call) = self.system.purges.first_hard(&key, committed) {
                return call.arrived;
            }
            sleep(LOOK).await;
        }
    }
}

/// When this version was first answered.
async fn look(
    system: &System,
    viewer: &mut Viewer,
    country: Country,
    video: usize,
    number: u32,
) -> Moment {
    loop {
        let target = Target::Video(video);
        if let Outcome::Read(read) = viewer.read(&system.catalog, country, target).await
            && matches!(read.seen[..], [(_, Seen::Video { rights, .. })] if rights == number)
        {
            return read.ended;
        }
        sleep(LOOK).await;
    }
}
