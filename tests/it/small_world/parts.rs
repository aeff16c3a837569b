//! POPs, processes of their own, two origins on one database, and the ways between them all.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use playback_world::small::{Small, SmallPop};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::purges::Purges;
use crate::harness::{
    eventually::eventually,
    geolocation::{self, Geolocation},
    local::SERVICE_ID,
    origin::{self, Origin},
    pop::{Pop, PopPlan},
    relay::Relay,
    stage::playable,
    world,
};

/// A running world. Nothing is far from anything until [`Parts::spread`].
pub(super) struct Parts {
    /// Where viewers of each POP are let in.
    pub(super) doors: Vec<SocketAddr>,
    pub(super) purges: Purges,
    /// The first one, without a way to it.
    pub(super) origin: Origin,
    pops: Vec<Pop>,
    ways: Vec<Way>,
    second_origin: Origin,
    /// Last, so that it is removed after the processes that write into it have ended.
    _folder: TempDir,
}

/// A relay, and how far apart its ends will be.
struct Way {
    relay: Relay,
    one_way_ms: f64,
}

/// What POPs are started from.
struct Start<'a> {
    small: &'a Small,
    folder: &'a Path,
    origins: [SocketAddr; 2],
}

// === impl Parts ===

impl Parts {
    #[track_caller]
    pub(super) fn start(small: &Small) -> Self {
        let folder = world::folder();
        let purges = Purges::start();
        let [first, second] = origins(folder.path(), &purges, small);
        let start = Start {
            small,
            folder: folder.path(),
            origins: [first.address, second.address],
        };
        let mut ways = Vec::new();
        // Where it will be, before it is there.
        let shield = small.shield.used.then_some(small.shield.pop);
        let mut hops = Vec::new();
        let mut pops = Vec::new();
        for (at, place) in small.pops.iter().enumerate() {
            let hop = shield.filter(|shield| *shield != at).map(|_| {
                let hop = Way::of(Relay::start(), place.shield_ms);
                let address = hop.relay.address;
                hops.push(hop);
                address
            });
            pops.push(start.pop(place, hop, &mut ways));
        }
        for hop in hops {
            let shield = shield.expect("nobody hops without one");
            hop.relay.lead_to(pops[shield].edge().address);
            ways.push(hop);
        }
        let door = |(place, pop): (&SmallPop, &Pop)| {
            let door = Way::of(Relay::to(pop.edge().address), place.viewer_ms);
            let address = door.relay.address;
            ways.push(door);
            address
        };
        let doors = small.pops.iter().zip(&pops).map(door).collect();
        purges.join(pops.iter().map(|pop| pop.purge_api).collect());
        Self {
            doors,
            purges,
            origin: first,
            pops,
            ways,
            second_origin: second,
            _folder: folder,
        }
    }

    /// Puts everything where it belongs.
    pub(super) fn spread(&self) {
        for Way { relay, one_way_ms } in &self.ways {
            relay.set(Duration::from_secs_f64(one_way_ms / 1_000.0));
        }
    }

    /// Writes an account and its videos, each with its rules, and gives a policy key.
    #[track_caller]
    pub(super) fn catalog(
        &self,
        account: &str,
        videos: impl IntoIterator<Item = (String, String)>,
    ) -> String {
        self.origin
            .put_account(account, &json!({ "name": "an account" }));
        for (video, rules) in videos {
            let mut body = playable("a video");
            body["rules"] = json!(rules);
            self.origin.put_video(account, &video, &body);
        }
        let key = self.origin.mint_key(account, &json!({}));
        self.settle();
        key
    }

    /// How often the origins were asked about this account.
    #[track_caller]
    pub(super) fn origin_calls(&self, account: &str) -> u64 {
        let origins = [&self.origin, &self.second_origin];
        origins
            .map(|origin| origin.playback_answers(account))
            .iter()
            .sum()
    }

    /// Waits until every purge of every edit is over: from now on nobody empties the caches.
    #[track_caller]
    pub(super) fn settle(&self) {
        eventually("every edit is purged for the last time", || {
            let purger = self.origin.cms("GET", "/v1/purger", None).json();
            (purger["settled"] == purger["head"]).then_some(())
        });
    }

    #[track_caller]
    pub(super) fn assert_no_panic(&self) {
        for pop in &self.pops {
            pop.assert_no_panic();
        }
    }
}

/// Two on one database; the first one has the purger.
#[track_caller]
fn origins(folder: &Path, purges: &Purges, small: &Small) -> [Origin; 2] {
    let database = folder.join("origin.db");
    let tiers = if small.shield.used { 2 } else { 1 };
    let (purge_api, deadline_ms) = (Some(purges.address), deadline_ms(small));
    let first = Origin::start(folder, &database, purge_api, deadline_ms, tiers);
    let mut second = origin::serve(&database, "127.0.0.1:0");
    second
        .args(["--purger", "apart", "--service-id", SERVICE_ID])
        .args(["--cache-tiers", &tiers.to_string()]);
    let second = Origin::run(&mut second, folder.join("origin-2.log"));
    [first, second]
}

fn deadline_ms(small: &Small) -> u32 {
    small.fill_deadline_ms as u32
}

// === impl Start ===

impl Start<'_> {
    /// A POP in a process of its own, its origins behind their ways in the order in which it asks them.
    #[track_caller]
    fn pop(&self, place: &SmallPop, hop: Option<SocketAddr>, ways: &mut Vec<Way>) -> Pop {
        let folder = self.folder.join(&place.name);
        fs::create_dir(&folder).expect("the world's folder takes folders");
        let to_origin = |origin: &usize| {
            let relay = Relay::to(self.origins[*origin]);
            let address = relay.address;
            ways.push(Way::of(relay, place.origins_ms[*origin]));
            address
        };
        let origins: Vec<_> = place.origins.iter().map(to_origin).collect();
        let mut settings: Vec<(&str, Value)> =
            vec![("geolocation.file", json!(self.geolocation(&folder)))];
        if self.small.shield.used {
            let shield = &self.small.pops[self.small.shield.pop].name;
            let item = "config_stores.playback-config.contents.shield";
            settings.push((item, json!(shield)));
        }
        let site = hop.map(|hop| {
            let shield = &self.small.pops[self.small.shield.pop].name;
            let member = |member| format!("shielding_sites.{shield}.{member}");
            let url = json!(format!("http://{hop}"));
            ([member("encrypted"), member("unencrypted")], url)
        });
        if let Some(([encrypted, unencrypted], url)) = &site {
            settings.push((encrypted, url.clone()));
            settings.push((unencrypted, url.clone()));
        }
        let plan = PopPlan {
            names: &[&place.name],
            origins: &origins,
            fill_deadline_ms: deadline_ms(self.small),
            stale_s: world::A_DAY,
            geolocation: Geolocation::Missing,
            overlay: "edge",
            settings: &settings,
        };
        Pop::start(&folder, &plan)
    }

    /// The viewers' countries, as the model has them.
    fn geolocation(&self, folder: &Path) -> PathBuf {
        let file = folder.join("viewers.json");
        let viewers = self.small.viewers.iter();
        let viewers = viewers.map(|viewer| (viewer.address, viewer.country.as_str()));
        geolocation::write_countries(&file, viewers);
        file
    }
}

// === impl Way ===

impl Way {
    fn of(relay: Relay, one_way_ms: f64) -> Self {
        Self { relay, one_way_ms }
    }
}
