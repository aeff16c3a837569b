//! What the tables refer to is there.

use std::{collections::BTreeSet, fs};

use serde::Deserialize;

use crate::harness::{
    processes::workspace,
    scenario::{self, TABLES},
};

/// Any row of any table, as far as its foundation goes.
#[derive(Deserialize)]
struct Founded {
    id: String,
    spec: String,
}

#[test]
fn every_section_a_row_names_exists() {
    let tables = TABLES.into_iter().chain(["requests", "origin", "lists"]);
    let rows: Vec<Founded> = tables.flat_map(scenario::rows).collect();
    scenario::assert_unique(rows.iter().map(|row| row.id.as_str()));
    let sections: BTreeSet<_> = ["ARCHITECTURE.md", "DESIGN.md"]
        .into_iter()
        .flat_map(sections_of)
        .collect();
    let is_ours = |row: &&Founded| row.spec.contains(".md#");
    let unfounded: Vec<_> = rows
        .iter()
        .filter(is_ours)
        .filter(|row| !sections.contains(&row.spec))
        .map(|row| format!("{}: {}", row.id, row.spec))
        .collect();
    scenario::assert_all_hold(rows.len(), &unfounded);
}

/// The anchors of a document's headings, as they are written in links.
fn sections_of(document: &str) -> Vec<String> {
    let text = fs::read_to_string(workspace().join(document))
        .unwrap_or_else(|error| panic!("`{document}` cannot be read: {error}"));
    let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    headings
        .map(|heading| {
            format!(
                "{document}#{}",
                heading.trim().to_lowercase().replace(' ', "-")
            )
        })
        .collect()
}

#[test]
fn the_manifest_bounds_the_wait_for_a_silent_origin() {
    let manifest =
        fs::read_to_string(workspace().join("fastly.toml")).expect("there is a manifest");
    let manifest: toml::Table = manifest.parse().expect("the manifest is TOML");
    let local = &manifest["local_server"];
    let deadline = &local["config_stores"]["playback-config"]["contents"]["fill-deadline-ms"];
    let deadline: i64 = deadline
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a number");
    for timeout in ["first_byte_timeout_ms", "between_bytes_timeout_ms"] {
        let bound = local["backends"]["origin"]
            .get(timeout)
            .and_then(toml::Value::as_integer);
        assert!(
            bound.is_some_and(|bound| bound <= deadline),
            "`{timeout}` of the origin must not exceed the fill deadline, it is {bound:?}"
        );
    }
}

/// A difference between a local POP and Fastly, as far as it names tests.
#[derive(Deserialize)]
struct Divergence {
    id: String,
    tests: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
struct Divergences {
    divergence: Vec<Divergence>,
}

#[test]
fn every_divergence_names_tests_that_exist_and_a_source() {
    let folder = workspace().join("tests");
    let text = fs::read_to_string(folder.join("divergences.toml")).expect("there is a list");
    let list: Divergences = toml::from_str(&text).expect("the list is TOML");
    scenario::assert_unique(list.divergence.iter().map(|one| one.id.as_str()));
    for divergence in list.divergence {
        assert!(!divergence.source.is_empty(), "{}", divergence.id);
        for test in &divergence.tests {
            let (module, name) = test.rsplit_once("::").expect("a module and a test");
            let file = folder
                .join("it")
                .join(module.replace("::", "/"))
                .with_extension("rs");
            let code = fs::read_to_string(&file).unwrap_or_default();
            assert!(
                code.contains(&format!("fn {name}()")),
                "{}: no test `{test}`",
                divergence.id
            );
        }
    }
}

/// Where the tests of a document's name are: of the origin where `origin:` goes before.
fn is_test(name: &str) -> bool {
    let (folder, name) = match name.strip_prefix("origin:") {
        Some(name) => ("origin-stub/tests/origin", name),
        None => ("tests/it", name),
    };
    let Some((module, name)) = name.rsplit_once("::") else {
        return false;
    };
    let file = workspace().join(folder).join(module.replace("::", "/"));
    let code = fs::read_to_string(file.with_extension("rs")).unwrap_or_default();
    code.contains(&format!("fn {name}()"))
}

#[test]
fn what_was_tried_of_attacks_is_still_tried() {
    let text = fs::read_to_string(workspace().join("docs/security.md")).expect("it is there");
    let spans = text.split('`').skip(1).step_by(2);
    let tests: Vec<_> = spans
        .filter(|span| span.contains("::") && !span.contains(' ') && *span != "::")
        .collect();
    let gone: Vec<_> = tests.iter().filter(|name| !is_test(name)).collect();
    assert!(
        tests.len() >= 20 && gone.is_empty(),
        "no such test: {gone:?}"
    );
}
