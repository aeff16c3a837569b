//! Manifests name other files: with the token in every reference of theirs, a player that may open
//! one may fetch everything below it.

/// A kind of manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manifest {
    /// A playlist of HTTP Live Streaming.
    Hls,
    /// A media presentation description of MPEG-DASH.
    Dash,
}

impl Manifest {
    /// The manifest with `pair`, a `name=value`, in the query of every relative reference. An
    /// absolute one leads to somebody who has no use for the token, and is left alone.
    ///
    /// # Source
    ///
    /// RFC 8216 §4.1 and §4.2 (URI lines, `URI` attributes); ISO/IEC 23009-1 §5.3.9 and §5.6
    /// (segment templates, lists and bases, base URLs).
    pub(crate) fn signed(self, text: &str, pair: &str) -> String {
        let mut signer = Signer {
            pair,
            and: match self {
                Self::Hls => "&",
                Self::Dash => "&amp;",
            },
            signed: String::with_capacity(text.len().saturating_mul(2)),
        };
        match self {
            Self::Hls => signer.hls(text),
            Self::Dash => signer.dash(text),
        }
        signer.signed
    }
}

/// Writes a manifest with its references signed.
struct Signer<'a> {
    pair: &'a str,
    /// An ampersand, as the format has it.
    and: &'static str,
    signed: String,
}

impl Signer<'_> {
    fn hls(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end();
            if bare.starts_with("#EXT-X-") {
                self.attributes(bare, &['"'], &["URI"]);
            } else if bare.starts_with('#') {
                self.copy(bare);
            } else {
                self.reference(bare);
            }
            self.copy(line.strip_prefix(bare).unwrap_or_default());
        }
    }

    fn dash(&mut self, text: &str) {
        let mut rest = text;
        let mut element = "";
        while let Some((content, markup)) = rest.find('<').and_then(|at| rest.split_at_checked(at))
        {
            match element {
                "BaseURL" => self.reference_in_spaces(content),
                _ => self.copy(content),
            }
            let (markup, after) = split_markup(markup);
            element = element_of(markup);
            self.attributes(markup, &['"', '\''], references_of(element));
            rest = after;
        }
        self.copy(rest);
    }

    /// Text in which the quoted values of these attributes are references.
    fn attributes(&mut self, text: &str, quotes: &[char], names: &[&str]) {
        let mut rest = text;
        while let Some((before, quote, value, after)) = split_quoted(rest, quotes) {
            self.copy(before);
            self.signed.push(quote);
            match attribute_of(before).is_some_and(|name| names.contains(&name)) {
                true => self.reference(value),
                false => self.copy(value),
            }
            self.signed.push(quote);
            rest = after;
        }
        self.copy(rest);
    }

    fn reference_in_spaces(&mut self, text: &str) {
        let bare = text.trim();
        let (before, after) = text.split_once(bare).unwrap_or_default();
        self.copy(before);
        self.reference(bare);
        self.copy(after);
    }

    fn reference(&mut self, reference: &str) {
        if !is_relative(reference) {
            return self.copy(reference);
        }
        // In XML, the `#` of a character's number begins no fragment.
        let is_fragment = |at: &usize| {
            let before = reference.get(..*at).unwrap_or_default();
            self.and == "&" || !before.ends_with('&')
        };
        let fragment = reference
            .match_indices('#')
            .map(|(at, _)| at)
            .find(is_fragment);
        let (target, fragment) = fragment
            .and_then(|at| reference.split_at_checked(at))
            .unwrap_or((reference, ""));
        self.copy(target);
        self.copy(if target.contains('?') { self.and } else { "?" });
        self.copy(self.pair);
        self.copy(fragment);
    }

    fn copy(&mut self, text: &str) {
        self.signed.push_str(text);
    }
}

/// Whether it names a file of the same host: without a scheme, and without a host of its own.
fn is_relative(reference: &str) -> bool {
    let first = reference.chars().find(|char| ":/?#".contains(*char));
    !reference.is_empty() && first != Some(':') && !reference.starts_with("//")
}

/// Which attributes of an element are references.
fn references_of(element: &str) -> &'static [&'static str] {
    match element {
        "SegmentTemplate" => &["initialization", "media", "index"],
        "SegmentURL" => &["media", "index"],
        "Initialization" | "RepresentationIndex" | "BitstreamSwitching" => &["sourceURL"],
        _ => &[],
    }
}

/// Splits around the first quoted text: what is before it, its quote, itself, what is after it.
fn split_quoted<'a>(text: &'a str, quotes: &[char]) -> Option<(&'a str, char, &'a str, &'a str)> {
    let (before, quoted) = text.split_at_checked(text.find(quotes)?)?;
    let mut chars = quoted.chars();
    let quote = chars.next()?;
    let (value, after) = chars.as_str().split_once(quote)?;
    Some((before, quote, value, after))
}

/// The name of the attribute whose value comes next, if one does.
fn attribute_of(before: &str) -> Option<&str> {
    let name = before.trim_end().strip_suffix('=')?.trim_end();
    name.rsplit([',', ':', ' ', '\t', '\r', '\n']).next()
}

/// Splits off the markup that XML begins with: a tag, a comment, or the like.
fn split_markup(xml: &str) -> (&str, &str) {
    const WHOLE: [(&str, &str); 3] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
    let end = match WHOLE.iter().find(|(open, _)| xml.starts_with(open)) {
        Some((_, close)) => xml.find(close).map(|at| at + close.len()),
        None => tag_end(xml),
    };
    end.and_then(|end| xml.split_at_checked(end))
        .unwrap_or((xml, ""))
}

/// Just behind the `>` of a tag; one in quotes is part of a value.
fn tag_end(tag: &str) -> Option<usize> {
    let mut open = None;
    for (at, char) in tag.char_indices() {
        match (open, char) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => open = Some(char),
            (Some(quote), _) if quote == char => open = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

/// The name of the element that a tag opens, without its namespace.
fn element_of(markup: &str) -> &str {
    let tag = markup.strip_prefix('<').unwrap_or_default();
    let name = tag.split(|char: char| char.is_whitespace() || char == '>');
    let name = name.into_iter().next().unwrap_or_default();
    match name.split_once(':') {
        Some((space, local)) if !space.starts_with('/') => local,
        Some(_) | None => name,
    }
}

#[cfg(test)]
mod tests;
