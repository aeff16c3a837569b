//! The media folder: signed URLs open it, and manifests hand the token on.

mod file;
mod manifest;

use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use playback_policy::{InvalidUrlToken, UrlSigningKey};
use thiserror::Error;
use tokio::fs;

pub(crate) use file::MediaFile;
pub(crate) use manifest::Manifest;

/// Where the folder lies in the origin's paths.
const ROOT: &str = "/media/";

/// A folder of media, and who may fetch from it: whoever has a URL that a live key signed. Without
/// any key that is nobody.
pub(crate) struct Media {
    /// Without symbolic links, so that what leads out of it can be told.
    folder: PathBuf,
    keys: Vec<UrlSigningKey>,
    parameter: String,
}

/// Which file is asked for, as it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// In lower case, without the port if that is the scheme's own.
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
}

/// A token that was good for what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admission<'a> {
    parameter: &'a str,
    token: &'a str,
    /// For how many seconds it still is.
    pub(crate) remaining: i64,
}

/// Why a URL opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    /// The folder is closed.
    #[error("no signing key is live here")]
    NoKey,
    /// The query has no token.
    #[error("it has no token")]
    Missing,
    /// The query has several; whoever reads the first might differ from whoever reads the last.
    #[error("it has more than one token")]
    Repeated,
    /// The query has one that is not good.
    #[error(transparent)]
    Token(#[from] InvalidUrlToken),
}

impl Media {
    /// The media in a folder, opened by URLs that one of `keys` signed.
    ///
    /// # Errors
    ///
    /// When there is no such folder.
    pub(crate) fn new(
        folder: &Path,
        keys: Vec<UrlSigningKey>,
        parameter: String,
    ) -> io::Result<Self> {
        let folder = folder.canonicalize()?;
        if !folder.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self {
            folder,
            keys,
            parameter,
        })
    }

    /// Whether any URL opens it.
    pub(crate) fn is_open(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Checks the token in a query. `now` is in seconds since 1970 UTC.
    pub(crate) fn admit<'a>(
        &'a self,
        asked: Asked<'a>,
        viewer: IpAddr,
        now: i64,
    ) -> Result<Admission<'a>, Refusal> {
        if !self.is_open() {
            return Err(Refusal::NoKey);
        }
        let token_in = |pair: &'a str| pair.strip_prefix(&*self.parameter)?.strip_prefix('=');
        let mut tokens = asked.query.split('&').filter_map(token_in);
        let token = match (tokens.next(), tokens.next()) {
            (None, _) => return Err(Refusal::Missing),
            (Some(token), None) => token,
            (Some(_), Some(_)) => return Err(Refusal::Repeated),
        };
        let file = (asked.host, asked.path);
        let expires = UrlSigningKey::verify(&self.keys, token, file, viewer, now)?;
        Ok(Admission {
            parameter: &self.parameter,
            token,
            remaining: expires - now,
        })
    }

    /// The file at a path, which is read as it was sent: a name is made of `A-Z a-z 0-9 . _ -` and
    /// begins with no dot, so nothing in it can be spelt in two ways or climb. Anything that is no
    /// media, or lies elsewhere behind a symbolic link, is not there.
    pub(crate) async fn find(&self, path: &str) -> Option<MediaFile> {
        let path = path.strip_prefix(ROOT)?;
        let kind = file::kind_of(path).filter(|_| path.split('/').all(is_name))?;
        let path = fs::canonicalize(self.folder.join(path)).await.ok()?;
        let is_file = fs::metadata(&path).await.ok()?.is_file();
        (is_file && path.starts_with(&self.folder)).then_some(MediaFile { path, kind })
    }
}

impl Admission<'_> {
    /// What a reference needs in its query to be good for as long.
    ///
    /// INVARIANT: only characters that mean nothing in a query, in XML or in a quoted string; the
    /// parameter was checked when it was configured, and no other token is good.
    pub(crate) fn pair(&self) -> String {
        format!("{}={}", self.parameter, self.token)
    }
}

/// Whether a path may have this between two slashes.
fn is_name(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_plain)
}
