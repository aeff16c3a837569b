//! What the rules in an origin's answer mean to a viewer, by the pure decision alone.
//!
//! The edge reads the same answers, compiles them once and judges many viewers by what it kept.
//! Here each question is answered from the text, one at a time.

use std::{
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use playback_policy::{
    Compiled, Decision, DenyReason, LayerKind, ProxyClasses, Rules, Site, Viewer, ViewerPlace,
    compile, decide,
};
use serde_json::Value;

use super::{reply::Reply, scenario::RowPlace};

/// Rules and whose they are.
pub(crate) type Layers = Vec<(LayerKind, Rules)>;

/// A refusal in the words of the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) subcode: Option<String>,
    pub(crate) client_geo: Option<String>,
}

/// The rules of a whole answer.
#[track_caller]
pub(crate) fn layers(reply: &Reply) -> Layers {
    let layer = |kind: LayerKind| Some((kind, rules(reply.header(kind.header_name())?)));
    LayerKind::ALL.into_iter().filter_map(layer).collect()
}

#[track_caller]
pub(crate) fn rules(text: &str) -> Rules {
    text.parse()
        .unwrap_or_else(|error| panic!("`{text}` is no set of rules: {error}"))
}

/// The viewer at this address, in this place, asking now from this site if from any.
pub(crate) fn viewer(address: IpAddr, place: &RowPlace, site: Option<&str>) -> Viewer {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.expect("it is later than 1970").as_secs();
    let mut viewer = Viewer::new(address, i64::try_from(now).expect("the clock is right"));
    let label = |label: &Option<String>| label.clone().unwrap_or_else(|| "?".to_owned());
    let subdivision = place.subdivision.as_deref();
    let part = subdivision.and_then(|code| Some(code.split_once('-')?.1));
    let metro = place.metro.unwrap_or(-1);
    viewer.place = ViewerPlace::from_labels(&label(&place.country), part, metro);
    viewer.proxy =
        ProxyClasses::from_labels(&label(&place.proxy_type), &label(&place.proxy_description));
    viewer.site = Site::from_headers(site.into_iter().map(str::as_bytes), None);
    viewer
}

/// Why the viewer may not have what these rules protect; nothing if they may.
#[track_caller]
pub(crate) fn refusal(layers: &Layers, viewer: &Viewer) -> Option<Refusal> {
    let borrowed: Vec<_> = layers.iter().map(|(kind, rules)| (*kind, rules)).collect();
    let bytes = compile(&borrowed);
    let compiled = Compiled::read(&bytes).expect("what was just compiled can be read");
    match decide(&compiled, viewer) {
        Decision::Allow => None,
        Decision::Deny(denial) => Some(Refusal::of(denial.reason(viewer.place.country))),
    }
}

impl Refusal {
    /// Written here a second time on purpose.
    fn of(reason: DenyReason) -> Self {
        let denied = |subcode: &str, client_geo: Option<String>| Self {
            code: "ACCESS_DENIED".to_owned(),
            subcode: Some(subcode.to_owned()),
            client_geo,
        };
        let of_code = |code: &str| Self {
            code: code.to_owned(),
            subcode: None,
            client_geo: None,
        };
        match reason {
            DenyReason::ClientIp => denied("CLIENT_IP", None),
            DenyReason::Domain => denied("DOMAIN", None),
            DenyReason::Proxy => denied("CLIENT_GEO", Some("anonymizing_proxy".to_owned())),
            DenyReason::ClientGeo(country) => {
                let seen = country.map_or("unknown".to_owned(), |country| country.to_string());
                denied("CLIENT_GEO", Some(seen.to_lowercase()))
            }
            DenyReason::TokenRequired => denied("TOKEN_REQUIRED", None),
            DenyReason::TokenInvalid => denied("TOKEN_VALIDATION", None),
            DenyReason::KeyRevoked => of_code("INVALID_POLICY_KEY"),
            DenyReason::NotPlayable => of_code("VIDEO_NOT_PLAYABLE"),
        }
    }

    /// Whether the viewer is told: what is outside its schedule vanishes from lists without a word.
    pub(crate) fn is_told_in_lists(&self) -> bool {
        self.code != "VIDEO_NOT_PLAYABLE"
    }

    /// The refusals of an array of errors; none where there is no array.
    pub(crate) fn read(errors: &Value) -> Vec<Self> {
        let text = |error: &Value, member: &str| error[member].as_str().map(str::to_owned);
        let errors = errors.as_array().into_iter().flatten();
        let refusals = errors.map(|error| Self {
            code: text(error, "error_code").unwrap_or_default(),
            subcode: text(error, "error_subcode"),
            client_geo: text(error, "client_geo"),
        });
        refusals.collect()
    }
}
