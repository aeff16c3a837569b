//! Writers edit, readers read, and whatever can fail fails: no answer contradicts the rights for
//! longer than allowed, and at the end every edit is visible everywhere.

/// The figures of a run.
mod figures;
/// Readers, and what they counted.
mod readers;
/// What goes wrong beside the purger's calls.
mod trouble;

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use fastrand::Rng;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    check::{Limits, check},
    editor::{Editor, Lost},
    faults::{Fates, Fault},
    record::{Country, History, Read},
    scale::Scale,
    system::{FILL_DEADLINE_MS, Plan, System},
    viewer::{Outcome, Target, Viewer},
    weather::Weather,
};
use crate::harness::{connection::Connection, http::RUNTIME, origin::cms_request};
pub(super) use readers::Readers;
pub(super) use trouble::{Trouble, Troubles};

const EDITORS: usize = 8;
const VIDEOS_AN_EDITOR: usize = 3;

/// How long everything may take to come to rest once nothing is in the way.
const REST: Duration = Duration::from_secs(120);

/// How often a video is asked for at rest before its last version has to be there.
const LAST_READS: usize = 3;

pub(super) const LIMITS: Limits = Limits {
    fill_deadline: Duration::from_millis(FILL_DEADLINE_MS as u64),
    store: Duration::from_millis(250),
    spread: Duration::from_millis(250),
    second_purge: Duration::from_millis(2_000),
    at_all: Duration::from_secs(15),
};

/// Told to everybody when it is over.
#[derive(Clone, Default)]
pub(super) struct Over(Arc<AtomicBool>);

#[test]
fn no_answer_contradicts_the_rights_for_longer_than_allowed_and_every_edit_becomes_visible() {
    let scale = Arc::new(Scale::of("READS", 20_000));
    let system = Arc::new(System::start(&Plan::of(EDITORS * VIDEOS_AN_EDITOR)));
    let mut fates = Fates::new(scale.dice(1));
    let clock = system.clock;
    system
        .purges
        .choose(move |_| match Weather::at(clock.now()) {
            Weather::Storm => fates.next(),
            Weather::Calm | Weather::Lull => Fault::None,
        });
    let over = Over::default();
    let trouble = Trouble::start(&system, &scale, &over);
    let mut editing = JoinSet::new();
    for editor in 0..EDITORS {
        let mut dice = scale.dice(100 + editor as u64);
        let own = editor * VIDEOS_AN_EDITOR;
        let own: Vec<_> = (own..own + VIDEOS_AN_EDITOR).collect();
        let editor = Editor::new(&system, dice.fork(), &own);
        let writing = write(editor, dice, over.clone(), Weather::is_lull(clock));
        editing.spawn_on(writing, RUNTIME.handle());
    }
    let mut readers = Readers::run(&system, &scale);
    over.tell();
    let editors = RUNTIME.block_on(editing.join_all());
    let trouble = trouble.end();
    system.purges.pass_everything();
    let (videos, lost) = histories(editors);
    come_to_rest(&system);
    let mut evidence = system.evidence(videos);
    evidence.reads = mem::take(&mut readers.reads);
    evidence.last_reads = RUNTIME.block_on(last_reads(&system, evidence.videos.len()));
    let verdict = check(&evidence, &LIMITS);
    scale.sum_up(figures::of(
        &system, &evidence, &readers, &trouble, lost, &verdict,
    ));
    verdict.assert_clean();
    readers.assert_answered(&trouble);
    figures::assert_not_dull(&system, &evidence, lost, &verdict);
    system.pop.assert_no_panic();
}

/// One editor's work, but while others rest.
pub(super) async fn write(
    mut editor: Editor,
    mut dice: Rng,
    over: Over,
    is_at_rest: impl Fn() -> bool,
) -> Editor {
    while !over.is_told() {
        if !is_at_rest() {
            editor.edit().await;
        }
        sleep(Duration::from_millis(dice.u64(20..500))).await;
    }
    editor
}

pub(super) fn histories(editors: Vec<Editor>) -> (Vec<History>, Lost) {
    let mut lost = Lost::default();
    for editor in &editors {
        lost.happened += editor.lost.happened;
        lost.never_happened += editor.lost.never_happened;
    }
    let mut all: Vec<_> = editors
        .into_iter()
        .flat_map(Editor::into_histories)
        .collect();
    all.sort_by_key(|(video, _)| *video);
    (all.into_iter().map(|(_, history)| history).collect(), lost)
}

/// Waits until the purger says that it has nothing left to do.
#[track_caller]
pub(super) fn come_to_rest(system: &System) {
    let resting = async {
        let mut cms = Connection::to(system.origin);
        loop {
            let shown = cms.send(cms_request("GET", "/v1/purger", None)).await;
            if let Ok(shown) = shown {
                shown.assert_status(200);
                if shown.json()["settled"] == shown.json()["head"] {
                    return;
                }
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let came = RUNTIME.block_on(async { timeout(REST, resting).await });
    assert!(came.is_ok(), "the purger never came to rest");
}

/// The last of a few answers, for every video at every POP in both countries.
pub(super) async fn last_reads(system: &System, videos: usize) -> Vec<Read> {
    let mut last_reads = Vec::new();
    for pop in 0..system.pop.edges.len() {
        let mut viewer = Viewer::at(system, pop);
        for video in 0..videos {
            for country in [Country::Germany, Country::France] {
                let mut reads = Vec::new();
                while reads.len() < LAST_READS {
                    let target = Target::Video(video);
                    match viewer.read(&system.catalog, country, target).await {
                        Outcome::Read(read) => reads.push(read),
                        Outcome::Odd(text) => panic!("at rest: {text}"),
                        // The machine is busy with something else.
                        Outcome::NoAnswer { .. } => {}
                    }
                }
                last_reads.extend(reads.pop());
            }
        }
    }
    last_reads
}

// === impl Over ===

impl Over {
    pub(super) fn tell(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns after this time, or soon after it is told.
    pub(super) async fn sleep(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while !self.is_told() && Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now());
            sleep(left.min(Duration::from_millis(50))).await;
        }
    }
}
