//! What a table says of an object, and holding objects to it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::tables;

/// A kind of object: its members and no others.
pub(super) struct Object {
    pub(super) name: &'static str,
    pub(super) rows: &'static [Row],
}

/// One member.
pub(super) struct Row {
    pub(super) name: &'static str,
    presence: Presence,
    shape: Shape,
}

/// Whether it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// There, and never `null`.
    Always,
    /// There; `null` where there is no value.
    OrNull,
    /// Left out where there is no value or it does not apply; never `null`.
    OrAbsent,
}

/// What it is.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// The id of an account, a video or a playlist: digits in a string.
    Id,
    /// Any string.
    Text,
    /// A string with something in it.
    Name,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A string of capitals, such as `ACCESS_DENIED`.
    Code,
    /// `2026-01-31T06:15:00.000Z`.
    Moment,
    /// An absolute address, with its host.
    Url,
    /// An integer from 0 on: milliseconds, bytes, pixels, bits per second, a number of videos.
    Whole,
    /// A number from 0 on, with a fraction if need be.
    Seconds,
    Bool,
    /// Strings.
    Texts,
    /// Ids.
    Ids,
    /// Strings by name.
    TextMap,
    Object(&'static Object),
    Objects(&'static Object),
    /// Sources, each held to the table of its own kind.
    Sources,
}

pub(super) const fn row(name: &'static str, presence: Presence, shape: Shape) -> Row {
    Row {
        name,
        presence,
        shape,
    }
}

/// Which members were there with a value, over all that was looked at, and all complaints.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) seen: BTreeSet<(&'static str, &'static str)>,
    pub(super) complaints: Vec<String>,
    pub(super) objects: usize,
}

impl Findings {
    /// Holds a value to a table. `at` says where it was found.
    pub(super) fn look(&mut self, at: &str, value: &Value, table: &'static Object) {
        self.objects += 1;
        let Some(members) = value.as_object() else {
            return self.complain(at, &format!("expected an object, a {}", table.name), value);
        };
        let known = |name: &str| table.rows.iter().any(|row| row.name == name);
        for (name, value) in members.iter().filter(|(name, _)| !known(name)) {
            self.complain(at, &format!("a {} has no `{name}`", table.name), value);
        }
        for row in table.rows {
            let at = format!("{at}.{}", row.name);
            match (members.get(row.name), row.presence) {
                (None, Presence::OrAbsent) | (Some(Value::Null), Presence::OrNull) => {}
                (None, Presence::Always | Presence::OrNull) => {
                    self.complain(&at, "expected it to be there", &Value::Null);
                }
                (Some(Value::Null), Presence::Always | Presence::OrAbsent) => {
                    self.complain(&at, "expected a value", &Value::Null);
                }
                (Some(value), _) => {
                    self.look_at_value(&at, value, row.shape);
                    if !is_empty(value) {
                        self.seen.insert((table.name, row.name));
                    }
                }
            }
        }
    }

    /// Notes that something is not as it must be.
    pub(super) fn complain(&mut self, at: &str, expected: &str, found: &Value) {
        let found: String = found.to_string().chars().take(120).collect();
        self.complaints.push(format!("{at}: {expected}: `{found}`"));
    }

    fn look_at_value(&mut self, at: &str, value: &Value, shape: Shape) {
        let items = || value.as_array().map(|items| items.iter().enumerate());
        match (shape, items()) {
            (Shape::Object(table), _) => self.look(at, value, table),
            (Shape::Objects(table), Some(items)) => {
                for (index, item) in items {
                    self.look(&place(at, index, item), item, table);
                }
            }
            (Shape::Sources, Some(items)) => {
                for (index, item) in items {
                    match kind_of_source(item) {
                        Some(table) => self.look(&place(at, index, item), item, table),
                        None => self.complain(&place(at, index, item), "a source of no kind", item),
                    }
                }
            }
            (shape, _) => {
                if let Some(expected) = mistake(value, shape) {
                    self.complain(at, expected, value);
                }
            }
        }
    }

    /// Fails with everything that was complained of.
    #[track_caller]
    pub(super) fn assert_none(&self) {
        assert!(self.objects > 0, "nothing was looked at");
        let shown: Vec<_> = self
            .complaints
            .iter()
            .take(60)
            .map(String::as_str)
            .collect();
        assert!(
            self.complaints.is_empty(),
            "{} members of {} objects are not as the contract says:\n{}",
            self.complaints.len(),
            self.objects,
            shown.join("\n")
        );
    }

    /// Fails unless each of the table's members has been seen with a value.
    #[track_caller]
    pub(super) fn assert_seen_all_of(&self, table: &'static Object) {
        let unseen: Vec<_> = table
            .rows
            .iter()
            .map(|row| row.name)
            .filter(|name| !self.seen.contains(&(table.name, *name)))
            .collect();
        assert!(unseen.is_empty(), "no {} had {unseen:?}", table.name);
    }
}

/// Where an item is: by its id, if it has one.
fn place(at: &str, index: usize, item: &Value) -> String {
    match item["id"].as_str() {
        Some(id) => format!("{at}[{id}]"),
        None => format!("{at}[{index}]"),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A source's kind follows from its `type`, and where there is none from its `container`.
fn kind_of_source(source: &Value) -> Option<&'static Object> {
    match (source["type"].as_str(), source["container"].as_str()) {
        (Some("application/x-mpegURL" | "application/vnd.apple.mpegurl"), _) => Some(&tables::HLS),
        (Some("application/dash+xml"), _) => Some(&tables::DASH),
        (None | Some("video/mp4"), Some("MP4")) => Some(&tables::MP4),
        _ => None,
    }
}

/// What was expected, if the value is not that.
fn mistake(value: &Value, shape: Shape) -> Option<&'static str> {
    let text = value.as_str();
    let all =
        |is_one: fn(&Value) -> bool| value.as_array().is_some_and(|all| all.iter().all(is_one));
    let (expected, holds) = match shape {
        Shape::Id => ("a string of digits", is_id(value)),
        Shape::Text => ("a string", text.is_some()),
        Shape::Name => (
            "a string with something in it",
            text.is_some_and(|text| !text.is_empty()),
        ),
        Shape::OneOf(words) => (
            "one of the contract's words",
            text.is_some_and(|text| words.contains(&text)),
        ),
        Shape::Code => ("capitals", text.is_some_and(is_code)),
        Shape::Moment => (
            "a moment in UTC, to the millisecond",
            text.is_some_and(is_moment),
        ),
        Shape::Url => ("an absolute address", text.is_some_and(is_url)),
        Shape::Whole => ("an integer from 0 on", value.is_u64()),
        Shape::Seconds => (
            "a number from 0 on",
            value.as_f64().is_some_and(|s| s >= 0.0),
        ),
        Shape::Bool => ("a bool", value.is_boolean()),
        Shape::Texts => ("strings", all(Value::is_string)),
        Shape::Ids => ("strings of digits", all(is_id)),
        Shape::TextMap => ("strings by name", value.as_object().is_some_and(are_texts)),
        Shape::Object(_) => ("an object", value.is_object()),
        Shape::Objects(_) | Shape::Sources => ("a list of objects", value.is_array()),
    };
    (!holds).then_some(expected)
}

fn is_id(value: &Value) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    value.as_str().is_some_and(is_digits)
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

fn is_moment(text: &str) -> bool {
    const PATTERN: &str = "0000-00-00T00:00:00.000Z";
    let fits = |(pattern, own): (u8, u8)| match pattern {
        b'0' => own.is_ascii_digit(),
        sign => own == sign,
    };
    text.len() == PATTERN.len() && PATTERN.bytes().zip(text.bytes()).all(fits)
}

fn is_url(text: &str) -> bool {
    let behind = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let host = behind.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty()) && !text.contains(char::is_whitespace)
}

fn are_texts(members: &Map<String, Value>) -> bool {
    members.values().all(Value::is_string)
}

#[test]
fn a_table_finds_what_is_wrong() {
    let object = |json: &str| {
        let mut findings = Findings::default();
        findings.look(
            "it",
            &serde_json::from_str(json).unwrap(),
            &tables::CUE_POINT,
        );
        findings.complaints
    };
    let good = r#"{"id":"1","name":"n","type":"AD","time":1.5,"metadata":null,"force_stop":true}"#;
    assert_eq!(object(good), Vec::<String>::new());
    for (right, wrong) in [
        (r#""id":"1""#, r#""id":1"#),
        (r#""name":"n","#, ""),
        (r#""AD""#, r#""ad""#),
        ("1.5", "-1.5"),
        ("1.5", "\"1.5\""),
        ("null", "{}"),
        ("force_stop", "force-stop"),
        ("true", "null"),
        (r#""id":"1""#, r#""id":"1","geo":null"#),
    ] {
        let bad = good.replace(right, wrong);
        assert!(!object(&bad).is_empty(), "{bad}");
    }
    assert!(is_moment("2026-01-31T06:15:00.000Z") && !is_moment("2026-01-31T06:15:00Z"));
    assert!(is_url("https://m.example/a?b") && !is_url("//m.example/a") && !is_url("https:///a"));
}
