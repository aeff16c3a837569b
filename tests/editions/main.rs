//! Four editions of the edge program in one Wasm, for tests: a cache belongs to one compiled program
//! in Viceroy, and here one cache is to outlive a change of programs.
//!
//! `cargo xtask` makes the editions of copies of the sources: `current` is the program as it is, `next`
//! has another format of entries, `foreign` writes entries that the others cannot read under the keys
//! that they use, `counting` counts requests itself, since Viceroy does not. The others panic over a video that tells them to, while they are obliged to
//! provide it.

use std::time::Instant;

use fastly::{ConfigStore, Request, http::serve::Serve};

/// The sandbox lives as long as the product's would, whichever edition answers.
fn main() {
    let began = Instant::now();
    let served = Serve::new().run(|request: Request| answer(request));
    if let Some(error) = served.error() {
        eprintln!("after {:?}: {error}", began.elapsed());
    }
}

fn answer(request: Request) {
    match edition().as_str() {
        "current" => current::serve(request),
        "counting" => counting::serve(request),
        "next" => next::serve(request),
        "foreign" => foreign::serve(request),
        other => panic!("there is no edition `{other}`"),
    }
}

/// Which edition is deployed. Viceroy reads the file behind the store whenever it is opened.
fn edition() -> String {
    let store = ConfigStore::open("test-edition");
    store.get("edition").unwrap_or_default()
}
