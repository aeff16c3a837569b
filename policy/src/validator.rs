//! Validators: whether a viewer already has what would be sent.

/// Whether one of the entity tags in `If-None-Match` is that of the current answer, or `*` stands
/// for any. Tags are compared weakly. A malformed value matches nothing, so that the whole answer
/// is sent.
///
/// `values` are all values of the header; `etag` is the opaque part, without quotes.
///
/// # Source
///
/// RFC 9110 §8.8.3.2 and §13.1.2.
#[must_use]
pub fn is_none_match<'a>(values: impl IntoIterator<Item = &'a [u8]>, etag: &str) -> bool {
    values.into_iter().any(|value| {
        let Ok(value) = std::str::from_utf8(value) else {
            return false;
        };
        value.trim() == "*" || value.split(',').any(|tag| opaque(tag) == Some(etag))
    })
}

/// The opaque part of an entity tag. Ours hold no comma, so a tag that does is not ours.
fn opaque(tag: &str) -> Option<&str> {
    let tag = tag.trim();
    tag.strip_prefix("W/")
        .unwrap_or(tag)
        .strip_prefix('"')?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[track_caller]
    fn check(values: &[&str], want: bool) {
        let values = values.iter().map(|value| value.as_bytes());
        assert_eq!(is_none_match(values, "abc"), want);
    }

    #[test]
    fn tags_are_compared_weakly_and_a_star_is_any() {
        check(&[r#""abc""#], true);
        check(&[r#"W/"abc""#], true);
        check(&[r#""x", W/"abc" ,"y""#], true);
        check(&[r#""x""#, r#""abc""#], true);
        check(&["*"], true);
    }

    #[test]
    fn what_is_malformed_or_another_matches_nothing() {
        check(&[], false);
        check(&[""], false);
        check(&["abc"], false);
        check(&[r#""ab""#], false);
        check(&[r#""abc"#], false);
        check(&[r#"w/"abc""#], false);
        assert!(!is_none_match([b"\"\xff\"".as_slice()], "abc"));
    }
}
