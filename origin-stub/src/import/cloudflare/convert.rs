//! From a list of rules in which the first match decides to one chain, if one means the same.

use std::{collections::BTreeMap, net::IpAddr};

use playback_policy::{
    Compiled, CountryCode, Decision, LayerKind, Network, Place, Rules, Verdict, Viewer, compile,
    decide,
};

use super::{
    AccessRule, Action, Matches,
    regions::{Named, Stretch, countries, first_match, stretches},
};
use crate::model::{between, set_default};

/// What is said to viewers of an address, country by country.
type Verdicts = Vec<Action>;

/// A chain that says to every viewer what the rules say.
///
/// # Errors
///
/// With the reason why there is none: which two rules, and for which addresses.
pub(super) fn convert(rules: &[AccessRule]) -> Result<Rules, String> {
    let countries = countries(rules);
    let stretches = stretches(rules);
    let mut verdicts: BTreeMap<Named, Verdicts> = BTreeMap::new();
    for stretch in &stretches {
        verdicts.entry(stretch.named).or_insert_with(|| {
            let verdict = |country| first_match(rules, stretch.named, country).0;
            countries.iter().copied().map(verdict).collect()
        });
    }
    let common = common(rules, &stretches, &verdicts, &countries)?;

    let mut own = Rules::default();
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for stretch in &stretches {
        match verdicts.get(&stretch.named) {
            Some(verdicts) if *verdicts == common => {}
            Some(verdicts) if is_uniform(verdicts, Action::Allow) => allowed.push(*stretch),
            // Otherwise `common` would have been refused.
            Some(_) | None => denied.push(*stretch),
        }
    }
    own.ip_allow = networks(&allowed);
    own.ip_deny = networks(&denied);
    // The unknown country comes first, and stands for all that no rule names.
    let others = common.first().copied().unwrap_or(Action::Allow);
    let differing = countries
        .iter()
        .zip(&common)
        .filter(|(_, action)| **action != others);
    let differing = differing.filter_map(|(country, _)| country.map(Place::Country));
    let (places, verdict) = match others {
        Action::Allow => (&mut own.geo_deny, Verdict::Allow),
        Action::Block => (&mut own.geo_allow, Verdict::Deny),
    };
    places.extend(differing);
    set_default(&mut own, verdict);
    prove(&own, rules, &stretches, &countries)?;
    Ok(own)
}

/// What is said where an address is of no account. Every other address is allowed or denied whatever
/// its country: if need be, all but those of a network.
fn common(
    rules: &[AccessRule],
    stretches: &[Stretch],
    verdicts: &BTreeMap<Named, Verdicts>,
    countries: &[Option<CountryCode>],
) -> Result<Verdicts, String> {
    let is_mixed = |verdicts: &Verdicts| {
        !is_uniform(verdicts, Action::Allow) && !is_uniform(verdicts, Action::Block)
    };
    // In the order of their numbers: where no rule names an address comes first.
    let mixed = verdicts.values().find(|verdicts| is_mixed(verdicts));
    let common = mixed.or_else(|| verdicts.values().next());
    let common = common.cloned().unwrap_or_default();
    let is_conflict = |stretch: &&Stretch| {
        let own = verdicts.get(&stretch.named);
        own.is_some_and(|own| is_mixed(own) && *own != common)
    };
    match stretches.iter().find(is_conflict) {
        None => Ok(common),
        Some(stretch) => Err(conflict(rules, stretch, &common, countries)),
    }
}

fn is_uniform(verdicts: &Verdicts, action: Action) -> bool {
    verdicts.iter().all(|verdict| *verdict == action)
}

/// Names the rule that an address is looked at by, and the one that its country is looked at by
/// before that.
fn conflict(
    rules: &[AccessRule],
    stretch: &Stretch,
    common: &Verdicts,
    countries: &[Option<CountryCode>],
) -> String {
    let decided = |country| first_match(rules, stretch.named, country);
    let differing = countries.iter().zip(common);
    let mut differing = differing.filter(|(country, common)| decided(**country).0 != **common);
    let by_address = differing.next().map(|(country, _)| decided(*country));
    let by_country = countries
        .iter()
        .map(|country| (*country, decided(*country)))
        .find(|(_, (action, _))| by_address.is_some_and(|(other, _)| other != *action));
    let number = |at: Option<usize>| at.map_or(0, |at| at + 1);
    let (Some((action, address_rule)), Some((country, (_, country_rule)))) =
        (by_address, by_country)
    else {
        return "the rules conflict".to_owned();
    };
    let place = match country {
        Some(country) => format!("in {country}"),
        None => "elsewhere".to_owned(),
    };
    let verdict = match action {
        Action::Allow => "allows",
        Action::Block => "blocks",
    };
    format!(
        "rule {} (`{}`) is asked before rule {} (`{}`), which {verdict} {} but not {place}; here an \
         address is asked before a country",
        number(country_rule),
        kind(rules, country_rule),
        number(address_rule),
        kind(rules, address_rule),
        range(stretch),
    )
}

fn kind(rules: &[AccessRule], at: Option<usize>) -> &'static str {
    match at.and_then(|at| rules.get(at)).map(|rule| &rule.matches) {
        Some(Matches::Networks(_)) => "ip.src",
        Some(Matches::Countries(_)) => "ip.geoip.country",
        Some(Matches::Everybody) | None => "any",
    }
}

fn range(stretch: &Stretch) -> String {
    match stretch.first == stretch.last {
        true => stretch.first.to_string(),
        false => format!("{} to {}", stretch.first, stretch.last),
    }
}

/// The fewest networks; stretches that touch are one.
fn networks(stretches: &[Stretch]) -> Vec<Network> {
    let mut joined: Vec<(IpAddr, IpAddr)> = Vec::new();
    for stretch in stretches {
        match joined
            .last_mut()
            .filter(|before| is_next(before.1, stretch.first))
        {
            Some(before) => before.1 = stretch.last,
            None => joined.push((stretch.first, stretch.last)),
        }
    }
    let networks = joined
        .into_iter()
        .filter_map(|(first, last)| between(first, last));
    networks.flatten().collect()
}

fn is_next(before: IpAddr, after: IpAddr) -> bool {
    match (before, after) {
        (IpAddr::V4(before), IpAddr::V4(after)) => {
            before.to_bits().checked_add(1) == Some(after.to_bits())
        }
        (IpAddr::V6(before), IpAddr::V6(after)) => {
            before.to_bits().checked_add(1) == Some(after.to_bits())
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// Decides for the first and the last address of every stretch, in every country that a rule names
/// and in none, and compares.
fn prove(
    own: &Rules,
    rules: &[AccessRule],
    stretches: &[Stretch],
    countries: &[Option<CountryCode>],
) -> Result<(), String> {
    let entry = compile(&[(LayerKind::Right, own)]);
    let compiled = Compiled::read(&entry).map_err(|error| error.to_string())?;
    for stretch in stretches {
        for &country in countries {
            let (action, _) = first_match(rules, stretch.named, country);
            // An IPv4-mapped address is an IPv4 one, and looked at as such.
            let ends = [stretch.first, stretch.last];
            for address in ends.into_iter().filter(|end| *end == end.to_canonical()) {
                let mut viewer = Viewer::new(address, 0);
                viewer.place.country = country;
                let is_allowed = decide(&compiled, &viewer) == Decision::Allow;
                if is_allowed != (action == Action::Allow) {
                    return Err(format!("the rules mean something else for {address}"));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
