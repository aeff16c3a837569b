use super::*;

/// Requests at these moments, cell by cell.
struct Moments(Vec<Vec<f64>>);

impl Source for Moments {
    fn next(&mut self, cell: usize, after: f64) -> f64 {
        let next = self.0[cell].iter().find(|at| **at > after);
        next.copied().unwrap_or(f64::INFINITY)
    }

    fn is_dense(&self, _cell: usize) -> bool {
        false
    }
}

/// What was told: who, when the request came, and what became of it.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    origin_calls: usize,
    seen: Vec<f64>,
}

impl Observer for Told {
    fn hit(&mut self, cell: usize, at: f64, stale: bool) {
        let how = if stale { "stale" } else { "hit" };
        self.lines.push(format!("{cell} {at:.0} {how}"));
    }

    fn hits(&mut self, _cell: usize, _from: f64, _to: f64, _stale: bool) {}

    fn fill(&mut self, cell: usize, fill: &Fill) {
        let how = if fill.failed { "failed" } else { "fill" };
        self.lines.push(format!(
            "{cell} {:.0} {how} {:.0}",
            fill.at,
            fill.until - fill.at
        ));
    }

    fn wait(&mut self, cell: usize, at: f64, until: f64) {
        self.lines
            .push(format!("{cell} {at:.0} waits {:.0}", until - at));
    }

    fn waits(&mut self, _cell: usize, _from: f64, _until: f64) {}

    fn origin_call(&mut self, _at: f64, _fetched: &Fetched) {
        self.origin_calls += 1;
    }

    fn seen(&mut self, _edit: usize, after: f64) {
        self.seen.push(after);
    }
}

/// Two POPs, 100 ms from the nearer origin and 200 from the other; the second POP is the shield.
fn network() -> Network {
    let origins = |first: f64, second: f64| {
        let origin = |region, round_trip_ms| Origin {
            region,
            round_trip_ms,
        };
        vec![origin(0, first), origin(1, second)]
    };
    let pop = |to_shield_ms| Pop {
        to_shield_ms,
        origins: origins(100.0, 200.0),
    };
    Network {
        pops: vec![pop(40.0), pop(0.0)],
        shield: None,
        service: Service {
            hit_ms: 0.0,
            fill_ms: 0.0,
            shield_ms: 0.0,
            origin_ms: 0.0,
        },
        fill_deadline_ms: 3_000.0,
        lifetime: Lifetime {
            max_age_ms: 1e9,
            idle_ms: 1e9,
            lost_ms: f64::INFINITY,
        },
        purging: Some(Purging {
            confirmed_ms: 10.0,
            everywhere_ms: 0.0,
            call_ms: 5.0,
            margin_ms: 500.0,
        }),
        outage: None,
    }
}

fn told(network: &Network, edits: &[Edit], moments: [&[f64]; 2]) -> Told {
    let cells = [Cell { pop: 0, key: 0 }, Cell { pop: 1, key: 0 }];
    let source = Moments(moments.map(<[f64]>::to_vec).to_vec());
    let random = fastrand::Rng::with_seed(1);
    Video::new(
        network,
        &cells,
        edits,
        source,
        Told::default(),
        random,
        (-1.0, 1e8),
    )
    .run()
}

fn hard(at: f64) -> Edit {
    Edit { at, is_soft: false }
}

#[test]
fn of_many_misses_one_fetches_and_the_others_wait() {
    let told = told(&network(), &[], [&[0.0, 30.0, 99.0, 101.0], &[50.0]]);
    let want = [
        "0 0 fill 100",
        "0 30 waits 70",
        "0 99 waits 1",
        "0 101 hit",
        "1 50 fill 100",
    ];
    assert_eq!(told.lines, want);
    assert_eq!(told.origin_calls, 2);
}

#[test]
fn with_a_shield_the_world_asks_once() {
    let mut network = network();
    network.shield = Some(Shield {
        origins: network.pops[1].origins.clone(),
    });
    let told = told(&network, &[], [&[0.0, 300.0], &[10.0]]);
    // The other POP's question is 20 ms under way: by then the shield asks for its own viewer.
    assert_eq!(told.lines, ["1 10 fill 100", "0 0 fill 130", "0 300 hit"]);
    assert_eq!(told.origin_calls, 1);
}

#[test]
fn a_purge_does_not_find_what_is_being_filled_and_the_second_one_does() {
    // The origin is asked at 0 and reads at 50; the edit is at 60 and purged at 70, the answer is there at 100.
    let early = told(&network(), &[hard(60.0)], [&[0.0, 3_000.0, 3_600.0], &[]]);
    assert_eq!(
        early.lines,
        ["0 0 fill 100", "0 3000 hit", "0 3600 fill 100"]
    );
    assert_eq!(
        early.seen,
        [3_510.0],
        "second purge: 10 ms, deadline and margin after the commit"
    );
    // The edit is committed before the origin reads: what is stored is new.
    let late = told(&network(), &[hard(40.0)], [&[0.0, 3_000.0], &[]]);
    assert_eq!(late.lines, ["0 0 fill 100", "0 3000 hit"]);
    assert_eq!(late.seen, [0.0_f64; 0]);
}

#[test]
fn a_pop_that_got_an_old_copy_from_the_shield_is_purged_a_third_time() {
    let mut network = network();
    network.shield = Some(Shield {
        origins: network.pops[1].origins.clone(),
    });
    // The shield is filled with old data while the first purges pass. A POP asks it shortly before the second one
    // (at 3,570 there and at 3,575 at the POPs), and has its answer shortly after.
    let told = told(&network, &[hard(60.0)], [&[3_545.0, 7_200.0], &[0.0]]);
    let at_shield = told
        .lines
        .iter()
        .filter(|line| line.starts_with('1'))
        .count();
    assert_eq!(at_shield, 1, "{:?}", told.lines);
    assert_eq!(told.lines[1..], ["0 3545 fill 40", "0 7200 fill 140"]);
    assert!((told.seen.iter().fold(0.0_f64, |most, seen| most.max(*seen)) - 7_015.0).abs() < 1e-6);
}

#[test]
fn a_soft_purge_lets_one_refresh_and_the_others_go_on() {
    let edit = Edit {
        at: 200.0,
        is_soft: true,
    };
    let told = told(&network(), &[edit], [&[0.0, 300.0, 350.0, 450.0], &[]]);
    assert_eq!(
        told.lines,
        ["0 0 fill 100", "0 350 stale", "0 300 fill 100", "0 450 hit"]
    );
}

#[test]
fn a_region_that_is_lost_costs_its_share_of_the_deadline_until_it_is_noticed() {
    let mut network = network();
    network.outage = Some(Outage {
        region: 0,
        from_ms: 1_000.0,
        until_ms: 60_000.0,
        noticed_ms: 10_000.0,
    });
    network.lifetime.max_age_ms = 1.0;
    let told = told(&network, &[], [&[0.0, 2_000.0, 20_000.0, 90_000.0], &[]]);
    let want = [
        "0 0 fill 100",
        "0 2000 fill 1700",
        "0 20000 fill 200",
        "0 90000 fill 100",
    ];
    assert_eq!(told.lines, want);
}

#[test]
fn nobody_answers_where_every_origin_is_out_of_reach() {
    let mut network = network();
    for origin in &mut network.pops[0].origins {
        origin.round_trip_ms = 10_000.0;
    }
    let told = told(&network, &[], [&[0.0, 1.0], &[]]);
    assert_eq!(told.lines, ["0 0 failed 3000", "0 1 waits 2999"]);
}

#[test]
fn an_entry_ends_with_its_age_or_when_nobody_asks() {
    let mut network = network();
    network.lifetime.max_age_ms = 1_000.0;
    let old = told(&network, &[], [&[0.0, 1_000.0, 1_200.0], &[]]);
    assert_eq!(old.lines, ["0 0 fill 100", "0 1000 hit", "0 1200 fill 100"]);
    network.lifetime = Lifetime {
        max_age_ms: 1e9,
        idle_ms: 500.0,
        lost_ms: f64::INFINITY,
    };
    let idle = told(&network, &[], [&[0.0, 500.0, 900.0, 1_500.0], &[]]);
    assert_eq!(
        idle.lines,
        ["0 0 fill 100", "0 500 hit", "0 900 hit", "0 1500 fill 100"]
    );
}

/// So many arrive that they are counted together: two in a second.
struct Many;

impl Source for Many {
    fn next(&mut self, _cell: usize, after: f64) -> f64 {
        after + 500.0
    }

    fn is_dense(&self, _cell: usize) -> bool {
        true
    }
}

/// When hits and waits were counted, and when somebody fetched.
#[derive(Default)]
struct Times {
    counted: Vec<(f64, f64)>,
    fills: usize,
}

impl Observer for Times {
    fn hit(&mut self, _cell: usize, at: f64, _stale: bool) {
        panic!("a single hit at {at}, where all are counted");
    }

    fn hits(&mut self, _cell: usize, from: f64, to: f64, _stale: bool) {
        self.counted.push((from, to));
    }

    fn fill(&mut self, _cell: usize, _fill: &Fill) {
        self.fills += 1;
    }

    fn wait(&mut self, _cell: usize, at: f64, _until: f64) {
        panic!("a single wait at {at}, where all are counted");
    }

    fn waits(&mut self, _cell: usize, from: f64, until: f64) {
        self.counted.push((from, until));
    }

    fn origin_call(&mut self, _at: f64, _fetched: &Fetched) {}

    fn seen(&mut self, _edit: usize, _after: f64) {}
}

/// Between a purge and the next arrival there is nobody, and every other moment is counted once.
#[test]
fn no_moment_is_counted_twice_or_left_out() {
    for is_soft in [false, true] {
        let mut network = network();
        network.lifetime.max_age_ms = 40_000.0;
        // The last ones are purged shortly before the end, and while somebody fetches.
        let edits = [10_000.0, 50_000.0, 99_900.0, 99_980.0].map(|at| Edit { at, is_soft });
        let cells = [Cell { pop: 0, key: 0 }];
        let random = fastrand::Rng::with_seed(1);
        let whole = (0.0, 100_000.0);
        let video = Video::new(
            &network,
            &cells,
            &edits,
            Many,
            Times::default(),
            random,
            whole,
        );
        let Times { mut counted, fills } = video.run();
        counted.retain(|(from, to)| from < to);
        counted.sort_by(|one, other| one.0.total_cmp(&other.0));
        for pair in counted.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "soft: {is_soft}: {pair:?}");
        }
        let within = |(from, to): &(f64, f64)| to.min(100_000.0) - from.min(100_000.0);
        let covered: f64 = counted.iter().map(within).sum();
        // Nobody was there for half a second before each fetch, nor after the last purge.
        let nobody = 500.0 * fills as f64;
        let left_out = 100_000.0 - covered - nobody;
        assert!(
            (0.0..500.0).contains(&left_out),
            "soft: {is_soft}: {left_out} of {fills} fills"
        );
    }
}
