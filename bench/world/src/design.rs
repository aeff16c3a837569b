//! The designs that are compared, as networks of caches with viewers around them.

use anyhow::{Result, ensure};
use playback_policy::Overlay;

use crate::{
    day::Day,
    geography::{City, cities, distance_km, find},
    hours::{Peak, Profile},
    model::{Lifetime, Network, Origin, Outage, Pop, Service, Shield},
};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// One region, 20 minutes, restricted videos not cached.
    Old,
    /// Ours.
    New { shield: bool, overlay: Overlay },
}

/// A design in the world.
pub struct World {
    pub design: Design,
    pub network: Network,
    pub regions: Vec<String>,
    pub cities: Vec<City>,
    pub pops: Vec<Catchment>,
    /// What the viewers' way takes beside the last mile, by city.
    pub to_pop_ms: Vec<f64>,
}

/// Whose viewers come to a POP.
pub struct Catchment {
    /// Of all requests, those that come here.
    pub share: f64,
    pub load: Profile,
    /// For the video that everybody wants.
    pub peak: Profile,
    /// Cities with the longitudes and shares of their viewers.
    pub cities: Vec<usize>,
    /// Their shares, summed up, at each of these moments of a day; none where there is one city.
    by_hour: Vec<Vec<f64>>,
}

impl Design {
    pub const ALL: [Self; 5] = [
        Self::Old,
        Self::New {
            shield: false,
            overlay: Overlay::Edge,
        },
        Self::New {
            shield: true,
            overlay: Overlay::Edge,
        },
        Self::New {
            shield: false,
            overlay: Overlay::Origin,
        },
        Self::New {
            shield: true,
            overlay: Overlay::Origin,
        },
    ];

    /// Its name in the figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New {
                shield: false,
                overlay: Overlay::Edge,
            } => "new",
            Self::New {
                shield: true,
                overlay: Overlay::Edge,
            } => "new, shield",
            Self::New {
                shield: false,
                overlay: Overlay::Origin,
            } => "new, a key's own entries",
            Self::New {
                shield: true,
                overlay: Overlay::Origin,
            } => "new, shield, a key's own entries",
        }
    }

    #[must_use]
    pub fn overlay(self) -> Overlay {
        match self {
            Self::Old => Overlay::Edge,
            Self::New { overlay, .. } => overlay,
        }
    }

    /// How many entries of one video a POP has.
    #[must_use]
    pub fn entries(self, day: &Day) -> usize {
        match self.overlay() {
            Overlay::Edge => 1,
            Overlay::Origin => day.keys.count,
        }
    }
}

impl World {
    /// # Errors
    ///
    /// When a city of the parameters is not in `pops.toml`.
    pub fn new(day: &Day, design: Design) -> Result<Self> {
        let (regions, cities) = cities(&day.load.regions)?;
        ensure!(
            day.pops.count <= cities.len(),
            "`pops.count` is {}, and pops.toml has {}; `pops.per_city` multiplies them",
            day.pops.count,
            cities.len()
        );
        let ms = |one: &City, other: &City| round_trip(day, one, other);
        let sites: Vec<&City> = match design {
            Design::Old => vec![find(&cities, &day.old.city)?],
            Design::New { .. } => cities.iter().take(day.pops.count.max(1)).collect(),
        };
        let nearest = |city: &City| {
            let far = |at: &usize| distance_km(city, sites[*at]);
            (0..sites.len()).min_by(|one, other| far(one).total_cmp(&far(other)))
        };
        let nearest: Vec<usize> = cities
            .iter()
            .map(|city| nearest(city).unwrap_or(0))
            .collect();
        let to_pop_ms = cities
            .iter()
            .zip(&nearest)
            .map(|(city, site)| ms(city, sites[*site]))
            .collect();
        let origins = |from: &City| -> Result<Vec<Origin>> {
            let each = day.origins.cities.iter().enumerate().map(|(region, name)| {
                let round_trip_ms = ms(from, find(&cities, name)?);
                Ok(Origin {
                    region,
                    round_trip_ms,
                })
            });
            let mut origins = each.collect::<Result<Vec<_>>>()?;
            origins.sort_by(|one, other| one.round_trip_ms.total_cmp(&other.round_trip_ms));
            Ok(origins)
        };
        let shield = find(&cities, &day.shield.city)?;
        let per_city = match design {
            Design::Old => 1,
            Design::New { .. } => day.pops.per_city.max(1),
        };
        let (mut places, mut pops) = (Vec::new(), Vec::new());
        for (at, site) in sites.iter().enumerate() {
            let of = (0..cities.len())
                .filter(|city| nearest[*city] == at)
                .collect::<Vec<_>>();
            for _ in 0..per_city {
                places.push(Pop {
                    to_shield_ms: ms(site, shield),
                    origins: match design {
                        Design::Old => vec![Origin {
                            region: 0,
                            round_trip_ms: 0.0,
                        }],
                        Design::New { .. } => origins(site)?,
                    },
                });
                pops.push(Catchment::new(day, &cities, of.clone(), per_city));
            }
        }
        let network = Network {
            pops: places,
            shield: match design {
                Design::New { shield: true, .. } => Some(Shield {
                    origins: origins(shield)?,
                }),
                Design::Old | Design::New { .. } => None,
            },
            service: service(day, design),
            fill_deadline_ms: day.edge.fill_deadline_ms,
            lifetime: lifetime(day, design),
            purging: (design != Design::Old).then(|| day.purging.purging()),
            outage: outage(day, design),
        };
        Ok(Self {
            design,
            network,
            regions,
            cities,
            pops,
            to_pop_ms,
        })
    }

    /// Whether an answer for a video with such rules is kept.
    #[must_use]
    pub fn caches(&self, is_restricted: bool) -> bool {
        self.design != Design::Old || !is_restricted
    }
}

/// There and back over a long way.
#[must_use]
pub fn round_trip(day: &Day, one: &City, other: &City) -> f64 {
    let latency = &day.latency;
    2.0 * distance_km(one, other) * latency.fibre_us_per_km * latency.route_factor / 1_000.0
}

fn service(day: &Day, design: Design) -> Service {
    match design {
        Design::Old => Service {
            hit_ms: day.old.hit_ms,
            fill_ms: 0.0,
            shield_ms: 0.0,
            origin_ms: day.old.miss_ms,
        },
        Design::New { .. } => day.service,
    }
}

fn lifetime(day: &Day, design: Design) -> Lifetime {
    let day_ms = crate::hours::DAY_MS;
    match design {
        Design::Old => Lifetime {
            max_age_ms: day.old.max_age_minutes * 60_000.0,
            idle_ms: f64::INFINITY,
            lost_ms: f64::INFINITY,
        },
        Design::New { .. } => Lifetime {
            max_age_ms: day.edge.max_age_days * day_ms,
            idle_ms: day.edge.idle_hours * 3_600_000.0,
            lost_ms: day.edge.lost_days * day_ms,
        },
    }
}

/// Nothing stands in for the old design's only region: what it loses then is told apart.
fn outage(day: &Day, design: Design) -> Option<Outage> {
    let region = day
        .origins
        .cities
        .iter()
        .position(|city| *city == day.outage.city);
    let from_ms = day.outage.from_hour * 3_600_000.0;
    match design {
        Design::Old => None,
        Design::New { .. } => region.map(|region| Outage {
            region,
            from_ms,
            until_ms: from_ms + day.outage.minutes * 60_000.0,
            noticed_ms: day.outage.noticed_s * 1_000.0,
        }),
    }
}

/// When the video of the day is asked for more than ever.
#[must_use]
pub fn peak(day: &Day) -> Peak {
    let from = day.viral.from_hour * 3_600_000.0;
    Peak {
        from,
        rise: day.viral.rise_minutes * 60_000.0,
        until: from + day.viral.minutes * 60_000.0,
        factor: day.viral.factor,
    }
}

// === impl Catchment ===

impl Catchment {
    fn new(day: &Day, all: &[City], cities: Vec<usize>, per_city: usize) -> Self {
        const HOURS: usize = 24;
        let places: Vec<_> = cities
            .iter()
            .map(|&at| (all[at].longitude, all[at].share))
            .collect();
        let (hour, ratio) = (day.load.peak_hour, day.load.peak_to_trough);
        let places = match places.is_empty() {
            // No city is nearest to it: nobody comes.
            true => vec![(0.0, f64::MIN_POSITIVE)],
            false => places,
        };
        let load = Profile::of(&places, hour, ratio);
        let own: Vec<_> = places
            .iter()
            .map(|place| Profile::of(&[*place], hour, ratio))
            .collect();
        let by_hour = (0..HOURS).filter(|_| places.len() > 1).map(|slot| {
            let from = slot as f64 * 3_600_000.0;
            let mut sum = 0.0;
            let each = own.iter().zip(&places).map(|(own, (_, share))| {
                sum += share * (own.by(from + 3_600_000.0) - own.by(from));
                sum
            });
            each.collect()
        });
        Self {
            share: places.iter().map(|(_, share)| share).sum::<f64>() / per_city as f64,
            peak: load.with(&peak(day)),
            by_hour: by_hour.collect(),
            load,
            cities,
        }
    }

    /// Where somebody is who asks at this moment.
    pub fn city(&self, at: f64, random: &mut fastrand::Rng) -> usize {
        if self.by_hour.is_empty() {
            return self.cities.first().copied().unwrap_or_default();
        }
        let hour = (at.rem_euclid(crate::hours::DAY_MS) / 3_600_000.0) as usize;
        let sums = &self.by_hour[hour.min(self.by_hour.len() - 1)];
        let drawn = random.f64() * sums.last().copied().unwrap_or_default();
        self.cities[sums
            .partition_point(|sum| *sum <= drawn)
            .min(self.cities.len() - 1)]
    }
}
