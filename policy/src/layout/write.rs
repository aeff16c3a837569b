//! Cuts → bytes, once.

use std::collections::BTreeMap;

use super::{NEEDS_ACLS, NEEDS_GEOLOCATION, NEEDS_SITE, NEEDS_TOKEN};
use crate::{compiled::Needs, url_signing::UrlSigning};

/// Two empty texts, a number and a byte.
const NO_TERMS: usize = 13;

/// A layout that is being measured.
#[derive(Default)]
pub(crate) struct LayoutWriter {
    needs: Needs,
    terms: Vec<u8>,
    targets: Vec<(String, String)>,
    slots: Vec<(u32, u8, u32)>,
    rule_sets: Vec<Vec<u8>>,
    known: BTreeMap<Vec<u8>, u32>,
    items: Vec<(u32, u32, u32)>,
}

impl LayoutWriter {
    /// Adds an item and its compiled rules. Equal rules are kept once.
    pub(crate) fn item(&mut self, start: usize, end: usize, rules: Vec<u8>, needs: Needs) {
        self.needs = self.needs.or(needs);
        let next = small(self.rule_sets.len());
        let set = *self.known.entry(rules.clone()).or_insert(next);
        if set == next {
            self.rule_sets.push(rules);
        }
        self.items.push((small(start), small(end), set));
    }

    pub(crate) fn signing(&mut self, signing: &UrlSigning) {
        self.terms = terms(signing);
    }

    /// Adds a place for a token that opens the folder `prefix` of `host`, behind `separator`.
    pub(crate) fn slot(&mut self, at: usize, separator: u8, host: &str, prefix: &str) {
        let is_it = |(h, p): &(String, String)| h == host && p == prefix;
        let target = self.targets.iter().rposition(is_it).unwrap_or_else(|| {
            self.targets.push((host.to_owned(), prefix.to_owned()));
            self.targets.len() - 1
        });
        self.slots.push((small(at), separator, small(target)));
    }

    /// The bytes; none where nothing is cut.
    pub(crate) fn finish(self) -> Vec<u8> {
        if self.items.is_empty() && self.slots.is_empty() {
            return Vec::new();
        }
        let needs = [
            (self.needs.geolocation, NEEDS_GEOLOCATION),
            (self.needs.site, NEEDS_SITE),
            (self.needs.acls, NEEDS_ACLS),
            (self.needs.token, NEEDS_TOKEN),
        ];
        let needs = needs.into_iter().filter(|(is_needed, _)| *is_needed);
        let mut bytes = vec![needs.fold(0, |bits, (_, bit)| bits | bit)];
        match self.slots.is_empty() {
            true => bytes.extend([0; NO_TERMS]),
            false => bytes.extend(&self.terms),
        }
        number(&mut bytes, small(self.targets.len()));
        for (host, prefix) in &self.targets {
            text(&mut bytes, host.as_bytes());
            text(&mut bytes, prefix.as_bytes());
        }
        number(&mut bytes, small(self.slots.len()));
        for (at, separator, target) in self.slots {
            number(&mut bytes, at);
            bytes.push(separator);
            number(&mut bytes, target);
        }
        number(&mut bytes, small(self.rule_sets.len()));
        let mut end = 0;
        for set in &self.rule_sets {
            end += set.len();
            number(&mut bytes, small(end));
        }
        bytes.extend(self.rule_sets.iter().flatten());
        number(&mut bytes, small(self.items.len()));
        for (start, end, set) in self.items {
            number(&mut bytes, start);
            number(&mut bytes, end);
            number(&mut bytes, set);
        }
        bytes
    }
}

fn terms(signing: &UrlSigning) -> Vec<u8> {
    let mut bytes = Vec::new();
    text(&mut bytes, signing.key.as_bytes());
    text(&mut bytes, signing.parameter.as_bytes());
    number(&mut bytes, signing.lifetime);
    bytes.push(signing.bind as u8);
    bytes
}

fn number(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend(number.to_le_bytes());
}

fn text(bytes: &mut Vec<u8>, text: &[u8]) {
    number(bytes, small(text.len()));
    bytes.extend(text);
}

/// Bodies are far smaller than 4 GiB; one that were not could not be read back and were a miss.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
