//! Where one rendition or picture of a video is.

use std::cmp::Reverse;

use playback_policy::StaticAsset;
use serde::Serialize;
use url::Url;

use super::body::vmap;
use crate::model::{Source, Video};

/// The body of the answer: whose it is, and where.
#[derive(Serialize)]
pub(super) struct Location<'a> {
    id: &'a str,
    account_id: &'a str,
    reference_id: Option<&'a str>,
    src: String,
}

/// Where the asset is, if the video has it. A list of advertisements also takes an ad config.
pub(super) fn of<'a>(
    video: &'a Video,
    asset: StaticAsset,
    ad_config: Option<&str>,
) -> Option<Location<'a>> {
    let fields = &video.fields;
    let hls = || manifest(&fields.sources, Source::is_hls);
    let dash = || manifest(&fields.sources, Source::is_dash);
    let src = match asset {
        StaticAsset::MasterM3u8 => hls()?.src.clone(),
        StaticAsset::ManifestMpd => dash()?.src.clone(),
        StaticAsset::HlsVmap => vmap(hls()?, ad_config?)?,
        StaticAsset::DashVmap => vmap(dash()?, ad_config?)?,
        StaticAsset::HighMp4 => mp4s(&fields.sources)
            .min_by_key(|source| (Reverse(source.avg_bitrate.unwrap_or(0)), !is_https(source)))?
            .src
            .clone(),
        // One whose bitrate nobody knows is the last resort of both.
        StaticAsset::LowMp4 => mp4s(&fields.sources)
            .min_by_key(|source| (source.avg_bitrate.unwrap_or(u64::MAX), !is_https(source)))?
            .src
            .clone(),
        StaticAsset::Poster => fields.poster.clone()?,
        StaticAsset::Thumbnail => fields.thumbnail.clone()?,
    };
    Some(Location {
        id: video.id.as_str(),
        account_id: video.account.as_str(),
        reference_id: fields.reference_id.as_ref().map(|id| id.as_str()),
        src,
    })
}

/// The first of a kind, over https if there is one.
fn manifest(sources: &[Source], is_kind: impl Fn(&Source) -> bool) -> Option<&Source> {
    let of_kind = sources.iter().filter(|source| is_kind(source));
    of_kind.min_by_key(|source| !is_https(source))
}

fn mp4s(sources: &[Source]) -> impl Iterator<Item = &Source> {
    let is_mp4 = |container: &str| container.eq_ignore_ascii_case("MP4");
    sources
        .iter()
        .filter(move |source| source.container.as_deref().is_some_and(is_mp4))
}

fn is_https(source: &Source) -> bool {
    Url::parse(&source.src).is_ok_and(|url| url.scheme() == "https")
}
