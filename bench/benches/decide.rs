//! What a decision costs, from the bytes of a cached entry to the verdict.

use divan::{Bencher, black_box};
use playback_bench::{viewer, with_domains, with_every_member, with_networks};
use playback_policy::{Compiled, Decision, decide};

fn main() {
    divan::main();
}

/// The number of networks in a rule must hardly be felt: they are searched where they lie.
#[divan::bench(args = [0, 10, 600, 10_000, 100_000])]
fn networks(bencher: Bencher<'_, '_>, count: u32) {
    bench(bencher, &with_networks(count));
}

#[divan::bench(args = [1, 5, 10, 20])]
fn domains(bencher: Bencher<'_, '_>, count: usize) {
    bench(bencher, &with_domains(count));
}

#[divan::bench]
fn every_member(bencher: Bencher<'_, '_>) {
    bench(bencher, &with_every_member());
}

fn bench(bencher: Bencher<'_, '_>, entry: &[u8]) {
    let viewer = viewer();
    let is_allowed = || {
        let compiled = Compiled::read(black_box(entry)).expect("the entry was just compiled");
        decide(&compiled, black_box(&viewer)) == Decision::Allow
    };
    assert!(is_allowed(), "the benchmark must time the whole walk");
    bencher.bench_local(is_allowed);
}
