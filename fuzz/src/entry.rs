//! A cached entry: the length of its metadata (u16, little-endian), the metadata, and the object it is
//! cached with.

use playback_policy::{
    EntryHead, InvalidCompiled, Layout, Plan, Selection, UrlTarget, VerifiedToken,
};

use crate::{viewer_token::registered, viewers};

/// Bytes that lay in a cache are read or refused: nothing panics, and nothing is built that is much
/// larger than they are.
pub fn entry(data: &[u8]) {
    let Some((len, rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let len = usize::from(u16::from_le_bytes(*len)).min(rest.len());
    let (metadata, object) = rest.split_at(len);
    let _recalled = VerifiedToken::recall(metadata, registered());
    if let Ok(layout) = Layout::read(metadata) {
        show(&layout, object);
    }
    let Ok(head) = EntryHead::read(metadata) else {
        return;
    };
    let _told = head.kind.error();
    // The platform gives as many bytes as it has.
    let (front, body) = object.split_at(head.front_len.min(object.len()));
    if let Ok(plan) = head.plan(front) {
        judge(&plan, body);
    }
}

fn judge(plan: &Plan<'_>, body: &[u8]) {
    for viewer in viewers::some() {
        let names = plan.rules.acl_names(viewer.now);
        assert!(names.is_empty() || plan.rules.needs().acls);
        let _told = plan.rules.reported_acl_names(viewer.now);
        let _decision = playback_policy::decide(&plan.rules, &viewer);
        let _reported = playback_policy::decide_reported(&plan.rules, &viewer);
    }
    if let Some(tokens) = &plan.tokens {
        let _keys = tokens.keys();
        assert!(tokens.video().is_none_or(|video| !video.id.is_empty()));
    }
    show(&plan.layout, body);
}

fn show(layout: &Layout<'_>, body: &[u8]) {
    let sign = |_: UrlTarget<'_>| "t=1".to_owned();
    let misfit = Selection::default();
    for viewer in viewers::some() {
        let _names: Result<_, InvalidCompiled> = layout.acl_names(viewer.now);
        let Ok(selection) = layout.select(&viewer) else {
            continue;
        };
        let rendered = layout.render(body, &selection, Some("[]"), sign);
        if let Ok(rendered) = &rendered
            && layout.is_verbatim(&selection)
            && selection.is_empty()
        {
            assert_eq!(rendered, body);
        }
        if layout.render(body, &misfit, None, sign).is_ok() {
            assert!(selection.is_empty(), "a selection of another list fits");
        }
        let _tag = layout.validator("etag", &selection, "");
    }
}
