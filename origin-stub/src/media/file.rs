//! What is media, and what kind of it.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{
    fs::File,
    io::{AsyncReadExt, Take},
};

use super::manifest::Manifest;

/// The largest manifest, in bytes. Two hours in segments of two seconds are an eighth of this.
const MAX_MANIFEST: u64 = 1024 * 1024;

/// A file in the media folder.
pub(crate) struct MediaFile {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
}

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) content_type: &'static str,
    /// Set for one that names others.
    pub(crate) manifest: Option<Manifest>,
}

/// The kind of file that a path names. Whatever is not listed is no media, such as the script that
/// made it.
pub(super) fn kind_of(path: &str) -> Option<Kind> {
    let (content_type, manifest) = match Path::new(path).extension()?.to_str()? {
        "m3u8" => ("application/vnd.apple.mpegurl", Some(Manifest::Hls)),
        "mpd" => ("application/dash+xml", Some(Manifest::Dash)),
        "m4s" => ("video/iso.segment", None),
        "mp4" | "m4v" | "cmfv" => ("video/mp4", None),
        "m4a" | "cmfa" => ("audio/mp4", None),
        "ts" => ("video/mp2t", None),
        "webm" => ("video/webm", None),
        "aac" => ("audio/aac", None),
        "mp3" => ("audio/mpeg", None),
        "jpg" | "jpeg" => ("image/jpeg", None),
        "png" => ("image/png", None),
        "webp" => ("image/webp", None),
        "vtt" => ("text/vtt; charset=utf-8", None),
        "ttml" => ("application/ttml+xml", None),
        _ => return None,
    };
    Some(Kind {
        content_type,
        manifest,
    })
}

impl MediaFile {
    /// Reads it whole, as manifests are.
    pub(crate) async fn read(&self) -> io::Result<String> {
        let mut text = String::new();
        let mut file: Take<File> = File::open(&self.path).await?.take(MAX_MANIFEST);
        file.read_to_string(&mut text).await?;
        // The end of the file, and not of what may be read of it.
        match file.into_inner().read(&mut [0]).await? {
            0 => Ok(text),
            _ => Err(io::ErrorKind::FileTooLarge.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_media_has_a_kind() {
        for (path, want) in [
            ("stream/master.m3u8", Some("application/vnd.apple.mpegurl")),
            ("stream/manifest.mpd", Some("application/dash+xml")),
            ("stream/part-0-1.m4s", Some("video/iso.segment")),
            ("a.b/low.mp4", Some("video/mp4")),
            ("poster.jpg", Some("image/jpeg")),
            ("en.vtt", Some("text/vtt; charset=utf-8")),
            ("make.sh", None),
            ("a.mp4/none", None),
            ("mp4", None),
            (".mp4", None),
            ("", None),
        ] {
            assert_eq!(kind_of(path).map(|kind| kind.content_type), want, "{path}");
        }
    }
}
