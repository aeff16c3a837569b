use std::net::IpAddr;

use playback_policy::{Compiled, Decision, LayerKind, Viewer, compile, decide};
use serde_json::{Value, json};

use super::{
    geo::GlobalRule,
    layer::RightTokens,
    places,
    reading::{READING, Reading},
    *,
};

fn right(members: &Value) -> RightFields {
    RightFields::from_json(members.clone()).unwrap_or_else(|error| panic!("{members}: {error}"))
}

fn layer(members: &Value) -> String {
    let layer = right(members).layer(RightTokens::NotAsked);
    let layer = layer.expect("a layer").expect("an enabled right");
    layer.rules.to_string()
}

#[track_caller]
fn refused(members: &Value, hint: &str) {
    let error = RightFields::from_json(members.clone()).expect_err(&members.to_string());
    assert!(error.to_string().contains(hint), "{members}: {error}");
}

const SINGLE: &str = "192.0.2.7";
const NETWORK: &str = "192.0.2.0/24";
const ZIP: &str = "US-90045";
const DMA: u16 = 803;
const COUNTRY: &str = "US";

/// A level of the flow: what allows, what blocks, and whether the viewer is named by them.
#[derive(Clone, Copy)]
struct Level {
    allows: bool,
    blocks: bool,
    is_named: bool,
}

/// The vendor's flow, asked level by level as it is drawn.
fn flow(levels: &[Level; 5], rule: GlobalRule, reading: &Reading) -> bool {
    let both = reading.global_rules_heed_both_lists;
    let (heeds_allows, heeds_blocks) = match rule {
        GlobalRule::None => (true, true),
        GlobalRule::AllowAll => (both, true),
        GlobalRule::BlockAll => (true, both),
    };
    // Without the finer reading, addresses and networks are one level.
    let [single, network, rest @ ..] = levels;
    let steps: Vec<Vec<Level>> = match reading.addresses_precede_networks {
        true => levels.iter().map(|level| vec![*level]).collect(),
        false => [vec![*single, *network]]
            .into_iter()
            .chain(rest.iter().map(|level| vec![*level]))
            .collect(),
    };
    for step in steps {
        if step
            .iter()
            .any(|level| heeds_blocks && level.blocks && level.is_named)
        {
            return false;
        }
        if step
            .iter()
            .any(|level| heeds_allows && level.allows && level.is_named)
        {
            return true;
        }
    }
    let allows_addresses = single.allows || network.allows;
    let allows_places = rest.iter().any(|level| level.allows);
    let blocks_places = rest.iter().any(|level| level.blocks);
    match rule {
        GlobalRule::AllowAll => true,
        GlobalRule::BlockAll => false,
        GlobalRule::None if reading.any_allowed_list_refuses_the_rest => {
            !allows_addresses && !allows_places
        }
        GlobalRule::None => !allows_places && (!allows_addresses || blocks_places),
    }
}

/// A right with each list of the flow or without it.
fn with_lists(lists: usize, rule: GlobalRule) -> (RightFields, [(bool, bool); 5]) {
    let has = |at: usize| lists & (1 << at) != 0;
    let some = |is_there: bool, item: Value| match is_there {
        true => vec![item],
        false => Vec::new(),
    };
    let ips = |single: bool, network: bool| {
        let singles = some(single, json!(SINGLE));
        [singles, some(network, json!(NETWORK))].concat()
    };
    let fields = right(&json!({
        "name": "r",
        "geo_global_rule": rule,
        "allowed_ips": ips(has(0), has(1)),
        "blocked_ips": ips(has(2), has(3)),
        "geo": {
            "allowed_zip_codes": some(has(4), json!(ZIP)),
            "blocked_zip_codes": some(has(5), json!(ZIP)),
            "allowed_dmas": some(has(6), json!(DMA)),
            "blocked_dmas": some(has(7), json!(DMA)),
            "allowed_countries": some(has(8), json!(COUNTRY)),
            "blocked_countries": some(has(9), json!(COUNTRY)),
        },
    }));
    let lists = [
        (has(0), has(2)),
        (has(1), has(3)),
        (has(4), has(5)),
        (has(6), has(7)),
        (has(8), has(9)),
    ];
    (fields, lists)
}

/// A viewer, and at which levels a list names them.
fn viewers() -> Vec<(Viewer, [bool; 5])> {
    let mut viewers = Vec::new();
    for (address, single, network) in [
        (SINGLE, true, true),
        ("192.0.2.8", false, true),
        ("203.0.113.7", false, false),
    ] {
        for (zip, in_zip) in [(Some(ZIP), true), (Some("US-10001"), false), (None, false)] {
            for (dma, in_dma) in [(i64::from(DMA), true), (501, false)] {
                for (country, in_country) in [("US", true), ("DE", false), ("?", false)] {
                    let ip: IpAddr = address.parse().expect("an address");
                    let mut viewer = Viewer::new(ip, 0);
                    viewer.place.country = country.parse().ok();
                    viewer.place.metro = playback_policy::Metro::new(dma).ok();
                    viewer.place.postal = zip.and_then(|zip| zip.parse().ok());
                    viewers.push((viewer, [single, network, in_zip, in_dma, in_country]));
                }
            }
        }
    }
    viewers
}

#[test]
fn every_combination_of_lists_is_decided_as_the_flow_decides_it() {
    let viewers = viewers();
    let readings = (0..8).map(|bits| Reading {
        global_rules_heed_both_lists: bits & 1 != 0,
        any_allowed_list_refuses_the_rest: bits & 2 != 0,
        addresses_precede_networks: bits & 4 != 0,
        ..READING
    });
    for reading in readings {
        for rule in [GlobalRule::None, GlobalRule::AllowAll, GlobalRule::BlockAll] {
            for lists in 0..1 << 10 {
                let (fields, lists) = with_lists(lists, rule);
                let mut rules = Rules::default();
                places::lay(&mut rules, &fields, &reading);
                let entry = compile(&[(LayerKind::Right, &rules)]);
                let compiled = Compiled::read(&entry).expect("what was compiled");
                for (viewer, named) in &viewers {
                    let level = |at: usize| Level {
                        allows: lists[at].0,
                        blocks: lists[at].1,
                        is_named: named[at],
                    };
                    let levels = [level(0), level(1), level(2), level(3), level(4)];
                    let want = flow(&levels, rule, &reading);
                    let found = decide(&compiled, viewer) == Decision::Allow;
                    assert_eq!(found, want, "{rule:?} {lists:?} {viewer:?}: {rules}");
                }
            }
        }
    }
}

#[test]
fn an_allowed_address_is_cut_out_of_a_blocked_network() {
    let rules = layer(&json!({
        "allowed_ips": ["192.0.2.2"], "blocked_ips": ["192.0.2.0/30", "198.51.100.0-198.51.100.3"],
    }));
    assert_eq!(
        rules,
        r#"ip-allow=("192.0.2.2"), ip-deny=("192.0.2.0/31" "192.0.2.3" "198.51.100.0/30")"#
    );
}

#[test]
fn members_and_text_become_one_layer() {
    for (members, want) in [
        (json!({}), "geo-default=allow"),
        (
            json!({ "geo_global_rule": "allow_all" }),
            "geo-default=allow",
        ),
        (
            json!({ "geo_global_rule": "block_all" }),
            "geo-default=deny",
        ),
        (
            json!({ "blocked_ips": ["192.0.2.0/24"], "rules": r#"ip-deny=("198.51.100.0/24")"# }),
            r#"ip-deny=("198.51.100.0/24" "192.0.2.0/24")"#,
        ),
        (
            json!({ "blocked_proxies": { "public": true }, "rules": "proxy-deny=(relay)" }),
            "proxy-deny=(public relay)",
        ),
        (
            json!({ "blocked_domains": ["a.example"], "rules": r#"domain-deny=("*.b.example")"# }),
            r#"domain-deny=("*.b.example" "a.example")"#,
        ),
        (
            json!({ "start_time": 1767225600, "rules": "until=@1798761600, token=required" }),
            "from=@1767225600, until=@1798761600, token=required",
        ),
    ] {
        assert_eq!(layer(&members), want, "{members}");
    }
}

#[test]
fn err_text_that_would_widen_a_member() {
    let geo = json!({ "allowed_countries": ["AU"] });
    for (member, value, rules, hint) in [
        (
            "geo",
            geo.clone(),
            r#"ip-allow=("192.0.2.0/24")"#,
            "`ip-allow`",
        ),
        ("geo", geo.clone(), "geo-default=allow", "`geo-default`"),
        ("geo", geo.clone(), r#"geo-deny=("AU-NSW")"#, "`geo-deny`"),
        ("geo", geo, r#"ip-allow-list=("office")"#, "`ip-allow-list`"),
        (
            "allowed_ips",
            json!(["192.0.2.1"]),
            "asn-deny=(64496)",
            "`asn-deny`",
        ),
        (
            "geo_global_rule",
            json!("block_all"),
            "asn-allow=(64496)",
            "`geo_global_rule`",
        ),
        ("start_time", json!(1), "from=@2", "`start_time`"),
        ("end_time", json!(2), "until=@3", "`end_time`"),
        ("end_time", json!(2), "from=@3", "`from`"),
        (
            "allowed_days",
            json!(["mon"]),
            r#"hours=("22-26")"#,
            "`allowed_days`",
        ),
        (
            "allowed_hours",
            json!(["22-26"]),
            "days=(mon)",
            "`allowed_hours`",
        ),
        (
            "allowed_domains",
            json!(["a.example"]),
            "domain-missing=allow",
            "`allowed_domains`",
        ),
        (
            "blocked_domains",
            json!(["a.example"]),
            "applies-until=@9",
            "`applies-until`",
        ),
    ] {
        refused(&json!({ member: value, "rules": rules }), hint);
    }
    refused(
        &json!({ "rules": r#"revoked-keys=("a")"# }),
        "account's rules only",
    );
    refused(
        &json!({ "rules_report_only": r#"revoked-keys=("a")"# }),
        "`rules_report_only`",
    );
}

#[test]
fn tokens_are_asked_for_where_the_account_wants_them() {
    let asked = |members: &Value| {
        let layer = right(members).layer(RightTokens::Asked).expect("a layer");
        layer.map(|layer| (layer.rules.to_string(), layer.needs_token_elsewhere))
    };
    for (members, want) in [
        (json!({}), Some(("token=required", false))),
        (
            json!({ "allow_insecure": true }),
            Some(("geo-default=allow", false)),
        ),
        (json!({ "disabled": true }), None),
        (
            json!({ "allow_insecure": true, "rules": "token=required" }),
            Some(("token=required", false)),
        ),
        // Rules of a time would ask for tokens at that time only.
        (
            json!({ "rules": "geo-default=deny, applies-until=@9" }),
            Some(("geo-default=deny, applies-until=@9", true)),
        ),
    ] {
        let found = asked(&members);
        let found = found
            .as_ref()
            .map(|(rules, elsewhere)| (rules.as_str(), *elsewhere));
        assert_eq!(found, want, "{members}");
    }
    assert_eq!(layer(&json!({})), "geo-default=allow");
}

#[test]
fn what_was_written_is_written_again() {
    let whole = json!({
        "name": "Everything",
        "geo_global_rule": "allow_all",
        "geo": {
            "allowed_countries": ["MX", "US"], "blocked_countries": ["JP"],
            "allowed_zip_codes": ["MX-90210"], "blocked_zip_codes": ["US-72810"],
            "allowed_dmas": [501], "blocked_dmas": [803],
        },
        "allowed_ips": ["192.0.2.1"], "blocked_ips": ["192.0.2.0 255.255.255.0"],
        "allowed_domains": ["www.example.com"], "blocked_domains": ["example.org"],
        "blocked_proxies": {
            "anonymous": true, "public": true, "corporate": false, "transparent": true,
            "hosting": false,
        },
        "start_time": 1572905011, "end_time": 1672905011,
        "allowed_days": ["mon", "tue"], "allowed_hours": ["5-6", "22-26"],
        "allow_insecure": true, "disabled": false, "is_default": true,
        "rules": "token=required", "rules_report_only": r#"geo-deny=("KP")"#,
    });
    assert_eq!(right(&whole).to_json().expect("JSON"), whole);
}
