//! Signed URLs. The first line is a signing header, the second a token, the third the path it is asked
//! with; the rest is the body of a video or of an address.

use playback_policy::{UrlSigning, UrlSigningKey, UrlTarget, Viewer};

use crate::{
    input::{first_line, with_a_flipped_bit},
    origin::{TOKEN, answer, shown, without_tokens},
};

const HOST: &str = "m.example";
const FOLDER: &str = "/a/b/";
const EXPIRES: i64 = 1_767_225_600;

/// Signing changes nothing of a body but to add tokens. What a token opens lies in the folder it was
/// made for, until it expires.
pub fn signed_urls(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (header, rest) = first_line(text);
    let (token, rest) = first_line(rest);
    let (path, body) = first_line(rest);
    open(token, path);
    if let Ok(signing) = header.parse::<UrlSigning>() {
        assert_eq!(
            signing.to_string().parse().as_ref(),
            Ok(&signing),
            "{header}"
        );
        let expires = signing.terms().expires(EXPIRES);
        assert!(EXPIRES < expires, "{header}");
    }
    let viewer = viewer();
    for path in ["/videos/9", "/videos/9/low.mp4"] {
        let Ok(bare) = answer(path, body, None) else {
            continue;
        };
        let (_, bare) = shown(&bare, &viewer);
        if let Ok(signed) = answer(path, body, Some(header))
            && !bare.contains(TOKEN)
        {
            let (_, signed) = shown(&signed, &viewer);
            assert_eq!(without_tokens(&signed), bare, "{path}: {header}");
        }
    }
}

/// Asks for a path with any token, and with the folder's own and one close to it.
fn open(any: &str, path: &str) {
    let key = UrlSigningKey::new("k", &[7; 32]).expect("a key");
    let folder = UrlTarget {
        host: HOST,
        prefix: FOLDER,
    };
    let own = key.token(folder, EXPIRES, None);
    let keys = [key];
    let ask = |token: &str, host: &str, now: i64| {
        UrlSigningKey::verify(&keys, token, (host, path), viewer().ip, now)
    };
    if ask(any, HOST, 0).is_ok() {
        // An expiry may be written with a plus sign or zeros before it.
        assert_eq!(ask(any, HOST, 0), Ok(EXPIRES), "{any}");
        assert!(path.starts_with(FOLDER), "{any} opens {path}");
    }
    let is_inside = path.starts_with(FOLDER);
    let is_open = ask(&own, HOST, 0).is_ok();
    assert!(is_inside || !is_open, "{path}");
    assert!(climbs(path) || is_open == is_inside, "{path}");
    assert!(ask(&own, HOST, EXPIRES).is_err() && ask(&own, "n.example", 0).is_err());
    if let Some(flipped) = with_a_flipped_bit(&own) {
        assert!(ask(&flipped, HOST, 0).is_err(), "{flipped} opens {path}");
    }
}

/// Whether some part of the path is `.` or `..`, for whoever decodes it once.
fn climbs(path: &str) -> bool {
    let decoded = [("%2e", "."), ("%2f", "/"), ("%5c", "/"), ("\\", "/")]
        .into_iter()
        .fold(path.to_ascii_lowercase(), |path, (code, plain)| {
            path.replace(code, plain)
        });
    decoded.split('/').any(|part| matches!(part, "." | ".."))
}

fn viewer() -> Viewer {
    Viewer::new([203, 0, 113, 7].into(), 0)
}
