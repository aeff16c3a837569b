//! No path of one person's machine may be in the tree: it exists nowhere else.

use super::{Findings, TextFile};

/// Folders at the top of a file system in which people keep their own things.
const PERSONAL: [&str; 4] = ["home", "root", "work", "Users"];

pub(super) fn check(files: &[TextFile], findings: &mut Findings) {
    for file in files {
        for (number, line) in (1..).zip(file.text.lines()) {
            if let Some(folder) = PERSONAL.iter().find(|folder| has_path_in(line, folder)) {
                findings.problem(format!(
                    "{}:{number}: a path in /{folder}, of somebody's own machine",
                    file.path
                ));
            }
        }
    }
}

/// Whether the line has an absolute path that goes through `/<folder>/`, rather than a longer path or
/// a URL with such a part.
fn has_path_in(line: &str, folder: &str) -> bool {
    let pattern = format!("/{folder}/");
    line.match_indices(&pattern).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-~*/]})>".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_paths_count() {
        for folder in PERSONAL {
            assert!(
                has_path_in(&format!("see /{folder}/me/file"), folder),
                "{folder}"
            );
            assert!(
                has_path_in(&format!("path=\"/{folder}/me\""), folder),
                "{folder}"
            );
            assert!(
                !has_path_in(&format!("https://example.com/{folder}/me"), folder),
                "{folder}"
            );
            assert!(
                !has_path_in(&format!("{{root}}/{folder}/me"), folder),
                "{folder}"
            );
            assert!(!has_path_in(&format!("../{folder}/me"), folder), "{folder}");
        }
    }
}
