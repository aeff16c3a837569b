//! The order of layers, however many there are.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Layers of all kinds in turns, from the last to be checked to the first, each with a number.
fn backwards(count: usize) -> Vec<(LayerKind, Rules)> {
    let number = |at: usize| Rules {
        from: i64::try_from(at).ok(),
        ..Rules::default()
    };
    let kind = |at: usize| LayerKind::ALL[(count - at) % LayerKind::ALL.len()];
    (0..count).map(|at| (kind(at), number(at))).collect()
}

fn told(compiled: &Compiled<'_>) -> Vec<(LayerKind, Option<i64>)> {
    let layers = compiled.layers_at(0);
    layers.map(|layer| (layer.kind, layer.from())).collect()
}

#[test]
fn layers_of_one_kind_stay_in_their_order_behind_those_that_come_first() {
    for count in 0..10 {
        let layers = backwards(count);
        let mut want: Vec<_> = layers.iter().map(|(kind, it)| (*kind, it.from)).collect();
        want.sort_by_key(|(kind, _)| *kind);
        let all = compile(&crate::rules::borrowed(&layers));
        assert_eq!(
            told(&Compiled::read(&all).unwrap()),
            want,
            "{count} at once"
        );
        for at in 0..=count {
            let (first, second) = layers.split_at(at);
            let first = compile(&crate::rules::borrowed(first));
            let second = compile(&crate::rules::borrowed(second));
            let read = |bytes| Compiled::read(bytes).unwrap();
            let laid_over = read(&first).overlaid(read(&second));
            assert_eq!(told(&laid_over), want, "{count}, the last from {at} on");
        }
    }
}
