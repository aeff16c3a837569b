//! The videos' rules, as entries that the policy crate made of them.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Result, ensure};
use playback_policy::Overlay;

use crate::{
    day::Day,
    judge::{Key, Stored, Visitor, cache_key, parsed, path},
};

/// Every account's name in the model: which one it is makes no difference to any rule.
const ACCOUNT: &str = "9100000000001";

/// Rules that many videos have.
struct Shared {
    /// Of a hundred videos.
    percent: f64,
    /// Made for a video of its own by the code that fills the cache.
    entry: Stored,
}

pub struct Catalog {
    shared: Vec<Shared>,
    keys: Vec<Key>,
    /// Rules that restrict nobody come last.
    pub restricted: usize,
}

/// What came of a request.
#[derive(Clone, Copy)]
pub struct Judged {
    pub is_allowed: bool,
    pub bytes: f64,
}

impl Catalog {
    /// # Errors
    ///
    /// When rules of the parameters cannot be read, or are more than all videos'.
    pub fn new(day: &Day, overlay: Overlay) -> Result<Self> {
        let percent: f64 = day.rules.iter().map(|rules| rules.percent).sum();
        ensure!(
            percent <= 100.0,
            "the rules are {percent} per cent of the videos'"
        );
        let keys = (0..day.keys.count.max(1)).map(|number| Key::of(ACCOUNT, number));
        let free = ("geo-default=allow", 100.0 - percent);
        let own = day
            .rules
            .iter()
            .map(|rules| (rules.text.as_str(), rules.percent));
        let shared = own.chain([free]).enumerate().map(|(at, (text, percent))| {
            let video = at.to_string();
            let request = parsed(&path(ACCOUNT, &video))?;
            let key = (overlay == Overlay::Origin).then_some("geo-default=allow");
            let entry = Stored::insert(
                &request,
                &video,
                text,
                (overlay, key),
                day.answers.body_bytes,
            )?;
            Ok(Shared { percent, entry })
        });
        Ok(Self {
            shared: shared.collect::<Result<_>>()?,
            keys: keys.collect::<Result<_>>()?,
            restricted: day.rules.len(),
        })
    }

    /// Which rules a video has: by its number, so that popularity and rules have nothing to do with each other.
    #[must_use]
    pub fn rules(&self, video: usize) -> usize {
        // The fractions of the golden ratio's multiples fill a hundred evenly.
        let mut at = (video as f64 * 0.618_033_988_749_895).fract() * 100.0;
        for (rules, shared) in self.shared.iter().enumerate() {
            at -= shared.percent;
            if at < 0.0 {
                return rules;
            }
        }
        self.shared.len() - 1
    }

    #[must_use]
    pub fn is_restricted(&self, video: usize) -> bool {
        self.rules(video) < self.restricted
    }

    /// An answer's size, from the origin.
    #[must_use]
    pub fn answer_bytes(&self, video: usize) -> f64 {
        self.shared[self.rules(video)].entry.answer as f64
    }

    /// Somebody's address.
    pub fn address(&self, random: &mut fastrand::Rng) -> IpAddr {
        Ipv4Addr::from_bits(random.u32(..)).into()
    }

    /// What the edge does with a request: path, cache key, entry, decision.
    ///
    /// What cannot be read is refused, as the edge would; the entries were made by the same code, so that a
    /// test would notice.
    #[must_use]
    pub fn judge(
        &self,
        video: usize,
        visitor: &Visitor<'_>,
        key: usize,
        overlay: Overlay,
    ) -> Judged {
        let entry = &self.shared[self.rules(video)].entry;
        let key = &self.keys[key % self.keys.len()];
        let request = parsed(&path(ACCOUNT, &video.to_string()));
        let is_allowed = request.is_ok_and(|request| {
            let cached = cache_key(&request, Some(key), overlay).to_bytes();
            let is_allowed = entry.is_allowed(visitor, Some(key), overlay);
            !std::hint::black_box(cached).is_empty() && is_allowed.unwrap_or(false)
        });
        let bytes = match is_allowed {
            true => entry.body as f64,
            false => 0.0,
        };
        Judged { is_allowed, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters;

    #[test]
    fn videos_have_rules_as_often_as_the_parameters_say_and_they_are_obeyed() {
        let day: Day =
            parameters::parse(include_str!("../parameters.toml"), &[]).expect("the file");
        for overlay in [Overlay::Edge, Overlay::Origin] {
            let catalog = Catalog::new(&day, overlay).expect("rules that can be read");
            let count = |rules: usize| {
                (0..10_000)
                    .filter(|video| catalog.rules(*video) == rules)
                    .count()
            };
            assert!((990..1_010).contains(&count(0)), "{}", count(0));
            assert!((6_990..7_010).contains(&count(4)), "{}", count(4));
            let denied = (0..10_000)
                .find(|video| catalog.rules(*video) == 0)
                .expect("one of them");
            let allowed = |country| {
                let address = [198, 51, 100, 1].into();
                let visitor = Visitor { address, country };
                catalog.judge(denied, &visitor, 1, overlay).is_allowed
            };
            assert!(allowed("DE"), "{overlay:?}");
            assert!(!allowed("RU"), "{overlay:?}");
        }
    }
}
