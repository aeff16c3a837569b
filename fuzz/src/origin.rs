//! An origin's answers, and what viewers get of them.

use http::{HeaderMap, HeaderValue, StatusCode};
use playback_policy::{
    Answer, Entry, EntryHead, InvalidAnswer, Limits, Overlay, PlaybackError, PlaybackRequest,
    Route, Selection, UrlTarget, Viewer,
};

/// The account of every answer.
pub(crate) const ACCOUNT: &str = "7";

/// How answers say that their URLs be signed.
pub(crate) const SIGNING: &str =
    r#"key="k", hosts=("m.example" "m.example:8443"), lifetime=60, parameter="t""#;

/// What [`shown`] puts into a URL, without the separator.
pub(crate) const TOKEN: &str = "t=TOKEN";

/// The answer to a request below the account's path, as it is cached.
pub(crate) fn answer(
    path: &str,
    body: &str,
    signing: Option<&str>,
) -> Result<Entry, InvalidAnswer> {
    let headers = [
        ("surrogate-key", Some("x")),
        ("playback-account-rules", Some("geo-default=allow")),
        ("playback-video-rules", Some("geo-default=allow")),
        ("playback-url-signing", signing),
    ];
    let headers = headers.into_iter().filter_map(|(name, value)| {
        let value = HeaderValue::from_str(value?).ok()?;
        Some((http::HeaderName::from_static(name), value))
    });
    let answer = Answer::check(
        &request(path).expect("a request"),
        Overlay::Edge,
        StatusCode::OK,
        &headers.collect::<HeaderMap>(),
        body.as_bytes().to_vec(),
        Limits::EDGE,
    );
    answer.map(|answer| answer.entry)
}

/// A request below the account's path, if it is one.
pub(crate) fn request(target: &str) -> Option<PlaybackRequest> {
    let target = format!("/playback/v1/accounts/{ACCOUNT}{target}");
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target.as_str(), None),
    };
    match Route::parse(path, query) {
        Ok(Route::Playback(request)) => Some(request),
        Ok(Route::Health) | Err(_) => None,
    }
}

/// What a viewer gets of a cached answer, and what is left out of it. Every URL gets the same token.
pub(crate) fn shown(entry: &Entry, viewer: &Viewer) -> (Selection, String) {
    let (metadata, front) = (entry.metadata(), entry.front());
    let head = EntryHead::read(&metadata).expect("what was written is read");
    assert_eq!((head.kind, head.etag), (entry.kind, entry.etag.as_str()));
    let plan = head.plan(&front).expect("what was compiled is read");
    let selection = plan.layout.select(viewer).expect("every item has rules");
    let refusals = selection.refusals();
    let errors = (!refusals.is_empty()).then(|| PlaybackError::all_to_json(refusals, "r"));
    let sign = |_: UrlTarget<'_>| TOKEN.to_owned();
    let shown = plan
        .layout
        .render(&entry.body, &selection, errors.as_deref(), sign);
    let shown = shown.expect("a layout fits the body it was made of");
    assert!(!plan.layout.is_verbatim(&selection) || shown == entry.body);
    (selection, String::from_utf8(shown).expect("a text"))
}

/// The text without [`TOKEN`]s.
pub(crate) fn without_tokens(text: &str) -> String {
    let bare = text.replace(&format!("?{TOKEN}"), "");
    bare.replace(&format!("&{TOKEN}"), "")
}
