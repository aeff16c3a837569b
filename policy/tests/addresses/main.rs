//! Which addresses `ip-allow` and `ip-deny` name, held to known answers and to a bit-by-bit check.

#![cfg(not(target_arch = "wasm32"))]

// What the tests are made of.
mod cidr;
#[path = "../properties/dice.rs"]
mod dice;
mod layers;
mod random;
mod table;

// Lists of up to 100,000 networks against a check of each network's bits.
mod big_lists;
// Header texts, up to the longest that is accepted.
mod headers;
// Networks one in another, from the standards' own registers, with their answers.
mod nested;
// How many bytes lists compile to.
mod sizes;
