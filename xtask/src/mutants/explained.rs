//! The faults that no test can notice, as `docs/mutants.md` lists them.

/// The names in a page: each is the first code of an item of a list.
///
/// They name file and change but no line, so that they last while code above them grows. The same
/// change at two places is listed twice.
pub(super) fn names(page: &str) -> Vec<String> {
    page.lines()
        .filter_map(|line| line.strip_prefix("- `"))
        .filter_map(|rest| rest.split_once("`: "))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// A fault's name without the line and column in it: `a.rs:3:9: replace …` is `a.rs: replace …`.
pub(super) fn without_position(name: &str) -> String {
    let Some((place, change)) = name.split_once(": ") else {
        return name.to_owned();
    };
    let file = place.split(':').next().unwrap_or(place);
    format!("{file}: {change}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lists_names_with_their_reasons() {
        let page = "# Faults\n\nText with `code`: here.\n\n\
                    - `a.rs: replace < with <= in f`: the same for whole numbers.\n\
                    - `a.rs: replace < with <= in f`: and there.\n\
                    - no code: nothing\n";
        assert_eq!(names(page), ["a.rs: replace < with <= in f"; 2]);
    }

    #[test]
    fn a_name_loses_its_line_and_column() {
        for (name, want) in [
            (
                "a/b.rs:3:19: replace + with - in f",
                "a/b.rs: replace + with - in f",
            ),
            (
                "a.rs:3:1: replace f -> A::B with C: d",
                "a.rs: replace f -> A::B with C: d",
            ),
            ("strange", "strange"),
        ] {
            assert_eq!(without_position(name), want);
        }
    }
}
