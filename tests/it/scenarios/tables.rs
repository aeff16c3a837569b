//! The tables as tables: ids, foundations, no question asked twice.

use std::{collections::BTreeMap, fs};

use toml::{Table, Value};

use crate::harness::{
    processes::workspace,
    scenario::{self, TABLES},
};

/// Tables that are not about rules alone.
const OTHER_TABLES: [&str; 3] = ["requests", "origin", "lists"];

/// Every row, with the name of its table.
fn rows() -> Vec<(&'static str, Table)> {
    let tables = TABLES.into_iter().chain(OTHER_TABLES);
    tables
        .flat_map(|table| {
            scenario::rows(table)
                .into_iter()
                .map(move |row| (table, row))
        })
        .collect()
}

fn text<'r>(row: &'r Table, member: &str) -> &'r str {
    row.get(member).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn every_table_is_read() {
    let files = fs::read_dir(workspace().join("tests/scenarios")).expect("there are tables");
    let mut names: Vec<_> = files
        .map(|file| file.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let mut read: Vec<_> = TABLES.into_iter().chain(OTHER_TABLES).collect();
    names.sort();
    read.sort_unstable();
    assert_eq!(names, read);
}

#[test]
fn every_row_has_an_id_of_its_own() {
    let rows = rows();
    let ids = rows.iter().map(|(_, row)| text(row, "id"));
    scenario::assert_unique(ids.clone());
    let is_id = |id: &&str| {
        let is_inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !id.is_empty()
            && id
                .split('-')
                .all(|word| !word.is_empty() && word.bytes().all(is_inside))
    };
    let odd: Vec<_> = ids.filter(|id| !is_id(id)).collect();
    assert!(
        odd.is_empty(),
        "not words of `a-z 0-9` with hyphens between them: {odd:?}"
    );
}

#[test]
fn every_row_names_what_says_so() {
    let rows = rows();
    let unfounded: Vec<_> = rows
        .iter()
        .filter(|(_, row)| text(row, "spec").is_empty())
        .map(|(_, row)| text(row, "id"))
        .collect();
    assert!(unfounded.is_empty(), "{unfounded:?}");
}

#[test]
fn no_row_asks_what_another_asks_already() {
    let mut asked = BTreeMap::new();
    let mut twice = Vec::new();
    for (table, mut row) in rows() {
        let id = text(&row, "id").to_owned();
        // Nor may one question have two answers.
        for aside in ["id", "spec", "want"] {
            row.remove(aside);
        }
        // An empty row means one thing in one table, another in the next.
        let of = if TABLES.contains(&table) {
            "rules"
        } else {
            table
        };
        if let Some(first) = asked.insert((of, row.to_string()), id.clone()) {
            twice.push(format!("`{id}` asks what `{first}` asks"));
        }
    }
    assert!(twice.is_empty(), "{}", twice.join("\n"));
}
