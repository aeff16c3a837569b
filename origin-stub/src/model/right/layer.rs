//! From a playback right to its layer.
//!
//! Brightcove's members and the `rules` text are one layer, and each of them may only narrow, as
//! `model/layer.rs` has it.

use playback_policy::{LayerKind, Member, Rules};

use super::{RightFields, geo::GlobalRule, places, reading::READING};
use crate::model::{
    check::InvalidField,
    host_name::HostName,
    layer::{APPLIES, bounded, refuse_beside, report_only},
};

/// Whether the rights of an account ask for viewer tokens: its `rights_need_tokens`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RightTokens {
    /// Those do that are not `allow_insecure`.
    Asked,
    /// None does but by its `rules`.
    NotAsked,
}

/// What a right asks of viewers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RightLayer {
    /// The right's own rules.
    pub(crate) rules: Rules,
    /// Whether a viewer token is needed at all times, while the rules hold at some only. Then another
    /// layer has to ask for it.
    pub(crate) needs_token_elsewhere: bool,
}

/// What would exempt from the lists, or be exempted by them.
const CHAIN: [Member; 7] = [
    Member::IpAllow,
    Member::IpAllowList,
    Member::AsnAllow,
    Member::AsnDeny,
    Member::GeoAllow,
    Member::GeoDeny,
    Member::GeoDefault,
];

/// An hour after midnight is of the day before, so that hours and days are of one hand.
const WEEK: [Member; 2] = [Member::Days, Member::Hours];

impl RightFields {
    /// The right's layer; none where it is disabled.
    ///
    /// # Errors
    ///
    /// As [`RightFields::rules`].
    pub(crate) fn layer(&self, tokens: RightTokens) -> Result<Option<RightLayer>, InvalidField> {
        if self.disabled {
            return Ok(None);
        }
        let needs_token = tokens == RightTokens::Asked && !self.allow_insecure;
        let rules = self.rules(tokens)?;
        Ok(Some(RightLayer {
            needs_token_elsewhere: needs_token && !rules.token_required,
            rules,
        }))
    }

    /// What would only be logged; none where the right is disabled.
    pub(crate) fn report_only(&self) -> Option<&Rules> {
        self.rules_report_only.as_ref().filter(|_| !self.disabled)
    }

    /// The right's members as rules.
    ///
    /// # Errors
    ///
    /// When two of them say the same thing twice, one would exempt from the other, the window never
    /// opens, or it all is too long.
    pub(super) fn rules(&self, tokens: RightTokens) -> Result<Rules, InvalidField> {
        let mut rules = self.rules.clone().unwrap_or_default();
        let text = rules.clone();
        if let Some(form) = self.first_of_chain() {
            refuse_beside(form, &text, &CHAIN)?;
            let mut own = Rules::default();
            places::lay(&mut own, self, &READING);
            rules.ip_allow = own.ip_allow;
            rules.ip_deny.extend(own.ip_deny);
            rules.geo_allow = own.geo_allow;
            rules.geo_deny = own.geo_deny;
            rules.geo_default = own.geo_default;
        }
        self.lay_schedule(&mut rules, &text)?;
        let proxies = self.blocked_proxies.classes(&READING);
        rules.proxy_deny = rules.proxy_deny.iter().chain(proxies.iter()).collect();
        self.lay_domains(&mut rules, &text)?;
        // Rules that hold at some times only would take the members with them.
        if rules != text {
            refuse_beside("the other members", &text, &APPLIES)?;
        }
        let is_always = text.applies_from.is_none() && text.applies_until.is_none();
        if tokens == RightTokens::Asked && !self.allow_insecure && is_always {
            rules.token_required = true;
        }
        let report_only = report_only(LayerKind::Right, self.rules_report_only.as_ref())?;
        bounded(LayerKind::Right, rules, report_only)
    }

    /// The first member that has a part in the chain of addresses and places.
    fn first_of_chain(&self) -> Option<&'static str> {
        let members = [
            ("geo_global_rule", self.geo_global_rule != GlobalRule::None),
            ("allowed_ips", !self.allowed_ips.is_empty()),
            ("blocked_ips", !self.blocked_ips.is_empty()),
        ];
        let used = members.into_iter().find(|(_, is_used)| *is_used);
        used.map(|(member, _)| member)
            .or_else(|| self.geo.first_member())
    }

    fn lay_schedule(&self, rules: &mut Rules, text: &Rules) -> Result<(), InvalidField> {
        if self.start_time.is_some() {
            refuse_beside("start_time", text, &[Member::From])?;
            rules.from = self.start_time;
        }
        if self.end_time.is_some() {
            refuse_beside("end_time", text, &[Member::Until])?;
            rules.until = self.end_time;
        }
        if !self.allowed_days.is_empty() {
            refuse_beside("allowed_days", text, &WEEK)?;
            rules.days = self.allowed_days.iter().copied().collect();
        }
        if !self.allowed_hours.is_empty() {
            refuse_beside("allowed_hours", text, &WEEK)?;
            rules.hours.clone_from(&self.allowed_hours);
        }
        match (rules.from, rules.until) {
            (Some(from), Some(until)) if from >= until => {
                let reason = "with `start_time` and `end_time`, `from` is not before `until`";
                Err(InvalidField::new("rules", reason))
            }
            _ => Ok(()),
        }
    }

    fn lay_domains(&self, rules: &mut Rules, text: &Rules) -> Result<(), InvalidField> {
        let patterns = |list: &[HostName]| {
            let patterns = list.iter().map(HostName::pattern);
            patterns.cloned().collect::<Vec<_>>()
        };
        if !self.allowed_domains.is_empty() {
            let widening = [Member::DomainAllow, Member::DomainMissing];
            refuse_beside("allowed_domains", text, &widening)?;
            rules.domain_allow = patterns(&self.allowed_domains);
        }
        rules.domain_deny.extend(patterns(&self.blocked_domains));
        Ok(())
    }
}
