//! The whole system: origin, POPs, and gates on the ways between them.

use std::{
    fs::{self, DirEntry},
    path::Path,
    sync::{Once, OnceLock},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    edge::Edge,
    gate::Gate,
    geolocation::Geolocation,
    origin::{self, Origin},
    pop::{Pop, PopPlan},
};

/// An origin and the POPs before it.
pub(crate) struct World {
    pub(crate) pop: Pop,
    /// On the way from the POPs to the origin.
    pub(crate) fills: Gate,
    /// On the way from the origin to the purge API.
    pub(crate) purges: Gate,
    /// On the way from the POPs to the shield, if it is [`GATED`].
    pub(crate) hops: Gate,
    /// How many times an edit is purged in all.
    pub(crate) rounds: usize,
    origin: Origin,
    /// Last, so that it is removed after the processes that write into it have ended.
    _folder: TempDir,
}

/// How long a soft-purged copy may stand in where that is not what a test is about.
pub(crate) const A_DAY: u32 = 86_400;

/// What a world is like.
pub(crate) struct WorldPlan<'a> {
    /// Whether an edit in the CMS purges.
    pub(crate) purges: bool,
    pub(crate) pops: &'a [&'a str],
    /// How long a fill may take. The second purge comes after it.
    pub(crate) fill_deadline_ms: u32,
    /// How long a soft-purged copy may stand in.
    pub(crate) stale_s: u32,
    /// A catalog that is loaded before anybody asks, in the workspace's folder.
    pub(crate) catalog: Option<&'a str>,
    pub(crate) geolocation: Geolocation,
    /// Who lays policy keys over answers: `edge` or `origin`.
    pub(crate) overlay: &'a str,
    /// The POP that asks the origins for the others; [`GATED`] for the first one, behind a gate.
    pub(crate) shield: Option<&'a str>,
}

/// The first POP as shield of all, itself too, with [`World::hops`] on the way.
pub(crate) const GATED: &str = "gated";

/// One POP, no purges, and nothing special.
pub(crate) const PLAIN: WorldPlan<'_> = WorldPlan {
    purges: false,
    pops: &["fra"],
    fill_deadline_ms: 20_000,
    stale_s: A_DAY,
    catalog: None,
    geolocation: Geolocation::Scenarios,
    overlay: "edge",
    shield: None,
};

/// The world of tests that edit nothing after the first request. Without purges nothing but the
/// test itself can empty the cache under it.
pub(crate) fn without_purges() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::start(&unpurged("edge")))
}

/// The same, where the origin lays policy keys over its answers.
pub(crate) fn overlaid_by_the_origin() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::start(&unpurged("origin")))
}

fn unpurged(overlay: &str) -> WorldPlan<'_> {
    WorldPlan { overlay, ..PLAIN }
}

/// The world of tests that edit, with two POPs. Its fill deadline is short, since these tests wait
/// for the second purge.
pub(crate) fn with_purges() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        World::start(&WorldPlan {
            purges: true,
            pops: &["fra", "nrt"],
            fill_deadline_ms: 2_500,
            ..PLAIN
        })
    })
}

/// A world as `cargo xtask serve` starts it, with the demo's catalog and the demo's viewers.
#[track_caller]
pub(crate) fn of_the_demo() -> World {
    World::start(&WorldPlan {
        purges: true,
        pops: &["local"],
        fill_deadline_ms: 3_000,
        catalog: Some("demo/catalog.json"),
        geolocation: Geolocation::Demo,
        ..PLAIN
    })
}

/// A folder for one world's files, inside the target folder.
pub(crate) fn folder() -> TempDir {
    static SWEPT: Once = Once::new();
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    SWEPT.call_once(|| sweep(parent));
    tempfile::Builder::new()
        .prefix(PREFIX)
        .tempdir_in(parent)
        .expect("the target folder takes folders")
}

const PREFIX: &str = "world-";

/// Removes what earlier runs have left: shared worlds live until the process ends, and nothing is
/// dropped then. What is young may belong to a run beside this one.
fn sweep(parent: &Path) {
    let is_old = |entry: &DirEntry| {
        let modified = entry.metadata().and_then(|data| data.modified());
        let age = modified.ok().and_then(|modified| modified.elapsed().ok());
        age.is_some_and(|age| age > Duration::from_secs(3_600))
    };
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let worlds = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for world in worlds.filter(is_old) {
        // Whoever else sweeps may have been quicker.
        let _ = fs::remove_dir_all(world.path());
    }
}

fn shield_settings(shield: Option<&str>, hops: &Gate) -> Vec<(&'static str, Value)> {
    let Some(name) = shield else {
        return Vec::new();
    };
    let gate = json!(format!("http://{}", hops.address));
    vec![
        ("config_stores.playback-config.contents.shield", json!(name)),
        ("shielding_sites.gated.encrypted", gate.clone()),
        ("shielding_sites.gated.unencrypted", gate),
    ]
}

impl World {
    #[track_caller]
    pub(crate) fn start(plan: &WorldPlan<'_>) -> Self {
        let folder = folder();
        let (fills, purges, hops) = (Gate::start(), Gate::start(), Gate::start());
        let database = folder.path().join("origin.db");
        let purge_api = plan.purges.then_some(purges.address);
        let tiers = if plan.shield.is_some() { 2 } else { 1 };
        let deadline_ms = plan.fill_deadline_ms;
        let origin = Origin::start(folder.path(), &database, purge_api, deadline_ms, tiers);
        if let Some(catalog) = plan.catalog {
            origin::load(&database, catalog, Some(origin.address));
        }
        fills.lead_to(origin.address);
        let pop = Pop::start(
            folder.path(),
            &PopPlan {
                names: plan.pops,
                origins: &[fills.address],
                fill_deadline_ms: plan.fill_deadline_ms,
                stale_s: plan.stale_s,
                geolocation: plan.geolocation,
                overlay: plan.overlay,
                settings: &shield_settings(plan.shield, &hops),
            },
        );
        purges.lead_to(pop.purge_api);
        hops.lead_to(pop.edges[0].address);
        if plan.purges {
            // What was loaded is tried in vain as long as no POP listens, with longer and longer pauses.
            origin.wait_until_purged();
        }
        Self {
            pop,
            fills,
            purges,
            hops,
            rounds: usize::from(tiers) + 1,
            origin,
            _folder: folder,
        }
    }

    pub(crate) fn edge(&self) -> Edge {
        self.pop.edge()
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }
}
