//! What one would write at first: the rules as they are, read from the front to the back.

use super::Contender;
use crate::{
    restrictions::{COUNTRIES, METROS, PROXIES, Restrictions, SUBDIVISIONS, WINDOW},
    viewer::Viewer,
};

pub(super) struct Naive<'a> {
    rules: &'a Restrictions,
    viewers: &'a [Viewer],
}

impl<'a> Naive<'a> {
    pub(super) fn new(rules: &'a Restrictions, viewers: &'a [Viewer]) -> Self {
        Self { rules, viewers }
    }
}

impl Contender for Naive<'_> {
    fn allows(&mut self, viewer: usize) -> bool {
        let viewer = &self.viewers[viewer];
        let rules = self.rules;
        let is_placed = || {
            let in_part = viewer
                .subdivision
                .is_some_and(|part| SUBDIVISIONS.contains(&part));
            let in_metro = viewer.metro.is_some_and(|metro| METROS.contains(&metro));
            !in_part && !in_metro && COUNTRIES.contains(&viewer.country)
        };
        let is_exempt = || {
            rules
                .allowed
                .iter()
                .any(|network| network.contains(&viewer.ip))
        };
        let is_denied = || {
            rules
                .denied
                .iter()
                .any(|network| network.contains(&viewer.ip))
        };
        let is_below = |parent: &String| {
            let front = viewer.host.strip_suffix(parent.as_str());
            front.is_some_and(|front| front.ends_with('.'))
        };
        (WINDOW.0..WINDOW.1).contains(&viewer.now)
            && !viewer.proxies.iter().any(|class| PROXIES.contains(class))
            && (rules.origins.contains(&viewer.origin)
                || rules.hosts.contains(&viewer.host)
                || rules.parents.iter().any(is_below))
            && !is_denied()
            && (is_placed() || is_exempt())
    }
}
