//! Layers of rules, one to a line: account, video, right, key.

mod expected;

use std::fmt::Debug;

use playback_policy::{
    Compiled, Decision, LayerKind, Rules, Viewer, compile, compile_report_only, decide,
    decide_reported,
};

use crate::{input::lines, viewers};

/// Whatever is read as rules prints and reads back as itself, is compiled to what is read, and refuses
/// whom it must; a viewer is let pass if every layer on its own lets pass.
pub fn rules(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut layers = Vec::new();
    for (kind, line) in LayerKind::ALL.into_iter().zip(lines(text)) {
        let Ok(rules) = line.parse::<Rules>() else {
            continue;
        };
        reads_back(&rules);
        let is_misplaced = kind != LayerKind::Account && !rules.revoked_keys.is_empty();
        assert_eq!(
            rules.check_layer(kind).is_err(),
            is_misplaced,
            "{kind}: {rules}"
        );
        if !is_misplaced {
            layers.push((kind, rules));
        }
    }
    let borrowed: Vec<_> = layers.iter().map(|(kind, rules)| (*kind, rules)).collect();
    let (enforced, reported) = (compile(&borrowed), compile_report_only(&borrowed));
    let all = read(&enforced);
    let told = read(&reported);
    assert_eq!(
        decide(&told, &viewers::some()[0]),
        Decision::Allow,
        "{text}"
    );
    let meant = layers
        .iter()
        .flat_map(|(_, rules)| viewers::meant_by(rules));
    for viewer in viewers::some().into_iter().chain(meant) {
        let decision = decide(&all, &viewer);
        assert_eq!(decide_reported(&told, &viewer), decision, "{text}");
        let each = layers.iter().all(|layer| is_allowed_by(layer, &viewer));
        assert_eq!(decision == Decision::Allow, each, "{text}: {viewer:?}");
        is_known_of_every_list(&all, &viewer);
    }
}

fn reads_back(rules: &Rules) {
    let text = rules.to_string();
    assert!(!text.is_empty() && text.is_ascii(), "{text}");
    let again = text.parse::<Rules>();
    match again {
        // Printed so that its header is not empty.
        Ok(again) if *rules == Rules::default() => assert_eq!(text, again.to_string()),
        again => assert_eq!(again.as_ref(), Ok(rules), "{text}"),
    }
}

fn is_allowed_by((kind, rules): &(LayerKind, Rules), viewer: &Viewer) -> bool {
    let bytes = compile(&[(*kind, rules)]);
    let decision = decide(&read(&bytes), viewer);
    if let Err(complaint) = expected::check(*kind, rules, viewer, &decision) {
        panic!("{complaint}: {rules}: {viewer:?}: {decision:?}");
    }
    decision == Decision::Allow
}

/// The lists that are looked at now are among those that the rules name.
fn is_known_of_every_list(compiled: &Compiled<'_>, viewer: &Viewer) {
    let names = compiled.acl_names(viewer.now);
    assert!(names.is_sorted() && names.iter().all(|name| !name.is_empty()));
    assert!(names.is_empty() || compiled.needs().acls);
}

fn read(bytes: &[u8]) -> Compiled<'_> {
    Compiled::read(bytes).unwrap_or_else(|error| unreadable(&error))
}

fn unreadable(error: &dyn Debug) -> ! {
    panic!("what was compiled cannot be read: {error:?}")
}
