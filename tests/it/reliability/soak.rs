//! Everything at once for long, on two origins: editors who also delete videos and make them again,
//! policy keys that come and are revoked, viewers of every kind, and whatever can fail. Nothing wrong
//! is answered meanwhile, and afterwards nothing has grown and nothing is left over.

/// Everything, asked for once more.
mod again;
/// Viewers of every kind.
mod crowd;
/// The figures of a run, and what they must be.
mod figures;
/// Policy keys that come and go.
mod keeper;
/// How figures develop.
mod steady;
/// What the processes and their files take.
mod vitals;

use std::{
    mem,
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::{
    check::check,
    editor::Editor,
    faults::{Fates, Fault},
    scale::Scale,
    staleness::{self, LIMITS, Over, Trouble},
    system::{Plan, System},
    weather::Weather,
};
use crate::harness::http::RUNTIME;
pub(super) use crowd::Crowd;
use figures::Run;
use keeper::Keeper;
use vitals::Vitals;

const EDITORS: usize = 4;
const VIDEOS_AN_EDITOR: usize = 6;

/// Between two looks at what everything takes, in a long run and at most.
const LOOK: Duration = Duration::from_secs(10);
/// Looks at least.
const LOOKS: u32 = 30;

#[test]
fn nothing_grows_nothing_sticks_and_nothing_is_left_over() {
    let scale = Arc::new(Scale::of("SOAK_SECONDS", 30));
    let system = Arc::new(System::start(&Plan {
        origins: 2,
        deletes: true,
        ..Plan::of(EDITORS * VIDEOS_AN_EDITOR)
    }));
    let keeper = Keeper::new(&system);
    staleness::come_to_rest(&system);
    let files = vitals::files(&system);
    misfortune(&system, &scale);
    let over = Over::default();
    let trouble = Trouble::start(&system, &scale, &over);
    let keeping = RUNTIME.spawn(keeper.keep(scale.dice(50), over.clone()));
    let mut editing = JoinSet::new();
    for editor in 0..EDITORS {
        let mut dice = scale.dice(100 + editor as u64);
        let own = editor * VIDEOS_AN_EDITOR;
        let own: Vec<_> = (own..own + VIDEOS_AN_EDITOR).collect();
        let way = system.origins[editor % system.origins.len()].address;
        let editor = Editor::new(&system, dice.fork(), &own).by_way_of(way);
        let writing = staleness::write(editor, dice, over.clone(), Weather::is_lull(system.clock));
        editing.spawn_on(writing, RUNTIME.handle());
    }
    let crowd = Crowd::start(&system, &scale, &over);
    let looks = watch(&system, &scale, &crowd);
    over.tell();
    let editors = RUNTIME.block_on(editing.join_all());
    let kept = RUNTIME.block_on(keeping).expect("the keeper ends");
    let trouble = trouble.end();
    let mut crowd = crowd.end();
    system.purges.pass_everything();
    let (videos, lost) = staleness::histories(editors);
    staleness::come_to_rest(&system);
    let mut evidence = system.evidence(videos);
    evidence.reads = mem::take(&mut crowd.readers.reads);
    evidence.last_reads = RUNTIME.block_on(staleness::last_reads(&system, evidence.videos.len()));
    let verdict = check(&evidence, &LIMITS);
    let again = again::ask(&system, &kept);
    let run = Run {
        system: &system,
        evidence: &evidence,
        crowd: &crowd,
        kept: &kept,
        trouble: &trouble,
        lost,
        verdict: &verdict,
        again: &again,
        looks: &looks,
        files: &files,
    };
    scale.sum_up(run.figures());
    verdict.assert_clean();
    crowd.readers.assert_answered(&trouble);
    run.assert_sound();
    system.pop.assert_no_panic();
}

/// The purger's calls meet with what they meet with in a storm; from a third of the time on nobody
/// kills the purger, nor the first origin, so that what they take can be followed.
fn misfortune(system: &Arc<System>, scale: &Scale) {
    let mut fates = Fates::new(scale.dice(1));
    let sky = Arc::clone(system);
    system
        .purges
        .choose(move |_| match Weather::at(sky.clock.now()) {
            Weather::Storm => match fates.next() {
                Fault::Killed(_) if sky.spares.load(Ordering::Relaxed) => Fault::CutBefore,
                fate => fate,
            },
            Weather::Calm | Weather::Lull => Fault::None,
        });
}

/// Looks at everything from time to time, until the time is over.
fn watch(system: &System, scale: &Scale, crowd: &Crowd) -> Vec<Vitals> {
    let whole = Duration::from_secs(scale.amount as u64);
    let began = Instant::now();
    let mut looks: Vec<Vitals> = Vec::new();
    while began.elapsed() < whole {
        let is_mild = began.elapsed() * 3 > whole;
        system.spares.store(is_mild, Ordering::Relaxed);
        let look = Vitals::of(system, began.elapsed(), crowd.asks());
        scale.tell(|| look.to_string());
        looks.push(look);
        thread::sleep(LOOK.min(whole / LOOKS));
    }
    looks.push(Vitals::of(system, began.elapsed(), crowd.asks()));
    looks
}
