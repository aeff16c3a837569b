//! Times every operation once, and prints JSON: a list of names and nanoseconds. `timed inserts` times what an
//! answer takes when it enters the cache.

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use playback_bench::{
    operations::{INSERTS, OPERATIONS},
    timing,
};
use serde_json::{Value, json};

const TURN: Duration = Duration::from_millis(80);

fn main() -> ExitCode {
    let group = match env::args().nth(1).as_deref() {
        None => &OPERATIONS[..],
        Some("inserts") => &INSERTS[..],
        Some(other) => {
            eprintln!("timed [inserts]: there is no `{other}`");
            return ExitCode::FAILURE;
        }
    };
    let mut told = Vec::new();
    for (name, prepare) in group {
        let Some(ns) = timing::ns(&mut prepare(), TURN) else {
            eprintln!("`{name}` came out wrong");
            return ExitCode::FAILURE;
        };
        told.push(json!([name, ns]));
    }
    println!("{}", Value::Array(told));
    ExitCode::SUCCESS
}
