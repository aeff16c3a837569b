//! `explain`: why a viewer may play a video by its rules, or may not, and what would turn that round.
//!
//! The library's decision at a terminal, for people who write rules: no edge and no origin is asked.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

#[cfg(not(target_family = "wasm"))]
mod command;

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    command::main()
}

/// In Wasm there is no terminal: the library alone is compiled to it.
#[cfg(target_family = "wasm")]
fn main() {}
