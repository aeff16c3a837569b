//! What a video is made of: renditions, tracks, cue points, and their limits.
//!
//! Members that do not apply are absent, never `null`: players refuse a `null` height.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::check::{self, InvalidField};

/// One rendition or manifest.
///
/// # Source
///
/// Playback API contract, `sources[]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct Source {
    pub(crate) src: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) container: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ext_x_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) codecs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profiles: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) codec: Option<String>,
    /// Bits per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) avg_bitrate: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u64>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asset_id: Option<String>,
    /// By DRM system, such as `com.widevine.alpha`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_systems: Option<BTreeMap<String, KeySystem>>,
}

/// Where a DRM system's licence comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct KeySystem {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_request_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_url: Option<String>,
}

/// Captions, chapters or thumbnails that run along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct TextTrack {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// Read because editors send back what they were shown; it is always the video's.
    #[serde(default, skip_serializing)]
    pub(crate) account_id: IgnoredAny,
    pub(crate) src: String,
    /// A BCP 47 language tag.
    pub(crate) srclang: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    #[serde(default = "captions")]
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asset_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sources: Option<Vec<TrackSource>>,
    #[serde(default)]
    pub(crate) default: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) in_band_metadata_track_dispatch_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bandwidth: Option<u64>,
}

/// One address of a text track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct TrackSource {
    pub(crate) src: String,
}

/// A moment in the video that an advertisement or a program waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct CuePoint {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: CuePointKind,
    /// Seconds from the start.
    pub(crate) time: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<String>,
    #[serde(default)]
    pub(crate) force_stop: bool,
}

/// What waits at a cue point. The contract's sources name the second kind in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum CuePointKind {
    Ad,
    Code,
    Data,
}

/// A link shown with the video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object or `null`")]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) url: String,
}

/// The video's words in another language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct Variant {
    /// A BCP 47 language tag.
    pub(crate) language: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) long_description: Option<String>,
    #[serde(default)]
    pub(crate) custom_fields: BTreeMap<String, String>,
}

fn captions() -> String {
    "captions".to_owned()
}

impl Source {
    /// HLS by either of its media types.
    pub(crate) fn is_hls(&self) -> bool {
        const HLS: [&str; 2] = ["application/x-mpegurl", "application/vnd.apple.mpegurl"];
        self.mime_type
            .as_deref()
            .is_some_and(|own| HLS.iter().any(|t| own.eq_ignore_ascii_case(t)))
    }

    /// MPEG-DASH by its media type.
    pub(crate) fn is_dash(&self) -> bool {
        const DASH: &str = "application/dash+xml";
        self.mime_type
            .as_deref()
            .is_some_and(|own| own.eq_ignore_ascii_case(DASH))
    }

    pub(crate) fn check(&self, path: &str) -> Result<(), InvalidField> {
        check::url(&format!("{path}.src"), &self.src)?;
        // Players take a source without a recognised type for what its container says.
        if self.container.is_none() && !self.is_hls() && !self.is_dash() {
            let reason = "expected a container such as `MP4`, or an HLS or DASH `type`";
            return Err(InvalidField::new(format!("{path}.container"), reason));
        }
        for (name, value) in [
            ("type", &self.mime_type),
            ("container", &self.container),
            ("ext_x_version", &self.ext_x_version),
            ("codecs", &self.codecs),
            ("profiles", &self.profiles),
            ("codec", &self.codec),
            ("asset_id", &self.asset_id),
        ] {
            check::optional_text(&format!("{path}.{name}"), value.as_deref(), 256)?;
        }
        for (system, urls) in self.key_systems.iter().flatten() {
            let path = format!("{path}.key_systems");
            check::text(&path, system, 1, 64)?;
            for value in [
                &urls.license_url,
                &urls.key_request_url,
                &urls.certificate_url,
            ] {
                check::optional_url(&format!("{path}.{system}"), value.as_deref())?;
            }
        }
        Ok(())
    }
}

impl TextTrack {
    pub(crate) fn check(&self, path: &str) -> Result<(), InvalidField> {
        check::url(&format!("{path}.src"), &self.src)?;
        check::text(&format!("{path}.srclang"), &self.srclang, 1, 35)?;
        check::text(&format!("{path}.kind"), &self.kind, 1, 32)?;
        for (name, value) in [
            ("id", &self.id),
            ("label", &self.label),
            ("mime_type", &self.mime_type),
            ("asset_id", &self.asset_id),
            (
                "in_band_metadata_track_dispatch_type",
                &self.in_band_metadata_track_dispatch_type,
            ),
        ] {
            check::optional_text(&format!("{path}.{name}"), value.as_deref(), 256)?;
        }
        let sources = self.sources.as_deref().unwrap_or_default();
        check::count(&format!("{path}.sources"), sources.len(), 20)?;
        for (at, source) in sources.iter().enumerate() {
            check::url(&format!("{path}.sources[{at}].src"), &source.src)?;
        }
        Ok(())
    }
}

impl CuePoint {
    pub(crate) fn check(&self, path: &str) -> Result<(), InvalidField> {
        check::optional_text(&format!("{path}.id"), self.id.as_deref(), 64)?;
        check::text(&format!("{path}.name"), &self.name, 0, 255)?;
        check::optional_text(&format!("{path}.metadata"), self.metadata.as_deref(), 512)?;
        if self.time < 0.0 {
            return Err(InvalidField::new(
                format!("{path}.time"),
                "expected seconds from 0 on",
            ));
        }
        Ok(())
    }
}

impl Link {
    pub(crate) fn check(&self) -> Result<(), InvalidField> {
        check::text("link.text", &self.text, 0, 255)?;
        check::url("link.url", &self.url)
    }
}

impl Variant {
    pub(crate) fn check(&self, path: &str) -> Result<(), InvalidField> {
        check::text(&format!("{path}.language"), &self.language, 2, 35)?;
        for (name, value, max) in [
            ("name", &self.name, 256),
            ("description", &self.description, 250),
            ("long_description", &self.long_description, 5000),
        ] {
            check::optional_text(&format!("{path}.{name}"), value.as_deref(), max)?;
        }
        check_custom_fields(&format!("{path}.custom_fields"), &self.custom_fields)
    }
}

/// At most 100 named texts.
pub(super) fn check_custom_fields(
    path: &str,
    fields: &BTreeMap<String, String>,
) -> Result<(), InvalidField> {
    check::count(path, fields.len(), 100)?;
    for (name, value) in fields {
        check::text(path, name, 1, 128)?;
        check::text(&format!("{path}.{name}"), value, 0, 1024)?;
    }
    Ok(())
}
