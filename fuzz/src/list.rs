//! The body of a list, as an origin sends it.

use playback_policy::{
    Compiled, Decision, DenyReason, LayerKind, PlaybackError, Rules, Viewer, compile, decide,
};
use serde_json::{Map, Value};

use crate::{
    origin::{ACCOUNT, SIGNING, TOKEN, answer, shown, without_tokens},
    viewers,
};

const LISTS: &str = "/videos";

/// A body is refused, or every viewer gets of it what a naive filter of its JSON gives: no item that
/// its rules refuse, no `$rules`, nothing else changed. With signed URLs, the same but for tokens.
pub fn list(data: &[u8]) {
    let Ok(body) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(entry) = answer(LISTS, body, None) else {
        return;
    };
    let signed = answer(LISTS, body, Some(SIGNING)).ok();
    // Half of a surrogate pair, a number beyond all bounds: JSON that no `Value` holds.
    let list = serde_json::from_str::<Value>(body).ok();
    for viewer in viewers(list.as_ref()) {
        let (selection, bare) = shown(&entry, &viewer);
        if let Some(list) = &list {
            let shown: Value = serde_json::from_str(&bare).expect("JSON");
            let (want, left_out) = filtered(list, &viewer);
            assert_eq!(shown, want, "{body}: {viewer:?}");
            assert_eq!(selection.left_out(), left_out, "{body}: {viewer:?}");
        }
        if let Some(signed) = signed.as_ref().filter(|_| !body.contains(TOKEN)) {
            let (same, tokens) = shown(signed, &viewer);
            assert_eq!(same, selection, "{body}");
            assert_eq!(without_tokens(&tokens), bare, "{body}");
        }
    }
}

/// Those of whom much is known, and those whom the items' rules mean.
fn viewers(list: Option<&Value>) -> Vec<Viewer> {
    let items = list.and_then(|list| list["videos"].as_array());
    let rules = items.into_iter().flatten().flat_map(rules_of);
    let meant = rules
        .take(4)
        .flat_map(|(_, rules)| viewers::meant_by(&rules).collect::<Vec<_>>());
    viewers::some().into_iter().chain(meant).collect()
}

/// What the viewer gets, and how many items are left out.
fn filtered(list: &Value, viewer: &Viewer) -> (Value, usize) {
    let mut list = list.as_object().expect("an object").clone();
    let items = list["videos"].as_array().expect("a list").clone();
    let total = items.len();
    let mut refusals = Vec::new();
    let mut kept = Vec::new();
    for mut item in items {
        assert_eq!(item["account_id"], ACCOUNT, "an item of another account");
        let refusal = refusal(&rules_of(&item), viewer);
        item.as_object_mut().map(|item| item.remove("$rules"));
        match refusal {
            None => kept.push(item),
            Some(DenyReason::NotPlayable) => {}
            Some(reason) => {
                let refusal = PlaybackError::Denied(reason);
                if !refusals.contains(&refusal) {
                    refusals.push(refusal);
                }
            }
        }
    }
    let left_out = total - kept.len();
    list.insert("videos".to_owned(), kept.into());
    if !refusals.is_empty() {
        let errors = PlaybackError::all_to_json(&refusals, "r");
        list.insert(
            "errors".to_owned(),
            serde_json::from_str(&errors).expect("JSON"),
        );
    }
    (list.into(), left_out)
}

/// The rules that an item is judged by; the others only report.
fn rules_of(item: &Value) -> Vec<(LayerKind, Rules)> {
    let none = Map::new();
    let texts = item["$rules"].as_object().unwrap_or(&none);
    let layer = |kind: LayerKind| {
        let text = texts.get(kind.as_str())?.as_str()?;
        Some((kind, text.parse().ok()?))
    };
    LayerKind::ALL.into_iter().filter_map(layer).collect()
}

fn refusal(layers: &[(LayerKind, Rules)], viewer: &Viewer) -> Option<DenyReason> {
    assert!(!layers.is_empty(), "an item without rules");
    let borrowed: Vec<_> = layers.iter().map(|(kind, rules)| (*kind, rules)).collect();
    let bytes = compile(&borrowed);
    let compiled = Compiled::read(&bytes).expect("what was compiled is read");
    match decide(&compiled, viewer) {
        Decision::Allow => None,
        Decision::Deny(denial) => Some(denial.reason(viewer.place.country)),
    }
}
