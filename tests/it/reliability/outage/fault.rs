//! Faults: how each is injected, and how it is mended.

use serde_json::json;
use tokio::task::JoinHandle;

pub(super) use super::platform::Missing;
use super::{
    edition::{self, Trapping},
    load::Answer,
    platform::Without,
    regions::{REGIONS, Writer},
    stage::Stage,
    wire::{Mode, UNKNOWN_RULES},
};
use crate::{
    harness::{http::RUNTIME, reply::Reply},
    reliability::record::Seen,
};

/// Something that fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// The origin's process is killed.
    Killed(Whose),
    /// The origin's process hangs.
    Frozen(Whose),
    /// The way to the origin does this.
    Way(Whose, Mode),
    /// The disk with the database is full.
    DiskFull,
    /// Another process holds the database's lock for writers.
    Locked,
    /// The POPs are without something.
    Platform(Missing),
    /// Another edition of the program is deployed over the cache, and taken back.
    Edition(&'static str),
    /// Some requests trap.
    Traps,
}

/// Whose origin fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    /// The first region's.
    First,
    All,
}

/// A fault that lasts until it is mended.
pub(super) struct Injected {
    fault: Fault,
    writer: Option<Writer>,
    edit: Option<JoinHandle<Reply>>,
    without: Option<Without>,
    trapping: Option<Trapping>,
    complaints: Vec<String>,
}

/// A disk that is full refuses one of so many edits.
const EDITS: usize = 1_000;
/// In characters. Many times as much is more than the disk holds.
const LONG: usize = 4_000;

// === impl Fault ===

impl Fault {
    /// Makes ready what takes time.
    #[track_caller]
    pub(super) fn prepare(self, stage: &Stage) -> Injected {
        let without = match self {
            Self::Platform(missing) => Some(Without::start(stage, missing)),
            _ => None,
        };
        Injected {
            fault: self,
            without,
            writer: None,
            edit: None,
            trapping: None,
            complaints: Vec::new(),
        }
    }

    /// Where nobody can be placed, every allow list refuses: what the checker cannot know is judged
    /// here, and taken out.
    pub(super) fn without_a_place(self, answers: &mut [Answer]) -> Option<String> {
        let Self::Platform(Missing::Geolocation) = self else {
            return None;
        };
        let is_let_in = |answer: &&Answer| {
            let mut seen = answer.seen.iter();
            answer.is_elsewhere && seen.any(|(_, seen)| *seen != Seen::Refused)
        };
        let let_in = answers.iter().find(is_let_in);
        let complaint = let_in.map(|answer| format!("let in without a place: {answer:?}"));
        for answer in answers.iter_mut().filter(|answer| answer.is_elsewhere) {
            answer.seen.clear();
        }
        complaint
    }
}

/// Edits a video that nobody watches.
#[track_caller]
fn write(stage: &Stage, text: &str) -> Reply {
    let body = json!({ "long_description": text });
    stage
        .regions
        .cms("PATCH", &stage.scratch_record(), Some(&body))
}

/// Whether the log has the rules that nobody understands.
fn is_told(stage: &Stage) -> bool {
    let lines = stage.pop.log_lines();
    let mut errors = lines
        .iter()
        .filter(|line| line["failure"] == "POLICY_ERROR");
    errors.any(|line| line.to_string().contains(UNKNOWN_RULES))
}

// === impl Whose ===

impl Whose {
    fn each(self, mut act: impl FnMut(usize)) {
        let all = match self {
            Self::First => 0..1,
            Self::All => 0..REGIONS,
        };
        all.for_each(&mut act);
    }
}

// === impl Injected ===

impl Injected {
    #[track_caller]
    pub(super) fn inject(&mut self, stage: &Stage) {
        match self.fault {
            Fault::Killed(whose) => whose.each(|region| stage.regions.kill(region)),
            Fault::Frozen(whose) => whose.each(|region| stage.regions.signal(region, "STOP")),
            Fault::Way(whose, mode) => whose.each(|region| stage.wires[region].set(mode)),
            Fault::DiskFull => {
                stage.regions.disk.fill();
                let text = "x".repeat(LONG);
                let statuses = (0..EDITS).map(|_| write(stage, &text).status);
                let refusal = statuses.into_iter().find(|status| *status != 200);
                if refusal != Some(507) {
                    let complaint = format!("no edit was refused for want of room: {refusal:?}");
                    self.complaints.push(complaint);
                }
            }
            Fault::Locked => {
                self.writer = Some(stage.regions.lock());
                let body = json!({ "long_description": "while it is locked" });
                let edit = stage.regions.cms_later(&stage.scratch_record(), &body);
                self.edit = Some(edit);
            }
            Fault::Platform(_) => {
                let without = self.without.as_ref().expect("it was prepared");
                without.lead(stage);
            }
            Fault::Edition(edition) => {
                edition::deploy(stage, Some(edition));
                // What the one before has in the cache must not outlive it.
                stage.edit();
            }
            Fault::Traps => self.trapping = Some(Trapping::start(stage)),
        }
    }

    /// Puts it right, and answers what is to be complained of.
    #[track_caller]
    pub(super) fn mend(mut self, stage: &Stage) -> Vec<String> {
        match self.fault {
            Fault::Killed(whose) => whose.each(|region| stage.regions.revive(region)),
            Fault::Frozen(whose) => whose.each(|region| stage.regions.signal(region, "CONT")),
            Fault::Way(whose, mode) => {
                whose.each(|region| stage.wires[region].set(Mode::Through));
                if mode == Mode::UnknownRules && !is_told(stage) {
                    let complaint = "no operator was told of the rules".to_owned();
                    self.complaints.push(complaint);
                }
            }
            Fault::DiskFull => stage.regions.disk.free(),
            Fault::Locked => self.unlock(),
            Fault::Edition(_) => edition::deploy(stage, None),
            Fault::Platform(_) | Fault::Traps => {
                let without = self.without.take().and_then(|without| without.end(stage));
                let trapping = self.trapping.take().and_then(Trapping::end);
                self.complaints.extend(without.into_iter().chain(trapping));
            }
        }
        if matches!(self.fault, Fault::DiskFull | Fault::Locked) {
            let edit = write(stage, "it is over");
            if edit.status != 200 {
                let complaint = format!("an edit afterwards: {edit}");
                self.complaints.push(complaint);
            }
        }
        self.complaints
    }

    /// The edit had to wait: it was refused, or is made when the lock is gone.
    #[track_caller]
    fn unlock(&mut self) {
        let edit = self.edit.take().expect("an edit was sent");
        let is_early = edit.is_finished();
        drop(self.writer.take());
        let edit = RUNTIME.block_on(edit).expect("no panic");
        let allowed = match is_early {
            true => [503, 503],
            false => [503, 200],
        };
        if !allowed.contains(&edit.status) {
            let complaint = format!("an edit while it was locked: {edit}");
            self.complaints.push(complaint);
        }
    }
}
