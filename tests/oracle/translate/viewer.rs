//! A viewer as the context of a Cedar request.

use std::net::IpAddr;

use cedar_policy::{Context, RestrictedExpression};
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::place;
use super::proxy;
use super::site::{self, Site};
use crate::case::{RuleSet, Who};

/// Labels of geolocation data that name no country.
///
/// # Source
///
/// DESIGN.md, "Unknown place": what ISO 3166-1 does not assign.
const NO_COUNTRY: [&str; 5] = ["EU", "AP", "A1", "?", ""];

type Facts = Vec<(String, RestrictedExpression)>;

/// What the rules may see. Of what is unknown there is no attribute.
pub(crate) fn context(rules: &RuleSet, who: &Who) -> Context {
    let mut facts = when(who.time);
    facts.push(("ip".into(), RestrictedExpression::new_ip(address(who.ip))));
    facts.push(("acls".into(), set(&who.acls)));
    facts.push(("proxies".into(), set(proxy::classes(who))));
    let token = who.token.as_deref().unwrap_or("missing");
    facts.push(("token".into(), text(token)));
    let key_id = rules.key.as_ref().and_then(|key| key.key_id.as_deref());
    facts.extend(key_id.map(|id| ("key_id".into(), text(id))));
    facts.extend(whereabouts(who));
    let circles = place::circles(rules);
    let circles = circles
        .iter()
        .filter(|circle| is_placed(who) && place::holds(circle, who));
    facts.push(("circles".into(), set(circles)));
    facts.extend(page(who));
    Context::from_pairs(facts).expect("each fact is told once")
}

/// # Source
///
/// DESIGN.md, "Addresses": a mapped address is IPv4.
fn address(ip: IpAddr) -> String {
    ip.to_canonical().to_string()
}

fn when(time: i64) -> Facts {
    // Rules know times beyond the calendar, which comes round every 400 years, on the same weekday.
    let within = time.rem_euclid(146_097 * 86_400);
    let moment = Timestamp::from_second(within).expect("a time of four-digit years");
    let moment = moment.to_zoned(TimeZone::UTC);
    let weekday = moment.weekday();
    vec![
        ("now".into(), RestrictedExpression::new_long(time)),
        ("weekday".into(), text(day(weekday))),
        ("yesterday".into(), text(day(weekday.previous()))),
        (
            "hour".into(),
            RestrictedExpression::new_long(moment.hour().into()),
        ),
    ]
}

fn day(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

/// The country, if the data knows one; without it the rest of a place means nothing.
pub(crate) fn country(who: &Who) -> Option<String> {
    let label = who.record.country.as_deref()?.to_uppercase();
    (!NO_COUNTRY.contains(&label.as_str())).then_some(label)
}

fn is_placed(who: &Who) -> bool {
    country(who).is_some()
}

fn whereabouts(who: &Who) -> Facts {
    let record = &who.record;
    let mut facts = Facts::new();
    if record.is_known() {
        // The data writes 0 for an address that no network is known for.
        let number = record.asn.unwrap_or(0);
        facts.push(("asn".into(), RestrictedExpression::new_long(number.into())));
    }
    let Some(country) = country(who) else {
        return facts;
    };
    if let Some(subdivision) = &record.subdivision {
        facts.push(("subdivision".into(), text(&subdivision.to_uppercase())));
    }
    // Counted in the United States only; the data writes 0 and -1 where there is none.
    let metro = record.metro.filter(|metro| country == "US" && *metro > 0);
    facts.extend(metro.map(|metro| ("metro".into(), RestrictedExpression::new_long(metro))));
    let postal = record.postal.as_deref().filter(|code| *code != "?");
    facts.extend(postal.map(|code| {
        let code = place::postal(&format!("{country}{code}"));
        ("postal".into(), text(&code))
    }));
    facts.push(("country".into(), text(&country)));
    facts
}

fn page(who: &Who) -> Facts {
    let site = site::of(who);
    let hides = RestrictedExpression::new_bool(matches!(site, Site::Opaque));
    let mut facts = vec![("hides_site".into(), hides)];
    if let Site::Known { origin, host } = site {
        let parts = [
            ("origin".into(), text(&origin)),
            ("host".into(), text(&host)),
        ];
        let record = RestrictedExpression::new_record(parts).expect("two parts");
        facts.push(("site".into(), record));
    }
    facts
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn set(values: impl IntoIterator<Item = impl AsRef<str>>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.into_iter().map(|value| text(value.as_ref())))
}
