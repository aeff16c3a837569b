//! An explanation is the decision, and what it says would turn the decision round does.

use playback_policy::{
    Compiled, Decision, HeldLayer, LayerKind, PlaybackError, Rules, Verdict, Viewer, ViewerFacts,
    compile, decide, explain,
};
use proptest::prelude::*;

use crate::random::{account_rules, rules, viewer};

fn layers() -> impl Strategy<Value = [(LayerKind, Rules); 3]> {
    (account_rules(), rules(), rules()).prop_map(|(account, video, key)| {
        [
            (LayerKind::Account, account),
            (LayerKind::Video, video),
            (LayerKind::Key, key),
        ]
    })
}

fn compiled(layers: &[(LayerKind, Rules)]) -> Vec<u8> {
    let layers: Vec<_> = layers.iter().map(|(kind, rules)| (*kind, rules)).collect();
    compile(&layers)
}

/// The layers of an entry, as an explanation shows them, compiled again.
fn recompiled(bytes: &[u8]) -> Vec<u8> {
    let held = |held: HeldLayer| {
        // What an explanation prints is what people will paste.
        (held.layer, held.rules.to_string().parse().unwrap())
    };
    let layers = Compiled::read(bytes).unwrap().to_layers(0);
    compiled(&layers.into_iter().map(held).collect::<Vec<_>>())
}

fn verdict(bytes: &[u8], viewer: &Viewer) -> Verdict {
    decide(&Compiled::read(bytes).unwrap(), viewer).verdict()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn an_explanation_is_the_decision(layers in layers(), viewer in viewer()) {
        let bytes = compiled(&layers);
        let compiled = Compiled::read(&bytes).unwrap();
        let explained = explain(&compiled, &viewer);
        match decide(&compiled, &viewer) {
            Decision::Allow => {
                prop_assert_eq!((explained.verdict, explained.refusal), (Verdict::Allow, None));
            }
            Decision::Deny(denial) => {
                let refusal = explained.refusal.unwrap();
                prop_assert_eq!(explained.verdict, Verdict::Deny);
                prop_assert_eq!((refusal.layer, refusal.member), (denial.layer, denial.member));
                prop_assert_eq!(refusal.seen, denial.seen.to_string());
                let error = PlaybackError::Denied(denial.reason(viewer.place.country));
                prop_assert_eq!(refusal.status, error.status());
            }
        }
    }

    #[test]
    fn what_would_turn_it_round_does(layers in layers(), viewer in viewer()) {
        let bytes = compiled(&layers);
        let explained = explain(&Compiled::read(&bytes).unwrap(), &viewer);
        if let Some(flip) = explained.flip {
            // Read back from the text, as an operator pastes it.
            let flip: ViewerFacts = flip.to_string().parse().unwrap();
            let other = flip.applied_to(&viewer).unwrap();
            prop_assert_ne!(verdict(&bytes, &other), explained.verdict, "{}", flip);
        }
    }

    #[test]
    fn the_layers_shown_mean_what_is_enforced(layers in layers(), viewer in viewer()) {
        let bytes = compiled(&layers);
        let again = recompiled(&bytes);
        let decided = |bytes: &[u8]| format!("{:?}", decide(&Compiled::read(bytes).unwrap(), &viewer));
        prop_assert_eq!(decided(&again), decided(&bytes));
        prop_assert_eq!(recompiled(&again), again);
    }
}
