//! A search and its order: `q` in the first line, `sort` in the second.

use playback_policy::{Query, Sort};

use crate::input::lines;

/// The longest search, as it is written, in characters.
const LONGEST: usize = 1000;

/// What is read prints in one way and reads back as itself; the order of the clauses does not matter.
pub fn search(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut parts = lines(text);
    let mut next = || parts.next().unwrap_or_default();
    let (q, sort) = (next(), next());
    if let Ok(query) = q.parse::<Query>() {
        let written = query.to_string();
        assert!(written.chars().count() <= LONGEST, "{written}");
        let again = written.parse::<Query>();
        assert_eq!(again.as_ref(), Ok(&query), "{q} as {written}");
        assert_eq!(
            again.map(|again| again.is_relative()),
            Ok(query.is_relative())
        );
        assert_eq!(query.is_empty(), written.is_empty(), "{q} as {written}");
        let mut clauses: Vec<_> = query.clauses().map(ToString::to_string).collect();
        clauses.reverse();
        assert_eq!(
            clauses.join(" ").parse(),
            Ok(query),
            "{written}, in reverse"
        );
    }
    if let Ok(sort) = sort.parse::<Sort>() {
        assert_eq!(sort.to_string().parse(), Ok(sort), "{sort}");
    }
}
