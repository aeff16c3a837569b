//! Properties that hold for all rules, viewers, lists and requests, tried on random ones.

#![cfg(not(target_arch = "wasm32"))]

// What the tests are made of.
mod dice;
mod random;

// The compiled decision against a naive one, and what more rules change.
mod decisions;
// The explanation against the decision.
mod explanations;
// Rendered lists against a naive filter of their JSON.
mod lists;
// Texts and bytes that mean nothing.
mod noise;
// Spellings of one request, and their cache keys.
mod requests;
// Spellings of one search.
mod searches;
