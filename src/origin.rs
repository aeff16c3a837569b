//! Asking for what is not in the cache: the shield, or the origins one after the other.

mod origins;
mod rest;

use std::{
    io::Read,
    time::{Duration, Instant},
};

use fastly::{Request, Response, convert::ToBackend, http::header};
use http::{HeaderMap, HeaderName};
use playback_policy::{Answer, InvalidAnswer, Limits, OriginAnswer};

use crate::{asked::Asked, config::Config, error::EdgeError, log::Line};

pub(crate) use origins::Origins;

/// Every origin is asked by this name, unless its backend has one of its own.
const HOST: &str = "origin";

/// Tells an origin that overlays keys which key it is.
pub(crate) const PLAYBACK_KEY: HeaderName = HeaderName::from_static("playback-key");

/// Fetches and checks an answer: of the shield, if there is one, or else of an origin.
pub(crate) fn fetch(
    asked: &Asked<'_>,
    config: &Config,
    line: &mut Line,
) -> Result<Answer, EdgeError> {
    let deadline = Deadline::begin(config);
    if let Some(shield) = &config.shield
        && let Some(answer) = shield.fetch(asked, config, deadline, line)?
    {
        return Ok(answer);
    }
    ask_in_turn(asked, config, deadline, line, |said| check(asked, said))
}

/// Asks one origin after the other until one gives what can be taken, all within the deadline.
pub(crate) fn ask_in_turn<T>(
    asked: &Asked<'_>,
    config: &Config,
    deadline: Deadline,
    line: &mut Line,
    take: impl Fn(OriginAnswer) -> Result<T, EdgeError>,
) -> Result<T, EdgeError> {
    let mut last = EdgeError::Unreachable("there is no origin to ask".to_owned());
    let origins = config.origins.in_turn();
    for (at, origin) in origins.iter().enumerate() {
        let own = deadline.share(origins.len() - at);
        match ask(origin, asked, config, own).and_then(&take) {
            Ok(answer) => {
                line.origin_answered(origin);
                return Ok(answer);
            }
            Err(error) => {
                line.origin_failed(origin);
                if !error.is_of_one_origin() {
                    return Err(error);
                }
                last = error;
            }
        }
        deadline.check()?;
    }
    Err(last)
}

fn ask(
    origin: &str,
    asked: &Asked<'_>,
    config: &Config,
    deadline: Deadline,
) -> Result<OriginAnswer, EdgeError> {
    let proof = format!("Bearer {}", config.proof);
    let request = request(asked).with_header(header::AUTHORIZATION, proof);
    let mut response = send(request, origin, deadline)?;
    let (status, headers) = (response.get_status(), headers(&response));
    rest::note(origin, status, &headers);
    let body = read(&mut response, deadline, Limits::EDGE.body)?;
    Ok(OriginAnswer {
        status,
        headers,
        body,
    })
}

/// What is asked of whoever may have the answer.
///
/// The request is built afresh from what is in the cache key: nothing else of the viewer's request
/// is forwarded, so that no answer can depend on a viewer.
pub(crate) fn request(asked: &Asked<'_>) -> Request {
    let target = asked.cache_key.origin_target();
    let mut request = Request::get(format!("http://{HOST}{target}"))
        .with_header(header::ACCEPT, "application/json")
        // The platform's own cache would keep a second copy, which no purge of ours reaches.
        .with_pass(true);
    if let Some(key) = asked.policy_key {
        request.set_header(PLAYBACK_KEY, key);
    }
    request
}

/// Sends it; an answer that comes after the deadline is none.
pub(crate) fn send(
    request: Request,
    to: impl ToBackend,
    deadline: Deadline,
) -> Result<Response, EdgeError> {
    let sent = request.send(to);
    deadline.check()?;
    sent.map_err(|error| EdgeError::Unreachable(error.to_string()))
}

/// Checks what an origin said.
pub(crate) fn check(asked: &Asked<'_>, said: OriginAnswer) -> Result<Answer, EdgeError> {
    let OriginAnswer {
        status,
        headers,
        body,
    } = said;
    Answer::check(
        asked.request,
        asked.overlay,
        status,
        &headers,
        body,
        Limits::EDGE,
    )
    .map_err(EdgeError::Origin)
}

/// By when an answer must be there, however many are asked for it.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    began: Instant,
    longest: Duration,
}

impl Deadline {
    pub(crate) fn begin(config: &Config) -> Self {
        Self {
            began: Instant::now(),
            longest: config.fill_deadline,
        }
    }

    /// The next one's part of what is left for so many: one that trickles may not use up the others'.
    fn share(self, among: usize) -> Self {
        let left = self.longest.saturating_sub(self.began.elapsed());
        let among = u32::try_from(among).unwrap_or(u32::MAX).max(1);
        Self {
            began: Instant::now(),
            longest: left / among,
        }
    }

    pub(crate) fn check(self) -> Result<(), EdgeError> {
        match self.began.elapsed() < self.longest {
            true => Ok(()),
            false => Err(EdgeError::TooSlow),
        }
    }
}

/// Reads the body whole: an entry that breaks off half way would poison its key.
pub(crate) fn read(
    response: &mut Response,
    deadline: Deadline,
    longest: usize,
) -> Result<Vec<u8>, EdgeError> {
    const CHUNK: usize = 16 * 1024;
    let mut body = Vec::new();
    let mut chunk = vec![0; CHUNK];
    let stream = response.get_body_mut();
    loop {
        let len = stream.read(&mut chunk).map_err(EdgeError::BrokenBody);
        deadline.check()?;
        match chunk.get(..len?) {
            None | Some([]) => return Ok(body),
            Some(bytes) => body.extend_from_slice(bytes),
        }
        if body.len() > longest {
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
