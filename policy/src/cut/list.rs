//! Cutting a list: each item is taken out with the rules that go with it.

use serde_json::value::RawValue;

use super::{Cut, members::Members, slots::mark};
use crate::{
    compiled::{Compiled, Needs, compile, compile_report_only},
    id::AccountId,
    layout::LayoutWriter,
    rules::{LayerKind, Rules, borrowed},
    url_signing::UrlSigning,
    wire::InvalidRules,
};

/// The list cannot be trusted.
#[derive(Debug)]
pub(crate) enum InvalidItem {
    /// Not an object with a list `videos` of objects.
    Body,
    /// A video of another account.
    OtherAccount,
    /// A video without rules, or with a layer that nobody has.
    NoRules,
    /// Rules that do not parse.
    Rules {
        layer: LayerKind,
        text: String,
        source: InvalidRules,
    },
}

const VIDEOS: &str = "videos";
const RULES: &str = "$rules";
/// The layers an item can have of its own. The first it must have.
const LAYERS: [(&str, LayerKind); 2] = [("video", LayerKind::Video), ("right", LayerKind::Right)];
/// Those of them that only report.
const REPORTED: [(&str, LayerKind); 2] = [
    ("video-report-only", LayerKind::Video),
    ("right-report-only", LayerKind::Right),
];

/// Cuts a list. `videos` becomes its last member, so that what tells of refusals can follow.
pub(crate) fn cut_list(
    body: &[u8],
    account: &AccountId,
    signing: Option<&UrlSigning>,
) -> Result<Cut, InvalidItem> {
    let text = std::str::from_utf8(body).map_err(|_| InvalidItem::Body)?;
    let list = Members::parse(text).ok_or(InvalidItem::Body)?;
    // The edge itself tells what is left out, and rules belong to the items.
    let is_clean = list.get("errors").is_none() && list.get(RULES).is_none();
    let videos = list.get(VIDEOS).filter(|_| is_clean);
    let videos: Vec<&RawValue> = videos
        .and_then(|videos| serde_json::from_str(videos.get()).ok())
        .ok_or(InvalidItem::Body)?;
    let mut layout = LayoutWriter::default();
    let mut out = String::with_capacity(body.len());
    list.write_open(&mut out, VIDEOS).ok_or(InvalidItem::Body)?;
    out.push_str(if out == "{" { "" } else { "," });
    out.push_str("\"videos\":[");
    for (at, video) in videos.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let video = Members::parse(video.get()).ok_or(InvalidItem::Body)?;
        let (rules, needs) = rules_of(&video)?;
        if video.text("account_id").as_deref() != Some(account.as_str()) {
            return Err(InvalidItem::OtherAccount);
        }
        let start = out.len();
        video.write_open(&mut out, RULES).ok_or(InvalidItem::Body)?;
        out.push('}');
        layout.item(start, out.len(), rules, needs);
    }
    out.push_str("]}");
    mark(&mut layout, &out, signing).ok_or(InvalidItem::Body)?;
    Ok(Cut {
        body: out.into_bytes(),
        layout: layout.finish(),
    })
}

/// The compiled rules of one item, and what they look at.
fn rules_of(video: &Members<'_>) -> Result<(Vec<u8>, Needs), InvalidItem> {
    let own = video.get(RULES).ok_or(InvalidItem::NoRules)?;
    let own = Members::parse(own.get()).ok_or(InvalidItem::NoRules)?;
    let is_known = |name: &str| {
        LAYERS
            .iter()
            .chain(&REPORTED)
            .any(|(layer, _)| *layer == name)
    };
    if own.get("video").is_none() || own.iter().any(|(name, _)| !is_known(name)) {
        return Err(InvalidItem::NoRules);
    }
    let (enforced, reported) = (layers(&own, LAYERS)?, layers(&own, REPORTED)?);
    let compiled = [
        compile(&borrowed(&enforced)),
        compile_report_only(&borrowed(&reported)),
    ]
    .concat();
    let needs = Compiled::read(&compiled).map(|rules| rules.needs());
    Ok((compiled, needs.map_err(|_| InvalidItem::NoRules)?))
}

fn layers(
    own: &Members<'_>,
    names: [(&str, LayerKind); 2],
) -> Result<Vec<(LayerKind, Rules)>, InvalidItem> {
    let mut layers = Vec::new();
    for (name, layer) in names {
        if own.get(name).is_none() {
            continue;
        }
        let text = own.text(name).ok_or(InvalidItem::NoRules)?;
        if text.trim().is_empty() {
            return Err(InvalidItem::NoRules);
        }
        match Rules::in_layer(layer, &text) {
            Ok(rules) => layers.push((layer, rules)),
            Err(source) => {
                return Err(InvalidItem::Rules {
                    layer,
                    text,
                    source,
                });
            }
        }
    }
    Ok(layers)
}
