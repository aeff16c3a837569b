use std::{
    fs,
    os::unix::fs::symlink,
    time::{SystemTime, UNIX_EPOCH},
};

use playback_policy::{UrlSigningKey, UrlTarget};
use reqwest::{Method, RequestBuilder};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{Origin, Reply};

pub(super) const SECRET: &str = "test-url-signing-key-of-at-least-32-bytes";
pub(super) const OTHER: &str = "another-url-signing-key-of-at-least-32-bytes";
pub(super) const STREAM: &str = "/media/stream/";

const MASTER: &str = r#"#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="audio/en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
video.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2
https://cdn.example.com/video.m3u8
"#;
const VIDEO: &str =
    "#EXTM3U\n#EXT-X-MAP:URI=\"init-0.mp4\"\n#EXTINF:2,\npart-0-1.m4s\n#EXT-X-ENDLIST\n";
const AUDIO: &str = "#EXTM3U\n#EXT-X-MAP:URI=\"../init-0.mp4\"\n#EXTINF:2,\nen-1.m4s?b=1\n";
const MPD: &str = r#"<?xml version="1.0"?>
<MPD><Period><AdaptationSet>
<SegmentTemplate initialization="init-0.mp4" media="part-0-1.m4s"/>
<Representation><BaseURL>low.mp4</BaseURL></Representation>
</AdaptationSet></Period></MPD>
"#;

/// An origin that serves a small folder.
pub(super) struct Site {
    pub(super) origin: Origin,
    pub(super) folder: TempDir,
}

/// One attempt to open a file, which differs from a good one in one thing.
pub(super) struct Attempt {
    pub(super) host: Option<&'static str>,
    pub(super) path: &'static str,
    pub(super) key: (&'static str, &'static str),
    pub(super) prefix: &'static str,
    pub(super) expires_in: i64,
    pub(super) network: Option<&'static str>,
}

pub(super) const GOOD: Attempt = Attempt {
    host: None,
    path: "/media/stream/low.mp4",
    key: ("media-1", SECRET),
    prefix: STREAM,
    expires_in: 600,
    network: None,
};

impl Site {
    pub(super) fn start() -> Self {
        Self::start_with(&[("media-1", SECRET)])
    }

    pub(super) fn start_with(keys: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let root = folder.path().join("media");
        for (path, content) in [
            ("stream/master.m3u8", MASTER),
            ("stream/video.m3u8", VIDEO),
            ("stream/audio/en.m3u8", AUDIO),
            ("stream/audio/en-1.m4s", "en-1"),
            ("stream/manifest.mpd", MPD),
            ("stream/init-0.mp4", "init"),
            ("stream/part-0-1.m4s", "part"),
            ("stream/low.mp4", "0123456789"),
            ("stream/huge.m3u8", &"#\n".repeat(600 * 1024)),
            ("stream/.hidden.mp4", "secret"),
            ("stream/make.sh", "secret"),
            ("stream/index.html", "secret"),
            ("other/low.mp4", "other"),
            ("captions/en.vtt", "WEBVTT"),
            ("images/poster.jpg", "poster"),
            ("../secret.mp4", "secret"),
            ("../media-2/low.mp4", "secret"),
        ] {
            let file = root.join(path);
            fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
            fs::write(file, content).expect("a file");
        }
        fs::write(root.join("stream/broken.m3u8"), b"#EXTM3U\n\xff").expect("a file");
        for (to, from) in [
            ("../../secret.mp4", "stream/out.mp4"),
            ("../../media-2", "stream/away"),
            ("low.mp4", "stream/alias.mp4"),
        ] {
            symlink(to, root.join(from)).expect("a link");
        }
        let keys: Vec<String> = keys
            .iter()
            .map(|(name, secret)| format!("{name}={secret}"))
            .collect();
        let root = root.to_str().expect("text");
        let mut arguments = vec!["--media", root];
        arguments.extend(keys.iter().flat_map(|key| ["--url-signing-key", key]));
        Self {
            origin: Origin::start_with(&arguments),
            folder,
        }
    }

    pub(super) fn request(&self, method: Method, attempt: &Attempt) -> RequestBuilder {
        let token = self.token(attempt);
        self.origin
            .request(method, &format!("{}?playback_token={token}", attempt.path))
    }

    pub(super) async fn get(&self, attempt: &Attempt) -> Reply {
        Reply::of(self.request(Method::GET, attempt)).await
    }

    pub(super) fn token(&self, attempt: &Attempt) -> String {
        let (name, secret) = attempt.key;
        let key = UrlSigningKey::new(name, secret.as_bytes()).expect("a key");
        let own = self.host();
        let target = UrlTarget {
            host: attempt.host.unwrap_or(&own),
            prefix: attempt.prefix,
        };
        let network = attempt.network.map(|text| text.parse().expect("a network"));
        key.token(target, now() + attempt.expires_in, network)
    }

    fn host(&self) -> String {
        let request = self
            .origin
            .request(Method::GET, "/")
            .build()
            .expect("a request");
        request.url().authority().to_owned()
    }

    /// Sends a path as it is; an ordinary client would tidy it up.
    pub(super) async fn raw(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.host()).await.expect("a connection");
        let host = self.host();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    since.as_secs().try_into().expect("a time")
}

impl Reply {
    /// A refusal that says why, that nobody keeps and that every site may read.
    #[track_caller]
    pub(super) fn assert_refused(self, hint: &str) {
        let reply = self.assert_error(403, "ACCESS_DENIED", hint);
        assert_eq!(reply.json()[0]["error_subcode"], "URL_TOKEN");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    }
}
