//! What lies between a viewer and the data, in milliseconds.

/// The caches and origins of one design.
#[derive(Clone, Debug)]
pub struct Network {
    /// Every place that keeps entries for viewers.
    pub pops: Vec<Pop>,
    /// Where POPs ask first, if there is one.
    pub shield: Option<Shield>,
    pub service: Service,
    /// What a fill may take before it is stored nowhere.
    pub fill_deadline_ms: f64,
    pub lifetime: Lifetime,
    /// Nothing where nobody is told of an edit.
    pub purging: Option<Purging>,
    pub outage: Option<Outage>,
}

#[derive(Clone, Debug)]
pub struct Pop {
    /// There and back, and so below.
    pub to_shield_ms: f64,
    /// In the order in which they are asked.
    pub origins: Vec<Origin>,
}

#[derive(Clone, Debug)]
pub struct Shield {
    pub origins: Vec<Origin>,
}

/// An origin, as seen from a POP.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// Which one: its place in the list of regions.
    pub region: usize,
    pub round_trip_ms: f64,
}

/// What the programs themselves take.
#[derive(Clone, Copy, Debug, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The edge program, for any answer.
    pub hit_ms: f64,
    /// The edge program, for checking, compiling and storing what it fetched, beside that.
    pub fill_ms: f64,
    /// The shield, for a copy that it has; a copy that it must fetch costs this beside the origin.
    pub shield_ms: f64,
    /// The origin.
    pub origin_ms: f64,
}

/// How long an entry lives that nobody purges.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    pub max_age_ms: f64,
    /// Evicted when nobody has asked for it for so long.
    pub idle_ms: f64,
    /// The mean time until it is lost for no reason of its own.
    pub lost_ms: f64,
}

/// From the commit of an edit to its purges.
#[derive(Clone, Copy, Debug, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Purging {
    /// From the commit to the first purge's confirmation.
    pub confirmed_ms: f64,
    /// From the confirmation until it holds at every POP.
    pub everywhere_ms: f64,
    /// A call of the purge API, which the next one waits for.
    pub call_ms: f64,
    /// What the second purge waits for beside the fill deadline.
    pub margin_ms: f64,
}

/// A region whose origin answers nobody for a while.
#[derive(Clone, Copy, Debug)]
pub struct Outage {
    pub region: usize,
    pub from_ms: f64,
    pub until_ms: f64,
    /// How long it takes until the platform's health checks find it ill, or well again.
    pub noticed_ms: f64,
}

impl Outage {
    fn is_out(&self, region: usize, at: f64) -> bool {
        region == self.region && (self.from_ms..self.until_ms).contains(&at)
    }

    fn is_found_ill(&self, region: usize, at: f64) -> bool {
        region == self.region
            && (self.from_ms + self.noticed_ms..self.until_ms + self.noticed_ms).contains(&at)
    }
}

/// What came of asking the origins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fetched {
    /// When the answer is back, or none is to be had.
    pub at: f64,
    /// When the origin read its data; nothing where no origin answered.
    pub read_at: Option<f64>,
    /// Who answered.
    pub region: usize,
}

impl Network {
    /// Asks one origin after the other, each for its share of what is left of the time, those that are
    /// found ill last.
    pub(super) fn ask_origins(&self, origins: &[Origin], began: f64, until: f64) -> Fetched {
        let ill = |origin: &Origin| {
            let outage = self.outage.as_ref();
            outage.is_some_and(|outage| outage.is_found_ill(origin.region, began))
        };
        let (last, first): (Vec<&Origin>, Vec<&Origin>) =
            origins.iter().partition(|origin| ill(origin));
        let count = origins.len();
        let mut at = began;
        for (turn, origin) in first.into_iter().chain(last).enumerate() {
            let share = (until - at) / (count - turn) as f64;
            let arrives = at + origin.round_trip_ms / 2.0;
            let takes = origin.round_trip_ms + self.service.origin_ms;
            let is_out = self
                .outage
                .is_some_and(|o| o.is_out(origin.region, arrives));
            if !is_out && takes <= share {
                return Fetched {
                    at: at + takes,
                    read_at: Some(arrives),
                    region: origin.region,
                };
            }
            at += share;
        }
        let region = usize::MAX;
        Fetched {
            at,
            read_at: None,
            region,
        }
    }
}
