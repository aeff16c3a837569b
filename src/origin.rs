//! Asking the origin.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use fastly::{Request, Response, http::header};
use http::HeaderMap;
use playback_policy::{Answer, InvalidAnswer, Limits};

use crate::{
    asked::Asked,
    config::{Config, ORIGIN_BACKEND},
    error::EdgeError,
};

/// Tells an origin that overlays keys which key it is.
const PLAYBACK_KEY: &str = "playback-key";

/// Fetches and checks the origin's answer, within the fill deadline.
///
/// The request is built afresh from what is in the cache key: nothing else of the viewer's request
/// is forwarded, so that no answer can depend on a viewer.
pub(crate) fn fetch(asked: &Asked<'_>, config: &Config) -> Result<Answer, EdgeError> {
    let started = Instant::now();
    let deadline = |elapsed: Duration| match elapsed < config.fill_deadline {
        true => Ok(()),
        false => Err(EdgeError::TooSlow),
    };
    let target = asked.cache_key.origin_target();
    let mut request = Request::get(format!("http://{ORIGIN_BACKEND}{target}"))
        .with_header(header::AUTHORIZATION, format!("Bearer {}", config.proof))
        .with_header(header::ACCEPT, "application/json")
        // The platform's own cache would keep a second copy, which no purge of ours reaches.
        .with_pass(true);
    if let Some(key) = asked.policy_key {
        request.set_header(PLAYBACK_KEY, key);
    }
    let sent = request.send(ORIGIN_BACKEND);
    deadline(started.elapsed())?;
    let mut response = sent.map_err(|error| EdgeError::Unreachable(error.to_string()))?;
    let body = read(&mut response, || deadline(started.elapsed()))?;
    let headers = headers(&response);
    Answer::check(
        asked.request,
        asked.overlay,
        response.get_status(),
        &headers,
        body,
        Limits::EDGE,
    )
    .map_err(EdgeError::Origin)
}

/// Reads the body whole: an entry that breaks off half way would poison its key.
fn read(
    response: &mut Response,
    in_time: impl Fn() -> Result<(), EdgeError>,
) -> Result<Vec<u8>, EdgeError> {
    const CHUNK: usize = 16 * 1024;
    let mut body = Vec::new();
    let mut chunk = vec![0; CHUNK];
    let stream = response.get_body_mut();
    loop {
        let len = stream.read(&mut chunk).map_err(EdgeError::BrokenBody);
        in_time()?;
        match chunk.get(..len?) {
            None | Some([]) => return Ok(body),
            Some(bytes) => body.extend_from_slice(bytes),
        }
        if body.len() > Limits::EDGE.body {
            return Err(EdgeError::Origin(InvalidAnswer::TooLarge("body")));
        }
    }
}

fn headers(response: &Response) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in response.get_header_names() {
        for value in response.get_header_all(name) {
            headers.append(name, value.clone());
        }
    }
    headers
}
