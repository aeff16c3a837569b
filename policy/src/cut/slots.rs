//! Finding the URLs of a body that the edge signs.
//!
//! They are the values of the members that players fetch from (`src`, `poster`, `thumbnail`,
//! `vmap`), where their host is one of those the origin named.

use std::borrow::Cow;

use url::Url;

use crate::{
    layout::LayoutWriter,
    url_signing::{UrlSigning, UrlTarget},
};

const MEMBERS: [&str; 4] = ["src", "poster", "thumbnail", "vmap"];

/// Marks the slots of a body, which is valid JSON. Nothing comes back for a body that is not, or
/// that holds a URL nobody could sign.
pub(crate) fn mark(
    layout: &mut LayoutWriter,
    body: &str,
    signing: Option<&UrlSigning>,
) -> Option<()> {
    let Some(signing) = signing else {
        return Some(());
    };
    layout.signing(signing);
    let mut before = "";
    for Text { gap, start, raw } in texts(body) {
        let name = std::mem::replace(&mut before, raw);
        // Nothing but a colon stands between a member's name and a value that is a string.
        if gap.trim() != ":" || !MEMBERS.contains(&name) {
            continue;
        }
        let text: Cow<'_, str> = match raw.contains('\\') {
            true => serde_json::from_str::<String>(body.get(start - 1..=start + raw.len())?)
                .ok()?
                .into(),
            false => raw.into(),
        };
        // A fragment stays behind the query. Its number sign is not looked for among escapes.
        if text.matches('#').count() != raw.matches('#').count() {
            return None;
        }
        let len = raw.find('#').unwrap_or(raw.len());
        mark_url(layout, &text, start + len, Some(signing));
    }
    Some(())
}

/// Marks one URL, whose token goes `at` that place.
pub(super) fn mark_url(
    layout: &mut LayoutWriter,
    text: &str,
    at: usize,
    signing: Option<&UrlSigning>,
) {
    let Some(signing) = signing else { return };
    layout.signing(signing);
    let Ok(url) = Url::parse(text) else { return };
    let Some(host) = url.host_str().filter(|_| url.scheme().starts_with("http")) else {
        return;
    };
    let host = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    if signing.hosts.contains(&host) {
        let separator = if url.query().is_some() { b'&' } else { b'?' };
        let UrlTarget { host, prefix } = UrlTarget::of(&host, url.path());
        layout.slot(at, separator, host, prefix);
    }
}

/// A string of a JSON text.
struct Text<'a> {
    /// What stands between the string before and this one.
    gap: &'a str,
    /// Where its first character is.
    start: usize,
    /// Between the quotation marks, with its escapes.
    raw: &'a str,
}

/// The strings of a valid JSON text, in their order.
fn texts(json: &str) -> impl Iterator<Item = Text<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let gap = json.get(at..)?.split('"').next()?;
        let start = at + gap.len() + 1;
        let mut is_escaped = false;
        let len = json.get(start..)?.find(|c| {
            let is_end = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            is_end
        })?;
        at = start + len + 1;
        Some(Text {
            gap,
            start,
            raw: json.get(start..start + len)?,
        })
    })
}
