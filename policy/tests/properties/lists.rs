//! What a viewer gets of a list is what a naive filter of its JSON gives, tried on random lists.

use http::{HeaderMap, StatusCode};
use playback_policy::{
    Answer, Compiled, Decision, DenyReason, EntryHead, EntryKind, LayerKind, Limits, Overlay,
    PlaybackError, PlaybackRequest, Route, Rules, UrlTarget, Viewer, compile, decide,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::{
    dice::Dice,
    random::{rules, viewer},
};

const SIGNING: &str =
    r#"key="k", hosts=("m.example" "m.example:8443"), lifetime=60, parameter="t""#;

/// A URL of a body, in its parts.
#[derive(Clone, Debug)]
struct Link {
    host: &'static str,
    folder: &'static str,
    query: &'static str,
    fragment: &'static str,
}

/// A video of a list.
#[derive(Clone, Debug)]
struct Item {
    video: Rules,
    right: Option<Rules>,
    name: String,
    poster: Option<Link>,
    sources: Vec<Link>,
}

fn link() -> impl Strategy<Value = Link> {
    (
        select(vec!["m.example", "m.example:8443", "other.example"]),
        select(vec!["/", "/a/", "/a/b/", "/ab/"]),
        select(vec!["", "?", "?x=1", "?x=1&y=/z?"]),
        select(vec!["", "#", "#t=30", "#a?b#c"]),
    )
        .prop_map(|(host, folder, query, fragment)| Link {
            host,
            folder,
            query,
            fragment,
        })
}

/// Texts that look like the syntax around them, among others.
fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "\"",
        "\\",
        "\"src\":\"https://m.example/x\"",
        "\"$rules\":{}",
        "src",
        ":",
        ",",
        "]}",
        "\n\t\u{1}\u{7f}",
        "ü",
        "🦆",
        "\u{2028}",
        "/",
    ];
    prop_oneof![
        vec(select(pieces.to_vec()), 0..6).prop_map(|pieces| pieces.concat()),
        "\\PC{0,12}",
    ]
}

fn item() -> impl Strategy<Value = Item> {
    (
        rules(),
        option::of(rules()),
        text(),
        option::of(link()),
        vec(link(), 0..3),
    )
        .prop_map(|(video, right, name, poster, sources)| Item {
            video,
            right,
            name,
            poster,
            sources,
        })
}

impl Link {
    fn to_text(&self, is_signed: bool) -> String {
        let Self {
            host,
            folder,
            query,
            fragment,
        } = self;
        let token = match query.is_empty() {
            _ if !is_signed || *host == "other.example" => String::new(),
            true => format!("?t={host}{folder}"),
            false => format!("&t={host}{folder}"),
        };
        format!("https://{host}{folder}x.m3u8{query}{token}{fragment}")
    }
}

impl Item {
    fn to_json(&self, is_signed: bool) -> Value {
        let sources = self.sources.iter().map(|link| {
            let src = link.to_text(is_signed);
            json!({ "src": src, "type": self.name, "height": 720, "vmap": null })
        });
        json!({
            "account_id": "7",
            "name": self.name,
            "poster": self.poster.as_ref().map(|link| link.to_text(is_signed)),
            "sources": sources.collect::<Vec<_>>(),
            "custom_fields": { &self.name: self.name, "url": "https://m.example/x" },
            "tags": ["src", self.name, "https://m.example/x"],
        })
    }

    fn layers(&self) -> Vec<(LayerKind, &Rules)> {
        let right = self.right.iter().map(|right| (LayerKind::Right, right));
        std::iter::once((LayerKind::Video, &self.video))
            .chain(right)
            .collect()
    }

    /// What the origin sends.
    fn to_origin_json(&self) -> Value {
        let mut item = self.to_json(false);
        let rules = self
            .layers()
            .into_iter()
            .map(|(layer, rules)| (layer.as_str().to_owned(), Value::from(rules.to_string())));
        item["$rules"] = Value::Object(rules.collect());
        item
    }

    fn refusal(&self, viewer: &Viewer) -> Option<DenyReason> {
        let compiled = compile(&self.layers());
        match decide(&Compiled::read(&compiled).unwrap(), viewer) {
            Decision::Allow => None,
            Decision::Deny(denial) => Some(denial.reason(viewer.place.country)),
        }
    }
}

/// Everything of a list but its videos.
fn list(name: &str, poster: &Link, is_signed: bool) -> Map<String, Value> {
    let list = json!({
        "id": "1",
        "account_id": "7",
        "name": name,
        "poster": poster.to_text(is_signed),
        "count": 3,
    });
    list.as_object().unwrap().clone()
}

/// JSON with members in any order, any escapes, and any space between its tokens.
fn write(value: &Value, dice: &mut Dice, out: &mut String) {
    let space = |dice: &mut Dice| dice.pick(&["", "", "", " ", "\n", "\t  "]);
    out.push_str(space(dice));
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
        Value::String(text) => write_text(text, dice, out),
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(value, dice, out);
            }
            out.push_str(space(dice));
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            dice.shuffle(&mut members);
            out.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(space(dice));
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push_str(space(dice));
                out.push(':');
                write(value, dice, out);
            }
            out.push_str(space(dice));
            out.push('}');
        }
    }
    out.push_str(space(dice));
}

fn write_text(text: &str, dice: &mut Dice, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match (dice.below(8), c) {
            // Where a fragment begins must be seen.
            (0, c) if c != '#' => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            (1..=3, '/') => out.push_str("\\/"),
            _ => {
                let plain = Value::from(c.to_string()).to_string();
                out.push_str(&plain[1..plain.len() - 1]);
            }
        }
    }
    out.push('"');
}

fn request(path: &str) -> PlaybackRequest {
    match Route::parse(&format!("/playback/v1/accounts/7{path}"), None) {
        Ok(Route::Playback(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn headers(is_signed: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut add = |name: &'static str, value: &'static str| {
        headers.append(name, value.parse().unwrap());
    };
    add("surrogate-key", "x");
    add("playback-account-rules", "geo-default=allow");
    add("playback-video-rules", "geo-default=allow");
    if is_signed {
        add("playback-url-signing", SIGNING);
    }
    headers
}

fn sign(target: UrlTarget<'_>) -> String {
    format!("t={}{}", target.host, target.prefix)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn a_rendered_list_is_the_naively_filtered_one(
        items in vec(item(), 0..6),
        (name, poster) in (text(), link()),
        viewer in viewer(),
        is_signed in any::<bool>(),
        path in select(vec!["/playlists/1", "/videos", "/videos/9/related"]),
        seed in any::<u64>(),
    ) {
        let mut sent = list(&name, &poster, false);
        let videos = items.iter().map(Item::to_origin_json);
        sent.insert("videos".to_owned(), videos.collect());
        let mut body = String::new();
        write(&Value::Object(sent), &mut Dice(seed), &mut body);
        let answer = Answer::check(
            &request(path), Overlay::Edge, StatusCode::OK, &headers(is_signed),
            body.clone().into_bytes(), Limits::EDGE,
        );
        let answer = answer.unwrap_or_else(|error| panic!("{error}: {body}"));
        prop_assert_eq!(answer.entry.kind, EntryKind::List);
        let (metadata, front) = (answer.entry.metadata(), answer.entry.front());
        let layout = EntryHead::read(&metadata).unwrap().plan(&front).unwrap().layout;
        let selection = layout.select(&viewer).unwrap();

        let refused: Vec<_> = items.iter().map(|item| item.refusal(&viewer)).collect();
        let mut told: Vec<PlaybackError> = Vec::new();
        for reason in refused.iter().flatten() {
            let error = PlaybackError::Denied(*reason);
            if *reason != DenyReason::NotPlayable && !told.contains(&error) {
                told.push(error);
            }
        }
        prop_assert_eq!(selection.refusals(), told.as_slice());
        prop_assert_eq!(selection.left_out(), refused.iter().flatten().count());
        let all_refused = refused.iter().all(Option::is_some);
        prop_assert_eq!(selection.is_refused(), all_refused && !told.is_empty());

        let mut want = list(&name, &poster, is_signed);
        let kept = items.iter().zip(&refused).filter(|(_, refused)| refused.is_none());
        want.insert("videos".to_owned(), kept.map(|(item, _)| item.to_json(is_signed)).collect());
        let errors = (!told.is_empty()).then(|| PlaybackError::all_to_json(&told, "r"));
        if let Some(errors) = &errors {
            want.insert("errors".to_owned(), serde_json::from_str(errors).unwrap());
        }
        let rendered = layout.render(&answer.entry.body, &selection, errors.as_deref(), sign);
        let rendered = rendered.unwrap();
        let found: Value = serde_json::from_slice(&rendered).unwrap();
        prop_assert_eq!(found, Value::Object(want), "{}", body);
        prop_assert!(!layout.is_verbatim(&selection) || rendered == answer.entry.body);
    }

    #[test]
    fn a_video_is_shown_as_it_was_sent_but_for_its_tokens(
        item in item(), is_signed in any::<bool>(), seed in any::<u64>(),
    ) {
        let with_id = |mut video: Value| {
            video["id"] = "9".into();
            video
        };
        let mut body = String::new();
        write(&with_id(item.to_json(false)), &mut Dice(seed), &mut body);
        // What looks like a token could not be told from one.
        prop_assume!(!["?t=", "&t="].iter().any(|mark| body.contains(mark)));
        let answer = Answer::check(
            &request("/videos/9"), Overlay::Edge, StatusCode::OK, &headers(is_signed),
            body.clone().into_bytes(), Limits::EDGE,
        );
        let answer = answer.unwrap_or_else(|error| panic!("{error}: {body}"));
        prop_assert_eq!(&answer.entry.body, body.as_bytes());
        let (metadata, front) = (answer.entry.metadata(), answer.entry.front());
        let layout = EntryHead::read(&metadata).unwrap().plan(&front).unwrap().layout;
        let selection = layout.select(&Viewer::new([203, 0, 113, 7].into(), 0)).unwrap();
        let rendered = layout.render(&answer.entry.body, &selection, None, sign).unwrap();
        let found: Value = serde_json::from_slice(&rendered).unwrap();
        prop_assert_eq!(found, with_id(item.to_json(is_signed)), "{}", body);
        // Nothing but tokens is put between what was sent.
        let sent = String::from_utf8(rendered).unwrap();
        let without = ["?t=", "&t="].into_iter().fold(sent, |text, mark| {
            let mut parts = text.split(mark);
            let first = parts.next().unwrap().to_owned();
            parts.fold(first, |text, part| text + part.trim_start_matches(is_of_token))
        });
        prop_assert_eq!(without, body);
    }
}

/// Of `m.example:8443/a/b/`, behind which only a number or quotation mark follows.
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".:/".contains(c)
}
