//! The program `explain`, as people run it.

#![cfg(not(target_family = "wasm"))]

/// The commands of the documentation.
mod document;
/// What is explained, and in what form.
mod explained;
/// The program and what it prints.
mod program;
/// Rules as options, as JSON and as headers.
mod rules;
/// Many viewers at once.
mod viewers;
/// What is wrong with the input.
mod wrong;
