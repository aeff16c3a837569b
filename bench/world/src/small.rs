//! The world in small: three POPs, two origins, and a trace that real ones can be asked as well.

mod replay;
mod trace;

use std::net::IpAddr;

use serde::Deserialize;

use crate::model::{Lifetime, Network, Origin, Pop, Purging, Service, Shield};

pub use replay::{Answered, Outcome, Replay, replay};
pub use trace::{Line, trace};

/// `small.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Small {
    pub fill_deadline_ms: f64,
    pub purge_margin_ms: f64,
    pub shield: SmallShield,
    pub pops: Vec<SmallPop>,
    pub service: Service,
    pub purging: SmallPurging,
    pub catalog: Catalog,
    pub load: Load,
    pub viewers: Vec<SmallViewer>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallShield {
    pub used: bool,
    pub pop: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallPop {
    pub name: String,
    pub viewer_ms: f64,
    pub shield_ms: f64,
    pub origins_ms: Vec<f64>,
    pub origins: Vec<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallPurging {
    pub confirmed_ms: f64,
    pub everywhere_ms: f64,
    pub call_ms: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    pub account: String,
    pub videos: usize,
    pub restricted_every: usize,
    pub rules: String,
    pub body_bytes: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    pub seconds: f64,
    pub requests_per_s: f64,
    pub edits_per_s: f64,
    pub zipf_exponent: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallViewer {
    pub address: IpAddr,
    pub country: String,
}

impl Small {
    /// The rules of the video with this number.
    #[must_use]
    pub fn rules(&self, video: usize) -> &str {
        match video.is_multiple_of(self.catalog.restricted_every) {
            true => &self.catalog.rules,
            false => "geo-default=allow",
        }
    }

    pub(crate) fn network(&self) -> Network {
        let origins = |pop: &SmallPop| {
            let origin = |&region: &usize| Origin {
                region,
                round_trip_ms: 2.0 * pop.origins_ms[region],
            };
            pop.origins.iter().map(origin).collect::<Vec<_>>()
        };
        let pop = |pop: &SmallPop| Pop {
            to_shield_ms: 2.0 * pop.shield_ms,
            origins: origins(pop),
        };
        let shield = Shield {
            origins: origins(&self.pops[self.shield.pop]),
        };
        Network {
            pops: self.pops.iter().map(pop).collect(),
            shield: self.shield.used.then_some(shield),
            service: self.service,
            fill_deadline_ms: self.fill_deadline_ms,
            // Local POPs evict nothing.
            lifetime: Lifetime {
                max_age_ms: f64::INFINITY,
                idle_ms: f64::INFINITY,
                lost_ms: f64::INFINITY,
            },
            purging: Some(Purging {
                confirmed_ms: self.purging.confirmed_ms,
                everywhere_ms: self.purging.everywhere_ms,
                call_ms: self.purging.call_ms,
                margin_ms: self.purge_margin_ms,
            }),
            outage: None,
        }
    }
}
