//! JSON in which nothing is in doubt: no member twice, nothing nested deeply.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// Reads a value of JSON that nests at most so many levels, the outermost included. Two members of
/// a name, however it is escaped and wherever they are, make the whole no JSON: readers differ on
/// which of them counts.
///
/// # Errors
///
/// When it is no JSON, with the place in the text.
///
/// # Source
///
/// RFC 8259 §4: what becomes of names that are not unique is unpredictable. RFC 7515 §4 and
/// RFC 7519 §4: they are unique in a token, or it is refused.
pub fn strict_json(bytes: &[u8], levels: usize) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { levels }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads a value that nests at most so many levels.
#[derive(Clone, Copy)]
struct Strict {
    levels: usize,
}

impl Strict {
    fn below<E: Error>(self) -> Result<Self, E> {
        let levels = self.levels.checked_sub(1);
        let levels = levels.ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { levels })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("`{name}` is there twice")));
            }
            let value = map.next_value_seed(below)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn nested(levels: usize) -> String {
        let inside = levels - 1;
        format!(r#"{{"a":{}{}}}"#, "[".repeat(inside), "]".repeat(inside))
    }

    #[test]
    fn ok_objects_of_any_values() {
        for text in [
            "{}",
            " {\n}\t",
            r#"{"a":[1,-1,1.5,"b",null,true,{"a":{"a":[]}}]}"#,
            r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}"#,
            &nested(8),
        ] {
            let read = strict_json(text.as_bytes(), 8).ok();
            assert_eq!(read, serde_json::from_str(text).ok(), "{text}");
        }
    }

    #[test]
    fn err_what_readers_could_take_differently() {
        for text in [
            "",
            "{",
            "{}x",
            "{} {}",
            "{'a':1}",
            r#"{"a":1,}"#,
            r#"{"a":NaN}"#,
            r#"{"a":01}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"b":[{"a":1,"a":2}]}"#,
            "\u{feff}{}",
            "{\"a\":\"\u{0}\"}",
            r#"{"a":"\ud800"}"#,
            r#"{"a":1e999}"#,
            &nested(9),
            &"[".repeat(5000),
            &r#"{"a":"#.repeat(1000),
        ] {
            assert!(strict_json(text.as_bytes(), 8).is_err(), "{text}");
        }
        assert!(strict_json(b"{\"a\":\"\xff\"}", 8).is_err());
        assert!(strict_json(b"{\"a\":\"\xed\xa0\x80\"}", 8).is_err());
    }

    #[test]
    fn what_is_there_twice_is_named_with_its_place() {
        let error = strict_json(b"{\"a\":1,\n \"a\":2}", 8).unwrap_err();
        assert_eq!(error.to_string(), "`a` is there twice at line 2 column 4");
    }
}
