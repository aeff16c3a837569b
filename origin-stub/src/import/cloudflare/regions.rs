//! The regions that a list of rules divides the viewers into.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use playback_policy::CountryCode;

use super::{AccessRule, Action, Matches};

/// Which of the rules name an address: a bit for each.
pub(super) type Named = u64;

/// Addresses next to each other that the same rules name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) first: IpAddr,
    pub(super) last: IpAddr,
    pub(super) named: Named,
}

/// What a list of rules says to a viewer, and by which rule, counted from 0; none where no rule
/// matches.
pub(super) fn first_match(
    rules: &[AccessRule],
    named: Named,
    country: Option<CountryCode>,
) -> (Action, Option<usize>) {
    let is_match = |(at, rule): &(usize, &AccessRule)| match &rule.matches {
        Matches::Everybody => true,
        Matches::Countries(countries) => country.is_some_and(|own| countries.contains(&own)),
        Matches::Networks(_) => named & (1 << at) != 0,
    };
    match rules.iter().enumerate().find(is_match) {
        Some((at, rule)) => (rule.action, Some(at)),
        None => (Action::Allow, None),
    }
}

/// A country for each set of rules that name countries alike, and one that none names: unknown.
pub(super) fn countries(rules: &[AccessRule]) -> Vec<Option<CountryCode>> {
    let mut all = BTreeSet::from([None]);
    for rule in rules {
        if let Matches::Countries(countries) = &rule.matches {
            all.extend(countries.iter().copied().map(Some));
        }
    }
    all.into_iter().collect()
}

/// All addresses of both families, cut where a rule begins or ends to name them.
pub(super) fn stretches(rules: &[AccessRule]) -> Vec<Stretch> {
    let mut v4 = Family::new(u32::MAX.into(), |bits| {
        // Bits of the family's own width.
        Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or(u32::MAX)).into()
    });
    let mut v6 = Family::new(u128::MAX, |bits| Ipv6Addr::from_bits(bits).into());
    for (at, rule) in rules.iter().enumerate() {
        let Matches::Networks(networks) = &rule.matches else {
            continue;
        };
        for network in networks {
            match network.bounds() {
                (IpAddr::V4(first), IpAddr::V4(last)) => {
                    v4.add(at, first.to_bits().into(), last.to_bits().into());
                }
                (IpAddr::V6(first), IpAddr::V6(last)) => {
                    v6.add(at, first.to_bits(), last.to_bits());
                }
                // A network is of one family.
                (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => {}
            }
        }
    }
    let mut stretches = v4.stretches();
    stretches.extend(v6.stretches());
    stretches
}

/// The addresses of a family, as numbers.
struct Family {
    max: u128,
    address: fn(u128) -> IpAddr,
    /// Where rules begin and end: at which number, which rule, and by how much its networks become
    /// more or fewer.
    edges: BTreeMap<u128, BTreeMap<usize, i64>>,
}

impl Family {
    fn new(max: u128, address: fn(u128) -> IpAddr) -> Self {
        Self {
            max,
            address,
            edges: BTreeMap::from([(0, BTreeMap::new())]),
        }
    }

    fn add(&mut self, rule: usize, first: u128, last: u128) {
        let mut edge = |at: u128, by: i64| {
            *self.edges.entry(at).or_default().entry(rule).or_default() += by;
        };
        edge(first, 1);
        if let Some(next) = last.checked_add(1).filter(|_| last < self.max) {
            edge(next, -1);
        }
    }

    fn stretches(&self) -> Vec<Stretch> {
        let mut open: BTreeMap<usize, i64> = BTreeMap::new();
        let mut stretches: Vec<Stretch> = Vec::new();
        let ends = self.edges.keys().skip(1).map(|next| next - 1);
        for ((first, edges), last) in self.edges.iter().zip(ends.chain([self.max])) {
            for (rule, by) in edges {
                *open.entry(*rule).or_default() += by;
            }
            let named = open.iter().filter(|(_, count)| **count > 0);
            let named = named.fold(0, |bits: Named, (rule, _)| bits | 1 << rule);
            match stretches.last_mut().filter(|before| before.named == named) {
                Some(before) => before.last = (self.address)(last),
                None => stretches.push(Stretch {
                    first: (self.address)(*first),
                    last: (self.address)(last),
                    named,
                }),
            }
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(networks: &[&str]) -> AccessRule {
        let networks = networks.iter().map(|text| text.parse().expect("a network"));
        AccessRule {
            action: Action::Block,
            matches: Matches::Networks(networks.collect()),
        }
    }

    fn cut(rules: &[AccessRule]) -> Vec<String> {
        let print = |one: &Stretch| format!("{}-{} {:b}", one.first, one.last, one.named);
        stretches(rules).iter().map(print).collect()
    }

    const V6: &str = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

    #[test]
    fn addresses_are_cut_where_rules_begin_and_end() {
        assert_eq!(cut(&[]), ["0.0.0.0-255.255.255.255 0", &format!("{V6} 0")]);
        let rules = [
            block(&["192.0.2.0/25", "192.0.2.128/25", "192.0.2.0/24"]),
            block(&["192.0.2.255"]),
        ];
        let want = [
            "0.0.0.0-192.0.1.255 0",
            "192.0.2.0-192.0.2.254 1",
            "192.0.2.255-192.0.2.255 11",
            "192.0.3.0-255.255.255.255 0",
            &format!("{V6} 0"),
        ];
        assert_eq!(cut(&rules), want);
        let all = [block(&["0.0.0.0/0", "::/0"])];
        assert_eq!(cut(&all), ["0.0.0.0-255.255.255.255 1", &format!("{V6} 1")]);
        let ends = [block(&["0.0.0.0", "255.255.255.255"])];
        let want = [
            "0.0.0.0-0.0.0.0 1",
            "0.0.0.1-255.255.255.254 0",
            "255.255.255.255-255.255.255.255 1",
            &format!("{V6} 0"),
        ];
        assert_eq!(cut(&ends), want);
    }
}
