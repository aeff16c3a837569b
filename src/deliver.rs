//! From the cached body to what one viewer gets: its items chosen, its URLs signed, or nothing where
//! the viewer has it already.

use std::time::Duration;

use fastly::{
    Body,
    http::{HeaderValue, header},
};
use playback_policy::{
    EntryHead, EntryKind, InvalidEntry, Layout, PlaybackError, Selection, Viewer, is_none_match,
};

use crate::{cache::CachedBody, error::EdgeError, incoming::Incoming, sign::Signature};

/// What a viewer gets.
pub(crate) struct Delivery {
    pub(crate) content: Content,
    /// The validator of exactly these bytes, without quotes; none of an address.
    pub(crate) etag: Option<String>,
    /// How long ago the entry was stored.
    pub(crate) age: Duration,
}

/// The content of a delivery.
pub(crate) enum Content {
    /// JSON.
    Json { body: Body, len: Option<usize> },
    /// Where it is.
    Location(HeaderValue),
    /// The viewer has it already.
    NotModified,
}

/// An entry that a viewer may have, or those items of it that are selected.
pub(crate) struct Allowed<'h> {
    pub(crate) entry: EntryHead<'h>,
    pub(crate) layout: Layout<'h>,
    pub(crate) viewer: Viewer,
    pub(crate) selection: Selection,
}

/// Prepares an entry for the viewer who may have it.
pub(crate) fn deliver(
    request: &Incoming,
    allowed: &Allowed<'_>,
    body: CachedBody,
    age: Duration,
    request_id: &str,
) -> Result<Delivery, EdgeError> {
    let Allowed {
        entry,
        layout,
        viewer,
        selection,
    } = allowed;
    let signature = Signature::of(layout, viewer);
    let etag = layout.validator(entry.etag, selection, &signature.identity);
    let has_it = entry.kind != EntryKind::Location && {
        let tags = request.values(&header::IF_NONE_MATCH)?;
        is_none_match(tags.iter().map(HeaderValue::as_bytes), &etag)
    };
    let content = if has_it {
        Content::NotModified
    } else if layout.is_verbatim(selection) && entry.kind != EntryKind::Location {
        Content::Json {
            body: body.stream,
            len: body.len,
        }
    } else {
        let errors = match selection.refusals() {
            [] => None,
            refusals => Some(PlaybackError::all_to_json(refusals, request_id)),
        };
        let whole = body.read()?;
        let rendered = signature.render(layout, &whole, selection, errors.as_deref())?;
        match entry.kind {
            EntryKind::Location => Content::Location(
                HeaderValue::try_from(rendered)
                    .map_err(|_| EdgeError::Entry(InvalidEntry::Format))?,
            ),
            _ => Content::Json {
                len: Some(rendered.len()),
                body: Body::from(rendered),
            },
        }
    };
    let etag = (entry.kind != EntryKind::Location).then_some(etag);
    Ok(Delivery { content, etag, age })
}
