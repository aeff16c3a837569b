//! The names in a path.

use std::{fmt, str::FromStr};

use percent_encoding::percent_decode_str;

use super::Selector;

/// What of a video has an address of its own.
///
/// # Source
///
/// Playback API contract, endpoints: static delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaticAsset {
    /// `master.m3u8`: the HLS manifest.
    MasterM3u8,
    /// `manifest.mpd`: the DASH manifest.
    ManifestMpd,
    /// `hls.vmap`: the HLS manifest's list of advertisements.
    HlsVmap,
    /// `dash.vmap`: the DASH manifest's list of advertisements.
    DashVmap,
    /// `high.mp4`: the MP4 rendition with the highest bitrate.
    HighMp4,
    /// `low.mp4`: the MP4 rendition with the lowest bitrate.
    LowMp4,
    /// `poster.jpg`: the large picture.
    Poster,
    /// `thumbnail.jpg`: the small picture.
    Thumbnail,
}

impl StaticAsset {
    const ALL: [Self; 8] = [
        Self::MasterM3u8,
        Self::ManifestMpd,
        Self::HlsVmap,
        Self::DashVmap,
        Self::HighMp4,
        Self::LowMp4,
        Self::Poster,
        Self::Thumbnail,
    ];

    pub(super) fn parse(part: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asset| asset.as_str() == part)
    }

    /// The last part of the path.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MasterM3u8 => "master.m3u8",
            Self::ManifestMpd => "manifest.mpd",
            Self::HlsVmap => "hls.vmap",
            Self::DashVmap => "dash.vmap",
            Self::HighMp4 => "high.mp4",
            Self::LowMp4 => "low.mp4",
            Self::Poster => "poster.jpg",
            Self::Thumbnail => "thumbnail.jpg",
        }
    }

    /// Whether it lists advertisements, and so needs to know whose.
    #[must_use]
    pub fn is_vmap(self) -> bool {
        matches!(self, Self::HlsVmap | Self::DashVmap)
    }
}

impl fmt::Display for StaticAsset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One part of a path, decoded once.
pub(super) fn decode(part: &str) -> Option<String> {
    Some(percent_decode_str(part).decode_utf8().ok()?.into_owned())
}

impl<Id: FromStr> Selector<Id> {
    pub(super) fn parse(part: &str) -> Option<Self> {
        let text = decode(part)?;
        match text.strip_prefix("ref:") {
            Some(reference) => reference.parse().ok().map(Self::Reference),
            None => text.parse().ok().map(Self::Id),
        }
    }
}

impl<Id: fmt::Display> fmt::Display for Selector<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Reference(reference) => write!(f, "ref:{reference}"),
        }
    }
}
