//! Scenario ids: each one names one row, over all files.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{Findings, TextFile};

const FOLDER: &str = "tests/scenarios/";

pub(super) fn check(files: &[TextFile], findings: &mut Findings) {
    let mut first_seen = BTreeMap::new();
    for file in files
        .iter()
        .filter(|file| file.path.starts_with(FOLDER) && file.path.ends_with(".toml"))
    {
        let table: Table = match file.text.parse() {
            Ok(table) => table,
            Err(error) => {
                findings.problem(format!("{}: {error}", file.path));
                continue;
            }
        };
        let rows = table.get("scenario").and_then(Value::as_array);
        for (number, row) in (1..).zip(rows.into_iter().flatten()) {
            let Some(id) = row.get("id").and_then(Value::as_str) else {
                findings.problem(format!("{}: scenario number {number} has no id", file.path));
                continue;
            };
            if let Some(other) = first_seen.insert(id.to_owned(), &file.path) {
                findings.problem(format!(
                    "{}: scenario id `{id}` is used in {other} already",
                    file.path
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::*;

    fn problems(rows: &str) -> Vec<String> {
        let mut findings = Findings::default();
        let geo = ("tests/scenarios/geo.toml", "[[scenario]]\nid = \"a\"");
        check(
            &files([geo, ("tests/scenarios/ip.toml", rows)]),
            &mut findings,
        );
        findings.problems
    }

    #[test]
    fn id_is_unique_over_all_files() {
        assert_eq!(problems("[[scenario]]\nid = \"b\""), [""; 0]);
        assert_eq!(
            problems("[[scenario]]\nid = \"a\""),
            [
                "tests/scenarios/ip.toml: scenario id `a` is used in tests/scenarios/geo.toml already"
            ]
        );
    }

    #[test]
    fn row_without_an_id_is_a_problem() {
        assert_eq!(problems("[[scenario]]\nspec = \"x\"").len(), 1);
    }

    #[test]
    fn unreadable_table_is_a_problem() {
        assert_eq!(problems("[[scenario").len(), 1);
    }
}
