//! Every row of the scenario tables by the pure decision, in Wasm under Node. Natively the same runner is
//! one of `playback-tests`, whose files these are.

#![cfg(target_arch = "wasm32")]
#![expect(dead_code, reason = "other runners use the rest of these files")]

#[path = "../../../tests/it/harness"]
mod harness {
    pub(crate) mod scenario;
}

#[path = "../../../tests/it/scenarios"]
mod scenarios {
    mod pure;
    mod question;
}
