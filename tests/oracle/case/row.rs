//! A case as a row of the scenario tables, read and written.

use std::{fmt, fs, path::PathBuf};

use serde::{Deserialize, Serialize};
use toml::ser::ValueSerializer;

use super::{Key, Layer, RuleSet, Who};

/// One row of rules.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// What says so.
    pub(crate) spec: String,
    #[serde(default)]
    layers: Layers,
    key: Option<Key>,
    pub(crate) viewer: Who,
    pub(crate) want: Want,
}

/// Dictionary text by layer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
struct Layers {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Layer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<Layer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<Layer>,
}

/// What must come of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Want {
    pub(crate) decision: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<String>,
    pub(crate) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subcode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_geo: Option<String>,
}

#[derive(Deserialize)]
struct Table {
    /// Tables of other things have rows of other names.
    #[serde(default)]
    scenario: Vec<Row>,
}

/// Every row of every table of rules.
pub(crate) fn rows() -> Vec<Row> {
    let files = fs::read_dir("scenarios").expect("the tables are there");
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("a table is text");
        let table: Table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("`{}`: {error}", file.display()));
        table.scenario
    };
    files
        .map(|file| file.expect("a file of the folder").path())
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .flat_map(read)
        .collect()
}

/// When rows without a time are looked at: the start of 2026.
pub(super) fn any_time() -> i64 {
    1_767_225_600
}

// === impl Row ===

impl Row {
    pub(crate) fn new(id: String, spec: &str, rules: &RuleSet, viewer: &Who, want: Want) -> Self {
        let rules = rules.clone();
        Self {
            id,
            spec: spec.to_owned(),
            layers: Layers {
                account: rules.account,
                video: rules.video,
                right: rules.right,
            },
            key: rules.key,
            viewer: viewer.clone(),
            want,
        }
    }

    pub(crate) fn rules(&self) -> RuleSet {
        let Layers {
            account,
            video,
            right,
        } = self.layers.clone();
        RuleSet {
            account,
            video,
            right,
            key: self.key.clone(),
        }
    }
}

impl fmt::Display for Row {
    /// As a table has it, ready to be pasted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[[scenario]]")?;
        writeln!(f, "id     = {}", inline(&self.id)?)?;
        writeln!(f, "spec   = {}", inline(&self.spec)?)?;
        writeln!(f, "layers = {}", inline(&self.layers)?)?;
        if let Some(key) = &self.key {
            writeln!(f, "key    = {}", inline(key)?)?;
        }
        writeln!(f, "viewer = {}", inline(&self.viewer)?)?;
        writeln!(f, "want   = {}", self.want)
    }
}

impl fmt::Display for Want {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&inline(self)?)
    }
}

/// A value on one line.
fn inline(value: &impl Serialize) -> Result<String, fmt::Error> {
    let mut text = String::new();
    value
        .serialize(ValueSerializer::new(&mut text))
        .map_err(|_| fmt::Error)?;
    Ok(text)
}

/// One text, or several.
pub(super) mod one_or_many {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }

    pub(crate) fn deserialize<'de, D>(deserializer: D) -> Result<Vec<String>, D::Error>
    where
        D: Deserializer<'de>,
    {
        Ok(match OneOrMany::deserialize(deserializer)? {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        })
    }

    pub(crate) fn serialize<S>(values: &[String], serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        match values {
            [value] => value.serialize(serializer),
            values => values.serialize(serializer),
        }
    }
}
