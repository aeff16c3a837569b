//! The rules of an answer, from its headers as `curl -i` prints them.

use http::{HeaderMap, HeaderName, HeaderValue};
use playback_policy::{AnswerRules, InvalidAnswer, LayerKind, Limits, Overlay};
use thiserror::Error;

/// The text is not the headers of an answer with rules.
#[derive(Debug, Error)]
pub(crate) enum InvalidHeaders {
    /// A line that is no header.
    #[error("line {0}: expected `name: value`")]
    Line(usize),
    /// More headers than any answer has.
    #[error("there are too many headers")]
    TooMany,
    /// An answer that is an error.
    #[error("the answer has the status {0}; only a 200 brings rules")]
    Status(u16),
    /// The edge would not believe the answer.
    #[error("the edge would answer 502: {0}")]
    Answer(#[from] InvalidAnswer),
}

/// Reads the rules as the edge reads those of one video, a policy key's too, where the origin has laid
/// them over.
pub(crate) fn read(block: &[u8]) -> Result<AnswerRules, InvalidHeaders> {
    let headers = headers(block)?;
    let overlay = match headers.contains_key(LayerKind::Key.header_name()) {
        true => Overlay::Origin,
        false => Overlay::Edge,
    };
    Ok(AnswerRules::of_video(overlay, &headers, Limits::EDGE)?)
}

/// The headers of the answer: up to the first empty line, but for those of an interim answer (`100`).
fn headers(block: &[u8]) -> Result<HeaderMap, InvalidHeaders> {
    let mut headers = HeaderMap::new();
    let mut is_interim = false;
    for (number, line) in (1..).zip(block.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match status(line) {
            Some(status) => {
                is_interim = (100..200).contains(&status);
                if !is_interim && status != 200 {
                    return Err(InvalidHeaders::Status(status));
                }
            }
            None if line.is_empty() && is_interim => headers.clear(),
            None if line.is_empty() => break,
            None => {
                let (name, value) = header(line).ok_or(InvalidHeaders::Line(number))?;
                let added = headers.try_append(name, value);
                added.map_err(|_| InvalidHeaders::TooMany)?;
            }
        }
    }
    Ok(headers)
}

/// The status of a status line.
fn status(line: &[u8]) -> Option<u16> {
    let mut words = line.strip_prefix(b"HTTP/")?.split(|byte| *byte == b' ');
    std::str::from_utf8(words.nth(1)?).ok()?.parse().ok()
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let value = value.get(1..)?.trim_ascii();
    let name = HeaderName::from_bytes(name).ok()?;
    Some((name, HeaderValue::from_bytes(value).ok()?))
}
