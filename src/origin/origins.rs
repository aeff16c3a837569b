//! Which origins this POP asks, and in which order.

use fastly::{
    Backend, compute_runtime,
    experimental::{BackendExt, BackendHealth},
};

use super::rest;
use crate::error::EdgeError;

/// The item with the backends' names, the first to be asked first. `origins-{POP}` and
/// `origins-{region}` go before it where they are set: who is near asks whom it is near.
const ITEM: &str = "origins";
/// Who is asked where nothing is set.
const DEFAULT: &str = "origin";

/// Backends, in the order in which they are asked.
pub(crate) struct Origins(Vec<Backend>);

impl Origins {
    /// The origins of this POP, as the configuration's items have them.
    ///
    /// # Errors
    ///
    /// When there is a name without a backend.
    pub(crate) fn read(item: impl Fn(&str) -> Option<String>) -> Result<Self, EdgeError> {
        let of = |place: &str| item(&format!("{ITEM}-{place}"));
        let names = of(compute_runtime::pop())
            .or_else(|| of(compute_runtime::region()))
            .or_else(|| item(ITEM));
        let names = names.as_deref().unwrap_or(DEFAULT).split_whitespace();
        let origins: Vec<_> = names.map(backend).collect::<Result<_, _>>()?;
        match origins.is_empty() {
            true => Err(EdgeError::malformed(
                ITEM,
                "names of backends, with spaces between",
            )),
            false => Ok(Self(origins)),
        }
    }

    /// Their names, in the order in which they are asked now. Those that have too much to do come after
    /// the others, and those last that the platform finds ill: should all others fail, one may have
    /// recovered since it was looked at.
    pub(crate) fn in_turn(&self) -> Vec<&str> {
        let mut backends: Vec<_> = self.0.iter().collect();
        // With a single one there is nothing to choose.
        if backends.len() > 1 {
            backends.sort_by_cached_key(|backend| {
                let is_ill = matches!(backend.is_healthy(), Ok(BackendHealth::Unhealthy));
                (is_ill, rest::is_resting(backend.name()))
            });
        }
        backends.into_iter().map(Backend::name).collect()
    }
}

fn backend(name: &str) -> Result<Backend, EdgeError> {
    match Backend::from_name(name) {
        Ok(backend) if backend.exists() => Ok(backend),
        Ok(_) | Err(_) => Err(EdgeError::missing("backend", name)),
    }
}
