//! Rust files: one idea each, and nothing left over from trying something out.

use super::{Findings, TextFile};

/// From here on a file probably holds two ideas.
const LONG: usize = 400;
/// And here it certainly does.
const TOO_LONG: usize = 600;

/// What may not be left in the code, with the reason. Put together here, so that this file may be checked too.
const LEFT_OVER: [(&str, &str); 3] = [
    (concat!("dbg", "!("), "prints for its author only"),
    (concat!("todo", "!("), "panics when it is reached"),
    (
        concat!("#[", "ignore"),
        "a test that does not run protects nothing",
    ),
];

pub(super) fn check(files: &[TextFile], findings: &mut Findings) {
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        match file.text.lines().count() {
            lines if lines > TOO_LONG => {
                findings.problem(format!(
                    "{}: {lines} lines, more than {TOO_LONG}: split it",
                    file.path
                ));
            }
            lines if lines > LONG => {
                findings.warning(format!("{}: {lines} lines, more than {LONG}", file.path));
            }
            _ => {}
        }
        for (number, line) in (1..).zip(file.text.lines()) {
            let is_comment = line.trim_start().starts_with("//");
            for (word, reason) in LEFT_OVER
                .iter()
                .filter(|(word, _)| !is_comment && line.contains(word))
            {
                findings.problem(format!("{}:{number}: `{word}` {reason}", file.path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::*;

    fn found(text: &str) -> Findings {
        let mut findings = Findings::default();
        check(
            &files([("a.rs", text), ("long.md", &"\n".repeat(TOO_LONG + 1))]),
            &mut findings,
        );
        findings
    }

    #[test]
    fn size_warns_first_and_then_stops() {
        assert_eq!(found(&"\n".repeat(LONG)), Findings::default());
        assert_eq!(found(&"\n".repeat(LONG + 1)).warnings.len(), 1);
        assert_eq!(found(&"\n".repeat(TOO_LONG)).problems.len(), 0);
        assert_eq!(found(&"\n".repeat(TOO_LONG + 1)).problems.len(), 1);
    }

    #[test]
    fn left_overs_are_found_in_code_and_not_in_comments() {
        for (word, _) in LEFT_OVER {
            assert_eq!(
                found(&format!("fn a() {{}}\n    {word}x")).problems.len(),
                1,
                "{word}"
            );
            assert_eq!(
                found(&format!("    // no {word}x here")).problems.len(),
                0,
                "{word}"
            );
        }
    }
}
