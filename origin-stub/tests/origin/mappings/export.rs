//! From rules back to a document of each shape, written down by itself: the other half of the proof
//! that nothing is lost on the way.

use jiff::Timestamp;
use playback_policy::{DomainPattern, Network, Place, ProxyClass, Rules, Verdict};
use serde_json::{Map, Value, json};

use super::Shape;

/// A document that means what the rules say; none where the shape has no words for it.
pub(super) fn export(shape: Shape, layers: &[Rules]) -> Option<Value> {
    if shape == Shape::PolicyKey {
        return policy_key(layers);
    }
    let [rules] = layers else { return None };
    match shape {
        Shape::CmsGeo => geo(rules),
        Shape::CmsSchedule => schedule(rules),
        Shape::IpList => Some(json!(texts(&rules.ip_allow))),
        Shape::PlaybackRight => right(rules),
        Shape::Mux => mux(rules),
        Shape::Cloudflare => Some(cloudflare(rules)),
        Shape::Cloudfront => cloudfront(rules),
        Shape::PolicyKey => None,
    }
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn codes(places: &[Place]) -> Vec<String> {
    let codes = texts(places);
    codes.iter().map(|code| code.to_lowercase()).collect()
}

fn geo(rules: &Rules) -> Option<Value> {
    match (rules.geo_allow.as_slice(), rules.geo_deny.as_slice()) {
        ([], []) => Some(json!({ "restricted": false })),
        (only, []) => Some(json!({ "restricted": true, "countries": codes(only) })),
        ([], but) => Some(json!({
            "restricted": true, "exclude_countries": true, "countries": codes(but),
        })),
        (_, _) => None,
    }
}

fn schedule(rules: &Rules) -> Option<Value> {
    let time = |seconds: i64| Timestamp::from_second(seconds).expect("a time").to_string();
    Some(json!({ "starts_at": rules.from.map(time), "ends_at": rules.until.map(time) }))
}

fn policy_key(layers: &[Rules]) -> Option<Value> {
    let mut key = Map::new();
    for rules in layers {
        if !rules.proxy_deny.is_empty() && (rules.geo_allow.is_empty() != rules.geo_deny.is_empty())
        {
            let places = match rules.geo_allow.is_empty() {
                true => &rules.geo_deny,
                false => &rules.geo_allow,
            };
            let is_excluding = rules.geo_allow.is_empty();
            key.insert(
                "geo".to_owned(),
                json!({ "countries": codes(places), "exclude_countries": is_excluding }),
            );
        } else if !rules.domain_allow.is_empty() {
            key.insert(
                "allowed-domains".to_owned(),
                json!(texts(&rules.domain_allow)),
            );
        } else if *rules != "geo-default=allow".parse().ok()? {
            key.insert("rules".to_owned(), json!(rules.to_string()));
        }
    }
    Some(Value::Object(key))
}

fn right(rules: &Rules) -> Option<Value> {
    let has_allow = !rules.ip_allow.is_empty() || !rules.geo_allow.is_empty();
    let is_block_all = rules.geo_default == Some(Verdict::Deny) && !has_allow;
    let of_kind = |places: &[Place], is_kind: fn(&Place) -> bool| -> Vec<Place> {
        places.iter().copied().filter(is_kind).collect()
    };
    let is_country = |place: &Place| matches!(place, Place::Country(_));
    let zips = |places: &[Place]| -> Vec<String> {
        let zips = of_kind(places, |place| matches!(place, Place::Postal(_)));
        zips.iter()
            .map(|zip| zip.to_string().replace("postal:", ""))
            .collect()
    };
    let dmas = |places: &[Place]| -> Vec<u16> {
        let metro = |place: &Place| match place {
            Place::Metro(metro) => Some(metro.code()),
            _ => None,
        };
        places.iter().filter_map(metro).collect()
    };
    let proxies: Vec<ProxyClass> = rules.proxy_deny.iter().collect();
    let blocks = |class: ProxyClass| proxies.contains(&class);
    let mut right = json!({
        "geo_global_rule": if is_block_all { "block_all" } else { "" },
        "geo": {
            "allowed_countries": texts(&of_kind(&rules.geo_allow, is_country)),
            "blocked_countries": texts(&of_kind(&rules.geo_deny, is_country)),
            "allowed_zip_codes": zips(&rules.geo_allow),
            "blocked_zip_codes": zips(&rules.geo_deny),
            "allowed_dmas": dmas(&rules.geo_allow),
            "blocked_dmas": dmas(&rules.geo_deny),
        },
        "allowed_ips": texts::<Network>(&rules.ip_allow),
        "blocked_ips": texts::<Network>(&rules.ip_deny),
        "allowed_domains": texts::<DomainPattern>(&rules.domain_allow),
        "blocked_domains": texts::<DomainPattern>(&rules.domain_deny),
        "blocked_proxies": {
            "anonymous": blocks(ProxyClass::Anonymous),
            "public": blocks(ProxyClass::Public),
            "corporate": blocks(ProxyClass::Corporate),
            "transparent": blocks(ProxyClass::Transparent),
            "hosting": blocks(ProxyClass::Hosting),
        },
        "allowed_days": rules.days.iter().map(|day| day.to_string()).collect::<Vec<_>>(),
        "allowed_hours": texts(&rules.hours),
        "allow_insecure": !rules.token_required,
    });
    for (name, time) in [("start_time", rules.from), ("end_time", rules.until)] {
        if let Some(time) = time {
            right[name] = json!(time);
        }
    }
    Some(right)
}

fn mux(rules: &Rules) -> Option<Value> {
    let domains = match rules.geo_default {
        Some(Verdict::Deny) => Vec::new(),
        Some(Verdict::Allow) | None if rules.domain_allow.is_empty() => vec!["*".to_owned()],
        Some(Verdict::Allow) | None => texts(&rules.domain_allow),
    };
    let is_denied = rules.domain_missing == Some(Verdict::Deny) || domains.is_empty();
    Some(json!({ "referrer": { "allowed_domains": domains, "allow_no_referrer": !is_denied } }))
}

fn cloudflare(rules: &Rules) -> Value {
    let mut list = Vec::new();
    for (action, networks) in [("block", &rules.ip_deny), ("allow", &rules.ip_allow)] {
        if !networks.is_empty() {
            list.push(json!({ "type": "ip.src", "action": action, "ip": texts(networks) }));
        }
    }
    for (action, places) in [("block", &rules.geo_deny), ("allow", &rules.geo_allow)] {
        if !places.is_empty() {
            let countries = texts(places);
            list.push(
                json!({ "type": "ip.geoip.country", "action": action, "country": countries }),
            );
        }
    }
    let only_listed = rules.geo_deny.is_empty() && !rules.ip_allow.is_empty();
    let is_denied = match rules.geo_default {
        Some(verdict) => verdict == Verdict::Deny,
        None => !rules.geo_allow.is_empty() || only_listed,
    };
    if is_denied {
        list.push(json!({ "type": "any", "action": "block" }));
    }
    json!({ "accessRules": list })
}

fn cloudfront(rules: &Rules) -> Option<Value> {
    Some(match rules.geo_deny.as_slice() {
        [] => json!({ "RestrictionType": "none", "Quantity": 0 }),
        denied => json!({
            "RestrictionType": "blacklist", "Quantity": denied.len(), "Items": texts(denied),
        }),
    })
}
