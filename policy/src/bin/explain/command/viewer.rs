//! Whom it is asked for.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use playback_policy::{Viewer, ViewerFacts};
use serde_json::value::RawValue;

use super::{
    args::Args,
    input::{Input, Wrong},
};

/// A viewer, and what had to be assumed about them.
pub(crate) struct Asked {
    pub(crate) viewer: Viewer,
    pub(crate) assumed: ViewerFacts,
}

/// An address reserved for documentation (RFC 5737), which no rule means.
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

impl Asked {
    /// Reads the viewer's facts. Without any, address and time are assumed.
    pub(crate) fn read(args: &Args, input: &mut Input) -> Result<Self, Wrong> {
        let wrong = |reason: String| Wrong::new("`--viewer`", reason);
        let told = match args.viewer.strip_prefix('@') {
            Some(path) => input.text("--viewer", Path::new(path))?,
            None => args.viewer.clone(),
        };
        let facts = match told.trim() {
            json if json.starts_with('{') => {
                serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?
            }
            dictionary => dictionary
                .parse::<ViewerFacts>()
                .map_err(|error| wrong(error.to_string()))?,
        };
        let now = now();
        let viewer = facts.applied_to(&Viewer::new(ADDRESS, now));
        Ok(Self {
            viewer: viewer.map_err(|error| wrong(error.to_string()))?,
            assumed: ViewerFacts {
                ip: facts.ip.is_none().then_some(ADDRESS),
                time: facts.time.is_none().then_some(now),
                ..ViewerFacts::default()
            },
        })
    }
}

/// In what others differ from that viewer, if others are asked for.
pub(crate) fn others(
    args: &Args,
    input: &mut Input,
    viewer: &Viewer,
) -> Result<Option<Vec<ViewerFacts>>, Wrong> {
    if let Some(places) = args.places {
        return Ok(Some(places.viewers()));
    }
    let Some(path) = &args.viewers else {
        return Ok(None);
    };
    let text = input.text("--viewers", path)?;
    let list: Vec<&RawValue> = serde_json::from_str(&text).map_err(|error| {
        let reason = format!("{error}; expected a list such as `[{{\"country\": \"DE\"}}]`");
        Wrong::new("`--viewers`", reason)
    })?;
    let facts = (0..).zip(list).map(|(at, json)| {
        let wrong = |reason: String| Wrong::new(format!("`--viewers`, `[{at}]`"), reason);
        // A list would be taken for the values of the members, by their order.
        if !json.get().starts_with('{') {
            return Err(wrong("expected an object".to_owned()));
        }
        let facts: ViewerFacts =
            serde_json::from_str(json.get()).map_err(|error| wrong(error.to_string()))?;
        match facts.applied_to(viewer) {
            Ok(_) => Ok(facts),
            Err(error) => Err(wrong(error.to_string())),
        }
    });
    facts.collect::<Result<Vec<_>, _>>().map(Some)
}

/// Seconds since 1970 UTC.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}
