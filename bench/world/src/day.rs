//! `parameters.toml`: a day of the world.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Purging;

macro_rules! parameters {
    ($($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty),* $(,)? })*) => {
        $($(#[$about])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $(pub $field: $kind),* })*
    };
}

parameters! {
    /// The file says what each is, with its unit and its source.
    Day {
        seed: u64,
        load: Load,
        pops: Pops,
        latency: Latency,
        connection: Connection,
        service: crate::model::Service,
        edge: Edge,
        shield: ShieldCity,
        origins: Origins,
        outage: OutageTime,
        viral: Viral,
        edits: Edits,
        purging: DayPurging,
        rules: Vec<Rules>,
        keys: Keys,
        answers: Answers,
        old: Old,
        sampling: Sampling,
        questions: Questions,
        prices: Prices,
    }
    Load {
        requests: f64,
        videos: usize,
        zipf_exponent: f64,
        peak_to_trough: f64,
        peak_hour: f64,
        regions: BTreeMap<String, f64>,
    }
    Pops { count: usize, per_city: usize }
    Latency {
        fibre_us_per_km: f64,
        route_factor: f64,
        access_route_factor: f64,
        access_km: f64,
        access_km_sigma: f64,
        last_mile_ms: BTreeMap<String, f64>,
        last_mile: LastMile,
    }
    LastMile { sigma: f64 }
    Connection { new_round_trips: f64 }
    Edge { fill_deadline_ms: f64, max_age_days: f64, idle_hours: f64, lost_days: f64 }
    ShieldCity { city: String }
    Origins { cities: Vec<String>, machine_calls_per_s: f64 }
    OutageTime { city: String, from_hour: f64, minutes: f64, noticed_s: f64 }
    Viral { rank: usize, from_hour: f64, rise_minutes: f64, factor: f64, minutes: f64 }
    Edits {
        videos_per_day: f64,
        content_percent: f64,
        accounts: usize,
        account_edits_per_day: f64,
    }
    DayPurging {
        confirmed_ms: f64,
        everywhere_ms: f64,
        call_ms: f64,
        margin_ms: f64,
        keys_per_call: f64,
        keys_per_hour_limit: f64,
    }
    Rules { percent: f64, text: String }
    Keys { count: usize }
    Answers { body_bytes: usize, header_bytes: f64 }
    Old { city: String, max_age_minutes: f64, hit_ms: f64, miss_ms: f64, geolocation_ms: f64 }
    Sampling { first: usize, each: usize, of_hits: f64, noted: f64, dense: f64 }
    Questions {
        live_viewers: f64,
        live_times: f64,
        live_join_minutes: f64,
        live_asia_percent: f64,
        hit_cpu_us: f64,
        log_bytes: f64,
        lookup_cpu_us: f64,
        lookup_ms: f64,
        storm_edits: f64,
        storm_from_hour: f64,
    }
    Prices {
        fastly_gb: f64,
        fastly_10k_requests: f64,
        cloud_gb: f64,
        machine_hour: f64,
        geolocation: f64,
    }
}

impl DayPurging {
    #[must_use]
    pub fn purging(&self) -> Purging {
        Purging {
            confirmed_ms: self.confirmed_ms,
            everywhere_ms: self.everywhere_ms,
            call_ms: self.call_ms,
            margin_ms: self.margin_ms,
        }
    }
}
