//! A row as the pure decision takes it: sets of rules, and a viewer.

use playback_policy::{
    Compiled, Decision, Explanation, LayerKind, PolicyKey, PolicyKeyData, ProxyClasses, Rules,
    Site, TokenState, Viewer, ViewerPlace, VpnFacts, compile, decide, explain,
};
use serde_json::json;

use crate::harness::scenario::{RowPlace, RowToken, RowViewer, Scenario};

/// The second in which rows without a time of their own are decided: the start of 2026.
const NOW: i64 = 1_767_225_600;

/// What an origin writes where nothing is restricted, and a row writes nothing.
const UNRESTRICTED: &str = "geo-default=allow";

/// Rules, by whose they are. A policy key may have several sets.
pub(super) type Sets = Vec<(LayerKind, Rules)>;

/// What a row asks.
pub(super) struct Question {
    /// The rules it writes down.
    pub(super) sets: Sets,
    pub(super) viewer: Viewer,
}

impl Question {
    /// # Errors
    ///
    /// Says what of the row cannot be read.
    pub(super) fn of(row: &Scenario) -> Result<Self, String> {
        let layers = [
            (LayerKind::Account, &row.layers.account),
            (LayerKind::Video, &row.layers.video),
            (LayerKind::Right, &row.layers.right),
        ];
        let mut sets = Sets::new();
        for (kind, text) in layers {
            let Some(text) = text else { continue };
            let rules: Rules = text
                .parse()
                .map_err(|error| format!("{kind}: `{text}`: {error}"))?;
            rules.check_layer(kind).map_err(|error| error.to_string())?;
            sets.push((kind, rules));
        }
        let key = policy_key(row)?;
        sets.extend(key.rules.into_iter().map(|rules| (LayerKind::Key, rules)));
        let mut viewer = viewer(&row.viewer)?;
        viewer.key_id = key.key_id;
        Ok(Self { sets, viewer })
    }

    /// Asks the same of other rules.
    ///
    /// # Errors
    ///
    /// When rules that were just compiled cannot be read.
    pub(super) fn decided_by<T>(
        &self,
        sets: &Sets,
        told: impl FnOnce(&Decision<'_>) -> T,
    ) -> Result<T, String> {
        with_compiled(sets, |compiled| told(&decide(compiled, &self.viewer)))
    }

    /// The rules as an origin sends them, and those of the policy key.
    pub(super) fn as_sent(&self) -> Sets {
        as_sent(&self.sets)
    }

    /// What the decision is explained with.
    ///
    /// # Errors
    ///
    /// When rules that were just compiled cannot be read.
    pub(super) fn explained(&self) -> Result<Explanation, String> {
        with_compiled(&self.sets, |compiled| explain(compiled, &self.viewer))
    }
}

/// Rules as an origin sends them, who leaves out neither the account's nor the video's; a policy key's
/// come last.
fn as_sent(sets: &Sets) -> Sets {
    let is_absent = |kind: &LayerKind| !sets.iter().any(|(written, _)| written == kind);
    let required = [LayerKind::Account, LayerKind::Video];
    let unrestricted: Rules = UNRESTRICTED.parse().expect("it is a set of rules");
    let absent = required.into_iter().filter(is_absent);
    let mut sent: Sets = absent.map(|kind| (kind, unrestricted.clone())).collect();
    sent.extend_from_slice(sets);
    sent.sort_by_key(|(kind, _)| *kind);
    sent
}

/// Uses these rules as an answer brings them.
fn with_compiled<T>(sets: &Sets, used: impl FnOnce(&Compiled<'_>) -> T) -> Result<T, String> {
    let sent = as_sent(sets);
    // As at the edge: the key's layer is laid over an entry that knows nothing of keys.
    let (keys, answer): (Vec<_>, Vec<_>) = sent
        .iter()
        .map(|(kind, rules)| (*kind, rules))
        .partition(|(kind, _)| *kind == LayerKind::Key);
    let (entry, overlay) = (compile(&answer), compile(&keys));
    let compiled = Compiled::read(&entry)
        .and_then(|entry| Ok(entry.overlaid(Compiled::read(&overlay)?)))
        .map_err(|error| error.to_string())?;
    Ok(used(&compiled))
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
