//! `docs/performance.md`: a section for each part of the benchmark, from its template and the figures of its last
//! run.

use std::fs;

use anyhow::{Context as _, Result};
use clap::ValueEnum as _;
use serde_json::{Map, Value};

use super::Section;
use crate::page::{kept, template};
use crate::say;
use crate::workspace::Workspace;

const PAGE: &str = "docs/performance.md";
const FIGURES: &str = "docs/performance.json";
/// What this run alone has measured.
const MEASURED: &str = "bench.json";

const INTRODUCTION: &str = include_str!("page/introduction.md");
/// By hand: what profiles showed, and what came of it.
const FINDINGS: &str = include_str!("page/findings.md");

/// Writes the page from these figures and, where they are none, from those of earlier runs.
pub(super) fn write(workspace: &Workspace, measured: Map<String, Value>) -> Result<()> {
    let figures = kept::with(workspace, FIGURES, measured)?;
    let page = page(&figures)?;
    kept::keep(workspace, FIGURES, &figures)?;
    fs::write(workspace.file(PAGE), page).with_context(|| format!("cannot write {PAGE}"))?;
    say::step(&format!("{PAGE} is written from these figures"));
    Ok(())
}

/// What was measured, for programs.
pub(super) fn write_measured(workspace: &Workspace, measured: &Map<String, Value>) -> Result<()> {
    let file = workspace.target(MEASURED);
    fs::write(&file, serde_json::to_string_pretty(measured)? + "\n")
        .with_context(|| format!("cannot write {}", file.display()))
}

fn page(figures: &Value) -> Result<String> {
    let mut page = INTRODUCTION.to_owned();
    for section in Section::value_variants() {
        page.push('\n');
        page.push_str(&match figures.get(section.name()) {
            Some(figures) => filled(*section, figures)?,
            None => unmeasured(*section),
        });
    }
    page.push('\n');
    page.push_str(FINDINGS);
    Ok(page)
}

fn filled(section: Section, figures: &Value) -> Result<String> {
    let text = template::filled(section.template(), figures);
    text.with_context(|| format!("the section `{}` of {PAGE}", section.name()))
}

fn unmeasured(section: Section) -> String {
    let heading = section.template().lines().next().unwrap_or_default();
    let name = section.name();
    format!("{heading}\n\nNot measured yet: `cargo xtask bench --only {name}`.\n")
}

/// The headings and tables of what was measured, for a terminal.
pub(super) fn tables(measured: &Map<String, Value>) -> Result<String> {
    let mut told = String::new();
    for section in Section::value_variants() {
        if let Some(figures) = measured.get(section.name()) {
            let tables = template::filled(&tables_only(section.template()), figures)?;
            told.push_str(&aligned(&tables));
        }
    }
    Ok(told)
}

/// The headings of a template, and of its tables those with places for figures.
fn tables_only(template: &str) -> String {
    let mut text = String::new();
    let mut table = String::new();
    for line in template.lines().chain([""]) {
        let is_list = line.starts_with("{{#") || line.starts_with("{{/");
        if line.starts_with('|') || is_list {
            table.push_str(&format!("{line}\n"));
            continue;
        }
        let table = std::mem::take(&mut table);
        if table.contains("{{") {
            text.push_str(&format!("{table}\n"));
        }
        if line.starts_with('#') {
            text.push_str(&format!("{line}\n"));
        }
    }
    text
}

/// The headings and tables of a page, with columns of one width.
fn aligned(page: &str) -> String {
    let mut text = String::new();
    let mut table: Vec<Vec<&str>> = Vec::new();
    for line in page.lines().chain([""]) {
        if let Some(row) = line.strip_prefix('|') {
            let row = row.strip_suffix('|').unwrap_or(row);
            table.push(row.split('|').map(str::trim).collect());
            continue;
        }
        if !table.is_empty() {
            text.push('\n');
            text.push_str(&columns(&std::mem::take(&mut table)));
        }
        if line.starts_with('#') {
            text.push_str(&format!("\n{line}\n"));
        }
    }
    text
}

fn columns(table: &[Vec<&str>]) -> String {
    let is_rule = |row: &&Vec<&str>| !row.iter().all(|cell| cell.trim_matches('-').is_empty());
    // The head may have nothing in it.
    let rows: Vec<_> = table.iter().filter(is_rule).collect();
    let count = rows.iter().map(|row| row.len()).max().unwrap_or_default();
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // The first names the row, the others are figures.
            line.push_str(&match at {
                0 => format!("{cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::page::committed;

    #[test]
    fn a_section_that_nobody_has_measured_says_so() {
        let page = page(&json!({})).expect("nothing to fill in");
        for section in Section::value_variants() {
            let name = section.name();
            let told = format!("Not measured yet: `cargo xtask bench --only {name}`.");
            assert!(page.contains(&told), "{told}");
        }
    }

    #[test]
    fn committed_figures_make_the_committed_page() {
        let figures = serde_json::from_str(&committed(FIGURES)).expect("figures are JSON");
        assert!(
            page(&figures).expect("no place is empty") == committed(PAGE),
            "a template has changed: `cargo xtask bench --only size` writes {PAGE} anew"
        );
    }

    #[test]
    fn a_terminal_is_told_the_tables_with_figures() {
        let template = "\
## Cold

Run of {{run}}.

| | ns |
|---|---|
{{#rows}}
| {{what}} | {{ns}} |
{{/rows}}

| what | why |
|---|---|
| a | b |
";
        let want = "## Cold\n| | ns |\n|---|---|\n{{#rows}}\n| {{what}} | {{ns}} |\n{{/rows}}\n\n";
        assert_eq!(tables_only(template), want);
    }

    #[test]
    fn tables_are_told_with_columns_of_one_width() {
        let page = "# Page\n\nProse.\n\n| | ns |\n|---|---|\n| a hit | 1 |\n| µs | 12,345 |\n\nMore | prose.\n";
        let want = "\n# Page\n\n           ns\na hit       1\nµs     12,345\n";
        assert_eq!(aligned(page), want);
    }
}
