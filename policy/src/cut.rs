//! Cutting an origin's body into what a hit needs: the JSON is parsed here, once, and never again.

mod list;
mod members;
mod slots;

use serde::Deserialize;

use crate::{layout::LayoutWriter, url_signing::UrlSigning};

pub(crate) use list::{InvalidItem, cut_list};
pub(crate) use slots::mark;

/// A body and where it is cut.
pub(crate) struct Cut {
    pub(crate) body: Vec<u8>,
    /// The bytes of a [`Layout`](crate::layout::Layout); none where nothing is cut.
    pub(crate) layout: Vec<u8>,
}

/// Cuts the body of a single video: at its URLs.
pub(crate) fn cut_video(body: Vec<u8>, signing: Option<&UrlSigning>) -> Option<Cut> {
    let mut layout = LayoutWriter::default();
    mark(&mut layout, std::str::from_utf8(&body).ok()?, signing)?;
    Some(Cut {
        body,
        layout: layout.finish(),
    })
}

/// Cuts an address that viewers are sent to.
pub(crate) fn cut_location(body: &[u8], signing: Option<&UrlSigning>) -> Option<Cut> {
    #[derive(Deserialize)]
    struct Location {
        src: String,
    }
    let Location { src } = serde_json::from_slice(body).ok()?;
    // As the standard writes it, so that it is fit for a header.
    let mut url = url::Url::parse(&src).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    // A redirect's fragment is the player's own, and the token goes to the end.
    url.set_fragment(None);
    let mut layout = LayoutWriter::default();
    slots::mark_url(&mut layout, url.as_str(), url.as_str().len(), signing);
    Some(Cut {
        body: String::from(url).into_bytes(),
        layout: layout.finish(),
    })
}

#[cfg(test)]
mod tests;
