//! Random rules and viewers, close to one another: most viewers stand on a border of some rule.

mod border;
mod page;
mod pool;
mod rules;
mod viewer;

use fastrand::Rng;

pub(crate) use rules::rules;
pub(crate) use viewer::viewer;

/// Whether something of this likelihood happens.
fn chance(rng: &mut Rng, percent: u8) -> bool {
    rng.u8(..100) < percent
}

/// One of the pool.
fn one<T: Clone>(rng: &mut Rng, pool: &[T]) -> T {
    pool[rng.usize(..pool.len())].clone()
}

/// One to `most` items, not always different; now and then many more, for whoever searches in them.
fn some<T>(rng: &mut Rng, most: usize, mut item: impl FnMut(&mut Rng) -> T) -> Vec<T> {
    let most = match chance(rng, 2) {
        true => most * 12,
        false => most,
    };
    let count = rng.usize(1..=most);
    (0..count).map(|_| item(rng)).collect()
}
