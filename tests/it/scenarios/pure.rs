//! The tables by `decide` alone: no process, no network, any time of the clock.

use playback_policy::{
    Compiled, Decision, DenyReason, LayerKind, PlaybackError, PolicyKey, PolicyKeyData,
    ProxyClasses, Rules, Site, TokenState, Viewer, ViewerPlace, VpnFacts, compile, decide,
};
use serde_json::json;

use crate::harness::scenario::{self, RowPlace, RowToken, RowViewer, Scenario, Wanted};

/// The second in which rows without a time of their own are decided: the start of 2026.
const NOW: i64 = 1_767_225_600;

#[test]
fn every_row_holds_for_the_pure_decision() {
    let rows = scenario::all();
    let complaints: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            holds(row)
                .err()
                .map(|complaint| format!("{}: {complaint}", row.id))
        })
        .collect();
    scenario::assert_all_hold(rows.len(), &complaints);
}

fn holds(row: &Scenario) -> Result<(), String> {
    let layers = [
        (
            LayerKind::Account,
            row.layers.account.as_deref().or(Some("geo-default=allow")),
        ),
        (
            LayerKind::Video,
            row.layers.video.as_deref().or(Some("geo-default=allow")),
        ),
        (LayerKind::Right, row.layers.right.as_deref()),
    ];
    let parsed = layers
        .into_iter()
        .filter_map(|(kind, text)| Some((kind, text?.parse::<Rules>())));
    let parsed: Vec<_> = parsed
        .map(|(kind, rules)| {
            let rules = rules.map_err(|error| error.to_string())?;
            rules.check_layer(kind).map_err(|error| error.to_string())?;
            Ok::<_, String>((kind, rules))
        })
        .collect::<Result<_, _>>()?;
    let borrowed: Vec<_> = parsed.iter().map(|(kind, rules)| (*kind, rules)).collect();
    let entry = compile(&borrowed);
    // As at the edge: the key's layer is laid over an entry that knows nothing of keys.
    let key = policy_key(row)?;
    let key_layer: Vec<_> = key
        .rules
        .iter()
        .map(|rules| (LayerKind::Key, rules))
        .collect();
    let overlay = compile(&key_layer);
    let compiled = Compiled::read(&entry)
        .and_then(|entry| Ok(entry.overlaid(Compiled::read(&overlay)?)))
        .map_err(|error| error.to_string())?;
    let mut viewer = viewer(&row.viewer)?;
    viewer.key_id = key.key_id;
    compare(row, &decide(&compiled, &viewer), &viewer)
}

fn policy_key(row: &Scenario) -> Result<PolicyKey, String> {
    let mut data = if row.key.is_null() {
        json!({})
    } else {
        row.key.clone()
    };
    data["account-id"] = json!("6300000000000");
    let data: PolicyKeyData = serde_json::from_value(data).map_err(|error| error.to_string())?;
    PolicyKey::try_from(&data).map_err(|error| error.to_string())
}

fn viewer(row: &RowViewer) -> Result<Viewer, String> {
    let mut viewer = Viewer::new(row.ip, row.time.unwrap_or(NOW));
    let RowPlace {
        country,
        subdivision,
        metro,
        postal,
        proxy_type,
        proxy_description,
        ..
    } = &row.place;
    let part = subdivision
        .as_deref()
        .and_then(|code| code.split_once('-'))
        .map(|(_, part)| part);
    let label = |label: &Option<String>| label.clone().unwrap_or_else(|| "?".to_owned());
    let (latitude, longitude) = row.place.position();
    viewer.place = ViewerPlace::from_labels(&label(country), part, metro.unwrap_or(-1))
        .with_postal(&label(postal))
        .with_position(latitude, longitude);
    viewer.asn = row.place.is_known().then(|| row.place.as_number());
    viewer.acls.clone_from(&row.acls);
    viewer.proxy = ProxyClasses::from_labels(&label(proxy_type), &label(proxy_description))
        .with_vpn(vpn_facts(&row.vpn)?);
    let referer = row.referer.as_deref().map(str::as_bytes);
    viewer.site = Site::from_headers(row.origin.0.iter().map(String::as_bytes), referer);
    viewer.token = match row.token {
        None => TokenState::Missing,
        Some(RowToken::Invalid) => TokenState::Invalid,
        Some(RowToken::Valid) => TokenState::Valid,
    };
    Ok(viewer)
}

fn vpn_facts(names: &[String]) -> Result<VpnFacts, String> {
    let mut facts = VpnFacts::default();
    for name in names {
        let fact = match name.as_str() {
            "anonymous" => &mut facts.anonymous,
            "anonymous_vpn" => &mut facts.anonymous_vpn,
            "hosting_provider" => &mut facts.hosting_provider,
            "proxy_over_vpn" => &mut facts.proxy_over_vpn,
            "public_proxy" => &mut facts.public_proxy,
            "relay_proxy" => &mut facts.relay_proxy,
            "residential_proxy" => &mut facts.residential_proxy,
            "smart_dns_proxy" => &mut facts.smart_dns_proxy,
            "tor_exit_node" => &mut facts.tor_exit_node,
            "vpn_datacenter" => &mut facts.vpn_datacenter,
            _ => return Err(format!("there is no fact `{name}`")),
        };
        *fact = true;
    }
    Ok(facts)
}

fn compare(row: &Scenario, decision: &Decision<'_>, viewer: &Viewer) -> Result<(), String> {
    let want = &row.want;
    let denial = match (decision, want.decision) {
        (Decision::Allow, Wanted::Allow) => return Ok(()),
        (Decision::Deny(denial), Wanted::Deny) => denial,
        _ => return Err(format!("wanted {:?}, decided {decision:?}", want.decision)),
    };
    let found = (Some(denial.layer.as_str()), Some(denial.member.as_str()));
    let wanted = (want.layer.as_deref(), want.member.as_deref());
    if found != wanted {
        return Err(format!(
            "wanted a refusal by {wanted:?}, it was by {found:?}"
        ));
    }
    let reason = denial.reason(viewer.place.country);
    let status = PlaybackError::Denied(reason).status();
    if status != want.status {
        return Err(format!("wanted {}, the status is {status}", want.status));
    }
    let told = told(reason);
    let wanted = (
        want.code.as_deref(),
        want.subcode.as_deref(),
        want.client_geo.clone(),
    );
    if (Some(told.0), told.1, told.2.clone()) != wanted {
        return Err(format!(
            "wanted {wanted:?}, the viewer would be told {told:?}"
        ));
    }
    Ok(())
}

/// A reason in the words of the wire, written here a second time on purpose.
fn told(reason: DenyReason) -> (&'static str, Option<&'static str>, Option<String>) {
    let geo = |seen: String| ("ACCESS_DENIED", Some("CLIENT_GEO"), Some(seen));
    match reason {
        DenyReason::KeyRevoked => ("INVALID_POLICY_KEY", None, None),
        DenyReason::TokenRequired => ("ACCESS_DENIED", Some("TOKEN_REQUIRED"), None),
        DenyReason::TokenInvalid => ("ACCESS_DENIED", Some("TOKEN_VALIDATION"), None),
        DenyReason::ClientIp => ("ACCESS_DENIED", Some("CLIENT_IP"), None),
        DenyReason::ClientGeo(Some(country)) => geo(country.to_string().to_lowercase()),
        DenyReason::ClientGeo(None) => geo("unknown".to_owned()),
        DenyReason::Proxy => geo("anonymizing_proxy".to_owned()),
        DenyReason::NotPlayable => ("VIDEO_NOT_PLAYABLE", None, None),
        DenyReason::Domain => ("ACCESS_DENIED", Some("DOMAIN"), None),
    }
}
