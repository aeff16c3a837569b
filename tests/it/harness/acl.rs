//! Access control lists of the POPs. A row says which lists its viewer is on; a POP has one that
//! everybody is on and one that nobody is on, and a row's lists are these two under other names.

use std::{fs, path::Path};

use playback_policy::{AclName, Rules};
use serde_json::{Value, json};

use super::scenario::Layers;

/// The list that everybody is on.
pub(crate) const EVERYBODY: &str = "everybody";
const NOBODY: &str = "nobody";

/// Writes the lists into a folder, and tells how the manifest names them.
#[track_caller]
pub(crate) fn settings(folder: &Path) -> Vec<(String, Value)> {
    // The platform takes no network of everything, but both halves of it.
    let halves = ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"];
    let nobodys = ["198.18.0.0/15"];
    [(EVERYBODY, halves.as_slice()), (NOBODY, &nobodys)]
        .map(|(name, prefixes)| {
            let entry = |prefix| json!({ "op": "create", "prefix": prefix, "action": "BLOCK" });
            let entries: Vec<_> = prefixes.iter().map(entry).collect();
            let file = folder.join(format!("{name}.json"));
            fs::write(&file, json!({ "entries": entries }).to_string())
                .unwrap_or_else(|error| panic!("`{}`: {error}", file.display()));
            (format!("acls.{name}"), json!(file))
        })
        .into()
}

/// The layers of a row, with the POP's lists in place of the row's own.
pub(crate) fn in_layers(layers: &Layers, acls: &[String]) -> Layers {
    let in_text = |text: &Option<String>| text.as_deref().map(|text| in_rules(text, acls));
    Layers {
        account: in_text(&layers.account),
        video: in_text(&layers.video),
        right: in_text(&layers.right),
    }
}

/// The data of a row's policy key, likewise.
pub(crate) fn in_key(key: &Value, acls: &[String]) -> Value {
    let mut key = key.clone();
    if let Some(text) = key["rules"].as_str() {
        key["rules"] = json!(in_rules(text, acls));
    }
    key
}

fn in_rules(text: &str, acls: &[String]) -> String {
    if !text.contains("-list=") {
        return text.to_owned();
    }
    let mut rules: Rules = text.parse().expect("rows with lists hold valid rules");
    let name_of = |name: &AclName| {
        let is_on = acls.iter().any(|own| own == name.as_str());
        let name = if is_on { EVERYBODY } else { NOBODY };
        name.parse().expect("a name")
    };
    for list in [&mut rules.ip_allow_list, &mut rules.ip_deny_list] {
        *list = list.iter().map(name_of).collect();
    }
    rules.to_string()
}
