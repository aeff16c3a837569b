//! What an answer costs once, when it enters the cache: its headers read, its rules compiled, the
//! entry written.

use divan::{Bencher, counter::BytesCount};
use playback_bench::operations::checked;
use playback_policy::Answer;
use serde_json::json;

fn main() {
    divan::main();
}

/// A video without rules, by the size of its body in KiB.
#[divan::bench(args = [1, 16, 128, 1_024])]
fn body(bencher: Bencher<'_, '_>, kib: usize) {
    bench(bencher, "geo-default=allow", kib);
}

/// A video of 4 KiB, by the networks that it is refused to.
#[divan::bench(args = [1, 10, 600, 4_000])]
fn networks(bencher: Bencher<'_, '_>, count: u32) {
    let network = |at: u32| format!(r#""10.{}.{}.0/25""#, at / 256, at % 256);
    let networks: Vec<_> = (0..count).map(network).collect();
    bench(bencher, &format!("ip-deny=({})", networks.join(" ")), 4);
}

fn bench(bencher: Bencher<'_, '_>, rules: &str, kib: usize) {
    let body = json!({ "id": "1", "account_id": "1", "long_description": "a".repeat(kib * 1_024) });
    let body = body.to_string().into_bytes();
    let headers = [
        ("surrogate-key", "video-id-1"),
        ("playback-account-rules", "geo-default=allow"),
        ("playback-video-rules", rules),
    ];
    bencher
        .counter(BytesCount::of_slice(&body))
        .with_inputs(|| body.clone())
        .bench_local_values(|body| written(&checked("/videos/1", &headers, body)));
}

/// What goes to the cache beside the body.
fn written(answer: &Answer) -> (Vec<u8>, Vec<u8>) {
    (answer.entry.metadata(), answer.entry.front())
}
