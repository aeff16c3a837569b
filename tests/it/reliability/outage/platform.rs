//! POPs that lack what they are set up with.

use std::{thread, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::stage::{Stage, plan};
use crate::{
    harness::{
        eventually::eventually,
        geolocation::{FRENCH_VIEWER, Geolocation},
        pop::Pop,
        reply::Reply,
        world,
    },
    reliability::viewer::{Target, path},
};

/// What a POP can be without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Geolocation,
    /// The Config Store.
    Settings,
    /// The Secret Store.
    Secrets,
}

/// Who has been led there is there by then.
const ON_THE_WAY: Duration = Duration::from_millis(100);

/// POPs that are without it, and have all viewers.
pub(super) struct Without {
    missing: Missing,
    pop: Pop,
    /// Last, so that it is removed after the process that writes into it has ended.
    _folder: TempDir,
}

// === impl Without ===

impl Without {
    #[track_caller]
    pub(super) fn start(stage: &Stage, missing: Missing) -> Self {
        let folder = world::folder();
        let (geolocation, store) = match missing {
            Missing::Geolocation => (Geolocation::Missing, None),
            Missing::Settings => (Geolocation::Scenarios, Some("config_stores")),
            Missing::Secrets => (Geolocation::Scenarios, Some("secret_stores")),
        };
        let settings: Vec<(&str, Value)> =
            store.map(|store| (store, json!({}))).into_iter().collect();
        let plan = plan(&stage.regions.addresses, geolocation, &settings);
        let pop = Pop::start(folder.path(), &plan);
        Self {
            missing,
            pop,
            _folder: folder,
        }
    }

    /// Leads all viewers there.
    pub(super) fn lead(&self, stage: &Stage) {
        stage.doors.lead(Some(self.pop.edges.clone()));
    }

    /// Leads them back, and answers what is to be complained of.
    #[track_caller]
    pub(super) fn end(self, stage: &Stage) -> Option<String> {
        stage.doors.lead(None);
        thread::sleep(ON_THE_WAY);
        let complaint = match self.missing {
            Missing::Geolocation => self.deny_list(stage),
            Missing::Settings | Missing::Secrets => self.log(stage),
        };
        // Those who are there already are answered.
        self.pop.stop();
        complaint
    }

    /// Every request is told to operators, once, and as what it is.
    #[track_caller]
    fn log(&self, stage: &Stage) -> Option<String> {
        let asked = stage.doors.asked_elsewhere();
        let lines = eventually("every request is logged", || {
            let lines = self.pop.log_lines();
            (lines.len() >= asked).then_some(lines)
        });
        let other = lines.iter().find(|line| line["failure"] != "CONFIG_ERROR");
        match other {
            Some(line) => Some(format!("it was logged as {line}")),
            None if lines.len() > asked => {
                Some(format!("{} lines of {asked} requests", lines.len()))
            }
            None => None,
        }
    }

    /// A deny list refuses whom it names, and lets in whom nobody can place.
    #[track_caller]
    fn deny_list(&self, stage: &Stage) -> Option<String> {
        let body = json!({ "rules": r#"geo-deny=("FR")"# });
        let reply = stage
            .regions
            .cms("PATCH", &stage.scratch_record(), Some(&body));
        reply.assert_status(200);
        let catalog = &stage.doors.catalog;
        let path = path(catalog, Target::Video(stage.scratch()));
        let ask = |pop: &Pop| -> Reply {
            let ask = pop.edge().get(&path).key(&catalog.key);
            ask.viewer(FRENCH_VIEWER).send()
        };
        let (placed, unplaced) = (ask(&stage.pop).status, ask(&self.pop).status);
        let wanted = (403, 200);
        let told = format!("with a place, without: {:?}", (placed, unplaced));
        ((placed, unplaced) != wanted).then_some(told)
    }
}
