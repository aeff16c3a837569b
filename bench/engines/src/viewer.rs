//! Who asks.

use std::net::IpAddr;

use fastrand::Rng;
use ipnet::IpNet;

use crate::restrictions::{self, COUNTRIES, METROS, PROXIES, Restrictions, SUBDIVISIONS, WINDOW};

/// One who asks: what all engines are told.
#[derive(Debug)]
pub(crate) struct Viewer {
    pub(crate) ip: IpAddr,
    pub(crate) country: &'static str,
    /// With its country in front, `US-CA`.
    pub(crate) subdivision: Option<&'static str>,
    pub(crate) metro: Option<u16>,
    pub(crate) proxies: Vec<&'static str>,
    pub(crate) origin: String,
    pub(crate) host: String,
    pub(crate) now: i64,
}

/// Countries in which the video does not play.
const ELSEWHERE: [&str; 6] = ["AR", "AU", "BR", "CN", "IN", "ZA"];
/// Parts of the United States in which it does.
const ELSEWHERE_IN_US: [&str; 3] = ["US-CA", "US-IL", "US-WA"];

impl Viewer {
    /// One whom most of the rules let pass, and each of them refuses now and then.
    pub(crate) fn random(rules: &Restrictions, dice: &mut Rng) -> Self {
        let country = pick(
            if once_in(8, dice) {
                &ELSEWHERE
            } else {
                &COUNTRIES
            },
            dice,
        );
        let country = if once_in(3, dice) { "US" } else { country };
        let in_us = country == "US";
        let host = host(rules, dice);
        Self {
            ip: ip(rules, dice),
            country,
            subdivision: in_us.then(|| {
                pick(
                    if once_in(5, dice) {
                        &SUBDIVISIONS
                    } else {
                        &ELSEWHERE_IN_US
                    },
                    dice,
                )
            }),
            metro: in_us.then(|| {
                if once_in(5, dice) {
                    pick(&METROS, dice)
                } else {
                    501
                }
            }),
            proxies: if once_in(12, dice) {
                vec![pick(&PROXIES, dice)]
            } else if once_in(6, dice) {
                vec!["corporate", "hosting"]
            } else {
                Vec::new()
            },
            origin: format!("https://{host}"),
            host,
            now: if once_in(16, dice) {
                pick(&[WINDOW.0 - 1, WINDOW.1], dice)
            } else {
                dice.i64(WINDOW.0..WINDOW.1)
            },
        }
    }

    /// The domains above the site's host.
    pub(crate) fn parents(&self) -> Vec<&str> {
        let mut parents = Vec::new();
        let mut rest = self.host.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            parents.push(parent);
            rest = parent;
        }
        parents
    }
}

/// Mostly of no network that a rule names.
fn ip(rules: &Restrictions, dice: &mut Rng) -> IpAddr {
    let within = |networks: &[IpNet], dice: &mut Rng| {
        let network = networks.get(dice.usize(..networks.len().max(1)))?;
        Some(if dice.bool() {
            network.network()
        } else {
            network.broadcast()
        })
    };
    let named = match dice.u8(..16) {
        0 | 1 => within(&rules.denied, dice),
        2 | 3 => within(&rules.allowed, dice),
        _ => None,
    };
    named.unwrap_or_else(|| restrictions::address(dice.bool(), dice))
}

fn host(rules: &Restrictions, dice: &mut Rng) -> String {
    let of = |texts: &[String], dice: &mut Rng| texts[dice.usize(..texts.len())].clone();
    match dice.u8(..10) {
        0 => "www.example.edu".to_owned(),
        1..=4 => of(&rules.origins, dice)
            .trim_start_matches("https://")
            .to_owned(),
        5..=7 => of(&rules.hosts, dice),
        _ => format!("www.{}", of(&rules.parents, dice)),
    }
}

fn once_in(times: u32, dice: &mut Rng) -> bool {
    dice.u32(..times) == 0
}

fn pick<T: Copy>(from: &[T], dice: &mut Rng) -> T {
    from[dice.usize(..from.len())]
}
