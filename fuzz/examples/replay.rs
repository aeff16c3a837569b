//! `replay TARGET FILE…`: holds a target to inputs, without a fuzzer.

use std::{env, fs, process::ExitCode};

use playback_fuzz::TARGETS;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some((_, target)) = TARGETS.into_iter().find(|(known, _)| *known == name) else {
        let names = TARGETS.map(|(name, _)| name).join(", ");
        eprintln!("usage: replay TARGET FILE…; the targets are {names}");
        return ExitCode::FAILURE;
    };
    for file in arguments {
        match fs::read(&file) {
            Ok(data) => target(&data),
            Err(error) => {
                eprintln!("`{file}` cannot be read: {error}");
                return ExitCode::FAILURE;
            }
        }
        println!("`{name}` holds for {file}");
    }
    ExitCode::SUCCESS
}
