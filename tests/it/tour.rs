//! The README's tour and the page for integrators, taken line by line: what they promise to print is
//! what is printed.

use std::{fs, process::Command};

use crate::harness::{processes::workspace, world};

/// A fenced block of lines to paste, and the block of text that is promised for it.
struct Step {
    line: usize,
    paste: String,
    promised: Option<String>,
}

/// The addresses `cargo xtask serve` listens on, as the README writes them.
const EDGE: &str = "127.0.0.1:7676";
const PURGE_API: &str = "127.0.0.1:7677";
const ORIGIN: &str = "127.0.0.1:7700";

#[test]
fn the_tour_of_the_readme_prints_what_it_promises() {
    let readme = text("README.md");
    take("README.md", &section(&readme, "## Tour"));
}

#[test]
fn the_commands_for_integrators_print_what_they_promise() {
    let page = text("docs/playback-api.md");
    let lines: Vec<_> = (1..).zip(page.lines().map(str::to_owned)).collect();
    take("docs/playback-api.md", &lines);
}

#[test]
fn the_questions_to_the_origin_are_answered_as_promised() {
    let page = text("docs/explain.md");
    let lines = (1..).zip(page.lines().map(str::to_owned));
    // What is asked at a terminal is pasted where the command is built.
    let of_origin = lines
        .skip_while(|(_, line)| line != "## At the origin")
        .take_while(|(_, line)| line != "## What it cannot know");
    take("docs/explain.md", &of_origin.collect::<Vec<_>>());
}

fn text(file: &str) -> String {
    fs::read_to_string(workspace().join(file))
        .unwrap_or_else(|error| panic!("`{file}` cannot be read: {error}"))
}

/// Pastes every block of a document into one terminal, in a world of its own.
#[track_caller]
fn take(file: &str, lines: &[(usize, String)]) {
    let steps = steps(file, lines);
    assert!(
        steps.iter().filter(|step| step.promised.is_some()).count() >= 4,
        "{file} shows too little"
    );
    let demo = world::of_the_demo();
    let here = |text: &str| {
        text.replace(EDGE, &demo.edge().address.to_string())
            .replace(PURGE_API, &demo.pop.purge_api.to_string())
            .replace(ORIGIN, &demo.origin().address.to_string())
    };
    let mut pasted = String::new();
    for step in steps {
        // One terminal for the whole tour: the variables of earlier steps are still set, and what
        // those printed is not printed again.
        let script = format!(
            "exec 3>&1 >/dev/null\n{pasted}\nexec >&3\n{}",
            here(&step.paste)
        );
        if step.promised.is_none() {
            pasted.push_str(&here(&step.paste));
        } else {
            pasted.extend(variables(&here(&step.paste)));
        }
        let output = Command::new("sh")
            .arg("-c")
            .arg(&script)
            .output()
            .expect("`sh` runs");
        let printed = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        let promised = step.promised.unwrap_or_default();
        assert!(
            is_as_promised(printed.trim(), promised.trim()),
            "{file}, line {}: promised\n{promised}\nprinted\n{printed}{}",
            step.line,
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// The lines of a step that only set a variable for later ones.
fn variables(paste: &str) -> impl Iterator<Item = String> {
    let is_setting = |line: &&str| {
        let name = line.split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
    };
    paste
        .lines()
        .filter(is_setting)
        .map(|line| format!("{line}\n"))
}

/// The lines from one heading to the next of its rank, with the line numbers they have.
fn section(text: &str, heading: &str) -> Vec<(usize, String)> {
    let lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.to_owned()));
    let from_heading = lines.skip_while(|(_, line)| line != heading);
    from_heading
        .skip(1)
        .take_while(|(_, line)| !line.starts_with("## "))
        .collect()
}

fn steps(file: &str, lines: &[(usize, String)]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut open: Option<(&str, usize, String)> = None;
    for (number, line) in lines {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language, *number, String::new())),
            (None, None) => {}
            (Some((_, _, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (Some((language, line, block)), Some(_)) => {
                match (*language, steps.last_mut()) {
                    ("sh", _) => {
                        steps.push(Step {
                            line: *line,
                            paste: block.clone(),
                            promised: None,
                        });
                    }
                    ("text", Some(step)) => step.promised = Some(block.clone()),
                    _ => {
                        panic!("{file}, line {line}: a block that is neither pasted nor printed")
                    }
                }
                open = None;
            }
        }
    }
    steps
}

/// Whether the text is the promised one, in which `…` stands for anything within a line.
fn is_as_promised(printed: &str, promised: &str) -> bool {
    let (printed, promised): (Vec<_>, Vec<_>) =
        (printed.lines().collect(), promised.lines().collect());
    printed.len() == promised.len()
        && printed
            .into_iter()
            .zip(promised)
            .all(|(line, pattern)| matches(line.trim(), pattern))
}

fn matches(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.trim().split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[test]
fn an_ellipsis_stands_for_anything_and_nothing_else_does() {
    assert!(matches("a b c", "a b c") && matches("a b c", "a…c") && matches("abc", "…"));
    assert!(matches(
        "{\"id\":\"1-2\",\"x\":3}",
        "{\"id\":\"…\",\"x\":…}"
    ));
    assert!(!matches("a b c d", "a…c") && !matches("b c", "a…c") && !matches("abcd", "abc"));
}
