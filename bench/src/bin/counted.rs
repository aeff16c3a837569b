//! Does one operation so often, for a tool that counts instructions: it collects in `collected` alone,
//! behind all that is done to prepare.

use std::env;
use std::process::ExitCode;

use playback_bench::operations::{OPERATIONS, Operation, prepared};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, times] = arguments.as_slice() else {
        let names = OPERATIONS.map(|(name, _)| name);
        println!("{}", names.join("\n"));
        return ExitCode::SUCCESS;
    };
    let (Some(mut operation), Ok(times)) = (prepared(name), times.parse()) else {
        eprintln!("counted [OPERATION TIMES]: without, it prints the operations");
        return ExitCode::FAILURE;
    };
    // What happens only once belongs to no request.
    let first = operation();
    match first && collected(&mut operation, times) {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("`{name}` came out wrong");
            ExitCode::FAILURE
        }
    }
}

#[inline(never)]
fn collected(operation: &mut Operation, times: u32) -> bool {
    (0..times).all(|_| operation())
}
