//! POPs are replaced one after the other while viewers ask: none of them notices, and each new one
//! asks the origin for everything once.

/// Viewers on connections that stay open.
mod viewers;

use std::{thread, time::Duration};

use serde_json::json;
use tempfile::TempDir;

use super::{catalog::Catalog, scale::Scale, system::Plan};
use crate::harness::{
    eventually::eventually,
    gate::{Gate, Manner},
    geolocation::Geolocation,
    http::RUNTIME,
    origin::Origin,
    pop::{Pop, PopPlan},
    world,
};
use viewers::{Rotation, Viewers};

const POPS: usize = 2;
const VIDEOS: usize = 12;

/// A balancer's news need this long to be everywhere.
const NEWS: Duration = Duration::from_millis(100);

/// How long the last answer of a POP that stops is kept back.
const HELD: Duration = Duration::from_millis(300);

#[test]
fn pops_are_replaced_one_after_the_other_and_no_viewer_notices() {
    let scale = Scale::of("ROUNDS", 2);
    let folder = world::folder();
    let database = folder.path().join("origin.db");
    let origin = Origin::start(folder.path(), &database, None, 2_500, 1);
    let fills = Gate::start();
    fills.lead_to(origin.address);
    let plan = Plan {
        videos_a_list: VIDEOS,
        ..Plan::of(VIDEOS)
    };
    let catalog = Catalog::write(&origin, &plan);
    let mut running: Vec<_> = (0..POPS).map(|_| start(&fills)).collect();
    let rotation = Rotation::of(running.iter().map(|(pop, _)| pop.edge().address));
    let viewers = Viewers::start(&rotation, &catalog, &scale);
    for round in 0..scale.amount {
        for place in 0..POPS {
            let (old, _folder) = running.remove(place);
            let address = old.edge().address;
            eventually("every video is in every cache", || {
                viewers.has_all(address, VIDEOS).then_some(())
            });
            let held = format!("held-{round}-{place}");
            let bar = fills.bar(&held, Manner::HoldAnswer);
            let waiting = viewers.ask_for_another(&catalog, address, &held);
            bar.wait_until_reached();
            rotation.take_out(address);
            thread::sleep(NEWS);
            let lifting = thread::spawn(move || {
                thread::sleep(HELD);
                bar.lift();
            });
            let lines = old.stop();
            lifting.join().expect("it lifts");
            let reply = RUNTIME.block_on(waiting).expect("no panic");
            reply.expect("who waits is answered").assert_status(200);
            eventually("every answer is logged, the last ones too", || {
                (viewers.answers_of(address) + 1 == lines.len()).then_some(())
            });
            running.insert(place, start(&fills));
            rotation.put_in(running[place].0.edge().address);
        }
    }
    for (pop, _) in &running {
        eventually("every video is in every cache", || {
            let address = pop.edge().address;
            viewers.has_all(address, VIDEOS).then_some(())
        });
    }
    let answers = viewers.end();
    let restarts = POPS * scale.amount;
    let calls = origin.playback_answers(&catalog.account);
    scale.sum_up(json!({
        "rounds": scale.amount,
        "restarts": restarts,
        "videos": VIDEOS,
        "answers": answers.right,
        "failed": answers.failed.len(),
        "asked_again": answers.asked_again,
        "origin_calls": calls,
    }));
    let (count, first) = (answers.failed.len(), answers.failed.first());
    assert!(count == 0, "{count} failed, {first:?}");
    // Each POP fills its cache once, and each one that stopped had one answer more to give.
    let wanted = VIDEOS * (POPS + restarts) + restarts;
    assert_eq!(calls, wanted as u64, "origin calls");
}

#[track_caller]
fn start(fills: &Gate) -> (Pop, TempDir) {
    let folder = world::folder();
    let plan = PopPlan {
        names: &["fra"],
        origins: &[fills.address],
        // Far more than anything takes here that works.
        fill_deadline_ms: 10_000,
        stale_s: world::A_DAY,
        geolocation: Geolocation::Scenarios,
        overlay: "edge",
        settings: &[],
    };
    (Pop::start(folder.path(), &plan), folder)
}
