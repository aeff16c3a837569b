//! A list as one viewer must get it, worked out item by item from what the origin tells the edge.

use playback_policy::{LayerKind, PolicyKey, Viewer};
use serde_json::{Map, Value};

use crate::harness::{
    oracle::{self, Layers, Refusal, refusal},
    reply::Reply,
};

/// A list as the origin tells it to the edge.
pub(super) struct OriginList {
    /// Whose refusal is the refusal of the whole list.
    whole: Layers,
    /// The list without its videos.
    members: Map<String, Value>,
    items: Vec<Item>,
}

struct Item {
    rules: Layers,
    video: Value,
}

/// What a viewer must get.
#[derive(Debug, PartialEq)]
pub(super) enum Wanted {
    /// 403, for these reasons.
    Refused(Vec<Refusal>),
    /// 200.
    List(List),
}

/// A list, in parts.
#[derive(Debug, PartialEq)]
pub(super) struct List {
    /// But for its videos and errors.
    pub(super) members: Map<String, Value>,
    pub(super) videos: Vec<Value>,
    pub(super) errors: Vec<Refusal>,
}

impl OriginList {
    /// Takes the origin's answer apart.
    #[track_caller]
    pub(super) fn read(reply: &Reply) -> Self {
        reply.assert_status(200);
        let Value::Object(mut members) = reply.json() else {
            panic!("a list is an object: {reply}");
        };
        let Some(Value::Array(videos)) = members.remove("videos") else {
            panic!("a list has `videos`: {reply}");
        };
        Self {
            whole: oracle::layers(reply),
            members,
            items: videos.into_iter().map(Item::read).collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// What the viewer must get with this key.
    pub(super) fn wanted(&self, key: &PolicyKey, viewer: &Viewer) -> Wanted {
        let mut whole = self.whole.clone();
        whole.extend(
            key.rules
                .iter()
                .map(|rules| (LayerKind::Key, rules.clone())),
        );
        if let Some(refusal) = refusal(&whole, viewer) {
            return Wanted::Refused(vec![refusal]);
        }
        let (mut videos, mut errors) = (Vec::new(), Vec::new());
        for item in &self.items {
            match refusal(&item.rules, viewer) {
                None => videos.push(item.video.clone()),
                Some(refusal) if refusal.is_told_in_lists() && !errors.contains(&refusal) => {
                    errors.push(refusal);
                }
                Some(_) => {}
            }
        }
        match videos.is_empty() && !errors.is_empty() {
            true => Wanted::Refused(errors),
            false => Wanted::List(List {
                members: self.members.clone(),
                videos,
                errors,
            }),
        }
    }
}

impl Item {
    #[track_caller]
    fn read(mut video: Value) -> Self {
        let rules = video
            .as_object_mut()
            .and_then(|video| video.remove("$rules"));
        let rules = rules.unwrap_or_else(|| panic!("an item without `$rules`: {video}"));
        let layer = |kind: LayerKind| Some((kind, oracle::rules(rules[kind.as_str()].as_str()?)));
        let layers: Layers = [LayerKind::Video, LayerKind::Right]
            .into_iter()
            .filter_map(layer)
            .collect();
        assert!(
            !layers.is_empty(),
            "an item that nothing is said of: {video}"
        );
        Self {
            rules: layers,
            video,
        }
    }
}

impl Wanted {
    /// An edge's answer, in the same parts.
    ///
    /// # Errors
    ///
    /// Says why the answer is neither a list nor a refusal.
    pub(super) fn read(reply: &Reply, media: &str) -> Result<Self, String> {
        reply.is_fit_for_viewers()?;
        let body = reply.json();
        if reply.status == 403 {
            return Ok(Self::Refused(Refusal::read(&body)));
        }
        let (200, Value::Object(mut members)) = (reply.status, body) else {
            return Err(format!("neither a list nor a refusal: {reply}"));
        };
        let errors = members.remove("errors");
        if errors
            .as_ref()
            .is_some_and(|errors| Refusal::read(errors).is_empty())
        {
            return Err(format!("`errors` without any: {reply}"));
        }
        let Some(Value::Array(mut videos)) = members.remove("videos") else {
            return Err(format!("a list without `videos`: {reply}"));
        };
        for video in &mut videos {
            unsign(video, "", media)?;
        }
        Ok(Self::List(List {
            members,
            videos,
            errors: Refusal::read(&errors.unwrap_or_default()),
        }))
    }
}

/// Where the demo's accounts have tokens.
const TOKEN: &str = "?playback_token=";
/// The members that players fetch from.
const FETCHED: [&str; 4] = ["src", "poster", "thumbnail", "vmap"];

/// Takes the tokens off: every address at `media` that players fetch has one, and no other text.
fn unsign(value: &mut Value, member: &str, media: &str) -> Result<(), String> {
    match value {
        Value::String(text) => {
            let is_media = text.starts_with(media) && FETCHED.contains(&member);
            match (text.find(TOKEN), is_media) {
                (Some(at), true) if text[at + TOKEN.len()..].split('.').count() == 5 => {
                    text.truncate(at);
                    Ok(())
                }
                (None, false) => Ok(()),
                _ => Err(format!(
                    "`{member}` is signed where it must not be, or is not: `{text}`"
                )),
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| unsign(item, member, media)),
        Value::Object(members) => members
            .iter_mut()
            .try_for_each(|(name, value)| unsign(value, name, media)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}
