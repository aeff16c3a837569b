//! The tables by `decide` alone: no process, no network, any time of the clock.

use playback_policy::{
    Compiled, Decision, DenyReason, LayerKind, PolicyKey, PolicyKeyData, ProxyClasses, Rules, Site,
    Viewer, ViewerPlace, compile, decide,
};
use serde_json::json;

use crate::harness::scenario::{self, RowPlace, RowViewer, Scenario, Wanted};

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
            rules
                .map(|rules| (kind, rules))
                .map_err(|error| error.to_string())
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
    let viewer = viewer(&row.viewer);
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

fn viewer(row: &RowViewer) -> Viewer {
    let mut viewer = Viewer::new(row.ip, row.time.unwrap_or(NOW));
    let RowPlace {
        country,
        subdivision,
        metro,
        proxy_type,
        proxy_description,
    } = &row.place;
    let part = subdivision
        .as_deref()
        .and_then(|code| code.split_once('-'))
        .map(|(_, part)| part);
    let country = country.as_deref().unwrap_or("?");
    viewer.place = ViewerPlace::from_labels(country, part, metro.unwrap_or(-1));
    let label = |label: &Option<String>| label.clone().unwrap_or_else(|| "?".to_owned());
    viewer.proxy = ProxyClasses::from_labels(&label(proxy_type), &label(proxy_description));
    let referer = row.referer.as_deref().map(str::as_bytes);
    viewer.site = Site::from_headers(row.origin.0.iter().map(String::as_bytes), referer);
    viewer
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
    let told = told(denial.reason(viewer.place.country));
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
        DenyReason::ClientIp => ("ACCESS_DENIED", Some("CLIENT_IP"), None),
        DenyReason::ClientGeo(Some(country)) => geo(country.to_string().to_lowercase()),
        DenyReason::ClientGeo(None) => geo("unknown".to_owned()),
        DenyReason::Proxy => geo("anonymizing_proxy".to_owned()),
        DenyReason::NotPlayable => ("VIDEO_NOT_PLAYABLE", None, None),
        DenyReason::Domain => ("ACCESS_DENIED", Some("DOMAIN"), None),
    }
}
