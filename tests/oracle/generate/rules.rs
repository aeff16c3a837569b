//! Random rules: a few members in a few layers, so that each of them comes to refuse.

use fastrand::Rng;

use super::{border, chance, one, page, pool, some};
use crate::case::{Geo, Key, Layer, RuleSet};
use crate::translate::distance_m;

type Members = Vec<(&'static str, Vec<String>)>;

pub(crate) fn rules(rng: &mut Rng) -> RuleSet {
    let account = chance(rng, 50).then(|| layer(rng, true));
    let revoked = account
        .as_ref()
        .map_or(&[][..], |account| account.items("revoked-keys"));
    let has_key = chance(rng, 30) || !revoked.is_empty() && chance(rng, 60);
    RuleSet {
        key: has_key.then(|| key(rng, revoked)),
        video: chance(rng, 40).then(|| layer(rng, false)),
        right: chance(rng, 25).then(|| layer(rng, false)),
        account,
    }
}

fn key(rng: &mut Rng, revoked: &[String]) -> Key {
    let id = match revoked.is_empty() || chance(rng, 50) {
        true => one(rng, &pool::KEY_IDS).to_owned(),
        false => one(rng, revoked),
    };
    Key {
        key_id: chance(rng, 80).then_some(id),
        geo: chance(rng, 30).then(|| Geo {
            countries: some(rng, 4, |rng| match chance(rng, 10) {
                true => "usmil".to_owned(),
                false => one(rng, &pool::COUNTRIES).to_lowercase(),
            }),
            exclude_countries: rng.bool(),
        }),
        allowed_domains: match chance(rng, 25) {
            true => some(rng, 3, page::origin),
            false => Vec::new(),
        },
        rules: chance(rng, 50).then(|| layer(rng, false)),
    }
}

/// A layer about one thing or a few.
fn layer(rng: &mut Rng, is_account: bool) -> Layer {
    let mut members = Members::new();
    for _ in 0..one(rng, &[1, 1, 1, 2, 2, 3]) {
        members.extend(match rng.u8(..24) {
            0..=5 => network(rng),
            6..=10 => place(rng),
            11..=13 => schedule(rng),
            14..=16 => vec![("proxy-deny", owned(some(rng, 4, proxy_class)))],
            17..=20 => site(rng),
            21 => vec![("token", vec!["required".to_owned()])],
            _ if is_account => revoked(rng),
            _ => site(rng),
        });
    }
    if chance(rng, 25) {
        members.extend(window(rng, "applies-from", "applies-until"));
    }
    // What came twice counts as it came last; windows must not be mixed into one that never opens.
    Layer::from_iter(members)
}

fn network(rng: &mut Rng) -> Members {
    let count = rng.u8(1..=3);
    let member = |rng: &mut Rng| match rng.u8(..6) {
        0 => ("ip-allow", some(rng, 4, border::network)),
        1 => ("ip-deny", some(rng, 4, border::network)),
        2 => (
            "ip-allow-list",
            owned(some(rng, 2, |rng| one(rng, &pool::LISTS))),
        ),
        3 => (
            "ip-deny-list",
            owned(some(rng, 2, |rng| one(rng, &pool::LISTS))),
        ),
        4 => ("asn-allow", some(rng, 3, system)),
        _ => ("asn-deny", some(rng, 3, system)),
    };
    (0..count).map(|_| member(rng)).collect()
}

fn system(rng: &mut Rng) -> String {
    border::system(rng).to_string()
}

/// Places, most of them the several names of one, so that narrow and broad ones contradict each other.
fn place(rng: &mut Rng) -> Members {
    let home = one(rng, &pool::SPOTS);
    let named = |rng: &mut Rng| match chance(rng, 60) {
        true => name_of(rng, &home).unwrap_or_else(|| any_place(rng)),
        false => any_place(rng),
    };
    let mut members = Members::new();
    if chance(rng, 65) {
        members.push(("geo-allow", some(rng, 4, named)));
    }
    if chance(rng, 65) {
        members.push(("geo-deny", some(rng, 4, named)));
    }
    if members.is_empty() || chance(rng, 20) {
        members.push(("geo-default", vec![verdict(rng)]));
    }
    members
}

/// One of the names of a spot, if it has one of this kind.
fn name_of(rng: &mut Rng, spot: &pool::Spot) -> Option<String> {
    if !spot.is_in_a_country() {
        return None;
    }
    match rng.u8(..5) {
        0 => Some(spot.country.to_owned()),
        1 => spot.subdivision.map(str::to_owned),
        2 => {
            let metro = spot.metro.filter(|metro| *metro > 0)?;
            Some(format!("metro:{metro}"))
        }
        3 => {
            let code = spot.postal.filter(|code| *code != "?")?;
            let begin = &code[..rng.usize(1..=code.len())];
            Some(format!("postal:{}-{begin}", spot.country))
        }
        _ => {
            let (latitude, longitude) = spot.position?;
            Some(format!("circle:{latitude},{longitude},{}", rng.u8(1..)))
        }
    }
}

fn any_place(rng: &mut Rng) -> String {
    match rng.u8(..20) {
        0..=5 => one(rng, &pool::COUNTRIES).to_owned(),
        6..=9 => one(rng, &pool::SUBDIVISIONS).to_owned(),
        10 | 11 => one(rng, &pool::METROS).to_owned(),
        12..=15 => one(rng, &pool::POSTAL_CODES).to_owned(),
        16..=18 => circle(rng),
        _ => "usmil".to_owned(),
    }
}

/// A circle whose border often runs a few metres from where viewers are.
fn circle(rng: &mut Rng) -> String {
    let seen = |rng: &mut Rng| one(rng, &pool::SPOTS).position;
    let centre = match chance(rng, 70) {
        true => seen(rng),
        false => None,
    };
    let centre = centre.unwrap_or_else(|| one(rng, &pool::CENTRES));
    let metres = match seen(rng).filter(|_| chance(rng, 60)) {
        Some(position) => {
            let border = distance_m(centre, position).round() as i64;
            (border + one(rng, &[-100, -2, 2, 3, 1000])).max(1)
        }
        None => one(rng, &[1, 1_000, 50_000, 2_000_500, 20_015_200, 20_037_000]),
    };
    let (latitude, longitude) = centre;
    let kilometres = format!("{}.{:03}", metres / 1000, metres % 1000);
    format!("circle:{latitude},{longitude},{kilometres}")
}

fn schedule(rng: &mut Rng) -> Members {
    let mut members = Members::new();
    if chance(rng, 50) {
        members.extend(window(rng, "from", "until"));
    }
    if chance(rng, 45) {
        members.push(("days", owned(some(rng, 6, |rng| one(rng, &pool::DAYS)))));
    }
    if members.is_empty() || chance(rng, 50) {
        let hours = |rng: &mut Rng| {
            let from = rng.u8(..48);
            format!("{from}-{}", rng.u8(from + 1..=48))
        };
        members.push(("hours", some(rng, 3, hours)));
    }
    members
}

/// Both ends of a window, or one.
fn window(rng: &mut Rng, from: &'static str, until: &'static str) -> Members {
    let begin = one(rng, &pool::EPOCHS) + 3600 * rng.i64(-36..36);
    let length = one(rng, &[1, 3600, 86_400, 31_536_000]);
    let both = [(from, begin), (until, begin + length)];
    let ends = match rng.u8(..4) {
        0 => &both[..1],
        1 => &both[1..],
        _ => &both[..],
    };
    // Where only one is told, the other must not stay from before.
    both.iter()
        .map(|(member, _)| (*member, Vec::new()))
        .chain(
            ends.iter()
                .map(|(member, second)| (*member, vec![second.to_string()])),
        )
        .collect()
}

fn site(rng: &mut Rng) -> Members {
    let mut members = Members::new();
    if chance(rng, 55) {
        members.push(("domain-allow", some(rng, 4, page::pattern)));
    }
    if chance(rng, 45) {
        members.push(("domain-deny", some(rng, 4, page::pattern)));
    }
    if members.is_empty() || chance(rng, 25) {
        members.push(("domain-missing", vec![verdict(rng)]));
    }
    members
}

fn revoked(rng: &mut Rng) -> Members {
    let ids = some(rng, 2, |rng| one(rng, &pool::KEY_IDS));
    let token = chance(rng, 30).then(|| ("token", vec!["required".to_owned()]));
    [("revoked-keys", owned(ids))]
        .into_iter()
        .chain(token)
        .collect()
}

fn proxy_class(rng: &mut Rng) -> &'static str {
    one(rng, &pool::PROXY_CLASSES)
}

fn verdict(rng: &mut Rng) -> String {
    one(rng, &["allow", "deny"]).to_owned()
}

fn owned(items: Vec<&str>) -> Vec<String> {
    items.into_iter().map(str::to_owned).collect()
}
