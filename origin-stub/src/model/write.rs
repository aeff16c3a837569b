//! From an editor's JSON to checked fields: one way for create, replace, patch and load.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::check::InvalidField;

/// The largest document, in bytes of JSON. Patch upon patch must not make an answer larger than
/// the edge takes.
const MAX_BYTES: usize = 1024 * 1024;

/// The part of a document its editor may write.
pub(crate) trait Fields: Serialize + DeserializeOwned + PartialEq {
    /// Refuses what the members' types let pass: lengths, counts, members that contradict.
    fn check(&self) -> Result<(), InvalidField>;

    /// The fields that `document` writes.
    ///
    /// # Errors
    ///
    /// Fails at the first unknown member, wrong type or value out of its limits, naming the place.
    fn from_json(document: Value) -> Result<Self, InvalidField> {
        if !document.is_object() {
            return Err(InvalidField::new("body", "expected an object"));
        }
        let read = deserialize::<Self>(&document)?.to_json()?;
        refuse_lists_for_objects(&document, &read, "")?;
        // What is checked is what will be read again: a value may be stored in another way than it
        // was sent, empty rules as rules that allow.
        let fields: Self = deserialize(&read)?;
        if read.to_string().len() > MAX_BYTES {
            let reason = format!("expected at most {MAX_BYTES} bytes of JSON");
            return Err(InvalidField::new("body", reason));
        }
        fields.check()?;
        Ok(fields)
    }

    /// The fields as the document that would write them.
    ///
    /// # Errors
    ///
    /// When a member has no form in JSON, which none of ours is without.
    fn to_json(&self) -> Result<Value, InvalidField> {
        serde_json::to_value(self).map_err(|error| InvalidField::new("body", error.to_string()))
    }

    /// These fields with `patch` laid over them, as [`merge_patch`] does.
    ///
    /// # Errors
    ///
    /// As [`Fields::from_json`].
    fn patched(&self, patch: &Value) -> Result<Self, InvalidField> {
        Self::from_json(merge_patch(self.to_json()?, patch))
    }
}

fn deserialize<T: DeserializeOwned>(document: &Value) -> Result<T, InvalidField> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = match error.path().to_string() {
            // A member that is missing is missed by the document as a whole.
            path if path == "." => "body".to_owned(),
            path => path,
        };
        InvalidField::new(path, in_words_of_json(&error.into_inner().to_string()))
    })
}

/// JSON Merge Patch: members of `patch` replace, `null` removes, objects merge, lists do not.
///
/// # Source
///
/// RFC 7396 §2.
pub(crate) fn merge_patch(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else {
        return patch.clone();
    };
    let mut merged = match target {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in patch {
        if value.is_null() {
            merged.remove(name);
        } else {
            let old = merged.remove(name).unwrap_or_default();
            merged.insert(name.clone(), merge_patch(old, value));
        }
    }
    Value::Object(merged)
}

/// Serde takes a list for an object by the order of its members, which no editor means.
fn refuse_lists_for_objects(sent: &Value, read: &Value, path: &str) -> Result<(), InvalidField> {
    match (sent, read) {
        (Value::Array(_), Value::Object(_)) => Err(InvalidField::new(
            path,
            "invalid type: list, expected an object",
        )),
        (Value::Array(sent), Value::Array(read)) => {
            sent.iter()
                .zip(read)
                .enumerate()
                .try_for_each(|(at, (sent, read))| {
                    refuse_lists_for_objects(sent, read, &format!("{path}[{at}]"))
                })
        }
        (Value::Object(sent), Value::Object(read)) => sent.iter().try_for_each(|(name, sent)| {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            read.get(name)
                .map_or(Ok(()), |read| refuse_lists_for_objects(sent, read, &path))
        }),
        _ => Ok(()),
    }
}

/// Serde speaks of Rust's types; editors know JSON's.
fn in_words_of_json(message: &str) -> String {
    const WORDS: [(&str, &str); 6] = [
        ("type: map", "type: object"),
        ("expected i64", "expected a whole number"),
        ("expected u64", "expected a whole number from 0 on"),
        ("expected u32", "expected a whole number from 0 on"),
        ("expected f64", "expected a number"),
        ("sequence", "list"),
    ];
    WORDS.iter().fold(message.to_owned(), |text, (rust, json)| {
        text.replace(rust, json)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merge_patch_does_what_its_standard_shows() {
        // The rows of RFC 7396, appendix A.
        for (target, patch, want) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": "b"}),
                json!({"b": "c"}),
                json!({"a": "b", "b": "c"}),
            ),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (
                json!({"a": "b", "b": "c"}),
                json!({"a": null}),
                json!({"b": "c"}),
            ),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (
                json!({"a": [{"b": "c"}]}),
                json!({"a": [1]}),
                json!({"a": [1]}),
            ),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (
                json!({"e": null}),
                json!({"a": 1}),
                json!({"e": null, "a": 1}),
            ),
            (
                json!([1, 2]),
                json!({"a": "b", "c": null}),
                json!({"a": "b"}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ] {
            assert_eq!(
                merge_patch(target.clone(), &patch),
                want,
                "{target} + {patch}"
            );
        }
    }
}
