//! From fields to the layer of rules that travels with the playback answer.
//!
//! The forms of the CMS (`ip_allow`, `geo`, `schedule`) and the `rules` text are one layer, and
//! each of them may only narrow. Within a layer an `ip-allow` exempts from the place rules and a
//! narrower place from a wider one, so not every pair of them can share a layer: where one would
//! exempt from the other, the write is refused and the editor decides.

use playback_policy::{KeyId, LayerKind, Member, Rules};

use super::{
    account::{Account, AccountFields},
    addresses::Addresses,
    check::InvalidField,
    restriction::{Geo, Schedule},
    video::VideoFields,
};

/// The longest text of one layer with what it only reports: four layers and the other headers fit
/// the 64 KiB a CDN takes.
pub(crate) const MAX_LAYER_BYTES: usize = 12 * 1024;

/// Rules that hold at some times only: they would take a form beside them along.
pub(super) const APPLIES: [Member; 2] = [Member::AppliesFrom, Member::AppliesUntil];

impl Account {
    /// The account's layer: what an editor wrote, and the policy keys that were revoked.
    ///
    /// # Errors
    ///
    /// As [`AccountFields::layer`].
    pub(crate) fn layer(&self) -> Result<Rules, InvalidField> {
        self.fields.layer(&self.revoked_keys)
    }
}

impl AccountFields {
    /// The account's layer: `rules`, `ip_allow`, and revoked policy keys.
    ///
    /// # Errors
    ///
    /// When `rules` says something beside an `ip_allow` that would exempt from it, or be exempted by
    /// it, or it all is too long.
    pub(super) fn layer(&self, revoked_keys: &[KeyId]) -> Result<Rules, InvalidField> {
        let mut rules = self.rules.clone().unwrap_or_default();
        if !self.ip_allow.is_empty() {
            let beside = [
                Member::IpAllow,
                Member::IpAllowList,
                Member::AsnAllow,
                Member::AsnDeny,
                Member::GeoAllow,
                Member::GeoDeny,
                Member::GeoDefault,
            ];
            refuse_beside("ip_allow", &rules, &beside)?;
            refuse_beside("ip_allow", &rules, &APPLIES)?;
            let networks = self.ip_allow.iter().flat_map(Addresses::networks);
            rules.ip_allow = networks.copied().collect();
        }
        let new = revoked_keys.iter().filter(|id| !self.revokes(id));
        let new: Vec<KeyId> = new.cloned().collect();
        if !new.is_empty() {
            refuse_beside("revoked policy keys", &rules, &APPLIES)?;
            rules.revoked_keys.extend(new);
        }
        let report_only = report_only(LayerKind::Account, self.rules_report_only.as_ref())?;
        bounded(LayerKind::Account, rules, report_only)
    }

    /// Whether `rules` itself revokes the policy key.
    pub(crate) fn revokes(&self, id: &KeyId) -> bool {
        let rules = self.rules.as_ref();
        rules.is_some_and(|rules| rules.revoked_keys.contains(id))
    }
}

impl VideoFields {
    /// The video's layer: `rules`, `geo` and `schedule`.
    ///
    /// # Errors
    ///
    /// When two of them say the same thing twice, one would exempt from the other, the window never
    /// opens, or it all is too long.
    pub(crate) fn layer(&self) -> Result<Rules, InvalidField> {
        let mut rules = self.rules.clone().unwrap_or_default();
        if let Some(geo) = self.geo.as_ref().filter(|geo| geo.restricted) {
            lay_geo(&mut rules, geo)?;
        }
        if let Some(schedule) = &self.schedule {
            lay_schedule(&mut rules, schedule)?;
        }
        let report_only = report_only(LayerKind::Video, self.rules_report_only.as_ref())?;
        bounded(LayerKind::Video, rules, report_only)
    }
}

fn lay_geo(rules: &mut Rules, geo: &Geo) -> Result<(), InvalidField> {
    let exempting = [
        Member::IpAllow,
        Member::IpAllowList,
        Member::AsnAllow,
        Member::GeoAllow,
        Member::GeoDefault,
    ];
    refuse_beside("geo", rules, &exempting)?;
    refuse_beside("geo", rules, &APPLIES)?;
    if geo.exclude_countries {
        refuse_beside("geo", rules, &[Member::GeoDeny])?;
        rules.geo_deny = geo.places();
    } else {
        rules.geo_allow = geo.places();
    }
    Ok(())
}

fn lay_schedule(rules: &mut Rules, schedule: &Schedule) -> Result<(), InvalidField> {
    if let Some(start) = schedule.starts_at {
        refuse_beside("schedule.starts_at", rules, &[Member::From])?;
        refuse_beside("schedule.starts_at", rules, &APPLIES)?;
        rules.from = Some(start.ceil_seconds());
    }
    if let Some(end) = schedule.ends_at {
        refuse_beside("schedule.ends_at", rules, &[Member::Until])?;
        refuse_beside("schedule.ends_at", rules, &APPLIES)?;
        rules.until = Some(end.floor_seconds());
    }
    match (rules.from, rules.until) {
        (Some(from), Some(until)) if from >= until => {
            let reason = "with `schedule`, `from` is not before `until`: the video never plays";
            Err(InvalidField::new("rules", reason))
        }
        _ => Ok(()),
    }
}

/// Refuses a text with any of the members.
pub(super) fn refuse_beside(
    form: &str,
    rules: &Rules,
    members: &[Member],
) -> Result<(), InvalidField> {
    match members.iter().find(|&&member| has(rules, member)) {
        Some(member) => {
            let reason =
                format!("`{member}` cannot stand beside `{form}`; write it in one of them");
            Err(InvalidField::new("rules", reason))
        }
        None => Ok(()),
    }
}

fn has(rules: &Rules, member: Member) -> bool {
    match member {
        Member::IpAllow => !rules.ip_allow.is_empty(),
        Member::IpDeny => !rules.ip_deny.is_empty(),
        Member::IpAllowList => !rules.ip_allow_list.is_empty(),
        Member::IpDenyList => !rules.ip_deny_list.is_empty(),
        Member::AsnAllow => !rules.asn_allow.is_empty(),
        Member::AsnDeny => !rules.asn_deny.is_empty(),
        Member::GeoAllow => !rules.geo_allow.is_empty(),
        Member::GeoDeny => !rules.geo_deny.is_empty(),
        Member::GeoDefault => rules.geo_default.is_some(),
        Member::ProxyDeny => !rules.proxy_deny.is_empty(),
        Member::DomainAllow => !rules.domain_allow.is_empty(),
        Member::DomainDeny => !rules.domain_deny.is_empty(),
        Member::DomainMissing => rules.domain_missing.is_some(),
        Member::From => rules.from.is_some(),
        Member::Until => rules.until.is_some(),
        Member::Days => !rules.days.is_empty(),
        Member::Hours => !rules.hours.is_empty(),
        Member::AppliesFrom => rules.applies_from.is_some(),
        Member::AppliesUntil => rules.applies_until.is_some(),
        Member::Token => rules.token_required,
        Member::RevokedKeys => !rules.revoked_keys.is_empty(),
    }
}

/// The length of what is only reported.
pub(super) fn report_only(layer: LayerKind, rules: Option<&Rules>) -> Result<usize, InvalidField> {
    let Some(rules) = rules else { return Ok(0) };
    check_layer(layer, rules, "rules_report_only")?;
    Ok(rules.to_string().len())
}

/// The rules, where a layer may hold them beside `report_only` bytes.
pub(super) fn bounded(
    layer: LayerKind,
    rules: Rules,
    report_only: usize,
) -> Result<Rules, InvalidField> {
    check_layer(layer, &rules, "rules")?;
    let length = rules.to_string().len() + report_only;
    if length <= MAX_LAYER_BYTES {
        return Ok(rules);
    }
    let reason = format!("expected at most {MAX_LAYER_BYTES} bytes as text, found {length}");
    Err(InvalidField::new("rules", reason))
}

fn check_layer(layer: LayerKind, rules: &Rules, path: &str) -> Result<(), InvalidField> {
    let misplaced = rules.check_layer(layer);
    misplaced.map_err(|reason| InvalidField::new(path, reason.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Fields;

    fn video(members: &Value) -> Result<String, String> {
        let with_name = crate::model::merge_patch(json!({"name": "v"}), members);
        let fields = VideoFields::from_json(with_name).map_err(|error| error.to_string())?;
        Ok(fields
            .layer()
            .map_err(|error| error.to_string())?
            .to_string())
    }

    #[test]
    fn forms_and_text_become_one_layer() {
        for (members, want) in [
            (json!({}), "geo-default=allow"),
            (
                json!({"geo": {"restricted": true, "countries": ["de", "at"]}}),
                r#"geo-allow=("DE" "AT")"#,
            ),
            (
                json!({"geo": {"restricted": true, "exclude_countries": true, "countries": ["kp"]}}),
                r#"geo-deny=("KP")"#,
            ),
            (
                json!({"geo": {"restricted": false, "countries": ["de"]}}),
                "geo-default=allow",
            ),
            (
                json!({"schedule": {"starts_at": "2026-01-01T00:00:00Z", "ends_at": null}}),
                "from=@1767225600",
            ),
            (
                json!({
                    "rules": r#"geo-deny=("US-NY"), until=@1798761600"#,
                    "geo": {"restricted": true, "countries": ["us"]},
                    "schedule": {"starts_at": "2026-01-01T00:00:00Z"},
                }),
                r#"geo-allow=("US"), geo-deny=("US-NY"), from=@1767225600, until=@1798761600"#,
            ),
        ] {
            assert_eq!(video(&members).as_deref(), Ok(want), "{members}");
        }
    }

    #[test]
    fn err_text_that_would_repeat_or_widen_a_form() {
        let only_us = json!({"restricted": true, "countries": ["us"]});
        let not_us = json!({"restricted": true, "exclude_countries": true, "countries": ["us"]});
        for (geo, rules, member) in [
            (&only_us, r#"geo-allow=("DE")"#, "geo-allow"),
            (&only_us, "geo-default=allow", "geo-default"),
            (&only_us, r#"ip-allow=("192.0.2.0/24")"#, "ip-allow"),
            (&not_us, r#"geo-deny=("KP")"#, "geo-deny"),
            (&not_us, r#"geo-allow=("US-NY")"#, "geo-allow"),
        ] {
            let error = video(&json!({"geo": geo, "rules": rules})).expect_err(rules);
            assert!(
                error.contains(&format!("`{member}` cannot stand beside `geo`")),
                "{error}"
            );
        }
    }

    #[test]
    fn err_window_that_never_opens() {
        let error = video(&json!({
            "rules": "until=@1767225600",
            "schedule": {"starts_at": "2026-01-01T00:00:00Z"},
        }));
        assert!(error.expect_err("closed window").contains("never plays"));
    }

    #[test]
    fn err_account_list_beside_place_rules_it_would_exempt_from() {
        let fields = json!({
            "name": "a", "ip_allow": ["192.0.2.0/24"], "rules": r#"geo-allow=("DE")"#,
        });
        let error = AccountFields::from_json(fields).expect_err("exempting list");
        assert!(
            error
                .to_string()
                .contains("`geo-allow` cannot stand beside `ip_allow`")
        );
    }
}
