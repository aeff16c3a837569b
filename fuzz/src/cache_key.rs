//! Two requests, one to a line: the path of each, and its query behind the first question mark.

use playback_policy::{PlaybackRequest, Route};

use crate::input::lines;

/// The Core Cache's limit.
const LONGEST_KEY: usize = 4096;

/// What is understood has a key of plain characters within the platform's limit, and the origin that is
/// asked with it understands the same. Two requests share a key only if they ask for the same.
pub fn cache_key(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut requests = lines(text).take(2).filter_map(read);
    let Some(one) = requests.next() else { return };
    is_asked_as_meant(&one);
    if let Some(other) = requests.next() {
        let have_one_key = one.cache_key().to_bytes() == other.cache_key().to_bytes();
        assert_eq!(have_one_key, one == other, "{text}");
    }
}

fn is_asked_as_meant(request: &PlaybackRequest) {
    let key = request.cache_key();
    let asked = key.origin_target();
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    assert!(asked.bytes().all(is_plain), "{asked}");
    assert!(key.to_bytes().len() <= LONGEST_KEY, "{asked}");
    let again = read(asked);
    assert_eq!(again.as_ref(), Some(request), "{asked}");
    assert_eq!(again.map(|again| again.cache_key()).as_ref(), Some(&key));
    assert!(!request.surrogate_keys().is_empty(), "{asked}");
    assert!(!request.resource.to_string().is_empty(), "{asked}");
}

fn read(target: &str) -> Option<PlaybackRequest> {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    match Route::parse(path, query) {
        Ok(Route::Playback(request)) => Some(request),
        Ok(Route::Health) | Err(_) => None,
    }
}
