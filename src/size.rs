//! Requests that are too large, before anything of them is read.

use fastly::Request;
use playback_policy::PlaybackError;

/// The platform takes URLs of 8,192 bytes, scheme and host counted in, and answers longer ones in words
/// of its own. Anything longer than this is answered in the contract's.
///
/// # Source
///
/// Fastly, Compute resource limits: URL 8,192 bytes.
const MAX_TARGET: usize = 7 * 1_024;
/// The platform takes 128 KB; what players and browsers send has a tenth of this.
const MAX_HEADERS: usize = 64 * 1024;

pub(crate) fn check(request: &Request) -> Result<(), PlaybackError> {
    let query = request.get_query_str().map_or(0, |query| query.len() + 1);
    if request.get_path().len() + query > MAX_TARGET {
        return Err(PlaybackError::UriTooLong);
    }
    let headers: usize = request
        .get_headers()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers > MAX_HEADERS {
        return Err(PlaybackError::HeadersTooLarge);
    }
    Ok(())
}
