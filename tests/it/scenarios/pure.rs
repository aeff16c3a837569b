//! The tables by `decide` alone: no process, no network, any time of the clock.

use playback_policy::{Decision, DenyReason, PlaybackError, Viewer};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::question::Question;
use crate::harness::scenario::{self, Scenario, Wanted};

#[test]
fn every_row_holds_for_the_pure_decision() {
    let rows = scenario::all();
    let complaints: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            holds(row)
                .err()
                .map(|complaint| format!("{} ({}): {complaint}", row.id, row.spec))
        })
        .collect();
    scenario::assert_all_hold(rows.len(), &complaints);
}

fn holds(row: &Scenario) -> Result<(), String> {
    let question = Question::of(row)?;
    question.decided_by(&question.sets, |decision| {
        compare(row, decision, &question.viewer)
    })?
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
